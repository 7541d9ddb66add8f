# SPDX-License-Identifier: GPL-2.0-only
"""Messages that stand directly in the branch of a way out."""

from __future__ import annotations

from collections.abc import Callable

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, call_name, walk
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.guards import arm_of

Printer = Callable[[str, Function], bool]
"""Whether a function of that name, called in a function of the driver, does nothing but log."""


def messages(
    function: Function, way: WayOut, apis: KernelApis, printer: Printer
) -> tuple[Node, ...]:
    """The printing statements in the arm that the way out stands in, in source order.

    Only statements that are nothing but a call of a printer, in the same ``{}`` as the
    way out and below a condition: a message of the function's main flow stays.
    """
    arm = _arm(function.graph.blocks[way.block], way)
    if arm is None:
        return ()
    siblings = arm.named_children if arm.type in ("compound_statement", "case_statement") else [arm]
    return tuple(node for node in siblings if prints(node, function, apis, printer))


def nested(function: Function, way: WayOut, apis: KernelApis, printer: Printer) -> tuple[Node, ...]:
    """The printing statements deeper in that arm, in an ``if`` or a loop of their own."""
    arm = _arm(function.graph.blocks[way.block], way)
    if arm is None:
        return ()
    own = messages(function, way, apis, printer)
    inside = (node for node in walk(arm) if node not in own)
    found = [node for node in inside if prints(node, function, apis, printer)]
    return tuple(node for node in found if not _leaves_apart(node, arm))


def _leaves_apart(node: Node, arm: Node) -> bool:
    """Whether a block between a statement and the arm leaves by itself: it is another way out."""
    leaving = ("return_statement", "goto_statement", "break_statement", "continue_statement")
    around = node.parent
    while around is not None and around != arm:
        if any(child.type in leaving for child in around.named_children):
            return True
        around = around.parent
    return False


def _arm(block: Block, way: WayOut) -> Node | None:
    if block.macro is not None and block.macro.branches:
        return None  # what stands beside the macro runs whatever its condition is
    if way.label != PLACE:
        arm = arm_of(block, way.label)
        if arm is not None and arm.type == "else_clause":
            arm = arm.named_children[0] if arm.named_child_count else None
        return arm
    node = block.syntax
    while node is not None and not node.type.endswith("statement"):
        node = node.parent
    parent = node.parent if node is not None else None
    if parent is None or parent.type == "case_statement":
        return parent
    if parent.type != "compound_statement" or parent.parent is None:
        return None
    conditional = ("if_statement", "else_clause", "case_statement")
    return parent if parent.parent.type in conditional else None


def prints(node: Node, function: Function, apis: KernelApis, printer: Printer) -> bool:
    """Whether a statement of a function does nothing but call a printer."""
    if node.type != "expression_statement" or node.named_child_count != 1:
        return False
    call = node.named_children[0]
    name = call_name(call) if call.type == "call_expression" else ""
    return name in apis.printers or (bool(name) and printer(name, function))
