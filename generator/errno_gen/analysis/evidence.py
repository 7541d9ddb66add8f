# SPDX-License-Identifier: GPL-2.0-only
"""What the cause rules see of a condition: tested values, their origins and callees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from errno_gen.analysis.dataflow import key_of
from errno_gen.analysis.guards import Atom, Level, level_alternatives
from errno_gen.analysis.kinds import SIGNED, Kinds, ValueKind
from errno_gen.analysis.origins import NOTHING, Context, Origin, Origins, RootKind, has
from errno_gen.analysis.program import Program
from errno_gen.analysis.prose import listed
from errno_gen.analysis.sites import leaves
from errno_gen.analysis.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    strip,
    text_of,
    walk,
)


class Test(StrEnum):
    """How a value is tested: against zero, as a pointer-error, or compared with another."""

    ZERO = "zero"
    NONZERO = "nonzero"
    NEGATIVE = "negative"
    POINTER_ERROR = "pointer-error"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a condition: its text, origin, and whether it is a pointer (to a domain)."""

    text: str
    origin: Origin
    domain_pointer: bool
    pointer: bool


@dataclass(frozen=True, slots=True)
class TestedCall:
    """A call whose value is tested: name, kind (None: body unknown), variable or "".

    ``maps`` tells that it answers whether memory could be mapped.
    """

    name: str
    kind: ValueKind | None
    variable: str
    maps: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One atom of a guard with its evidence.

    ``equal`` tells == from != in a comparison; ``unset`` that the atom holds while the
    domain has not been set up (a null pointer, an empty list, a flag that the path sets);
    ``asserted`` that it stands in an assertion; ``unreadable`` that it cannot be parsed.
    """

    text: str
    test: Test
    operands: tuple[Operand, ...]
    calls: tuple[TestedCall, ...]
    equal: bool
    unset: bool
    asserted: bool
    unreadable: bool = False

    @property
    def missing(self) -> bool:
        """Whether the fact is that an object is not there."""
        return self.test is Test.ZERO and all(operand.pointer for operand in self.operands)

    @property
    def origin(self) -> Origin:
        """The roots of all operands."""
        found: Origin = NOTHING
        for operand in self.operands:
            found |= operand.origin
        return found


class Evidence:
    """Collects facts for one program and the policy's domain type."""

    def __init__(self, program: Program, origins: Origins, kinds: Kinds, domain_type: str) -> None:
        self._program = program
        self._origins = origins
        self._kinds = kinds
        self._domain_types = program.domain_types(domain_type)

    def alternatives(self, context: Context, level: Level) -> list[list[Fact]]:
        """The alternatives of a guard level as conjunctions of facts."""
        function = context.function
        return [
            [self._fact(atom, level, context) for atom in atoms]
            for atoms in level_alternatives(function, level, self._program.apis)
        ]

    def _fact(self, atom: Atom, level: Level, context: Context) -> Fact:
        test, values, equal = _tested(atom, self._program.apis.pointer_errors)
        operands = [o for v in values for o in self._operands(v, level.block, context)]
        calls: tuple[TestedCall, ...] = ()
        if len(values) == 1 and test is not Test.COMPARE:
            calls = self._calls(values[0], level.block, context)
        text = condensed(atom.node)
        unique = tuple(dict.fromkeys(operands))
        unset = any(on_domain(o.origin) for o in unique) and self._unset(test, values, context)
        lost = _unreadable(atom.node)
        return Fact(text, test, unique, calls, equal, unset, atom.asserted, lost)

    def _unset(self, test: Test, values: list[Node], context: Context) -> bool:
        if len(values) != 1:
            return False
        value = strip(values[0], self._program.apis.transparent)
        if value.type == "call_expression":
            return test is Test.NONZERO and call_name(value) in self._program.apis.emptiness
        if test is not Test.ZERO:
            return False
        kind = self._program.type_of(value, context.function)
        if kind is not None and kind.pointers > 0:
            return True
        key = key_of(value)
        return key is not None and any(
            d.key == key and d.how == "assign" for d in context.function.flow.definitions
        )

    def _operands(self, node: Node, block: int, context: Context) -> list[Operand]:
        """The named values that an expression reads, outermost first."""
        node = strip(node, self._program.apis.transparent)
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            origin = self._origins.of(node, block, context)
            return [self._operand(condensed(left), origin, node, context)]
        named = ("identifier", "field_expression", "subscript_expression", "call_expression")
        if node.type in named:
            origin = self._origins.of(node, block, context)
            text = condensed(node)
            if not origin:
                return []
            return [self._operand(text, origin, node, context)]
        return [o for c in node.named_children for o in self._operands(c, block, context)]

    def _operand(self, text: str, origin: Origin, node: Node, context: Context) -> Operand:
        kind = self._program.type_of(node, context.function)
        pointer = kind is not None and kind.pointers > 0
        to_domain = kind is not None and pointer and kind.name in self._domain_types
        return Operand(text, origin, to_domain, pointer)

    def _calls(self, node: Node, block: int, context: Context) -> tuple[TestedCall, ...]:
        """The calls that made the tested value; () unless all its definitions are calls."""
        apis = self._program.apis
        node = strip(node, apis.transparent)
        if node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            inner = self._calls(right, block, context) if right is not None else ()
            return tuple(TestedCall(c.name, c.kind, condensed(left), c.maps) for c in inner)
        if node.type == "call_expression":
            kind = self._kinds.of_call(node, context.function, block)
            name = call_name(node) or condensed(node.child_by_field_name("function"))
            maps = name in apis.mapping_errors
            if maps or name in apis.predicates or name in apis.emptiness:
                kind = ValueKind.BOOL
            return (TestedCall(name, kind, "", maps),)
        key = key_of(node)
        reaching = context.function.flow.reaching(key, block, node.start_byte) if key else ()
        declared = self._declared(node, context)
        variable = key if key and self._holds_errno(node, context) else ""
        found: list[TestedCall] = []
        for definition in reaching:
            if definition.how != "assign" or definition.value is None:
                return ()
            for leaf, _ in leaves(definition.value, apis):
                if leaf.type == "call_expression":
                    inner = self._calls(leaf, definition.block, context)
                    found.extend(
                        TestedCall(c.name, declared or c.kind, variable, c.maps) for c in inner
                    )
                elif text_of(leaf) != "0":
                    return ()
        return tuple(dict.fromkeys(found))

    def _holds_errno(self, node: Node, context: Context) -> bool:
        """Whether a variable is surely a signed integer, or a pointer for ``PTR_ERR()``."""
        kind = self._program.type_of(node, context.function)
        return kind is not None and (kind.pointers > 0 or kind.name in SIGNED)

    def _declared(self, node: Node, context: Context) -> ValueKind | None:
        """The kind that the declaration of a variable alone decides, else None."""
        kind = self._program.type_of(node, context.function)
        if kind is None:
            return None
        if kind.pointers:
            return ValueKind.POINTER
        return ValueKind.BOOL if kind.name == "bool" else None


