# SPDX-License-Identifier: GPL-2.0-only
"""Tests that every domain passes which was allocated and is not attached yet."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.c.text.syntax import Node, strip, text_of
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.lifetimes import constant_of, number_of
from errno_gen.analysis.origins.roots import Context
from errno_gen.analysis.rules.facts import Test


class Untouched:
    """Answers for the members of one driver's structs that are a domain."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._domain_types = index.domain_types
        self._lifetimes = index.lifetimes

    def passes(
        self, test: Test, values: Sequence[Node], context: Context, *, equal: bool | None
    ) -> bool:
        """Whether a test of a member holds for what the member is before any attach.

        ``equal`` tells == from != where one value is compared with another, None for < and >.
        """
        for value in map(strip, values):
            struct, member = self._member(value, context)
            first = self._lifetimes.fresh(struct, member) if struct else ""
            others = [constant_of(each, self._program) for each in values if strip(each) != value]
            if first and _holds(first, test, others, equal):
                return True
        return False

    def asked_for(self, value: Node, context: Context) -> bool:
        """Whether a value is a member of a domain that others than the attach path decide."""
        struct, member = self._member(strip(value), context)
        return bool(struct) and self._lifetimes.asked_for(struct, member)

    def _member(self, value: Node, context: Context) -> tuple[str, str]:
        """(struct, member) of a value that is read of a struct that is a domain, else ("", "")."""
        base = value.child_by_field_name("argument")
        if value.type != "field_expression" or base is None:
            return "", ""
        kind = self._program.type_of(base, context.function)
        if kind is None or kind.name not in self._domain_types:
            return "", ""
        return kind.name, text_of(value.child_by_field_name("field"))


def _holds(first: str, test: Test, others: Sequence[str], equal: bool | None) -> bool:
    """Whether the constant that a member holds first passes a test."""
    number = number_of(first)
    if test is Test.COMPARE and len(others) == 1 and equal is not None:
        return bool(others[0]) and (others[0] == first) == equal
    if number is None:
        return False
    return {
        Test.ZERO: number == 0,
        Test.NONZERO: number != 0,
        Test.NEGATIVE: number < 0,
        Test.NOT_POSITIVE: number <= 0,
    }.get(test, False)
