# SPDX-License-Identifier: GPL-2.0-only
"""How each way out of a driver can be served apart from its constant."""

from __future__ import annotations

from errno_gen.analysis.c.graph.dataflow import mentions
from errno_gen.analysis.c.program import Program
from errno_gen.analysis.causes.rules import Judgement
from errno_gen.analysis.flow.guards import Level, chains
from errno_gen.analysis.flow.kinds import Kinds, ValueKind
from errno_gen.analysis.flow.path import Arrival
from errno_gen.analysis.flow.roots import Context
from errno_gen.analysis.flow.sources import Call
from errno_gen.analysis.places.division import division
from errno_gen.analysis.places.splits import kept_code, own_errno, tested_call
from errno_gen.model import Cause, Split, with_changes


class Splitter:
    """Finds splits; ``kinds`` tells which callees return errnos and nothing else."""

    def __init__(self, program: Program, kinds: Kinds) -> None:
        self._program = program
        self._kinds = kinds

    def split(self, arrival: Arrival, judgement: Judgement) -> Split | None:
        """How the way out can be served, whatever the constant's other ways out want."""
        split = own_errno(arrival.function, arrival.constant, arrival.way)
        if judgement.cause is not Cause.SWALLOWED or not judgement.propagate:
            return split
        kept, _ = self._kept(arrival)
        if kept is not None and kept.variable == judgement.propagate:
            return kept
        function, constant = arrival.function, arrival.constant
        key = judgement.propagate.removeprefix("PTR_ERR(").removesuffix(")")
        there = function.flow.reaching(key, constant.block, constant.node.start_byte)
        here = function.flow.reaching(key, arrival.way.block)
        if split is None or there == here:
            return split
        tested = function.graph.blocks[arrival.way.block].expression
        if tested is None or not mentions(tested, key):
            return None
        return with_changes(split, needed=True)

    def division(self, arrival: Arrival) -> Split | None:
        """How the ``if`` around the way out can be divided between halves of its condition."""
        apis = self._program.apis
        return division(arrival.function, arrival.constant, arrival.way, apis)

    def keeps(self, arrival: Arrival) -> str:
        """The variable that can keep a callee's code that is tested only; "" if none can."""
        kept, _ = self._kept(arrival)
        return kept.variable if kept is not None else ""

    def kept_call(self, arrival: Arrival) -> Call | None:
        """The call whose code :meth:`keeps` is about."""
        return self._kept(arrival)[1]

    def at_hand(self, arrival: Arrival, context: Context, level: Level) -> bool:
        """Whether a tested code can be handed on where the way out is taken."""
        own = context.function is arrival.function and level.block == arrival.way.block
        return own and own_errno(arrival.function, arrival.constant, arrival.way) is not None

    def _kept(self, arrival: Arrival) -> tuple[Split | None, Call | None]:
        function, way = arrival.function, arrival.way
        found = chains(function, way)
        if len(found) != 1 or not found[0][0].enclosing or found[0][0].label != "true":
            return None, None
        branch = found[0][0].block
        tested = tested_call(function, branch, self._program.apis)
        if tested is None:
            return None, None
        call, negative = tested
        kinds = {ValueKind.ERRNO, ValueKind.COUNT} if negative else {ValueKind.ERRNO}
        if self._kinds.of_call(call, function, branch) not in kinds:
            return None, None
        kept = kept_code(function, arrival.constant, way, branch)
        return kept, Call(call, branch, None, frozenset()) if kept else None
