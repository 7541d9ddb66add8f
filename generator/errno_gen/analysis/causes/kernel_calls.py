# SPDX-License-Identifier: GPL-2.0-only
"""Kernel functions on the attach path whose own errnos pass through unchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    condensed,
    errno_constant,
    strip,
    text_of,
)
from errno_gen.analysis.flow.callers import comparing_caller, seeing_callers
from errno_gen.analysis.flow.guards import alternatives, chains
from errno_gen.analysis.kernel.summaries import Chain, Summaries
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival, Frame
from errno_gen.analysis.origins.roots import RootKind, has
from errno_gen.analysis.places.conversion import Converter, harmless
from errno_gen.analysis.prose import listed, quoted
from errno_gen.model import Cause, Conversion, Location, Site, Step, Verdict, with_changes

_PLAIN = (Cause.DEVICE, Cause.BUSY, Cause.NOMEM, Cause.NOSPC)


_Judged = tuple[tuple[Arrival, Cause], ...]


@dataclass(frozen=True, slots=True)
class Passing:
    """What leaves a callback: chains to calls outside the driver, constants with causes.

    Among the chains are those to calls whose errno leaves once it is no more swallowed.
    """

    callback: str
    outside: tuple[tuple[Frame, ...], ...]
    judged: _Judged


class KernelCalls:
    """Judges the calls of one driver that leave it; ``summaries`` know what they return.

    ``functions`` are those on the path of all callbacks.
    """

    def __init__(
        self, index: Index, summaries: Summaries | None, functions: frozenset[Function]
    ) -> None:
        self._program = index.program
        self._finder = index.sources
        self._origins = index.origins
        self._summaries = summaries
        self._functions = functions
        self._converter = Converter(index.program, index.sources)

    def verdicts(self, passing: Iterable[Passing], errnos: Collection[str]) -> tuple[Verdict, ...]:
        """A verdict for each call and each of ``errnos`` that it hands on to a callback.

        ``driver`` of the verdicts is left for the caller to fill.
        """
        found: dict[tuple[Location, str], Verdict] = {}
        if self._summaries is None or not errnos:
            return ()
        for entry in passing:
            for frames in entry.outside:
                for verdict in self._passed_through(self._summaries, frames, errnos, entry):
                    key = (verdict.site.constant, verdict.site.errno)
                    found[key] = _merged(found[key], verdict) if key in found else verdict
        return tuple(found.values())

    def _passed_through(
        self,
        summaries: Summaries,
        frames: tuple[Frame, ...],
        errnos: Collection[str],
        entry: Passing,
    ) -> Iterator[Verdict]:
        """A verdict for each of ``errnos`` that the last call of a chain may return.

        The callee is outside the driver, and every caller on the chain hands the errno on.
        """
        last = frames[-1]
        assert last.call is not None
        function = last.context.function
        names = self._program.called_names(last.call.node, function, last.call.block)
        for errno in sorted(errnos):
            leaves = all(
                frame.call is not None
                and self._finder.can_leave(frame.context.function, frame.call, errno)
                for frame in frames
            )
            for name in names if leaves else ():
                chain = summaries.witness(name, errno, function.path)
                if chain is None:
                    continue
                conversion, helpers = self._conversion(frames, name, errno, entry.judged)
                others = seeing_callers(self._program, helpers, self._functions)
                verdict = _verdict(frames, name, chain, conversion)
                yield with_changes(verdict, callbacks=(entry.callback,), outside_callers=others)

    def _conversion(
        self,
        frames: tuple[Frame, ...],
        name: str,
        errno: str,
        judged: _Judged,
    ) -> tuple[Conversion, frozenset[Function]]:
        """Where the errno can be converted, what speaks against it, and who returns it then."""
        found, index = self._converter.places(frames, errno)
        helpers = frozenset(frame.context.function for frame in frames[1 : index + 1])
        comparing = comparing_caller(self._program, helpers)
        if comparing is not None and found.places:
            text = f"{quoted(f'{comparing}()')} compares the value with an errno."
            found = Conversion((), f"Left alone: {text}")
        doubt = self._told(frames[-1], name, errno) or _made(frames, name, errno, judged)
        return with_changes(found, doubt=doubt), helpers

    def _told(self, frame: Frame, name: str, errno: str) -> str:
        """The sentence that something of the domain goes into the call; "" if nothing does."""
        assert frame.call is not None
        telling = [
            quoted(condensed(argument))
            for argument in call_arguments(frame.call.node)
            if has(self._origins.of(argument, frame.call.block, frame.context), RootKind.DOMAIN)
        ]
        if not telling:
            return ""
        verb = "come" if len(telling) > 1 else "comes"
        return (
            f"{quoted(f'{name}()')} is given {listed(telling)}, which {verb} from the domain, so "
            f"its {errno} may mean that the domain does not fit."
        )


def _merged(one: Verdict, other: Verdict) -> Verdict:
    """The verdict on one call from those of two chains that lead to it."""
    assert one.conversion is not None and other.conversion is not None
    problem = one.conversion.problem or other.conversion.problem
    places = dict.fromkeys((*one.conversion.places, *other.conversion.places))
    doubt = one.conversion.doubt or other.conversion.doubt
    told = one if one.conversion.doubt else other
    return with_changes(
        one,
        callbacks=tuple(dict.fromkeys((*one.callbacks, *other.callbacks))),
        outside_callers=tuple(sorted({*one.outside_callers, *other.outside_callers})),
        conversion=Conversion(() if problem else tuple(places), problem, doubt),
        because=told.because,
    )


def converted(index: Index, arrival: Arrival, errnos: Collection[str]) -> str:
    """The sentence that the constant takes the place of one of ``errnos`` of a call.

    ``if (ret == -EINVAL) ret = -ENODEV;``, or ``?:``, where ``ret`` holds what a function
    outside the driver returned, or one that does no more than call such a function; "" for
    any other constant.
    """
    function = arrival.function
    level = next((chain[0] for chain in chains(function, arrival.way) if chain), None)
    if level is None or arrival.constant.errno in errnos or level.label != "true":
        return ""
    condition = function.graph.blocks[level.block].expression
    atoms = alternatives(condition, True, index.program.apis) if condition is not None else []
    compared = {_compared(atom[0].node) for atom in atoms if len(atom) == 1}
    names = {name for name, _ in compared}
    found = sorted({errno for _, errno in compared})
    if len(compared) != len(atoms) or len(names) != 1 or not set(found) <= set(errnos):
        return ""
    callees: dict[str, None] = {}
    for definition in function.flow.reaching(names.pop(), level.block):
        if any(not harmless(definition, errno) for errno in found):
            name = _giver(index, function, definition, found)
            if not name:
                return ""
            callees[name] = None
    if not callees:
        return ""
    who = listed(quoted(f"{name}()") for name in callees)
    return f"{who} may return {listed(found)}, which {arrival.constant.errno} takes the place of."


def _compared(node: Node) -> tuple[str, str]:
    """The variable and the errno of ``v == -E``; empty for any other condition."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or text_of(node.child_by_field_name("operator")) != "==":
        return "", ""
    return key_of(left) or "", errno_constant(right) or ""


