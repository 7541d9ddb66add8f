# SPDX-License-Identifier: GPL-2.0-only
"""What one arrival of an errno means: its guards, innermost first, judged by the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from errno_gen.analysis.causes.findings import (
    DISAGREEMENT,
    Finding,
    agreed,
    leading,
    origin_text,
    variable_of,
)
from errno_gen.analysis.causes.grounds import Evidence, Ground
from errno_gen.analysis.flow.guards import chains, describe, excludes, sibling_always_fails
from errno_gen.analysis.origins.path import Arrival
from errno_gen.analysis.places.splits import own_errno
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.rules.cases import Case, Judgement
from errno_gen.analysis.rules.facts import Fact
from errno_gen.analysis.rules.rules import judge
from errno_gen.model import Callback, Cause, Guard, with_changes


def cause_of(callback: Callback, evidence: Evidence) -> Finding:
    """What the guards of an arrival say, along each chain of them.

    Of a swallowed code it says what could be handed on as it is tested; whether something
    else could keep it is for :mod:`.serving`.
    """
    arrival = evidence.arrival
    if evidence.hidden:
        names = listed(quoted(name) for name in evidence.hidden)
        text = f"There are several variables called {names}, one inside the other."
        hidden = Judgement(Cause.UNKNOWN, "hidden", (text,))
        return Finding(callback.function, arrival, hidden, (), ())
    if arrival.constant.why:
        return _opaque(callback, arrival)
    found: list[Judgement] = []
    guard: tuple[Guard, ...] = ()
    origins: tuple[str, ...] = ()
    for chain in evidence.chains:
        judgement, facts = _judge_chain(arrival, chain, callback.fixed_domain)
        found.append(judgement)
        if not guard:
            guard = tuple(describe(each.context.function, each.level) for each in chain)
            origins = tuple(dict.fromkeys(origin_text(fact) for fact in facts))
    instead = evidence.converted
    common = Judgement(Cause.KAPI, "converted", (instead,)) if instead else agreed(found)
    return Finding(callback.function, arrival, common, guard, origins, callback.fixed_domain)


def half_of(finding: Finding, evidence: Evidence, half: Ground) -> Finding:
    """What one half of the innermost condition says by itself, where it may say it."""
    arrival, known = finding.arrival, finding.judgement
    (chain,) = evidence.chains
    telling = [each for each in chain if each.tells]
    open_ = known.cause is not Cause.UNKNOWN or known.rule in (DISAGREEMENT, "constant")
    if not open_ or telling[0] is not chain[0] or _picked_from(telling):
        return with_changes(finding, judgement=Judgement(Cause.UNKNOWN, "picks", ()))
    judgement, facts = _judge_level(arrival, [half, *telling[1:]], finding.fixed_domain)
    origins = tuple(dict.fromkeys(origin_text(fact) for fact in facts))
    return with_changes(finding, judgement=judgement, origins=origins)


def _opaque(callback: Callback, arrival: Arrival) -> Finding:
    """A value of which nothing is known: for a person, with the guard of its place."""
    function = arrival.function
    levels = next(iter(chains(function, arrival.way)), ())
    judgement = Judgement(Cause.UNKNOWN, "opaque", (arrival.constant.why,))
    guard = tuple(describe(function, level) for level in levels)
    return Finding(callback.function, arrival, judgement, guard, ())


def _judge_chain(
    arrival: Arrival, chain: Sequence[Ground], fixed_domain: bool
) -> tuple[Judgement, tuple[Fact, ...]]:
    """Judge one chain of guards: the innermost that means something decides first."""
    telling = [each for each in chain if each.tells]
    while len(telling) > 1 and all(fact.fixed for fact in telling[0].facts):
        del telling[0]  # it always has the same answer: what stands around it decides
    if not telling:
        text = "No condition that the code tests leads here."
        return Judgement(Cause.UNKNOWN, "unconditional", (text,)), ()
    judgement, facts = _judge_level(arrival, telling, fixed_domain)
    around = _picked_from(telling)
    if around:
        wider, _ = _judge_level(arrival, around, fixed_domain)
        if wider.cause is not judgement.cause:
            text = "The condition only picks one of several errnos; the one around it decides."
            judgement = Judgement(Cause.UNKNOWN, "picks", (text, *judgement.because))
    return judgement, facts


def _picked_from(telling: Sequence[Ground]) -> list[Ground]:
    """The levels around the first if that only picks the errno: its other arms fail, too."""
    first = telling[0]
    picks = first.level.enclosing and sibling_always_fails(first.context.function, first.level)
    return [each for each in telling[1:] if each.level.enclosing] if picks else []


def _judge_level(
    arrival: Arrival, telling: Sequence[Ground], fixed_domain: bool
) -> tuple[Judgement, tuple[Fact, ...]]:
    """Judge the first of some levels (or a half of one); the others stand around it."""
    first, rest = telling[0], telling[1:]
    fresh = next((each.fresh for each in rest if each.fresh is not None), None)
    around = [each for each in rest if each.fresh is None]
    places = {frame.context: leading(arrival, frame) for frame in arrival.frames}
    outer = _facts(each for each in around if each.level.enclosing)
    passed = _facts(
        each
        for each in around
        if not each.level.enclosing
        and excludes(each.context.function, each.level, places[each.context])
    )
    case = Case(arrival.constant.errno, (), outer, fresh, fixed_domain, passed)
    open_ = [each for each in first.alternatives if not all(fact.fixed for fact in each)]
    judged = [judge(replace(case, facts=each)) for each in open_ or first.alternatives]
    if len({(judgement.cause, judgement.rule) for judgement in judged}) == 1 < len(judged):
        whole = judge(replace(case, facts=first.facts))  # one sentence for all halves
        if (whole.cause, whole.rule) == (judged[0].cause, judged[0].rule):
            judged = [whole]
    common = agreed(judged)
    if common.propagate and not _at_hand(arrival, first, common.propagate):
        common = with_changes(common, propagate="")
    return common, first.facts


def _facts(grounds: Iterable[Ground]) -> tuple[Fact, ...]:
    return tuple(fact for each in grounds for fact in each.facts)


def _at_hand(arrival: Arrival, first: Ground, code: str) -> bool:
    """Whether a tested code can be handed on, where the constant stands or the way is taken."""
    return _carries(arrival, first, code) or (
        first.context.function is arrival.function
        and first.level.block == arrival.way.block
        and own_errno(arrival.function, arrival.constant, arrival.way) is not None
    )


def _carries(arrival: Arrival, first: Ground, code: str) -> bool:
    """Whether the tested variable still holds the callee's code where the constant stands."""
    function, block = arrival.function, first.level.block
    if first.context.function is not function:
        return False
    key = variable_of(code)
    tested = {*function.flow.reaching(key, block), *function.flow.defines(block, key)}
    constant = arrival.constant
    there = function.flow.reaching(key, constant.block, constant.node.start_byte)
    return bool(there) and tested.issuperset(there)
