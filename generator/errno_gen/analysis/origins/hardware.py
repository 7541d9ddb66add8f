# SPDX-License-Identifier: GPL-2.0-only
"""Which structs are hardware that several domains may share, told by what they hold."""

from __future__ import annotations

import re
from collections.abc import Collection

from errno_gen.analysis.c.program import Function, Program, TypeRef
from errno_gen.analysis.c.text.syntax import Node, call_arguments, strip, text_of, walk

_STRUCT = re.compile(rb"\bstruct\s+(\w+)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_REGISTERS = re.compile(rb"\b__iomem\b")


def hardware_types(
    program: Program, domain_types: Collection[str], device_type: str
) -> frozenset[str]:
    """The driver's structs that have registers, clocks and the like, or a device of their own.

    Those with a device must have a lock, too, or be what a device gives where it is asked. A
    domain that points to one of them does not own it. ``device_type`` is the struct of a device.
    """
    apis = program.apis
    given = _given(program, device_type)
    found: set[str] = set()
    for file in program.files.values():
        for name, body in _STRUCT.findall(file.text):
            if _REGISTERS.search(body):
                found.add(name.decode(errors="replace"))
    for name, fields in program.structs.items():
        types = {kind.name for kind in fields.values()}
        locked = any(kind.name in apis.locks and not kind.pointers for kind in fields.values())
        device = any(kind == TypeRef(device_type, 1) for kind in fields.values())
        if types & apis.hardware_types or (device and (locked or name in given)):
            found.add(name)
    return frozenset(found) - frozenset(domain_types)


def counted_members(
    program: Program, attaching: Collection[Function] | None = None
) -> frozenset[str]:
    """The members of structs that the driver counts up or down, as users are counted.

    What is only counted up, and not by the functions that are ``attaching``, is how many of a
    thing the device has.
    """
    found: set[str] = set()
    for function in (*program.functions(), *program.macros()):
        text = function.node.text or b""
        for node in walk(function.node) if b"++" in text or b"--" in text else ():
            member = _counted(node)
            up = text_of(node.child_by_field_name("operator")) == "++"
            if member and (attaching is None or not up or function.macro or function in attaching):
                found.add(member)
    return frozenset(found)


def _counted(node: Node) -> str:
    """The member that is counted up or down behind a pointer, "" if none is."""
    if node.type != "update_expression":
        return ""
    place = strip(node.child_by_field_name("argument") or node)
    arrow = text_of(place.child_by_field_name("operator")) == "->"
    named = place.type == "field_expression" and arrow
    return text_of(place.child_by_field_name("field")) if named else ""


def _given(program: Program, device_type: str) -> frozenset[str]:
    """The structs that variables point to which a call with a device gave."""
    return frozenset(
        kind.name
        for function in program.functions()
        for kind, value in function.initialised()
        if kind.pointers == 1 and strip(value).type == "call_expression"
        for argument in call_arguments(strip(value))
        if function.locals.get(text_of(argument)) == TypeRef(device_type, 1)
    )
