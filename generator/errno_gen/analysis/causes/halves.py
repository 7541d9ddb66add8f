# SPDX-License-Identifier: GPL-2.0-only
"""The halves of a condition that is joined with ``||``, each judged by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, condensed, strip
from errno_gen.analysis.causes.findings import DISAGREEMENT, Finding
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.guards import chains
from errno_gen.analysis.places.division import operator_of
from errno_gen.model import Cause, Guard, Location, with_changes

Named = Callable[[str, str, str], bool]
"""Whether somebody names (function, errno, text of a half), to have it judged alone."""


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
    if operator_of(node) != "||":
        return [node]
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return [*_operands(left), *_operands(right)] if left is not None and right is not None else []


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
