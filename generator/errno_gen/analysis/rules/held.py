# SPDX-License-Identifier: GPL-2.0-only
"""Whether a value that is tested tells that something is taken on the device's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.text.syntax import Node, condensed, strip, text_of
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.roots import Context, Root, RootKind, has
from errno_gen.analysis.rules.facts import Operand, Test

_NUMBERS = frozenset(
    ("int", "unsigned", "unsigned int", "long", "unsigned long", "size_t", "u8", "u16", "u32")
)


class Held:
    """Answers for the operands of one driver's conditions."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._origins = index.origins
        self._domain_types = index.domain_types
        self._lifetimes = index.lifetimes

    def shown(
        self, operand: Operand, test: Test, values: Sequence[Node], block: int, context: Context
    ) -> Operand:
        """The operand, with the sign that something is taken where its test asks for that."""
        if has(operand.origin, RootKind.HELD):
            asked = self._asks(test, values, block, context)
            return operand if asked else replace(operand, origin=_free(operand))
        if has(operand.origin, RootKind.DOMAIN) or not has(operand.origin, RootKind.DEVICE):
            return operand
        if context.function.graph.blocks[block].kind is Kind.SWITCH:
            return operand
        value = strip(values[0])
        if not _is_positive(test, values) or not self._is_taken(value, context):
            return operand
        sign = Root(RootKind.HELD, condensed(value), True)
        return replace(operand, origin=operand.origin | {sign})

    def _asks(self, test: Test, values: Sequence[Node], block: int, context: Context) -> bool:
        """Whether the answer of a helper that is refused is the one that something is taken."""
        value = strip(values[0], self._program.apis.transparent)
        if test not in (Test.ZERO, Test.NONZERO) or value.type != "call_expression":
            return True
        callees = self._program.callees(value, context.function, block)
        if len(callees) != 1 or callees[0].macro:
            return True
        inside = self._origins.enter(value, callees[0], block, context)
        return has(self._origins.of_return(inside, test is Test.NONZERO), RootKind.HELD)

    def _is_taken(self, value: Node, context: Context) -> bool:
        """Whether a member of the hardware is filled by the attach path, or by nobody we know."""
        base = value.child_by_field_name("argument")
        if value.type != "field_expression" or base is None:
            return False
        owner = self._program.type_of(base, context.function)
        if owner is None or owner.name in self._domain_types:
            return False
        member = text_of(value.child_by_field_name("field"))
        kind = self._program.fields(owner.name).get(member)
        if kind is None:
            return False
        if self._lifetimes.filled_by_attach(owner.name, member):
            return True
        number = kind.name in _NUMBERS and not kind.pointers
        known = self._program.assigned(member) or self._lifetimes.stores(owner.name, member)
        return number and not known


def _free(operand: Operand) -> frozenset[Root]:
    return frozenset(root for root in operand.origin if root.kind is not RootKind.HELD)


def _is_positive(test: Test, values: Sequence[Node]) -> bool:
    """Whether a test holds where a value is there, or where a number is above 0."""
    if test is Test.NONZERO:
        return len(values) == 1
    return test is Test.COMPARE and len(values) == 2 and text_of(strip(values[1])) == "0"
