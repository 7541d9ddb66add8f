# SPDX-License-Identifier: GPL-2.0-only
"""Prefixes, subjects and the words of messages."""

from __future__ import annotations

import jinja2
import pytest

from errno_gen.model import Action, Cause, Fate, FileChange, Guard, Location, Verdict, with_changes
from errno_gen.policy import load_policy
from errno_gen.stages.commit.changelog import commit_message, described
from errno_gen.stages.commit.sentences import condensed
from errno_gen.stages.commit.subject import subject_line, subject_prefix
from errno_gen.tools.render import number, render, wrap
from patches import patch, verdict

EINVAL = load_policy("einval")
IOMMU = "drivers/iommu"


@pytest.mark.parametrize(
    ("paths", "prefix"),
    [
        ([f"{IOMMU}/omap-iommu.c"], "iommu/omap"),
        ([f"{IOMMU}/mtk_iommu_v1.c"], "iommu/mtk_v1"),
        ([f"{IOMMU}/iommu-x.c"], "iommu/x"),
        ([f"{IOMMU}/virtio-iommu.c"], "iommu/virtio"),
        ([f"{IOMMU}/apple-dart.c"], "iommu/apple-dart"),
        ([f"{IOMMU}/amd/iommu.c"], "iommu/amd"),
        ([f"{IOMMU}/amd/iommu.c", f"{IOMMU}/amd/init.c"], "iommu/amd"),
        ([f"{IOMMU}/gamma/main.c"], "iommu/gamma"),
        ([f"{IOMMU}/gamma/gamma_main.c"], "iommu/gamma_main"),
        ([f"{IOMMU}/arm/arm-smmu/arm-smmu.c", f"{IOMMU}/arm/arm-smmu/arm-smmu-impl.c"],
         "iommu/arm-smmu"),
        ([f"{IOMMU}/fsl_pamu.c", f"{IOMMU}/fsl_pamu_domain.c"], "iommu/fsl_pamu"),
        ([f"{IOMMU}/ab.c", f"{IOMMU}/abc.c"], "iommu"),
        ([f"{IOMMU}/iommu.c"], "iommu"),
        (["arch/powerpc/kernel/iommu.c"], "powerpc/iommu"),
        (["arch/powerpc/platforms/pseries/iommu.c"], "powerpc/iommu"),
        (["drivers/gpu/drm/x/x_iommu.c"], "gpu/x_iommu"),
        (["sound/soc/x.c"], "sound/x"),
        (["x.c"], "treewide"),
        ([], "treewide"),
    ],
)  # fmt: skip
def test_prefixes(paths: list[str], prefix: str) -> None:
    assert subject_prefix(paths) == prefix


def made(cause: Cause, old: str, wanted: str, action: Action = Action.REWRITE) -> Verdict:
    return verdict("f", old, wanted, ["Because."], cause=cause, action=action)


FITS_NOT = made(Cause.INCOMPATIBLE, "EBUSY", "EINVAL")
BROKEN = made(Cause.DEVICE, "EINVAL", "ENODEV")
QUIET = made(Cause.INCOMPATIBLE, "EINVAL", "EINVAL", Action.DROP_PRINT)
UNCLEAR = made(Cause.UNKNOWN, "EINVAL", "EINVAL", Action.REVIEW)
HANDED_ON = made(Cause.SWALLOWED, "ENODEV", "propagate")
RIGHT = made(Cause.INCOMPATIBLE, "EINVAL", "EINVAL", Action.KEEP)


@pytest.mark.parametrize(
    ("verdicts", "subject"),
    [
        ([FITS_NOT], "Return EINVAL for an incompatible domain"),
        ([FITS_NOT, QUIET], "Return EINVAL for an incompatible domain"),
        ([BROKEN], "Return ENODEV if the device cannot be attached"),
        ([FITS_NOT, BROKEN], "Return EINVAL only for an incompatible domain"),
        ([FITS_NOT, BROKEN, RIGHT], "Return EINVAL only for an incompatible domain"),
        ([FITS_NOT, BROKEN, UNCLEAR], "Tell an incompatible domain from an unusable device"),
        ([FITS_NOT, HANDED_ON], "Tell an incompatible domain from other errors"),
        ([BROKEN, HANDED_ON, UNCLEAR], "Return errnos that tell why attach_dev fails"),
        ([HANDED_ON], "Return the errno of a failed callee"),
        ([QUIET], "Do not log an incompatible domain"),
        ([made(Cause.DEVICE, "ENODEV", "ENODEV", Action.DROP_PRINT)],
         "Drop messages from attach_dev"),
    ],
)  # fmt: skip
def test_subjects(verdicts: list[Verdict], subject: str) -> None:
    assert subject_line(patch([], verdicts), EINVAL) == f"iommu/example: {subject}"


@pytest.mark.parametrize(
    ("length", "wording"),
    [
        (22, "Return EINVAL only for an incompatible domain"),
        (35, "Fix the errnos of attach_dev"),
        (55, "Fix errnos"),
    ],
)
def test_long_names_get_short_subjects(length: int, wording: str) -> None:
    case = patch([], [FITS_NOT, BROKEN], files=[f"{IOMMU}/{'x' * length}.c"])
    assert subject_line(case, EINVAL) == f"iommu/{'x' * length}: {wording}"


