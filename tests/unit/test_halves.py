# SPDX-License-Identifier: GPL-2.0-only
"""Joined conditions: analysed by halves, divided, proven, decided, and analysed again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import analysis_fixtures as fixtures
from errno_gen.analysis.edits.proof import prove
from errno_gen.analysis.edits.settlement import settle
from errno_gen.decisions import NO_DECISIONS, Decision, Decisions
from errno_gen.errors import ProofError
from errno_gen.model import Action, Cause, Driver, DriverPatch, Edit, SourceFile, Verdict
from errno_gen.policy import Policy, load_policy
from errno_gen.stages.analyse import decided
from errno_gen.stages.rewrite import rewrite
from spatches import SPATCHES, put_in_path
from verdicts import PATH, find, function

Divide = Callable[[dict[str, str]], DriverPatch | None]

HEAD = """\
static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

"""
TAIL = """\
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
"""
PLAIN = "\tif (!iommu || my_domain->dev)\n\t\treturn -EINVAL;\n"
DIVIDED = "\tif (!iommu)\n\t\treturn -ENODEV;\n\tif (my_domain->dev)\n\t\treturn -EINVAL;\n"
SET = PLAIN.replace(")\n\t\treturn -EINVAL;", ") {\n\t\tret = -EINVAL;\n\t\tgoto out;\n\t}")
LOUD = PLAIN.replace(")\n\t\t", ') {\n\t\tdev_err(dev, "no\\n");\n\t\t') + "\t}\n"


def source(body: str) -> dict[str, str]:
    """A driver whose callback has this body."""
    header = fixtures.sources("joined.c")[fixtures.HEADER]
    text = f'#include "fixture.h"\n\n{HEAD}{body}{TAIL}'
    return {"joined.c": text, fixtures.HEADER: header}


def divided(
    texts: dict[str, str],
    scratch: Path,
    policy: Policy = fixtures.POLICY,
    decisions: Decisions = NO_DECISIONS,
) -> DriverPatch | None:
    files = {name: SourceFile(name, "0" * 40, text.encode()) for name, text in texts.items()}
    verdicts = decided(analysed(texts, decisions), policy, decisions)
    driver = Driver("fixture", "", "", tuple(texts))
    return rewrite(driver, (), verdicts, files, scratch=scratch, timeout=60)


def analysed(texts: dict[str, str], decisions: Decisions) -> tuple[Verdict, ...]:
    """The verdicts as the analysis makes them when it knows of the decisions."""
    return fixtures.judged(texts, lambda *half: decisions.names("fixture", *half))


def body_of(patch: DriverPatch | None) -> str:
    assert patch is not None
    (change,) = patch.changes
    return change.after.decode().split(HEAD)[1].removesuffix(TAIL)


@pytest.fixture(params=sorted(SPATCHES))
def divide(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Divide:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)
    return lambda texts: divided(texts, tmp_path)


def test_every_form_is_divided_once(divide: Divide) -> None:
    texts = fixtures.sources("joined_forms.c")
    texts["joined_forms.c"] = re.sub(r" /\* expect.*?\*/", "", texts["joined_forms.c"])
    patch = divide(texts)
    assert patch is not None
    after = patch.changes[0].after.decode()
    assert (
        """\
	if (!iommu || iommu->broken) {
		ret = -ENODEV;
		goto out;
	}
	if (my_domain->width > iommu->width ||
	    my_domain->dev) {
		ret = -EINVAL;
		goto out;
	}
	if (my_domain->frozen && my_domain->width > iommu->width) {
		ret = -EINVAL;
		goto out;
	}
	if (!iommu->dev) {
		ret = -ENODEV;
		goto out;
	}
	if (iommu->max_ids < 2) {
		ret = -ENODEV;
		goto out;
	}
	if (my_domain->id > iommu->max_ids) {
		ret = -EINVAL;
		goto out;
	}
	if (!iommu->id_map) {
		ret = -ENODEV;
		goto out;
	}
