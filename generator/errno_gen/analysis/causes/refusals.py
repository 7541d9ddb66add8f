# SPDX-License-Identifier: GPL-2.0-only
"""Refusals that return success: a way out that returns 0 though nothing was attached.

A return of 0 is the ordinary end of a callback, so much speaks for a refusal before it is
taken for one: nothing at all was done before and on the way out, while other ways do
something; the condition would be a cause with an errno; and it either compares what the
domain is with what the device has, or an error is logged, beside it or by the helper that
it asks. In a helper behind which more is done, an error has to be logged and something not
be done with the domain. That the device holds this same domain already is no refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import evaluated, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, call_name, errno_constant, strip, text_of, walk
from errno_gen.analysis.causes.findings import Finding
from errno_gen.analysis.causes.grounds import evidence_of
from errno_gen.analysis.causes.judge import cause_of
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.guards import Atom, Level, arm_of, chains, level_alternatives
from errno_gen.analysis.flow.quiet import Quiet
from errno_gen.analysis.flow.sources import Constant
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival, Entry, Frame
from errno_gen.analysis.origins.roots import Context, RootKind, has, on_device
from errno_gen.analysis.places.messages import messages
from errno_gen.analysis.rules.fact_finder import FactFinder
from errno_gen.analysis.rules.facts import Fact, Test, is_domain_itself, on_domain
from errno_gen.model import SUCCESS, Action, Callback, Cause, Site, Verdict, with_changes

_REFUSED = (Cause.INCOMPATIBLE, Cause.DEVICE, Cause.BUSY)
_ERROR = re.compile(r"(?:^|.*_)(?:err|crit|alert|emerg)(?:_.*)?")
_LEVEL = re.compile(r"KERN_(?:ERR|CRIT|ALERT|EMERG)\b")
_IDENTITY = re.compile(r"[!=]=")  # of == and !=: no <= or >=
_TRUTHS = {True: ("1", "true"), False: ("0", "false")}
_MAX_CHAIN = 8
_SILENT = "Success is returned here, though nothing was attached."
_LOGGED = "Success is returned here, though nothing was attached and an error is logged."


@dataclass(frozen=True, slots=True)
class _Exit:
    """A return of 0 from the arm of a branch: the node that says 0, its block, the branch."""

    node: Node
    block: int
    branch: int


def refusals(index: Index, entries: Iterable[Entry]) -> tuple[Verdict, ...]:
    """A verdict for each refusal, for review; ``driver`` is left for the caller to fill."""
    finder = _Finder(index)
    found: dict[tuple[str, int], Verdict] = {}
    for entry in entries:
        for verdict in finder.verdicts(entry):
            constant = verdict.site.constant
            key = constant.file, constant.start
            known = found.get(key, verdict)
            names = dict.fromkeys((*known.callbacks, *verdict.callbacks))
            found[key] = with_changes(known, callbacks=tuple(names))
    return tuple(found.values())


class _Finder:
    """Finds the refusals of one driver's callbacks."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._program = index.program
        self._printer = index.origins.prints
        self._facts = FactFinder(index)
        self._quiet = Quiet(index.program, index.origins.idle, index.origins.allocates)

    def verdicts(self, entry: Entry) -> Iterator[Verdict]:
        """The refusals of one callback and its helpers."""
        for frames, only in self._functions(entry.context, ()):
            yield from self._in_function(entry.callback, frames, only=only)

    # --- where the callback's work is done --------------------------------------------

    def _functions(
        self, context: Context, frames: tuple[Frame, ...], *, only: bool = True
    ) -> Iterator[tuple[tuple[Frame, ...], bool]]:
        """The callback, and helpers whose value may be the callback's.

        With whether the 0 of a helper is surely the callback's, and all else around it quiet.
        """
        function = context.function
        known = any(frame.context.function is function for frame in frames)
        if known or len(frames) > _MAX_CHAIN or function.macro:
            return
        yield (*frames, Frame(context, None)), only
        for call in self._index.sources.of(function).calls:
            if call.access is not None:
                continue
            alone = only and self._only(function, call.block)
            for callee in self._program.callees(call.node, function, call.block):
                entered = self._index.origins.enter(call.node, callee, call.block, context)
                yield from self._functions(entered, (*frames, Frame(context, call)), only=alone)

    def _only(self, function: Function, block: int) -> bool:
        """Whether nothing is done before and after a block, and no errno made after it."""
        after = _after(function, block) - {block}
        blocks = function.graph.blocks
        made = any(
            errno_constant(node)
            for index in after
            for root in (blocks[index].expression or blocks[index].syntax,)
            if root is not None and blocks[index].kind in (Kind.RETURN, Kind.STATEMENT)
            for node in walk(root)
        )
        before = _before(function, block) - {block}
        return not made and self._quiet.of(function, after | before)

    # --- one function -------------------------------------------------------------------

    def _in_function(
        self, callback: Callback, frames: tuple[Frame, ...], *, only: bool
    ) -> Iterator[Verdict]:
        context = frames[-1].context
        function = context.function
        if function.returns.pointers or function.returns.name in ("bool", "void"):
            return
        for exit_ in self._exits(function):
            way = WayOut(exit_.block)
            logged = self._logs(context, way)
            if not only and not (logged and self._serves(context, exit_)):
                continue
            constant = Constant(SUCCESS, exit_.node, "success", exit_.block, (way,))
            evidence = evidence_of(self._index, Arrival(constant, way, frames), ())
            finding = cause_of(callback, evidence)
            if finding.judgement.cause not in _REFUSED:
                continue
            if self._refuses(context, way, finding, logged=logged):
                yield self._verdict(finding, logged=logged)

    def _exits(self, function: Function) -> Iterator[_Exit]:
        """Returns of 0 from the arm of an ``if``, before which nothing is done."""
        blocks = function.graph.blocks
        alive = function.graph.reachable()
        for branch in blocks:
            plain = branch.syntax is not None and branch.syntax.type == "if_statement"
            if branch.kind is not Kind.CONDITION or not plain or branch.index not in alive:
                continue
            for target, label in branch.edges:
                found = self._ends(function, branch.index, target, label)
                if found is None or not self._quiet.of(function, _before(function, branch.index)):
                    continue
                others = [t for t, other in branch.edges if other != label]
                ahead = {index for other in others for index in (other, *_after(function, other))}
                if not self._quiet.of(function, ahead):
                    yield found

    def _ends(self, function: Function, branch: int, start: int, label: str) -> _Exit | None:
        """The end of an arm that does nothing and returns 0, without a branch on the way."""
        blocks = function.graph.blocks
        arm = arm_of(blocks[branch], label)
        if arm is None:
            return None
        node, place, index = None, -1, start
        values: dict[str, str] = {}
        seen: set[int] = set()
        while index not in seen:
            seen.add(index)
            block = blocks[index]
            if not self._quiet.block(function, block):
                return None
            inside = block.syntax is not None and (
                arm.start_byte <= block.syntax.start_byte and block.syntax.end_byte <= arm.end_byte
            )
            for definition in function.flow.definitions:
                if definition.block == index and definition.how != "entry":
                    zero = definition.how == "assign" and _is_zero(definition.value)
                    values[definition.key] = "0" if zero else "?"
            if block.kind is Kind.RETURN:
                if block.expression is None or not self._zero(
                    function, block.expression, branch, values
                ):
                    return None
                if inside:
                    node, place = block.expression, index
                return _Exit(node, place, branch) if node is not None else None
            if inside and block.syntax is not None and block.syntax.type == "goto_statement":
                node, place = block.syntax, index
            if len(block.edges) != 1 or block.kind is Kind.CONDITION:
                return None
            index = block.edges[0][0]
        return None

    def _zero(self, function: Function, value: Node, branch: int, values: dict[str, str]) -> bool:
        """Whether a returned value is 0 on the way from ``branch`` by which ``values`` changed."""
        value = strip(value)
        if _is_zero(value):
            return True
        key = key_of(value)
        if key is None or not key.isidentifier() or key not in function.locals:
            return False
        if key in values:
            return values[key] == "0"
        end = function.node.end_byte
        reaching = function.flow.reaching(key, branch, end, through=True)
        return bool(reaching) and all(d.how == "assign" and _is_zero(d.value) for d in reaching)

    # --- what speaks for a refusal ------------------------------------------------------

    def _serves(self, context: Context, exit_: _Exit) -> bool:
        """Whether a way that is not taken does something with the domain."""
        function = context.function
        taken = _after(function, exit_.block) | {exit_.block}
        for index in _after(function, exit_.branch) - taken:
            block = function.graph.blocks[index]
            root = evaluated(block)
            if root is None or self._quiet.block(function, block):
                continue
            used = [node for node in walk(root) if node.type in ("identifier", "field_expression")]
            of = self._index.origins.of
            if any(has(of(node, index, context), RootKind.DOMAIN) for node in used):
                return True
        return False

    def _logs(self, context: Context, way: WayOut) -> bool:
        """Whether an error is logged in the arm of a way out, or by what its condition asks."""
        function = context.function
        if self._logs_beside(function, way):
            return True
        found = chains(function, way)
        if len(found) != 1 or not found[0] or not found[0][0].enclosing:
            return False
        conditions = level_alternatives(function, found[0][0], self._program.apis)
        block = found[0][0].block
        return bool(conditions) and all(
            any(self._told(function, atom, block) for atom in atoms) for atoms in conditions
        )

    def _told(self, function: Function, atom: Atom, block: int) -> bool:
        """Whether an atom is a call of a helper that logs an error whenever it says so."""
        call = strip(atom.node, self._program.apis.transparent)
        if call.type != "call_expression":
            return False
        callees = self._program.callees(call, function, block)
        return bool(callees) and all(self._tells(callee, atom.truth) for callee in callees)

    def _tells(self, helper: Function, truth: bool) -> bool:
        """Whether a helper logs an error wherever it returns a constant of that truth."""
        if helper.macro:
            return False
        said = [
            block.index
            for block in helper.graph.blocks
            if block.kind is Kind.RETURN
            and text_of(strip(block.expression or helper.node)) not in _TRUTHS[not truth]
        ]
        return bool(said) and all(self._logs_beside(helper, WayOut(index)) for index in said)

    def _logs_beside(self, function: Function, way: WayOut) -> bool:
        apis = self._program.apis
        calls = [node.named_children[0] for node in messages(function, way, apis, self._printer)]
        return any(_ERROR.fullmatch(call_name(c)) or _LEVEL.search(text_of(c)) for c in calls)

    def _refuses(self, context: Context, way: WayOut, finding: Finding, *, logged: bool) -> bool:
        """Whether the innermost condition is about a misfit, in each of its alternatives."""
        found = chains(context.function, way)
        if len(found) != 1 or not found[0] or not found[0][0].enclosing:
            return False
        level: Level = found[0][0]
        alternatives = self._facts.alternatives(context, level)
        if any(_same_domain(fact) for facts in alternatives for fact in facts):
            return False
        if logged:
            return bool(alternatives)
        if finding.fixed_domain or finding.judgement.cause is Cause.DEVICE:
            return False
        return bool(alternatives) and all(any(map(_misfits, facts)) for facts in alternatives)

    def _verdict(self, finding: Finding, *, logged: bool) -> Verdict:
        arrival, judgement = finding.arrival, finding.judgement
        location = arrival.function.location(arrival.constant.node)
        told = _LOGGED if logged else _SILENT
        return Verdict(
            driver="",
            callbacks=(finding.callback,),
            site=Site(arrival.function.name, location, SUCCESS, "success", location),
            guard=finding.guard,
            origins=finding.origins,
            chain=arrival.steps,
            cause=judgement.cause,
            rule=judgement.rule,
            because=(told, *judgement.because),
            action=Action.REVIEW,
        )


