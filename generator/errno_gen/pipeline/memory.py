# SPDX-License-Identifier: GPL-2.0-only
"""The step remember: what later commands know of a branch that was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from errno_gen.model import Commit, SourceFile
from errno_gen.pipeline.commits import Made
from errno_gen.pipeline.requests import Kernel, Target
from errno_gen.stages.rewrite import edited_functions
from errno_gen.stages.series import record
from errno_gen.tools.git import branches, claims
from errno_gen.tools.git.repository import Repository


def remember(kernel: Kernel, target: Target, made: Made) -> None:
    """Keep which branch was made on which base, what its commits claim, and its record."""
    repo = kernel.repo
    branches.remember(repo.common_dir, target.branch, kernel.tree.commit)
    claims.remember(repo.common_dir, _claims(repo, made.committed.commits))
    record.remember(repo, target.branch, made.record)


def _claims(repo: Repository, commits: Sequence[Commit]) -> list[claims.Claim]:
    return [
        claims.Claim(one.oid, one.subject, edited_functions(_files_of(repo, one)))
        for one in commits
        if one.driver
    ]


def _files_of(repo: Repository, one: Commit) -> Iterator[tuple[SourceFile, SourceFile]]:
    for path in one.files:
        before, after = repo.read(one.parent, path), repo.read(one.oid, path)
        if before is not None and after is not None:
            yield before, after
