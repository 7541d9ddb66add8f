# SPDX-License-Identifier: GPL-2.0-only
"""Commits as values, and making them from plumbing commands alone.

Nothing here moves a branch: until one points at them, new objects are invisible, and git
collects them in the end.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

REGULAR = (b"100644", b"100755", b"100664")
"""The modes of regular files in a tree: no symbolic links, no submodules."""

_FORMAT = "--format=tformat:%T%x00%P%x00%B"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a commit, as git knows it."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to be made: the whole message, and the new bytes of files by path."""

    message: str
    changes: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit that exists.

    ``message`` ends without a newline, ``files`` are the paths that differ from its first parent.
    """

    oid: str
    tree: str
    parents: tuple[str, ...]
    message: str
    files: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


class Git(Protocol):
    """Runs a git command and gives what it prints; raises ToolError when it fails.

    ``personal`` lets the user's configuration count, ``env`` is added to the environment,
    ``writes`` says for messages what the command writes to.
    """

    def __call__(
        self,
        *args: str,
        stdin: bytes = b"",
        personal: bool = False,
        env: Mapping[str, str] | None = None,
        writes: str = "",
    ) -> bytes: ...


class Writer:
    """Writes objects to a repository, which messages call ``place``."""

    def __init__(self, git: Git, place: str) -> None:
        self._git = git
        self._place = place

    def commits(self, base: str, items: Sequence[NewCommit]) -> tuple[CommitInfo, ...]:
        """Make commits on top of ``base``, each the parent of the next.

        File modes stay. Author, committer and commit.gpgSign are the user's. Raises
        ValueError for a path that is no regular file in the tree that it changes.
        """
        sign = signs(self._git)
        made: list[CommitInfo] = []
        parent, tree = base, _id(self._git("rev-parse", f"{base}^{{tree}}"))
        for item in items:
            blobs = {path: self._blob(content) for path, content in item.changes.items()}
            tree = self._tree(tree, blobs)
            oid = self._commit(tree, parent, item.message, sign)
            message = item.message.rstrip("\n")
            made.append(CommitInfo(oid, tree, (parent,), message, tuple(sorted(blobs))))
            parent = oid
        return tuple(made)

    def _blob(self, content: bytes) -> str:
        return self._write("hash-object", "-w", "-t", "blob", "--stdin", stdin=content)

    def _commit(self, tree: str, parent: str, message: str, sign: bool) -> str:
        command = ("commit-tree", *(("-S",) if sign else ()), "-p", parent, tree)
        content = message.encode("utf-8", "surrogateescape")
        return self._write(*command, stdin=content, personal=True)

    def _tree(self, tree: str, blobs: Mapping[str, str]) -> str:
        """The tree with other blobs at some paths: only the folders on the way are made.

        An index would do the same by reading and writing all 80,000 paths of a kernel
        for each commit, and a killed run would leave it behind.
        """
        here: dict[str, str] = {}
        below: dict[str, dict[str, str]] = {}
        for path, blob in blobs.items():
            name, _, rest = path.partition("/")
            if rest:
                below.setdefault(name, {})[rest] = blob
            else:
                here[name] = blob
        entries: list[bytes] = []
        for entry in split(self._git("ls-tree", "-z", "--full-tree", tree)):
            facts, raw = entry.split(b"\t", 1)
            mode, kind, oid = facts.split()
            name = os.fsdecode(raw)
            if kind == b"tree" and name in below:
                oid = self._tree(oid.decode(), below.pop(name)).encode()
            elif mode in REGULAR and name in here:
                oid = here.pop(name).encode()
            entries.append(b"%s %s %s\t%s\0" % (mode, kind, oid, raw))
        if here or below:
            raise ValueError(f"no regular file {sorted({*here, *below})[0]} in the tree {tree}")
        # The other entries were in a tree before; a partial clone may not have them.
        return self._write("mktree", "-z", "--missing", stdin=b"".join(entries))

    def _write(self, *args: str, stdin: bytes, personal: bool = False) -> str:
        return _id(self._git(*args, stdin=stdin, personal=personal, writes=self._place))


def signs(git: Git) -> bool:
    """Whether the user signs commits (commit.gpgSign)."""
    asked = ("config", "--type=bool", "--default=false", "commit.gpgSign")
    return git(*asked, personal=True).strip() == b"true"


def read_commit(git: Git, oid: str) -> CommitInfo:
    """The commit with a full id."""
    header = text(git("log", "-1", "--no-show-signature", "--no-notes", _FORMAT, oid, "--"))
    tree, parents, message = header.split("\0", 2)
    before = parents.split()[:1]
    ends = (*before, oid) if before else ("--root", oid)
    options = ("-r", "-z", "--no-commit-id", "--name-only", "--no-renames")
    files = (os.fsdecode(name) for name in split(git("diff-tree", *options, *ends)))
    return CommitInfo(oid, tree, tuple(parents.split()), message.rstrip("\n"), tuple(files))


def split(output: bytes) -> list[bytes]:
    """The entries of what git printed with ``-z``."""
    return output.split(b"\0")[:-1]


def text(output: bytes) -> str:
    """What git printed; bytes that are not UTF-8 become surrogates."""
    return output.decode("utf-8", "surrogateescape")


def _id(output: bytes) -> str:
    return output.decode("ascii").strip()
