# SPDX-License-Identifier: GPL-2.0-only
"""What kind of value a function returns: an errno summary of the driver's own functions.

A value may pass as an errno only if its kind is ERRNO: negative constants, 0 and the
values of functions that are ERRNO themselves. Recursion is the least fixpoint: a call of
a function that is being judged adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import key_of
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, errno_constant, text_of
from errno_gen.analysis.flow.escape import POSITIVE
from errno_gen.analysis.flow.numbers import NUMBER
from errno_gen.analysis.flow.sites import SourceFinder, leaves
from errno_gen.analysis.flow.sources import Call, Constant

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
SIGNED = frozenset({"int", "long", "ssize_t", "s32", "s64", "signed"})


class ValueKind(StrEnum):
    """What a value is: ERRNO is 0 or a negative errno, COUNT that or a positive number.

    VALUE is a number from somewhere, CODE one that no errno is (-1, -2, ...); OPEN:
    nothing can be said. POINTER and BOOL are no errnos either.
    """

    ERRNO = "errno"
    COUNT = "count"
    POINTER = "pointer"
    BOOL = "bool"
    CODE = "code"
    VALUE = "value"
    OPEN = "open"


OutsideKind = Callable[[str, str], ValueKind | None]
"""Judges a function outside the driver: (name, path of the file that calls it)."""


class Kinds:
    """Judges functions of one program, once each."""

    def __init__(
        self, program: Program, finder: SourceFinder, outside: OutsideKind | None = None
    ) -> None:
        self._program = program
        self._finder = finder
        self._outside = outside
        self._memo: dict[Function, ValueKind | None] = {}

    def of(self, function: Function) -> ValueKind | None:
        """The kind; None while the function is being judged (recursion)."""
        if function not in self._memo:
            self._memo[function] = None
            self._memo[function] = self._judge(function)
        return self._memo[function]

    def of_call(self, call: Node, function: Function, block: int) -> ValueKind | None:
        """The kind of what a call returns; None where no body can be found."""
        callees = self._program.callees(call, function, block)
        if callees:
            known = {kind for callee in callees if (kind := self.of(callee)) is not None}
            return known.pop() if len(known) == 1 else ValueKind.OPEN if known else None
        names = self._program.called_names(call, function, block)
        if self._outside is None or not names:
            return None
        kinds = {self._outside(name, function.path) for name in names}
        return kinds.pop() if len(kinds) == 1 else ValueKind.OPEN

    def _judge(self, function: Function) -> ValueKind:
        fixed = by_type(function)
        if fixed is not None:
            return fixed
        found: set[ValueKind] = set()
        sources = self._finder.of(function)
        found |= {_kind_of(constant) for constant in sources.constants}
        for call in sources.calls:
            if call.access is not None:
                found |= self._handed(call, function)
                continue
            callees = self._program.callees(call.node, function, call.block)
            known = {kind for callee in callees if (kind := self.of(callee)) is not None}
            if not callees:
                known = {self.of_call(call.node, function, call.block) or ValueKind.OPEN}
            positive = self._finder.can_leave(function, call, POSITIVE)
            found |= handed_on(known, wrapped=call.wrapped, positive=positive)
        found |= literals(function, self._program.apis)
        return joined(found)

    def _handed(self, call: Call, function: Function) -> set[ValueKind]:
        """What a callee puts into a variable of its caller."""
        for callee in self._program.callees(call.node, function, call.block):
            key = call.key_in(callee)
            made = self._finder.of(callee, key).constants if key is not None else ()
            if made:
                return {_kind_of(constant) for constant in made}
        return set()


def _kind_of(constant: Constant) -> ValueKind:
    """The kind of what makes an errno: a number is a code, whatever errno has that number."""
    return ValueKind.CODE if constant.form == NUMBER else ValueKind.ERRNO


def joined(kinds: set[ValueKind]) -> ValueKind:
    """The kind of a value that may be of any of these kinds; only 0 when there are none.

    A function that makes errnos on some ways hands errnos on from calls that cannot be
    followed too: the kernel's coding style (chapter 16) allows one convention a function.
    """
    for kind in (ValueKind.CODE, ValueKind.POINTER):
        if kind in kinds:
            return kind
    if ValueKind.ERRNO in kinds or not kinds:
        positive = {ValueKind.COUNT, ValueKind.BOOL, ValueKind.VALUE} & kinds
        return ValueKind.COUNT if positive else ValueKind.ERRNO
    order = (ValueKind.OPEN, ValueKind.VALUE, ValueKind.COUNT, ValueKind.BOOL)
    return next(kind for kind in order if kind in kinds)


def handed_on(kinds: set[ValueKind], *, wrapped: bool, positive: bool) -> set[ValueKind]:
    """The kinds of a callee's value as its caller returns it.

    ``wrapped``: ``PTR_ERR()`` takes it out of pointers; ``positive``: also where it is a
    number above 0, which ``if (ret < 0) return ret;`` keeps back.
    """
    if wrapped:
        kinds = {ValueKind.ERRNO if kind is ValueKind.POINTER else kind for kind in kinds}
    if not positive:
        kinds = {ValueKind.ERRNO if kind is ValueKind.COUNT else kind for kind in kinds}
    return kinds


def by_type(function: Function) -> ValueKind | None:
    """The kind where the declared type decides; None for a signed integer."""
    if function.macro:
        return ValueKind.OPEN
    if function.returns.pointers:
        return ValueKind.POINTER
    if function.returns.name == "bool":
        return ValueKind.BOOL
    if function.returns.name == "void":
        return ValueKind.CODE
    return None if function.returns.name in SIGNED else ValueKind.VALUE


def literals(function: Function, apis: KernelApis) -> set[ValueKind]:
    """Kinds of the returned values that are neither errno constants nor calls."""
    found: set[ValueKind] = set()
    for block in function.graph.blocks:
        if block.kind is not Kind.RETURN or block.expression is None:
            continue
        for leaf, _ in leaves(block.expression, apis):
            key = key_of(leaf)
            if key is None:
                found |= _literal(leaf)
                continue
            reaching = function.flow.reaching(key, block.index, leaf.start_byte)
            if not reaching:
                found |= _from_outside(function, key)
            for definition in reaching:
                if definition.how == "entry":
                    found |= _from_outside(function, key)
                    continue
                if definition.how != "assign" or definition.value is None:
                    found.add(ValueKind.VALUE)
                    continue
                for inner, _ in leaves(definition.value, apis):
                    found |= _literal(inner)
    return found


def _from_outside(function: Function, key: str) -> set[ValueKind]:
    """What a returned name holds that the function did not write: nothing if it is a local."""
    given = {name for name, _ in function.parameters}
    local = key in function.locals and key not in given
    return set() if local else {ValueKind.VALUE}


def _literal(node: Node) -> set[ValueKind]:
    """What a leaf says by itself; calls and errno constants are judged elsewhere."""
    if errno_constant(node) is not None or node.type == "call_expression":
        return set()
    text = text_of(node)
    if node.type == "number_literal":
        if text.startswith("-"):  # -1 is no errno, whatever EPERM's number is
            return {ValueKind.CODE}
        return set() if text in ("0", "0L") else {ValueKind.COUNT}
    if node.type == "binary_expression":
        comparison = text_of(node.child_by_field_name("operator")) in _COMPARISONS
        return {ValueKind.BOOL if comparison else ValueKind.VALUE}
    if node.type == "unary_expression":
        if text.startswith("!"):
            return {ValueKind.BOOL}
        return {ValueKind.CODE if text.startswith("-") else ValueKind.VALUE}
    if node.type in ("true", "false"):
        return {ValueKind.BOOL}
    if node.type == "null":
        return {ValueKind.POINTER}
    return {ValueKind.VALUE}
