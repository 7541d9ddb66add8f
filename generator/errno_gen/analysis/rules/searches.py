# SPDX-License-Identifier: GPL-2.0-only
"""Searches that a driver makes itself: a loop over elements of hardware for one that is free.

An element is free while what says that it is taken is not set. Such a thing is set and cleared
by the driver, or it is a pointer to a domain. A loop that looks for the device's own entry
compares something instead, and one that finds nothing there says that the device has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of
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
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.guards import Atom, Level, chains, is_loop, level_alternatives
from errno_gen.analysis.origins.hardware import counted_members
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.roots import Context, on_device
from errno_gen.analysis.rules.facts import Test, maybe_on_domain, of_domain

_NOTHING = ("0", "NULL", "false")
_MISSING = (Test.ZERO, Test.NEGATIVE)


class Searches:
    """Answers for the loops of one driver."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._origins = index.origins
        self._domain_types = index.domain_types
        self._counted: Collection[str] | None = None

    def failed(self, test: Test, values: Sequence[Node], block: int, context: Context) -> str:
        """What an element would have had to lack, where a test says that none lacks it; else ""."""
        for value in values:
            node = strip(value)
            if node.type != "identifier" or text_of(node) not in context.function.locals:
                continue
            reaching = context.function.flow.reaching(text_of(node), block, node.start_byte)
            if test in _MISSING or (test is Test.COMPARE and len(values) == 2):
                found = self._kept(reaching, context) if test in _MISSING else ""
                found = found or self._counted_through(test, reaching, block, context)
                if found:
                    return found
        return ""

    def _kept(self, reaching: Sequence[Definition], context: Context) -> str:
        """The same for a variable that is nothing at first, and set in a loop to what is free."""
        none = [d for d in reaching if d.how == "assign" and d.value and _is_none(d.value)]
        found = [definition for definition in reaching if definition not in none]
        if not none or any(definition.how != "assign" for definition in found):
            return ""
        lacks = {self._lacks(definition.block, context) for definition in found}
        return lacks.pop() if len(lacks) == 1 else ""

    def _counted_through(
        self, test: Test, reaching: Sequence[Definition], block: int, context: Context
    ) -> str:
        """The same for a counter that got to the end of its loop, which is left at what is free."""
        function = context.function
        counts = [d for d in reaching if d.how == "update" and d.value is None]
        if test is not Test.COMPARE or not counts:
            return ""
        loop = _loop_around(function, counts[0].block)
        if loop is None or (loop.block != block and _loop_around(function, block) == loop):
            return ""
        breaks: list[str] = []
        for inner in function.graph.blocks:
            kind = inner.syntax.type if inner.syntax is not None else ""
            leaves = kind == "break_statement" or inner.kind is Kind.RETURN
            if leaves and _loop_around(function, inner.index) == loop:
                lacks = self._lacks(inner.index, context)
                if kind == "break_statement" and not lacks:
                    return ""
                breaks.append(lacks)
        told = {lacks for lacks in breaks if lacks}
        return told.pop() if len(told) == 1 else ""

    def _lacks(self, block: int, context: Context) -> str:
        """What an element of hardware lacks where a block inside a loop runs, else ""."""
        found = ""
        for level in _inside(context.function, block):
            for atoms in level_alternatives(context.function, level, self._program.apis):
                if any(_is_equality(atom) for atom in atoms):
                    return ""
                for atom in atoms:
                    taken = _lacking(atom)
                    if taken is not None and self._is_free(taken, level.block, context):
                        found = found or condensed(taken)
        return found

    def _is_free(self, taken: Node, block: int, context: Context) -> bool:
        """Whether a value of hardware's tells, while it is not set, that an element is free."""
        origin = self._origins.of(taken, block, context)
        mine = of_domain(origin) or maybe_on_domain(origin)
        return on_device(origin) and not mine and self._is_occupancy(taken, context.function)

    def _is_occupancy(self, node: Node, function: Function) -> bool:
        """Whether a value is set and cleared by the driver, counts users or points to a domain."""
        if node.type == "call_expression":
            members = {_member(argument) for argument in call_arguments(node)[1:2]}
            return self._origins.asks(call_name(node), function) and any(
                {_member(argument) for argument in call_arguments(call)[1:2]} == members
                and not self._origins.idle(call_name(call), each)
                for each in self._program.functions()
                for call in each.calls
            )
        kind = self._program.type_of(node, function)
        if kind is not None and kind.pointers == 1 and kind.name in self._domain_types:
            return True
        if self._counted is None:
            self._counted = counted_members(self._program)
        member = _member(node)
        given = {text_of(strip(value)) in _NOTHING for value in self._given(node, member)}
        return member in self._counted or given == {True, False}

    def _given(self, node: Node, member: str) -> Iterator[Node]:
        """What the driver gives to a member, or to elements of an array that is called so."""
        if node.type == "field_expression":
            yield from self._program.assigned(member)
        for function in self._program.functions() if node.type == "subscript_expression" else ():
            for each in walk(function.node):
                left, right = each.child_by_field_name("left"), each.child_by_field_name("right")
                if each.type != "assignment_expression" or left is None or right is None:
                    continue
                if left.type == "subscript_expression" and _member(left) == member:
                    yield right


def _inside(function: Function, block: int) -> list[Level]:
    """The levels around a block up to the loop that it is in; [] where it is in none."""
    found: list[Level] = []
    for level in next(iter(chains(function, WayOut(block))), ()):
        if is_loop(function.graph.blocks[level.block]):
            return found if level.label == "true" else []
        found.append(level)
    return []


def _loop_around(function: Function, block: int) -> Level | None:
    """The edge into the innermost loop that a block is in."""
    for level in next(iter(chains(function, WayOut(block))), ()):
        if is_loop(function.graph.blocks[level.block]) and level.label == "true":
            return Level(level.block, level.label, True)
    return None


def _is_none(value: Node) -> bool:
    """Whether a variable is set to what stands for nothing: NULL, 0, -1, an errno."""
    text = text_of(strip(value))
    negative = text.startswith("-") and text[1:].isdigit()
    return text in _NOTHING or negative or errno_constant(value) is not None


def _is_equality(atom: Atom) -> bool:
    """Whether an atom asks for an element that has just what is looked for."""
    operator = text_of(atom.node.child_by_field_name("operator"))
    sides = [atom.node.child_by_field_name(name) for name in ("left", "right")]
    nothing = any(side is not None and text_of(strip(side)) in _NOTHING for side in sides)
    return operator in ("==", "!=") and (operator == "==") == atom.truth and not nothing


def _lacking(atom: Atom) -> Node | None:
    """The value that an atom says is not set, else None."""
    node = strip(atom.node)
    truth = atom.truth
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator in ("==", "!=") and left is not None and right is not None:
        if text_of(strip(right)) not in _NOTHING:
            return None
        node, truth = strip(left), truth == (operator == "!=")
    element = ("field_expression", "subscript_expression", "call_expression")
    return node if not truth and node.type in element else None


def _member(node: Node) -> str:
    """The name of the member or array that a value stands in."""
    node = strip(node)
    while node.type in ("subscript_expression", "pointer_expression"):
        node = strip(node.named_children[0])
    return text_of(node.child_by_field_name("field")) or key_of(node) or ""
