# SPDX-License-Identifier: GPL-2.0-only
"""Identity, branches, ranges and folders of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError, ToolError
from errno_gen.tools.git.repository import Identity, Repository
from gitrepo import GitRepo

FILES = {
    "Makefile": "VERSION = 6\n",
    "drivers/iommu/a.c": "static int attach_dev(void);\n",
    "drivers/iommu/b.c": "int b;\n",
    "drivers/iommu/sub/c.h": "attach_dev\n",
}


@pytest.fixture
def kernel(make_repo: MakeRepo) -> GitRepo:
    return make_repo(FILES)


def opened(repo: GitRepo) -> Repository:
    return Repository.open(repo.path)


# --- identity ---------------------------------------------------------------------------


def test_identity_from_the_environment(kernel: GitRepo) -> None:
    repo = opened(kernel)
    assert repo.identity() == Identity("Ada Author", "ada@example.com")
    assert str(repo.identity("committer")) == "Carl Committer <carl@example.com>"


def without_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("AUTHOR", "COMMITTER"):
        for part in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{kind}_{part}")


def test_identity_from_the_configuration(
    kernel: GitRepo, monkeypatch: pytest.MonkeyPatch, hermetic_git: Path
) -> None:
    without_identity(monkeypatch)
    config = "[user]\n\tname = Jörg Müller 张\n\temail = joerg@example.org\n"
    (hermetic_git / ".gitconfig").write_text(config, encoding="utf-8")
    assert str(opened(kernel).identity()) == "Jörg Müller 张 <joerg@example.org>"
    kernel.git("config", "user.name", "Here")
    assert opened(kernel).identity("committer").name == "Here"
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "There")
    assert opened(kernel).identity("committer").name == "There"


@pytest.mark.parametrize(
    "config", ["", "[user]\n\tname = A\n", "[user]\n\temail = a@b.c\n", "[user]\n\tname =\n"]
)
def test_no_identity(
    kernel: GitRepo, monkeypatch: pytest.MonkeyPatch, hermetic_git: Path, config: str
) -> None:
    """git would make one up of the login and host names where it can."""
    without_identity(monkeypatch)
    (hermetic_git / ".gitconfig").write_text(config)
    with pytest.raises(InputError, match=r"git knows no author .*git config --global user\.name"):
        opened(kernel).identity()


def test_an_identity_that_git_refuses(kernel: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_DATE", "yesterday-ish!!")
    with pytest.raises(InputError, match=r"cannot tell the author .*invalid date"):
        opened(kernel).identity()


# --- branches ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["errno-gen/einval", "a", "ü", "HEADs"])
def test_branch_names(kernel: GitRepo, name: str) -> None:
    opened(kernel).check_branch_name(name)


@pytest.mark.parametrize("name", ["", "-x", "HEAD", "a..b", "a b", "a/", "/a", "x.lock", "@{-1}"])
def test_no_branch_names(kernel: GitRepo, name: str) -> None:
    with pytest.raises(InputError, match="is no name for a branch"):
        opened(kernel).check_branch_name(name)


def test_branches_in_the_way(kernel: GitRepo) -> None:
    kernel.git("branch", "a/b")
    kernel.git("tag", "c")
    repo = opened(kernel)
    assert repo.branch_in_the_way("a") == "a/b"
    assert repo.branch_in_the_way("a/b/c") == "a/b"
    assert repo.branch_in_the_way("a/c") is None
    assert repo.branch_in_the_way("a/b") is None
    assert repo.branch_in_the_way("c/d") is None


def test_who_uses_a_branch(kernel: GitRepo, tmp_path: Path) -> None:
    kernel.git("branch", "free")
    kernel.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    repo = opened(kernel)
    assert repo.branch_user("master") == kernel.path
    assert repo.branch_user("linked") == tmp_path / "linked"
    assert repo.branch_user("free") is None
    assert repo.branch_user("nothing") is None
    kernel.git("checkout", "-q", "--orphan", "unborn")
    assert repo.branch_user("unborn") == kernel.path


def test_a_branch_that_is_being_rebased_or_bisected(kernel: GitRepo) -> None:
    first = kernel.git("rev-parse", "HEAD")
    kernel.git("checkout", "-q", "-b", "topic")
    kernel.commit({"Makefile": "VERSION = 7\n"})
    repo = opened(kernel)
    kernel.git("-c", "sequence.editor=sed -i s/pick/edit/", "rebase", "-q", "-i", first)
    assert repo.branch_user("topic") == kernel.git_dir
    kernel.git("rebase", "--abort")
    kernel.git("bisect", "start", "HEAD", first)
    kernel.git("checkout", "-q", "--detach")
    assert repo.branch_user("topic") == kernel.git_dir


def test_moving_a_branch(kernel: GitRepo) -> None:
    first = kernel.git("rev-parse", "HEAD")
    second = kernel.commit({"x.c": "x\n"})
    repo = opened(kernel)
    repo.move_branch("a/b", first, None, "made")
    assert repo.branch_tip("a/b") == first
    repo.move_branch("a/b", second, first, "moved")
    assert kernel.git("log", "-g", "--format=%H %gs", "a/b") == f"{second} moved\n{first} made"
    for old in (None, first):
        with pytest.raises(ToolError, match="git cannot move the branch"):
            repo.move_branch("a/b", first, old, "late")
    assert repo.branch_tip("a/b") == second
    assert repo.branch_tip("a") is None


def test_a_bare_repository_keeps_the_old_tip_too(kernel: GitRepo, tmp_path: Path) -> None:
    first = kernel.git("rev-parse", "HEAD")
    second = kernel.commit({"x.c": "x\n"})
    kernel.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    repo = Repository.open(tmp_path / "bare")
    # Somebody else's branch: it has no reflog, for bare repositories keep none.
    kernel.git(f"--git-dir={tmp_path / 'bare'}", "branch", "topic", first)
    repo.move_branch("topic", second, first, "moved")
    old = kernel.git(f"--git-dir={tmp_path / 'bare'}", "rev-parse", "topic@{1}")
    assert old == first


# --- ranges and folders -----------------------------------------------------------------


def test_commits_of_a_range(kernel: GitRepo) -> None:
    base = kernel.git("rev-parse", "HEAD")
    one = kernel.commit({"drivers/x.c": "x\n"}, "Add x\n\nWhy not.")
    two = kernel.commit({"drivers/x.c": "y\n", "arch/ü.c": "u\n"}, "Change x")
    repo = opened(kernel)
    found = repo.commits(f"{base}..master")
    assert [info.oid for info in found] == [one, two]
    assert found[0].subject == "Add x"
    assert found[0].message == "Add x\n\nWhy not."
    assert found[0].parents == (base,)
    assert found[0].tree == kernel.git("rev-parse", f"{one}^{{tree}}")
    assert found[1].files == ("arch/ü.c", "drivers/x.c")
    assert repo.commits(f"{base}..") == found
    assert repo.commits("HEAD~1") == found[:1]
    assert repo.commits("HEAD..HEAD") == ()
    assert repo.commits(base)[0].files == tuple(sorted(FILES))
    for bad in ("nothing..HEAD", "HEAD..nothing", "HEAD...HEAD", "nothing"):
        with pytest.raises(InputError):
            repo.commits(bad)


def test_a_diff_applies(kernel: GitRepo) -> None:
    base = kernel.git("rev-parse", "HEAD")
    kernel.commit({"Makefile": b"VERSION = \xff\n", "new/x.c": "x\n"})
    patch = opened(kernel).diff(base, "master")
    kernel.git("checkout", "-q", base)
    (kernel.path / "p").write_bytes(patch.encode("utf-8", "surrogateescape"))
    kernel.git("apply", "--check", "p")


def test_checkout_touches_only_what_differs(kernel: GitRepo, tmp_path: Path) -> None:
    before = kernel.snapshot()
    base = kernel.git("rev-parse", "HEAD")
    repo = opened(kernel)
    folder = tmp_path / "build" / "source"
    repo.checkout(base, folder)
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == set(FILES)
    assert kernel.snapshot() == before
    tip = kernel.commit({"drivers/iommu/a.c": "changed\n", "drivers/iommu/sub/c.h": ""})
    before_second = {p: p.stat().st_ctime_ns for p in folder.rglob("*.c")}
    repo.checkout(tip, folder)
    assert (folder / "drivers/iommu/a.c").read_text() == "changed\n"
    touched = {p.name for p, moment in before_second.items() if p.stat().st_ctime_ns != moment}
    assert touched == {"a.c"}
    repo.checkout(base, folder)
    assert (folder / "drivers/iommu/a.c").read_text() == FILES["drivers/iommu/a.c"]
