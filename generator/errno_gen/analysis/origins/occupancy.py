# SPDX-License-Identifier: GPL-2.0-only
"""Signs that a value tells whether something is occupied, not what the hardware is like."""

from __future__ import annotations

from collections.abc import Collection

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, strip, text_of, walk
from errno_gen.analysis.flow.guards import alternatives

_NOTHING = ("0", "NULL", "false")


def sets_later(function: Function, node: Node, block: int, counted: Collection[str] = ()) -> bool:
    """Whether a function that reads a flag or a counter sets it itself, but only later.

    ``if (x->used) return -E...; x->used = true;``: the value tells who came before. So does a
    member that is ``counted`` up or down somewhere in the driver.
    """
    member = text_of(node.child_by_field_name("field"))
    if member and member in counted:
        return True
    key = key_of(node)
    if key is None or (node.type == "identifier" and key in function.locals):
        return False
    here = function.flow.reaching(key, block, node.start_byte)
    if any(definition.how != "entry" for definition in here):
        return False
    return any(d.key == key and _sets(d) for d in function.flow.definitions)


def _sets(definition: Definition) -> bool:
    if definition.how == "update":
        return definition.value is None  # x++, not x |= y
    value = definition.value
    if definition.how != "assign" or value is None:
        return False
    value = strip(value)
    return value.type in ("true", "number_literal") and text_of(value) not in _NOTHING


def is_constant(node: Node, truth: bool) -> bool:
    """Whether an expression is a constant that is true, or one that is not."""
    node = strip(node)
    if node.type not in ("true", "false", "number_literal", "null"):
        return False
    return (text_of(node) not in _NOTHING) == truth


def is_occupied(condition: Node, truth: bool, apis: KernelApis) -> bool:
    """Whether a condition holds because an element of an array is not 0."""
    return any(
        _is_element_set(atom.node, atom.truth)
        for atoms in alternatives(condition, truth, apis)
        for atom in atoms
    )


def _is_element_set(node: Node, truth: bool) -> bool:
    if node.type == "binary_expression":
        operator = text_of(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or operator not in ("==", "!="):
            return False
        if right is None or text_of(strip(right)) not in _NOTHING:
            return False
        node, truth = strip(left), truth == (operator == "!=")
    plain = node.type in ("subscript_expression", "field_expression")
    return truth and plain and any(n.type == "subscript_expression" for n in walk(node))
