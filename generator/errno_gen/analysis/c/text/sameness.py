# SPDX-License-Identifier: GPL-2.0-only
"""Whether two C files differ in nothing but what does not matter: white space, comments, braces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from errno_gen.analysis.c.text.lexer import COMMENT, DIRECTIVE, Lexeme, lex, lexemes

_HEADS = frozenset((b")", b"else", b"do"))
# What begins a statement that is more than a plain one, or no statement at all.
_NOT_PLAIN = frozenset((b"if", b"for", b"while", b"do", b"switch", b"else", b"case", b"default"))


_ASSEMBLER = re.compile(rb"\b__ASSEMBL(?:Y|ER)__\b")


def difference(before: bytes, after: bytes) -> int | None:
    """Where in ``before`` the lexemes outside of comments are no longer those of ``after``.

    That is its end if only ``after`` goes on, and None if nothing differs.
    """
    old, new = (
        (lexeme for lexeme in lexemes(text) if lexeme.kind != COMMENT) for text in (before, after)
    )
    for one, other in zip_longest(old, new):
        if one is None or other is None or one[:2] != other[:2]:
            return len(before) if one is None else int(one.start)
    return None


def same_but_comments(before: bytes, after: bytes) -> bool:
    """Whether a C compiler sees the same in two texts.

    In a file that an assembler may read, too, the ends of lines count, of which lexemes know
    nothing: there the answer is no.
    """
    return not _ASSEMBLER.search(before + after) and difference(before, after) is None


def same_code(one: bytes, other: bytes, *, comments: bool = True) -> bool:
    """Whether two texts have the same lexemes, needless braces aside; comments, too, or not."""
    return one == other or canonical(one, comments) == canonical(other, comments)


def canonical(text: bytes, comments: bool = True) -> tuple[bytes, ...]:
    """The lexemes of a text without the braces around one plain statement.

    Such braces follow ``)``, ``else`` or ``do`` and hold nothing but an expression statement,
    a jump, and comments, so that the code means the same without them.
    """
    every = lex(text)
    needless: set[int] = set()
    opened: list[int] = []
    for index, lexeme in enumerate(every):
        if lexeme.text == b"{":
            opened.append(index)
        elif lexeme.text == b"}" and opened:
            start = opened.pop()
            if _is_needless(every, start, index):
                needless |= {start, index}
    return tuple(
        _joined(one)
        for index, one in enumerate(every)
        if index not in needless and (comments or one.kind != COMMENT)
    )


def _is_needless(lexemes: Sequence[Lexeme], start: int, end: int) -> bool:
    before = next((one for one in reversed(lexemes[:start][-8:]) if one.kind != COMMENT), None)
    inside = [one for one in lexemes[start + 1 : end] if one.kind != COMMENT]
    texts = [one.text for one in inside]
    if before is None or before.text not in _HEADS or len(texts) < 2:
        return False
    if texts[-1] != b";" or texts.count(b";") != 1 or b"{" in texts or texts[1] == b":":
        return False
    return texts[0] not in _NOT_PLAIN and all(one.kind != DIRECTIVE for one in inside)


def _joined(lexeme: Lexeme) -> bytes:
    """A lexeme as it compares: how the lines of a comment are indented does not count."""
    return b" ".join(lexeme.text.split()) if lexeme.kind == COMMENT else lexeme.text
