# SPDX-License-Identifier: GPL-2.0-only
"""Conditions that constants alone decide: literals, the configuration, a count of attempts."""

from __future__ import annotations

from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, call_arguments, strip, text_of

_LITERALS = ("number_literal", "true", "false", "null", "char_literal")
_COMPUTED = ("unary_expression", "binary_expression", "update_expression")
_OPTION = "CONFIG_"
"""What Kconfig puts in front of the name of every option."""


def is_fixed(node: Node, block: int, function: Function) -> bool:
    """Whether an expression that is evaluated in a block is made of nothing but constants.

    Variables count that are only given constants, and counted from there.
    """
    return _is_fixed(node, block, function, frozenset())


def _is_fixed(node: Node, block: int, function: Function, seen: frozenset[int]) -> bool:
    node = strip(node)
    if node.type in _LITERALS:
        return True
    if node.type == "call_expression":
        arguments = call_arguments(node)
        return bool(arguments) and all(text_of(a).startswith(_OPTION) for a in arguments)
    if node.type == "identifier":
        name = text_of(node)
        if name not in function.locals:
            return name.isupper()
        reaching = function.flow.reaching(name, block, node.start_byte)
        return bool(reaching) and all(_is_given(d, function, seen) for d in reaching)
    if node.type not in _COMPUTED:
        return False
    return all(_is_fixed(child, block, function, seen) for child in node.named_children)


def _is_given(definition: Definition, function: Function, seen: frozenset[int]) -> bool:
    """Whether a definition gives a variable a constant, or counts it."""
    if definition.index in seen:
        return True
    known = seen | {definition.index}
    if definition.how == "assign":
        value = definition.value
        return value is not None and _is_fixed(value, definition.block, function, known)
    if definition.how != "update":
        return False
    nodes = [*definition.inputs, *([definition.value] if definition.value is not None else [])]
    own = (node for node in nodes if key_of(node) != definition.key)
    return all(_is_fixed(node, definition.block, function, known) for node in own)