def _tested(atom: Atom, pointer_errors: frozenset[str]) -> tuple[Test, list[Node], bool]:
    """How an atom tests which values; the flag tells == from != once the truth is applied."""
    node = atom.node
    plain = Test.NONZERO if atom.truth else Test.ZERO
    if node.type == "call_expression" and call_name(node) in pointer_errors:
        error = Test.NEGATIVE if call_name(node) == "IS_ERR_VALUE" else Test.POINTER_ERROR
        return (error if atom.truth else Test.NONZERO), [*call_arguments(node)], False
    if node.type == "expression_statement":
        return plain, list(call_arguments(node.children[0])), False
    if node.type != "binary_expression":
        return plain, [node], False
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or operator not in ("==", "!=", "<", ">", "<=", ">="):
        return plain, [node], False
    equal = (operator == "==") == atom.truth
    if _is_nothing(left):
        left, right = right, left
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if _is_nothing(right):
        if operator in ("==", "!="):
            return (Test.ZERO if equal else Test.NONZERO), [left], equal
        if (operator, atom.truth) in (("<", True), (">=", False)):
            return Test.NEGATIVE, [left], False
    return Test.COMPARE, [left, right], equal


def _is_nothing(node: Node) -> bool:
    return text_of(strip(node)) in ("0", "NULL", "false")


def _unreadable(node: Node) -> bool:
    """Whether the grammar got lost in an expression (a type as an argument is harmless)."""
    if not node.has_error:
        return False
    return any(
        inner.is_missing
        or (
            inner.type == "ERROR" and (inner.parent is None or inner.parent.type != "argument_list")
        )
        for inner in walk(node)
    )


def on_domain(origin: Origin) -> bool:
    """Whether state of the domain surely takes part."""
    return any(r.kind is RootKind.DOMAIN and r.state and not r.through for r in origin)


def maybe_on_domain(origin: Origin) -> bool:
    """Whether the domain went into a function of unknown body on the way."""
    return any(r.kind is RootKind.DOMAIN and bool(r.through) for r in origin)


def is_domain_itself(origin: Origin) -> bool:
    """Whether the value is the domain's own address."""
    return has(origin, RootKind.DOMAIN, state=False)


def on_device(origin: Origin) -> bool:
    """Whether device, IOMMU, firmware or other global state takes part."""
    return any(has(origin, kind) for kind in (RootKind.DEVICE, RootKind.GLOBAL, RootKind.CALL))


def origin_text(fact: Fact) -> str:
    """What a fact is computed from, in words."""
    words = []
    if has(fact.origin, RootKind.DOMAIN, state=False):
        words.append("the domain itself")
    if on_domain(fact.origin):
        words.append("domain")
    if has(fact.origin, RootKind.ALLOCATION):
        words.append("allocation")
    if has(fact.origin, RootKind.SEARCH):
        words.append("search")
    if on_device(fact.origin):
        words.append("device")
    return f"{fact.text}: {listed(words) or 'constant'}"
