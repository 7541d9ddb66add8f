# SPDX-License-Identifier: GPL-2.0-only
"""The commit messages of verdicts made by hand, as files next to this one."""

from __future__ import annotations

import re

import pytest

from errno_gen.model import (
    Action,
    Cause,
    DriverPatch,
    FileChange,
    Guard,
    Location,
    Place,
    Split,
    with_changes,
)
from errno_gen.policy import load_policy
from errno_gen.stages.commit import commit_message
from goldenfiles import same_as
from patches import patch, verdict

PATH = "drivers/iommu/example-iommu.c"
SOURCE = rb"""
  dev_err(dev, "in use\n");
  dev_warn_ratelimited(dev, "too wide\n");
  dev_err(dev, "of another IOMMU\n");
    pr_err ("no");
"""
CHANGE = FileChange(PATH, "0" * 40, SOURCE, SOURCE)
PRINTS = [
    Location(PATH, number, 1, match.start(), match.end())
    for number, match in enumerate(re.finditer(rb"(?m)^.+$", SOURCE), start=1)
]

UNTOLD = "The call is told nothing of the domain, so another one would not help."
RESUMED = (
    "`pm_runtime_get_sync()` may return EINVAL from rpm_resume() (drivers/base/power/runtime.c)."
)
FREE = "The array is of the kind that hands out free ids, so this cannot fail but for a bug."


def made(callee: str) -> list[str]:
    """The reasons of a verdict on a kernel function that makes its errno itself."""
    return [
        f"`{callee}()` may return EINVAL of its own (drivers/pci/ats.c).",
        UNTOLD,
    ]


def converted(function: str, start: int) -> Place:
    """A place where an errno is converted."""
    return Place(function, "ret", "after", Location(PATH, start, 1, start, start + 1))


IN_USE = "`domain->dev` is read from the domain alone, so another domain may be attached."
WIDTH = (
    "`domain->width` is read from the domain and checked against `iommu->width` of the device "
    "or its IOMMU, so another domain may be attached."
)
MISSING = (
    "The check of `iommu` depends on the device or its IOMMU and on no state of the domain, so "
    "no domain can be attached."
)
MISSING_CLIENT = MISSING.replace("`iommu`", "`fwspec`")
HELD = "`iommu->domain` shows that the device or its IOMMU already holds a domain."
NO_MEMORY = "`domain->table` is missing because memory could not be allocated."
REPLACED = "`example_enable()` returns an errno of its own, which ENODEV replaces."
OUT_OF_REACH = "The window is what the IOMMU's own bus can address. It is wired that way."
STRAPPED = "The reset line is strapped on boards without an IOMMU."
WINDOW = Guard("!example_window(iommu)", True, PATH, 3)
POWERED = Guard("iommu->powered", False, PATH, 4)
KEPT = verdict(
    "example_attach",
    "EINVAL",
    None,
    ["Unclear."],
    cause=Cause.UNKNOWN,
    start=999,
    action=Action.REVIEW,
)

HALF = Split("", "half", Location("drivers/iommu/example-iommu.c", 1, 0, 0, 9), True, False)
APART = Split("ret", "arm", PRINTS[0], True, False)

