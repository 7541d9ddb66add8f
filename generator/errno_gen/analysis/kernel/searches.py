# SPDX-License-Identifier: GPL-2.0-only
"""Which functions of the tree search a bitmap: what they find is below a size, or is the size.

The kernel's bitmaps are arrays of ``unsigned long``. A function that is given one and a
number, writes nothing there, and may hand back that very number searches it; one that counts
bits hands back no number that it got. Ids come from a function that takes memory for them
and says with ENOSPC that there are no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from errno_gen.analysis.c.functions import Function, TypeRef
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    identifiers,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.c.treesource import Library

_MAP = TypeRef("unsigned long", 1)
_NUMBERS = frozenset(("unsigned long", "unsigned int", "unsigned", "int", "long", "size_t"))
_FLAGS = "gfp_t"
_ID = TypeRef("int")
_MAX_DEPTH = 4


class Searches:
    """Answers for functions of one tree, once each."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._memo: dict[Function, bool] = {}

    def is_search(self, function: Function) -> bool:
        """Whether a function looks for a place in a bitmap, or for a free id."""
        if function not in self._memo:
            self._memo[function] = self._judge(function) or self._gives_ids(function, 0)
        return self._memo[function]

    def _gives_ids(self, function: Function, depth: int) -> bool:
        """Whether a function gives out numbers, for which it takes memory, till none is left."""
        flags = any(kind.name == _FLAGS for _, kind in function.parameters)
        pointers = sum(kind.pointers for _, kind in function.parameters)
        if not flags or pointers != 1 or function.returns != _ID:
            return False
        values = [
            strip(block.expression)
            for block in function.graph.blocks
            if block.kind is Kind.RETURN and block.expression is not None
        ]
        if any(errno_constant(value) == "ENOSPC" for value in values):
            return True
        if len(values) != 1 or values[0].type != "call_expression" or depth >= _MAX_DEPTH:
            return False
        callees = self._library.resolve(call_name(values[0]), function.path)
        return bool(callees) and all(self._gives_ids(callee, depth + 1) for callee in callees)

    def _judge(self, function: Function) -> bool:
        maps = {name for name, kind in function.parameters if kind == _MAP}
        if not maps or function.returns.pointers or function.returns.name not in _NUMBERS:
            return False
        if any(_writes(node, maps) for node in walk(function.node)):
            return False
        sizes = {
            name
            for name, kind in function.parameters
            if kind.name in _NUMBERS and not kind.pointers
        }
        return bool(sizes & self._handed_back(function, 0))

    def _handed_back(self, function: Function, depth: int) -> frozenset[str]:
        """The names of the parameters that a function may return just as it got them."""
        returned: set[str] = set()
        waiting = [
            leaf
            for block in function.graph.blocks
            if block.kind is Kind.RETURN and block.expression is not None
            for leaf in self._leaves(block.expression, function, depth)
        ]
        given = list(_given(function))
        while waiting:
            name = waiting.pop()
            if name not in returned:
                returned.add(name)
                for target, value in given:
                    if target == name:
                        waiting.extend(self._leaves(value, function, depth))
        return frozenset(returned) & frozenset(function.parameter_names)

    def _leaves(self, node: Node, function: Function, depth: int) -> Iterator[str]:
        """The variables whose value an expression may have."""
        node = strip(node, self._library.apis.transparent)
        if node.type == "identifier":
            yield text_of(node)
        elif node.type == "conditional_expression":
            for arm in ("consequence", "alternative"):
                inner = node.child_by_field_name(arm)
                if inner is not None:
                    yield from self._leaves(inner, function, depth)
        elif node.type == "call_expression" and depth < _MAX_DEPTH:
            arguments = call_arguments(node)
            for callee in self._library.resolve(call_name(node), function.path):
                handed = self._handed_back(callee, depth + 1)
                for index, name in enumerate(callee.parameter_names):
                    if name in handed and index < len(arguments):
                        yield from self._leaves(arguments[index], function, depth)
        elif node.type in ("parenthesized_expression", "compound_statement"):
            last = node.named_children[-1:]
            for inner in last[0].named_children if last and "statement" in last[0].type else last:
                yield from self._leaves(inner, function, depth)


def _given(function: Function) -> Iterator[tuple[str, Node]]:
    """(variable, value) of each assignment and initialiser."""
    for node in walk(function.node):
        target, value = "", None
        if node.type == "init_declarator":
            target = text_of(node.child_by_field_name("declarator"))
            value = node.child_by_field_name("value")
        elif node.type == "assignment_expression":
            target = text_of(node.child_by_field_name("left"))
            plain = text_of(node.child_by_field_name("operator")) == "="
            value = node.child_by_field_name("right") if plain else None
        if value is not None:
            yield target, value


def _writes(node: Node, maps: set[str]) -> bool:
    """Whether an assignment goes through one of the pointers."""
    if node.type not in ("assignment_expression", "update_expression"):
        return False
    left = node.child_by_field_name("left") or node.child_by_field_name("argument")
    if left is None or left.type not in ("subscript_expression", "pointer_expression"):
        return False
    return bool(maps & {text_of(each) for each in identifiers(left)})
