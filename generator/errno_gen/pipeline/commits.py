# SPDX-License-Identifier: GPL-2.0-only
"""The step commit: a branch of commits on the base, and what its cover letter can tell of."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from errno_gen.pipeline.requests import Kernel, Options, Rewritten, Target
from errno_gen.policy import Policy
from errno_gen.stages.commit import Committed, check_commit_preconditions, commit
from errno_gen.stages.series import record
from errno_gen.stages.series.prep import Preparation, refuse_without
from errno_gen.tools.git.repository import CommitInfo


@dataclass(frozen=True, slots=True)
class Made:
    """The commits of a branch, and the record of how they came about."""

    committed: Committed
    record: record.Record


def prepared(kernel: Kernel, target: Target) -> Preparation | None:
    """Find out before any work that the branch can be made; how, if it is to be b4's.

    Raises as :func:`errno_gen.pipeline.order.apply` does.
    """
    check_commit_preconditions(kernel.repo, target.branch, target.force)
    if target.b4:
        return Preparation(kernel.repo, target.branch, kernel.tree.commit)
    refuse_without(kernel.repo, target.branch, kernel.tree.commit)
    return None


def committed(
    kernel: Kernel,
    policy: Policy,
    target: Target,
    options: Options,
    done: Rewritten,
    preparation: Preparation | None,
) -> Made:
    """The rewrites as commits, divided as ``options.division`` says; the ref is moved last."""
    rules = done.documented
    noted = record.noted(policy, done.scan, done.patches, done.left, done.failures, rules.remarks)

    def recorded(found: Committed) -> record.Record:
        return record.made(noted, found.commits, found.served, bool(rules.changes))

    def placed(found: Committed, infos: Sequence[CommitInfo]) -> tuple[CommitInfo, ...]:
        assert preparation is not None
        return preparation.place(recorded(found), infos)

    with preparation.told() if preparation else nullcontext():
        found = commit(
            kernel.repo,
            kernel.tree.commit,
            target.branch,
            done.patches,
            policy,
            documented=rules,
            force=target.force,
            signoff=target.signoff,
            division=options.division,
            smpl={each.driver: each.short for each in done.semantic} if target.smpl else {},
            placed=placed if preparation else None,
        )
    return Made(found, recorded(found))
