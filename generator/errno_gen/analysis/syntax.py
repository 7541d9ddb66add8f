# SPDX-License-Identifier: GPL-2.0-only
"""The one place that talks to tree-sitter: C bytes in, tokens and syntax nodes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Tree

__all__ = ["Node", "Token", "Tree", "parse", "tokens"]


@dataclass(frozen=True, slots=True)
class Token:
    """A leaf of the syntax tree: ``[start, end)`` in bytes, comments included."""

    kind: str
    text: bytes
    start: int
    end: int


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def parse(text: bytes) -> Tree:
    """The syntax tree of a C file; tolerant, bad regions become ERROR nodes."""
    return _parser().parse(text)


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in source order, parents first."""
    cursor = node.walk()
    depth = 0
    while True:
        current = cursor.node
        if current is not None:
            yield current
        if cursor.goto_first_child():
            depth += 1
            continue
        while depth and not cursor.goto_next_sibling():
            cursor.goto_parent()
            depth -= 1
        if not depth:
            return


def tokens(text: bytes) -> tuple[Token, ...]:
    """All tokens of a C file in source order.

    String and character literals and comments are one token each, so that white
    space inside them counts; white space between tokens does not.
    """
    atoms = {"string_literal", "char_literal", "comment", "system_lib_string", "preproc_arg"}
    found: list[Token] = []
    covered = 0
    for node in walk(parse(text).root_node):
        if node.start_byte < covered:
            continue
        if node.type in atoms or node.child_count == 0:
            if node.end_byte > node.start_byte:
                span = text[node.start_byte : node.end_byte]
                found.append(Token(node.type, span, node.start_byte, node.end_byte))
            covered = max(covered, node.end_byte)
    return tuple(found)
