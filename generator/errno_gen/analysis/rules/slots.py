# SPDX-License-Identifier: GPL-2.0-only
"""Loops of a driver's own that look for a free place among those of the hardware."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from errno_gen.analysis.c.graph.dataflow import Definition
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    condensed,
    errno_constant,
    identifiers,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.flow.guards import alternatives
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.roots import Context, RootKind, has, on_device

_LOOPS = ("for_statement", "while_statement", "do_statement")
_LEAVING = ("break_statement", "return_statement", "goto_statement")
_NOTHING = ("0", "NULL", "false")


class Slots:
    """Answers for the conditions of one driver."""

    def __init__(self, index: Index) -> None:
        self._apis = index.program.apis
        self._origins = index.origins

    def searched(self, values: Sequence[Node], block: int, context: Context) -> str:
        """The text of the places among which a loop looked for a free one, "" if none did.

        One of the values is what the loop counts, so that the comparison tells whether it
        went through all of them. They are the hardware's, and no state of the domain is read.
        """
        for value in map(strip, values):
            if value.type != "identifier":
                continue
            reaching = context.function.flow.reaching(text_of(value), block, value.start_byte)
            counting = [d for d in reaching if d.how == "update"]
            for place in self._places(context.function, text_of(value), counting):
                found = self._origins.of(place, block, context)
                if on_device(found) and not has(found, RootKind.DOMAIN):
                    return condensed(place)
        return ""

    def _places(
        self, function: Function, counter: str, counting: Sequence[Definition]
    ) -> Iterator[Node]:
        """What loops that count a variable test for being free, to leave or to go on.

        ``counting`` are the definitions by which it is counted.
        """
        starts = [place for d in counting if (place := _place(function, d)) is not None]
        for loop in walk(function.node):
            inside = any(loop.start_byte <= start < loop.end_byte for start in starts)
            if loop.type not in _LOOPS or not inside:
                continue
            condition = loop.child_by_field_name("condition")
            if condition is not None:
                yield from self._tested(condition, counter, function, taken=True)
            body = loop.child_by_field_name("body")
            for inner in walk(body) if body is not None else ():
                test = inner.child_by_field_name("condition")
                arm = inner.child_by_field_name("consequence")
                if inner.type != "if_statement" or test is None or arm is None:
                    continue
                if _leaves(arm):
                    yield from self._tested(test, counter, function, taken=False)
                elif any(n.type == "continue_statement" for n in walk(arm)) and _leaves(body):
                    yield from self._tested(test, counter, function, taken=True)

    def _tested(
        self, condition: Node, counter: str, function: Function, *, taken: bool
    ) -> Iterator[Node]:
        """The places that a condition says are taken, or free."""
        for atoms in alternatives(condition, True, self._apis):
            for atom in atoms:
                node, truth = strip(atom.node), atom.truth
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                operator = text_of(node.child_by_field_name("operator"))
                if left is not None and right is not None and operator in ("==", "!="):
                    if text_of(strip(right)) not in _NOTHING:
                        continue
                    node, truth = strip(left), truth == (operator == "!=")
                if truth is taken and self._is_place(node, counter, function):
                    yield node

    def _is_place(self, node: Node, counter: str, function: Function) -> bool:
        """Whether an expression is the element, or the bit, of that number."""
        if node.type == "call_expression":
            inner = call_arguments(node)
            asks = self._origins.asks(text_of(node.child_by_field_name("function")), function)
            return asks and any(text_of(strip(each)) == counter for each in inner)
        bits = text_of(node.child_by_field_name("operator")) == "&"
        named = any(text_of(each) == counter for each in identifiers(node))
        element = node.type in ("subscript_expression", "field_expression") and any(
            each.type == "subscript_expression" for each in walk(node)
        )
        return named and (element or bits)


def _place(function: Function, definition: Definition) -> int | None:
    """Where the statement starts that a definition stands in."""
    block = function.graph.blocks[definition.block]
    node = block.expression or block.syntax
    return node.start_byte if node is not None else None


def _leaves(node: Node | None) -> bool:
    """Whether a statement leaves the loop that it stands in, and without an errno."""
    return (
        node is not None
        and any(inner.type in _LEAVING for inner in walk(node))
        and not any(errno_constant(inner) for inner in walk(node))
    )
