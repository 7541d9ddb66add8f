# SPDX-License-Identifier: GPL-2.0-only
"""What assignments and callees write to: members of structs, and memory behind pointers."""

from __future__ import annotations

from errno_gen.analysis.c.functions import Function
from errno_gen.analysis.c.graph.dataflow import Definition, evaluated, key_of
from errno_gen.analysis.c.text.syntax import Node, condensed, strip, text_of, walk


def target_of(definition: Definition) -> Node | None:
    """The base expression of a member that an assignment writes (``p`` of ``p->m = x``)."""
    if not definition.inputs:
        return None
    target = strip(definition.inputs[0])
    return target.child_by_field_name("argument") if target.type == "field_expression" else None


def address_of(argument: Node) -> str | None:
    """The key whose address an argument is (``x`` of ``&x``), else None."""
    inner = strip(argument)
    target = inner.child_by_field_name("argument")
    if inner.type != "pointer_expression" or not text_of(inner).startswith("&"):
        return None
    return key_of(target) if target is not None else None


def stores_through(callee: Function, name: str) -> list[tuple[Node, int]]:
    """(value, block) of each ``*name = value``; [] if the name is used in any other way."""
    stores: list[tuple[Node, int]] = []
    uses = 0
    for block in callee.graph.blocks:
        root = evaluated(block)
        for node in walk(root) if root is not None else ():
            if node.type == "identifier" and text_of(node) == name:
                uses += 1
            elif node.type == "assignment_expression":
                left = node.child_by_field_name("left")
                right = node.child_by_field_name("right")
                plain = text_of(node.child_by_field_name("operator")) == "="
                if right and plain and condensed(left).replace(" ", "") == f"*{name}":
                    stores.append((right, block.index))
    return stores if uses == len(stores) else []
