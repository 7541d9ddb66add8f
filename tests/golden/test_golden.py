# SPDX-License-Identifier: GPL-2.0-only
"""Whole results on the small kernel, as files next to this one.

With ERRNO_GEN_UPDATE_GOLDEN=1 the files are rewritten; the diff is then the review.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import corekernel
from commandline import errno_gen, git, repository, state
from goldenfiles import same_as


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


@pytest.mark.parametrize("policy", ["einval", "emediumtype"])
def test_scan_json(kernel: Path, policy: str) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--policy", policy, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    commit = git(kernel, "rev-parse", "HEAD").strip()
    same_as(f"scan-{policy}.json", outcome.out.replace(commit, "COMMIT"))


def test_scan_table(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel)
    commit = git(kernel, "rev-parse", "--short=12", "HEAD").strip()
    same_as("scan.txt", outcome.out.replace(commit, "COMMIT"))


def test_scan_why(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--why", "--driver", "beta")
    commit = git(kernel, "rev-parse", "--short=12", "HEAD").strip()
    same_as("scan-why.txt", outcome.out.replace(commit, "COMMIT"))


@pytest.mark.parametrize("policy", ["einval", "emediumtype"])
def test_dry_run(kernel: Path, policy: str) -> None:
    before = state(kernel)
    outcome = errno_gen("apply", "--tree", kernel, "--policy", policy, "--dry-run", "--no-rules")
    assert (outcome.code, outcome.err) == (0, "")
    same_as(f"dry-run-{policy}.diff", outcome.out)
    assert state(kernel) == before


@pytest.mark.parametrize("policy", ["einval", "emediumtype"])
def test_commit_messages(kernel: Path, policy: str) -> None:
    outcome = errno_gen("apply", "--tree", kernel, "--policy", policy, "--signoff")
    assert outcome.code == 0
    log = git(
        kernel, "log", "--reverse", "--format=%an <%ae>%n%B%x00", f"master..errno-gen/{policy}"
    )
    same_as(f"commits-{policy}.txt", log.replace("\x00", "-" * 75))


@pytest.mark.parametrize("policy", ["einval", "emediumtype"])
def test_the_commit_of_the_rules(tmp_path: Path, policy: str) -> None:
    kernel = repository(tmp_path / "linux", corekernel.FILES)
    outcome = errno_gen("apply", "--tree", kernel, "--policy", policy, "--signoff")
    assert outcome.code == 0
    branch = f"errno-gen/{policy}"
    first = git(kernel, "rev-list", "--reverse", f"master..{branch}").split()[0]
    same_as(f"rules-{policy}.txt", git(kernel, "show", "--format=%B", first))


@pytest.mark.parametrize("division", ["cause", "driver-cause"])
def test_commit_messages_of_other_divisions(kernel: Path, division: str) -> None:
    plain = errno_gen("apply", "--tree", kernel, "--branch", "plain")
    outcome = errno_gen("apply", "--tree", kernel, "--split", division, "--branch", "split")
    assert (plain.code, outcome.code) == (0, 0)
    log = git(kernel, "log", "--reverse", "--format=%B", "--stat=72", "master..split")
    same_as(f"commits-einval-{division}.txt", log)
    assert git(kernel, "rev-parse", "plain^{tree}") == git(kernel, "rev-parse", "split^{tree}")
