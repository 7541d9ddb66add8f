# SPDX-License-Identifier: GPL-2.0-only
"""Ifs that can be divided between the halves of their condition.

``if (a || b) LEAVE`` is ``if (a) LEAVE if (b) LEAVE`` where LEAVE always leaves: both ask ``b``
if and only if ``a`` was false, so that even side effects of the halves stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    text_of,
    walk,
)
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.guards import chains
from errno_gen.analysis.flow.sources import Constant
from errno_gen.analysis.places.messages import Printer, prints
from errno_gen.analysis.places.splits import heads_body
from errno_gen.model import Split, Verdict

HALF = "half"

_LEAVING = ("goto_statement", "return_statement", "break_statement", "continue_statement")


def is_half(verdict: Verdict) -> bool:
    """Whether a verdict is about a half of a condition."""
    return bool(verdict.guard) and bool(verdict.guard[0].whole)


def is_divided(verdict: Verdict) -> bool:
    """Whether the ``if`` of a verdict's half is (once settled), or can be, divided."""
    return verdict.split is not None and verdict.split.form == HALF


def operator_of(node: Node) -> str:
    """The operator of a binary expression, "" for any other."""
    binary = node.type == "binary_expression"
    return text_of(node.child_by_field_name("operator")) if binary else ""


def division(
    function: Function, constant: Constant, way: WayOut, apis: KernelApis, printer: Printer
) -> Split | None:
    """How the ``if`` that a way out is the arm of can be divided, or None.

    The arm must do no more than log, set the errno and leave.
    """
    found = chains(function, way) if way.label == PLACE else ()
    branch = function.graph.blocks[found[0][0].block].syntax if found else None
    if branch is None or branch.type != "if_statement" or function.macro:
        return None
    condition = branch.child_by_field_name("condition")
    arm = branch.child_by_field_name("consequence")
    if condition is None or arm is None or branch.has_error:
        return None
    parent = branch.parent
    alone = parent is not None and parent.type in ("compound_statement", "case_statement")
    if not alone or branch.child_by_field_name("alternative") or heads_body(branch):
        return None
    if [operator_of(child) for child in condition.named_children] != ["||"]:
        return None
    if any(node.type.startswith("preproc_") for node in walk(branch)):
        return None
    statements = arm_statements(arm)
    others = [node for node in statements[:-1] if not _sets(node, constant.node)]
    if not statements or not _leaves(statements, constant.node, apis):
        return None
    if not all(prints(node, function, apis, printer) for node in others):
        return None
    return Split("", HALF, function.location(branch), True, False, bool(others))


def arm_statements(arm: Node) -> list[Node]:
    """The statements of an arm, in braces or alone."""
    inner = arm.named_children if arm.type == "compound_statement" else [arm]
    return [node for node in inner if node.type != "comment"]


def _leaves(statements: Sequence[Node], constant: Node, apis: KernelApis) -> bool:
    """Whether the last of some statements leaves, with the constant that is set before it."""
    last = statements[-1]
    value = last.named_children[0] if last.named_children else None
    sets = sum(_sets(node, constant) for node in statements[:-1])
    if last.type not in _LEAVING:
        return False
    if last.type != "return_statement" or value is None:
        return sets == 1
    if sets:
        return sets == 1 and value.type == "identifier"
    if value.type == "call_expression" and call_name(value) in apis.errno_wrappers:
        value = call_arguments(value)[0] if len(call_arguments(value)) == 1 else value
    return _same(value, constant) and errno_constant(value) is not None


def _sets(node: Node, constant: Node) -> bool:
    """Whether a statement is ``variable = constant;``."""
    inner = node.named_children[0] if node.named_child_count == 1 else node
    if node.type != "expression_statement" or inner.type != "assignment_expression":
        return False
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    plain = text_of(inner.child_by_field_name("operator")) == "="
    named = left is not None and left.type == "identifier"
    return plain and named and right is not None and _same(right, constant)


def _same(one: Node, other: Node) -> bool:
    return (one.start_byte, one.end_byte) == (other.start_byte, other.end_byte)
