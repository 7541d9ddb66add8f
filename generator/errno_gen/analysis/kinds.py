# SPDX-License-Identifier: GPL-2.0-only
"""What kind of value a function returns: an errno summary of the driver's own functions.

A value may pass as an errno only if its kind is ERRNO: negative constants, 0 and the
values of functions that are ERRNO themselves. Recursion is the least fixpoint: a call of
a function that is being judged adds nothing.
"""

from __future__ import annotations

from enum import StrEnum

from errno_gen.analysis.cfg import Kind
from errno_gen.analysis.dataflow import key_of
from errno_gen.analysis.program import Function, Program
from errno_gen.analysis.sites import SourceFinder, leaves
from errno_gen.analysis.syntax import Node, errno_constant, text_of

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_SIGNED = frozenset({"int", "long", "ssize_t", "s32", "s64", "signed"})


class ValueKind(StrEnum):
    """ERRNO: 0 or negative errnos; OPEN: nothing can be said; the rest is no errno."""

    ERRNO = "errno"
    POINTER = "pointer"
    BOOL = "bool"
    CODE = "code"
    OPEN = "open"


class Kinds:
    """Judges functions of one program, once each."""

    def __init__(self, program: Program, finder: SourceFinder) -> None:
        self._program = program
        self._finder = finder
        self._memo: dict[Function, ValueKind | None] = {}

    def of(self, function: Function) -> ValueKind | None:
        """The kind; None while the function is being judged (recursion)."""
        if function not in self._memo:
            self._memo[function] = None
            self._memo[function] = self._judge(function)
        return self._memo[function]

    def _judge(self, function: Function) -> ValueKind:
        if function.macro:
            return ValueKind.OPEN
        if function.returns.pointers:
            return ValueKind.POINTER
        if function.returns.name == "bool":
            return ValueKind.BOOL
        if function.returns.name not in _SIGNED:
            return ValueKind.CODE
        found: set[ValueKind] = set()
        sources = self._finder.of(function)
        if sources.constants:
            found.add(ValueKind.ERRNO)
        for call in sources.calls:
            callees = self._program.callees(call.node, function, call.block)
            kinds = [self.of(callee) for callee in callees]
            found.update(kind for kind in kinds if kind is not None)
            if not callees:
                found.add(ValueKind.OPEN)
        found.update(self._others(function))
        for kind in (ValueKind.CODE, ValueKind.POINTER, ValueKind.OPEN, ValueKind.BOOL):
            if kind in found:
                return kind
        return ValueKind.ERRNO if found else ValueKind.CODE

    def _others(self, function: Function) -> set[ValueKind]:
        """Kinds of the returned values that are neither errno constants nor calls."""
        found: set[ValueKind] = set()
        apis = self._program.apis
        for block in function.graph.blocks:
            if block.kind is not Kind.RETURN or block.expression is None:
                continue
            for leaf, _ in leaves(block.expression, apis):
                key = key_of(leaf)
                if key is None:
                    found |= _literal(leaf)
                    continue
                for definition in function.flow.reaching(key, block.index, leaf.start_byte):
                    if definition.how == "entry":
                        continue
                    if definition.how != "assign" or definition.value is None:
                        found.add(ValueKind.OPEN)
                        continue
                    for inner, _ in leaves(definition.value, apis):
                        found |= _literal(inner)
        return found


def _literal(node: Node) -> set[ValueKind]:
    """What a leaf says by itself; calls and errno constants are judged elsewhere."""
    if errno_constant(node) is not None or node.type == "call_expression":
        return set()
    text = text_of(node)
    if node.type == "number_literal":
        return set() if text in ("0", "0L") else {ValueKind.CODE}
    if node.type == "binary_expression":
        comparison = text_of(node.child_by_field_name("operator")) in _COMPARISONS
        return {ValueKind.BOOL if comparison else ValueKind.CODE}
    if node.type == "unary_expression":
        return {ValueKind.BOOL if text.startswith("!") else ValueKind.CODE}
    if node.type in ("true", "false"):
        return {ValueKind.BOOL}
    if node.type == "null":
        return {ValueKind.POINTER}
    return {ValueKind.OPEN}
