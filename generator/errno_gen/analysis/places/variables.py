# SPDX-License-Identifier: GPL-2.0-only
"""Error variables: local integers whose address nobody has, and functions that lack one."""

from __future__ import annotations

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, identifiers, text_of, walk
from errno_gen.analysis.flow.kinds import SIGNED
from errno_gen.analysis.flow.sources import Constant
from errno_gen.model import Split

_NAMES = ("ret", "err", "rc", "error")


def own_integer(function: Function, name: str) -> bool:
    """Whether a name is a local signed integer whose address nobody has."""
    kind = function.locals.get(name)
    if kind is None or kind.pointers or kind.name not in SIGNED or function.hidden:
        return False
    return not any(
        node.type == "pointer_expression" and text_of(node).replace(" ", "") == f"&{name}"
        for node in walk(function.node)
    )


def with_variable(function: Function, constant: Constant, branch: Node) -> Split | None:
    """``if (f()) return -E;`` where the function has no error variable at all: a new one."""
    arm = branch.child_by_field_name("consequence")
    body = function.node.child_by_field_name("body")
    if arm is None or body is None or function.hidden or function.macro or body.has_error:
        return None
    inside = arm.start_byte <= constant.node.start_byte and constant.node.end_byte <= arm.end_byte
    if not inside or constant.form != "return" or _has_variable(function):
        return None
    if function.returns.pointers or function.returns.name != "int" or place_of(body) is None:
        return None
    known = {text_of(node) for node in identifiers(function.node)}
    name = next((name for name in _NAMES if name not in known), None)
    return Split(name, "declare", function.location(branch), True, True) if name else None


def place_of(body: Node) -> Node | None:
    """The declaration at the head of a function's body that another one can stand behind.

    The body itself where it begins with none; None where the preprocessor has a say in it.
    """
    last = body
    for child in body.named_children:
        if child.type == "declaration":
            last = child
        elif child.type != "comment":
            return None if child.type.startswith("preproc_") else last
    return None


def _has_variable(function: Function) -> bool:
    """Whether a local integer is returned, or gets what a call returns."""
    parameters = {name for name, _ in function.parameters}
    integers = {
        name
        for name, kind in function.locals.items()
        if name not in parameters and not kind.pointers and kind.name in SIGNED
    }
    returned = {
        key_of(block.expression)
        for block in function.graph.blocks
        if block.kind is Kind.RETURN and block.expression is not None
    }
    given = {
        each.key
        for each in function.flow.definitions
        if each.value is not None
        and any(node.type == "call_expression" for node in walk(each.value))
    }
    return bool(integers & (returned | given))
