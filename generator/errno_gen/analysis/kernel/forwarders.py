# SPDX-License-Identifier: GPL-2.0-only
"""Which functions hand on what the callback returns: by its member, or by one another.

This is about the callers of the callback, the core of a subsystem, and not about the drivers
that install it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from errno_gen.analysis.c.pointers import name_of
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, call_arguments, mask, strip, text_of
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.flow.sources import Call
from errno_gen.policytables import Roles, Table

_EXPORT = re.compile(rb"^[ \t]*EXPORT_SYMBOL(?:_[A-Z]+)*[ \t]*\(\s*(\w+)", re.MULTILINE)
_Places = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class _Through:
    """A call of the function that a parameter points to, whose value is handed on.

    ``parameter`` is its position, ``arguments`` are for each argument the position of the
    caller's own parameter that it is, or None.
    """

    parameter: int
    arguments: _Places


def exported(text: bytes) -> frozenset[str]:
    """The functions that a C file exports to modules."""
    return frozenset(name.decode() for name in _EXPORT.findall(text))


def calls_member(text: bytes, member: str) -> bool:
    """Whether a C file seems to call a member of that name, and exports functions."""
    call = rb"(?:->|\.)\s*%s\s*\)?\s*\(" % re.escape(member.encode())
    return bool(re.search(call, text)) and _EXPORT.search(text) is not None


def forwarders(program: Program, path: str, roles: Roles, errno: str) -> tuple[Function, ...]:
    """The exported functions of a file that return ``-errno`` of the callback, in order.

    Their callers choose the domain: it is a parameter that reaches the callback. ``program``
    holds the file and the headers with the structs. Calls of other files are not followed.
    """
    found = _Finder(program, path, roles, errno).run()
    exported = {name.decode() for name in _EXPORT.findall(mask(program.files[path].text, ()))}
    domain = next(each.type for each in roles.parameters if each.role == "domain")
    return tuple(
        function
        for function, places in found.items()
        if function.name in exported
        and any(_is_pointer(function, place, domain) for place in places)
    )


def _is_pointer(function: Function, place: int | None, struct: str) -> bool:
    if place is None:
        return False
    kind = function.parameters[place][1]
    return (kind.name, kind.pointers) == (struct, 1)


class _Finder:
    """The least fixpoint over the functions of one file."""

    def __init__(self, program: Program, path: str, roles: Roles, errno: str) -> None:
        self._program = program
        self._roles = roles
        self._errno = errno
        self._finder = SourceFinder(program)
        self._own = [each for each in program.functions() if each.path == path]
        self._domain = next(p.position for p in roles.parameters if p.role == "domain")
        self._hands: dict[Function, set[int | None]] = {each: set() for each in self._own}
        self._through: dict[Function, set[_Through]] = {each: set() for each in self._own}

    def run(self) -> dict[Function, set[int | None]]:
        """The functions that hand on, in source order, with the parameters for the domain."""
        calls = {
            function: [
                call
                for call in self._finder.of(function).calls
                if call.access is None
                and not call.wrapped
                and self._finder.can_leave(function, call, self._errno)
            ]
            for function in self._own
        }
        before = -1
        while before != self._size():
            before = self._size()
            for function, leaving in calls.items():
                for call in leaving:
                    self._follow(function, call)
        order = sorted(self._own, key=lambda function: function.node.start_byte)
        return {each: self._hands[each] for each in order if self._hands[each]}

    def _size(self) -> int:
        hands = sum(len(each) for each in self._hands.values())
        return hands + sum(len(each) for each in self._through.values())

    def _follow(self, function: Function, call: Call) -> None:
        target = call.node.child_by_field_name("function")
        target = strip(target) if target is not None else None
        if target is not None and target.type == "pointer_expression":
            target = strip(target.named_children[0])
        if target is None:
            return
        places = self._places(function, call)
        if target.type == "field_expression":
            if self._is_member(function, target):
                self._hands[function].add(_at(places, self._domain))
            return
        name = text_of(target)
        if name in function.parameter_names:
            through = _Through(function.parameter_names.index(name), places)
            self._through[function].add(through)
        elif name not in function.locals:
            for callee in self._known(name, function):
                self._call(function, call, callee, places)

    def _call(self, function: Function, call: Call, callee: Function, places: _Places) -> None:
        """What a direct call of a function of this file hands on."""
        self._hands[function] |= {_at(places, place) for place in self._hands[callee]}
        arguments = call_arguments(call.node)
        for through in tuple(self._through[callee]):
            if through.parameter >= len(arguments):
                continue
            passed = tuple(_at(places, place) for place in through.arguments)
            name = name_of(arguments[through.parameter])
            if name in function.parameter_names:
                own = _Through(function.parameter_names.index(name), passed)
                self._through[function].add(own)
            elif name not in function.locals:
                for last in self._known(name, function):
                    self._hands[function] |= {_at(passed, place) for place in self._hands[last]}

    def _known(self, name: str, function: Function) -> tuple[Function, ...]:
        found = self._program.resolve(name, function.path)
        return tuple(each for each in found if each in self._hands)

    def _is_member(self, function: Function, target: Node) -> bool:
        base = target.child_by_field_name("argument")
        kind = self._program.type_of(base, function) if base is not None else None
        field = text_of(target.child_by_field_name("field"))
        return kind is not None and Table(kind.name, field) in self._roles.tables

    def _places(self, function: Function, call: Call) -> _Places:
        """For each argument the position of the parameter that it is, or None."""
        return tuple(
            self._parameter(function, argument, call.block)
            for argument in call_arguments(call.node)
        )

    def _parameter(self, function: Function, node: Node, block: int) -> int | None:
        """Which parameter an expression is, also by way of local variables."""
        node = strip(node, self._program.apis.transparent)
        for _ in function.locals:  # no chain of copies is longer
            if node.type != "identifier":
                return None
            name, names = text_of(node), function.parameter_names
            reaching = function.flow.reaching(name, block, node.start_byte)
            if all(definition.how == "entry" for definition in reaching):
                return names.index(name) if name in names else None
            definition = reaching[0]
            if len(reaching) > 1 or definition.how != "assign" or definition.value is None:
                return None
            node, block = strip(definition.value), definition.block
        return None


def _at(places: _Places, position: int | None) -> int | None:
    return places[position] if position is not None and position < len(places) else None
