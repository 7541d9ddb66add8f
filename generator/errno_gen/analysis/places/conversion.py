# SPDX-License-Identifier: GPL-2.0-only
"""Where the errno that a call outside the driver hands on can be converted.

Where the value is returned, if no other errno is returned there; else behind the call, if
nobody but a test for failure reads the value before it leaves; else behind the readers,
where the arm that found the failure is left. A function without a place that does nothing
but hand the value on leaves the conversion to its callers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of, mentions
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.flow.escape import feasible
from errno_gen.analysis.flow.sites import SourceFinder, leaves
from errno_gen.analysis.flow.sources import Call
from errno_gen.analysis.origins.path import Frame
from errno_gen.analysis.places.splits import declared_before, heads_body
from errno_gen.analysis.places.variables import own_integer
from errno_gen.analysis.prose import quoted
from errno_gen.model import Conversion, Place

_LISTS = ("compound_statement", "case_statement")
_LEAVING = ("goto_statement", "break_statement", "continue_statement")

_POINTER = "Its errno comes in a pointer, and is no integer that could be compared."
_PART = "What is returned is more than what the call returns."
_NO_VARIABLE = "The call is returned as it is, and no error variable is at hand to hold its value."
_LATER = "Its value is only tested now, and kept once it is handed on. Apply to the result again."
_ALONE = "The statement is the only one in an arm without braces."
_SHADOWED = "Several variables have the same name here, one inside the other."


class Converter:
    """Finds the places for the calls of one program."""

    def __init__(self, program: Program, finder: SourceFinder) -> None:
        self._program = program
        self._finder = finder

    def places(self, frames: tuple[Frame, ...], errno: str) -> tuple[Conversion, int]:
        """Where ``-errno`` of the last call of a chain is converted before it leaves.

        The innermost function that has a place is taken; its index in ``frames`` comes with
        it. Of doubts nothing is said.
        """
        problem = ""
        for index in reversed(range(len(frames))):
            function, call = frames[index].context.function, frames[index].call
            assert call is not None
            found, why = self._in(function, call, errno)
            if found:
                return Conversion(found), index
            problem = problem or why
            if not self.hands_on(function, errno):
                break
        return Conversion((), f"Left alone: there is no place to convert it. {problem}"), 0

    def hands_on(self, function: Function, errno: str) -> bool:
        """Whether one call alone can make the function return ``-errno``, whatever it means."""
        sources = self._finder.of(function)
        calls = {call.node.start_byte for call in sources.calls}
        made = any(constant.errno == errno for constant in sources.constants)
        return len(calls) == 1 and not made and not sources.opaque

    def _in(self, function: Function, call: Call, errno: str) -> tuple[tuple[Place, ...], str]:
        """The places in one function, or none and the reason."""
        bodies = self._program.callees(call.node, function, call.block)
        if function.hidden:
            return (), _SHADOWED
        if call.wrapped:
            return (), _POINTER
        if len(bodies) > 1:
            return (), f"{quoted(condensed(call.node))} may call several functions."
        if call.definition is None:
            return _held(function, call)
        name = call.definition.key
        if not own_integer(function, name):
            return (), f"{quoted(name)} is no local integer of its own."
        return _Value(function, call, call.definition, errno, self._program.apis).places()


# --- a call that is returned ------------------------------------------------------------


def _held(function: Function, call: Call) -> tuple[tuple[Place, ...], str]:
    """``return f();``: an error variable of the function can hold the value."""
    statement = function.graph.blocks[call.block].syntax
    values = [c for c in statement.named_children if c.type != "comment"] if statement else []
    if statement is not None and statement.type == "if_statement":
        return (), _LATER
    if statement is None or statement.type != "return_statement" or len(values) != 1:
        return (), _PART
    if not _same(strip(values[0]), call.node):
        return (), _PART
    if not _in_list(statement):
        return (), _ALONE
    returned = {key_of(b.expression) for b in function.graph.blocks if _returns(b) and b.expression}
    parameters = {name for name, _ in function.parameters}
    set_in = Counter(definition.key for definition in function.flow.definitions)
    found = (key for key in returned if key and key not in parameters)
    # The one that is set most often is the one for errors, if a count is returned, too.
    for name in sorted(found, key=lambda key: (-set_in[key], key)):
        if own_integer(function, name) and declared_before(name, statement):
            return (Place(function.name, name, "hold", function.location(statement)),), ""
    return (), _NO_VARIABLE


# --- a call whose value a variable holds ------------------------------------------------


class _Value:
    """What a variable holds from a call on, while it is a certain errno."""

    def __init__(
        self,
        function: Function,
        call: Call,
        definition: Definition,
        errno: str,
        apis: KernelApis,
    ) -> None:
        self._function = function
        self._call = call
        self._definition = definition
        self._errno = errno
        self._apis = apis
        self._key = definition.key
        self._blocks = function.graph.blocks
        self._seen = self._reached(definition.block)

    def places(self) -> tuple[tuple[Place, ...], str]:
        """The places, or none and the reason."""
        ends = [self._blocks[index] for index in sorted(self._seen & self._call.uses)]
        alone = self._returned(ends[0], sharing=False) if len(ends) == 1 else None
        if alone is not None:
            return (alone,), ""
        behind, why = self._behind()
        if behind is not None:
            return (behind,), ""
        leaving = self._leaving()
        if leaving is not None:
            return (leaving,), ""
        returns = [place for block in ends if (place := self._returned(block, sharing=True))]
        if returns and len(returns) == len(ends):
            return tuple(returns), ""
        return (), why

    def _place(self, form: str, node: Node) -> Place:
        return Place(self._function.name, self._key, form, self._function.location(node))

    def _reached(self, start: int, without: int = -1) -> frozenset[int]:
        """The blocks behind ``start`` that see the value; ``without`` is not passed."""
        seen: set[int] = set()
        pending = [start]
        while pending:
            index = pending.pop()
            if index != start and self._overwritten(index, self._key):
                continue
            for target, _ in feasible(self._blocks[index], self._key, self._errno, self._apis):
                if target != without and target not in seen:
                    seen.add(target)
                    pending.append(target)
        return frozenset(seen)

    def _overwritten(self, index: int, key: str) -> bool:
        return any(each.strong for each in self._function.flow.defines(index, key))

    # ``return ret;``

    def _returned(self, block: Block, *, sharing: bool) -> Place | None:
        """The variable in a plain ``return`` that gets the errno from nowhere else.

        With ``sharing`` other errnos may be returned there as well.
        """
        statement, value = block.syntax, block.expression
        if statement is None or value is None or statement.type != "return_statement":
            return None
        plain = [c for c in statement.named_children if c.type != "comment"]
        if plain != [value] or value.type != "identifier" or text_of(value) != self._key:
            return None
        reaching = self._function.flow.reaching(self._key, block.index)
        others = [each for each in reaching if each != self._definition]
        if not all(harmless(each, self._errno if sharing else "") for each in others):
            return None
        return self._place("return", value)

    # ``ret = f();``

    def _behind(self) -> tuple[Place | None, str]:
        """Behind the call's own statement, or why not."""
        block = self._blocks[self._definition.block]
        statement, value = block.syntax, self._definition.value
        if statement is None or value is None or block.target is not None:
            return None, _PART
        whole = strip(value, self._apis.transparent)
        if block.kind is not Kind.STATEMENT or not _same(whole, self._call.node):
            return None, _PART
        reader = next(self._readers(block.index), "")
        if reader:
            return None, f"{quoted(reader)} reads the value before it leaves."
        if statement.type == "declaration":
            first = _first_behind(statement, self._key)
            place = self._place("before", first) if first is not None else None
            return place, "The value is that of a declaration, and no statement follows it."
        if statement.type != "expression_statement" or not _in_list(statement):
            return None, _ALONE
        return self._place("after", statement), ""

    def _leaving(self) -> Place | None:
        """Before the one statement that leaves the arm which found the failure."""
        for index in sorted(self._seen):
            block = self._blocks[index]
            statement = block.syntax
            if statement is None or statement.type not in _LEAVING or not _in_list(statement):
                continue
            if self._function.flow.reaching(self._key, index) != (self._definition,):
                continue
            around = self._reached(self._definition.block, without=index)
            if not around & self._call.uses and not any(self._readers(index)):
                return self._place("before", statement)
        return None

    # who reads the value

    def _readers(self, start: int) -> Iterator[str]:
        """What reads the value behind a block, other than to test or to return it."""
        pending = [(start, self._key)]
        seen = set(pending)
        while pending:
            index, key = pending.pop()
            for target, _ in feasible(self._blocks[index], key, self._errno, self._apis):
                if (target, key) in seen:
                    continue
                seen.add((target, key))
                copies = self._copies(target, key)
                if copies is None:
                    yield _reader(self._blocks[target], key)
                    return
                pending.extend((target, copy) for copy in copies)
                if not self._overwritten(target, key):
                    pending.append((target, key))

    def _copies(self, index: int, key: str) -> tuple[str, ...] | None:
        """The local integers that a block copies the value into; None if it reads it else."""
        block = self._blocks[index]
        root = _root(block)
        if root is None or not mentions(root, key):
            return ()
        if block.kind is Kind.CONDITION and block.expression is not None:
            return () if self._only_tests(block.expression, key) else None
        if _returns(block) and block.expression is not None:
            return () if self._only_returns(block.expression, key) else None
        copies = [
            definition.key
            for definition in self._function.flow.definitions
            if definition.block == index
            and definition.how == "assign"
            and definition.value is not None
            and key_of(strip(definition.value)) == key
            and own_integer(self._function, definition.key)
        ]
        overwritten = key in {d.key for d in self._function.flow.defines(index, key)}
        expected = _counted(root, key) - (1 if overwritten and block.target is None else 0)
        return tuple(copies) if len(copies) == expected else None

    def _only_returns(self, value: Node, key: str) -> bool:
        """Whether a returned value is the variable, also as a pointer, and no one else gets it."""
        calls = (node for node in walk(value) if node.type == "call_expression")
        told = {call_name(call) for call in calls if mentions(call, key)}
        plain = sum(key_of(leaf) == key for leaf, _ in leaves(value, self._apis))
        return told <= self._apis.errno_wrappers and plain == _counted(value, key)

    def _only_tests(self, condition: Node, key: str) -> bool:
        """Whether a condition asks nothing of the value but whether it is an error."""
        node = strip(condition, self._apis.transparent)
        if not mentions(node, key) or key_of(node) == key:
            return True
        operator = text_of(node.child_by_field_name("operator"))
        if node.type == "unary_expression" and operator == "!":
            return all(self._only_tests(child, key) for child in node.named_children)
        if node.type != "binary_expression":
            return False
        if operator in ("&&", "||"):
            return all(self._only_tests(child, key) for child in node.named_children)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sides = [strip(side) for side in (left, right) if side is not None]
        with_zero = any(text_of(side) == "0" for side in sides)
        compared = operator in ("<", ">", "<=", ">=", "==", "!=")
        return compared and with_zero and any(key_of(side) == key for side in sides)


