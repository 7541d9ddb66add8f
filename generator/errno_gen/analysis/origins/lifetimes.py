# SPDX-License-Identifier: GPL-2.0-only
"""Who gives members of the driver's structs their values, and when in the life of an object.

An object is allocated, then attached; whatever else changes it was asked to by somebody. So a
member of a domain that only the attach path fills tells whether the domain is attached, and
every domain that was just allocated is alike in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, call_name, strip, text_of, walk

_NOTHING = ("0", "NULL", "false")


@dataclass(frozen=True, slots=True)
class Store:
    """A place where a function changes a member: to a constant as it is written, or else ("")."""

    function: Function
    constant: str
    counts: bool = False


class Lifetimes:
    """Answers for the members of one driver's structs, once each.

    ``allocates`` tells whether a function that a function calls by its name gives memory;
    ``callbacks`` are the names and files of the functions where the attach path begins: without
    any, nothing is known of a member.
    """

    def __init__(
        self,
        program: Program,
        allocates: Callable[[str, Function], bool],
        callbacks: Iterable[tuple[str, str]],
    ) -> None:
        self._program = program
        self._allocates = allocates
        self._callbacks = tuple(callbacks)
        self._stores: dict[tuple[str, str], tuple[Store, ...]] = {}
        self._creating: dict[str, frozenset[Function]] = {}
        self._attaching: frozenset[Function] | None = None

    @property
    def attaching(self) -> frozenset[Function]:
        """The functions that may run in a callback, whatever becomes of their value."""
        if self._attaching is None:
            starts = [f for callback in self._callbacks for f in self._program.resolve(*callback)]
            self._attaching = self._reached(starts)
        return self._attaching

    def fresh(self, struct: str, member: str) -> str:
        """The constant that a member holds in every domain not yet attached, "" if none.

        The attach path gives it another value, and nothing else does.
        """
        stores = self.stores(struct, member)
        creators = self._creators(struct)
        early = {s.constant for s in stores if s.function in creators}
        if not creators or "" in early or len(early) > 1:
            return ""
        first = early.pop() if early else "0"
        others = [s for s in stores if s.function not in creators and s.constant != first]
        attached = others and all(s.function in self.attaching for s in others)
        return first if attached else ""

    def asked_for(self, struct: str, member: str) -> bool:
        """Whether a member is given something by who neither allocates nor attaches."""
        known = self._creators(struct) | self.attaching
        return bool(self._callbacks) and any(
            store.constant != "0" and store.function not in known
            for store in self.stores(struct, member)
        )

    def filled_by_attach(self, struct: str, member: str) -> bool:
        """Whether only the attach path gives a member something else than nothing."""
        filling = [store for store in self.stores(struct, member) if store.constant != "0"]
        return bool(filling) and all(store.function in self.attaching for store in filling)

    def stores(self, struct: str, member: str) -> tuple[Store, ...]:
        """The places where functions of the driver change a member of a struct."""
        key = struct, member
        if key not in self._stores:
            word = member.encode()
            self._stores[key] = tuple(
                store
                for function in self._program.functions()
                if word in (function.node.text or b"")
                for store in self._in(function, struct, member)
            )
        return self._stores[key]

    def _in(self, function: Function, struct: str, member: str) -> Iterable[Store]:
        for node in walk(function.node):
            target, value, counts = _changed(node)
            if target is None or text_of(target.child_by_field_name("field")) != member:
                continue
            base = target.child_by_field_name("argument")
            owner = self._program.type_of(base, function) if base is not None else None
            if owner is None or owner.name == struct:
                constant = constant_of(value, self._program) if value is not None else ""
                yield Store(function, constant, counts)

    def _creators(self, struct: str) -> frozenset[Function]:
        """The functions that allocate a struct, and those that they call."""
        if struct not in self._creating:
            found = [f for f in self._program.functions() if self._creates(f, struct)]
            self._creating[struct] = self._reached(found)
        return self._creating[struct]

    def _creates(self, function: Function, struct: str) -> bool:
        text = function.node.text or b""
        if struct.encode() not in text:
            return False
        names = {n for n, kind in function.locals.items() if kind.name == struct and kind.pointers}
        if not names:
            return False
        return any(
            target in names and self._gives_memory(value, function)
            for node in walk(function.node)
            for target, value in _assigned(node)
        )

    def _gives_memory(self, value: Node, function: Function) -> bool:
        value = strip(value)
        return value.type == "call_expression" and self._allocates(call_name(value), function)

    def _reached(self, starts: Iterable[Function]) -> frozenset[Function]:
        found: set[Function] = set()
        pending = list(starts)
        while pending:
            function = pending.pop()
            if function in found:
                continue
            found.add(function)
            for call in function.calls:
                pending.extend(self._program.callees(call, function, 0))
                pending.extend(self._program.resume_hooks(call))
        return frozenset(found)


def constant_of(node: Node, program: Program) -> str:
    """A constant as it is written, signs included: a number, or the name of one; else ""."""
    node = strip(node)
    text = text_of(node).replace(" ", "")
    if text in _NOTHING:
        return "0"
    if node.type == "identifier":
        return text if text.isupper() or program.macro_texts.is_number(text) else ""
    return text if number_of(text) is not None or text == "true" else ""


def number_of(text: str) -> int | None:
    """The number that a constant is written as; None for the name of one."""
    try:
        return int(text.rstrip("uUlL"), 0)
    except ValueError:
        return None


def _assigned(node: Node) -> Iterable[tuple[str, Node]]:
    if node.type == "init_declarator":
        value = node.child_by_field_name("value")
        if value is not None:
            yield text_of(node.child_by_field_name("declarator")).lstrip("* "), value
    elif node.type == "assignment_expression":
        right = node.child_by_field_name("right")
        if right is not None:
            yield text_of(node.child_by_field_name("left")), right


def _changed(node: Node) -> tuple[Node | None, Node | None, bool]:
    """The member that a node changes, the value that it gets if that is told, whether it counts."""
    target, value, counts = None, None, False
    if node.type == "assignment_expression":
        target = node.child_by_field_name("left")
        plain = text_of(node.child_by_field_name("operator")) == "="
        value = node.child_by_field_name("right") if plain else None
        counts = not plain
    elif node.type == "update_expression":
        target, counts = node.child_by_field_name("argument"), True
    elif node.type == "pointer_expression" and text_of(node).startswith("&"):
        target = node.child_by_field_name("argument")
    if target is not None:
        target = strip(target)
    member = target is not None and target.type == "field_expression"
    return (target if member else None), value, counts
