# SPDX-License-Identifier: GPL-2.0-only
"""Commits that change comments alone: proven without a compiler, and a base as good as any.

White space counts as comments do: the proof is that C's lexemes are the same, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.text.sameness import same_but_comments
from errno_gen.model import BuildResult, Commit, Status
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.render import listed

_CODE = (".c", ".h")


@dataclass(frozen=True, slots=True)
class Link:
    """Some commits of a chain, each the parent of the next, and what came right before.

    ``compiled`` is False for a single commit that changes comments alone. ``before`` are such
    commits: what is compiled on top of them needs no other configuration than their base has.
    """

    commits: tuple[Commit, ...]
    compiled: bool
    before: tuple[Commit, ...] = ()


def links(repo: Repository, chain: Sequence[Commit]) -> Iterator[Link]:
    """Cut a chain at the commits that change comments alone."""
    link: list[Commit] = []
    before: list[Commit] = []
    for commit in chain:
        if not _only_comments(repo, commit):
            link.append(commit)
            continue
        if link:
            yield Link(tuple(link), True, tuple(before))
            link, before = [], []
        yield Link((commit,), False)
        before.append(commit)
    if link:
        yield Link(tuple(link), True, tuple(before))


def _only_comments(repo: Repository, commit: Commit) -> bool:
    """Whether a commit changes C files and headers, and nothing of their code."""
    return bool(commit.files) and all(
        path.endswith(_CODE)
        and (old := repo.read(commit.parent, path)) is not None
        and (new := repo.read(commit.oid, path)) is not None
        and same_but_comments(old.text, new.text)
        for path in commit.files
    )


def result(commit: Commit) -> BuildResult:
    """What there is to say of a commit that changes comments alone."""
    files = listed(commit.files)
    return BuildResult(
        commit=commit.oid,
        driver=commit.driver,
        architecture="",
        configuration="comments only",
        objects=(),
        status=Status.PASS,
        proof=f"only comments and white space change: the code of {files} is the same, token by "
        "token",
    )