"""
        in after
    )
    again = {**texts, "joined_forms.c": after}
    assert divide(again) is None
    assert {v.action for v in fixtures.analysed(again)} == {Action.KEEP}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PLAIN, DIVIDED),
        (PLAIN.replace("\n\t\t", " "), DIVIDED),
        (PLAIN.replace("-EINVAL;", "-EINVAL; /* no */"),
         DIVIDED.replace("-EINVAL;", "-EINVAL; /* no */")),
        ("\t/* tell both */\n" + PLAIN, "\t/* tell both */\n" + DIVIDED),
        (PLAIN.replace("my_domain->dev", "(ret = my_domain->id)"),
         DIVIDED.replace("my_domain->dev", "(ret = my_domain->id)")),
        (PLAIN.replace("->dev", "->width > max(iommu->width,\n\t\t\t\t\t     2)"),
         DIVIDED.replace("->dev", "->width > max(iommu->width,\n\t\t\t\t   2)")),
    ],
)  # fmt: skip
def test_an_if_becomes_two(body: str, expected: str, divide: Divide) -> None:
    assert body_of(divide(source(body))) == expected


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.replace("||", "|| /* why */"),
        SET.replace("\t\tret", "\t\t/* why */\n\t\tret"),
    ],
)
def test_a_comment_inside_cannot_be_told_to_speak_of_one_half(body: str, divide: Divide) -> None:
    patch = divide(source(body))
    assert patch is not None and patch.changes == ()
    told = [v.because[-1] for v in patch.verdicts if v.action is Action.REVIEW]
    assert told and all("may speak of one half" in sentence for sentence in told)


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.replace("(!iommu || my_domain->dev)", "(unlikely(!iommu || my_domain->dev))"),
        PLAIN + "\telse\n\t\tmy_program(iommu);\n",
        f"\tlist_for_each_entry(x, y, z)\n\t{PLAIN}",
        SET.replace("\t\tret", "\t\tmy_program(iommu);\n\t\tret"),
        SET.replace("\t\tgoto", "#ifdef X\n\t\tmy_program(iommu);\n#endif\n\t\tgoto"),
        "retry:\n" + PLAIN,
        PLAIN.replace("return -EINVAL", "ret = -EINVAL"),
    ],
)
def test_an_if_that_stays_is_left_to_a_person(body: str, divide: Divide) -> None:
    texts = source(body)
    assert divide(texts) is None
    reviews = [v for v in fixtures.analysed(texts) if v.action is Action.REVIEW]
    assert Cause.DEVICE in {v.cause for v in reviews}
    assert all("its if cannot be divided" in v.because[-1] for v in reviews)


def test_a_half_names_itself_what_goes_before_it_and_the_whole() -> None:
    device, domain = fixtures.analysed(source(PLAIN))
    assert [str(guard) for guard in device.guard] == ["!iommu"]
    assert [str(guard) for guard in domain.guard] == ["my_domain->dev", "!(!iommu)"]
    assert {v.guard[0].whole for v in (device, domain)} == {"!iommu || my_domain->dev"}
    assert device.guard[0].told().startswith("if !iommu, one half of !iommu || my_domain->dev [")
    text = source(PLAIN)["joined.c"]
    ways = [text[v.site.way_out.start : v.site.way_out.end] for v in (device, domain)]
    assert ways == ["!iommu", "my_domain->dev"]


def test_guards_stay_the_same_when_an_if_is_divided(divide: Divide) -> None:
    texts = source(PLAIN)
    before = [[str(g) for g in v.guard] for v in fixtures.analysed(texts)]
    patch = divide(texts)
    assert patch is not None
    after = fixtures.analysed({**texts, "joined.c": patch.changes[0].after.decode()})
    assert [[str(g) for g in v.guard] for v in after] == before


# --- what is divided --------------------------------------------------------------------


def judged(body: str) -> list[Verdict]:
    return [load_policy("einval").decide(v) for v in fixtures.judged(source(body))]


def test_halves_that_want_the_same_are_not_divided() -> None:
    halves = [replace(v, wanted="EPERM", action=Action.REWRITE) for v in judged(LOUD)]
    settled = settle(halves)
    assert [v.split for v in settled] == [None, None]
    assert [v.action for v in settled] == [Action.REWRITE] * 2
    # The message serves both, and only one of them may lose it.
    assert [v.prints for v in settled] == [(), ()]
    assert "serves the other half" in settled[1].because[-1]


def test_a_half_that_is_not_settled_holds_the_other() -> None:
    device, domain = judged(PLAIN)
    settled = settle([device, replace(domain, action=Action.REVIEW)])
    assert [v.action for v in settled] == [Action.REVIEW] * 2
    assert "is not settled" in settled[0].because[-1]


def test_nobody_knows_of_which_half_a_message_speaks() -> None:
    settled = settle(judged(LOUD))
    assert [v.action for v in settled] == [Action.REVIEW] * 2
    assert all("message in the if may speak of one half" in v.because[-1] for v in settled)


def test_only_what_the_policy_reserves_is_divided(tmp_path: Path) -> None:
    policy = load_policy("emediumtype")
    texts = source(PLAIN.replace("EINVAL", "ENODEV"))
    expected = DIVIDED.replace("EINVAL", "EMEDIUMTYPE")
    assert body_of(divided(texts, tmp_path, policy)) == expected
    assert divided(source(PLAIN.replace("EINVAL", "EMEDIUMTYPE")), tmp_path, policy) is None


# --- decisions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "cause", "expected"),
    [
        ("my_domain->dev", None, DIVIDED),
        ("my_domain->dev", Cause.BUSY, DIVIDED.replace("EINVAL", "EBUSY")),
        ("!iommu", None, None),
        ("!iommu", Cause.INCOMPATIBLE, None),
        ("!iommu||my_domain->dev", None, None),
        ("!iommu || my_domain->dev", Cause.DEVICE, PLAIN.replace("EINVAL", "ENODEV")),
    ],
)
def test_a_decision_on_a_half_or_on_the_whole(
    guard: str, cause: Cause | None, expected: str | None, tmp_path: Path
) -> None:
    decision = Decision("my_attach_dev", "EINVAL", guard, cause, "Somebody knows.")
    decisions = Decisions("d.toml", (decision,))
    texts = source(PLAIN)
    patch = divided(texts, tmp_path, decisions=decisions)
    assert (patch and body_of(patch)) == expected
    verdicts = decided(fixtures.judged(texts), load_policy("einval"), decisions)
    assert decisions.stale(verdicts) == ()
    assert sum(v.decision is not None for v in verdicts) == (2 if "||" in guard else 1)


def test_a_decision_on_a_half_goes_before_one_on_the_whole() -> None:
    whole = Decision("my_attach_dev", "EINVAL", "!iommu || my_domain->dev", None, "Leave it.")
    half = Decision("my_attach_dev", "EINVAL", "my_domain->dev", Cause.BUSY, "It is held.")
    found = decided(
        fixtures.judged(source(PLAIN)), load_policy("einval"), Decisions("", (whole, half))
    )
    assert [v.decision for v in found] == ["Leave it.", "It is held."]


ALIKE = "\tif (!iommu || !dev_iommu_fwspec_get(dev))\n\t\treturn -EINVAL;\n"
OPEN = "\tif (!iommu || my_answer(my_domain) || dev->id)\n\t\treturn -EINVAL;\n"


def test_a_decision_sets_a_half_apart_from_one_of_the_same_cause(tmp_path: Path) -> None:
    decision = Decision("my_attach_dev", "EINVAL", "!iommu", Cause.BUSY, "It is held.")
    decisions = Decisions("d.toml", (decision,))
    assert body_of(divided(source(ALIKE), tmp_path, decisions=decisions)) == (
        "\tif (!iommu)\n\t\treturn -EBUSY;\n"
        "\tif (!dev_iommu_fwspec_get(dev))\n\t\treturn -ENODEV;\n"
    )
    assert body_of(divided(source(ALIKE), tmp_path)) == ALIKE.replace("EINVAL", "ENODEV")


@pytest.mark.parametrize(
    ("guard", "causes", "actions"),
    [
        ("", ["unknown"], ["review"]),
        ("!iommu", ["device", "unknown", "device"], ["review"] * 3),
        ("my_answer(my_domain)", ["device"] * 3, ["rewrite"] * 3),
        ("my_answer(my_domain) || dev->id", ["device"] * 2, ["rewrite"] * 2),
    ],
)
def test_a_decision_names_neighbours_in_a_condition_that_is_open(
    guard: str, causes: list[str], actions: list[str]
) -> None:
    decision = Decision("my_attach_dev", "EINVAL", guard, Cause.DEVICE, "Somebody knows.")
    decisions = Decisions("d.toml", (decision,))
    found = decided(analysed(source(OPEN), decisions), load_policy("einval"), decisions)
    assert [v.cause for v in found] == causes
    assert [v.action for v in found] == actions
    assert all(v.because for v in found)
    assert bool(decisions.stale(found)) is (guard == "")


# --- the proof --------------------------------------------------------------------------

OLD = "if (a || (b && c) || d) { ret = -EIO; goto out; }"
ONE = "if (a) { ret = -EIO; goto out; }"
TWO = "if (b && c) { ret = -EPERM; goto out; }"
LAST = "if (d) { ret = -EIO; goto out; }"


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        (OLD, f"{ONE} {TWO} {LAST}", True),
        (OLD, f"{ONE} if ((b && c) || d) {{ ret = -EPERM; goto out; }}", True),
        ("if (a || b) return -EIO;", "if (a) return -EPERM; if (b) return -EIO;", True),
        ("if (a || b) return f(-EIO);", "if (a) return f(-EPERM); if (b) return f(-EIO);", True),
        # Another order, one left out, one twice, something else tested, else.
        (OLD, f"{TWO} {ONE} {LAST}", False),
        (OLD, f"{ONE} {TWO}", False),
        (OLD, f"{ONE} {TWO} {LAST} {LAST}", False),
        (OLD, f"{ONE} {TWO} {LAST.replace('d', 'e')}", False),
        (OLD, f"{ONE} else {TWO} {LAST}", False),
        # Another label, another variable, no errno, no leaving, a statement more or less.
        (OLD, f"{ONE} {TWO} {LAST.replace('goto out', 'goto err')}", False),
        (OLD, f"{ONE} {TWO} {LAST.replace('ret', 'err')}", False),
        (OLD, f"{ONE} {TWO} {LAST.replace('-EIO', 'EIO')}", False),
        (OLD, f"{ONE} {TWO} {LAST.replace('goto out;', '')}", False),
        (OLD, f"{ONE} {TWO.replace('{', '{ f(x);')} {LAST}", False),
        (OLD.replace("{", "{ f(x);"), f"{ONE} {TWO} {LAST}", False),
        (OLD, f"{ONE} {TWO} {LAST} g();", False),
        ("if (a || b) x();", "if (a) x(); if (b) x();", False),
        ("if (a || b) return -EIO;", "if (a) return -EIO; if (b) return -EIO;", False),
        ("if (a && b) return -EIO;", "if (a) return -EPERM; if (b) return -EIO;", False),
        ("if (a ? b : c || d) return -EIO;",
         "if (a ? b : c) return -EPERM; if (d) return -EIO;", False),
        ("if (x = a || b) return -EIO;", "if (x = a) return -EPERM; if (b) return -EIO;", False),
        ("if ((a || b) && (c || d)) return -EIO;",
         "if ((a) return -EPERM; if (b) && (c || d)) return -EIO;", False),
        ("if (a || b) { return -EIO; x(); }", "if (a) return -EPERM; if (b) return -EIO;", False),
    ],
)  # fmt: skip
def test_the_proof_takes_only_what_divides_an_if(old: str, new: str, right: bool) -> None:
    file = function(old)
    where = find(file, old)
    edit = Edit("split", where, old, new)
    after = file.text[: where.start] + new.encode() + file.text[where.end :]
    if right:
        prove(PATH, file.text, after, [edit])
        return
    with pytest.raises(ProofError, match="more than set one errno"):
        prove(PATH, file.text, after, [edit])
