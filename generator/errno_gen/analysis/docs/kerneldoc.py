# SPDX-License-Identifier: GPL-2.0-only
"""Kernel-doc comments: found in a text, and cut into sections as scripts/kernel-doc cuts them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from errno_gen.analysis.c.text.lexer import COMMENT, decode, lex
from errno_gen.model.errnos import ERRNOS

_SECTION = re.compile(
    r"\s*(@[.\w]+|@\.\.\.|description|context|returns?|notes?|examples?)\s*:(?!:)(.*)$",
    re.IGNORECASE,
)
_STAR = re.compile(r"[ \t]*\*(?!/)|[ \t]*(?=\*/)|")
_ERRNO = re.compile(r"\bE[A-Z][A-Z0-9_]+\b")
RETURN = "return"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a comment: ``@name``, ``return``, ``description`` and so on, in small letters.

    Its lines are ``[first, last]``, without blank ones at its end; ``text`` is theirs.
    """

    name: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class DocComment:
    """A comment that begins with two stars: its bytes ``[start, end)`` and its lines.

    ``indent`` is the white space before it on its line. ``inside`` tells that it stands in
    the body of a struct, and describes one member.
    """

    start: int
    end: int
    indent: str
    lines: tuple[str, ...]
    inside: bool = False

    def content(self, number: int) -> str:
        """What a line says, without the star in front and the end of the comment."""
        line = self.lines[number]
        if number == 0:
            line = line.strip()[len("/**") :]
        elif (star := _STAR.match(line)) is not None:
            line = line[star.end() :]
        if number == len(self.lines) - 1:
            line = line.rstrip().removesuffix("*/")
        return line.rstrip()

    @property
    def title(self) -> str:
        """The first line that says something."""
        texts = (self.content(number).strip() for number in range(len(self.lines)))
        return next((text for text in texts if text), "")

    def sections(self) -> tuple[Section, ...]:
        """The parts of the comment behind its title, in order."""
        found: list[Section] = []
        name, first, blank = "", 0, False
        for number in range(len(self.lines)):
            content = self.content(number)
            match = _SECTION.match(content)
            fresh = ""
            if match is not None:
                fresh = _canonical(match.group(1))
            elif blank and not self.inside and re.match(r" ?\S", content):
                fresh = "description"
            if fresh:
                found += self._cut(name, first, number)
                name, first, blank = fresh, number, False
            if not content.strip() and name not in ("", "description"):
                blank = True  # whatever is indented still belongs to the part
        return (*found, *self._cut(name, first, len(self.lines)))

    def section(self, name: str) -> Section | None:
        """The first part of that name."""
        return next((each for each in self.sections() if each.name == name), None)

    def around(self, section: Section) -> str:
        """The text from a part to the next ``@name``: what belongs to a member's description."""
        later = [
            each.first
            for each in self.sections()
            if each.first > section.first and each.name.startswith("@")
        ]
        end = later[0] if later else len(self.lines)
        return "\n".join(self.content(number) for number in range(section.first, end))

    def text(self) -> str:
        """All that it says."""
        return "\n".join(self.content(number) for number in range(len(self.lines)))

    def _cut(self, name: str, first: int, end: int) -> Iterator[Section]:
        last = end - 1
        while last > first and not self.content(last).strip():
            last -= 1
        if name:
            lines = (self.content(number) for number in range(first, last + 1))
            yield Section(name, first, last, "\n".join(lines))


class Mention(Enum):
    """What a text says of errnos: the one that is asked for, only others, or nothing."""

    SAYS = "says"
    OTHERS = "others"
    SILENT = "silent"


def errnos_in(text: str) -> tuple[str, ...]:
    """The names of errnos in a text, each once, in order."""
    found = (match.group() for match in _ERRNO.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name in ERRNOS))


def mention(text: str, wanted: Collection[str]) -> Mention:
    """What a description says of the errnos ``wanted``."""
    named = errnos_in(text)
    if set(named) & set(wanted):
        return Mention.SAYS
    return Mention.OTHERS if named else Mention.SILENT


def comment_of_struct(text: bytes, struct: str) -> DocComment | None:
    """The kernel-doc of a struct, wherever it stands in the file."""
    pattern = re.compile(rf"(?:struct|union)\s+{re.escape(struct)}\b(?!\s*::)")
    return next((each for each in _comments(text) if pattern.match(each.title)), None)


def comment_of_function(text: bytes, name: str) -> DocComment | None:
    """The kernel-doc of a function, or of its declaration."""
    pattern = re.compile(rf"(?:\w+\s*\*\s*)?{re.escape(name)}\s*(?:\(\w*\))?\s*(?:[-:].*)?$")
    return next((each for each in _comments(text) if pattern.match(each.title)), None)


def comment_of_member(text: bytes, body: tuple[int, int], member: str) -> DocComment | None:
    """The kernel-doc that stands before a member in the body of its struct."""
    for each in _comments(text, body):
        if each.section(f"@{member}") is not None:
            return each
    return None


def comment_above(text: bytes, start: int) -> bool:
    """Whether a comment on lines of its own ends right above the line of an offset."""
    line = text.rfind(b"\n", 0, start) + 1
    for lexeme in lex(text):
        if lexeme.kind == COMMENT and not text[lexeme.end : line].strip() and lexeme.end <= line:
            alone = not text[text.rfind(b"\n", 0, lexeme.start) + 1 : lexeme.start].strip()
            return alone and text.count(b"\n", lexeme.end, line) == 1
    return False


def opened(comment: DocComment) -> DocComment:
    """The same with its end, and the text of one that has one line, on lines of their own."""
    star = f"{comment.indent} *"
    lines = comment.lines
    if len(lines) == 1:
        lines = ("/**", f"{star} {comment.content(0).strip()}", f"{star}/")
    elif lines[-1].strip() != "*/":
        said = lines[-1].rstrip().removesuffix("*/").rstrip()
        lines = (*lines[:-1], said, f"{star}/")
    return replace(comment, lines=lines)


def _comments(text: bytes, body: tuple[int, int] | None = None) -> Iterator[DocComment]:
    """All comments that are kernel-doc by their form; only those in the ``body`` of a struct."""
    for lexeme in lex(text):
        if lexeme.kind != COMMENT or not re.match(rb"/\*\*[^*/]", lexeme.text):
            continue
        if body is not None and not body[0] < lexeme.start < body[1]:
            continue
        before = text[text.rfind(b"\n", 0, lexeme.start) + 1 : lexeme.start]
        yield DocComment(
            start=lexeme.start,
            end=lexeme.end,
            indent=decode(before) if not before.strip() else "",
            lines=tuple(decode(lexeme.text).split("\n")),
            inside=body is not None,
        )


def _canonical(name: str) -> str:
    small = name if name.startswith("@") else name.lower()
    return RETURN if small in ("returns", "@return") else small
