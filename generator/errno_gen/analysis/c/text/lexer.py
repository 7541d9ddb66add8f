# SPDX-License-Identifier: GPL-2.0-only
"""C's lexemes, without a parser: the ground that proofs of a rewrite stand on.

A parser that recovers from errors may skip bytes, or cut them differently once the text
around them has changed. Here every byte that is no white space is part of exactly one
lexeme, whatever the text, and the cut depends on nothing but the text before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

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


class Lexeme(NamedTuple):
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
    return tuple(lexemes(text))


def lexemes(text: bytes) -> Iterator[Lexeme]:
    """The same one by one, for who may not need them all."""
    position, end = 0, len(text)
    fresh_line = True
    while position < end:
        blank = _BLANK.match(text, position)
        if blank is not None:
            fresh_line = fresh_line or b"\n" in blank[0]
            position = blank.end()
            continue
        match = _DIRECTIVE.match(text, position) if fresh_line else None
        kind = DIRECTIVE
        if match is None:
            match = _LEXEME.match(text, position)
            assert match is not None and match.lastgroup is not None
            kind = match.lastgroup
        begin, position = match.span()
        yield Lexeme(kind, match[0], begin, position)
        fresh_line = fresh_line and kind == COMMENT


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