def _giver(index: Index, function: Function, definition: Definition, errnos: Iterable[str]) -> str:
    """The name of the function that gave a value which is no errno of the driver's, or ""."""
    program = index.program
    value = strip(definition.value, program.apis.transparent) if definition.value else None
    if definition.how != "assign" or value is None or value.type != "call_expression":
        return ""
    converter = Converter(program, index.sources)
    for callee in program.callees(value, function, definition.block):
        if not all(converter.hands_on(callee, errno) for errno in errnos):
            return ""
    return condensed(value.child_by_field_name("function"))


def _made(frames: tuple[Frame, ...], name: str, errno: str, judged: _Judged) -> str:
    """The sentence that the call comes back to the driver, which makes such errnos there."""
    call = frames[-1].call
    assert call is not None
    function = frames[-1].context.function
    for arrival, cause in judged:
        through = any(
            frame.call is not None
            and frame.call.node.start_byte == call.node.start_byte
            and frame.context.function is function
            for frame in arrival.frames
        )
        doubtful = arrival.constant.errno == errno and cause not in _PLAIN
        if through and (doubtful or cause is Cause.INCOMPATIBLE):
            hook = quoted(f"{arrival.function.name}()")
            return (
                f"{quoted(f'{name}()')} may call {hook} of the driver, so its {errno} may mean "
                f"that the domain does not fit."
            )
    return ""


def _verdict(frames: tuple[Frame, ...], name: str, chain: Chain, conversion: Conversion) -> Verdict:
    last = frames[-1]
    assert last.call is not None
    location = last.context.function.location(last.call.node)
    end = chain.steps[-1]
    callee = quoted(f"{name}()")
    made = f"from {end.function}()" if end.function != name else "of its own"
    text = f"{callee} may return {chain.errno} {made} ({end.file})."
    untold = "The call is told nothing of the domain, so another one would not help."
    steps = [
        Step(
            frame.context.function.name,
            frame.context.function.path,
            frame.context.function.line_of(frame.call.node),
        )
        for frame in frames
        if frame.call is not None
    ]
    return Verdict(
        driver="",
        callbacks=(),
        site=Site(last.context.function.name, location, chain.errno, "call", location),
        guard=(),
        origins=(f"{name}(): a function outside the driver",),
        chain=(*steps, *chain.steps),
        cause=Cause.KAPI,
        rule="kernel function",
        because=(text,) if conversion.doubt else (text, untold),
        callee=name,
        conversion=conversion,
    )
