# SPDX-License-Identifier: GPL-2.0-only
"""What C declarations declare: names and types."""

from __future__ import annotations

from dataclasses import dataclass

from errno_gen.analysis.syntax import Node, text_of


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A C type as far as it matters: the struct's tag (or base name), and pointer depth."""

    name: str
    pointers: int = 0


def function_declarator(node: Node) -> Node | None:
    """The part of a function definition that has its name and parameters; None if there is none."""
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator")
    if declarator is None:
        return None
    name = declarator.child_by_field_name("declarator")
    return declarator if name is not None and name.type == "identifier" else None


def declared_name(declarator: Node | None) -> str:
    """The name that a declarator declares; "" where there is none."""
    while declarator is not None:
        if declarator.type in ("identifier", "field_identifier"):
            return text_of(declarator)
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.named_child_count:
            inner = declarator.named_children[-1]
        declarator = inner
    return ""


def type_of(node: Node, declarator: Node | None) -> TypeRef:
    """The type that a declaration (or type name) gives a declarator."""
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type in ("struct_specifier", "union_specifier"):
        name = text_of(kind.child_by_field_name("name"))
    else:
        name = text_of(kind)
    pointers = 0
    while declarator is not None and declarator.type not in ("identifier", "field_identifier"):
        if declarator.type in ("pointer_declarator", "array_declarator"):
            pointers += 1
        if declarator.type == "function_declarator" and node.type == "function_definition":
            break
        declarator = declarator.child_by_field_name("declarator")
    return TypeRef(name, pointers)


def at_top(node: Node) -> bool:
    """Whether a declaration stands outside of all functions."""
    parent = node.parent
    while parent is not None and parent.type.startswith("preproc_"):
        parent = parent.parent
    return parent is not None and parent.type == "translation_unit"