def test_a_name_beyond_all_reason_is_cut() -> None:
    case = patch([], [FITS_NOT], files=[f"{IOMMU}/{'x' * 99}.c"])
    assert subject_line(case, EINVAL) == f"iommu/{'x' * 57}: Fix errnos"


def test_sentences_are_joined_only_where_they_stay_true() -> None:
    one, two = "`a` and `b` are read.", "`c` and `b` are read."
    assert condensed([one, two, one]) == (one, two)
    assert condensed(["`a` is `x`.", "`b` is `y`."]) == ("`a` is `x`.", "`b` is `y`.")
    three = ["`a` is `x`.", "`b` is `x`.", "`a` is `y`."]
    assert condensed(three) == ("`a` or `b` is `x`.", "`a` is `y`.")
    assert condensed(["No code.", "No code.", "Other."]) == ("No code.", "Other.")


def test_wrapping_keeps_code_together_and_mail_whole() -> None:
    words = "x" * 70
    assert wrap(f"{words} `a && b`.") == f"{words}\n`a && b`."
    assert wrap(f"{words} foo From x") == f"{words}\nfoo From x"
    assert wrap(f"{words} y --- x") == f"{words}\ny --- x"
    assert wrap("one\ntwo\n\n \n three") == "one two\n\nthree"
    assert wrap("") == ""


def test_numbers() -> None:
    assert [number(count) for count in (2, 10, 11)] == ["two", "ten", "11"]


def test_a_template_that_asks_for_too_much() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("commit-message.txt.j2", subject="x")


def test_a_message_call_that_is_not_where_it_was_is_a_message() -> None:
    """The name of the call is read from the source, whatever that holds."""
    place = Location(f"{IOMMU}/example-iommu.c", 1, 0, 0, 5)
    gone = verdict("f", "EBUSY", "EINVAL", ["Because."], prints=[place])
    change = FileChange(place.file, "", b"(void)0;", b"")
    assert described(patch([change], [gone]), [gone])[0].drops == (("message", 1),)
    assert described(patch([], [gone]), [gone])[0].drops == (("message", 1),)


SHOUT = b'dev_err(dev, "a\\n"); if (x) pr_err("b\\n"); else { pr_err ("c %d\\n", f(x)); }'


def test_a_changelog_says_that_messages_become_debug_ones() -> None:
    file = f"{IOMMU}/example-iommu.c"
    names = [Location(file, 1, 0, at, at + 7) for at in (0, SHOUT.index(b"pr_err"))]
    change = FileChange(file, "", SHOUT, b"")
    one = verdict("f", "EBUSY", "EINVAL", ["Because."], prints=names[:1])
    one = with_changes(one, messages=Fate.DEBUG)
    told = " ".join(commit_message(patch([change], [one]), EINVAL).split())
    assert "Return EINVAL instead and make the dev_err() there a debug message. A soft" in told
    two = verdict("f", "EINVAL", "EINVAL", ["Because."], prints=names, action=Action.DEBUG_PRINT)
    two = with_changes(two, messages=Fate.DEBUG)
    told = commit_message(patch([change], [two]), EINVAL)
    assert told.startswith("iommu/example: Only debug-log an incompatible domain\n")
    told = " ".join(told.split())
    assert "Make the dev_err() and the pr_err() that go with EINVAL in f() debug messages." in told


def test_a_changelog_names_each_message_of_an_if_that_goes() -> None:
    file = f"{IOMMU}/example-iommu.c"
    places = [Location(file, 1, 0, 0, 20), Location(file, 1, 0, 20, len(SHOUT))]
    found = verdict("f", "EBUSY", "EINVAL", ["Because."], prints=places)
    made = described(patch([FileChange(file, "", SHOUT, b"")], [found]), [found])
    assert made[0].drops == (("dev_err()", 1), ("pr_err()", 2))


def test_helpers_with_the_same_callers_outside_are_told_in_one_sentence() -> None:
    found = [
        verdict("fits", "EIO", "EINVAL", ["a."], start=1, outside=["bind", "attach_pasid"]),
        verdict("setup", "EIO", "EINVAL", ["b."], start=9, outside=["attach_pasid"]),
        verdict("width", "EIO", "EINVAL", ["c."], start=20, outside=["attach_pasid", "bind"]),
    ]
    message = commit_message(patch([], found), EINVAL)
    told = [part for part in message.split("\n\n") if part.startswith("Outside of")]
    assert [" ".join(part.split()) for part in told] == [
        "Outside of attach_dev, the change of fits() and width() is also seen by "
        "attach_pasid() and bind().",
        "Outside of attach_dev, the change of setup() is also seen by attach_pasid().",
    ]


def test_a_branch_of_a_switch_is_no_check_and_no_if() -> None:
    guard = Guard("switch (status) case 3", True, "x.c", 7)
    judged = verdict(
        "f", "EIO", "ENODEV", ["So."], cause=Cause.DEVICE, guard=[guard], decision="So."
    )
    message = " ".join(commit_message(patch([], [judged]), EINVAL).split())
    assert "The branch `switch (status) case 3` was judged by hand: So." in message
    assert guard.told() == "in switch (status) case 3 [x.c:7]"
    assert with_changes(guard, text="status").told() == "if status [x.c:7]"
