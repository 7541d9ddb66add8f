# SPDX-License-Identifier: GPL-2.0-only
"""Whether two C files differ in nothing but blank lines, white space and needless braces."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.lexer import COMMENT, DIRECTIVE, Lexeme, lex

_HEADS = frozenset((b")", b"else", b"do"))
# What begins a statement that is more than a plain one, or no statement at all.
_NOT_PLAIN = frozenset((b"if", b"for", b"while", b"do", b"switch", b"else", b"case", b"default"))


def same_code(one: bytes, other: bytes, *, comments: bool = True) -> bool:
    """Whether two texts have the same lexemes, needless braces aside; comments, too, or not."""
    return one == other or canonical(one, comments) == canonical(other, comments)


def canonical(text: bytes, comments: bool = True) -> tuple[bytes, ...]:
    """The lexemes of a text without the braces around one plain statement.

    Such braces follow ``)``, ``else`` or ``do`` and hold nothing but an expression statement,
    a jump, and comments, so that the code means the same without them.
    """
    lexemes = lex(text)
    needless: set[int] = set()
    opened: list[int] = []
    for index, lexeme in enumerate(lexemes):
        if lexeme.text == b"{":
            opened.append(index)
        elif lexeme.text == b"}" and opened:
            start = opened.pop()
            if _is_needless(lexemes, start, index):
                needless |= {start, index}
    return tuple(
        _joined(one)
        for index, one in enumerate(lexemes)
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
