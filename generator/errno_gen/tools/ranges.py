# SPDX-License-Identifier: GPL-2.0-only
"""Ranges of commits: what apply made, and whose drivers the commits of a range change."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.errors import InputError
from errno_gen.model import Commit
from errno_gen.tools.git import branches
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.kernel.tree import KernelTree
from errno_gen.tools.mail import b4


def made_range(repo: Repository, name: str | None) -> str:
    """The range ``BASE..TIP`` of what :func:`apply` made last, or on the branch ``name``.

    A ``name`` that is a range, or no branch of ours, comes back as it is. Raises
    InputError if it is None and nothing was made here.
    """
    if name is not None and ".." in name:
        return name
    known = branches.made(repo.common_dir)
    if name is not None:
        ours = name in known and repo.branch_tip(name) is not None
        return _range(known[name], name) if ours else name
    for branch in reversed(known):
        if repo.branch_tip(branch) is not None:
            return _range(known[branch], branch)
    raise InputError(
        "no branch of errno-gen in this repository",
        "make one with errno-gen apply, or give a range BASE..TIP",
    )


def _range(base: str, branch: str) -> str:
    # The whole name, since git would take a tag that has the same short one.
    return f"{base}..refs/heads/{branch}"


def commits_of(repo: Repository, revisions: str, drivers: Sequence[str] = ()) -> tuple[Commit, ...]:
    """The commits of a range, or one commit, oldest first; only those of some drivers.

    A cover letter of b4's is none of them. Raises InputError for unknown revisions, or a
    commit without a parent.
    """
    patches = (info for info in repo.commits(revisions) if not b4.is_cover(info))
    found = (_commit(repo, info) for info in patches)
    return tuple(one for one in found if not drivers or set(one.driver.split()) & set(drivers))


def _commit(repo: Repository, info: CommitInfo) -> Commit:
    if not info.parents:
        raise InputError(
            f"commit {info.oid[:12]} has no parent to compare it with",
            "give a range BASE..TIP or a branch that errno-gen apply made",
        )
    names = " ".join(d.name for d in KernelTree(repo, info.oid).drivers_of(info.files))
    return Commit(info.oid, info.tree, info.parents[0], names, info.subject, info.files)
