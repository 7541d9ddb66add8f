# SPDX-License-Identifier: GPL-2.0-only
"""What is undecided on the small kernel, and what a decision makes of it, as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import minikernel
from commandline import errno_gen, git, repository
from goldenfiles import GOLDEN, same_as

DECISIONS = """\
[[decision]]
driver = "zeta"
function = "zeta_iommu_enable"
errno = "EINVAL"
guard = "WARN_ON(!IS_ALIGNED((long)ZETA_TABLES,ZETA_TABLE_SIZE))"
cause = "device"
reason = "The boot loader places the table, so one that is not aligned spoils each domain."

[[decision]]
function = "zeta_iommu_enable"
errno = "ENXIO"
guard = "ZETA_FUSED_OFF"
action = "keep"
reason = "Users of this hardware know the errno."

[[decision]]
function = "alpha_iommu_attach_dev"
errno = "EBUSY"
guard = "alpha_domain->dev"
cause = "busy"
reason = "Every alpha domain that can be made shares the one device."
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux", minikernel.FILES_WITH_UNDECIDED)


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.toml"
    path.write_text(DECISIONS, encoding="utf-8")
    return path


def test_scan_undecided(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--undecided")
    assert (outcome.code, outcome.err) == (0, "")
    commit = git(kernel, "rev-parse", "--short=12", "HEAD").strip()
    same_as("undecided.toml", outcome.out.replace(commit, "COMMIT"))


def test_scan_undecided_json_has_the_same_in_the_same_order(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--undecided", "--format", "json")
    assert outcome.code == 0
    text = (GOLDEN / "undecided.toml").read_text(encoding="utf-8")
    places = []
    for verdict in json.loads(outcome.out)["verdicts"]:
        assert verdict["action"] == "review"
        assert verdict["paste"] in text
        assert f"missing: {verdict['missing']}\n" in text
        places.append(text.index(verdict["paste"]))
    assert len(places) == 3
    assert places == sorted(places)


def test_scan_obeys_decisions(kernel: Path, decisions: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--decisions", decisions)
    assert (outcome.code, outcome.err) == (0, "")
    commit = git(kernel, "rev-parse", "--short=12", "HEAD").strip()
    same_as("decided.txt", outcome.out.replace(commit, "COMMIT"))


def test_the_dry_run_obeys_decisions(kernel: Path, decisions: Path) -> None:
    arguments = ("--tree", kernel, "--decisions", decisions, "--no-rules", "--dry-run")
    outcome = errno_gen("apply", *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    same_as("decided.diff", outcome.out)


def test_the_changelog_tells_the_decision(kernel: Path, decisions: Path) -> None:
    assert errno_gen("apply", "--tree", kernel, "--decisions", decisions).code == 0
    log = git(kernel, "log", "--format=%B", "-1", "errno-gen/einval")
    same_as("decided-message.txt", log)
