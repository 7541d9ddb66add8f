# SPDX-License-Identifier: GPL-2.0-only
"""Decisions on the command line: where they come from, and what is said of stale ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import minikernel
from commandline import Outcome, errno_gen, git, repository

STALE = """\
[[decision]]
driver = "alpha"
function = "alpha_iommu_attach_dev"
errno = "EINVAL"
guard = "!iommu && !dev"
cause = "device"
reason = "It was like that once."
"""
BETA = """\
[[decision]]
function = "beta_domain_join"
errno = "ENXIO"
guard = "domain->iommu != iommu"
action = "keep"
reason = "We like it."
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


def keep(kernel: Path, text: str) -> Path:
    path = kernel / ".git" / "errno-gen" / "decisions.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def beta(outcome: Outcome) -> dict[str, object]:
    """The one verdict of beta that a decision may be about."""
    verdicts = json.loads(outcome.out)["verdicts"]
    (found,) = [v for v in verdicts if v["function"] == "beta_domain_join"]
    assert isinstance(found, dict)
    return found


def test_decisions_kept_in_the_repository_are_obeyed_and_it_is_said(kernel: Path) -> None:
    path = keep(kernel, BETA)
    outcome = errno_gen("scan", "--tree", kernel, "--format", "json")
    assert outcome.err == f"note: obeying the decisions in {path}\n"
    found = beta(outcome)
    assert (found["action"], found["decision"]) == ("keep", "We like it.")
    assert json.loads(outcome.out)["stale_decisions"] == []


def test_a_linked_work_tree_has_the_same_decisions(kernel: Path, tmp_path: Path) -> None:
    keep(kernel, BETA)
    linked = tmp_path / "linked"
    git(kernel, "worktree", "add", "-q", str(linked))
    assert beta(errno_gen("scan", "--tree", linked, "--format", "json"))["decision"]


def test_a_file_that_is_named_replaces_those_that_are_kept(kernel: Path, tmp_path: Path) -> None:
    keep(kernel, "not read")
    outcome = errno_gen("scan", "--tree", kernel, "--format", "json", "--decisions", "/dev/null")
    assert (outcome.code, outcome.err) == (0, "")
    assert beta(outcome)["decision"] is None


@pytest.mark.parametrize("command", [("scan",), ("apply", "--dry-run"), ("apply",)])
def test_a_stale_decision_is_noted_and_changes_no_exit_code(
    kernel: Path, command: tuple[str, ...]
) -> None:
    path = keep(kernel, STALE)
    outcome = errno_gen(*command, "--tree", kernel)
    assert outcome.code == 0
    assert (
        f"note: {path}, line 1: this decision matches nothing: EINVAL in "
        "alpha_iommu_attach_dev() of alpha if !iommu && !dev\n"
    ) in outcome.err


def test_a_stale_decision_is_in_the_json(kernel: Path) -> None:
    path = keep(kernel, STALE)
    found = json.loads(errno_gen("scan", "--tree", kernel, "--format", "json").out)
    assert found["stale_decisions"] == [
        {
            "file": str(path),
            "line": 1,
            "driver": "alpha",
            "function": "alpha_iommu_attach_dev",
            "errno": "EINVAL",
            "guard": "!iommu && !dev",
        }
    ]


def test_a_decision_on_a_driver_that_was_not_asked_for_is_not_stale(kernel: Path) -> None:
    keep(kernel, STALE + BETA)
    outcome = errno_gen("scan", "--tree", kernel, "--driver", "delta")
    assert "matches nothing" not in outcome.err


def test_a_decision_survives_edits_elsewhere(kernel: Path) -> None:
    keep(kernel, BETA)
    path = kernel / "drivers/iommu/beta-iommu.c"
    text = path.read_text(encoding="utf-8")
    moved = text.replace("\n#include", "\n/* A comment. */\n\n#include", 1)
    path.write_text(
        moved.replace("domain->iommu != iommu", "domain->iommu !=\n\t    iommu"), encoding="utf-8"
    )
    git(kernel, "commit", "-qam", "Move it")
    assert beta(errno_gen("scan", "--tree", kernel, "--format", "json"))["decision"]


@pytest.mark.parametrize("command", ["scan", "apply"])
def test_a_mistake_in_a_decision_ends_the_command(kernel: Path, command: str) -> None:
    path = keep(kernel, BETA.replace("like it.", "like it"))
    outcome = errno_gen(command, "--tree", kernel)
    assert outcome.code == 2
    assert outcome.errors == [
        f"error: decision file {path}, line 6: 'decision.reason' must be a sentence that ends "
        "in a period"
    ]
    assert not git(kernel, "branch", "--list", "errno-gen/*")


def test_nothing_undecided_is_said_and_prints_nothing(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--undecided")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "note: nothing is undecided under the policy einval\n"


def test_what_is_filled_in_and_kept_is_not_asked_again(tmp_path: Path) -> None:
    kernel = repository(tmp_path / "other", minikernel.FILES_WITH_UNDECIDED)
    asked = errno_gen("scan", "--tree", kernel, "--undecided").out
    keep(kernel, asked.replace('cause = ""', 'cause = "device"').replace('""', '"We asked."'))
    outcome = errno_gen("scan", "--tree", kernel, "--undecided")
    assert outcome.out == ""
    table = errno_gen("scan", "--tree", kernel, "--driver", "zeta", "--why")
    assert table.out.count("  decided: We asked.\n") == 3
    assert "3 of them by decision" in table.out
