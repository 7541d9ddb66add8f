# SPDX-License-Identifier: GPL-2.0-only
"""How a value leaves a function once it is defined: ways out, and conditions it decides."""

from __future__ import annotations

from dataclasses import dataclass

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    strip,
    text_of,
)
from errno_gen.analysis.flow.numbers import literal_errno
from errno_gen.model import UNKNOWN_ERRNO

PLACE = ""
POSITIVE = "+"
ZERO = "0"
"""A number above 0, and 0, where the name of an errno is expected."""

_TRUE_OF = {POSITIVE: (">", ">=", "!="), ZERO: ("==", ">=", "<=")}
"""The comparisons with 0 that hold for them."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A branch edge (block, label), or a place: a block with the label PLACE."""

    block: int
    label: str = PLACE


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

    ``errno`` may be POSITIVE or ZERO.
    """
    node = strip(node, apis.transparent)
    if key_of(node) == key:
        return errno != ZERO
    if node.type == "assignment_expression":
        return None
    if node.type == "unary_expression" and text_of(node).startswith("!"):
        argument = node.child_by_field_name("argument")
        inner = decide(argument, key, errno, apis) if argument is not None else None
        return None if inner is None else not inner
    if node.type == "call_expression" and call_name(node) in apis.pointer_errors:
        arguments = call_arguments(node)
        known = errno not in (POSITIVE, ZERO) and arguments and key_of(arguments[0]) == key
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
    constant = errno_constant(right, apis.errno_names) or literal_errno(right)
    if constant is not None and operator in ("==", "!="):
        return None if errno == UNKNOWN_ERRNO else (constant == errno) == (operator == "==")
    if text_of(right) in ("0", "NULL"):
        return operator in _TRUE_OF.get(errno, ("<", "<=", "!="))
    return None


def _unwrapped(node: Node, apis: KernelApis) -> Node:
    node = strip(node, apis.transparent)
    if node.type == "call_expression" and call_name(node) in apis.errno_wrappers:
        arguments = call_arguments(node)
        return strip(arguments[0]) if arguments else node
    return node


def mixes(definition: Definition) -> bool:
    """Whether an update is ``|=`` or its like; with ``+=`` one counts."""
    node = definition.value.parent if definition.value is not None else None
    operator = node.child_by_field_name("operator") if node is not None else None
    return text_of(operator) in ("|=", "&=", "^=")


def is_arm(leaf: Node) -> bool:
    """Whether an expression is an arm of ``?:``."""
    node = leaf.parent
    while node is not None and node.type == "parenthesized_expression":
        node = node.parent
    return node is not None and node.type == "conditional_expression"
