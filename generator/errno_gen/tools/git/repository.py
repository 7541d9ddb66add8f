# SPDX-License-Identifier: GPL-2.0-only
"""The one place that talks to git, through GitPython and plumbing commands only.

Nothing here touches a work tree, an index, HEAD or the stash: files are read from
commits, trees and commits are written as objects, and one reference moves at the end.
Bare repositories, subfolders and linked work trees are all the same to it. See
:mod:`errno_gen.tools.git.gitenv` for what of the user's configuration counts where.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import shlex
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from errno_gen.errors import InputError, ToolError
from errno_gen.model import SourceFile
from errno_gen.tools import process
from errno_gen.tools.git import gitenv, giterrors, gitstream
from errno_gen.tools.git.gitobjects import (
    REGULAR,
    CommitInfo,
    Git,
    Identity,
    NewCommit,
    Writer,
    read_commit,
    split,
    text,
)

__all__ = ["CommitInfo", "Identity", "NewCommit", "Repository"]

# GitPython looks for git when it is imported, and would refuse to be imported without.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import git as gitpython

_LOG = logging.getLogger("errno_gen.git")
_HEADS = "refs/heads/"
_SHA1_DIGITS = 40
_IDENT = re.compile(r"(?s)(.*) <(.*)> \d+ [-+]\d+\n?\Z")
_INSTALL = "install git, on Debian: apt-get install git"


class Repository:
    """A git repository. All methods may be called from several threads at once.

    ``git_dir`` is the folder of this work tree's HEAD, ``common_dir`` that of objects and
    branches (the same unless it is a linked work tree), ``work_tree`` the top of the work
    tree or None. Every method raises ToolError when git itself fails.
    """

    def __init__(self, git_dir: Path, common_dir: Path, work_tree: Path | None) -> None:
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.work_tree = work_tree
        self._sealed = gitpython.Git(git_dir)
        self._sealed.update_environment(**gitenv.sealed(git_dir, common_dir))
        self._personal = gitpython.Git(git_dir)
        self._personal.update_environment(**gitenv.personal(git_dir, common_dir))
        self._reading = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Repository:
        """The repository that the folder ``path`` is in. Raises InputError if none is."""
        process.require("git", _INSTALL)
        if not path.is_dir():
            raise InputError(f"{path} is not a folder", "give a git repository with --tree")
        asked = ("--absolute-git-dir", "--git-common-dir", "--is-inside-work-tree")
        git_dir, common_dir, inside = _discover(path, *asked)
        top = _discover(path, "--show-toplevel")[0] if inside == "true" else None
        return cls(Path(git_dir), Path(common_dir).resolve(), Path(top) if top else None)

    def close(self) -> None:
        """End the process that reads objects. The repository can still be used after."""
        with self._reading:
            self._sealed.clear_cache()

    @property
    def plumbing(self) -> Git:
        """Runs one git command here, for what the other modules of this room do with git."""
        return self._git

    # -- reading -------------------------------------------------------------------

    def resolve(self, rev: str) -> str:
        """The full id of the commit that ``rev`` names. Raises InputError if none does."""
        named = f"{rev}^{{commit}}"
        found = self._status("rev-parse", "--verify", "--quiet", "--end-of-options", named)
        if found[0] != 0:
            raise InputError(
                f"unknown revision '{rev}' in {self._place()}",
                "give a commit, tag or branch of this repository",
            )
        return found[1].decode().strip()

    def read(self, commit: str, path: str) -> SourceFile | None:
        """The file ``path`` (from the tree's top) at a commit; None if there is none."""
        if not path or path.startswith(("/", "./", "../")):
            return None
        name = f"{commit}:{path}"
        if "\n" in path or not path.isascii() or len(commit) != _SHA1_DIGITS:
            return self._read_alone(name, path)
        with self._reading:
            try:
                oid, kind, _, content = self._sealed.get_object_data(name)
            except ValueError as error:
                if "SHA is empty" not in str(error):
                    return None
                self._sealed.clear_cache()
                raise ToolError(f"git cat-file ended early in {self._place()}") from error
            except BaseException as error:
                # The answer to this question would be taken for that to the next one.
                self._sealed.clear_cache()
                if isinstance(error, OSError):
                    raise ToolError(f"git cat-file failed in {self._place()}: {error}") from error
                raise
        return SourceFile(path, _plain(oid), content) if _plain(kind) == "blob" else None

    def _read_alone(self, name: str, path: str) -> SourceFile | None:
        """Read what GitPython's reader does not take: odd names, SHA-256 repositories."""
        status, oid = self._status("rev-parse", "--verify", "--quiet", name)
        if status != 0 or self._git("cat-file", "-t", name) != b"blob\n":
            return None
        return SourceFile(path, oid.decode().strip(), self._git("cat-file", "blob", name))

    def list(self, commit: str, prefix: str = "") -> tuple[str, ...]:
        """The paths of all regular files below the folder ``prefix``, in git's order."""
        below = ("--", f"{prefix.rstrip('/')}/") if prefix else ()
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit, *below)
        entries = (entry.split(b"\t", 1) for entry in split(listed))
        return tuple(os.fsdecode(name) for facts, name in entries if facts[:6] in REGULAR)

    def grep(
        self,
        commit: str,
        words: Sequence[str],
        *,
        all_words: bool = True,
        globs: Sequence[str] = ("*.c", "*.h"),
    ) -> tuple[str, ...]:
        """The paths of files that hold all (or any) of ``words`` as whole words.

        The whole tree is searched; ``globs`` are matched against whole paths.
        """
        patterns = [part for word in words for part in ("-e", word)]
        combined = ("--all-match",) if all_words else ()
        options = ("-l", "-z", "-w", "-F", "-I", "--no-color", "--full-name", *combined)
        _, found = self._status("grep", *options, *patterns, commit, "--", *globs, ok=(0, 1))
        return tuple(os.fsdecode(name).removeprefix(f"{commit}:") for name in split(found))

    def grep_lines(self, commit: str, pattern: str) -> Iterator[tuple[str, str]]:
        """(path, line) for each line of a C file or header that matches ``pattern``.

        The pattern has to mean the same as a Perl and as an extended POSIX expression:
        the first is ten times as fast, but a git may be built without.
        """
        options = ("-z", "-I", "--no-color", "--full-name", "-e", pattern, commit, "--")
        found = self._lines("grep", "-P", *options, "*.c", "*.h")
        try:
            first = next(found, b"")
        except ToolError:  # before the first line: this git does not know -P
            found = self._lines("grep", "-E", *options, "*.c", "*.h")
            first = next(found, b"")
        name, path = b"", ""
        for line in itertools.chain((first,), found):
            here, separator, rest = line.rstrip(b"\n").partition(b"\0")
            if separator:
                if here != name:
                    name, path = here, os.fsdecode(here).removeprefix(f"{commit}:")
                yield path, rest.decode("utf-8", errors="replace")

    def has_uncommitted_changes(self) -> bool:
        """Whether tracked files differ from HEAD. Always False without a work tree."""
        if self.work_tree is None:
            return False
        options = ("--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all")
        where = {"GIT_WORK_TREE": str(self.work_tree)}
        return bool(self._git("status", *options, personal=True, env=where))

    def diff(self, base: str, tip: str) -> str:
        """One patch from ``base`` to ``tip``; bytes that are not UTF-8 as surrogates."""
        style = ("-p", "-r", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames")
        prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
        return text(self._git("diff-tree", *style, *prefixes, base, tip, "--"))

    def commits(self, revisions: str) -> tuple[CommitInfo, ...]:
        """The commits of a range ``BASE..TIP`` (or of one revision alone), oldest first.

        A side that is left out is HEAD. Raises InputError for anything unknown.
        """
        base, dots, tip = revisions.partition("..")
        if not dots:
            return (read_commit(self._git, self.resolve(revisions)),)
        if tip.startswith("."):
            raise InputError(f"'{revisions}' is no range BASE..TIP", "write it with two dots")
        ends = (self.resolve(tip or "HEAD"), f"^{self.resolve(base or 'HEAD')}")
        oids = self._git("rev-list", "--reverse", "--topo-order", *ends).decode().split()
        return tuple(read_commit(self._git, oid) for oid in oids)

    def checkout(self, commit: str, folder: Path) -> None:
        """Lay out the tree of ``commit`` in ``folder``, which must be new or made by this.

        A second call for another commit touches only the files that differ, so make sees
        what changed. The index is kept beside the folder, as ``<folder>.index``.
        """
        folder.mkdir(parents=True, exist_ok=True)
        place = folder.resolve()
        index = place.with_name(f"{place.name}.index")
        where = {"GIT_WORK_TREE": str(place), "GIT_INDEX_FILE": str(index)}
        self._git("read-tree", "-u", "--reset", commit, env=where, writes=f"files to {place}")

    # -- identity and branches -----------------------------------------------------

    def identity(self, kind: str = "author") -> Identity:
        """The author or the committer of commits made now, as ``git commit`` takes them.

        Raises InputError if it is not configured: git's guess from the host is no use.
        """
        variable = f"GIT_{kind.upper()}_IDENT"
        status, out, error = self._ended("var", variable, personal=True)
        match = _IDENT.match(text(out))
        if status == 0 and match:
            return Identity(match.group(1), match.group(2))
        missing = not error or "auto-detect" in error or "empty ident" in error
        raise InputError(
            f"git knows no {kind} for the commits"
            if missing
            else f"git cannot tell the {kind} of the commits: {giterrors.last_line(error)}",
            'set it: git config --global user.name "Your Name", '
            "git config --global user.email you@example.com"
            if missing
            else "",
        )

    def check_branch_name(self, branch: str) -> None:
        """Raises InputError if no branch can have this name, or if it is not in UTF-8."""
        shown = branch.encode("utf-8", "backslashreplace").decode()
        if shown != branch:
            raise InputError(f"the branch '{shown}' is not UTF-8", "give another with --branch")
        known = self._status("check-ref-format", f"{_HEADS}{branch}", ok=(0, 1))[0] == 0
        if not known or branch.startswith("-") or branch == "HEAD":
            raise InputError(f"'{branch}' is no name for a branch", "give another with --branch")

    def branch_tip(self, branch: str) -> str | None:
        """The commit that a branch is at; None if there is no such branch."""
        name = f"{_HEADS}{branch}"
        status, found = self._status("rev-parse", "--verify", "--quiet", name, ok=(0, 1))
        return found.decode().strip() if status == 0 else None

    def branch_in_the_way(self, branch: str) -> str | None:
        """A branch whose name and this one exclude each other (``a`` and ``a/b``)."""
        parts = branch.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        for name in above:
            if self.branch_tip(name) is not None:
                return name
        found = self._git("for-each-ref", "--format=%(refname)", f"{_HEADS}{branch}/").decode()
        return found.splitlines()[0].removeprefix(_HEADS) if found else None

    def branch_user(self, branch: str) -> Path | None:
        """A folder whose work tree is on this branch (unborn, rebased, bisected too)."""
        top = ""
        for line in text(self._git("worktree", "list", "--porcelain")).splitlines():
            key, _, value = line.partition(" ")
            if key == "worktree":
                top = value
            elif key == "branch" and value == f"{_HEADS}{branch}":
                return Path(top)
        for folder in (self.common_dir, *sorted(self.common_dir.glob("worktrees/*"))):
            for name in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"):
                state = folder / name
                if state.is_file() and state.read_text().strip().removeprefix(_HEADS) == branch:
                    return folder
        return None

    def move_branch(self, branch: str, new: str, old: str | None, reason: str) -> None:
        """Make a branch (``old`` is None) or move it from ``old``, in one atomic step.

        A reflog is made even in a bare repository, so that ``old`` stays reachable.
        ToolError if the branch is not at ``old`` any more.
        """
        expected = old or "0" * len(new)
        options = ("--create-reflog", "-m", reason)
        wanted = (f"{_HEADS}{branch}", new, expected)
        # A date that is fixed for the commits must not make the reflog look expired.
        now = {"GIT_COMMITTER_DATE": f"@{int(time.time())} +0000"}
        self._git("update-ref", *options, *wanted, personal=True, env=now, writes=self._writes())

    def write_commit_chain(self, base: str, items: Sequence[NewCommit]) -> tuple[CommitInfo, ...]:
        """Make commits on top of ``base``, each the parent of the next; no branch moves.

        File modes stay. Author, committer and commit.gpgSign are the user's. Raises
        ValueError for a path that is no regular file in the tree that it changes.
        """
        return Writer(self._git, self._writes()).commits(base, items)

    # -- running git ---------------------------------------------------------------

    def _git(
        self,
        *args: str,
        stdin: bytes = b"",
        personal: bool = False,
        env: Mapping[str, str] | None = None,
        writes: str = "",
    ) -> bytes:
        """What a git command prints. ToolError if it fails; ``writes`` says what it writes."""
        status, out, error = self._ended(*args, stdin=stdin, personal=personal, env=env)
        if status != 0:
            raise giterrors.failed(self._place(), ("git", *args), status, error, writes)
        return out

    def _status(self, *args: str, ok: tuple[int, ...] = (0, 1, 128)) -> tuple[int, bytes]:
        """Exit code and output of a sealed command that may end with a code of ``ok``."""
        status, out, error = self._ended(*args)
        if status not in ok:
            raise giterrors.failed(self._place(), ("git", *args), status, error, "")
        return status, out

    def _ended(
        self,
        *args: str,
        stdin: bytes = b"",
        personal: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, str]:
        """Exit code, output and errors of a git command."""
        handle = self._personal if personal else self._sealed
        command = _command(args)
        try:
            with gitstream.file_of(stdin) as given:
                status, out, told = handle.execute(
                    command,
                    istream=given,
                    env=env,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
        except gitpython.GitCommandNotFound as error:
            raise ToolError("git was not found", _INSTALL, argv=command) from error
        return status, out, told.strip()

    def _lines(self, *args: str) -> Iterator[bytes]:
        """The lines that a sealed command prints, as they come.

        ToolError behind the last one if it ends with another code than 0 and 1.
        """
        try:
            running: Any = self._sealed.execute(_command(args), as_process=True)
        except gitpython.GitCommandNotFound as error:
            raise ToolError("git was not found", _INSTALL, argv=("git", *args)) from error
        told = yield from gitstream.lines(running)
        status = running.proc.wait()
        if status not in (0, 1):
            raise giterrors.failed(self._place(), ("git", *args), status, told.strip(), "")

    def _place(self) -> Path:
        """The folder by which a person knows this repository."""
        return self.work_tree or self.git_dir

    def _writes(self) -> str:
        return f"to the repository {self._place()}"


def _discover(path: Path, *asked: str) -> list[str]:
    """What ``git rev-parse`` answers in a folder. Raises InputError if git cannot open it."""
    command = ("git", "rev-parse", "--path-format=absolute", *asked)
    found = process.run(command, cwd=path, env=gitenv.discovery(), check=False)
    if found.returncode != 0:
        raise giterrors.not_opened(path, found.stderr.decode(errors="replace"))
    return text(found.stdout).rstrip("\n").split("\n")


def _command(args: Sequence[str]) -> tuple[str, ...]:
    command = (gitpython.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *args)
    _LOG.debug("run: %s", shlex.join(command))
    return command


def _plain(answer: str | bytes) -> str:
    """GitPython says that it answers with text; versions of it give bytes."""
    return answer if isinstance(answer, str) else answer.decode("ascii")
