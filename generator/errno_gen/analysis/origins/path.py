# SPDX-License-Identifier: GPL-2.0-only
"""The attach path, and every constant on it that can leave a callback, with its chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.sources import VALUE, Call, Constant
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.roots import Context, Origin, Root, RootKind
from errno_gen.errors import SourceError
from errno_gen.model import Callback, Step
from errno_gen.policytables import Roles

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


@dataclass(frozen=True, slots=True)
class Entry:
    """A callback, and its body as entered: its parameters have the roles of the policy."""

    callback: Callback
    context: Context


@dataclass(frozen=True, slots=True)
class Reached:
    """A function whose value can reach the callback's, on one chain of frames.

    ``key`` tells by what it leaves the function, see SourceFinder.of.
    """

    frames: tuple[Frame, ...]
    key: str

    @property
    def function(self) -> Function:
        """The function that is reached."""
        return self.frames[-1].context.function


@dataclass(frozen=True, slots=True)
class Path:
    """Every function that is reached, and the chains that end in a call outside the driver.

    Callers come before callees, calls in the order of the source. The first ``given`` frames
    of all chains led to where the path begins, and are not asked whether an errno gets out.
    """

    reached: tuple[Reached, ...]
    outside: tuple[tuple[Frame, ...], ...]
    given: int = 0

    @property
    def functions(self) -> frozenset[Function]:
        """The functions that are reached."""
        return frozenset(each.function for each in self.reached)


def entered(index: Index, callbacks: Iterable[Callback], roles: Roles) -> tuple[Entry, ...]:
    """The bodies of callbacks, in their order; one that depends on #ifdef may have several.

    Raises SourceError when a callback has no definition in its file.
    """
    found: list[Entry] = []
    for callback in callbacks:
        bodies = [
            function
            for function in index.program.resolve(callback.function, callback.file)
            if function.path == callback.file
        ]
        if not bodies:
            raise SourceError(f"{callback.file}: cannot parse {callback.function}()")
        found.extend(Entry(callback, _context(body, roles)) for body in bodies)
    return tuple(found)


def _context(callback: Function, roles: Roles) -> Context:
    bound: list[tuple[str, Origin]] = []
    for position, (name, _) in enumerate(callback.parameters):
        kinds = [p.role for p in roles.parameters if p.position == position]
        # Nobody knows what a parameter without a role may have to do with the others.
        unknown = Root(RootKind.UNKNOWN, name, True)
        roots = frozenset(Root(RootKind(role)) for role in kinds)
        bound.append((name, roots or frozenset({unknown})))
    return Context(callback, tuple(bound))


def path_from(index: Index, context: Context) -> Path:
    """The path from a function as entered into all whose value can reach its value."""
    walk = _Walk(index)
    walk.into(context, (), VALUE, hooked=False)
    return Path(tuple(walk.reached), tuple(walk.outside))


def path_through(index: Index, calls: Iterable[Call], frames: tuple[Frame, ...]) -> Path:
    """The path that begins with calls in the function of the last of ``frames``."""
    walk = _Walk(index)
    *outer, last = frames
    for call in calls:
        walk.through(call, last.context, tuple(outer), hooked=False)
    return Path(tuple(walk.reached), tuple(walk.outside), len(outer))


class _Walk:
    """Gathers a path; ``hooked`` is what is called back, whose calls end no chain."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.reached: list[Reached] = []
        self.outside: list[tuple[Frame, ...]] = []

    def into(self, context: Context, frames: tuple[Frame, ...], key: str, *, hooked: bool) -> None:
        function = context.function
        if len(frames) > _MAX_CHAIN:
            return
        if any(frame.context.function is function for frame in frames):
            return  # recursion adds no constant that the first round does not have
        self.reached.append(Reached((*frames, Frame(context, None)), key))
        for call in self._index.sources.of(function, key).calls:
            self.through(call, context, frames, hooked=hooked)

    def through(
        self, call: Call, context: Context, frames: tuple[Frame, ...], *, hooked: bool
    ) -> None:
        program = self._index.program
        chain = (*frames, Frame(context, call))
        callees = program.callees(call.node, context.function, call.block)
        hooks = program.resume_hooks(call.node) if call.access is None else ()
        if not callees and not hooked:
            self.outside.append(chain)
        if not callees and call.access is None and not call.wrapped:
            for callee in program.handed(call.node, context.function):
                self.into(_called_back(callee), chain, VALUE, hooked=True)
        called = [(callee, hooked) for callee in callees] + [(hook, True) for hook in hooks]
        for callee, back in called:
            key = call.key_in(callee)
            if key is not None:
                context_in = self._index.origins.enter(call.node, callee, call.block, context)
                self.into(context_in, chain, key, hooked=back)


def _called_back(function: Function) -> Context:
    """A function as a function outside the driver enters it: nobody knows with what."""
    names = function.parameter_names
    unknown = [(name, frozenset({Root(RootKind.UNKNOWN, name, True)})) for name in names]
    return Context(function, tuple(unknown))


def arrivals(index: Index, path: Path) -> tuple[Arrival, ...]:
    """Every site on a path: constants that get out along their chains, with each way out.

    Values of which nothing is known count.
    """
    return tuple(
        Arrival(constant, way, reached.frames)
        for reached in path.reached
        for constant in _leaving(index, reached)
        if _gets_out(index, constant, reached.frames[path.given : -1])
        for way in constant.ways
    )


def _leaving(index: Index, reached: Reached) -> tuple[Constant, ...]:
    sources = index.sources.of(reached.function, reached.key)
    return (*sources.constants, *sources.opaque)


def _gets_out(index: Index, constant: Constant, calling: Sequence[Frame]) -> bool:
    return all(
        frame.call is not None
        and index.sources.can_leave(frame.context.function, frame.call, constant.errno)
        for frame in reversed(calling)
    )
