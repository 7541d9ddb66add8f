# SPDX-License-Identifier: GPL-2.0-only
"""Finding the facts of a condition: what is tested, and what that is computed from."""

from __future__ import annotations

from dataclasses import replace

from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import key_of
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    unreadable,
    walk,
)
from errno_gen.analysis.flow.guards import Atom, Level, alternatives, level_alternatives
from errno_gen.analysis.flow.kinds import SIGNED, ValueKind
from errno_gen.analysis.flow.leaves import leaves
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.occupancy import is_occupied
from errno_gen.analysis.origins.roots import (
    Context,
    Origin,
    Root,
    RootKind,
    on_device,
)
from errno_gen.analysis.rules.answers import Answers
from errno_gen.analysis.rules.facts import (
    Fact,
    Operand,
    Test,
    TestedCall,
)
from errno_gen.analysis.rules.fixed import is_fixed
from errno_gen.analysis.rules.held import Held
from errno_gen.analysis.rules.identity import Identities
from errno_gen.analysis.rules.searches import Searches
from errno_gen.analysis.rules.slots import Slots
from errno_gen.analysis.rules.untouched import Untouched


class FactFinder:
    """Finds the facts of guards in one driver."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._origins = index.origins
        self._kinds = index.kinds
        self._domain_types = index.domain_types
        self._kind_member = index.kind_member
        self._identities = Identities(index)
        self._answers = Answers(index)
        self._searches = Searches(index)
        self._untouched = Untouched(index)
        self._slots = Slots(index)
        self._held = Held(index)

    def alternatives(
        self, context: Context, level: Level, half: Node | None = None
    ) -> list[list[Fact]]:
        """The alternatives of a guard level, or a half of it, as conjunctions of facts."""
        function, block, apis = context.function, level.block, self._program.apis
        translated = _translates(function.graph.blocks[block])
        found: list[list[Fact]] = []
        if half is not None:
            opened = alternatives(half, True, apis)
        else:
            opened = level_alternatives(function, level, apis)
        for atoms in opened:
            ways: list[list[Fact]] = [[]]
            for atom in atoms:
                inner = self._opened(atom, block, context)
                fact = replace(self._fact(atom, block, context), translated=translated)
                ways = [[*one, *two] for one in ways for two in inner or [[fact]]]
            found.extend(ways)
        return found

    def _opened(self, atom: Atom, block: int, context: Context, depth: int = 0) -> list[list[Fact]]:
        """The alternatives that make a helper give the answer that is asked for, else []."""
        answer = self._answers.of(atom, block, context.function) if depth < _MAX_DEPTH else None
        if answer is None:
            return []
        inside = self._origins.enter(answer.call, answer.callee, answer.block, context)
        found: list[list[Fact]] = []
        for way in answer.ways:
            ways: list[list[Fact]] = [[]]
            for inner, place in way:
                fact = _told_by(answer.callee.name, self._fact(inner, place, inside))
                if on_device(fact.origin) and is_occupied(
                    inner.node, inner.truth, self._program.apis
                ):
                    fact = _taken(fact)
                opened = self._opened(inner, place, inside, depth + 1) or [[fact]]
                ways = [[*one, *two] for one in ways for two in opened]
            found.extend(ways)
        facts = [fact for way in found for fact in way]
        flattened = any(call.kind in _ERRNOS for fact in facts for call in fact.calls)
        return [] if flattened or any(f.fixed and not f.lacked for f in facts) else found

    def _fact(self, atom: Atom, block: int, context: Context) -> Fact:
        test, values, equal = _tested(atom, self._program.apis.pointer_errors)
        if test is Test.COMPARE:
            test, values = self._against_zero(atom, values, equal, block, context)
        operands = [o for v in values for o in self._operands(v, block, context)]
        calls: tuple[TestedCall, ...] = ()
        if len(values) == 1 and test is not Test.COMPARE:
            calls = self._calls(values[0], block, context)
        text = condensed(atom.node)
        unique = tuple(self._held.shown(each, test, values, block, context) for each in operands)
        unique = tuple(dict.fromkeys(unique))
        nothing = bool(unique) and (
            self._nothing(test, values, block, context)
            or self._untouched.passes(test, values, context, equal=_same_or_not(atom))
        )
        given = identifies = False
        if test is Test.COMPARE:
            given, identifies = self._identities.told_by(atom.node, values, equal, block, context)
        return Fact(
            text,
            test,
            unique,
            calls,
            equal,
            nothing,
            atom.asserted,
            unreadable(atom.node),
            kind=self._asks_kind(unique),
            kind_joined=self._joins_kind(unique),
            given=given,
            identifies=identifies,
            counted=any(self._updates(value, context) for value in values),
            lacked=self._searches.failed(test, values, block, context),
            fixed=not unique and is_fixed(atom.node, block, context.function),
            slot=self._slots.searched(values, block, context) if test is Test.COMPARE else "",
        )

    def _against_zero(
        self, atom: Atom, values: list[Node], equal: bool, block: int, context: Context
    ) -> tuple[Test, list[Node]]:
        """A comparison of what a call gave with a macro for 0 is a test of it, else as it is."""
        if text_of(atom.node.child_by_field_name("operator")) in ("==", "!="):
            for value, other in (values, values[::-1]):
                zero = self._answers.number(other) == 0
                if zero and self._calls(value, block, context):
                    return (Test.ZERO if equal else Test.NONZERO), [value]
        return Test.COMPARE, values

    def _joins_kind(self, operands: tuple[Operand, ...]) -> bool:
        """Whether one value tells the domain's kind and the device's state together."""
        roots = [root for operand in operands for root in operand.origin]
        mine = [root for root in roots if root.kind is RootKind.DOMAIN]
        kinds = all(r.state and r.name == self._kind_member != "" and not r.through for r in mine)
        return bool(mine) and kinds and len(operands) == 1 and on_device(frozenset(roots))

    def _asks_kind(self, operands: tuple[Operand, ...]) -> bool:
        """Whether all that is read is the member of the domain that tells its kind."""
        roots = [root for operand in operands for root in operand.origin]
        return bool(roots) and all(
            root.kind is RootKind.DOMAIN
            and root.state
            and root.name == self._kind_member != ""
            and not root.through
            for root in roots
        )

    def _updates(self, value: Node, context: Context) -> bool:
        """Whether a value is a variable or member that the function itself counts."""
        nodes = [value, *value.named_children]
        keys = {key for node in nodes if (key := key_of(node)) is not None}
        return any(
            d.key in keys and d.how == "update" and d.value is None
            for d in context.function.flow.definitions
        )

    def _nothing(self, test: Test, values: list[Node], block: int, context: Context) -> bool:
        if len(values) != 1:
            return False
        value = strip(values[0], self._program.apis.transparent)
        if value.type == "call_expression":
            return test is Test.NONZERO and self._origins.asks_for_nothing(value, context)
        if test not in (Test.ZERO, Test.NOT_POSITIVE):
            return False
        kind = self._program.type_of(value, context.function)
        if kind is not None and kind.pointers > 0:
            return True
        key = key_of(value)
        if key is None or self._calls(value, block, context):
            return False
        return not self._untouched.asked_for(value, context) and any(
            d.key == key and (d.how == "assign" or (d.how == "update" and d.value is None))
            for d in context.function.flow.definitions
        )

    def _operands(self, node: Node, block: int, context: Context) -> list[Operand]:
        """The named values that an expression reads, outermost first."""
        node = strip(node, self._program.apis.transparent)
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            origin = self._origins.of(node, block, context)
            return [self._operand(condensed(left), origin, node, context)]
        named = ("identifier", "field_expression", "subscript_expression", "call_expression")
        if node.type in named or _is_read_or_fixed(node):
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
            return tuple(
                replace(call, variable="" if call.lost else condensed(left)) for call in inner
            )
        if node.type == "call_expression":
            kind = self._kinds.of_call(node, context.function, block)
            name = call_name(node) or condensed(node.child_by_field_name("function"))
            maps = self._origins.maps(name, context.function)
            reads = self._origins.tells(node, context)
            if maps or (kind in _UNTOLD and reads):
                kind = ValueKind.BOOL
            return (TestedCall(name, kind, "", maps, reads=reads),)
        key = key_of(node)
        if key is None:
            return self._lost(node, block, context)
        declared = self._declared(node, context)
        variable = key if self._holds_errno(node, context) else ""
        found: list[TestedCall] = []
        for definition in context.function.flow.reaching(key, block, node.start_byte):
            if definition.how not in ("assign", "update") or definition.value is None:
                return ()
            for leaf, _ in leaves(definition.value, apis):
                if leaf.type == "call_expression" and definition.how == "assign":
                    inner = self._calls(leaf, definition.block, context)
                    found.extend(_kept_in(call, declared, variable) for call in inner)
                elif text_of(leaf) != "0":
                    lost = self._lost(leaf, definition.block, context)
                    if not lost:
                        return ()
                    found.extend(lost)
        return tuple(dict.fromkeys(found))

    def _lost(self, node: Node, block: int, context: Context) -> tuple[TestedCall, ...]:
        """The calls inside a larger expression that return errnos."""
        kinds = self._kinds
        return tuple(
            TestedCall(call_name(call), ValueKind.ERRNO, "", lost=True)
            for call in walk(node)
            if call.type == "call_expression"
            and kinds.of_call(call, context.function, block) is ValueKind.ERRNO
        )

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


def _translates(block: Block) -> bool:
    """Whether a branch is a switch whose cases make different errnos."""
    if block.kind is not Kind.SWITCH or block.syntax is None:
        return False
    return len({name for node in walk(block.syntax) if (name := errno_constant(node))}) > 1


def _taken(fact: Fact) -> Fact:
    """A fact of a helper whose values tell that something is taken."""
    sign = Root(RootKind.HELD, fact.text, True)
    return replace(
        fact, operands=tuple(replace(o, origin=o.origin | {sign}) for o in fact.operands)
    )


def _told_by(helper: str, fact: Fact) -> Fact:
    """A fact of a helper, its values named after where they are read."""
    operands = tuple(replace(o, text=f"{helper}(): {o.text}") for o in fact.operands)
    return replace(fact, operands=operands)


def _kept_in(call: TestedCall, declared: ValueKind | None, variable: str) -> TestedCall:
    """A call whose value is kept in a variable of a kind that its declaration may decide."""
    if declared is ValueKind.BOOL and call.kind is ValueKind.ERRNO:
        return TestedCall(call.name, call.kind, "", call.maps, lost=True)
    return replace(call, kind=declared or call.kind, variable=variable)


_MAX_DEPTH = 4
# Of these a helper that answers yes or no hides what a callee says.
_ERRNOS = (None, ValueKind.ERRNO, ValueKind.COUNT, ValueKind.MIXED, ValueKind.OPEN, ValueKind.HOOK)
_UNTOLD = (None, ValueKind.OPEN, ValueKind.HOOK, ValueKind.VALUE, ValueKind.CODE)
_ERRORS = {"IS_ERR_VALUE": Test.ERROR_VALUE, "IS_ERR_OR_NULL": Test.ERROR_OR_NULL}


def _tested(atom: Atom, pointer_errors: frozenset[str]) -> tuple[Test, list[Node], bool]:
    """How an atom tests which values; the flag tells == from != once the truth is applied."""
    node = atom.node
    plain = Test.NONZERO if atom.truth else Test.ZERO
    if node.type == "call_expression" and call_name(node) in pointer_errors:
        error = _ERRORS.get(call_name(node), Test.POINTER_ERROR)
        return (error if atom.truth else Test.NONZERO), [*call_arguments(node)], False
    if node.type == "expression_statement":
        return plain, list(call_arguments(node.children[0])), False
    if node.type != "binary_expression":
        return plain, [node], False
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or operator not in ("==", "!=", "<", ">", "<=", ">="):
        return plain, [node], False
    equal = operator in ("==", "!=") and (operator == "==") == atom.truth
    if errno_constant(left) or errno_constant(right):
        return Test.ONE_ERRNO, [right if errno_constant(left) else left], equal
    if _is_nothing(left):
        left, right = right, left
        operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
    if _is_nothing(right):
        if operator in ("==", "!="):
            return (Test.ZERO if equal else Test.NONZERO), [left], equal
        if (operator, atom.truth) in (("<", True), (">=", False)):
            return Test.NEGATIVE, [left], False
        if (operator, atom.truth) in (("<=", True), (">", False)):
            return Test.NOT_POSITIVE, [left], False
    return Test.COMPARE, [left, right], equal


def _same_or_not(atom: Atom) -> bool | None:
    """Whether a comparison holds for equal values, or for unequal ones; None for any other."""
    operator = text_of(atom.node.child_by_field_name("operator"))
    return (operator == "==") == atom.truth if operator in ("==", "!=") else None


def _is_read_or_fixed(node: Node) -> bool:
    """Whether an expression is ``*p``, or ``&x`` of a whole variable."""
    if node.type != "pointer_expression":
        return False
    inner = strip(node.named_children[0])
    return not text_of(node).startswith("&") or inner.type == "identifier"


def _is_nothing(node: Node) -> bool:
    return text_of(strip(node)) in ("0", "NULL", "false")
