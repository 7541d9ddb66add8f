# SPDX-License-Identifier: GPL-2.0-only
"""Verdicts: what all arrivals of a site say together, and on halves where these differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.causes.findings import DISAGREEMENT, Finding, agreed
from errno_gen.analysis.causes.grounds import evidence_of, ground
from errno_gen.analysis.causes.halves import Half, Named, halves_named, joined, operands
from errno_gen.analysis.causes.judge import half_of
from errno_gen.analysis.causes.loudness import loudness
from errno_gen.analysis.causes.serving import division_of, split_of
from errno_gen.analysis.flow.callers import comparing_caller, outside_callers, seeing_callers
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.numbers import NUMBER, told
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival
from errno_gen.analysis.prose import quoted
from errno_gen.analysis.rules.cases import Judgement
from errno_gen.analysis.rules.fact_finder import FactFinder
from errno_gen.model import Action, Cause, Location, Site, Split, Verdict, with_changes

_IN_MACRO = "The errno stands in the macro {}, which only a person can change."


def verdicts(
    index: Index,
    findings: Iterable[Finding],
    functions: frozenset[Function],
    named: Named | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts on the sites of some findings, in the order in which these came up.

    ``functions`` are those on the path of all callbacks; ``named`` tells of halves that are
    to be judged alone. ``driver`` of the verdicts is left for the caller to fill.
    """
    groups: dict[tuple[str, int, int], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_site(finding.arrival), []).append(finding)
    return tuple(
        verdict
        for group in groups.values()
        for verdict in _verdicts(index, group, functions, named)
    )


def _site(arrival: Arrival) -> tuple[str, int, int]:
    constant = arrival.constant.node.start_byte
    return (arrival.function.path, constant, _location(arrival.function, arrival.way).start)


def _verdicts(
    index: Index, group: Sequence[Finding], functions: frozenset[Function], named: Named | None
) -> Iterator[Verdict]:
    """The verdict on a site, or those on the halves of its condition where these differ."""
    arrival = group[0].arrival
    whole = agreed([finding.judgement for finding in group], chains_differ=True)
    halves = _halves(index, group, whole, named)
    if not halves:
        way = _location(arrival.function, arrival.way)
        split = split_of(index, arrival, whole)
        found = with_changes(group[0], judgement=whole)
        yield _verdict(index, group, found, functions, way, split)
    for half in halves:
        split = division_of(index, arrival)
        yield _verdict(index, group, half.finding, functions, half.where, split)


def _halves(
    index: Index, group: Sequence[Finding], whole: Judgement, named: Named | None
) -> tuple[Half, ...]:
    """The halves of a condition where each has a cause of its own, or one is named; else ()."""
    arrival = group[0].arrival
    if named is None and whole.rule != DISAGREEMENT:
        return ()
    nodes = operands(arrival.function, arrival.way, index.program.apis)
    ranges = _named(arrival, nodes, named)
    if whole.rule != DISAGREEMENT and not ranges:
        return ()
    found: list[tuple[Node, Finding]] = []
    for node in nodes:
        findings = [_half(index, finding, node) for finding in group]
        common = agreed([each.judgement for each in findings], chains_differ=True)
        if common.cause is Cause.SWALLOWED or (common.cause is Cause.UNKNOWN and not ranges):
            return ()
        if not common.because:
            common = with_changes(common, because=whole.because)
        found.append((node, with_changes(findings[0], judgement=common)))
    return joined(arrival.function, found, ranges)


def _named(arrival: Arrival, nodes: Sequence[Node], named: Named | None) -> tuple[range, ...]:
    """The halves of a condition that somebody names, as indices of operands."""
    if named is None:
        return ()
    function, errno = arrival.function.name, arrival.constant.errno
    return halves_named(nodes, lambda text: named(function, errno, text))


def _half(index: Index, finding: Finding, node: Node) -> Finding:
    """What a half of the innermost condition says of an arrival."""
    evidence = evidence_of(index, finding.arrival, ())
    innermost = evidence.chains[0][0]
    half = ground(FactFinder(index), innermost.context, innermost.level, node)
    return half_of(finding, evidence, half)


def _verdict(
    index: Index,
    group: Sequence[Finding],
    found: Finding,
    functions: frozenset[Function],
    way: Location,
    split: Split | None,
) -> Verdict:
    arrival, judgement = found.arrival, found.judgement
    function, constant = arrival.function, arrival.constant
    program = index.program
    helpers = {frame.context.function for each in group for frame in each.arrival.frames[1:]}
    comparing = comparing_caller(program, helpers)
    because = list(judgement.because)
    form = constant.form
    action = Action.KEEP
    if comparing is not None:
        because.append(f"{quoted(f'{comparing}()')} compares the value with an errno.")
        action = Action.REVIEW
    if function.macro:
        form = "macro-body" if form != "opaque" else form
        because.append(_IN_MACRO.format(quoted(f"{function.name}()")))
        action = Action.REVIEW
    if form == NUMBER:
        because.insert(0, told(constant.node, constant.errno))
        action = Action.REVIEW
    # A message in a helper may serve callers for whom the failure is not soft.
    outside = outside_callers(program, helpers, functions)
    heard = loudness(index, function, arrival.way, outside, kept=judgement.loud)
    return Verdict(
        driver="",
        callbacks=tuple(dict.fromkeys(finding.callback for finding in group)),
        site=Site(function.name, function.location(constant.node), constant.errno, form, way),
        guard=found.guard,
        origins=found.origins,
        chain=arrival.steps,
        cause=judgement.cause,
        rule=judgement.rule,
        because=tuple(because),
        propagate=judgement.propagate or None,
        action=action,
        prints=heard.prints,
        outside_callers=seeing_callers(program, helpers, functions),
        split=split,
        staying=heard.staying,
        printers=heard.printers,
        audible=heard.audible,
        swallowed=judgement.swallowed,
    )


def _location(function: Function, way: WayOut) -> Location:
    block = function.graph.blocks[way.block]
    node = block.syntax if way.label == PLACE else block.expression or block.syntax
    assert node is not None
    return function.location(node)
