# SPDX-License-Identifier: GPL-2.0-only
"""How what was found can be served: a code kept, a way out apart from its constant."""

from __future__ import annotations

from errno_gen.analysis.c.graph.dataflow import mentions
from errno_gen.analysis.causes.findings import Finding, variable_of
from errno_gen.analysis.flow.escape import PLACE
from errno_gen.analysis.flow.guards import chains
from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.flow.sources import Call
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival
from errno_gen.analysis.places.division import division
from errno_gen.analysis.places.splits import kept_code, own_errno, tested_call
from errno_gen.analysis.rules.cases import Judgement
from errno_gen.model import Cause, Split, with_changes

_NOT_KEPT = "No variable can hand that on here: the code is not kept, or not on every way."


def served(index: Index, finding: Finding) -> Finding:
    """A finding, of which a swallowed code that is only tested may be kept to be handed on."""
    judgement = finding.judgement
    if judgement.cause is not Cause.SWALLOWED or judgement.propagate:
        return finding
    kept, _ = _kept(index, finding.arrival)
    if kept is not None:
        return with_changes(finding, judgement=with_changes(judgement, propagate=kept.variable))
    because = (*judgement.because, _NOT_KEPT)
    return with_changes(finding, judgement=with_changes(judgement, because=because))


def split_of(index: Index, arrival: Arrival, judgement: Judgement) -> Split | None:
    """How the way out can be served, whatever the constant's other ways out want."""
    split = own_errno(arrival.function, arrival.constant, arrival.way)
    if judgement.cause is not Cause.SWALLOWED or not judgement.propagate:
        return split
    kept, _ = _kept(index, arrival)
    if kept is not None and kept.variable == judgement.propagate:
        return kept
    function, constant = arrival.function, arrival.constant
    key = variable_of(judgement.propagate)
    there = function.flow.reaching(key, constant.block, constant.node.start_byte)
    here = function.flow.reaching(key, arrival.way.block)
    if split is None or there == here:
        return split
    tested = function.graph.blocks[arrival.way.block].expression
    if tested is None or not mentions(tested, key):
        return None
    return with_changes(split, needed=True)


def division_of(index: Index, arrival: Arrival) -> Split | None:
    """How the ``if`` around the way out can be divided between halves of its condition."""
    printer = index.origins.prints
    return division(arrival.function, arrival.constant, arrival.way, index.program.apis, printer)


def replaced(index: Index, finding: Finding) -> tuple[Call, ...]:
    """The calls whose code the constant of a finding replaced, if a variable is known for it."""
    arrival = finding.arrival
    key = variable_of(finding.judgement.propagate or finding.judgement.tested)
    if not key:
        return ()
    _, tested = _kept(index, arrival)
    if tested is not None:
        return (tested,)
    block = arrival.constant.block if arrival.way.label == PLACE else arrival.way.block
    return index.sources.calls_of(arrival.function, key, block)


def _kept(index: Index, arrival: Arrival) -> tuple[Split | None, Call | None]:
    """How a callee's code that is tested only can be kept, and the call that made it."""
    function, way = arrival.function, arrival.way
    found = chains(function, way)
    if len(found) != 1 or not found[0][0].enclosing or found[0][0].label != "true":
        return None, None
    branch = found[0][0].block
    tested = tested_call(function, branch, index.program.apis)
    if tested is None:
        return None, None
    call, negative = tested
    kinds = {ValueKind.ERRNO, ValueKind.COUNT} if negative else {ValueKind.ERRNO}
    if index.kinds.of_call(call, function, branch) not in kinds:
        return None, None
    exact = not negative or index.kinds.of_call(call, function, branch) is ValueKind.ERRNO
    kept = kept_code(function, arrival.constant, way, branch, exact=exact)
    return kept, Call(call, branch, None, frozenset()) if kept else None
