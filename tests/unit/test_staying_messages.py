# SPDX-License-Identifier: GPL-2.0-only
"""Messages that should go and cannot are named with the reason."""

from __future__ import annotations

import pytest

import analysis_fixtures as fixtures

_NESTED = "The message in line {} stays: it has a condition of its own."


@pytest.mark.parametrize(
    ("name", "errno", "staying"),
    [
        ("print_nested.c", "EBUSY", [_NESTED.format(13), _NESTED.format(15)]),
        ("print_nested.c", "EPERM", []),
        ("print_nested.c", "EXDEV", []),
        ("print_kept.c", "EBUSY", [_NESTED.format(12)]),
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
