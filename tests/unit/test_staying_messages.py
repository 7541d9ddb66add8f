# SPDX-License-Identifier: GPL-2.0-only
"""Messages that should go and cannot are named with the reason."""

from __future__ import annotations

import pytest

import analysis_fixtures as fixtures
from errno_gen.policy import parse_policy
from errno_gen.resources import data_file

_ASKS = "The message in line {} stays: the condition of its own may do more than ask."
_MORE = "The message in line {} stays: the condition of its own decides on more than that."
_LOOP = "The message in line {} stays: it is in a loop of its own."


@pytest.mark.parametrize(
    ("name", "errno", "staying"),
    [
        ("print_nested.c", "EBUSY", []),
        ("print_nested.c", "EPERM", []),
        ("print_nested.c", "EXDEV", []),
        ("print_kept.c", "EBUSY", [_ASKS.format(12)]),
        ("print_conditional.c", "EBUSY", []),
        ("print_conditional.c", "EXDEV", []),
        ("print_conditional.c", "EPERM", [_ASKS.format(38)]),
        ("print_conditional.c", "ERANGE", [_ASKS.format(43)]),
        ("print_conditional.c", "EDOM", [_MORE.format(48)]),
        ("print_conditional.c", "E2BIG", [_LOOP.format(55)]),
        ("print_conditional.c", "EACCES", [_ASKS.format(60)]),
        ("print.c", "EINVAL", []),
    ],
)
def test_a_message_with_a_condition_of_its_own_is_named(
    name: str, errno: str, staying: list[str]
) -> None:
    found = [v for v in fixtures.analysed(fixtures.sources(name)) if v.site.errno == errno]
    told = [text for v in found for text in v.because if text.startswith("The message in")]
    assert told == staying


def test_a_message_that_others_see_is_named() -> None:
    texts = fixtures.sources("print.c")
    helper = (
        "static int my_check(struct my_domain *my_domain, struct device *dev)\n{\n"
        '\tif (my_domain->dev) {\n\t\tdev_err(dev, "in use\\n");\n\t\treturn -EBUSY;\n\t}\n'
        "\treturn 0;\n}\n\n"
        "static int my_probe(struct my_domain *my_domain, struct device *dev)\n{\n"
        "\treturn my_check(my_domain, dev);\n}\n\n"
    )
    text = (
        '#include "fixture.h"\n\n'
        + helper
        + "static int my_attach_dev(struct iommu_domain *domain, "
        "struct device *dev)\n{\n\treturn my_check(to_my_domain(domain), dev);\n}\n\n"
        "static const struct iommu_domain_ops my_ops = {\n\t.attach_dev = my_attach_dev,\n};\n"
    )
    (verdict,) = fixtures.analysed({"print.c": text, "fixture.h": texts["fixture.h"]})
    assert verdict.prints == ()
    assert verdict.because[-1] == "The message in line 6 stays: `my_probe()` may see it, too."


def _debug(name: str) -> dict[str, list[tuple[str, list[str]]]]:
    """What a policy that turns messages down changes and what it names, by errno."""
    policy = parse_policy(
        data_file("policies", "einval.toml")
        .read_text(encoding="utf-8")
        .replace('incompatible = "drop"', 'incompatible = "debug"'),
        "mine.toml",
    )
    texts = fixtures.sources(name)
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for verdict in map(policy.decide, fixtures.judged(texts)):
        told = [text for text in verdict.because if text.startswith("The message in")]
        for place in verdict.prints:
            word = texts[name].encode()[place.start : place.end].decode()
            found.setdefault(verdict.site.errno, []).append((word, []))
        if told:
            found.setdefault(verdict.site.errno, []).append((verdict.action.value, told))
    return found


def test_each_message_that_has_a_debug_form_becomes_one() -> None:
    has_none = "The message in line {} stays: `{}()` has no debug form."
    assert _debug("print_debug.c") == {
        "EBUSY": [("dev_err", []), ("dev_warn_once", []), ("pr_err_ratelimited", [])],
        "EXDEV": [("dev_err", []), ("rewrite", [has_none.format(26, "dump_stack")])],
        "EPERM": [("rewrite", [has_none.format(30, "printk")])],
        "EINVAL": [("pr_notice", [])],
    }


def test_a_message_that_others_see_does_not_become_a_debug_one() -> None:
    (told,) = _debug("print_shared.c")["EBUSY"]
    assert told == ("rewrite", ["The message in line 8 stays: `my_probe()` may see it, too."])
