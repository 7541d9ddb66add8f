# SPDX-License-Identifier: GPL-2.0-only
"""What a function returns: errno constants with their ways out, and calls.

A site is a definition and a way out. For ``d: ret = -E`` that reaches ``return ret``,
look at the paths from ``d`` to the return on which nothing redefines ``ret``. A branch
edge behind which the return cannot be escaped, while it could before, is a way out. With
none, the way out is the place itself. One rule covers ``return -E``, ``ret = -E; goto
out``, initialisers and presets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.expansions import given_errnos
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import Access, Dataflow, Definition, access, key_of
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    strip,
    text_of,
)
from errno_gen.analysis.c.unparsed import Defined, Unparsed
from errno_gen.analysis.flow.constants import listed_errnos
from errno_gen.analysis.flow.escape import (
    PLACE,
    WayOut,
    is_arm,
    mixes,
    ways_out,
)
from errno_gen.analysis.flow.numbers import NUMBER, number_errno
from errno_gen.analysis.flow.opaque import describe, is_straight, not_followed, reads_nothing
from errno_gen.analysis.flow.sources import LEAVING, VALUE, Call, Constant, Sources
from errno_gen.model import UNKNOWN_ERRNO


class SourceFinder:
    """Finds the sources of a program's functions, once each; ``defined`` as Unparsed takes it."""

    def __init__(self, program: Program, defined: Defined | None = None) -> None:
        self.program = program
        self.unparsed = Unparsed(program, defined)
        self._memo: dict[tuple[Function, str], Sources] = {}

    def of(self, function: Function, key: str = VALUE) -> Sources:
        """The sources of the function's return value, in source order.

        ``key`` is what else may leave: a variable or path that its caller sees (``*ret``).
        """
        mark = function, key
        if mark not in self._memo:
            self._memo[mark] = Sources()  # what a recursion adds is there already
            self._memo[mark] = _Finder(function, key, self).run()
        return self._memo[mark]

    def can_leave(self, function: Function, call: Call, errno: str) -> bool:
        """Whether ``-errno`` (or POSITIVE) from ``call`` can reach the function's return."""
        if call.definition is None:
            return True
        return bool(ways_out(function, call.definition, call.uses, errno, self.program.apis))

    def calls_of(self, function: Function, key: str, block: int) -> tuple[Call, ...]:
        """The calls whose value a variable may hold in ``block``, as if it were returned."""
        calls: list[Call] = []
        for definition in function.flow.reaching(key, block):
            if definition.how == "assign" and definition.value is not None:
                uses = frozenset({block})
                calls.extend(
                    Call(leaf, definition.block, definition, uses)
                    for leaf, _ in leaves(definition.value, self.program.apis)
                    if leaf.type == "call_expression"
                )
        return tuple(calls)


def leaves(node: Node, apis: KernelApis) -> Iterator[tuple[Node, bool]]:
    """The expressions a value can be, with whether it was wrapped by ERR_PTR and kin."""
    pending = [(node, False)]
    while pending:
        current, wrapped = pending.pop()
        current = strip(current, apis.transparent)
        if current.type == "call_expression" and call_name(current) in apis.errno_wrappers:
            pending.extend((a, True) for a in call_arguments(current)[:1])
        elif current.type == "call_expression" and call_name(current) in apis.errno_arguments:
            pending.extend((a, wrapped) for a in call_arguments(current)[1:2])
        elif current.type == "conditional_expression":
            for name in ("alternative", "consequence"):
                arm = current.child_by_field_name(name)
                if arm is not None:
                    pending.append((arm, wrapped))
        elif current.type in ("comma_expression", "assignment_expression"):
            right = current.child_by_field_name("right")
            if right is not None:
                pending.append((right, wrapped))
        else:
            yield current, wrapped


