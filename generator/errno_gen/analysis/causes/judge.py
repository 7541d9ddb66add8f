# SPDX-License-Identifier: GPL-2.0-only
"""What one arrival of an errno means: its guards, innermost first, judged by the rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from errno_gen.analysis.c.program import Program
from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.causes.evidence import Evidence, Fact
from errno_gen.analysis.causes.findings import (
    DISAGREEMENT,
    Finding,
    agreed,
    leading,
    levels_of,
    origin_text,
    picked_from,
)
from errno_gen.analysis.causes.kernel_calls import converted
from errno_gen.analysis.causes.rules import Case, Judgement, judge
from errno_gen.analysis.causes.serving import Splitter
from errno_gen.analysis.flow.guards import (
    Level,
    chains,
    describe,
    excludes,
    is_loop,
    sibling_fails,
)
from errno_gen.analysis.flow.path import Arrival
from errno_gen.analysis.flow.roots import Context
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.prose import listed, quoted
from errno_gen.model import Callback, Cause, Guard, with_changes

_NOT_KEPT = "No variable can hand that on here: the code is not kept, or not on every way."


class Judge:
    """Judges the arrivals of one driver; ``reserved`` errnos may be converted on the way."""

    def __init__(
        self,
        program: Program,
        finder: SourceFinder,
        evidence: Evidence,
        splitter: Splitter,
        reserved: Collection[str],
    ) -> None:
        self._program = program
        self._finder = finder
        self._evidence = evidence
        self._splitter = splitter
        self._reserved = reserved

    def of(self, callback: Callback, arrival: Arrival) -> Finding:
        """What the guards of an arrival say, along each chain of them."""
        context = arrival.frames[-1].context
        hidden = dict.fromkeys(n for f in arrival.frames for n in f.context.function.hidden)
        if hidden:
            names = listed(quoted(name) for name in hidden)
            text = f"There are several variables called {names}, one inside the other."
            return Finding(
                callback.function, arrival, Judgement(Cause.UNKNOWN, "hidden", (text,)), (), ()
            )
        if arrival.constant.why:
            return self._opaque(callback, arrival)
        found: list[Judgement] = []
        instead = converted(self._program, self._finder, arrival, self._reserved)
        guard: tuple[Guard, ...] = ()
        origins: tuple[str, ...] = ()
        for chain in chains(context.function, arrival.way) or ((),):
            judgement, levels, facts = self._judge_chain(arrival, chain, callback.fixed_domain)
            found.append(judgement)
            if not guard:
                guard = tuple(describe(c.function, level) for c, level in levels)
                origins = tuple(dict.fromkeys(origin_text(fact) for fact in facts))
        common = Judgement(Cause.KAPI, "converted", (instead,)) if instead else agreed(found)
        if common.cause is Cause.SWALLOWED and not common.propagate:
            kept = self._splitter.keeps(arrival)
            because = common.because if kept else (*common.because, _NOT_KEPT)
            common = with_changes(common, propagate=kept, because=because)
        return Finding(callback.function, arrival, common, guard, origins, callback.fixed_domain)

    def _opaque(self, callback: Callback, arrival: Arrival) -> Finding:
        """A value of which nothing is known: for a person, with the guard of its place."""
        function = arrival.function
        levels = next(iter(chains(function, arrival.way)), ())
        judgement = Judgement(Cause.UNKNOWN, "opaque", (arrival.constant.why,))
        guard = tuple(describe(function, level) for level in levels)
        return Finding(callback.function, arrival, judgement, guard, ())

    def _judge_chain(
        self, arrival: Arrival, chain: tuple[Level, ...], fixed_domain: bool
    ) -> tuple[Judgement, list[tuple[Context, Level]], list[Fact]]:
        """Judge one chain of guards: the innermost that means something decides first."""
        levels = levels_of(arrival, chain)
        telling = [pair for pair in levels if self._tells(*pair)]
        if not telling:
            text = "No condition that the code tests leads here."
            return Judgement(Cause.UNKNOWN, "unconditional", (text,)), levels, []
        judgement, facts = self._judge_level(arrival, telling, fixed_domain)
        around = picked_from(telling)
        if around:
            wider, _ = self._judge_level(arrival, around, fixed_domain)
            if wider.cause is not judgement.cause:
                text = "The condition only picks one of several errnos; the one around it decides."
                judgement = Judgement(Cause.UNKNOWN, "picks", (text, *judgement.because))
        return judgement, levels, facts

    def _judge_level(
        self,
        arrival: Arrival,
        telling: list[tuple[Context, Level]],
        fixed_domain: bool,
        half: Node | None = None,
    ) -> tuple[Judgement, list[Fact]]:
        """Judge the first of some levels, or one half of it; the others stand around it."""
        first, rest = telling[0], telling[1:]
        fresh = next((f for pair in rest if (f := self._fresh(*pair)) is not None), None)
        around = [pair for pair in rest if self._fresh(*pair) is None]
        outer = self._facts([pair for pair in around if pair[1].enclosing])
        places = {frame.context: leading(arrival, frame) for frame in arrival.frames}
        passed = self._facts(
            [(c, g) for c, g in around if not g.enclosing and excludes(c.function, g, places[c])]
        )
        judged: list[Judgement] = []
        facts: list[Fact] = []
        case = Case(arrival.constant.errno, (), outer, fresh, fixed_domain, passed)
        for alternative in self._evidence.alternatives(*first, half):
            facts.extend(alternative)
            judged.append(judge(replace(case, facts=tuple(alternative))))
        if len({(judgement.cause, judgement.rule) for judgement in judged}) == 1 < len(judged):
            whole = judge(replace(case, facts=tuple(facts)))  # one sentence for all halves
            if (whole.cause, whole.rule) == (judged[0].cause, judged[0].rule):
                judged = [whole]
        common = agreed(judged)
        carries = common.propagate and self._carries(arrival, *first, common.propagate)
        if common.propagate and not carries and not self._splitter.at_hand(arrival, *first):
            common = with_changes(common, propagate="")
        return common, facts

    def _facts(self, levels: list[tuple[Context, Level]]) -> tuple[Fact, ...]:
        """All facts of some levels, whatever alternative they belong to."""
        return tuple(
            fact
            for context, level in levels
            for alternative in self._evidence.alternatives(context, level)
            for fact in alternative
        )

    def _carries(self, arrival: Arrival, context: Context, level: Level, code: str) -> bool:
        """Whether the tested variable still holds the callee's code where the constant stands."""
        function = arrival.function
        if context.function is not function:
            return False
        key = variable_of(code)
        tested = {
            *function.flow.reaching(key, level.block),
            *function.flow.defines(level.block, key),
        }
        constant = arrival.constant
        there = function.flow.reaching(key, constant.block, constant.node.start_byte)
        return bool(there) and tested.issuperset(there)

    def _tells(self, context: Context, level: Level) -> bool:
        """Whether a guard level says something about what comes behind it."""
        block = context.function.graph.blocks[level.block]
        if not self._evidence.alternatives(context, level):
            return False
        if level.enclosing:
            return not (is_loop(block) and level.label == "true")
        return not sibling_fails(context.function, level)

    def _fresh(self, context: Context, level: Level) -> Fact | None:
        """The fact that shows that the domain is not set up yet, or None."""
        for alternative in self._evidence.alternatives(context, level):
            for fact in alternative:
                if fact.unset:
                    return fact
        return None

    def half(self, finding: Finding, node: Node) -> Finding:
        """What one half of the innermost condition says by itself, where it may say it."""
        arrival, known = finding.arrival, finding.judgement
        (chain,) = chains(arrival.function, arrival.way)
        telling = [pair for pair in levels_of(arrival, chain) if self._tells(*pair)]
        open_ = known.cause is not Cause.UNKNOWN or known.rule in (DISAGREEMENT, "constant")
        if not open_ or telling[0][1] is not chain[0] or picked_from(telling):
            return with_changes(finding, judgement=Judgement(Cause.UNKNOWN, "picks", ()))
        judgement, facts = self._judge_level(arrival, telling, finding.fixed_domain, node)
        origins = tuple(dict.fromkeys(origin_text(fact) for fact in facts))
        return with_changes(finding, judgement=judgement, origins=origins)


def variable_of(code: str) -> str:
    """The variable of an expression to propagate."""
    return code.removeprefix("PTR_ERR(").removesuffix(")")
