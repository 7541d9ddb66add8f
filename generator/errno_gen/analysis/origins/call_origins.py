# SPDX-License-Identifier: GPL-2.0-only
"""Origins of what calls give: the driver's functions, the tree's, and those nobody knows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from errno_gen.analysis.c.graph.dataflow import Definition
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.stores import address_of, stores_through
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    strip,
    text_of,
)
from errno_gen.analysis.c.treesource import REST as ALL
from errno_gen.analysis.origins.roots import (
    NOTHING,
    REST,
    RESULTS,
    Behaviour,
    Context,
    Origin,
    Outside,
    Root,
    RootKind,
    has,
    on_device,
    read_through,
    went_through,
)
from errno_gen.analysis.origins.scope import Scope, Unfollowed

_MAX_DEPTH = 8


class CallOrigins(ABC):
    """The part of :class:`.origins.Origins` that is about calls; that class says the rest."""

    _program: Scope
    _tree: Outside | None
    _strict: bool
    _depth: int

    @abstractmethod
    def of(self, node: Node, block: int, context: Context) -> Origin:
        """The origin of an expression that is evaluated in ``block``."""

    @abstractmethod
    def enter(self, call: Node, callee: Function, block: int, context: Context) -> Context:
        """The callee's context for a call made in ``block`` of ``context``."""

    @abstractmethod
    def of_return(self, context: Context) -> Origin:
        """The origin of a function's value, with what decides between constants."""

    @abstractmethod
    def _deciding(self, block: int, context: Context, use: int = -1) -> Origin:
        """The origin of the conditions that decide whether a block runs before ``use``."""

    def _union(self, nodes: list[Node], block: int, context: Context) -> Origin:
        found: Origin = NOTHING
        for node in nodes:
            found |= self.of(node, block, context)
        return found

    def _of_call_expression(self, node: Node, block: int, context: Context) -> Origin:
        apis = self._program.apis
        name = call_name(node)
        arguments = list(call_arguments(node))
        if name in apis.container_of:
            return self.of(arguments[0], block, context) if arguments else NOTHING
        if name in apis.errno_wrappers or name in apis.pointer_errors:
            return self._union(arguments[:1], block, context)
        if name in apis.allocators:
            return frozenset({Root(RootKind.ALLOCATION, name, True)})
        if name.startswith(_BUILTIN):
            return self._union(arguments, block, context)
        callees = self._program.callees(node, context.function, block)
        if callees and self._depth < _MAX_DEPTH:
            found = NOTHING
            for callee in callees:
                found |= self.of_return(self.enter(node, callee, block, context))
            return found
        behaviour = self._behaviour(name, context.function)
        if behaviour is not None:
            return self._applied(behaviour, name, arguments, block, context)
        function = node.child_by_field_name("function")
        if function is not None and function.type == "field_expression":
            arguments.append(function)
        found = self._through(name or condensed(function), arguments, block, context)
        # A pointer to a function that nobody fills, so that nothing is ruled out.
        told = name and name not in context.function.locals
        if not told:
            return found | {Root(RootKind.UNKNOWN, condensed(function), True)}
        if self._tree is None or not self._program.declares(name):
            return found
        return found | {Root(RootKind.UNKNOWN, f"{name}()", True)}

    def _stored(self, definition: Definition, call: Node, context: Context) -> Origin | None:
        """What the callees store with ``*p = value``; None where p is used in another way."""
        callees = self._program.callees(call, context.function, definition.block)
        position = next(
            (i for i, a in enumerate(call_arguments(call)) if address_of(a) == definition.key), -1
        )
        if not callees or position < 0 or self._depth >= _MAX_DEPTH:
            return None
        found: Origin = NOTHING
        self._depth += 1
        try:
            for callee in callees:
                if callee.macro or position >= len(callee.parameters):
                    return None
                stored = stores_through(callee, callee.parameters[position][0])
                if not stored:
                    return None
                inside = self.enter(call, callee, definition.block, context)
                for value, block in stored:
                    found |= self.of(value, block, inside) | self._deciding(block, inside)
        finally:
            self._depth -= 1
        return found

    def _behaviour(self, name: str, function: Function) -> Behaviour | None:
        """What is known of a function that is called by its name."""
        if self._tree is None or not name or name in function.locals:
            return None
        return self._tree.of(name, function.path)

    def asks_for_nothing(self, call: Node, context: Context) -> bool:
        """Whether a call answers whether there is nothing, as ``list_empty()`` does."""
        if self._program.callees(call, context.function, 0):
            return False
        behaviour = self._behaviour(call_name(call), context.function)
        return behaviour is not None and behaviour.emptiness and not behaviour.open

    def asks(self, name: str, function: Function) -> bool:
        """Whether a function outside the driver answers yes or no."""
        behaviour = self._behaviour(name, function)
        return behaviour is not None and behaviour.truth

    def computes(self, name: str, function: Function) -> bool:
        """Whether a function outside the driver gives its arguments in another form.

        It masks, shifts, swaps bytes: nothing but the arguments is in what it returns.
        """
        behaviour = self._behaviour(name, function)
        return (
            behaviour is not None
            and bool(behaviour.value)
            and not (behaviour.open or behaviour.truth or behaviour.held)
            and all(r.kind is RootKind.PARAMETER and not r.state for r in behaviour.value)
        )

    def prints(self, name: str, function: Function) -> bool:
        """Whether all that a call of a function does is to log."""
        behaviour = self._behaviour(name, function)
        return behaviour is not None and behaviour.prints

    def idle(self, name: str, function: Function) -> bool:
        """Whether a call of a function outside the driver changes nothing."""
        behaviour = self._behaviour(name, function)
        return behaviour is not None and (behaviour.idle or behaviour.prints)

    def allocates(self, name: str, function: Function) -> bool:
        """Whether what a function outside the driver gives is memory that it took."""
        behaviour = self._behaviour(name, function)
        known = behaviour is not None and has(frozenset(behaviour.value), RootKind.ALLOCATION)
        return known or name in self._program.apis.allocators

    def maps(self, name: str, function: Function) -> bool:
        """Whether a function outside the driver judges whether memory could be mapped."""
        behaviour = self._behaviour(name, function)
        return behaviour is not None and behaviour.maps

    def tells(self, call: Node, context: Context) -> bool:
        """Whether all that a call reads is known: a state then, and no errno of a callee."""
        behaviour = self._behaviour(call_name(call), context.function)
        if behaviour is None:
            callees = self._program.callees(call, context.function, 0)
            return bool(callees) and all(callee.macro and callee.expression for callee in callees)
        results = (RootKind.CALL, *RESULTS)
        return not behaviour.open and all(root.kind not in results for root in behaviour.value)

    def _applied(
        self, behaviour: Behaviour, name: str, arguments: list[Node], block: int, context: Context
    ) -> Origin:
        """What a function outside the driver makes of these arguments."""
        found = self._through(name, arguments, block, context) if behaviour.open else NOTHING
        for root in behaviour.value:
            if root.kind in RESULTS:
                found |= {Root(root.kind, root.name or name, True)}
            elif root.kind is not RootKind.PARAMETER:
                found |= self._result(name, arguments, context)
            else:
                first = len(arguments) if root.name == REST else int(root.name)
                all_of = filled(arguments, first + 1)
                given = all_of[first:] if root.name == REST else all_of[first : first + 1]
                origin = self._union(given, block, context)
                # That a pointer is aligned, say, does not tell how it was come by.
                judged = behaviour.truth and not behaviour.emptiness
                found |= read_through(origin) if root.state or judged else origin
        if behaviour.held and (on_device(found) or has(found, RootKind.PARAMETER)):
            found |= {Root(RootKind.HELD, name, True)}
        return found

    def _through(self, name: str, inputs: Sequence[Node], block: int, context: Context) -> Origin:
        """What a function of unknown body may make of some values."""
        found = went_through(self._union(list(inputs), block, context), name)
        if self._strict and has(found, RootKind.PARAMETER):
            raise Unfollowed
        return found | self._result(name, inputs, context)

    def _result(self, name: str, arguments: Sequence[Node], context: Context) -> Origin:
        """The root of what a call gives, and that of firmware where it was asked."""
        found = {Root(RootKind.CALL, name, True)} if name else set()
        if any(self._is_firmware(argument, context) for argument in arguments):
            found.add(Root(RootKind.FIRMWARE, name, True))
        return frozenset(found)

    def _is_firmware(self, argument: Node, context: Context) -> bool:
        """Whether a value is firmware's description of a device, by its type or by its member."""
        value = strip(argument)
        kind = self._program.type_of(value, context.function)
        member = text_of(value.child_by_field_name("field"))
        known = self._program.apis.firmware
        return member in known or (kind is not None and kind.pointers > 0 and kind.name in known)


def filled(arguments: Sequence[Node], number: int) -> list[Node]:
    """The arguments of a call, of which the last may stand for any number of them."""
    found = list(arguments)
    if found and text_of(found[-1]) == ALL:
        found += [found[-1]] * (number - len(found))
    return found


_BUILTIN = "__builtin_"
"""What the compiler computes itself, from nothing but the arguments."""