CASES = {
    "split": patch(
        [CHANGE],
        [
            with_changes(
                verdict("example_attach", "EINVAL", wanted, [reason], cause=cause, start=start),
                split=split,
            )
            for wanted, reason, cause, start, split in [
                ("ENODEV", MISSING, Cause.DEVICE, 5, APART),
                ("propagate", REPLACED.replace("ENODEV", "EINVAL"), Cause.SWALLOWED, 5, APART),
                ("ENODEV", MISSING_CLIENT, Cause.DEVICE, 9, None),
            ]
        ],
    ),
    "joined": patch(
        [CHANGE],
        [
            with_changes(
                verdict("example_attach", "EINVAL", wanted, [reason], cause=cause, action=action),
                split=HALF,
            )
            for wanted, reason, cause, action in [
                ("ENODEV", MISSING, Cause.DEVICE, Action.REWRITE),
                ("EINVAL", IN_USE, Cause.INCOMPATIBLE, Action.KEEP),
            ]
        ],
    ),
    "mixed": patch(
        [CHANGE],
        [
            verdict("example_attach", "EBUSY", "EINVAL", [IN_USE], prints=PRINTS[:1], start=10),
            verdict("example_attach", "EINVAL", "ENODEV", [MISSING], cause=Cause.DEVICE, start=1),
        ],
    ),
    "one-change": patch([CHANGE], [verdict("example_attach", "EXDEV", "EINVAL", [IN_USE])]),
    "not-only": patch(
        [CHANGE],
        [
            verdict("example_attach", "EBUSY", "EINVAL", [IN_USE], start=1),
            verdict("example_attach", "EINVAL", "EBUSY", [HELD], cause=Cause.BUSY, start=2),
            KEPT,
        ],
    ),
    "many-places": patch(
        [CHANGE],
        [
            *(
                verdict(name, old, "ENODEV", [reason], cause=Cause.DEVICE, start=start)
                for name, old, reason, start in [
                    ("example_attach", "EINVAL", MISSING, 10),
                    ("example_attach", "EINVAL", MISSING_CLIENT, 20),
                    ("example_attach", "EINVAL", MISSING, 30),
                    ("other_attach", "EINVAL", MISSING, 40),
                ]
            ),
            verdict("last_attach", "EINVAL", "ENOMEM", [NO_MEMORY], cause=Cause.NOMEM, start=50),
            verdict("last_attach", "ENODEV", "ENOMEM", [NO_MEMORY], cause=Cause.NOMEM, start=60),
        ],
    ),
    "helpers": patch(
        [CHANGE],
        [
            verdict(
                "example_fits",
                old,
                "EINVAL",
                [reason],
                start=start,
                prints=prints,
                callbacks=["example_attach", "example_attach_paging"],
                outside=["example_resume", "example_probe"],
            )
            for old, reason, start, prints in [
                ("EOPNOTSUPP", WIDTH, 1, PRINTS[1:2]),
                ("EFAULT", IN_USE, 2, PRINTS[2:]),
            ]
        ],
    ),
    "messages-only": patch(
        [CHANGE],
        [
            verdict("example_attach", "EINVAL", "EINVAL", [reason], start=start,
                    prints=prints, action=Action.DROP_PRINT)
            for reason, start, prints in [
                (IN_USE, 1, PRINTS[:2]),
                (WIDTH, 2, PRINTS[2:3]),
                (HELD, 3, PRINTS[3:]),
            ]
        ],
    ),
    "decided": patch(
        [CHANGE],
        [
            verdict(
                name,
                "EINVAL",
                "ENODEV",
                because,
                cause=Cause.DEVICE,
                start=start,
                guard=guard,
                decision=decision,
            )
            for name, start, guard, because, decision in [
                ("example_attach", 1, [], [MISSING], None),
                ("example_attach", 2, [WINDOW], [OUT_OF_REACH], OUT_OF_REACH),
                ("example_attach", 3, [], [STRAPPED], STRAPPED),
                ("example_enable", 4, [POWERED], [STRAPPED, MISSING], STRAPPED),
            ]
        ],
    ),
    "propagate": patch(
        [CHANGE],
        [verdict("example_attach", "ENODEV", "propagate", [REPLACED], cause=Cause.SWALLOWED)],
    ),
    "two-ways-out": patch(
        [CHANGE],
        [
            verdict("example_attach", "EBUSY", "EINVAL", [reason], start=5, prints=PRINTS[:1])
            for reason in (IN_USE, WIDTH)
        ],
    ),
    "kernel-functions": patch(
        [CHANGE],
        [
            verdict("example_enable", "EINVAL", "ENODEV", reasons, cause=Cause.KAPI, start=start,
                    callbacks=["example_attach"], callee=callee, places=[place])
            for start, callee, reasons, place in [
                (1, "pci_enable_pasid", made("pci_enable_pasid"), converted("example_enable", 5)),
                (2, "pci_enable_ats", made("pci_enable_ats"), converted("example_enable", 6)),
            ]
        ] + [
            verdict("example_get", "EINVAL", "ENODEV", [RESUMED, UNTOLD], cause=Cause.KAPI,
                    start=9, callbacks=["example_attach"], callee="pm_runtime_get_sync",
                    places=[converted("example_attach", 7)]),
            verdict("example_finalise", "EINVAL", "ENODEV", [FREE, made("xa_alloc")[0]],
                    cause=Cause.KAPI, start=11, callbacks=["example_attach"],
                    callee="xa_alloc", decision=FREE, places=[converted("example_finalise", 12)]),
        ],
    ),
    "kernel-function-alone": patch(
        [CHANGE],
        [
            verdict("example_attach", "EINVAL", "ENODEV", [RESUMED, UNTOLD], cause=Cause.KAPI,
                    callee="pm_runtime_get_sync", places=[converted("example_attach", 7)]),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_message(name: str) -> None:
    same_as(f"message-{name}.txt", commit_message(CASES[name], load_policy("einval")))


def test_message_of_another_policy_with_signoff() -> None:
    case = patch([CHANGE], [verdict("example_attach", "EXDEV", "EMEDIUMTYPE", [IN_USE])])
    message = commit_message(case, load_policy("emediumtype"), "Jörg Müller <joerg@example.org>")
    same_as("message-emediumtype.txt", message)


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_verdicts_does_not_matter(name: str) -> None:
    case = CASES[name]
    turned = DriverPatch(case.driver, case.callbacks, case.changes, case.edits, case.verdicts[::-1])
    policy = load_policy("einval")
    expected = sorted(commit_message(case, policy).split())
    assert sorted(commit_message(turned, policy).split()) == expected
