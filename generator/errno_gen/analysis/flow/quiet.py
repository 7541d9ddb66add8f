# SPDX-License-Identifier: GPL-2.0-only
"""Code that does nothing: it reads, locks and logs, and leaves no state behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.graph.dataflow import evaluated
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, call_name, strip, text_of, walk

# Locks are known by their verbs. One that is not taken for a lock makes code not quiet.
_LOCK = re.compile(
    r"(?:.*_)?(?:un)?lock(?:_(?:irq|irqsave|irqrestore|bh|nested|held|interruptible))*|"
    r"(?:.*_)?(?:lock|assert)_.*held.*|(?:down|up)_(?:read|write)(?:_nested)?|guard|might_sleep"
)
_WRITES = ("assignment_expression", "update_expression")
_ASKED = (
    "argument_list",
    "field_expression",
    "subscript_expression",
    "pointer_expression",
)
Asked = Callable[[str, Function], bool]
"""Tells something of a function outside the driver: (name, the function that calls it)."""


class Quiet:
    """Tells quiet code of one program. What is not known is not quiet.

    Of functions outside it ``idle`` tells that they change nothing, ``allocates`` that they
    hand out memory.
    """

    def __init__(self, program: Program, idle: Asked, allocates: Asked) -> None:
        self._program = program
        self._idle = idle
        self._allocates = allocates
        apis = program.apis
        self._harmless = (
            apis.printers
            | apis.transparent
            | apis.container_of
            | apis.errno_wrappers
            | apis.pointer_errors
        )
        self._memo: dict[Function, bool] = {}

    def of(self, function: Function, blocks: Iterable[int]) -> bool:
        """Whether none of some blocks of a function does anything."""
        return all(self.block(function, function.graph.blocks[index]) for index in blocks)

    def block(self, function: Function, block: Block) -> bool:
        """Whether a block does nothing but compute, lock and log."""
        root = evaluated(block)
        if root is None:
            return True
        if block.target is not None and not is_own(block.target, function):
            return False
        return all(self._node(node, function, block) for node in walk(root))

    def asks(self, value: Node, function: Function) -> bool:
        """Whether an expression of a function does nothing but compute its value."""
        return all(self._computes(node, function) for node in walk(value))

    def _computes(self, node: Node, function: Function) -> bool:
        if node.type != "call_expression":
            acts = (*_WRITES, "ERROR", "gnu_asm_expression", "compound_statement")
            return node.type not in acts
        name = call_name(node)
        if not name or name in function.locals or _LOCK.fullmatch(name):
            return False
        if name in self._harmless:
            return True
        callees = self._program.callees(node, function, 0)
        if callees:
            return all(self._function(callee) for callee in callees)
        return self._idle(name, function)

    def _node(self, node: Node, function: Function, block: Block) -> bool:
        if node.type in _WRITES:
            target = node.child_by_field_name("left") or node.child_by_field_name("argument")
            return target is not None and is_own(target, function)
        if node.type == "call_expression":
            return self._call(node, function, block)
        if node.type == "ERROR":  # a type as an argument is harmless
            return node.parent is not None and node.parent.type == "argument_list"
        return node.type not in ("gnu_asm_expression", "compound_statement")

    def _call(self, call: Node, function: Function, block: Block) -> bool:
        name = call_name(call)
        if name in self._harmless or _LOCK.fullmatch(name):
            return True
        callees = self._program.callees(call, function, block.index)
        if callees:
            return all(self._function(callee) for callee in callees)
        if self._idle(name, function):
            return True
        # A function outside that is asked for an object; memory that it makes is no such one.
        return not self._allocates(name, function) and self._gives_pointer(call, function, block)

    def _function(self, function: Function) -> bool:
        if function not in self._memo:
            self._memo[function] = True  # a recursion does what the rest of it does
            blocks = range(len(function.graph.blocks))
            texts = self._program.macro_texts
            works = function.name in texts.leaving or bool(texts.sets.get(function.name))
            self._memo[function] = not (function.macro and works) and self.of(function, blocks)
        return self._memo[function]

    def _gives_pointer(self, call: Node, function: Function, block: Block) -> bool:
        """Whether what a call returns is used as a pointer, as far as its place tells."""
        node = call
        while node.parent is not None and node.parent.type in (
            "parenthesized_expression",
            "cast_expression",
        ):
            node = node.parent
        parent = node.parent
        if parent is None:
            return False
        if parent.type in _ASKED:
            return True
        target = block.target
        if parent.type == "init_declarator":
            target = parent.child_by_field_name("declarator")
            return target is not None and target.type == "pointer_declarator"
        if parent.type == "assignment_expression":
            target = parent.child_by_field_name("left")
        if target is None:
            return parent.type == "return_statement" and function.returns.pointers > 0
        kind = self._program.type_of(target, function)
        return kind is not None and kind.pointers > 0


def is_own(target: Node, function: Function) -> bool:
    """Whether an lvalue is a local variable, or a member of a struct that is one."""
    node = strip(target)
    while node.type in ("field_expression", "pointer_declarator"):
        if node.type == "field_expression" and text_of(node.child_by_field_name("operator")) != ".":
            return False
        inner = node.child_by_field_name("argument") or node.child_by_field_name("declarator")
        if inner is None:
            return False
        node = strip(inner)
    return node.type == "identifier" and text_of(node) in function.locals
