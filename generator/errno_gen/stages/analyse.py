# SPDX-License-Identifier: GPL-2.0-only
"""Judge every errno that can leave the callbacks of a driver, and apply the policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from errno_gen.analysis.driver import analyse_driver
from errno_gen.analysis.edits.settlement import settle
from errno_gen.analysis.kernel.callee_errnos import with_callee_errnos
from errno_gen.analysis.kernel.known_errnos import KnownErrnos
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.analysis.origins.roots import Outside
from errno_gen.decisions import NO_DECISIONS, Decision, Decisions
from errno_gen.model import TO_CHANGE, Action, Callback, Cause, Driver, Verdict, with_changes
from errno_gen.policy import Policy
from errno_gen.policytables import PROPAGATE
from errno_gen.tools.kernel.tree import KernelTree

_NO_CODE = "That cannot be done: no errno of a callee is kept where it could be returned."
_NO_CONSTANT = {
    "opaque": "That cannot be done: there is no constant here, which errno leaves is not known.",
    "success": "That cannot be done: success is returned here, and only a person may change that.",
    "number": "That cannot be done: the errno is a number here, which only a person can change.",
    "macro-body": "That cannot be done: the errno is in the text of a macro.",
}
_CHANGES = (*TO_CHANGE, Action.DISCOURAGED)


def analyse(
    tree: KernelTree,
    policy: Policy,
    driver: Driver,
    callbacks: Sequence[Callback],
    *,
    strict: bool = False,
    summaries: Summaries | None = None,
    behaviours: Outside | None = None,
    known: KnownErrnos | None = None,
    decisions: Decisions = NO_DECISIONS,
) -> tuple[Verdict, ...]:
    """The verdicts of one driver with the policy's actions, in the order of file and line.

    ``summaries`` and ``behaviours`` answer for functions outside the driver, ``known`` tells
    who else knows its errnos; ``decisions`` overrule the analysis before the policy acts.
    Raises SourceError when the driver's source cannot be digested.
    """
    own = [callback for callback in callbacks if callback.driver == driver.name]
    paths = dict.fromkeys([*driver.files, *tree.companions(driver)])
    propagate = policy.causes.get(Cause.SWALLOWED) == PROPAGATE
    files = tree.sources(paths)
    verdicts = analyse_driver(
        driver,
        files,
        own,
        policy.roles,
        propagate=propagate,
        summaries=summaries,
        behaviours=behaviours,
        reserved=policy.reserved,
        overruled=lambda *site: _stays(decisions.about(driver.name, *site)),
        named=lambda *half: decisions.names(driver.name, *half),
    )
    if known is not None:
        verdicts = known.told(verdicts, driver, files, policy.roles)
    found = decided(verdicts, policy, decisions, strict=strict)
    return with_callee_errnos(found, summaries) if summaries is not None else found


def decided(
    verdicts: Iterable[Verdict], policy: Policy, decisions: Decisions, *, strict: bool = False
) -> tuple[Verdict, ...]:
    """What a person's decisions and then the policy make of one driver's verdicts."""
    return settle([_decided(verdict, policy, decisions, strict) for verdict in verdicts])


def _stays(decision: Decision | None) -> bool:
    """Whether a swallowed code stays swallowed, so that what the callee makes is no site."""
    return decision is not None and decision.cause is not Cause.SWALLOWED


def _decided(verdict: Verdict, policy: Policy, decisions: Decisions, strict: bool) -> Verdict:
    """What the policy makes of a verdict after a person's decision about it, if there is one.

    A decision that asks for what cannot be done leaves the site to review, and says why.
    """
    site = verdict.site
    decision = decisions.about(
        verdict.driver, site.function, site.errno, verdict.guard, verdict.callee
    )
    if decision is None:
        return policy.decide(verdict, strict=strict)
    applied = decision.applied(verdict)
    if decision.cause is None:
        return applied
    decided = policy.decide(applied, strict=strict)
    problem = ""
    if decided.action is Action.REVIEW and decided.wanted == PROPAGATE:
        problem = _NO_CODE
    elif decided.action is Action.REWRITE or (
        site.form in ("opaque", "success") and decided.action in _CHANGES
    ):
        problem = _NO_CONSTANT.get(site.form, "")
    if not problem:
        return decided
    because = (*decided.because, problem)
    return with_changes(decided, action=Action.REVIEW, because=because, prints=())
