# SPDX-License-Identifier: GPL-2.0-only
"""Reading repositories of every kind, whatever the user has configured."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import git as gitpython
import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError, ToolError
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo

FILES = {
    "Makefile": "VERSION = 6\n",
    "drivers/iommu/a.c": "static int attach_dev(void);\nint iommu_domain_ops;\n",
    "drivers/iommu/b.c": "int xattach_dev; int iommu_domain_ops_;\n",
    "drivers/iommu/sub/c.h": "attach_dev\n",
    "arch/powerpc/d.c": "iommu_domain_ops\n",
    "Documentation/iommu.rst": "iommu_domain_ops attach_dev\n",
}


@pytest.fixture
def kernel(make_repo: MakeRepo) -> GitRepo:
    return make_repo(FILES)


def opened(repo: GitRepo) -> Repository:
    return Repository.open(repo.path)


# --- opening ----------------------------------------------------------------------------


def test_a_subfolder_leads_to_the_top(kernel: GitRepo) -> None:
    repo = Repository.open(kernel.path / "drivers" / "iommu")
    assert repo.work_tree == kernel.path
    assert repo.git_dir == repo.common_dir == kernel.git_dir
    assert repo.work_tree is not None
    source = repo.read(repo.resolve("HEAD"), "Makefile")
    assert source is not None and source.text == b"VERSION = 6\n"


def test_a_bare_repository(kernel: GitRepo, tmp_path: Path) -> None:
    kernel.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    repo = Repository.open(tmp_path / "bare")
    assert repo.work_tree is None
    assert repo.git_dir == tmp_path / "bare"
    assert not repo.has_uncommitted_changes()
    commit = repo.resolve("master")
    assert repo.list(commit, "arch") == ("arch/powerpc/d.c",)
    assert repo.grep(commit, ["iommu_domain_ops"]) == ("arch/powerpc/d.c", "drivers/iommu/a.c")


def test_a_linked_work_tree_has_its_own_head(kernel: GitRepo, tmp_path: Path) -> None:
    kernel.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    (linked / "Makefile").write_text("VERSION = 7\n")
    repo = Repository.open(linked)
    assert repo.has_uncommitted_changes()
    assert not opened(kernel).has_uncommitted_changes()
    assert (repo.work_tree, repo.common_dir) == (linked, kernel.git_dir)
    assert repo.git_dir == kernel.git_dir / "worktrees" / "linked"
    assert repo.branch_user("other") == linked


def test_the_git_folder_itself(kernel: GitRepo) -> None:
    assert Repository.open(kernel.git_dir).resolve("HEAD") == kernel.git("rev-parse", "HEAD")


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{tmp_path} is not a git repository"):
        Repository.open(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file", "nothing"):
        with pytest.raises(InputError, match="is not a folder"):
            Repository.open(tmp_path / name)


def test_somebody_elses_repository(kernel: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(InputError, match=r"belongs to somebody else.*safe\.directory"):
        opened(kernel)


def test_a_broken_repository(kernel: GitRepo) -> None:
    (kernel.git_dir / "config").write_text("[core\n")
    with pytest.raises(InputError, match=r"git cannot open .*bad config line 1"):
        opened(kernel)


def test_without_git(kernel: GitRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="git is not installed"):
        opened(kernel)


def test_the_callers_own_repository_is_left_out(
    kernel: GitRepo, make_repo: MakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hook, or under ``git rebase --exec``: git's variables point elsewhere."""
    other = make_repo({"x": "x"}, name="other")
    monkeypatch.setenv("GIT_DIR", str(other.git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.git_dir / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.git_dir / "objects"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    assert repo.grep(commit, ["attach_dev"]) == ("drivers/iommu/a.c", "drivers/iommu/sub/c.h")
    assert not repo.has_uncommitted_changes()
    assert repo.branch_user("master") == kernel.path


# --- revisions --------------------------------------------------------------------------


def test_resolve(kernel: GitRepo) -> None:
    first = kernel.git("rev-parse", "HEAD")
    kernel.git("tag", "-a", "-m", "a tag", "v6.1")
    second = kernel.commit({"x.c": "x\n"})
    repo = opened(kernel)
    assert repo.resolve("HEAD") == repo.resolve("master") == repo.resolve(second[:9]) == second
    assert repo.resolve("v6.1") == repo.resolve("HEAD~1") == first


@pytest.mark.parametrize("rev", ["nothing", "HEAD~9", "-x", "--all", "", "HEAD:Makefile", "a b"])
def test_unknown_revisions(kernel: GitRepo, rev: str) -> None:
    with pytest.raises(InputError, match="unknown revision"):
        opened(kernel).resolve(rev)


def test_no_commit_yet(make_repo: MakeRepo) -> None:
    with pytest.raises(InputError, match="unknown revision 'HEAD'"):
        opened(make_repo()).resolve("HEAD")


# --- reading ----------------------------------------------------------------------------


def test_read(kernel: GitRepo) -> None:
    commit = kernel.git("rev-parse", "HEAD")
    source = opened(kernel).read(commit, "drivers/iommu/a.c")
    assert source is not None
    assert source.path == "drivers/iommu/a.c"
    assert source.text == FILES["drivers/iommu/a.c"].encode()
    assert source.blob == kernel.git("rev-parse", "HEAD:drivers/iommu/a.c")


@pytest.mark.parametrize(
    "path",
    ["drivers", "none.c", "", "../Makefile", "./Makefile", "/Makefile", "drivers/../Makefile"],
)
def test_read_what_is_no_file(kernel: GitRepo, path: str) -> None:
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    assert repo.read(commit, path) is None
    assert repo.read(commit, "Makefile") is not None


@pytest.mark.parametrize(
    "name", ["with space.c", "new\nline.c", "ümläut.c", "\udcff.c", ":x", "-n.c"]
)
def test_read_odd_names(make_repo: MakeRepo, name: str) -> None:
    kernel = make_repo({name: name.encode("utf-8", "surrogateescape"), "plain.c": b"\0\xff"})
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    for path in (name, "plain.c", name):
        source = repo.read(commit, path)
        assert source is not None and source.path == path
        assert source.text == (b"\0\xff" if path == "plain.c" else os.fsencode(name))
    assert set(repo.list(commit)) == {name, "plain.c"}
    assert repo.read(commit, f"{name}.none") is None


def test_read_sees_commits_only(kernel: GitRepo) -> None:
    kernel.write({"Makefile": "VERSION = 9\n"})
    kernel.git("add", "Makefile")
    source = opened(kernel).read(kernel.git("rev-parse", "HEAD"), "Makefile")
    assert source is not None and source.text == b"VERSION = 6\n"


def test_read_from_many_threads(make_repo: MakeRepo) -> None:
    files = {f"{number}.c": f"{number}\n" * number for number in range(60)}
    repo = opened(make_repo(files))
    commit = repo.resolve("HEAD")

    def right(number: int) -> bool:
        name = f"{number % 60}.c"
        source = repo.read(commit, name)
        return source is not None and source.text.decode() == files[name]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(right, range(1200)))


def test_reading_goes_on_after_an_interrupt(
    kernel: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between question and answer: the next question gets its own answer."""
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    assert repo.read(commit, "Makefile") is not None
    parse = gitpython.Git._parse_object_header

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(gitpython.Git, "_parse_object_header", interrupted)
    with pytest.raises(KeyboardInterrupt):
        repo.read(commit, "drivers/iommu/a.c")
    monkeypatch.setattr(gitpython.Git, "_parse_object_header", parse)
    source = repo.read(commit, "drivers/iommu/b.c")
    assert source is not None and source.text == FILES["drivers/iommu/b.c"].encode()


def test_a_reader_that_dies_is_no_missing_file(kernel: GitRepo) -> None:
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    assert repo.read(commit, "Makefile") is not None
    repo._sealed.cat_file_all.proc.kill()  # type: ignore[union-attr]
    repo._sealed.cat_file_all.proc.wait()  # type: ignore[union-attr]
    with pytest.raises(ToolError, match="cat-file"):
        repo.read(commit, "Makefile")
    assert repo.read(commit, "Makefile") is not None


def test_a_repository_of_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    kernel = GitRepo(tmp_path / "r")
    commit = kernel.commit(FILES)
    source = opened(kernel).read(commit, "Makefile")
    assert source is not None and source.text == b"VERSION = 6\n"
    assert opened(kernel).read(commit, "none") is None


def test_close_ends_the_reader(kernel: GitRepo) -> None:
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    repo.read(commit, "Makefile")
    process = repo._sealed.cat_file_all.proc  # type: ignore[union-attr]
    repo.close()
    assert process is None or process.poll() is not None
    assert repo.read(commit, "Makefile") is not None


def test_list(kernel: GitRepo) -> None:
    (kernel.path / "link.c").symlink_to("Makefile")
    commit = kernel.commit({})
    repo = opened(kernel)
    assert repo.list(commit, "drivers/iommu") == (
        "drivers/iommu/a.c",
        "drivers/iommu/b.c",
        "drivers/iommu/sub/c.h",
    )
    assert repo.list(commit, "drivers/iommu/") == repo.list(commit, "drivers/iommu")
    assert repo.list(commit, "drivers/io") == ()
    assert repo.list(commit) == tuple(sorted(FILES))


# --- searching --------------------------------------------------------------------------


def test_grep_finds_whole_words_in_the_whole_tree(kernel: GitRepo) -> None:
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    assert repo.grep(commit, ["attach_dev"]) == ("drivers/iommu/a.c", "drivers/iommu/sub/c.h")
    both = ["attach_dev", "iommu_domain_ops"]
    assert repo.grep(commit, both) == ("drivers/iommu/a.c",)
    assert repo.grep(commit, both, all_words=False) == (
        "arch/powerpc/d.c",
        "drivers/iommu/a.c",
        "drivers/iommu/sub/c.h",
    )
    assert repo.grep(commit, both, globs=("*.rst",)) == ("Documentation/iommu.rst",)
    assert repo.grep(commit, ["attach.dev"]) == ()
    assert repo.grep(commit, ["-x"]) == ()


def test_grep_of_a_commit_that_is_none(kernel: GitRepo) -> None:
    with pytest.raises(ToolError, match="git grep failed"):
        opened(kernel).grep("0" * 40, ["attach_dev"])


def test_no_configuration_changes_what_is_read(kernel: GitRepo, hermetic_git: Path) -> None:
    started = hermetic_git / "started"
    script = hermetic_git / "script"
    script.write_text(f"#!/bin/sh\necho $0 $* >> {started}\n")
    script.chmod(0o755)
    hooks = kernel.git_dir / "hooks"
    for name in ("reference-transaction", "post-commit", "post-index-change"):
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(0o755)
    settings = f"""
[grep]
\tpatternType = perl
\tfallbackToNoIndex = true
\tlineNumber = true
\tcolumn = true
\tfullName = false
\tthreads = 1
[color]
\tui = always
\tgrep = always
\tdiff = always
[core]
\tfsmonitor = {script}
\tpager = {script}
\tquotePath = false
\tattributesFile = {hermetic_git}/attributes
[diff]
\texternal = {script}
\tnoprefix = true
\tmnemonicPrefix = true
\trenames = copies
[interactive]
\tdiffFilter = {script}
[i18n]
\tcommitEncoding = ISO-8859-1
\tlogOutputEncoding = ISO-8859-1
[log]
\tshowSignature = true
"""
    (hermetic_git / "attributes").write_text("* -diff binary\n")
    before = opened(kernel)
    first = before.resolve("HEAD")
    expected = (before.grep(first, ["attach_dev"]), before.list(first))
    second = kernel.commit({"Makefile": "VERSION = 7\n"}, "Änderung")
    started.unlink()
    patch = before.diff(first, second)
    (hermetic_git / ".gitconfig").write_text(settings)
    with (kernel.git_dir / "config").open("a") as config:
        config.write(settings)
    repo = opened(kernel)
    assert (repo.grep(first, ["attach_dev"]), repo.list(first)) == expected
    assert repo.diff(first, second) == patch
    assert "+++ b/Makefile\n@@ -1 +1 @@\n-VERSION = 6\n+VERSION = 7\n" in patch
    assert not repo.has_uncommitted_changes()
    assert repo.commits("HEAD")[0].message == "Änderung"
    repo.move_branch("new", second, None, "test")
    assert not started.exists()


# --- the state of the work tree ---------------------------------------------------------


def test_uncommitted_changes(kernel: GitRepo) -> None:
    repo = opened(kernel)
    assert not repo.has_uncommitted_changes()
    kernel.write({"untracked.c": "x\n"})
    assert not repo.has_uncommitted_changes()
    kernel.write({"Makefile": "VERSION = 7\n"})
    assert repo.has_uncommitted_changes()
    kernel.git("add", "Makefile")
    assert repo.has_uncommitted_changes()
    assert Repository.open(kernel.path / "drivers").has_uncommitted_changes()


def test_asking_for_changes_leaves_the_index_alone(kernel: GitRepo) -> None:
    makefile = kernel.path / "Makefile"
    os.utime(makefile, (1, 1))  # git would write down that the file is the same
    before = kernel.snapshot()
    assert not opened(kernel).has_uncommitted_changes()
    assert kernel.snapshot() == before


def test_commands_are_thread_safe(kernel: GitRepo) -> None:
    repo = opened(kernel)
    commit = repo.resolve("HEAD")
    wrong: list[object] = []

    def work() -> None:
        for _ in range(5):
            if repo.grep(commit, ["iommu_domain_ops"]) != ("arch/powerpc/d.c", "drivers/iommu/a.c"):
                wrong.append("grep")
            if repo.list(commit, "arch") != ("arch/powerpc/d.c",):
                wrong.append("list")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
