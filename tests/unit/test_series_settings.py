# SPDX-License-Identifier: GPL-2.0-only
"""Settings of a repository, tags and odd names: none changes what a series is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import seriesrepo
from commandline import errno_gen
from gitrepo import GitRepo
from seriesrepo import BRANCH, mails, series


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return seriesrepo.kernel(tmp_path / "linux")


def texts(folder: Path) -> list[str]:
    """The mails of a folder by name, without what differs from run to run."""
    # Message-Id until git 2.40, Message-ID since.
    changing = r"^(From |Date|Message-I[Dd]|In-Reply-To|References).*\n"
    return [
        path.name + re.sub(changing, "", path.read_text(), flags=re.MULTILINE)
        for path in sorted(folder.iterdir())
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("diff.orderFile", "nowhere"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.interHunkContext", "20"),
        ("format.signatureFile", "nowhere"),
        ("format.signature", "Sent from my kernel"),
        ("format.filenameMaxLength", "10"),
        ("format.forceInBodyFrom", "true"),
        ("trailer.separators", "="),
    ],
)
def test_settings_of_the_repository_change_no_mail(
    name: str, value: str, repo: GitRepo, tmp_path: Path
) -> None:
    given = ("--suggested-by", "Ann Advisor <ann@example.org>")
    assert series(repo, tmp_path / "before", *given).code == 0
    repo.git("config", name, value)
    seriesrepo.applied(repo, "--force")
    outcome = series(repo, tmp_path / "after", "--force", *given)
    assert outcome.code == 0, outcome.err
    assert texts(tmp_path / "after") == texts(tmp_path / "before")
    assert series(repo, tmp_path / "after", "--force", *given).code == 0
    assert any("ann@example.org" in str(mail["Cc"]) for mail in mails(tmp_path / "after"))


def test_variables_of_git_change_no_mail(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert series(repo, tmp_path / "before").code == 0
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    assert series(repo, tmp_path / "after", "--force").code == 0
    assert texts(tmp_path / "after") == texts(tmp_path / "before")


@pytest.mark.parametrize("at", [f"{BRANCH}~1", "master"])
def test_a_tag_of_the_same_name_is_not_the_branch(at: str, repo: GitRepo, tmp_path: Path) -> None:
    repo.git("tag", BRANCH, at)
    assert series(repo, tmp_path / "v1").code == 0
    assert len(mails(tmp_path / "v1")) == 4


def test_a_long_name_of_a_branch(repo: GitRepo, tmp_path: Path) -> None:
    long = "é" * 60
    seriesrepo.applied(repo, "--branch", long)
    seriesrepo.applied(repo, "--branch", f"{long}é")
    for number, branch in enumerate((long, f"{long}é")):
        outcome = errno_gen("series", "--tree", repo.path, "-o", tmp_path / str(number), branch)
        assert outcome.code == 0, outcome.err


def test_a_name_that_is_not_utf_8(repo: GitRepo) -> None:
    before = repo.branches()
    outcome = errno_gen("apply", "--tree", repo.path, "--branch", os.fsdecode(b"caf\xe9"))
    assert outcome.code == 2
    assert "the branch 'caf\\udce9' is not UTF-8" in outcome.err
    assert repo.branches() == before


def test_a_file_that_came_meanwhile_is_kept(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recipients and checkpatch take their time."""
    folder = tmp_path / "v1"
    real = "errno_gen.stages.series._Maker._drafts"
    from errno_gen.stages.series import _Maker

    drafts = _Maker._drafts

    def late(*arguments: object) -> object:
        folder.mkdir()
        (folder / "notes.txt").write_text("mine")
        return drafts(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(real, late)
    outcome = series(repo, folder)
    assert (outcome.code, "notes.txt is in it" in outcome.err) == (2, True)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
