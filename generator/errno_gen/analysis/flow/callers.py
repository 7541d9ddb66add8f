# SPDX-License-Identifier: GPL-2.0-only
"""Who else calls a function of the attach path, and who looks at particular errnos."""

from __future__ import annotations

from collections.abc import Iterable

from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    strip,
    text_of,
    walk,
)


def outside_callers(
    program: Program, helpers: Iterable[Function], path: frozenset[Function]
) -> tuple[str, ...]:
    """Names of functions not on the attach path that call one of the helpers, sorted."""
    return tuple(sorted({f.name for f in _calling(program, helpers) if f not in path}))


def seeing_callers(
    program: Program, helpers: Iterable[Function], path: frozenset[Function]
) -> tuple[str, ...]:
    """The same, but only those that do something with what the helper returns."""
    calling = _calling(program, helpers).items()
    return tuple(sorted({f.name for f, calls in calling if f not in path and _seen(calls)}))


def comparing_caller(program: Program, helpers: Iterable[Function]) -> str | None:
    """A function that compares what a helper returns with one particular errno, or None."""
    for function, calls in _calling(program, helpers).items():
        if _compares(function, calls):
            return function.name
    return None


def _calling(program: Program, helpers: Iterable[Function]) -> dict[Function, list[Node]]:
    """The functions with direct calls that mean one of the helpers, in the program's order."""
    found: dict[Function, list[Node]] = {}
    for helper in helpers:
        for function, calls in program.direct_calls(helper.name).items():
            if helper in program.resolve(helper.name, function.path):
                found.setdefault(function, []).extend(calls)
    return {function: found[function] for function in program.functions() if function in found}


def _compares(function: Function, calls: list[Node]) -> bool:
    variables = {_assigned_to(call) for call in calls} - {""}
    inside = {call.start_byte for call in calls}
    for node in walk(function.node):
        if node.type == "binary_expression":
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            if text_of(node.child_by_field_name("operator")) not in ("==", "!="):
                continue
            present = [side for side in sides if side is not None]
            if not any(errno_constant(side) for side in present):
                continue
            if any(_is_value(side, variables, inside) for side in present):
                return True
        elif node.type == "case_statement":
            value = node.child_by_field_name("value")
            switch = node.parent.parent if node.parent is not None else None
            subject = switch.child_by_field_name("condition") if switch is not None else None
            if value is None or subject is None or not errno_constant(value):
                continue
            if _is_value(subject, variables, inside):
                return True
    return False


def _seen(calls: Iterable[Node]) -> bool:
    return any(
        call.parent is not None and call.parent.type != "expression_statement" for call in calls
    )


def _is_value(node: Node, variables: set[str], calls: set[int]) -> bool:
    node = strip(node)
    if node.type == "call_expression" and call_name(node) == "PTR_ERR":
        node = strip(call_arguments(node)[0]) if call_arguments(node) else node
    return text_of(node) in variables or node.start_byte in calls


def _assigned_to(call: Node) -> str:
    node = call.parent
    while node is not None and node.type in ("parenthesized_expression", "cast_expression"):
        node = node.parent
    if node is None:
        return ""
    if node.type == "assignment_expression":
        return text_of(node.child_by_field_name("left"))
    if node.type == "init_declarator":
        return text_of(node.child_by_field_name("declarator")).lstrip("* ")
    return ""
