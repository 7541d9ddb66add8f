# SPDX-License-Identifier: GPL-2.0-only
"""Commits that replace a text by another, on top of the HEAD of a repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from errno_gen.model import Commit
from errno_gen.tools.git.repository import NewCommit, Repository

Edits = Mapping[str, tuple[bytes, bytes]]
"""Old and new text by file."""


def chain(repo: Repository, items: Iterable[NewCommit]) -> tuple[Commit, ...]:
    """The commits of a chain on HEAD, as those of no driver."""
    made = repo.write_commit_chain(repo.resolve("HEAD"), list(items))
    return tuple(
        Commit(one.oid, one.tree, one.parents[0], "", one.subject, one.files) for one in made
    )


def series(repo: Repository, *steps: tuple[str, Edits]) -> tuple[Commit, ...]:
    """Commits on top of each other: each a message, and old and new text by file."""
    texts: dict[str, bytes] = {}
    items = []
    for message, edits in steps:
        for path, (old, new) in edits.items():
            source = repo.read(repo.resolve("HEAD"), path)
            assert source is not None
            text = texts.get(path, source.text)
            assert old in text, (path, old)
            texts[path] = text.replace(old, new, 1)
        items.append(NewCommit(message, {path: texts[path] for path in edits}))
    return chain(repo, items)
