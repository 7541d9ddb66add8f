# SPDX-License-Identifier: GPL-2.0-only
"""Values that leave a function and of which the code does not tell which errno they are."""

from __future__ import annotations

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, call_name, condensed, strip, text_of
from errno_gen.analysis.prose import quoted

_NUMBERS = ("number_literal", "char_literal", "true", "false", "null", "sizeof_expression")
_TRUTHS = ("==", "!=", "<", ">", "<=", ">=", "&&", "||")


def reads_nothing(node: Node, program: Program) -> bool:
    """Whether a value is surely no errno: a number, a truth, a name for a number."""
    node = strip(node, program.apis.transparent)
    if node.type in _NUMBERS:
        return True
    if node.type == "binary_expression":
        return text_of(node.child_by_field_name("operator")) in _TRUTHS
    if node.type == "unary_expression":
        return text_of(node).startswith("!")
    if node.type == "pointer_expression":
        return text_of(node).startswith("&")
    if node.type != "identifier":
        return False
    name = text_of(node)
    if name in program.macro_texts.all:
        return program.apis.errno_names.get(name) != ""
    return not program.is_global(name)


def describe(node: Node, how: str, program: Program) -> str:
    """The sentence that says why nothing is known of a value; ``how`` as in a Definition."""
    text = quoted(condensed(node))
    if how == "out":
        name = quoted(f"{call_name(node) or condensed(node.child_by_field_name('function'))}()")
        return f"{name} fills in what is returned, and what that can be is not known."
    if how == "update":
        return f"{text} is worked into what is returned, so its errno is not known."
    if node.type == "identifier" and program.apis.errno_names.get(text_of(node)) == "":
        return f"{text} stands for one errno here and for another there."
    if node.type in ("field_expression", "subscript_expression", "identifier"):
        return f"{text} is returned as it was stored elsewhere, so its errno is not known."
    if node.type == "unary_expression":
        return f"{text} is returned, which is no errno by name."
    return f"{text} is computed and returned, so its errno is not known."


def not_followed(call: Node, argument: Node) -> str:
    """The sentence that says why nothing is known of an argument that a macro makes leave."""
    macro, text = quoted(f"{call_name(call)}()"), quoted(condensed(argument))
    return f"{text} may leave by the macro {macro}, which was not followed."


def is_straight(macro: Function) -> bool:
    """Whether a macro does the same at each use, whatever it is given."""
    return all(block.kind is not Kind.CONDITION for block in macro.graph.blocks)
