# SPDX-License-Identifier: GPL-2.0-only
"""The part of the proof that is about conversions: what an edit may do, and where."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.lexer import COMMENT, encode, lex
from errno_gen.analysis.c.text.syntax import mask, parse
from errno_gen.model import Edit

_LISTS = ("compound_statement", "case_statement", "labeled_statement")
_Texts = Sequence[bytes]


def converts(edit: Edit) -> bool:
    """Whether a planned conversion turns some errnos of one variable into another, and no more.

    ``V`` becomes ``V == -E ? -N : V``; or ``if (V == -E) V = -N;`` stands behind or before
    what was there; or ``return CALL;`` gives way to ``V = CALL; return V == -E ? -N : V;``.
    """
    old, new = _texts(edit.old), _texts(edit.new)
    if len(old) == 1 and _is_value(new, old[0]):
        return True
    if old[:1] == [b"return"] and new[1:2] == [b"="] and new[2 : len(old) + 1] == old[1:]:
        rest = new[len(old) + 1 :]
        return rest[:1] == [b"return"] and rest[-1:] == [b";"] and _is_value(rest[1:-1], new[0])
    added = len(new) - len(old)
    if added <= 0 or not old:
        return False
    behind = new[: len(old)] == old and old[0] == b";" and _is_statement(new[len(old) :])
    return behind or (new[added:] == old and _is_statement(new[:added]))


def stands_in_list(before: bytes, edit: Edit) -> bool:
    """Whether a statement may be added at the edit without a change to what is around it."""
    if b";" not in _texts(edit.new):
        return True
    root = parse(mask(before, kernel_apis().annotations)).root_node
    at = edit.location.start
    node = root.descendant_for_byte_range(at, at + 1)
    while node is not None and not node.type.endswith(("_statement", "declaration")):
        node = node.parent
    return node is not None and node.parent is not None and node.parent.type in _LISTS


def _texts(text: str) -> list[bytes]:
    return [lexeme.text for lexeme in lex(encode(text)) if lexeme.kind != COMMENT]


def _is_value(texts: _Texts, variable: bytes) -> bool:
    """Whether these are ``V == -E ? -N : V``, also with several ``V == -E`` joined by ``||``."""
    if b"?" not in texts:
        return False
    at = texts.index(b"?")
    rest = texts[at + 1 :]
    compared = _is_condition(texts[:at], variable)
    return compared and len(rest) == 4 and rest[0] == b"-" and list(rest[2:]) == [b":", variable]


def _is_statement(texts: _Texts) -> bool:
    """Whether these are ``if (V == -E) V = -N;``."""
    if len(texts) < 12 or list(texts[:2]) != [b"if", b"("] or texts[-6] != b")":
        return False
    variable, *assigned = texts[-5:]
    right = assigned[:2] == [b"=", b"-"] and assigned[3:] == [b";"]
    return right and _is_condition(texts[2:-6], variable)


def _is_condition(texts: _Texts, variable: bytes) -> bool:
    """Whether these are ``V == -E``, or several of them joined by ``||``."""
    parts = [texts[index : index + 5] for index in range(0, len(texts), 5)]
    for number, part in enumerate(parts):
        joined = part[4:] == ([b"||"] if number < len(parts) - 1 else [])
        compared = list(part[:3]) == [variable, b"==", b"-"] and len(part) > 3
        if not (joined and compared and part[3].startswith(b"E")):
            return False
    return bool(parts)
