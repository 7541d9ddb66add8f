# SPDX-License-Identifier: GPL-2.0-only
"""C's lexemes, without a parser: the ground that proofs of a rewrite stand on.

A parser that recovers from errors may skip bytes, or cut them differently once the text
around them has changed. Here every byte that is no white space is part of exactly one
lexeme, whatever the text, and the cut depends on nothing but the text before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

COMMENT = "comment"
DIRECTIVE = "directive"
LITERAL = "literal"
NAME = "name"
OTHER = "other"

_BLANK = re.compile(rb"(?:[ \t\r\n\f\v]|\\\r?\n)+")
_LEXEME = re.compile(
    rb"""
    (?P<comment>   /\*.*?(?:\*/|\Z) | //(?:\\\n|[^\n])* )
  | (?P<literal>   (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"? | [uUL]?'(?:\\.|[^'\\\n])*'?
                 | \.?[0-9](?:[eEpP][+-]|[\w.])* )
  | (?P<name>      [A-Za-z_$][\w$]* )
  | (?P<other>     <<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|\#\#|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(rb"#(?:/\*.*?(?:\*/|\Z)|\\\r?\n|[^\n])*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One lexeme: its kind, its bytes and their range ``[start, end)`` in the text.

    A preprocessor line is one lexeme with all that is continued on further lines, since
    there white space is syntax.
    """

    kind: str
    text: bytes
    start: int
    end: int


@lru_cache(maxsize=8)
def lex(text: bytes) -> tuple[Lexeme, ...]:
    """All lexemes of a text in order, comments included."""
    found: list[Lexeme] = []
    position = 0
    fresh_line = True
    while position < len(text):
        blank = _BLANK.match(text, position)
        if blank is not None:
            fresh_line = fresh_line or b"\n" in blank.group()
            position = blank.end()
            continue
        match = _DIRECTIVE.match(text, position) if fresh_line else None
        kind = DIRECTIVE
        if match is None:
            match = _LEXEME.match(text, position)
            assert match is not None and match.lastgroup is not None
            kind = match.lastgroup
        found.append(Lexeme(kind, match.group(), match.start(), match.end()))
        fresh_line = fresh_line and kind == COMMENT
        position = match.end()
    return tuple(found)


def code(text: bytes) -> tuple[Lexeme, ...]:
    """All lexemes of a text but its comments."""
    return tuple(lexeme for lexeme in lex(text) if lexeme.kind != COMMENT)


def line_of(text: bytes, offset: int) -> int:
    """The line of an offset, counted from 1."""
    return text.count(b"\n", 0, offset) + 1


def column_of(text: bytes, offset: int) -> int:
    """The column of an offset in bytes, counted from 0."""
    return offset - (text.rfind(b"\n", 0, offset) + 1)


def encode(text: str) -> bytes:
    """The bytes of source text; bytes that are no UTF-8 survive :func:`decode` and this."""
    return text.encode("utf-8", "surrogateescape")


def decode(text: bytes) -> str:
    """Source text as a string."""
    return text.decode("utf-8", "surrogateescape")
