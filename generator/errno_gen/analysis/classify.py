# SPDX-License-Identifier: GPL-2.0-only
"""From the source of a driver to verdicts: the entry point of the analysis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.analysis.callers import comparing_caller, outside_callers
from errno_gen.analysis.causes import Case, Judgement, judge
from errno_gen.analysis.evidence import Evidence, Fact, origin_text
from errno_gen.analysis.guards import (
    Level,
    chains,
    describe,
    is_loop,
    sibling_always_fails,
    sibling_fails,
)
from errno_gen.analysis.kinds import Kinds
from errno_gen.analysis.messages import messages
from errno_gen.analysis.origins import Context, Origins
from errno_gen.analysis.outside import passed_through
from errno_gen.analysis.path import Arrival, AttachPath
from errno_gen.analysis.program import Function, load_program
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.sites import PLACE, SourceFinder, WayOut
from errno_gen.analysis.splitter import Splitter
from errno_gen.analysis.summaries import Summaries
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
    Verdict,
    with_changes,
)
from errno_gen.policy import Roles

_Key = tuple[str, int, int]
Overruled = Callable[[str, str, tuple[Guard, ...]], bool]

_NOT_KEPT = "No variable can hand that on here: the code is not kept, or not on every way."
_IN_MACRO = "The errno stands in the macro {}, which only a person can change."


@dataclass(frozen=True, slots=True)
class _Finding:
    """One arrival, judged."""

    callback: str
    arrival: Arrival
    judgement: Judgement
    guard: tuple[Guard, ...]
    origins: tuple[str, ...]


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
    analysis = _Analysis(driver, files, roles, propagate, summaries)
    analysis.overruled = overruled
    return analysis.run(callbacks, reserved)


class _Analysis:
    def __init__(
        self,
        driver: Driver,
        files: Sequence[SourceFile],
        roles: Roles,
        propagate: bool,
        summaries: Summaries | None,
    ) -> None:
        self._driver = driver
        self._roles = roles
        self._propagate = propagate
        self.overruled: Overruled | None = None
        self._summaries = summaries
        self._program = load_program(tuple(files))
        self._finder = SourceFinder(self._program)
        self._origins = Origins(self._program)
        outside = summaries.kind_of if summaries is not None else None
        self._kinds = Kinds(self._program, self._finder, outside)
        domain = next(p.type for p in roles.parameters if p.role == "domain")
        self._evidence = Evidence(self._program, self._origins, self._kinds, domain)
        self._splitter = Splitter(self._program, self._kinds)
        self._path = AttachPath(self._program, self._origins, self._finder)

    def run(self, callbacks: Sequence[Callback], reserved: Collection[str]) -> tuple[Verdict, ...]:
        findings: dict[_Key, list[_Finding]] = {}
        passed: dict[tuple[Location, str], Verdict] = {}
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
                for finding in self._findings(callback, context):
                    findings.setdefault(self._key(finding.arrival), []).append(finding)
                for verdict in self._passed_through(context, reserved):
                    key = (verdict.site.constant, verdict.site.errno)
                    known = passed.setdefault(key, verdict)
                    names = dict.fromkeys((*known.callbacks, callback.function))
                    passed[key] = with_changes(known, callbacks=tuple(names))
        verdicts = [*(self._verdict(group) for group in findings.values()), *passed.values()]
        verdicts.sort(
            key=lambda v: (v.site.constant.file, v.site.constant.start, v.site.way_out.start)
        )
        return tuple(verdicts)

    def _passed_through(self, context: Context, reserved: Collection[str]) -> Iterator[Verdict]:
        if self._summaries is None or not reserved:
            return
        for frames in self._path.outside_calls(context):
            found = passed_through(self._program, self._finder, self._summaries, frames, reserved)
            for verdict in found:
                yield with_changes(verdict, driver=self._driver.name)

    def _findings(self, callback: Callback, context: Context) -> Iterator[_Finding]:
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
            inner = list(self._uncovered(arrival, finding.judgement.propagate))
            known = [each for each in inner if not each.constant.why]
            if {each.constant.errno for each in known} == {arrival.constant.errno}:
                # Nothing is lost: the constant stands for what the callee means by it.
                meant = _agreed([self._judge(callback, each).judgement for each in known])
                yield _Finding(callback.function, arrival, meant, finding.guard, finding.origins)
                continue
            yield finding
            site = (arrival.function.name, arrival.constant.errno, finding.guard)
            stays = self.overruled is not None and self.overruled(*site)
            if self._propagate and not stays and mark not in uncovered:
                uncovered.add(mark)
                pending.extend(inner)

    def _uncovered(self, arrival: Arrival, variable: str) -> Iterator[Arrival]:
        """The constants of the callees whose code the constant replaced."""
        frame = arrival.frames[-1]
        function = frame.context.function
        key = _variable(variable)
        if not key:
            return
        tested = self._splitter.kept_call(arrival)
        block = arrival.constant.block if arrival.way.label == PLACE else arrival.way.block
        calls = (tested,) if tested else self._finder.calls_of(function, key, block)
        for call in calls:
            yield from self._path.through(call, frame.context, arrival.frames[:-1])

    def _key(self, arrival: Arrival) -> _Key:
        way = self._way_location(arrival.function, arrival.constant.node.start_byte, arrival.way)
        return (arrival.function.path, arrival.constant.node.start_byte, way.start)

    # --- one arrival ----------------------------------------------------------------

    def _judge(self, callback: Callback, arrival: Arrival) -> _Finding:
        context = arrival.frames[-1].context
        hidden = dict.fromkeys(n for f in arrival.frames for n in f.context.function.hidden)
        if hidden:
            names = listed(quoted(name) for name in hidden)
            text = f"There are several variables called {names}, one inside the other."
            return _Finding(
                callback.function, arrival, Judgement(Cause.UNKNOWN, "hidden", (text,)), (), ()
            )
        if arrival.constant.why:
            return self._opaque(callback, arrival)
        found: list[Judgement] = []
        guard: tuple[Guard, ...] = ()
        origins: tuple[str, ...] = ()
        for chain in chains(context.function, arrival.way) or ((),):
            judgement, levels, facts = self._judge_chain(arrival, chain, callback.fixed_domain)
            found.append(judgement)
            if not guard:
                guard = tuple(describe(c.function, level) for c, level in levels)
                origins = tuple(dict.fromkeys(origin_text(fact) for fact in facts))
        agreed = _agreed(found)
        if agreed.cause is Cause.SWALLOWED and not agreed.propagate:
            kept = self._splitter.keeps(arrival)
            because = agreed.because if kept else (*agreed.because, _NOT_KEPT)
            agreed = with_changes(agreed, propagate=kept, because=because)
        return _Finding(callback.function, arrival, agreed, guard, origins)

    def _opaque(self, callback: Callback, arrival: Arrival) -> _Finding:
        """A value of which nothing is known: for a person, with the guard of its place."""
        function = arrival.function
        levels = next(iter(chains(function, arrival.way)), ())
        judgement = Judgement(Cause.UNKNOWN, "opaque", (arrival.constant.why,))
        guard = tuple(describe(function, level) for level in levels)
        return _Finding(callback.function, arrival, judgement, guard, ())

    def _judge_chain(
        self, arrival: Arrival, chain: tuple[Level, ...], fixed_domain: bool
    ) -> tuple[Judgement, list[tuple[Context, Level]], list[Fact]]:
        """Judge one chain of guards: the innermost that means something decides first."""
        levels = [(arrival.frames[-1].context, level) for level in chain]
        for frame in reversed(arrival.frames[:-1]):
            assert frame.call is not None
            calling = chains(frame.context.function, WayOut(frame.call.block))
            levels.extend((frame.context, level) for level in (calling[0] if calling else ()))
        telling = [pair for pair in levels if self._tells(*pair)]
        if not telling:
            text = "No condition that the code tests leads here."
            return Judgement(Cause.UNKNOWN, "unconditional", (text,)), levels, []
        judgement, facts = self._judge_level(arrival, telling, fixed_domain)
        around = [pair for pair in telling[1:] if pair[1].enclosing]
        if (
            around
            and telling[0][1].enclosing
            and sibling_always_fails(telling[0][0].function, telling[0][1])
        ):
            wider, _ = self._judge_level(arrival, around, fixed_domain)
            if wider.cause is not judgement.cause:
                text = "The condition only picks one of several errnos; the one around it decides."
                judgement = Judgement(Cause.UNKNOWN, "picks", (text, *judgement.because))
        return judgement, levels, facts

    def _judge_level(
        self, arrival: Arrival, telling: list[tuple[Context, Level]], fixed_domain: bool
    ) -> tuple[Judgement, list[Fact]]:
        """Judge the first of some levels; the others are what stands around it."""
        first, rest = telling[0], telling[1:]
        fresh = next((f for pair in rest if (f := self._fresh(*pair)) is not None), None)
        outer = tuple(
            fact
            for context, guard in rest
            if guard.enclosing and self._fresh(context, guard) is None
            for alternative in self._evidence.alternatives(context, guard)
            for fact in alternative
        )
        judged: list[Judgement] = []
        facts: list[Fact] = []
        errno = arrival.constant.errno
        for alternative in self._evidence.alternatives(*first):
            facts.extend(alternative)
            judged.append(judge(Case(errno, tuple(alternative), outer, fresh, fixed_domain)))
        if len({(judgement.cause, judgement.rule) for judgement in judged}) == 1 < len(judged):
            whole = judge(
                Case(errno, tuple(facts), outer, fresh, fixed_domain)
            )  # one sentence for all halves
            if (whole.cause, whole.rule) == (judged[0].cause, judged[0].rule):
                judged = [whole]
        agreed = _agreed(judged)
        carries = agreed.propagate and self._carries(arrival, *first, agreed.propagate)
        if agreed.propagate and not carries and not self._splitter.at_hand(arrival, *first):
            agreed = with_changes(agreed, propagate="")
        return agreed, facts

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

    def _verdict(self, group: list[_Finding]) -> Verdict:
        first = group[0]
        arrival = first.arrival
        function = arrival.function
        judgement = _agreed([finding.judgement for finding in group], chains_differ=True)
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
        way = self._way_location(function, location.start, arrival.way)
        nodes = messages(function, arrival.way, self._program.apis)
        outside = outside_callers(self._program, helpers, frozenset(self._path.functions))
        return Verdict(
            driver=self._driver.name,
            callbacks=tuple(dict.fromkeys(finding.callback for finding in group)),
            site=Site(function.name, location, constant.errno, form, way),
            guard=first.guard,
            origins=first.origins,
            chain=arrival.steps,
            cause=judgement.cause,
            rule=judgement.rule,
            because=tuple(because),
            propagate=judgement.propagate or None,
            action=action,
            # A message in a helper may serve callers for whom the failure is not soft.
            prints=() if outside else tuple(function.location(node) for node in nodes),
            outside_callers=outside,
            split=self._splitter.split(arrival, judgement),
        )

    def _way_location(self, function: Function, constant: int, way: WayOut) -> Location:
        block = function.graph.blocks[way.block]
        node = block.syntax if way.label == PLACE else block.expression or block.syntax
        assert node is not None
        return function.location(node)


def _agreed(judgements: Iterable[Judgement], *, chains_differ: bool = False) -> Judgement:
    """One judgement where all agree on the cause, else unknown with the reasons of each."""
    found = list(judgements)
    if chains_differ:  # where only constants are tested, the other chains tell
        found = [judgement for judgement in found if judgement.rule != "constant"] or found
    causes = dict.fromkeys(judgement.cause for judgement in found)
    if len(causes) == 1:
        sentences = dict.fromkeys(text for judgement in found for text in judgement.because)
        propagate = {judgement.propagate for judgement in found}
        code = propagate.pop() if len(propagate) == 1 else ""
        return Judgement(found[0].cause, found[0].rule, tuple(sentences), code)
    what = "ways to get here" if chains_differ else "halves of the condition"
    text = f"The {what} have different causes: {listed(causes)}."
    return Judgement(Cause.UNKNOWN, "disagreement", (text, *found[0].because))


def _variable(code: str) -> str:
    """The variable of an expression to propagate."""
    return code.removeprefix("PTR_ERR(").removesuffix(")")
