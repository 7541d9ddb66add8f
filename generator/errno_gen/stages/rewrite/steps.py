# SPDX-License-Identifier: GPL-2.0-only
"""A rewrite in steps, each proven, for commits that do one thing each.

A step is the rewrite of the base by the verdicts of the first groups; what it adds to the
step before is a commit. So each commit's result is proven as the whole is, and the last step
is the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from errno_gen.errors import ProofError, SourceError
from errno_gen.model import (
    TO_CHANGE,
    Action,
    Cause,
    DriverPatch,
    FileChange,
    Group,
    Portion,
    Verdict,
    with_changes,
)
from errno_gen.policytables import PROPAGATE

Rewrite = Callable[[tuple[Verdict, ...]], DriverPatch | None]
"""The rewrite of the driver by these verdicts, or None if none asks for a change."""


def group_of(verdict: Verdict) -> Group:
    """The group of a verdict that asks for a change."""
    if verdict.wanted == PROPAGATE:
        return Group.PROPAGATION
    if verdict.cause is Cause.KAPI:
        return Group.KAPI
    return Group.INCOMPATIBLE if verdict.cause is Cause.INCOMPATIBLE else Group.DEVICE


def in_steps(asked: Sequence[Verdict], whole: DriverPatch, rewrite: Rewrite) -> DriverPatch:
    """The patch with its portions; ``asked`` are the verdicts that ``whole`` was made for.

    Groups that cannot be served one after the other, since they meet in one condition or
    variable, are one portion, under the name of the first. Raises ToolError as ``rewrite``
    does: a slow machine is no reason for other commits.
    """
    served = {_site(verdict): verdict for verdict in whole.verdicts}
    groups = [
        group
        for group in Group
        if any(v.action in TO_CHANGE and group_of(v) is group for v in whole.verdicts)
    ]
    portions: list[Portion] = []
    done: frozenset[Group] = frozenset()
    waiting: list[Group] = []
    state: dict[str, bytes] = {change.path: change.before for change in whole.changes}
    for group in groups:
        waiting.append(group)
        changes = (
            whole.changes
            if group is groups[-1]
            else _changes(asked, served, done | {*waiting}, rewrite)
        )
        if changes is None:
            continue
        fresh = {**state, **{change.path: change.after for change in changes}}
        if fresh == state and group is not groups[-1]:
            continue
        own = tuple(v for v in whole.verdicts if v.action in TO_CHANGE and group_of(v) in waiting)
        if fresh == state:  # what the last group asks for is done already
            last = portions.pop()
            portions.append(with_changes(last, verdicts=(*last.verdicts, *own)))
        else:
            portions.append(Portion(waiting[0], own, tuple(changes)))
        done |= {*waiting}
        waiting, state = [], fresh
    return with_changes(whole, portions=tuple(portions))


def _changes(
    asked: Sequence[Verdict],
    served: dict[object, Verdict],
    groups: frozenset[Group],
    rewrite: Rewrite,
) -> tuple[FileChange, ...] | None:
    """The proven files once these groups are served, or None if that cannot be done apart."""
    chosen = tuple(_held(verdict, served, groups) for verdict in asked)
    try:
        patch = rewrite(chosen)
    except (ProofError, SourceError):
        return None
    if patch is None:
        return ()
    wanted = {_site(v) for v in served.values() if v.action in TO_CHANGE and group_of(v) in groups}
    got = {_site(v) for v in patch.verdicts if v.action in TO_CHANGE}
    return patch.changes if got == wanted else None


def _held(verdict: Verdict, served: dict[object, Verdict], groups: frozenset[Group]) -> Verdict:
    """A verdict that is not to be served yet: as one that asks for no change."""
    whole = served.get(_site(verdict), verdict)
    now = verdict.action in TO_CHANGE and whole.action in TO_CHANGE and group_of(whole) in groups
    if now or verdict.action not in TO_CHANGE:
        return verdict
    return with_changes(verdict, action=Action.KEEP, wanted=verdict.site.errno, prints=())


def _site(verdict: Verdict) -> object:
    return verdict.site, verdict.guard, verdict.callee, verdict.callbacks
