# SPDX-License-Identifier: GPL-2.0-only
"""What kind of value a function returns: an errno summary of the driver's own functions.

A value may pass as an errno only if its kind is ERRNO: negative constants, 0 and the
values of functions that are ERRNO themselves. What is not known never passes for one: a
function without a body, a macro that is more than a call, a number that was computed.
Recursion is the least fixpoint: a call of a function that is being judged adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, cast_of, errno_constant, text_of, walk
from errno_gen.analysis.flow.escape import POSITIVE, ZERO, decide
from errno_gen.analysis.flow.leaves import leaves
from errno_gen.analysis.flow.numbers import NUMBER
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.flow.sources import Call, Constant

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
SIGNED = frozenset({"int", "long", "ssize_t", "s32", "s64", "signed"})


class ValueKind(StrEnum):
    """What a value is: ERRNO is 0 or a negative errno, COUNT that or a number above 0.

    MIXED is an errno or any other number; VALUE a number from somewhere, CODE one that no
    errno is (-1, -2, ...). HOOK is what a function returns that is called by a pointer which
    nobody resolves. OPEN: nothing can be said. POINTER and BOOL are no errnos either.
    """

    ERRNO = "errno"
    COUNT = "count"
    MIXED = "mixed"
    POINTER = "pointer"
    BOOL = "bool"
    CODE = "code"
    VALUE = "value"
    HOOK = "hook"
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
        """The kind of what a call returns; None where no body of its name can be found."""
        callees = self._program.callees(call, function, block)
        if callees:
            known = {kind for callee in callees if (kind := self.of(callee)) is not None}
            return known.pop() if len(known) == 1 else ValueKind.OPEN if known else None
        names = self._program.called_names(call, function, block)
        if not names:
            return ValueKind.HOOK
        if self._outside is None:
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
            found |= handed_on(known, call.wrapped, *numbers(self._finder, function, call))
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


_DOUBTS = (ValueKind.CODE, ValueKind.POINTER, ValueKind.OPEN, ValueKind.HOOK)


def joined(kinds: set[ValueKind]) -> ValueKind:
    """The kind of a value that may be of any of these kinds; ERRNO (only 0) if there are none."""
    for kind in _DOUBTS:
        if kind in kinds:
            return kind
    errno = not kinds or bool({ValueKind.ERRNO, ValueKind.MIXED} & kinds)
    if ValueKind.VALUE in kinds or ValueKind.MIXED in kinds:
        return ValueKind.MIXED if errno else ValueKind.VALUE
    if errno:
        return ValueKind.COUNT if {ValueKind.COUNT, ValueKind.BOOL} & kinds else ValueKind.ERRNO
    return ValueKind.COUNT if ValueKind.COUNT in kinds else ValueKind.BOOL


def numbers(finder: SourceFinder, function: Function, call: Call) -> tuple[bool, bool]:
    """What a caller does with a callee's value that is above 0.

    Whether it hands that on, and whether it tells it from 0, as from a failure.
    """
    positive = finder.can_leave(function, call, POSITIVE)
    definition, apis = call.definition, finder.program.apis
    if definition is None:
        return positive, False
    for block in function.graph.blocks:
        if block.kind is not Kind.CONDITION or block.expression is None:
            continue
        if definition not in function.flow.reaching(definition.key, block.index):
            continue
        above = decide(block.expression, definition.key, POSITIVE, apis)
        zero = decide(block.expression, definition.key, ZERO, apis)
        if None not in (above, zero) and above != zero:
            return positive, True
    return positive, False


def handed_on(
    kinds: set[ValueKind], wrapped: bool, positive: bool, failing: bool
) -> set[ValueKind]:
    """The kinds of a callee's value as its caller returns it.

    ``wrapped``: ``PTR_ERR()`` takes it out of pointers; ``positive``: also where it is a
    number above 0, which ``if (ret < 0) return ret;`` keeps back; ``failing``: such a number
    is taken for a failure. What is behind a pointer then returns errnos, or its callers
    would not do so.
    """
    given: dict[ValueKind, bool] = {
        ValueKind.POINTER: wrapped,
        ValueKind.OPEN: wrapped,
        ValueKind.COUNT: not positive,
        ValueKind.HOOK: failing or not positive,
    }
    return {ValueKind.ERRNO if given.get(kind) else kind for kind in kinds}


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
        if block.kind is Kind.RETURN and block.expression is not None:
            found |= _Literals(function, apis).of(block.expression, block.index)
    return found


class _Literals:
    """Reads the values that one expression can have, through variables of the function."""

    def __init__(self, function: Function, apis: KernelApis) -> None:
        self._function = function
        self._apis = apis
        self._seen: set[int] = set()

    def of(self, value: Node, block: int) -> set[ValueKind]:
        """The kinds of an expression that is evaluated in a block."""
        found = {ValueKind.VALUE} if _narrowed(value) else set()
        for leaf, wrapped in leaves(value, self._apis):
            if errno_constant(leaf, self._apis.errno_names) is not None:
                continue
            key = key_of(leaf)
            if wrapped and leaf.type != "call_expression":
                found.add(ValueKind.ERRNO)
            elif key is None:
                found |= _literal(leaf)
            else:
                found |= self._variable(leaf, key, block)
        return found

    def _variable(self, leaf: Node, key: str, block: int) -> set[ValueKind]:
        kind = self._function.locals.get(key)
        if kind is not None and not kind.pointers and kind.name not in SIGNED:
            return {ValueKind.COUNT if kind.name == "size_t" else ValueKind.VALUE}
        reaching = self._function.flow.reaching(key, block, leaf.start_byte)
        if not reaching:
            return self._from_outside(key)
        found: set[ValueKind] = set()
        for definition in reaching:
            if definition.index in self._seen:
                continue
            self._seen.add(definition.index)
            if definition.how == "entry":
                found |= self._from_outside(key)
            elif definition.how == "update" and _counts(
                definition, self._function.graph.blocks[definition.block]
            ):
                found.add(ValueKind.COUNT)
            elif definition.how == "assign" and definition.value is not None:
                found |= self.of(definition.value, definition.block)
            else:
                found.add(ValueKind.VALUE)
        return found

    def _from_outside(self, key: str) -> set[ValueKind]:
        """What a name holds that the function did not write: nothing if it is a local."""
        given = {name for name, _ in self._function.parameters}
        local = key in self._function.locals and key not in given
        return set() if local else {ValueKind.VALUE}


def _counts(definition: Definition, block: Block) -> bool:
    """Whether an update is ``++``, by which a number stays above 0."""
    root = block.expression or block.syntax
    return root is not None and any(
        node.type == "update_expression"
        and node.end_byte == definition.end
        and "++" in text_of(node)
        for node in walk(root)
    )


def _narrowed(node: Node) -> bool:
    """Whether a value is cast to what cannot hold an errno: ``(u8)f()``, ``(bool)ret``."""
    cast = cast_of(node)
    if cast is not None:
        return cast[0] not in SIGNED or _narrowed(cast[1])
    if node.type in ("call_expression", "binary_expression"):
        return False
    return any(_narrowed(child) for child in node.named_children)


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
