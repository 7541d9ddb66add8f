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
from dataclasses import dataclass, field

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.cfg import Block, Kind
from errno_gen.analysis.dataflow import Definition, key_of
from errno_gen.analysis.program import Function
from errno_gen.analysis.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    strip,
    text_of,
)

PLACE = ""
POSITIVE = "+"
"""Stands for a number above 0 where the name of an errno is expected."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A branch edge (block, label), or a place: a block with the label PLACE."""

    block: int
    label: str = PLACE


@dataclass(frozen=True, slots=True)
class Constant:
    """An errno constant that can leave the function: name without minus sign."""

    errno: str
    node: Node
    form: str
    block: int
    ways: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose value can leave the function; ``definition`` is None for ``return f()``.

    ``wrapped`` tells that a pointer's errno is taken out of it by ``PTR_ERR()`` or its kin.
    """

    node: Node
    block: int
    definition: Definition | None
    uses: frozenset[int]
    wrapped: bool = False


@dataclass(slots=True)
class Sources:
    """Everything that can leave one function; ``opaque`` are values nothing is known of."""

    constants: list[Constant] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    opaque: list[Node] = field(default_factory=list)


class SourceFinder:
    """Finds the sources of functions, once each."""

    def __init__(self, apis: KernelApis) -> None:
        self._apis = apis
        self._memo: dict[Function, Sources] = {}

    def of(self, function: Function) -> Sources:
        """The sources of the function's return value, in source order."""
        if function not in self._memo:
            self._memo[function] = _Finder(function, self._apis).run()
        return self._memo[function]

    def can_leave(self, function: Function, call: Call, errno: str) -> bool:
        """Whether ``-errno`` (or POSITIVE) from ``call`` can reach the function's return."""
        if call.definition is None:
            return True
        return bool(ways_out(function, call.definition, call.uses, errno, self._apis))

    def calls_of(self, function: Function, key: str, block: int) -> tuple[Call, ...]:
        """The calls whose value a variable may hold in ``block``, as if it were returned."""
        calls: list[Call] = []
        for definition in function.flow.reaching(key, block):
            if definition.how == "assign" and definition.value is not None:
                uses = frozenset({block})
                calls.extend(
                    Call(leaf, definition.block, definition, uses)
                    for leaf, _ in leaves(definition.value, self._apis)
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
    def __init__(self, function: Function, apis: KernelApis) -> None:
        self._function = function
        self._apis = apis
        self._uses: dict[int, set[int]] = {}
        self._pending: list[Definition] = []
        self._unwrapped: set[int] = set()
        self._found = Sources()

    def run(self) -> Sources:
        for block in self._function.graph.blocks:
            if block.kind is Kind.RETURN and block.expression is not None:
                self._value(block.expression, block, None)
        followed: dict[int, Definition] = {}
        while self._pending:
            definition = self._pending.pop()
            followed[definition.index] = definition
            block = self._function.graph.blocks[definition.block]
            if definition.how == "assign" and definition.value is not None:
                self._copies(definition.value, block, definition.index in self._unwrapped)
            elif definition.how == "out" and definition.value is not None:
                self._found.opaque.append(definition.value)
        for definition in followed.values():
            if definition.how == "assign" and definition.value is not None:
                block = self._function.graph.blocks[definition.block]
                self._value(definition.value, block, definition)
        self._found.constants.sort(key=lambda constant: constant.node.start_byte)
        self._found.calls.sort(key=lambda call: call.node.start_byte)
        return self._found

    def _follow(self, node: Node, block: int, wrapped: bool) -> None:
        key = key_of(node)
        if key is None:
            return
        for definition in self._function.flow.reaching(key, block, node.start_byte):
            again = wrapped and definition.index not in self._unwrapped
            if wrapped:
                self._unwrapped.add(definition.index)
            if definition.index not in self._uses or again:
                self._uses.setdefault(definition.index, set())
                self._pending.append(definition)
            self._uses[definition.index].add(block)

    def _copies(self, value: Node, block: Block, unwrapped: bool) -> None:
        for leaf, wrapped in leaves(value, self._apis):
            self._follow(leaf, block.index, wrapped or unwrapped)

    def _value(self, value: Node, block: Block, definition: Definition | None) -> None:
        """Record the leaves of a returned (``definition`` None) or assigned value."""
        unwrapped = definition is not None and definition.index in self._unwrapped
        for leaf, wrapped in leaves(value, self._apis):
            errno = errno_constant(leaf)
            uses = frozenset(self._uses.get(definition.index, ())) if definition else frozenset()
            if errno is not None:
                self._constant(errno, leaf, wrapped, block, definition, uses)
            elif leaf.type == "call_expression":
                self._found.calls.append(
                    Call(leaf, block.index, definition, uses, wrapped or unwrapped)
                )
            elif definition is None and key_of(leaf) is not None:
                self._follow(leaf, block.index, wrapped)
            elif definition is None and leaf.type != "number_literal":
                self._found.opaque.append(leaf)

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
        elif block.expression is not None and _is_arm(leaf):
            form = "conditional"
        if ways:
            self._found.constants.append(Constant(errno, leaf, form, block.index, ways))


def _is_arm(leaf: Node) -> bool:
    node = leaf.parent
    while node is not None and node.type == "parenthesized_expression":
        node = node.parent
    return node is not None and node.type == "conditional_expression"


def ways_out(
    function: Function,
    definition: Definition,
    uses: frozenset[int],
    errno: str,
    apis: KernelApis,
) -> tuple[WayOut, ...]:
    """The ways by which ``-errno``, just defined, reaches one of the blocks ``uses``.

    Edges whose condition is decided by the known value are not followed the other way.
    () when the value cannot get there.
    """
    blocks = function.graph.blocks
    region: dict[int, list[tuple[int, str]]] = {}
    escapes: set[int] = set()
    pending = [definition.block]
    while pending:
        index = pending.pop()
        if index in region:
            continue
        block = blocks[index]
        start = index == definition.block
        if not start and index in uses:
            region[index] = []
            continue
        redefined = any(d.strong for d in function.flow.defines(index, definition.key))
        if (redefined and not start) or index == 1:
            region[index] = []
            escapes.add(index)
            continue
        region[index] = feasible(block, definition.key, errno, apis)
        pending.extend(target for target, _ in region[index])
    arriving = _backwards(region, {index for index in region if index in uses})
    if definition.block not in arriving:
        return ()
    escaping = _backwards(region, escapes)
    if definition.block not in escaping:
        return (WayOut(definition.block),)
    return tuple(
        WayOut(index, label)
        for index in sorted(region)
        for target, label in region[index]
        if index in escaping and index in arriving and target in arriving and target not in escaping
    )


def _backwards(region: dict[int, list[tuple[int, str]]], start: set[int]) -> set[int]:
    """The blocks of the region from which one of ``start`` can be reached."""
    sources: dict[int, list[int]] = {}
    for index, edges in region.items():
        for target, _ in edges:
            sources.setdefault(target, []).append(index)
    seen = set(start)
    pending = list(start)
    while pending:
        for source in sources.get(pending.pop(), ()):
            if source not in seen:
                seen.add(source)
                pending.append(source)
    return seen


def feasible(block: Block, key: str, errno: str, apis: KernelApis) -> list[tuple[int, str]]:
    """The edges that may be taken out of a block while ``key`` holds ``-errno``."""
    if block.kind is not Kind.CONDITION or block.expression is None:
        return block.edges
    known = decide(block.expression, key, errno, apis)
    if known is None:
        return block.edges
    wanted = "true" if known else "false"
    return [edge for edge in block.edges if edge[1] == wanted]


def decide(node: Node, key: str, errno: str, apis: KernelApis) -> bool | None:
    """The truth of a condition while ``key`` holds ``-errno``; None when it depends.

    ``errno`` may be POSITIVE.
    """
    node = strip(node, apis.transparent)
    if key_of(node) == key:
        return True
    if node.type == "assignment_expression":
        return None
    if node.type == "unary_expression" and text_of(node).startswith("!"):
        argument = node.child_by_field_name("argument")
        inner = decide(argument, key, errno, apis) if argument is not None else None
        return None if inner is None else not inner
    if node.type == "call_expression" and call_name(node) in apis.pointer_errors:
        arguments = call_arguments(node)
        known = errno != POSITIVE and bool(arguments) and key_of(arguments[0]) == key
        return True if known else None
    if node.type == "binary_expression":
        return _decide_binary(node, key, errno, apis)
    return None


def _decide_binary(node: Node, key: str, errno: str, apis: KernelApis) -> bool | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text_of(node.child_by_field_name("operator"))
    if left is None or right is None:
        return None
    if operator in ("&&", "||"):
        values = (decide(left, key, errno, apis), decide(right, key, errno, apis))
        absorbing = operator == "||"
        if absorbing in values:
            return absorbing
        return None if None in values else not absorbing
    left, right = _unwrapped(left, apis), _unwrapped(right, apis)
    if key_of(right) == key:
        left, right = right, left
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if key_of(left) != key:
        return None
    constant = errno_constant(right)
    if constant is not None and operator in ("==", "!="):
        return (constant == errno) == (operator == "==")
    if text_of(right) in ("0", "NULL"):
        return operator in ((">", ">=", "!=") if errno == POSITIVE else ("<", "<=", "!="))
    return None


def _unwrapped(node: Node, apis: KernelApis) -> Node:
    node = strip(node, apis.transparent)
    if node.type == "call_expression" and call_name(node) in apis.errno_wrappers:
        arguments = call_arguments(node)
        return strip(arguments[0]) if arguments else node
    return node
