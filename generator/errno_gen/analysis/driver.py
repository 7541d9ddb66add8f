# SPDX-License-Identifier: GPL-2.0-only
"""From the source of a driver to verdicts: the entry point of the analysis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from errno_gen.analysis.c.program import Function, load_program
from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.causes.evidence import Evidence
from errno_gen.analysis.causes.findings import (
    DISAGREEMENT,
    Finding,
    agreed,
)
from errno_gen.analysis.causes.halves import Half, halves_named, joined, operands
from errno_gen.analysis.causes.judge import Judge, variable_of
from errno_gen.analysis.causes.kernel_calls import Entered
from errno_gen.analysis.causes.kernel_calls import Outside as KernelCalls
from errno_gen.analysis.causes.rules import Judgement
from errno_gen.analysis.causes.serving import Splitter
from errno_gen.analysis.flow.callers import comparing_caller, outside_callers, seeing_callers
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.kinds import Kinds
from errno_gen.analysis.flow.origins import Origins
from errno_gen.analysis.flow.path import Arrival, AttachPath, Frame
from errno_gen.analysis.flow.roots import Context, Outside
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.flow.sources import Call
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.analysis.places.messages import messages
from errno_gen.analysis.prose import quoted
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
Named = Callable[[str, str, str], bool]

_IN_MACRO = "The errno stands in the macro {}, which only a person can change."


def analyse_driver(
    driver: Driver,
    files: Sequence[SourceFile],
    callbacks: Sequence[Callback],
    roles: Roles,
    *,
    propagate: bool,
    summaries: Summaries | None = None,
    behaviours: Outside | None = None,
    reserved: Collection[str] = (),
    overruled: Overruled | None = None,
    named: Named | None = None,
) -> tuple[Verdict, ...]:
    """Judge every errno constant that can leave the callbacks of one driver.

    ``files`` are the driver's C files and headers at one revision; ``propagate`` tells
    whether swallowed codes will be handed on, which uncovers the callee's own sites;
    ``summaries`` and ``behaviours`` answer for functions outside the driver (without: nothing
    is known);
    ``reserved`` are the errnos that are reported when such a function can return them;
    ``overruled`` tells of a function, errno and guard whose code is not handed on after all,
    ``named`` of a function, errno and half of a joined condition that it is to be judged alone.
    The verdicts come in the order of file and line, before any policy. Raises
    SourceError when a callback has no definition in the files.
    """
    analysis = _Analysis(driver, files, roles, propagate, summaries, behaviours, reserved)
    analysis.overruled = overruled
    analysis.named = named
    return analysis.run(callbacks)


class _Analysis:
    def __init__(
        self,
        driver: Driver,
        files: Sequence[SourceFile],
        roles: Roles,
        propagate: bool,
        summaries: Summaries | None,
        behaviours: Outside | None,
        reserved: Collection[str],
    ) -> None:
        self._driver = driver
        self._roles = roles
        self._propagate = propagate
        self._reserved = reserved
        self.overruled: Overruled | None = None
        self.named: Named | None = None
        self._program = load_program(tuple(files))
        self._finder = SourceFinder(self._program)
        domain = next(p.type for p in roles.parameters if p.role == "domain")
        self._origins = Origins(self._program, self._program.domain_types(domain), behaviours)
        outside = summaries.kind_of if summaries is not None else None
        self._kinds = Kinds(self._program, self._finder, outside)
        evidence = Evidence(self._program, self._origins, self._kinds, domain)
        self._splitter = Splitter(self._program, self._kinds)
        self._judge = Judge(self._program, self._finder, evidence, self._splitter, reserved)
        self._path = AttachPath(self._program, self._origins, self._finder)
        self._outside = KernelCalls(self._program, self._finder, self._origins, summaries)

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
            finding = self._judge.of(callback, arrival)
            mark = (arrival.function, arrival.constant.node.start_byte)
            if finding.judgement.cause is not Cause.SWALLOWED:
                yield finding
                continue
            goes = self._goes(finding)
            inner = list(self._uncovered(arrival, finding.judgement.propagate))
            known = [each for each in inner if not each.constant.why]
            if {each.constant.errno for each in known} == {arrival.constant.errno}:
                # Nothing is lost: the constant stands for what the callee means by it.
                meant = agreed([self._judge.of(callback, each).judgement for each in known])
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
        key = variable_of(variable)
        tested = self._splitter.kept_call(arrival)
        block = arrival.constant.block if arrival.way.label == PLACE else arrival.way.block
        if not key or tested:
            return (tested,) if key and tested else ()
        return self._finder.calls_of(arrival.function, key, block)

    def _key(self, arrival: Arrival) -> _Key:
        way = self._way_location(arrival.function, arrival.constant.node.start_byte, arrival.way)
        return (arrival.function.path, arrival.constant.node.start_byte, way.start)

    # --- all arrivals of a site -----------------------------------------------------

    def _verdicts(self, group: list[Finding]) -> Iterator[Verdict]:
        """The verdict on a site, or those on the halves of its condition where these differ."""
        arrival = group[0].arrival
        whole = agreed([finding.judgement for finding in group], chains_differ=True)
        halves = self._halves(group, whole)
        if not halves:
            constant = arrival.constant.node.start_byte
            way = self._way_location(arrival.function, constant, arrival.way)
            split = self._splitter.split(arrival, whole)
            yield self._verdict(group, with_changes(group[0], judgement=whole), way, split)
        for half in halves:
            split = self._splitter.division(arrival)
            yield self._verdict(group, half.finding, half.where, split)

    def _halves(self, group: list[Finding], whole: Judgement) -> tuple[Half, ...]:
        """The halves of a condition where each has a cause of its own, or one is named; else ()."""
        function, way = group[0].arrival.function, group[0].arrival.way
        if self.named is None and whole.rule != DISAGREEMENT:
            return ()
        nodes = operands(function, way, self._program.apis)
        named = self._named(group[0].arrival, nodes)
        if whole.rule != DISAGREEMENT and not named:
            return ()
        found: list[tuple[Node, Finding]] = []
        for node in nodes:
            findings = [self._judge.half(finding, node) for finding in group]
            common = agreed([each.judgement for each in findings], chains_differ=True)
            if common.cause is Cause.SWALLOWED or (common.cause is Cause.UNKNOWN and not named):
                return ()
            if not common.because:
                common = with_changes(common, because=whole.because)
            found.append((node, with_changes(findings[0], judgement=common)))
        return joined(function, found, named)

    def _named(self, arrival: Arrival, nodes: Sequence[Node]) -> tuple[range, ...]:
        """The halves of a condition that somebody names, as indices of operands."""
        named = self.named
        if named is None:
            return ()
        function, errno = arrival.function.name, arrival.constant.errno
        return halves_named(nodes, lambda text: named(function, errno, text))

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
            outside_callers=seeing_callers(self._program, helpers, frozenset(self._path.functions)),
            split=split,
            swallowed=judgement.swallowed,
        )

    def _way_location(self, function: Function, constant: int, way: WayOut) -> Location:
        block = function.graph.blocks[way.block]
        node = block.syntax if way.label == PLACE else block.expression or block.syntax
        assert node is not None
        return function.location(node)
