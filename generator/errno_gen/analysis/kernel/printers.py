# SPDX-License-Identifier: GPL-2.0-only
"""Which functions and macros of the tree do nothing but log, by what the compiler is told.

A function with a format, as ``__printf()`` says, that is given nothing which it could write
to, logs. A macro that hands all that it is given to such functions, and leaves and changes
nothing, does so too; a macro of several configurations in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from errno_gen.analysis.c.functions import Function, declared_name
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    identifiers,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.c.treesource import Library, Macro

COMPILER = re.compile(
    r"__builtin_\w+|_*typeof\w*$|_Generic$|_Static_assert$|__compiletime\w*|__attribute__$|defined$"
    r"|__\w*u?int\d+_t$|[su](?:8|16|32|64)$|__(?:[su]|[bl]e)\d+$"
)
"""What the compiler itself knows or checks, and casts, which look like calls."""
_FORMAT = re.compile(rb"\b__printf\s*\(|\bformat\s*\(\s*_*printf|\bformat\s*\(\s*gnu_printf")
_ENDS = re.compile(rb"\b(?:__noreturn|noreturn)\b")
_LEAVING = (
    "return_statement", "goto_statement", "break_statement", "continue_statement",
    "gnu_asm_expression", "labeled_statement",
)  # fmt: skip
_SIMPLE = re.compile(rb"(?:void|int)\s*$")
_PARAMETER = re.compile(rb"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


class Printers:
    """Answers for functions and macros of one tree, once each."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._memo: dict[str, bool] = {}
        self._told: dict[str, tuple[bytes, ...]] = {}

    def prints(self, name: str) -> bool:
        """Whether a call of ``name`` does nothing but log, in any configuration."""
        if name not in self._memo:
            self._memo[name] = False
            variants = self._library.variants(name)
            if name in self._library.apis.transparent:
                return False
            known = [kind for each in variants if (kind := self._macro(each)) is not None]
            found = bool(known) and all(known)
            told = () if variants else self._format(name)
            self._memo[name] = found or (bool(told) and not any(map(_writable, told)))
        return self._memo[name]

    def _format(self, name: str) -> tuple[bytes, ...]:
        """The parameters of a function that logs, () for any other."""
        if name not in self._told:
            heads = self._library.prototypes(name) or tuple(
                (body.node.text or b"").partition(b"{")[0]
                for body in self._library.resolve(name, "")
            )
            found = [parameters for head in heads if (parameters := _parameters(head, name))]
            self._told[name] = found[0] if found else ()
        return self._told[name]

    def _macro(self, macro: Macro) -> bool | None:
        """Whether one definition of a macro logs; None where it does nothing at all."""
        if macro.alias:
            return self.prints(macro.alias)
        function = macro.function
        if function is None:
            return False
        own = set(_declared(function))
        given = set(macro.parameters)
        logs = False
        for node in _evaluated(function):
            if node.type in _LEAVING:
                return False
            if node.type in ("assignment_expression", "update_expression"):
                target = node.child_by_field_name("left") or node.child_by_field_name("argument")
                if target is None or not {text_of(n) for n in identifiers(target)} <= own:
                    return False
            if node.type != "call_expression":
                continue
            name = call_name(node)
            if COMPILER.match(name) or name in self._library.apis.transparent:
                continue
            if name and self._logs(node, name, own):
                logs = True
            elif _is_statement(node) or given & {text_of(n) for n in identifiers(node)}:
                return False
        return logs or None

    def _logs(self, call: Node, name: str, own: set[str]) -> bool:
        """Whether a call logs, and what it could write to is the macro's own."""
        if name in self._library.apis.printers:
            return True
        parameters = self._format(name)
        arguments = call_arguments(call)
        return bool(parameters) and all(
            not _writable(parameter)
            or (index < len(arguments) and text_of(strip(arguments[index])).lstrip("& ") in own)
            for index, parameter in enumerate(parameters)
        )


def _parameters(head: bytes, name: str) -> tuple[bytes, ...]:
    """The parameters of a function with a format whose value, if any, is but a number."""
    before, _, after = head.partition(name.encode())
    if not _FORMAT.search(head) or _ENDS.search(head) or not _SIMPLE.search(before):
        return ()
    match = _PARAMETER.match(after.lstrip())
    parameters = tuple(each.strip() for each in match.group(1).split(b",")) if match else ()
    if not parameters or parameters[-1] != b"...":
        return ()
    # What tells its caller how it went is more than a message, unless it is all text.
    counts = before.rstrip().endswith(b"int")
    plain = all(b"*" in each for each in parameters[:-1])
    return parameters if plain or not counts else ()


def _writable(parameter: bytes) -> bool:
    return b"*" in parameter and not parameter.startswith(b"const ")


def _evaluated(function: Function) -> Iterator[Node]:
    """The nodes of a macro's text, without the ``return`` that was put around it."""
    body = function.node.child_by_field_name("body")
    children = body.named_children if body is not None else []
    for child in children:
        inner = child.named_children if child.type == "return_statement" else [child]
        for each in inner:
            yield from walk(each)


def _declared(function: Function) -> Iterator[str]:
    for node in walk(function.node):
        if node.type == "declaration":
            for child in node.children_by_field_name("declarator"):
                yield declared_name(child)


def _is_statement(call: Node) -> bool:
    parent = call.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    return parent is not None and parent.type == "expression_statement"