def harmless(definition: Definition, errno: str) -> bool:
    """Whether a definition gives a number, or (unless ``errno`` is "") another errno."""
    if definition.how != "assign" or definition.value is None:
        return False
    value = strip(definition.value)
    constant = errno_constant(value)
    return value.type == "number_literal" or (bool(errno) and constant not in (None, errno))


def _returns(block: Block) -> bool:
    return block.kind is Kind.RETURN


def _same(one: Node, other: Node) -> bool:
    return (one.start_byte, one.end_byte) == (other.start_byte, other.end_byte)


def _in_list(statement: Node) -> bool:
    """Whether another statement may stand before and behind this one."""
    parent = statement.parent
    while parent is not None and parent.type == "labeled_statement":
        statement, parent = parent, parent.parent
    if parent is None or parent.type not in _LISTS or statement.has_error:
        return False
    return not heads_body(statement)


def _first_behind(declaration: Node, key: str) -> Node | None:
    """The statement behind the declarations, if none of these reads the variable."""
    node = declaration.next_named_sibling
    while node is not None and node.type == "declaration":
        if mentions(node, key):
            return None
        node = node.next_named_sibling
    odd = node is None or node.type in ("comment", "labeled_statement", "case_statement")
    if node is None or odd or node.type.startswith("preproc_") or not _in_list(node):
        return None
    return node


def _root(block: Block) -> Node | None:
    """What of the syntax a block is about."""
    if block.kind is Kind.CONFIG:
        return None
    if block.kind is Kind.STATEMENT and block.target is None and block.macro is None:
        return block.syntax
    if block.expression is None and block.kind is Kind.CONDITION:
        whole = block.syntax
        return whole if whole is not None and whole.type == "expression_statement" else None
    return block.expression


def _counted(root: Node, name: str) -> int:
    return sum(node.type == "identifier" and text_of(node) == name for node in walk(root))


def _reader(block: Block, key: str) -> str:
    """The innermost call, or else the whole, that mentions a variable."""
    root = _root(block)
    calls = [n for n in walk(root) if n.type == "call_expression"] if root is not None else []
    inner = [call for call in calls if mentions(call, key)]
    if inner:
        return f"{condensed(inner[-1].child_by_field_name('function'))}()"
    return condensed(root).rstrip(";")
