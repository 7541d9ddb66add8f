# SPDX-License-Identifier: GPL-2.0-only
"""The part of the proof that is about new variables: what an edit may declare, and where."""

from __future__ import annotations

import re

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.lexer import COMMENT, NAME, encode, lex
from errno_gen.analysis.c.text.syntax import Node, mask, parse
from errno_gen.model import Edit

_DEFINED = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


def declares(before: bytes, edit: Edit) -> bool:
    """Whether a planned edit declares an integer that has no value, and does no more.

    It stands at the head of a function, behind another declaration or before all else, and
    neither the function nor a macro of the file uses its name.
    """
    old, new = _texts(edit.old), _texts(edit.new)
    if old not in ([b";"], [b"{"]) or new[:2] != [*old, b"int"] or new[3:] != [b";"]:
        return False
    function = _function(before, edit.location.start)
    body = function.child_by_field_name("body") if function is not None else None
    if function is None or body is None or not _at_head(body, edit.location.start, old[0]):
        return False
    names = {each.text for each in lex(before[function.start_byte : function.end_byte])
             if each.kind == NAME}  # fmt: skip
    return new[2] not in {*names, *_DEFINED.findall(before)} and new[2].decode().isidentifier()


def _at_head(body: Node, at: int, old: bytes) -> bool:
    """Whether an offset is where the declarations at the head of a body end."""
    if old == b"{":
        return at == body.start_byte
    for child in body.named_children:
        if child.type not in ("comment", "declaration"):
            return False
        if child.start_byte <= at < child.end_byte:
            return at == child.end_byte - 1
    return False


def _function(before: bytes, at: int) -> Node | None:
    root = parse(mask(before, kernel_apis().annotations)).root_node
    node = root.descendant_for_byte_range(at, at + 1)
    while node is not None and node.type != "function_definition":
        node = node.parent
    return node


def _texts(text: str) -> list[bytes]:
    return [each.text for each in lex(encode(text)) if each.kind != COMMENT]
