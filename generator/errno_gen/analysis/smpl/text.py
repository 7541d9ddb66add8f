# SPDX-License-Identifier: GPL-2.0-only
"""The text of a semantic patch: its lines, folded, and the names that it declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from errno_gen.analysis.c.text.lexer import COMMENT, code, decode, encode, lex

WIDTH = 75
"""Columns of a line, as far as it can be broken: what a changelog may have."""

CONTEXT, MINUS, PLUS = " ", "-", "+"
_TAB = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A line before it is folded: what becomes of it, its depth in blocks, and its text."""

    mark: str
    depth: int
    text: str

    def lines(self) -> list[str]:
        """The line, or several where it is too long."""
        start = self.mark + "\t" * self.depth
        lines: list[str] = []
        words = _words(self.text)
        while words:
            margin = start + " " * 4 * bool(lines)
            count = _fitting(words, WIDTH - len(margin.expandtabs(_TAB)))
            lines.append(margin + "".join(words[:count]).strip())
            words = words[count:]
        return lines


@dataclass(slots=True)
class Names:
    """The names that a rule has to declare before its body can be read."""

    taken: frozenset[str]
    statements: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    iterators: set[str] = field(default_factory=set)

    def statement(self) -> str:
        """A fresh name for a statement that may be any."""
        tries = ("S", *(f"S{number}" for number in range(1, 100)))
        name = next(one for one in tries if one not in self.taken and one not in self.statements)
        self.statements.append(name)
        return name

    def declarations(self) -> list[str]:
        """The lines between the two ``@@``."""
        lines = [f"typedef {name};" for name in sorted(self.types)]
        lines += [f"iterator name {name};" for name in sorted(self.iterators)]
        return lines + ([f"statement {', '.join(self.statements)};"] if self.statements else [])


def flat(text: bytes) -> str:
    """Code on one line, with one blank where there was white space or a comment."""
    found, last = "", 0
    for lexeme in code(text):
        found += " " * (bool(found) and lexeme.start > last) + decode(lexeme.text)
        last = lexeme.end
    return found


def _fitting(words: Sequence[str], room: int) -> int:
    """How many words, one at least, go on a line; best of all it ends behind an operator."""
    count = length = 0
    for word in words:
        length += len(word)
        if count and length - 1 > room:
            break
        count += 1
    if count == len(words):
        return count
    for end in ("||", "&&", ","):
        broken = [at for at in range(1, count + 1) if words[at - 1].endswith(end)]
        if broken and broken[-1] * 2 >= count:
            return broken[-1]
    return count


def _words(text: str) -> list[str]:
    """A line cut before blanks that are not in a literal; the blanks lead the words."""
    found: list[str] = []
    last = 0
    raw = encode(text)
    for lexeme in lex(raw):
        gap = lexeme.start > last
        word = (" " if gap else "") + decode(lexeme.text)
        if not found or (gap and lexeme.kind != COMMENT and lexeme.text != b"{"):
            found.append(word)
        else:
            found[-1] += word
        last = lexeme.end
    return found or [text]
