# SPDX-License-Identifier: GPL-2.0-only
"""Messages that stand in the branch of a way out, and what can be made of them.

A statement that only logs can go, and so can an ``if`` that only decides what is logged. Every
one can become a debug message where the kernel has such a form of what it calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, call_name, walk
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.guards import arm_of

_LEVEL = re.compile(r"(\w+?)_(?:emerg|alert|crit|err|warn|warning|notice|info)(_\w+)?")
_DEBUG = re.compile(r"\w+?_(?:dbg|debug)(?:_\w+)?")
_LOOPS = ("for_statement", "while_statement", "do_statement")

Asks = Callable[[Node, Function], bool]
"""Whether an expression in a function does nothing but compute a value."""

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


def conditional(
    function: Function, way: WayOut, apis: KernelApis, printer: Printer, asks: Asks
) -> tuple[Node, ...]:
    """The statements ``if`` directly in that arm that decide what is logged, and do no more."""
    arm = _arm(function.graph.blocks[way.block], way)
    if arm is None or arm.type not in ("compound_statement", "case_statement"):
        return ()
    return tuple(
        node
        for node in arm.named_children
        if node.type == "if_statement"
        and _only_logs(node, function, apis, printer)
        and all(asks(each, function) for each in _conditions(node))
    )


def nested(function: Function, way: WayOut, apis: KernelApis, printer: Printer) -> tuple[Node, ...]:
    """The printing statements deeper in that arm, in an ``if`` or a loop of their own."""
    arm = _arm(function.graph.blocks[way.block], way)
    if arm is None:
        return ()
    own = messages(function, way, apis, printer)
    inside = (node for node in walk(arm) if node not in own)
    found = [node for node in inside if prints(node, function, apis, printer)]
    return tuple(node for node in found if not _leaves_apart(node, arm))


def why_nested(node: Node, function: Function, apis: KernelApis, printer: Printer) -> str:
    """Why a printing statement that is not directly in the arm cannot go, as half a sentence."""
    around = node.parent
    while around is not None and around.type in ("compound_statement", "else_clause"):
        around = around.parent
    if around is None or around.type != "if_statement":
        loop = around is not None and around.type in _LOOPS
        return "it is in a loop of its own" if loop else "it has a condition of its own"
    if _only_logs(around, function, apis, printer):
        return "the condition of its own may do more than ask"
    return "the condition of its own decides on more than that"


def debug_form(name: str, apis: KernelApis) -> str:
    """The debug form of a function that logs: itself for one that is one, "" where there is none.

    What limits how often it logs is kept where there is a debug form with that limit.
    """
    if _DEBUG.fullmatch(name):
        return name
    match = _LEVEL.fullmatch(name)
    stem, limit = (match[1], match[2] or "") if match else ("", "")
    forms = [f"{stem}_{word}{end}" for end in (limit, "") for word in ("dbg", "debug")]
    return next((form for form in forms if form in apis.debug_printers), "")


def _only_logs(node: Node, function: Function, apis: KernelApis, printer: Printer) -> bool:
    """Whether a statement logs, or is an ``if`` or a block in which all statements do."""
    if node.type == "compound_statement":
        inner = [child for child in node.named_children if child.type != "comment"]
    elif node.type == "if_statement":
        arms = map(node.child_by_field_name, ("consequence", "alternative"))
        known = [arm for arm in arms if arm is not None]
        inner = [arm.named_children[-1] if arm.type == "else_clause" else arm for arm in known]
    else:
        return prints(node, function, apis, printer)
    each = (_only_logs(child, function, apis, printer) for child in inner)
    return bool(inner) and not node.has_error and all(each)


def _conditions(node: Node) -> Iterator[Node]:
    """The conditions of an ``if`` and of those in its arms."""
    for each in walk(node):
        condition = each.child_by_field_name("condition")
        if each.type == "if_statement" and condition is not None:
            yield condition


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
