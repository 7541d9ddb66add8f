# SPDX-License-Identifier: GPL-2.0-only
"""From the source of a driver to verdicts: the entry point of the analysis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from errno_gen.analysis.callers import comparing_caller, outside_callers
from errno_gen.analysis.causes import Case, Judgement, judge
from errno_gen.analysis.evidence import Evidence, Fact
from errno_gen.analysis.findings import (
    DISAGREEMENT,
    Finding,
    agreed,
    leading,
    levels_of,
    origin_text,
    picked_from,
)
from errno_gen.analysis.guards import (
    Level,
    chains,
    describe,
    excludes,
    is_loop,
    sibling_fails,
)
from errno_gen.analysis.halves import Half, joined, operands
from errno_gen.analysis.kinds import Kinds
from errno_gen.analysis.messages import messages
from errno_gen.analysis.origins import Context, Origins
from errno_gen.analysis.outside import Entered, Outside, converted
from errno_gen.analysis.path import Arrival, AttachPath, Frame
from errno_gen.analysis.program import Function, load_program
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.sites import PLACE, Call, SourceFinder, WayOut
from errno_gen.analysis.splitter import Splitter
from errno_gen.analysis.summaries import Summaries
from errno_gen.analysis.syntax import Node
from errno_gen.errors import SourceError
from errno_gen.model import (
    Action,
    Callback,
    Cause,
    Driver,
    Guard,
    Location,
    Site,
    SourceFile,
    Split,
    Verdict,
    with_changes,
)
from errno_gen.policy import Roles

_Key = tuple[str, int, int]
Overruled = Callable[[str, str, tuple[Guard, ...]], bool]

_NOT_KEPT = "No variable can hand that on here: the code is not kept, or not on every way."
_IN_MACRO = "The errno stands in the macro {}, which only a person can change."


def analyse_driver(
    driver: Driver,
    files: Sequence[SourceFile],
    callbacks: Sequence[Callback],
    roles: Roles,
    *,
    propagate: bool,
    summaries: Summaries | None = None,
    reserved: Collection[str] = (),
    overruled: Overruled | None = None,
) -> tuple[Verdict, ...]:
    """Judge every errno constant that can leave the callbacks of one driver.

    ``files`` are the driver's C files and headers at one revision; ``propagate`` tells
    whether swallowed codes will be handed on, which uncovers the callee's own sites;
    ``summaries`` answer for functions outside the driver (without: nothing is known);
    ``reserved`` are the errnos that are reported when such a function can return them;
    ``overruled`` tells of a function, errno and guard whose code is not handed on after all.
    The verdicts come in the order of file and line, before any policy. Raises
    SourceError when a callback has no definition in the files.
    """
    analysis = _Analysis(driver, files, roles, propagate, summaries, reserved)
    analysis.overruled = overruled
    return analysis.run(callbacks)


class _Analysis:
    def __init__(
        self,
        driver: Driver,
        files: Sequence[SourceFile],
        roles: Roles,
        propagate: bool,
        summaries: Summaries | None,
        reserved: Collection[str],
    ) -> None:
        self._driver = driver
        self._roles = roles
        self._propagate = propagate
        self._reserved = reserved
        self.overruled: Overruled | None = None
        self._program = load_program(tuple(files))
        self._finder = SourceFinder(self._program)
        domain = next(p.type for p in roles.parameters if p.role == "domain")
        self._origins = Origins(self._program, domain)
        outside = summaries.kind_of if summaries is not None else None
        self._kinds = Kinds(self._program, self._finder, outside)
        self._evidence = Evidence(self._program, self._origins, self._kinds, domain)
        self._splitter = Splitter(self._program, self._kinds)
        self._path = AttachPath(self._program, self._origins, self._finder)
        self._outside = Outside(self._program, self._finder, self._origins, summaries)

    def run(self, callbacks: Sequence[Callback]) -> tuple[Verdict, ...]:
        findings: dict[_Key, list[Finding]] = {}
        entered: list[Entered] = []
        for callback in callbacks:
            bodies = [
                function
                for function in self._program.resolve(callback.function, callback.file)
                if function.path == callback.file
            ]
            if not bodies:
                raise SourceError(f"{callback.file}: cannot parse {callback.function}()")
            for body in bodies:
                context = self._path.enter(body, self._roles)
                found = list(self._findings(callback, context))
                for finding in found:
                    findings.setdefault(self._key(finding.arrival), []).append(finding)
                judged = tuple((each.arrival, each.judgement.cause) for each in found)
                freed = tuple(chain for each in found for chain in self._freed(each))
                entered.append(Entered(callback.function, context, judged, freed))
        passed = self._outside.verdicts(self._path, entered, self._reserved)
        verdicts = [v for group in findings.values() for v in self._verdicts(group)]
        verdicts += [with_changes(verdict, driver=self._driver.name) for verdict in passed]
        verdicts.sort(
            key=lambda v: (v.site.constant.file, v.site.constant.start, v.site.way_out.start)
        )
        return tuple(verdicts)

    def _findings(self, callback: Callback, context: Context) -> Iterator[Finding]:
        """Judge all arrivals; what a propagation uncovers is judged in the same run."""
        pending = list(self._path.arrivals(context))
        uncovered: set[tuple[Function, int]] = set()
        while pending:
            arrival = pending.pop(0)
            finding = self._judge(callback, arrival)
            mark = (arrival.function, arrival.constant.node.start_byte)
            if finding.judgement.cause is not Cause.SWALLOWED:
                yield finding
                continue
            goes = self._goes(finding)
            inner = list(self._uncovered(arrival, finding.judgement.propagate))
            known = [each for each in inner if not each.constant.why]
            if {each.constant.errno for each in known} == {arrival.constant.errno}:
                # Nothing is lost: the constant stands for what the callee means by it.
                meant = agreed([self._judge(callback, each).judgement for each in known])
                finding = with_changes(finding, judgement=meant)
                # If it changes, so does the callee's, or it would be lost on the next run.
                soft = meant.cause is Cause.INCOMPATIBLE
                if (arrival.constant.errno in self._reserved) == soft:
                    yield finding
                    continue
            yield finding
            if goes and mark not in uncovered:
                uncovered.add(mark)
                pending.extend(inner)

    def _goes(self, finding: Finding) -> bool:
        """Whether the constant gives way to the callee's code that it replaced."""
        arrival = finding.arrival
        if finding.judgement.cause is not Cause.SWALLOWED or not self._propagate:
            return False
        site = (arrival.function.name, arrival.constant.errno, finding.guard)
        return self.overruled is None or not self.overruled(*site)

    def _uncovered(self, arrival: Arrival, variable: str) -> Iterator[Arrival]:
        """The constants of the callees whose code the constant replaced."""
        for call in self._replaced(arrival, variable):
            yield from self._path.through(call, arrival.frames[-1].context, arrival.frames[:-1])

    def _freed(self, finding: Finding) -> Iterator[tuple[Frame, ...]]:
        """The chains to calls outside the driver whose code the constant replaced."""
        arrival = finding.arrival
        calls = self._replaced(arrival, finding.judgement.propagate) if self._goes(finding) else ()
        for call in calls:
            context = arrival.frames[-1].context
            yield from self._path.outside_through(call, context, arrival.frames[:-1])

    def _replaced(self, arrival: Arrival, variable: str) -> tuple[Call, ...]:
        """The calls whose code the constant replaced."""
        key = _variable(variable)
        tested = self._splitter.kept_call(arrival)
        block = arrival.constant.block if arrival.way.label == PLACE else arrival.way.block
        if not key or tested:
            return (tested,) if key and tested else ()
        return self._finder.calls_of(arrival.function, key, block)

    def _key(self, arrival: Arrival) -> _Key:
        way = self._way_location(arrival.function, arrival.constant.node.start_byte, arrival.way)
        return (arrival.function.path, arrival.constant.node.start_byte, way.start)

    # --- one arrival ----------------------------------------------------------------

    def _judge(self, callback: Callback, arrival: Arrival) -> Finding:
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
        key = _variable(code)
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

    # --- all arrivals of a site -----------------------------------------------------

    def _verdicts(self, group: list[Finding]) -> Iterator[Verdict]:
        """The verdict on a site, or those on the halves of its condition where these differ."""
        arrival = group[0].arrival
        whole = agreed([finding.judgement for finding in group], chains_differ=True)
        halves = self._halves(group) if whole.rule == DISAGREEMENT else ()
        if not halves:
            constant = arrival.constant.node.start_byte
            way = self._way_location(arrival.function, constant, arrival.way)
            split = self._splitter.split(arrival, whole)
            yield self._verdict(group, with_changes(group[0], judgement=whole), way, split)
        for half in halves:
            split = self._splitter.division(arrival)
            yield self._verdict(group, half.finding, half.where, split)

    def _halves(self, group: list[Finding]) -> tuple[Half, ...]:
        """The halves of a condition where each has a cause of its own, else ()."""
        function, way = group[0].arrival.function, group[0].arrival.way
        nodes = operands(function, way, self._program.apis)
        found: list[tuple[Node, Finding]] = []
        for node in nodes:
            findings = [self._half(finding, node) for finding in group]
            common = agreed([each.judgement for each in findings], chains_differ=True)
            if common.cause in (Cause.UNKNOWN, Cause.SWALLOWED):
                return ()
            found.append((node, with_changes(findings[0], judgement=common)))
        return joined(function, found)

    def _half(self, finding: Finding, node: Node) -> Finding:
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

    def _verdict(
        self, group: list[Finding], found: Finding, way: Location, split: Split | None
    ) -> Verdict:
        arrival, judgement = found.arrival, found.judgement
        function = arrival.function
        helpers = {
            frame.context.function for finding in group for frame in finding.arrival.frames[1:]
        }
        comparing = comparing_caller(self._program, helpers)
        because = list(judgement.because)
        form = arrival.constant.form
        action = Action.KEEP
        if comparing is not None:
            because.append(f"{quoted(f'{comparing}()')} compares the value with an errno.")
            action = Action.REVIEW
        if function.macro:
            form = "macro-body" if form != "opaque" else form
            because.append(_IN_MACRO.format(quoted(f"{function.name}()")))
            action = Action.REVIEW
        constant = arrival.constant
        location = function.location(constant.node)
        nodes = messages(function, arrival.way, self._program.apis)
        outside = outside_callers(self._program, helpers, frozenset(self._path.functions))
        return Verdict(
            driver=self._driver.name,
            callbacks=tuple(dict.fromkeys(finding.callback for finding in group)),
            site=Site(function.name, location, constant.errno, form, way),
            guard=found.guard,
            origins=found.origins,
            chain=arrival.steps,
            cause=judgement.cause,
            rule=judgement.rule,
            because=tuple(because),
            propagate=judgement.propagate or None,
            action=action,
            # A message in a helper may serve callers for whom the failure is not soft.
            prints=() if outside else tuple(function.location(node) for node in nodes),
            outside_callers=outside,
            split=split,
        )

    def _way_location(self, function: Function, constant: int, way: WayOut) -> Location:
        block = function.graph.blocks[way.block]
        node = block.syntax if way.label == PLACE else block.expression or block.syntax
        assert node is not None
        return function.location(node)


def _variable(code: str) -> str:
    """The variable of an expression to propagate."""
    return code.removeprefix("PTR_ERR(").removesuffix(")")
