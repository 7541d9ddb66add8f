# SPDX-License-Identifier: GPL-2.0-only
"""Judge every errno that can leave the callbacks of a driver, and apply the policy."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.classify import analyse_driver
from errno_gen.analysis.summaries import Summaries
from errno_gen.model import Action, Callback, Cause, Driver, Verdict, with_changes
from errno_gen.policy import PROPAGATE, Policy
from errno_gen.tools.kernel import KernelTree

_CHANGES = (Action.REWRITE, Action.DROP_PRINT)


def analyse(
    tree: KernelTree,
    policy: Policy,
    driver: Driver,
    callbacks: Sequence[Callback],
    *,
    strict: bool = False,
    summaries: Summaries | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts of one driver with the policy's actions, in the order of file and line.

    ``summaries`` answer for functions outside the driver. Raises SourceError when the
    driver's source cannot be digested.
    """
    own = [callback for callback in callbacks if callback.driver == driver.name]
    files = [*(callback.file for callback in own), *driver.files, *tree.companions(driver)]
    paths = dict.fromkeys(files)
    propagate = policy.causes.get(Cause.SWALLOWED) == PROPAGATE
    verdicts = analyse_driver(
        driver,
        tree.sources(paths),
        own,
        policy.roles,
        propagate=propagate,
        summaries=summaries,
        reserved=policy.reserved,
    )
    return _settle_shared([policy.decide(verdict, strict=strict) for verdict in verdicts])


def _settle_shared(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    """Leave a constant alone whose ways out want different errnos: it must be split first."""
    values: dict[tuple[str, int], set[str]] = {}
    for verdict in verdicts:
        values.setdefault(_constant(verdict), set()).add(_value(verdict))
    return tuple(
        _to_review(verdict) if len(values[_constant(verdict)]) > 1 else verdict
        for verdict in verdicts
    )


def _constant(verdict: Verdict) -> tuple[str, int]:
    return verdict.site.constant.file, verdict.site.constant.start


def _value(verdict: Verdict) -> str:
    """What the constant becomes for this way out."""
    if verdict.action is not Action.REWRITE:
        return verdict.site.errno
    return verdict.propagate or str(verdict.wanted)


def _to_review(verdict: Verdict) -> Verdict:
    if verdict.action is not Action.REWRITE:
        return verdict
    text = "The same constant serves another way out, which wants a different errno."
    because = (*verdict.because, text)
    return with_changes(verdict, action=Action.REVIEW, because=because, prints=())
