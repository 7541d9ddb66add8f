# SPDX-License-Identifier: GPL-2.0-only
"""The parts of a cover letter: drivers and sites, what is left alone, compile checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from errno_gen.model import Action, BuildResult, Cause, Commit, Driver, Failure, Mention, Status
from errno_gen.policytables import PROPAGATE
from errno_gen.stages.series.contents import (
    Part,
    build_table,
    differences,
    parts,
    sites,
    table,
)
from errno_gen.stages.series.cover import letter
from errno_gen.stages.series.left import left_alone
from errno_gen.stages.series.record import Deed, Record
from errno_gen.tools.crew import builds
from errno_gen.tools.git.repository import CommitInfo
from patches import verdict

BIG, SMALL, QUIET = "big", "small", "quiet"
DRIVERS = tuple(
    Driver(name, "drivers/iommu", "", (f"drivers/iommu/{name}.c",)) for name in (BIG, SMALL, QUIET)
)
TWELVE = [
    verdict(f"big_{n}", errno, "EINVAL", ("Why.",), driver=BIG, path=DRIVERS[0].files[0], start=n)
    for n, errno in enumerate(["EBUSY", "ENXIO", "EPERM", "EFAULT"] * 3)
]
ONE = verdict("small", "ENODEV", PROPAGATE, ("Why.",), cause=Cause.SWALLOWED, driver=SMALL)
LEFT = [
    verdict(
        "q", "EIO", None, ("It is odd.",), driver=QUIET, cause=Cause.UNKNOWN, action=Action.REVIEW
    ),
    verdict(
        "r", "EPERM", None, ("It is odd.",), driver=QUIET, cause=Cause.UNKNOWN, action=Action.REVIEW
    ),
    verdict(
        "q",
        "EINVAL",
        None,
        ("It may.",),
        driver=QUIET,
        cause=Cause.KAPI,
        action=Action.KEEP,
        callee="f",
    ),
    verdict(
        "q",
        "EINVAL",
        None,
        ("It may.",),
        driver=QUIET,
        cause=Cause.KAPI,
        action=Action.KEEP,
        callee="g",
    ),
    verdict(
        "q",
        "ENOENT",
        "ENODEV",
        ("No.",),
        driver=QUIET,
        cause=Cause.DEVICE,
        action=Action.DISCOURAGED,
    ),
    verdict("q", "EINVAL", None, ("Yes.",), driver=BIG, action=Action.KEEP, decision="Yes."),
    verdict(
        "q", "ENOMEM", "ENOMEM", ("Fine.",), driver=QUIET, cause=Cause.NOMEM, action=Action.KEEP
    ),
]
_BIG_SUBJECT = "iommu/big: Return EINVAL for an incompatible domain"
RECORD = Record(
    base="0" * 40,
    policy="einval",
    member="attach_dev",
    why="Because.",
    errno="EINVAL",
    only=True,
    reserved=("EINVAL",),
    drivers=DRIVERS,
    verdicts=(*TWELVE, ONE, *LEFT),
    left=(),
    failures=(Failure("rewrite", "lost", "spatch took too long."),),
    deeds=(
        Deed(_BIG_SUBJECT, (f"drivers/iommu/{BIG}.c",), (BIG,), tuple(TWELVE)),
        Deed("iommu/small: Reworded", (f"drivers/iommu/{SMALL}.c",), (SMALL,), (ONE,)),
    ),
)


def commit(name: str, subject: str) -> CommitInfo:
    return CommitInfo(name * 3, f"tree-{name}", ("p",), subject, (f"drivers/iommu/{name}.c",))


COMMITS = (
    commit(BIG, _BIG_SUBJECT),
    commit(SMALL, "iommu/small: Return the errno of a failed callee"),
    commit("other", "iommu: Document it"),
)


def series() -> tuple[Part, ...]:
    return parts(RECORD, COMMITS)


def test_a_driver_of_one_site_and_one_of_twelve() -> None:
    assert table(series()) == [
        "     driver  sites  change",
        "  1  big        12  EBUSY, ENXIO, EPERM and EFAULT to EINVAL (12 times)",
        "  2  small       1  ENODEV to the callee's",
        "  3  iommu          Document it",
    ]


def test_a_driver_with_a_very_long_name() -> None:
    long = "a-driver-of-which-the-name-is-longer-than-anybody-would-ever-make-one"
    here = series()
    renamed = replace(here[0], drivers=(long,))
    lines = table((renamed, *here[1:]))
    assert lines == [
        "     driver  sites  change",
        f"  1  {long}",
        "                12  EBUSY, ENXIO, EPERM and EFAULT to EINVAL (12 times)",
        "  2  small       1  ENODEV to the callee's",
        "  3  iommu          Document it",
    ]


def test_what_is_left_alone_and_why() -> None:
    left = left_alone(RECORD, series()[:2])
    assert left.whole
    assert left.sections == [
        (
            "The code does not decide what these mean",
            ["- quiet: EIO and EPERM in q() and r(). It is odd."],
        ),
        (
            "These come from kernel functions and are handed on",
            ["- quiet: EINVAL of f() and g() in q()"],
        ),
        (
            "These are not what the convention would choose, but cannot be mistaken for EINVAL "
            "either",
            ["- quiet: ENOENT rather than ENODEV in q()"],
        ),
        ("These were judged by hand to be right", ["- big: EINVAL in q(). Yes."]),
        ("These could not be handled", ["- lost: spatch took too long."]),
    ]


def test_an_errno_that_others_know_is_told_with_who_knows_it() -> None:
    told, other = (
        "The comment above `q()` names EPERM (q.c:1).",
        "A selftest expects EPERM (t.c:2).",
    )
    known = replace(
        LEFT[1],
        cause=Cause.INCOMPATIBLE,
        wanted="EINVAL",
        because=("It does not fit.", told),
        mentions=(Mention("comment", told), Mention("selftest", other)),
    )
    left = left_alone(replace(RECORD, verdicts=(known,), failures=()), ())
    ((heading, lines),) = left.sections
    assert heading == "Others know these by the errno that they have"
    assert " ".join(line.strip() for line in lines) == f"- quiet: EPERM in r(). {told}".replace(
        "`", ""
    )


def many(drivers: int, rules: int) -> Record:
    """A record of drivers that each leave a site of every rule, and one that is discouraged."""
    review = [
        replace(
            verdict(
                f"f{rule}",
                ("EINVAL", "EIO")[driver % 2],
                None,
                (f"It is odd ({rule}).",),
                driver=f"driver{driver}",
                cause=Cause.UNKNOWN,
                action=Action.REVIEW,
            ),
            rule=("constant", "callee", "opaque", "hidden", "picks")[rule],
        )
        for driver in range(drivers)
        for rule in range(rules)
    ]
    discouraged = [
        replace(LEFT[4], driver=f"driver{driver}", site=replace(LEFT[4].site, errno=f"E{driver}"))
        for driver in range(drivers)
    ]
    return replace(RECORD, verdicts=(*review, *discouraged), failures=())


def test_much_that_is_left_alone_is_told_by_reason() -> None:
    record = many(drivers=12, rules=1)
    left = left_alone(record, ())
    assert not left.whole
    odd = ", ".join(f"driver{n}" for n in (1, 11, 3, 5, 7)) + " and driver9"
    even = ", ".join(f"driver{n}" for n in (0, 10, 2, 4, 6)) + " and driver8"
    heading, lines = left.sections[0]
    assert heading == "The code lacks what would decide these"
    assert " ".join(line.strip() for line in lines) == (
        f"- what makes the check fail: EINVAL in {even}; EIO in {odd}"
    )
    assert left.sections[1][1][5] == "- E3 rather than ENODEV in driver3"
    text = letter(record, series(), {}, None).body
    assert '\n\n"errno-gen scan --why" lists each of these places with its evidence.' in text


def test_too_much_that_is_left_alone_is_counted() -> None:
    left = left_alone(many(drivers=40, rules=3), ())
    assert sum(len(lines) for _, lines in left.sections) <= 25
    more = left.sections[1][1][-1]
    assert more == f"- and {40 - (len(left.sections[1][1]) - 1)} more"


def test_a_driver_without_its_patch_is_named() -> None:
    found = dict(left_alone(RECORD, series()[:1]).sections)
    told = ["- small: ENODEV rather than the callee's in small()"]
    assert found["These would change, but have no patch here"] == told


def test_compile_checks_are_remembered_by_tree(tmp_path: Path) -> None:
    made = [Commit(c.oid, c.tree, "p", "", c.subject, c.files) for c in COMMITS]
    results = [
        _result(made[0], "x86_64", Status.FAIL),
        _result(made[1], "", Status.NOT_BUILT, "nothing enables it"),
    ]
    builds.remember(tmp_path, made, results)
    fresh = [_result(made[0], "x86_64", Status.PASS), _result(made[0], "arm64", Status.PASS)]
    builds.remember(tmp_path, made, fresh)
    known = builds.known(tmp_path, [part.commit.tree for part in series()])
    lines = [
        "  1  big    x86_64 allmodconfig, arm64 allmodconfig",
        "  2  small  not built: nothing enables it",
        "  3  iommu  not compiled",
    ]
    assert sorted(build_table(series(), known)[0].split(", ")) == sorted(lines[0].split(", "))
    assert build_table(series(), known)[1:] == lines[1:]
    assert lines[1] in letter(RECORD, series(), known, None).body
    nothing = letter(RECORD, series(), {}, None)
    assert "compiled" not in nothing.body
    assert nothing.subject == ("iommu: Make attach_dev return EINVAL for an incompatible domain")
    assert all(len(line) <= 75 for line in nothing.body.splitlines())


def _result(commit: Commit, architecture: str, status: Status, proof: str = "") -> BuildResult:
    configuration = "allmodconfig" if architecture else ""
    return BuildResult(commit.oid, "", architecture, configuration, (), status, proof)


def test_what_differs_between_two_versions() -> None:
    now = sites(series())
    guard = ""
    before = (
        *(site for site in now if site[1] not in ("big_0", "big_1")),
        (BIG, "big_0", "EBUSY", guard, "ENODEV"),
        (BIG, "gone", "EIO", guard, "EINVAL"),
    )
    assert sorted(clause for _, clause in differences(before, now, [BIG])) == [
        "EBUSY of big_0() becomes EINVAL (was ENODEV)",
        "EIO of gone() is left alone",
        "ENXIO of big_1() becomes EINVAL",
    ]
    assert list(differences(before, now, [SMALL])) == []
