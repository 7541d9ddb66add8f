# SPDX-License-Identifier: GPL-2.0-only
"""Ways out that can have an errno of their own.

A preset serves several ways out with one constant. Where they mean different things the
errno is set in the arm of the branch that takes the way out. A callee's code that is
only tested is kept in a variable first, if nothing else needs what that holds.
"""

from __future__ import annotations

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of, mentions
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, strip, text_of, walk
from errno_gen.analysis.flow.escape import PLACE, WayOut
from errno_gen.analysis.flow.guards import arm_of
from errno_gen.analysis.flow.sources import Constant
from errno_gen.analysis.places.variables import own_integer, with_variable
from errno_gen.model import Split

_LEAVING = ("goto_statement", "return_statement", "break_statement")


# --- what can be split ------------------------------------------------------------------


def own_errno(function: Function, constant: Constant, way: WayOut) -> Split | None:
    """How the errno can be set in the arm that takes the way out, or None.

    The variable must hold the constant there whatever happened before, and the arm must
    leave and not touch the variable.
    """
    block = function.graph.blocks[way.block]
    definition = _preset(function, constant)
    branch = block.syntax
    if way.label == PLACE or branch is None or branch.type != "if_statement":
        return None
    if definition is None or not _only(function, definition, way.block):
        return None
    arm = _arm(block, way.label)
    if arm is None:
        return None
    form = _form(arm, definition.key)
    taken = way.label == "true"
    where = function.location(branch)
    return Split(definition.key, form, where, taken, False) if form else None


def _preset(function: Function, constant: Constant) -> Definition | None:
    """The definition that gives the constant to a local integer whose address nobody has."""
    for definition in function.flow.definitions:
        value = definition.value
        if definition.block != constant.block or definition.how != "assign" or value is None:
            continue
        plain = strip(value)
        if (plain.start_byte, plain.end_byte) == (constant.node.start_byte, constant.node.end_byte):
            return definition if own_integer(function, definition.key) else None
    return None


def _only(function: Function, definition: Definition, block: int) -> bool:
    """Whether the variable surely holds what was defined when a block is left."""
    flow = function.flow
    if flow.defines(block, definition.key) and block != definition.block:
        return False
    return flow.reaching(definition.key, block) == (definition,)


def _arm(block: Block, label: str) -> Node | None:
    """The arm that the edge leads into, if it can take a statement more."""
    arm = arm_of(block, label)
    branch = block.syntax
    if arm is None or branch is None:
        return None
    if arm.type == "else_clause":
        arm = arm.named_children[-1] if arm.named_children else None
    if arm is None or arm.has_error or arm.type == "compound_statement":
        return arm if arm is not None and not arm.has_error else None
    chained = branch.child_by_field_name("alternative") is not None or (
        branch.parent is not None and branch.parent.type == "else_clause"
    )
    return None if chained or arm.type == "if_statement" else arm


def _leaves(arm: Node) -> bool:
    """Whether a block ends in a jump and holds no directive."""
    last = [child for child in arm.named_children if child.type != "comment"][-1]
    return last.type in _LEAVING and not any(n.type.startswith("preproc_") for n in walk(arm))


def _form(arm: Node, variable: str) -> str:
    """The form of the split for an arm; "" where the arm is not plain enough."""
    statements = [arm]
    if arm.type == "compound_statement":
        statements = [child for child in arm.named_children if child.type != "comment"]
    if not statements or statements[-1].type not in _LEAVING:
        return ""
    if any(node.type.startswith("preproc_") for node in walk(arm)):
        return ""
    last = statements[-1]
    if last.type == "return_statement":
        values = [child for child in last.named_children if child.type != "comment"]
        direct = len(values) == 1 and text_of(values[0]) == variable
        return "return" if direct and _counted(arm, variable) == 1 else ""
    return "" if mentions(arm, variable) else "arm"


def _counted(root: Node, name: str) -> int:
    return sum(node.type == "identifier" and text_of(node) == name for node in walk(root))


# --- a code that is only tested ---------------------------------------------------------


def tested_call(function: Function, branch: int, apis: KernelApis) -> tuple[Node, bool] | None:
    """The call that is all that an ``if`` tests: ``f()``, ``f() != 0``, ``f() < 0``.

    With whether only a negative value takes the arm; None for any other condition.
    """
    block = function.graph.blocks[branch]
    condition = block.expression
    if block.syntax is None or block.syntax.type != "if_statement" or condition is None:
        return None
    operator = text_of(condition.child_by_field_name("operator"))
    if condition.type == "binary_expression" and operator in ("!=", "<"):
        right = condition.child_by_field_name("right")
        left = condition.child_by_field_name("left")
        if left is None or text_of(right) != "0":
            return None
        condition = left
    if condition.type != "call_expression" or condition.has_error:
        return None
    name = text_of(condition.child_by_field_name("function"))
    known = name in apis.transparent or name in apis.pointer_errors
    return None if known else (condition, operator == "<")


def kept_code(
    function: Function, constant: Constant, way: WayOut, branch: int, *, exact: bool = False
) -> Split | None:
    """How the code of the call that ``branch`` tests can be kept and handed on, or None.

    The variable is the one that is preset or set, or one that the function returns elsewhere;
    what it holds must not be needed any more, or be 0 as the code is where the ``if`` is not
    taken: ``exact`` tells that no other code passes by.
    """
    node = function.graph.blocks[branch].syntax
    if node is None or node.parent is None or node.child_by_field_name("alternative"):
        return None
    if node.parent.type not in ("compound_statement", "case_statement") or heads_body(node):
        return None
    if not _whole(function, branch, node):
        return None
    if way.label == PLACE:
        if constant.form == "assign":
            return _taken(function, constant, branch, node, exact)
        fetched = _fetched(function, constant, branch, node, exact)
        return fetched or with_variable(function, constant, node)
    definition = _preset(function, constant)
    if definition is None or way.block != branch or way.label != "true":
        return None
    arm = _arm(function.graph.blocks[branch], "true")
    if arm is None or not _only(function, definition, branch):
        return None
    if _tested(node, definition.key):
        return None
    if not _form(arm, definition.key):
        return None
    if not _free_behind(function, branch, definition.key, exact):
        return None
    return Split(definition.key, "call", function.location(node), True, True)


