# SPDX-License-Identifier: GPL-2.0-only
"""errno-gen series --objects: what a patch changes in the objects, below its message."""

from __future__ import annotations

from pathlib import Path

from errno_gen.model import BuildResult, Commit, FunctionChange, ObjectChange, Status
from errno_gen.tools.crew import builds
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo
from seriesrepo import BRANCH, am, kernel, mails, series, trees


def built(repo: GitRepo, subject: str, *changes: ObjectChange) -> None:
    """Remember a compile check of the commit with a subject."""
    opened = Repository.open(repo.path)
    (one,) = [each for each in opened.commits(f"master..{BRANCH}") if each.subject == subject]
    commit = Commit(one.oid, one.tree, one.parents[0], "x", one.subject, one.files)
    objects = tuple(change.object for change in changes)
    result = BuildResult(
        one.oid, "x", "arm64", "allmodconfig", objects, Status.PASS, "", changes=changes
    )
    builds.remember(opened.common_dir, (commit,), (result,))


def test_the_note_stands_where_git_am_drops_it(tmp_path: Path) -> None:
    repo = kernel(tmp_path / "linux")
    differs = FunctionChange("beta_attach", "immediates", "edited")
    subject = "iommu/beta: Return EINVAL for an incompatible domain"
    built(repo, subject, ObjectChange("drivers/iommu/beta.o", (differs,), 7))

    outcome = series(repo, tmp_path / "v1", "--objects")

    assert outcome.code == 0
    for other in ("alpha: Return EINVAL only", "gamma: Return EINVAL"):
        assert f"note: the objects of iommu/{other} for an incompatible domain" in outcome.err
    _, alpha, beta, gamma = (str(mail.get_payload()) for mail in mails(tmp_path / "v1"))
    note = "beta.o (arm64): beta_attach differs (immediates only); 7 other functions\nidentical.\n"
    assert beta.split("\n---\n")[1].startswith(f"{note}\n "), beta
    assert note not in alpha + gamma
    files = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    assert am(repo, tmp_path / "fresh", files) == trees(repo.path, f"master..{BRANCH}")
    made = Repository.open(tmp_path / "fresh").commits("HEAD~3..HEAD")
    assert not any("identical" in one.message for one in made)


def test_without_the_option_nothing_is_said(tmp_path: Path) -> None:
    repo = kernel(tmp_path / "linux")
    outcome = series(repo, tmp_path / "v1")
    assert "objects" not in outcome.err
