# SPDX-License-Identifier: GPL-2.0-only
"""The nodes of a syntax tree that others ask for again and again, found in one walk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from errno_gen.analysis.c.text.syntax import Node, cast_of, walk

_TYPES = (
    "assignment_expression",
    "call_expression",
    "declaration",
    "field_declaration",
    "function_definition",
    "initializer_pair",
    "preproc_def",
    "preproc_function_def",
    "struct_specifier",
)


class Landmarks:
    """The nodes of the types above in one syntax tree, whose top is ``root``."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self._found: dict[str, list[Node]] = {kind: [] for kind in _TYPES}
        self._all: list[tuple[str, Node]] = []
        for node in walk(root):
            kind = node.type
            if kind == "call_expression" and cast_of(node) is not None:
                continue
            if kind in self._found:
                self._found[kind].append(node)
                self._all.append((kind, node))

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """All of them with their types, in source order, parents first."""
        return iter(self._all)

    def of(self, kind: str, inside: Node | None = None) -> Sequence[Node]:
        """Those of one type, in source order, parents first; only those ``inside`` a node."""
        found = self._found[kind]
        if inside is None:
            return found
        # Parents come first, so that the offsets where nodes start never go back.
        first = bisect_left(found, inside.start_byte, key=lambda node: node.start_byte)
        last = bisect_left(found, inside.end_byte, first, key=lambda node: node.start_byte)
        return found[first:last]
