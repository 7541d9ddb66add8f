# SPDX-License-Identifier: GPL-2.0-only
"""Guards: the conditions that a way out is control dependent on, and their halves."""

from __future__ import annotations

from dataclasses import dataclass

from errno_gen.analysis.cfg import Block, Kind
from errno_gen.analysis.dataflow import key_of
from errno_gen.analysis.program import Function
from errno_gen.analysis.sites import PLACE, WayOut
from errno_gen.analysis.syntax import (
    Node,
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.model import Guard

_MAX_ALTERNATIVES = 16


@dataclass(frozen=True, slots=True)
class Level:
    """A branch that must be taken: its block and the label of the edge.

    ``enclosing`` tells that the way out stands inside the branch's arm; otherwise it
    follows because the other arm left earlier.
    """

    block: int
    label: str
    enclosing: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition without ``&&``, ``||`` and ``!`` around it, and the truth it must have."""

    node: Node
    truth: bool


def chains(function: Function, way: WayOut) -> tuple[tuple[Level, ...], ...]:
    """The guards of a way out, each innermost first; several where several edges lead in.

    () when the way out is taken unconditionally.
    """
    if way.label != PLACE:
        first = Level(way.block, way.label, True)
        return ((first, *_outer(function, way.block, way.block)),)
    return tuple(
        (
            Level(block, label, _encloses(function, block, label, way.block)),
            *_outer(function, block, way.block),
        )
        for block, label in function.dependence[way.block]
    )


def _outer(function: Function, start: int, place: int) -> tuple[Level, ...]:
    """All edges that ``start`` is transitively dependent on, nearest first."""
    seen = {start}
    pending = [start]
    levels: list[Level] = []
    while pending:
        for block, label in function.dependence[pending.pop(0)]:
            if block not in seen:
                seen.add(block)
                pending.append(block)
                levels.append(Level(block, label, _encloses(function, block, label, place)))
    return tuple(levels)


def _encloses(function: Function, block: int, label: str, place: int) -> bool:
    arm = arm_of(function.graph.blocks[block], label)
    inner = _inner_node(function.graph.blocks[place])
    return (
        arm is not None
        and inner is not None
        and arm.start_byte <= inner.start_byte
        and inner.end_byte <= arm.end_byte
    )


def _inner_node(block: Block) -> Node | None:
    if block.kind in (Kind.CONDITION, Kind.SWITCH) or block.target is not None:
        return block.expression
    return block.expression or block.syntax


def arm_of(block: Block, label: str) -> Node | None:
    """The statement (or expression) that a branch edge leads into; None where there is none."""
    syntax = block.syntax
    if syntax is None:
        return None
    if syntax.type in ("if_statement", "conditional_expression"):
        name = "consequence" if label == "true" else "alternative"
        return syntax.child_by_field_name(name)
    if label == "false":
        return None
    return syntax.child_by_field_name("body")


def is_loop(block: Block) -> bool:
    """Whether the branch is the head of a loop."""
    kinds = ("while_statement", "for_statement", "do_statement", "expression_statement")
    return block.syntax is not None and block.syntax.type in kinds


def alternatives(condition: Node, truth: bool, apis: frozenset[str]) -> list[list[Atom]]:
    """The ways to make a condition true (or false), each a conjunction of atoms.

    ``apis`` are the transparent macros, such as ``likely``.
    """
    node = strip(condition, apis)
    if node.type == "unary_expression" and text_of(node).startswith("!"):
        argument = node.child_by_field_name("argument")
        return alternatives(argument, not truth, apis) if argument is not None else []
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "binary_expression" or operator not in ("&&", "||") or not (left and right):
        return [[Atom(node, truth)]]
    one, two = alternatives(left, truth, apis), alternatives(right, truth, apis)
    if (operator == "||") == truth:
        return [*one, *two]
    product = [[*a, *b] for a in one for b in two]
    return product if len(product) <= _MAX_ALTERNATIVES else [[Atom(node, truth)]]


def level_alternatives(
    function: Function, level: Level, transparent: frozenset[str]
) -> list[list[Atom]]:
    """The alternatives of one level; [] for a preprocessor branch or an endless loop."""
    block = function.graph.blocks[level.block]
    if block.expression is None:
        if block.syntax is not None and block.syntax.type == "expression_statement":
            return [[Atom(block.syntax, level.label == "true")]]
        return []
    if block.kind is Kind.SWITCH:
        return [[Atom(block.expression, True)]]
    if block.kind is not Kind.CONDITION:
        return []
    return alternatives(block.expression, level.label == "true", transparent)


def describe(function: Function, level: Level) -> Guard:
    """The level as evidence: its text, the arm, and where it stands."""
    block = function.graph.blocks[level.block]
    node = block.expression or block.syntax
    text = condensed(node)
    if block.kind is Kind.SWITCH:
        text = f"switch ({text}) {level.label}"
    line = node.start_point[0] + 1 if node is not None else function.line
    return Guard(text, level.label != "false", function.path, line)


def sibling_fails(function: Function, level: Level) -> bool:
    """Whether the arm that is not taken leaves with an error of its own.

    Then the level says only that an earlier check passed, nothing of what comes later.
    """
    blocks = function.graph.blocks
    for block in blocks:
        edges = function.dependence[block.index]
        if any(b == level.block and label != level.label for b, label in edges) and _fails(
            function, block
        ):
            return True
    return False


def _fails(function: Function, block: Block) -> bool:
    if block.kind is Kind.RETURN and block.expression is not None:
        value = strip(block.expression)
        if value.type == "call_expression":
            return call_name(value) in ("ERR_PTR", "PTR_ERR", "ERR_CAST")
        return text_of(value) not in ("0", "true", "1") and value.type != "null"
    if block.kind is Kind.STATEMENT and block.syntax is not None:
        if block.syntax.type == "goto_statement":
            return _leaves_with_error(function, block)
        root = block.expression or block.syntax
        return any(errno_constant(node) is not None for node in walk(root))
    return False


def _leaves_with_error(function: Function, goto: Block) -> bool:
    """Whether a returned variable may hold something else than 0 at a goto."""
    for block in function.graph.blocks:
        if block.kind is not Kind.RETURN or block.expression is None:
            continue
        key = key_of(block.expression)
        for definition in function.flow.reaching(key, goto.index) if key else ():
            value = definition.value
            if definition.how != "entry" and (value is None or text_of(strip(value)) != "0"):
                return True
    return False
