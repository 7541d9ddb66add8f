# SPDX-License-Identifier: GPL-2.0-only
"""What the grammar got lost in, as far as an errno may come out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.graph.dataflow import evaluated
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, call_name, closing, condensed, text_of, walk
from errno_gen.analysis.prose import quoted
from errno_gen.model import Location

_TELLING = re.compile(r"\breturn\b|\bgoto\b|-\s*\(?\s*E[A-Z0-9]{2,}\b")
_HEAD = re.compile(rb"^(?:[A-Za-z_][^\n;{}=#]*[\s*)])?([A-Za-z_]\w*)[ \t]*\(", re.MULTILINE)
_BODY = re.compile(rb"\s*(?:\w+(?:\([^()]*\))?\s+){0,3}\{")


Defined = Callable[[str, str], bool]
"""Whether any file defines a function that is called, by its name and the caller's path."""


class Unparsed:
    """Finds what cannot be read in one program.

    ``defined`` tells of functions outside the driver (without: nothing is said of those).
    """

    def __init__(self, program: Program, defined: Defined | None = None) -> None:
        self._program = program
        self._defined = defined
        self._macros = program.macro_texts

    def parts(self, function: Function, block: Block) -> Iterator[tuple[Node, str]]:
        """What may make the function return in a block and cannot be read, each with why."""
        root = evaluated(block)
        if root is None:
            return
        for node in walk(root) if root.has_error else ():
            if node.type == "ERROR" and _TELLING.search(text_of(node)):
                name = quoted(f"{function.name}()")
                yield node, f"A part of {name} cannot be parsed, line {function.line_of(node)}."
                break
        if not self._macros.leaving:
            return
        for call in function.calls_in(block):
            if self._macros.lost.get(call_name(call)):
                yield call, _macro(call_name(call), "()")
        if root.type == "expression_statement" and root.named_child_count == 1:
            name = text_of(root.named_children[0])
            if name in self._macros.leaving and name not in self._macros.code:
                yield root, _macro(name, "")

    def callee(self, call: Node, function: Function, block: int) -> str:
        """Why nothing is known of a call that leads nowhere here; "" for a kernel API."""
        names = self._program.called_names(call, function, block)
        if not names:
            text = condensed(call.child_by_field_name("function"))
            return f"{quoted(f'{text}()')} is a pointer that no table of the driver fills."
        for name in names:
            if name in self._macros.lost:
                return f"The macro {quoted(f'{name}()')} makes an errno, and cannot be read."
            if any(each.parameters is not None for each in self._macros.all.get(name, ())):
                return f"The macro {quoted(f'{name}()')} was not followed."
            if name in self._definitions:
                where = self._definitions[name]
                return f"{quoted(f'{name}()')} is defined at {where}, where it cannot be parsed."
            if self._nowhere(name, function.path):
                called = quoted(f"{name}()")
                return f"No file of the tree defines {called}, so what it returns is not known."
        return ""

    def _nowhere(self, name: str, path: str) -> bool:
        """Whether a function is known to be defined in no file at all."""
        known = self._defined is None or name in self._macros.all
        return not known and self._defined is not None and not self._defined(name, path)

    @cached_property
    def _definitions(self) -> dict[str, Location]:
        """Where the text of a file looks like a definition of a function, by its name."""
        found: dict[str, Location] = {}
        for path in self._program.files:
            text = self._program.root(path).text or b""
            for match in _HEAD.finditer(text):
                end = closing(text, match.end() - 1)
                name = match.group(1).decode(errors="replace")
                if end and _BODY.match(text, end) and not self._program.resolve(name, path):
                    line = text.count(b"\n", 0, match.end()) + 1
                    found.setdefault(name, Location(path, line, 0, match.start(), end))
        return found


def _macro(name: str, behind: str) -> str:
    return f"The macro {quoted(name + behind)} makes the function return, and cannot be read."
