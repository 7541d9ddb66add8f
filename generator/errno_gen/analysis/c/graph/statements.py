# SPDX-License-Identifier: GPL-2.0-only
"""What single statements are made of, as far as a graph needs to know."""

from __future__ import annotations

from errno_gen.analysis.c.text.syntax import Node, call_name, strip, text_of


def declared_identifier(declarator: Node | None) -> Node | None:
    """The identifier that a declarator declares, also ``(*f)(int)``; None if there is none."""
    while declarator is not None and declarator.type != "identifier":
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type == "parenthesized_declarator":
            inner = declarator.named_children[-1]
        declarator = inner
    return declarator


def value_statements(node: Node) -> list[Node]:
    """The statements of a statement expression, the last of which is its value; else []."""
    if node.type != "parenthesized_expression" or not node.named_children:
        return []
    body = node.named_children[0]
    if body.type != "compound_statement":
        return []
    found = [child for child in body.named_children if child.type != "comment"]
    valued = bool(found) and found[-1].type == "expression_statement"
    return found if valued and found[-1].named_children else []


def is_outermost(inner: Node, node: Node | None) -> bool:
    """Whether a block is that of an outermost statement expression of a node."""
    parent = inner.parent
    if parent is None or parent.type != "parenthesized_expression":
        return False
    while parent is not None and parent != node:
        if parent.type == "compound_statement":
            return False
        parent = parent.parent
    return True


def heads_block(statement: Node, following: Node) -> bool:
    """Whether a macro call without ``;`` is the head of the statement behind it."""
    if statement.type != "expression_statement" or not statement.children:
        return False
    call = statement.children[0]
    last = statement.children[-1]
    named = call.type == "call_expression" and bool(call_name(call))
    return named and last.is_missing and following.type.endswith("_statement")


def condition_of(node: Node) -> Node | None:
    condition = node.child_by_field_name("condition")
    return strip(condition) if condition is not None else None


def assigned_in(node: Node) -> tuple[Node | None, Node | None]:
    """(target, value) of a plain assignment or of a declaration with one initialiser."""
    inner = node.named_children[0] if node.named_child_count == 1 else node
    if node.type == "expression_statement" and inner.type == "assignment_expression":
        operator = inner.child_by_field_name("operator")
        if text_of(operator) == "=":
            return inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if node.type == "declaration":
        declared = [child for child in node.named_children if child.type == "init_declarator"]
        if len(declared) == 1:
            declarator = declared[0].child_by_field_name("declarator")
            return declared_identifier(declarator), declared[0].child_by_field_name("value")
    return None, None