class _Finder:
    def __init__(self, function: Function, key: str, finder: SourceFinder) -> None:
        self._function = function
        self._key = key
        self._finder = finder
        self._program = finder.program
        self._apis = finder.program.apis
        self._uses: dict[int, set[int]] = {}
        self._pending: list[Definition] = []
        self._unwrapped: set[int] = set()
        self._found = Sources()

    @cached_property
    def _flow(self) -> Dataflow:
        plain = self._key in (VALUE, LEAVING)
        return self._function.flow if plain else self._function.flow_of(self._key)

    def run(self) -> Sources:
        self._start()
        followed: dict[int, Definition] = {}
        while self._pending:
            definition = self._pending.pop()
            followed[definition.index] = definition
            block = self._function.graph.blocks[definition.block]
            if definition.how == "assign" and definition.value is not None:
                self._copies(definition.value, block, definition.index in self._unwrapped)
            for argument in self._stored(definition):
                self._copies(argument, block, False)
        for definition in followed.values():
            self._defined(definition)
        known = [constant.node for constant in self._found.constants]
        self._found.opaque = [each for each in self._found.opaque if each.node not in known]
        self._found.constants.sort(key=lambda constant: constant.node.start_byte)
        self._found.opaque.sort(key=lambda constant: constant.node.start_byte)
        self._found.calls.sort(key=lambda call: call.node.start_byte)
        return self._found

    def _start(self) -> None:
        """Whatever leaves the function by itself."""
        if self._key not in (VALUE, LEAVING):
            for definition in self._flow.reaching(self._key, 1, through=True):
                self._reached(definition, 1, False)
            return
        for block in self._function.graph.blocks:
            gives = self._function.gives(block.syntax) is not (self._key == LEAVING)
            if block.kind is Kind.RETURN and block.expression is not None and gives:
                self._value(block.expression, block, None)
            if self._key == LEAVING or not self._function.macro:
                self._in_macros(block)
                for node, why in self._finder.unparsed.parts(self._function, block):
                    self._unknown(node, block, None, why)

    def _in_macros(self, block: Block) -> None:
        """Macros with a ``return`` in them that are not followed: their value leaves, too."""
        leaving = self._program.macro_texts.leaving
        calls = self._function.calls_in(block) if leaving else ()
        for node in (call for call in calls if call_name(call) in leaving):
            callees = self._program.resolve(call_name(node), self._function.path)
            found = [self._finder.of(callee, LEAVING) for callee in callees if callee.macro]
            if any(each != Sources() for each in found):
                access = (-1, LEAVING)
                self._found.calls.append(Call(node, block.index, None, frozenset(), access=access))
            given = {position for each in found for position in each.parameters}
            self._not_followed(node, block, given)

    def _not_followed(self, call: Node, block: Block, returned: set[int]) -> None:
        """The errnos that a macro which is not followed gets, and what it may return."""
        if block.index not in self._function.graph.reachable():
            return
        errnos = set(given_errnos(call, self._apis.errno_names))
        for position, argument in enumerate(call_arguments(call)):
            first, last = argument.start_byte, argument.end_byte
            inside = [each for each in errnos if first <= each.start_byte < last]
            value = strip(argument)
            told = text_of(value) not in self._function.locals
            if told and reads_nothing(value, self._program):
                continue
            if not inside and position in returned:
                inside = [value]
            for node in inside:
                self._unknown(node, block, None, not_followed(call, node))

    def _defined(self, definition: Definition) -> None:
        """What a definition that leaves gives: constants, calls, or something unknown."""
        block = self._function.graph.blocks[definition.block]
        uses = frozenset(self._uses[definition.index])
        if definition.how == "assign" and definition.value is not None:
            self._value(definition.value, block, definition)
        elif definition.how in ("out", "through") and definition.value is not None:
            self._handed(definition.value, block, definition, uses)
        elif definition.how == "entry":
            self._entry(definition, uses)
        elif definition.how == "update" and mixes(definition) and definition.value is not None:
            self._unknown(definition.value, block, definition)

    def _handed(
        self, call: Node, block: Block, definition: Definition, uses: frozenset[int]
    ) -> None:
        """A call that gets a pointer to what leaves, or a macro that may set it."""
        callees = self._program.callees(call, self._function, block.index)
        seen = self._access(definition, call)
        if callees and seen is not None:
            self._found.calls.append(Call(call, block.index, definition, uses, access=seen))
            sure = all(not each.macro or is_straight(each) for each in callees)
            for argument in self._stored(definition):
                if sure:
                    self._value(argument, block, definition)
                else:
                    self._unknown(argument, block, definition, not_followed(call, argument))
        elif definition.how == "out":
            self._unknown(call, block, definition)

    def _access(self, definition: Definition, call: Node) -> Access | None:
        own = self._program.macro_texts.sets.get(call_name(call))
        return access(definition.key, call, own)

    def _stored(self, definition: Definition) -> Iterator[Node]:
        """The arguments that a callee stores where the definition's key is."""
        call = definition.value
        if definition.how not in ("out", "through") or call is None:
            return
        handed = Call(call, definition.block, definition, frozenset())
        handed = replace(handed, access=self._access(definition, call))
        arguments = call_arguments(call)
        for callee in self._program.callees(call, self._function, definition.block):
            key = handed.key_in(callee)
            if handed.access is None or key is None:
                continue
            for position in sorted(self._finder.of(callee, key).parameters):
                if position < len(arguments):
                    yield arguments[position]

    def _entry(self, definition: Definition, uses: frozenset[int]) -> None:
        """What leaves as it came into the function."""
        names = [name for name, _ in self._function.parameters]
        if self._key not in (VALUE, LEAVING) and definition.key == self._key:
            return  # not written on this way: the caller's own value stays
        if definition.key in names:
            self._found.parameters.add(names.index(definition.key))

    def _follow(self, node: Node, block: int, wrapped: bool) -> None:
        key = key_of(node)
        if key is None:
            return
        reaching = self._flow.reaching(key, block, node.start_byte, through=True)
        for definition in reaching:
            self._reached(definition, block, wrapped)
        names = [name for name, _ in self._function.parameters]
        if not reaching and key in names:
            self._found.parameters.add(names.index(key))

    def _reached(self, definition: Definition, block: int, wrapped: bool) -> None:
        again = wrapped and definition.index not in self._unwrapped
        if wrapped:
            self._unwrapped.add(definition.index)
        if definition.index not in self._uses or again:
            self._uses.setdefault(definition.index, set())
            self._pending.append(definition)
        self._uses[definition.index].add(block)

    def _leaves(self, value: Node, block: Block) -> Iterator[tuple[Node, bool]]:
        """The leaves of a value, with the arguments that the driver's functions hand back."""
        for leaf, wrapped in leaves(value, self._apis):
            yield leaf, wrapped
            if leaf.type != "call_expression":
                continue
            arguments = call_arguments(leaf)
            for callee in self._program.callees(leaf, self._function, block.index):
                for position in sorted(self._finder.of(callee).parameters):
                    if position < len(arguments):
                        yield from self._leaves(arguments[position], block)

    def _copies(self, value: Node, block: Block, unwrapped: bool) -> None:
        for leaf, wrapped in self._leaves(value, block):
            self._follow(leaf, block.index, wrapped or unwrapped)

    def _value(self, value: Node, block: Block, definition: Definition | None) -> None:
        """Record the leaves of a returned (``definition`` None) or assigned value."""
        unwrapped = definition is not None and definition.index in self._unwrapped
        uses = self._uses_of(definition)
        for leaf, wrapped in self._leaves(value, block):
            errno = errno_constant(leaf, self._apis.errno_names)
            if errno is None and not self._is_other(wrapped or unwrapped):
                errno = number_errno(leaf, self._program)
            if errno is not None:
                there = self._function.graph.in_source(leaf)
                self._constant(errno, there, wrapped, block, definition, uses)
            elif leaf.type == "call_expression":
                call = Call(leaf, block.index, definition, uses, wrapped or unwrapped)
                self._called(call, block, definition)
            else:
                if definition is None:
                    self._follow(leaf, block.index, wrapped)
                self._rest(leaf, block, definition, wrapped or unwrapped)

    def _uses_of(self, definition: Definition | None) -> frozenset[int]:
        return frozenset(self._uses.get(definition.index, ())) if definition else frozenset()

    def _is_other(self, wrapped: bool) -> bool:
        """Whether what leaves is an object's address or a truth, and surely no errno."""
        kind = self._function.returns
        other = kind.pointers > 0 or kind.name == "bool"
        return other and not wrapped and self._key == VALUE

    def _called(self, call: Call, block: Block, definition: Definition | None) -> None:
        self._found.calls.append(call)
        if self._is_other(call.wrapped):
            return
        if not self._program.callees(call.node, self._function, block.index):
            why = self._finder.unparsed.callee(call.node, self._function, block.index)
            if why:
                self._unknown(call.node, block, definition, why)

    def _rest(self, leaf: Node, block: Block, definition: Definition | None, wrapped: bool) -> None:
        """A leaf that is neither an errno constant nor a call: unknown unless it is followed."""
        if self._is_other(wrapped):
            return
        listed = listed_errnos(leaf, self._function, block, self._program)
        for node in listed:
            errno = errno_constant(node, self._apis.errno_names) or ""
            self._constant(errno, node, wrapped, block, definition, self._uses_of(definition))
        if listed:
            return
        key = key_of(leaf)
        reaching = self._flow.reaching(key, block.index, leaf.start_byte) if key else ()
        if reaching and all(each.how != "entry" for each in reaching):
            return
        local = key in self._function.locals
        if not local and not reads_nothing(leaf, self._program):
            self._unknown(leaf, block, definition)

    def _unknown(
        self, node: Node, block: Block, definition: Definition | None, why: str = ""
    ) -> None:
        """A value that may be an errno or not."""
        ways: tuple[WayOut, ...] = (WayOut(block.index),)
        if definition is not None:
            uses = self._uses_of(definition)
            if not ways_out(self._function, definition, uses, UNKNOWN_ERRNO, self._apis):
                return
        how = definition.how if definition is not None else "return"
        why = why or describe(node, how, self._program)
        if all(each.node != node for each in self._found.opaque):
            found = Constant(UNKNOWN_ERRNO, node, "opaque", block.index, ways, why)
            self._found.opaque.append(found)

    def _constant(
        self,
        errno: str,
        leaf: Node,
        wrapped: bool,
        block: Block,
        definition: Definition | None,
        uses: frozenset[int],
    ) -> None:
        ways: tuple[WayOut, ...] = (WayOut(block.index),)
        form = "return"
        if definition is not None:
            ways = ways_out(self._function, definition, uses, errno, self._apis)
            preset = any(way.label != PLACE for way in ways)
            declared = block.syntax is not None and block.syntax.type == "declaration"
            form = "initialiser" if declared else "preset" if preset else "assign"
        if wrapped:
            form = "err-ptr"
        elif leaf.parent is not None and leaf.parent.type == "argument_list":
            form = "argument"
        elif leaf.parent is not None and leaf.parent.type.startswith("initializer_"):
            form = "table"
        elif block.expression is not None and is_arm(leaf):
            form = "conditional"
        if errno_constant(leaf) is None:
            named = errno_constant(leaf, self._apis.errno_names)
            form = NUMBER if named is None else "macro"
        if ways:
            self._found.constants.append(Constant(errno, leaf, form, block.index, ways))
