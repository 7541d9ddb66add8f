# SPDX-License-Identifier: GPL-2.0-only
"""What pointers to functions may mean: elements of an array, arguments of a caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from errno_gen.analysis.c.text.syntax import Node, call_arguments, call_name, strip, text_of


class Called(Protocol):
    """What is asked of a function: its name, its parameters by name, the calls that it makes."""

    @property
    def name(self) -> str: ...

    @property
    def parameter_names(self) -> tuple[str, ...]: ...

    @property
    def calls(self) -> tuple[Node, ...]: ...


def elements_of(declarator: Node) -> tuple[str, ...]:
    """The elements of an array's initialiser, as they are written; () if it is no list."""
    value = declarator.child_by_field_name("value")
    if value is None or value.type != "initializer_list":
        return ()
    elements = [child.child_by_field_name("value") or child for child in value.named_children]
    return tuple(name_of(element) for element in elements)


def by_position(
    value: Node, members: tuple[str, ...], *, array: bool
) -> Iterator[tuple[str, Node]]:
    """(member, value) of what an initialiser list gives to the members of a struct in order.

    ``array`` tells that it is a list of such structs; what names its members is left out.
    """
    children = [child for child in value.named_children if child.type != "comment"]
    if array:
        for child in children:
            inner = child.child_by_field_name("value") or child
            if inner.type == "initializer_list":
                yield from by_position(inner, members, array=False)
        return
    if any(child.type == "initializer_pair" for child in children):
        return
    yield from zip(members, children, strict=False)


def arguments_for(callers: Iterable[Called], callee: Called, parameter: str) -> tuple[str, ...]:
    """What the direct calls of a function pass for one of its parameters; () if it has no such."""
    if parameter not in callee.parameter_names:
        return ()
    position = callee.parameter_names.index(parameter)
    return tuple(
        name_of(arguments[position])
        for caller in callers
        for call in caller.calls
        if call_name(call) == callee.name and len(arguments := call_arguments(call)) > position
    )


def name_of(value: Node) -> str:
    """The text of ``f`` or ``&f``."""
    return text_of(strip(value)).lstrip("& \t\n")
