# SPDX-License-Identifier: GPL-2.0-only
"""Commits made by plumbing are those that git itself would have made."""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import ToolError
from errno_gen.tools.git.giterrors import failed
from errno_gen.tools.git.repository import NewCommit, Repository
from gitrepo import GitRepo

FILES = {
    "Makefile": "VERSION = 6\n",
    "drivers/iommu/a.c": "a\n",
    "drivers/iommu/sub/b.c": "b\n",
    "scripts/run": "#!/bin/sh\n",
}


@pytest.fixture
def kernel(make_repo: MakeRepo) -> GitRepo:
    repo = make_repo(FILES)
    (repo.path / "scripts" / "run").chmod(0o755)
    (repo.path / "scripts" / "link").symlink_to("run")
    repo.commit({}, "Modes")
    return repo


def test_the_trees_are_those_of_git(kernel: GitRepo) -> None:
    base = kernel.git("rev-parse", "HEAD")
    first = {"drivers/iommu/a.c": b"A\n", "drivers/iommu/sub/b.c": b"\0B\xff"}
    second = {"scripts/run": b"", "Makefile": b"VERSION = 7\n"}
    before = kernel.snapshot()
    made = Repository.open(kernel.path).write_commit_chain(
        base, [NewCommit("One\n\nBody ä.\n", first), NewCommit("Two\n", second)]
    )
    assert kernel.snapshot() == before
    assert kernel.branches() == {"master": base}
    assert [info.files for info in made] == [tuple(sorted(first)), tuple(sorted(second))]
    assert [info.parents for info in made] == [(base,), (made[0].oid,)]
    expected = [kernel.commit(first, "One\n\nBody ä."), kernel.commit(second, "Two")]
    assert [info.oid for info in made] == expected
    assert Repository.open(kernel.path).commits(f"{base}..master") == made
    assert kernel.git("ls-tree", "HEAD", "scripts/run").startswith("100755 ")


def test_only_regular_files_of_the_tree_can_change(kernel: GitRepo) -> None:
    repo = Repository.open(kernel.path)
    base = repo.resolve("HEAD")
    for path in ("none.c", "drivers/none/x.c", "drivers/iommu", "scripts/link", "Makefile/x"):
        with pytest.raises(ValueError, match="no regular file"):
            repo.write_commit_chain(base, [NewCommit("x\n", {path: b"x"})])


def test_an_empty_file_and_no_items(kernel: GitRepo) -> None:
    repo = Repository.open(kernel.path)
    base = repo.resolve("HEAD")
    assert repo.write_commit_chain(base, []) == ()
    (made,) = repo.write_commit_chain(base, [NewCommit("x\n", {"Makefile": b""})])
    source = repo.read(made.oid, "Makefile")
    assert source is not None and source.text == b""


def test_on_a_bare_repository_and_a_linked_work_tree(kernel: GitRepo, tmp_path: Path) -> None:
    kernel.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    kernel.git("worktree", "add", "-q", str(tmp_path / "linked"))
    made = set()
    for path in (kernel.path, tmp_path / "bare", tmp_path / "linked", kernel.path / "drivers"):
        repo = Repository.open(path)
        items = [NewCommit("x\n", {"drivers/iommu/a.c": b"x\n"})]
        made.update(info.oid for info in repo.write_commit_chain(repo.resolve("HEAD"), items))
    assert len(made) == 1


def test_a_partial_clone_needs_no_other_blobs(kernel: GitRepo, tmp_path: Path) -> None:
    kernel.git("config", "uploadpack.allowFilter", "true")
    url = f"file://{kernel.path}"
    kernel.git("clone", "-q", "--bare", "--filter=blob:none", url, str(tmp_path / "part"))
    kernel.path.rename(tmp_path / "gone")
    repo = Repository.open(tmp_path / "part")
    items = [NewCommit("x\n", {"drivers/iommu/a.c": b"x\n"})]
    assert len(repo.write_commit_chain(repo.resolve("HEAD"), items)) == 1


@pytest.mark.parametrize("works", [True, False])
def test_signing_is_the_users(kernel: GitRepo, hermetic_git: Path, works: bool) -> None:
    program = hermetic_git / "gpg"
    signature = "-----BEGIN PGP SIGNATURE-----\\nxyz\\n-----END PGP SIGNATURE-----\\n"
    lines = ["#!/bin/sh", "cat >/dev/null"]
    if works:
        lines += ["echo '[GNUPG:] SIG_CREATED ' >&2", f"printf '%b' '{signature}'"]
    else:
        lines += ["echo 'no secret key' >&2", "exit 1"]
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    config = f"[commit]\n\tgpgSign = yes\n[gpg]\n\tprogram = {program}\n"
    (hermetic_git / ".gitconfig").write_text(config)
    repo = Repository.open(kernel.path)
    items = [NewCommit("x\n", {"Makefile": b"x\n"})]
    base = repo.resolve("HEAD")
    if works:
        (made,) = repo.write_commit_chain(base, items)
        assert "gpgsig -----BEGIN PGP SIGNATURE-----" in kernel.git("cat-file", "-p", made.oid)
    else:
        with pytest.raises(ToolError, match=r"git cannot sign the commits.*no branch was made"):
            repo.write_commit_chain(base, items)


def limited(repo: GitRepo, content: bytes, limit: int) -> str:
    """What a process tells that commits ``content`` and may write files up to ``limit`` bytes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = "no error"
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            opened = Repository.open(repo.path)
            items = [NewCommit("x\n", {"Makefile": content})]
            opened.write_commit_chain(opened.resolve("HEAD"), items)
        except ToolError as error:
            told = str(error)
        finally:
            os.write(writer, told.encode())
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answer:  # noqa: PTH123
        told = answer.read().decode()
    os.waitpid(child, 0)
    return told


def test_a_limit_on_files_is_told_as_a_full_disk_is(kernel: GitRepo) -> None:
    """Of what cannot be compressed git writes a little more than its size."""
    content = random.Random(1).randbytes(50_000)
    assert limited(kernel, content, 60_000) == "no error"
    remedy = "no branch was made or moved; make room there and run it again"
    other = random.Random(2).randbytes(50_000)
    where = f"to the repository {kernel.path}"
    assert limited(kernel, other, 50_000) == f"cannot write {where}: File too large; {remedy}"
    told = f"cannot write temporary files: File too large; {remedy}"
    assert limited(kernel, other, 49_999) == told
    kernel.git("fsck", "--strict")


@pytest.mark.parametrize(
    ("told", "reason", "remedy"),
    [
        ("fatal: sha1 file write error: No space left on device", "No space left", "make room"),
        ("error: unable to create temporary file: Disk quota exceeded\n", "Disk quota", "room"),
        ("error: unable to write: Read-only file system\nfatal: x", "Read-only", "right to write"),
        ("error: insufficient permission for adding an object", "insufficient", "right to write"),
    ],
)
def test_what_git_tells_of_a_disk_that_takes_no_more(told: str, reason: str, remedy: str) -> None:
    command = ("git", "hash-object")
    error = failed(Path("/r"), command, 128, told, "to the repository /r")
    assert str(error).startswith(f"cannot write to the repository /r: {reason}")
    assert remedy in error.hint
    reading = failed(Path("/r"), command, 128, told, "")
    assert str(reading).startswith("git hash-object failed in /r (exit 128): ")