def _is_zero(node: Node | None) -> bool:
    return node is not None and text_of(strip(node)) in ("0", "0L")


def _same_domain(fact: Fact) -> bool:
    """Whether a fact is that two things are the same one, such as the domain that is held."""
    identity = fact.test is Test.COMPARE and _IDENTITY.search(fact.text)
    return bool(identity) and fact.equal


def _misfits(fact: Fact) -> bool:
    """Whether a fact compares the domain, or what it is like, with what the device has."""
    if fact.test is not Test.COMPARE:
        return False
    mine = [o for o in fact.operands if is_domain_itself(o.origin) or on_domain(o.origin)]
    theirs = [
        o for o in fact.operands if on_device(o.origin) and not has(o.origin, RootKind.DOMAIN)
    ]
    return bool(mine) and bool(theirs)


def _after(function: Function, block: int) -> set[int]:
    """The blocks that may run after a block."""
    blocks = function.graph.blocks
    return _closure(block, lambda index: [target for target, _ in blocks[index].edges])


def _before(function: Function, block: int) -> set[int]:
    """The blocks that may run before a block, and itself."""
    sources = function.graph.predecessors()
    alive = function.graph.reachable()
    found = _closure(block, lambda index: [each for each in sources[index] if each in alive])
    return found | {block}


def _closure(block: int, following: Callable[[int], Iterable[int]]) -> set[int]:
    found: set[int] = set()
    pending = list(following(block))
    while pending:
        index = pending.pop()
        if index not in found:
            found.add(index)
            pending.extend(following(index))
    return found