def _whole(function: Function, branch: int, node: Node) -> bool:
    """Whether what a block tests is all of the condition of an ``if``."""
    tested, condition = (
        function.graph.blocks[branch].expression,
        node.child_by_field_name("condition"),
    )
    return tested is not None and condition is not None and strip(condition) == strip(tested)


def heads_body(node: Node) -> bool:
    """Whether a macro without ``;`` stands before a statement, as the head of a loop does."""
    before = node.prev_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    return before is not None and bool(before.children) and before.children[-1].is_missing


def _tested(branch: Node, variable: str) -> bool:
    """Whether the condition of an ``if`` mentions a variable."""
    condition = branch.child_by_field_name("condition")
    return condition is not None and mentions(condition, variable)


def _free_behind(function: Function, branch: int, key: str, exact: bool) -> bool:
    """Whether what a variable holds is not missed once it holds the code, where the if is not
    taken: nobody reads it there, or it is 0 as the code is."""
    known = function.flow.reaching(key, branch)
    zero = bool(known) and all(
        each.how == "assign" and each.value is not None and text_of(strip(each.value)) == "0"
        for each in known
    )
    return (exact and zero) or _unused(function, branch, "false", key)


def _taken(
    function: Function, constant: Constant, branch: int, node: Node, exact: bool
) -> Split | None:
    """``if (f()) { ret = -E; goto out; }``: the variable itself, if it is free here."""
    arm = _arm(function.graph.blocks[branch], "true")
    definition = _preset(function, constant)
    if arm is None or arm.type != "compound_statement" or definition is None:
        return None
    key = definition.key
    setting = [
        child
        for child in arm.named_children
        if child.type == "expression_statement"
        and child.start_byte <= constant.node.start_byte < child.end_byte
    ]
    rest = [child for child in arm.named_children if child not in setting]
    if len(setting) != 1 or len([c for c in rest if c.type != "comment"]) == 0:
        return None
    assigned = setting[0].named_children[0]
    plain = assigned.type == "assignment_expression" and _counted(assigned, key) == 1
    read = any(mentions(each, key) for each in rest if each.type != "return_statement")
    if not plain or read or _tested(node, key) or not declared_before(key, node):
        return None
    if not _leaves(arm) or not _free_behind(function, branch, key, exact):
        return None
    return Split(key, "take", function.location(node), True, True)


def _fetched(
    function: Function, constant: Constant, branch: int, node: Node, exact: bool
) -> Split | None:
    """``if (f()) return -E;``: an error variable of the function that is free here."""
    arm = _arm(function.graph.blocks[branch], "true")
    inside = arm is not None and (
        arm.start_byte <= constant.node.start_byte and constant.node.end_byte <= arm.end_byte
    )
    if arm is None or not inside or constant.form != "return":
        return None
    returned = {
        key_of(block.expression)
        for block in function.graph.blocks
        if block.kind is Kind.RETURN and block.expression is not None
    }
    for name in sorted(key for key in returned if key):
        free = own_integer(function, name) and not mentions(arm, name)
        parameter = any(name == known for known, _ in function.parameters)
        if not free or parameter or _tested(node, name) or not declared_before(name, node):
            continue
        if _unused(function, branch, "true", name) and _free_behind(function, branch, name, exact):
            return Split(name, "fetch", function.location(node), True, True)
    return None


def declared_before(name: str, node: Node) -> bool:
    """Whether a declaration of the name stands before a node in a block around it."""
    scope = node.parent
    while scope is not None:
        for child in scope.named_children:
            if child.type == "declaration" and child.end_byte <= node.start_byte:
                for declarator in child.children_by_field_name("declarator"):
                    if mentions(declarator, name):
                        return True
        scope = scope.parent
    return False


def _unused(function: Function, branch: int, label: str, key: str) -> bool:
    """Whether what ``key`` holds is overwritten on every path from an edge before it is read."""
    blocks = function.graph.blocks
    pending = [target for target, name in blocks[branch].edges if name == label]
    seen: set[int] = set()
    while pending:
        index = pending.pop()
        if index in seen:
            continue
        seen.add(index)
        overwritten = any(
            d.strong and d.value is not None and not mentions(d.value, key)
            for d in function.flow.defines(index, key)
        )
        reads = _read(blocks[index], key) - (1 if overwritten else 0)
        if blocks[index].target is not None and overwritten:
            reads += 1  # the target of an arm of ?: is not part of what is counted
        if reads > 0:
            return False
        if not overwritten:
            pending.extend(target for target, _ in blocks[index].edges)
    return True


def _read(block: Block, key: str) -> int:
    """How often a block mentions a variable."""
    root = block.expression
    plain = block.kind is Kind.STATEMENT and block.target is None
    if block.macro is None and (root is None or plain):
        root = block.syntax
    if root is None or block.kind is Kind.CONFIG:
        return 0
    if root.type in ("if_statement", "for_statement", "while_statement"):
        return 0  # an endless loop has no condition
    return _counted(root, key)
