# SPDX-License-Identifier: GPL-2.0-only
"""errno-gen series of branches that are divided by cause."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commandline import errno_gen
from gitrepo import GitRepo
from seriesrepo import BRANCH, KEPT, am, body, kernel, mails, series, trees


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return kernel(tmp_path / "linux")


def divide(repo: GitRepo, division: str) -> None:
    outcome = errno_gen(
        "apply", "--tree", repo.path, "--split", division, "--force", "--no-rules", "-s"
    )
    assert outcome.code == 0, outcome.err


def table(folder: Path) -> list[str]:
    text = body(mails(folder)[0])
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if "  " in line]


@pytest.mark.parametrize(
    ("division", "lines"),
    [
        (
            "driver-cause",
            [
                "1 alpha 1 EINVAL to ENODEV",
                "2 alpha 1 EBUSY to EINVAL, a message goes",
                "3 beta 1 ENXIO to EINVAL",
                "4 gamma 1 EOPNOTSUPP to EINVAL, a message goes",
            ],
        ),
        (
            "cause",
            [
                "1 alpha 1 EINVAL to ENODEV",
                "2 iommu 3 alpha, beta and gamma: EBUSY, ENXIO and EOPNOTSUPP to",
            ],
        ),
    ],
)
def test_the_table_has_a_row_for_each_patch(
    repo: GitRepo, tmp_path: Path, division: str, lines: list[str]
) -> None:
    divide(repo, division)
    outcome = series(repo, tmp_path / "v1")
    assert outcome.code == 0, outcome.err
    assert "three drivers, at four places" in " ".join(body(mails(tmp_path / "v1")[0]).split())
    rows = table(tmp_path / "v1")
    assert [line for line in lines if not any(row.startswith(line) for row in rows)] == []
    files = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    assert am(repo, tmp_path / "fresh", files) == trees(repo.path, f"master..{BRANCH}")


def test_a_change_is_told_with_the_patch_that_has_it(repo: GitRepo, tmp_path: Path) -> None:
    divide(repo, "driver-cause")
    assert series(repo, tmp_path / "v1").code == 0
    decisions = repo.git_dir / "errno-gen" / "decisions.toml"
    decisions.write_text(KEPT, encoding="utf-8")
    divide(repo, "driver-cause")
    assert series(repo, tmp_path / "v2", "-v", "2").code == 0
    text = body(mails(tmp_path / "v2")[0]).split("\nChanges since v1:\n")[1].split("\n\n")[0]
    told = re.sub(r"\n  ", " ", text).splitlines()
    assert told[0].startswith("- dropped: iommu/alpha: Return ENODEV")
    assert told[1] == "- 3 patches are unchanged"
