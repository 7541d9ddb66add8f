# SPDX-License-Identifier: GPL-2.0-only
"""One commit per driver; the branch is whole or not there, and nothing else changes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError, ProofError, ToolError
from errno_gen.model import Commit, DriverPatch, with_changes
from errno_gen.policy import Policy, load_policy
from errno_gen.stages.commit import check_commit_preconditions, commit
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo
from patches import kernel_files, patch_of

BRANCH = "errno-gen/einval"
NAMES = ("gamma", "alpha", "beta")


@pytest.fixture
def policy() -> Policy:
    return load_policy("einval")


@pytest.fixture
def kernel(make_repo: MakeRepo) -> GitRepo:
    return make_repo({"Makefile": "VERSION = 6\n", **kernel_files(*NAMES)})


@pytest.fixture
def patches(kernel: GitRepo) -> list[DriverPatch]:
    return [patch_of(kernel.path, name) for name in NAMES]


def made(
    kernel: GitRepo,
    patches: list[DriverPatch],
    policy: Policy,
    *,
    branch: str = BRANCH,
    force: bool = False,
    signoff: bool = False,
) -> tuple[Commit, ...]:
    repo = Repository.open(kernel.path)
    base = repo.resolve("master")
    return commit(repo, base, branch, patches, policy, force=force, signoff=signoff).commits


def test_one_commit_per_driver_in_the_order_of_names(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    base = kernel.git("rev-parse", "master")
    commits = made(kernel, patches, policy)
    assert [one.driver for one in commits] == ["alpha", "beta", "gamma"]
    log = kernel.git("log", "--reverse", "--format=%H %T %P %s", f"master..{BRANCH}")
    assert log.splitlines() == [f"{c.oid} {c.tree} {c.parent} {c.subject}" for c in commits]
    assert commits[0].parent == base
    for one in commits:
        assert one.files == (f"drivers/iommu/{one.driver}-iommu.c",)
        changed = kernel.git("diff", "--name-only", one.parent, one.oid)
        assert tuple(changed.split()) == one.files
        assert "-EBUSY" not in kernel.git("show", f"{one.oid}:{one.files[0]}")
    assert kernel.git("branch", "--list", BRANCH).strip() == BRANCH
    kernel.git("fsck", "--strict")


def test_the_same_input_makes_the_same_commits(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    one = made(kernel, patches, policy)
    assert made(kernel, patches[::-1], policy, branch="other") == one


def test_without_patches_there_is_no_branch(kernel: GitRepo, policy: Policy) -> None:
    assert made(kernel, [], policy) == ()
    assert set(kernel.branches()) == {"master"}


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_the_users_stays_byte_for_byte(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, tmp_path: Path, linked: bool
) -> None:
    kernel.write({"Makefile": "VERSION = 7\n"})
    kernel.git("stash")
    kernel.write({"Makefile": "VERSION = 8\n", "untracked.c": "x\n"})
    kernel.git("add", "Makefile")
    kernel.write({"Makefile": "VERSION = 9\n", "drivers/iommu/beta-iommu.c": "mine\n"})
    (kernel.path / "drivers/iommu/alpha-iommu.c").unlink()
    if linked:
        kernel.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    before = kernel.snapshot()
    folder = tmp_path / "linked" if linked else kernel.path / "drivers"
    repo = Repository.open(folder)
    commit(repo, repo.resolve("HEAD"), BRANCH, patches, policy, signoff=True)
    assert kernel.snapshot() == before
    assert kernel.git("rev-list", "--count", f"master..{BRANCH}") == "3"


def test_in_a_bare_repository(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, tmp_path: Path
) -> None:
    kernel.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    repo = Repository.open(tmp_path / "bare")
    commits = commit(repo, repo.resolve("HEAD"), BRANCH, patches, policy).commits
    assert repo.branch_tip(BRANCH) == commits[-1].oid
    again = commit(repo, repo.resolve("HEAD"), BRANCH, patches[:1], policy, force=True).commits
    bare = f"--git-dir={tmp_path / 'bare'}"
    log = kernel.git(bare, "log", "-g", "--format=%H", BRANCH)
    assert log.split() == [again[-1].oid, commits[-1].oid]


# --- an existing branch -----------------------------------------------------------------


def test_an_existing_branch_is_refused(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    kernel.git("branch", BRANCH)
    before = kernel.git("count-objects")
    with pytest.raises(InputError, match=f"the branch {BRANCH} exists already; use --force"):
        made(kernel, patches, policy)
    assert kernel.branches()[BRANCH] == kernel.branches()["master"]
    assert kernel.git("count-objects") == before


def test_force_keeps_the_old_tip_in_the_reflog(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    old = made(kernel, patches, policy)[-1].oid
    new = made(kernel, patches[:2], policy, force=True)[-1].oid
    assert kernel.branches()[BRANCH] == new != old
    assert kernel.git("rev-parse", f"{BRANCH}@{{1}}") == old
    kernel.git("gc", "-q", "--prune=now")
    assert kernel.git("cat-file", "-t", old) == "commit"


def test_force_keeps_the_old_tip_of_a_branch_without_reflog(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    kernel.git("config", "core.logAllRefUpdates", "false")
    kernel.git("branch", BRANCH)
    old = kernel.branches()[BRANCH]
    made(kernel, patches, policy, force=True)
    assert kernel.git("rev-parse", f"{BRANCH}@{{1}}") == old


@pytest.mark.parametrize("unborn", [False, True])
def test_a_branch_in_use_is_refused_even_by_force(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, unborn: bool
) -> None:
    kernel.git("checkout", "-q", *(["--orphan"] if unborn else ["-b"]), BRANCH)
    before = kernel.snapshot()
    with pytest.raises(InputError, match=f"the branch {BRANCH} is in use in {kernel.path}"):
        made(kernel, patches, policy, force=True)
    assert kernel.snapshot() == before


def test_a_branch_that_is_in_use_in_another_work_tree(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, tmp_path: Path
) -> None:
    kernel.git("worktree", "add", "-q", "-b", BRANCH, str(tmp_path / "linked"))
    with pytest.raises(InputError, match=r"is in use in .*linked"):
        made(kernel, patches, policy, force=True)


def test_names_that_exclude_one_another(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    kernel.git("branch", "errno-gen")
    with pytest.raises(InputError, match=f"cannot have the branch {BRANCH} beside .* errno-gen"):
        made(kernel, patches, policy, force=True)


def test_somebody_else_makes_the_branch_meanwhile(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = Repository.write_commit_chain

    def slowly(*args: object) -> object:
        kernel.git("branch", BRANCH)
        return chain(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Repository, "write_commit_chain", slowly)
    with pytest.raises(ToolError, match="git cannot move the branch"):
        made(kernel, patches, policy)
    assert kernel.branches()[BRANCH] == kernel.branches()["master"]


# --- what must be right before any work -------------------------------------------------


@pytest.mark.parametrize("kind", ["author", "committer"])
def test_a_missing_identity(
    kernel: GitRepo,
    patches: list[DriverPatch],
    policy: Policy,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.delenv(f"GIT_{kind.upper()}_NAME")
    monkeypatch.delenv(f"GIT_{kind.upper()}_EMAIL")
    before = kernel.git("count-objects")
    repo = Repository.open(kernel.path)
    with pytest.raises(InputError, match=f"git knows no {kind} for the commits; set it"):
        check_commit_preconditions(repo, BRANCH, False)
    with pytest.raises(InputError, match=f"git knows no {kind}"):
        made(kernel, patches, policy)
    assert kernel.git("count-objects") == before


def test_a_name_that_no_branch_can_have(kernel: GitRepo) -> None:
    with pytest.raises(InputError, match="is no name for a branch"):
        check_commit_preconditions(Repository.open(kernel.path), "a b", False)


def test_patches_of_another_revision(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    kernel.commit({"drivers/iommu/beta-iommu.c": "changed\n"})
    with pytest.raises(ProofError, match=r"beta: drivers/iommu/beta-iommu\.c .*not what was"):
        made(kernel, patches, policy)
    assert set(kernel.branches()) == {"master"}


def test_two_drivers_that_share_a_file(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    _, alpha, beta = patches
    shared = with_changes(beta, changes=(*beta.changes, *alpha.changes))
    commits = made(kernel, [alpha, shared], policy)
    assert [one.files for one in commits] == [
        ("drivers/iommu/alpha-iommu.c",),
        ("drivers/iommu/beta-iommu.c",),
    ]
    twin = with_changes(alpha, driver=with_changes(alpha.driver, name="twin"))
    assert len(made(kernel, [alpha, twin], policy, branch="twin")) == 1
    other = with_changes(alpha.changes[0], after=b"other\n")
    with pytest.raises(ProofError, match=r"alpha and beta change .* in different ways"):
        made(kernel, [alpha, with_changes(beta, changes=(other,))], policy, force=True)


# --- the people -------------------------------------------------------------------------


def test_author_committer_and_signoff_are_those_of_git(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Jörg Müller")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "张三 Ó")
    made(kernel, patches[:1], policy, signoff=True)
    people = kernel.git("log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%(trailers:unfold)", BRANCH)
    assert people.splitlines()[:3] == [
        "Jörg Müller <ada@example.com>",
        "张三 Ó <carl@example.com>",
        "Signed-off-by: 张三 Ó <carl@example.com>",
    ]
    # git itself finds that there is nothing to add.
    kernel.git("checkout", "-q", BRANCH)
    message = kernel.git("log", "-1", "--format=%B")
    kernel.git("commit", "-q", "--amend", "--no-edit", "-s", "--cleanup=strip")
    assert kernel.git("log", "-1", "--format=%B") == message


def test_without_signoff_there_is_none(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy
) -> None:
    made(kernel, patches, policy)
    assert "Signed-off-by" not in kernel.git("log", f"master..{BRANCH}")


def test_the_commits_survive_mail(
    kernel: GitRepo, patches: list[DriverPatch], policy: Policy, tmp_path: Path
) -> None:
    made(kernel, patches, policy, signoff=True)
    kernel.git("format-patch", "-q", "-o", str(tmp_path / "out"), f"master..{BRANCH}")
    mails = sorted(str(path) for path in (tmp_path / "out").iterdir())
    kernel.git("checkout", "-q", "-b", "mailed", "master")
    subprocess.run(["git", "am", "-q", *mails], cwd=kernel.path, check=True)
    assert kernel.git("log", "--format=%an%n%B%T", "master..mailed") == kernel.git(
        "log", "--format=%an%n%B%T", f"master..{BRANCH}"
    )
