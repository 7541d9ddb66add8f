# SPDX-License-Identifier: GPL-2.0-only
"""Conditions joined with ``||``, and ifs that can be divided between the halves of theirs.

``if (a || b) LEAVE`` is ``if (a) LEAVE if (b) LEAVE`` where LEAVE always leaves: both ask ``b``
if and only if ``a`` was false, so that even side effects of the halves stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.cfg import Kind
from errno_gen.analysis.escape import PLACE, WayOut
from errno_gen.analysis.findings import DISAGREEMENT, Finding
from errno_gen.analysis.guards import chains
from errno_gen.analysis.messages import prints
from errno_gen.analysis.program import Function
from errno_gen.analysis.sources import Constant
from errno_gen.analysis.splits import heads_body
from errno_gen.analysis.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.model import Cause, Guard, Location, Split, Verdict, with_changes

HALF = "half"

_LEAVING = ("goto_statement", "return_statement", "break_statement", "continue_statement")


# --- halves -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Half:
    """Neighbours among the operands of ``||`` that have one cause, as a finding, and where."""

    finding: Finding
    where: Location


def operands(function: Function, way: WayOut, apis: KernelApis) -> tuple[Node, ...]:
    """The operands of the ``||`` that alone decides whether a way out is taken, in order.

    () where there is no such condition, and for one of several ways out of a constant.
    """
    found = chains(function, way) if way.label == PLACE else ()
    level = found[0][0] if len(found) == 1 else None
    if level is None or not level.enclosing or level.label != "true":
        return ()
    block = function.graph.blocks[level.block]
    plain = block.syntax is not None and block.syntax.type == "if_statement"
    if block.kind is not Kind.CONDITION or block.expression is None or not plain:
        return ()
    condition = strip(block.expression, apis.transparent - apis.assertions)
    nodes = tuple(_operands(condition))
    if len(nodes) < 2 or condition.has_error:
        return ()
    return nodes


def _operands(node: Node) -> list[Node]:
    if _operator(node) != "||":
        return [node]
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return [*_operands(left), *_operands(right)] if left is not None and right is not None else []


def _operator(node: Node) -> str:
    binary = node.type == "binary_expression"
    return text_of(node.child_by_field_name("operator")) if binary else ""


def halves_named(nodes: Sequence[Node], named: Callable[[str], bool]) -> tuple[range, ...]:
    """The indices of neighbours that are not all operands and are ``named`` as one half."""
    count = len(nodes)
    return tuple(
        range(first, end)
        for first in range(count)
        for end in range(first + 1, count + 1)
        if end - first < count and named(_text(nodes[first:end]))
    )


def joined(
    function: Function,
    findings: Sequence[tuple[Node, Finding]],
    named: Sequence[range] = (),
) -> tuple[Half, ...]:
    """The halves of a condition, from its operands with what was found for each.

    Neighbours of one cause are one half, and so are those that somebody has ``named`` (their
    indices). Its guard is their text: first itself, then that the halves before it are false,
    then what stands around the condition.
    """
    edges = {edge for half in named for edge in (half.start, half.stop)}
    groups: list[list[tuple[Node, Finding]]] = []
    for index, (node, finding) in enumerate(findings):
        alike = groups and groups[-1][0][1].judgement.cause is finding.judgement.cause
        if index not in edges and (alike or any(index in half for half in named)):
            groups[-1].append((node, finding))
        else:
            groups.append([(node, finding)])
    before: list[Guard] = []
    found: list[Half] = []
    for group in groups:
        nodes = [node for node, _ in group]
        half = _together([finding for _, finding in group])
        whole, *around = half.guard
        text = _text(nodes)
        first, last = function.location(nodes[0]), function.location(nodes[-1])
        guard = Guard(text, True, whole.file, first.line, whole.text)
        half = with_changes(half, guard=(guard, *before, *around))
        found.append(Half(half, with_changes(first, end=last.end)))
        before.insert(0, with_changes(guard, taken=False, whole=""))
    return tuple(found)


def _text(nodes: Sequence[Node]) -> str:
    """The text of neighbours among the operands, as a guard has it."""
    texts = [condensed(node) for node in nodes]
    return " || ".join(texts) if len(texts) > 1 else condensed(strip(nodes[0]))


def _together(findings: Sequence[Finding]) -> Finding:
    """What was found for neighbours, which are of one cause or named as one half."""
    sentences = dict.fromkeys(text for each in findings for text in each.judgement.because)
    origins = dict.fromkeys(text for each in findings for text in each.origins)
    judgement = findings[0].judgement
    if any(each.judgement.cause is not judgement.cause for each in findings):
        judgement = with_changes(judgement, cause=Cause.UNKNOWN, rule=DISAGREEMENT)
    judgement = with_changes(judgement, because=tuple(sentences))
    return with_changes(findings[0], judgement=judgement, origins=tuple(origins))


def is_half(verdict: Verdict) -> bool:
    """Whether a verdict is about a half of a condition."""
    return bool(verdict.guard) and bool(verdict.guard[0].whole)


def is_divided(verdict: Verdict) -> bool:
    """Whether the ``if`` of a verdict's half is (once settled), or can be, divided."""
    return verdict.split is not None and verdict.split.form == HALF


# --- ifs that can be divided ------------------------------------------------------------


def division(function: Function, constant: Constant, way: WayOut, apis: KernelApis) -> Split | None:
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
    if [_operator(child) for child in condition.named_children] != ["||"]:
        return None
    if any(node.type.startswith("preproc_") for node in walk(branch)):
        return None
    statements = arm_statements(arm)
    others = [node for node in statements[:-1] if not _sets(node, constant.node)]
    if not statements or not _leaves(statements, constant.node, apis):
        return None
    if not all(prints(node, apis) for node in others):
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
