# SPDX-License-Identifier: GPL-2.0-only
"""Guards: the conditions that a way out is control dependent on, and their halves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.flow.escape import PLACE, WayOut
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
    """A condition without ``&&``, ``||`` and ``!`` around it, and the truth it must have.

    ``asserted`` tells that it stands in a ``WARN_ON()``: it is never meant to hold.
    """

    node: Node
    truth: bool
    asserted: bool = False


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
    if block.macro is not None:
        return block.syntax
    if block.kind in (Kind.CONDITION, Kind.SWITCH) or block.target is not None:
        return block.expression
    return block.expression or block.syntax


def arm_of(block: Block, label: str) -> Node | None:
    """The statement (or expression) that a branch edge leads into; None where there is none."""
    syntax = block.syntax
    if syntax is None:
        return None
    if block.macro is not None:
        return syntax if label in block.arms else None
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


def alternatives(
    condition: Node, truth: bool, apis: KernelApis, asserted: bool = False
) -> list[list[Atom]]:
    """The ways to make a condition true (or false), each a conjunction of atoms."""
    node = strip(condition, apis.transparent - apis.assertions)
    if node.type == "call_expression" and call_name(node) in apis.assertions:
        arguments = call_arguments(node)
        return alternatives(arguments[0], truth, apis, True) if arguments else []
    if node.type == "unary_expression" and text_of(node).startswith("!"):
        argument = node.child_by_field_name("argument")
        return alternatives(argument, not truth, apis, asserted) if argument is not None else []
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "binary_expression" or operator not in ("&&", "||") or not (left and right):
        return [[Atom(node, truth, asserted)]]
    one = alternatives(left, truth, apis, asserted)
    two = alternatives(right, truth, apis, asserted)
    if (operator == "||") == truth:
        return [*one, *two]
    product = [[*a, *b] for a in one for b in two]
    return product if len(product) <= _MAX_ALTERNATIVES else [[Atom(node, truth, asserted)]]


def level_alternatives(function: Function, level: Level, apis: KernelApis) -> list[list[Atom]]:
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
    return alternatives(block.expression, level.label == "true", apis)


def excludes(function: Function, level: Level, place: int) -> bool:
    """Whether no other arm of a branch leads to the block ``place``."""
    return place not in _others_reach(function, level.block, level.label)


@lru_cache(maxsize=4096)
def _others_reach(function: Function, branch: int, label: str) -> frozenset[int]:
    """The blocks to which the other arms of a branch lead, without coming back to it."""
    blocks = function.graph.blocks
    pending = [target for target, other in blocks[branch].edges if other != label]
    seen = {branch, *pending}
    reached = set(pending)
    while pending:
        following = [target for target, _ in blocks[pending.pop()].edges if target not in seen]
        seen.update(following)
        reached.update(following)
        pending.extend(following)
    return frozenset(reached)


def describe(function: Function, level: Level) -> Guard:
    """The level as evidence: its text, the arm, and where it stands."""
    block = function.graph.blocks[level.block]
    node = block.expression or block.syntax
    text = condensed(node)
    if block.kind is Kind.SWITCH:
        text = f"switch ({text}) {level.label}"
    line = function.line_of(node) if node is not None else function.line
    return Guard(text, level.label != "false", function.path, line)


def sibling_fails(function: Function, level: Level) -> bool:
    """Whether the arm that is not taken leaves with an error of its own.

    Then the level says only that an earlier check passed, nothing of what comes later. Of a
    switch all other cases do: where one ends well, the others are answers like this one.
    """
    others = {
        label
        for dependences in function.dependence
        for block, label in dependences
        if block == level.block and label != level.label
    }
    if function.graph.blocks[level.block].kind is Kind.SWITCH:
        return bool(others) and all(_arm_fails(function, level, {label}) for label in others)
    return _arm_fails(function, level, others)


def _arm_fails(function: Function, level: Level, labels: set[str]) -> bool:
    arm = [
        block
        for block in function.graph.blocks
        if any(b == level.block and each in labels for b, each in function.dependence[block.index])
    ]
    if any(_makes_errno(block) for block in arm):
        return True
    leaving = [block for block in arm if _leaves(block)]
    return any(_carries_error(function, block, level.block, arm) for block in leaving)


def sibling_always_fails(function: Function, level: Level) -> bool:
    """Whether every way through the other arms of a branch returns an errno constant.

    Then the branch only picks the errno; that there is one was decided further out.
    """
    blocks = function.graph.blocks
    keys = _returned_keys(function)
    pending = [(t, False) for t, label in blocks[level.block].edges if label != level.label]
    seen = set(pending)
    if not pending:
        return False
    while pending:
        index, failed = pending.pop()
        block = blocks[index]
        if block.kind is Kind.EXIT:
            return False
        if block.kind is Kind.RETURN:
            if block.expression is None:
                return False
            if not (errno_constant(block.expression) or (failed and key_of(block.expression))):
                return False
            continue
        for key in keys:
            for definition in function.flow.defines(index, key):
                value = definition.value
                failed = value is not None and errno_constant(value) is not None
        for target, _ in block.edges:
            if (target, failed) not in seen:
                seen.add((target, failed))
                pending.append((target, failed))
    return True


def _returned_keys(function: Function) -> set[str]:
    found = {
        key_of(block.expression)
        for block in function.graph.blocks
        if block.kind is Kind.RETURN and block.expression is not None
    }
    return {key for key in found if key is not None}


def _makes_errno(block: Block) -> bool:
    root = block.expression or block.syntax
    if root is None or block.kind not in (Kind.RETURN, Kind.STATEMENT):
        return False
    return any(errno_constant(node) is not None for node in walk(root))


def _leaves(block: Block) -> bool:
    return block.jumps or block.kind is Kind.RETURN


def _carries_error(function: Function, leaving: Block, branch: int, arm: list[Block]) -> bool:
    """Whether a ``goto`` or ``return`` may carry something else than 0 or true out.

    A variable counts with what it holds at the branch and what the arm makes of it: the
    ``return`` itself may be shared with ways that have nothing to do with the branch.
    """
    if leaving.kind is Kind.RETURN and leaving.expression is not None:
        value = strip(leaving.expression)
        if key_of(value) is None:
            return text_of(value) not in ("0", "true", "1")
    return any(
        definition.value is None or text_of(strip(definition.value)) != "0"
        for key in _returned_keys(function)
        for definition in (
            *function.flow.reaching(key, branch),
            *(d for block in arm for d in function.flow.defines(block.index, key)),
        )
        if definition.how != "entry"
    )
