# SPDX-License-Identifier: GPL-2.0-only
"""What git remembers of commits: subjects of files' histories, versions of a branch.

References below ``refs/errno-gen/`` keep the commits of a series that was made once, so
that git does not collect them when the branch moves on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from errno_gen.errors import ToolError
from errno_gen.tools.git.gitobjects import read_commit, signs, split, text
from errno_gen.tools.git.repository import CommitInfo, Repository

_KEPT = "refs/errno-gen/"
_YEARS = 12
_MAX_COMMITS = 4000
_AUTHOR = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")


@dataclass(frozen=True, slots=True)
class Change:
    """One commit of a history: its subject, and all files that it touches."""

    subject: str
    files: frozenset[str]


def changes(repo: Repository, commit: str, paths: Sequence[str]) -> tuple[Change, ...]:
    """The commits before and at ``commit`` that touch one of ``paths``, newest first.

    Without merges, of the last twelve years, and at most 4000.
    """
    if not paths:
        return ()
    git = repo.plumbing
    made = int(git("log", "-1", "--no-show-signature", "--format=%ct", commit, "--"))
    since = made - _YEARS * 366 * 86_400
    style = ("--no-merges", "--no-show-signature", "--no-notes", "--no-renames", "--full-diff")
    limits = (f"--since=@{max(since, 0)}", f"--max-count={_MAX_COMMITS}")
    form = ("-z", "--name-only", "--format=tformat:%x01%s")
    # Magic signs in names of files are no patterns.
    literal = {"GIT_LITERAL_PATHSPECS": "1"}
    found = git("log", *style, *limits, *form, commit, "--", *paths, env=literal)
    return tuple(_changes(found))


def _changes(log: bytes) -> Iterator[Change]:
    for entry in log.split(b"\x01")[1:]:
        subject, *files = entry.split(b"\0")
        names = (os.fsdecode(name.lstrip(b"\n")) for name in files)
        yield Change(text(subject), frozenset(name for name in names if name))


def blobs_changed(repo: Repository, base: str, other: str) -> Mapping[str, str] | None:
    """The files in which the tree ``other`` differs from ``base``, with their blobs there.

    One that is gone has the blob "". None if the repository has not got such a tree.
    """
    try:
        found = repo.plumbing("diff-tree", "-r", "-z", "--no-renames", "--raw", base, other)
    except ToolError:
        return None
    entries = split(found)
    blobs: dict[str, str] = {}
    for head, path in zip(entries[::2], entries[1::2], strict=True):
        blob = head.split()[3].decode()
        blobs[os.fsdecode(path)] = blob if blob.strip("0") else ""
    return blobs


def reworded(
    repo: Repository, base: str, commits: Sequence[CommitInfo], messages: Sequence[str]
) -> tuple[CommitInfo, ...]:
    """The same commits on ``base`` with other messages: trees, authors and dates stay.

    A commit whose message and parent stay is itself. No reference moves. The committer is
    the user. Raises ToolError when git fails.
    """
    git = repo.plumbing
    made: list[CommitInfo] = []
    parent = base
    for commit, message in zip(commits, messages, strict=True):
        if commit.parents == (parent,) and commit.message == message.rstrip("\n"):
            made.append(commit)
        else:
            oid = git(
                "commit-tree",
                "-p",
                parent,
                commit.tree,
                stdin=f"{message.rstrip()}\n".encode("utf-8", "surrogateescape"),
                personal=True,
                env=_author(repo, commit.oid),
                writes=str(repo.git_dir),
            )
            made.append(read_commit(git, oid.decode().strip()))
        parent = made[-1].oid
    return tuple(made)


def under_cover(
    repo: Repository, base: str, cover: str, commits: Sequence[CommitInfo], messages: Sequence[str]
) -> tuple[CommitInfo, ...]:
    """An empty commit on ``base`` with the message ``cover``, and the same commits on top.

    Made now, whatever date is set, and signed if the user signs commits: b4 looks for its
    cover letters among the commits of the last year. No reference moves.
    """
    git = repo.plumbing
    sign = ("-S",) if signs(git) else ()
    now = {"GIT_COMMITTER_DATE": f"@{int(time.time())} +0000"}

    def made(tree: str, parent: str, message: str, env: Mapping[str, str]) -> CommitInfo:
        content = f"{message.rstrip()}\n".encode("utf-8", "surrogateescape")
        command = ("commit-tree", *sign, "-p", parent, tree)
        where = str(repo.git_dir)
        oid = git(*command, stdin=content, personal=True, env={**env, **now}, writes=where)
        return read_commit(git, oid.decode().strip())

    tree = git("rev-parse", f"{base}^{{tree}}").decode().strip()
    chain = [made(tree, base, cover, {"GIT_AUTHOR_DATE": now["GIT_COMMITTER_DATE"]})]
    for commit, message in zip(commits, messages, strict=True):
        chain.append(made(commit.tree, chain[-1].oid, message, _author(repo, commit.oid)))
    return tuple(chain)


def _author(repo: Repository, commit: str) -> Mapping[str, str]:
    form = ("-z", "--no-show-signature", "--format=%an%x1f%ae%x1f%ad", "--date=raw")
    found = text(repo.plumbing("log", "-1", *form, commit, "--")).strip("\0\n")
    return dict(zip(_AUTHOR, found.split("\x1f"), strict=True))


def keep(repo: Repository, name: str, commit: str) -> None:
    """Let ``refs/errno-gen/<name>`` point at a commit, whatever was there before."""
    repo.plumbing("update-ref", f"{_KEPT}{name}", commit, writes=str(repo.git_dir))


def tips(repo: Repository, branch: str) -> tuple[str, ...]:
    """The commits that a branch was at, newest first and each once; at most fifty."""
    name = f"refs/heads/{branch}"
    form = ("-g", "-z", "--no-show-signature", "--format=%H", "--max-count=50")
    found = repo.plumbing("log", *form, name, "--")
    return tuple(dict.fromkeys(oid.decode() for oid in split(found)))


def is_ancestor(repo: Repository, one: str, other: str) -> bool:
    """Whether ``other`` builds on the commit ``one``."""
    common = repo.plumbing("rev-list", "--count", "--max-count=1", one, f"^{other}", "--")
    return common.strip() == b"0"
