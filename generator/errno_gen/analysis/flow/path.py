# SPDX-License-Identifier: GPL-2.0-only
"""The attach path: every constant that can leave a callback, with the chain to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.origins import Origins
from errno_gen.analysis.flow.roots import Context, Origin, Root, RootKind
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.flow.sources import VALUE, Call, Constant
from errno_gen.model import Step
from errno_gen.policy import Roles

_MAX_CHAIN = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """A function on a chain as entered, and the call in it that leads on (None: the last)."""

    context: Context
    call: Call | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A constant with one way out, on one chain of frames from the callback inwards."""

    constant: Constant
    way: WayOut
    frames: tuple[Frame, ...]

    @property
    def function(self) -> Function:
        """The function that holds the constant."""
        return self.frames[-1].context.function

    @property
    def steps(self) -> tuple[Step, ...]:
        """The calls from the callback inwards, and the constant."""
        found = []
        for frame in self.frames:
            function = frame.context.function
            node = frame.call.node if frame.call is not None else self.constant.node
            found.append(Step(function.name, function.path, function.line_of(node)))
        return tuple(found)


class AttachPath:
    """Walks from a callback into every function whose value can reach its value."""

    def __init__(self, program: Program, origins: Origins, finder: SourceFinder) -> None:
        self._program = program
        self._origins = origins
        self._finder = finder
        self.functions: set[Function] = set()

    def enter(self, callback: Function, roles: Roles) -> Context:
        """The callback's context: its parameters have the roles of the policy."""
        bound: list[tuple[str, Origin]] = []
        for position, (name, _) in enumerate(callback.parameters):
            kinds = [p.role for p in roles.parameters if p.position == position]
            origin = frozenset(Root(RootKind(role)) for role in kinds)
            bound.append((name, origin))
        return Context(callback, tuple(bound))

    def arrivals(
        self, context: Context, frames: tuple[Frame, ...] = (), key: str = VALUE
    ) -> Iterator[Arrival]:
        """Every constant that leaves the function of ``context``, callees included.

        ``key`` tells by what, see SourceFinder.of. Values of which nothing is known count.
        """
        function = context.function
        if len(frames) > _MAX_CHAIN:
            return
        if any(frame.context.function is function for frame in frames):
            return  # recursion adds no constant that the first round does not have
        self.functions.add(function)
        sources = self._finder.of(function, key)
        for constant in (*sources.constants, *sources.opaque):
            for way in constant.ways:
                yield Arrival(constant, way, (*frames, Frame(context, None)))
        for call in sources.calls:
            yield from self.through(call, context, frames)

    def outside_calls(
        self, context: Context, frames: tuple[Frame, ...] = (), key: str = VALUE
    ) -> Iterator[tuple[Frame, ...]]:
        """Chains that end in a call whose body is not in the driver, callees included."""
        function = context.function
        if len(frames) > _MAX_CHAIN:
            return
        if any(frame.context.function is function for frame in frames):
            return
        for call in self._finder.of(function, key).calls:
            yield from self.outside_through(call, context, frames)

    def outside_through(
        self, call: Call, context: Context, frames: tuple[Frame, ...]
    ) -> Iterator[tuple[Frame, ...]]:
        """The chains of :meth:`outside_calls` that begin with one call."""
        chain = (*frames, Frame(context, call))
        callees = self._program.callees(call.node, context.function, call.block)
        if not callees:
            yield chain
        for callee in callees:
            inside = call.key_in(callee)
            if inside is not None:
                entered = self._origins.enter(call.node, callee, call.block, context)
                yield from self.outside_calls(entered, chain, inside)

    def through(self, call: Call, context: Context, frames: tuple[Frame, ...]) -> Iterator[Arrival]:
        """The constants that come back through one call, as far as they get out."""
        function = context.function
        callees = self._program.callees(call.node, function, call.block)
        hooks = self._program.resume_hooks(call.node) if call.access is None else ()
        for callee in (*callees, *hooks):
            key = call.key_in(callee)
            if key is None:
                continue
            entered = self._origins.enter(call.node, callee, call.block, context)
            inner = (*frames, Frame(context, call))
            for arrival in self.arrivals(entered, inner, key):
                if self._finder.can_leave(function, call, arrival.constant.errno):
                    yield arrival
