# SPDX-License-Identifier: GPL-2.0-only
"""Functions cut out of a file for a semantic patch, with the planned edits marked in them.

Coccinelle skips what it cannot parse, and a whole kernel file often has such a region; a
function alone nearly always parses. A mark tells a semantic patch what is planned where,
as C text: ``ERRNO_GEN_ERRNO(-EBUSY, -EINVAL)``. What comes back is merged: its
tokens must be the old ones outside of the marks and the planned ones inside; layout and
comments are those of the original, byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.text.layout import deletions, realigned
from errno_gen.analysis.c.text.lexer import NAME, OTHER, Lexeme, code, encode, line_of
from errno_gen.analysis.c.text.syntax import mask, parse, walk
from errno_gen.errors import ProofError, SourceError
from errno_gen.model import Edit, SourceFile

ERRNO = "errno"
PROPAGATE = "propagate"
DROP = "drop-print"
DEBUG = "debug-print"
SPLIT = "split"
KAPI = "kapi"

_PREFIX = b"ERRNO_GEN_"
_MARKS = {
    ERRNO: b"ERRNO_GEN_ERRNO(%s, %s)",
    PROPAGATE: b"ERRNO_GEN_PROPAGATE(%s, %s)",
    DROP: b"ERRNO_GEN_DROP(%s)",
    DEBUG: b"ERRNO_GEN_DEBUG(%s, %s)",
}
_CONTROL = frozenset((b"if", b"while", b"for", b"switch", b"do", b"else", b"return", b"sizeof"))


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a function definition is in its file: ``[start, end)`` in bytes."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cutout:
    """One function of a file and the edits in it, in source order."""

    path: str
    extent: Extent
    text: bytes
    edits: tuple[Edit, ...]

    def span(self, edit: Edit) -> tuple[int, int]:
        """The range of an edit in ``text``."""
        return edit.location.start - self.extent.start, edit.location.end - self.extent.start

    def marked(self) -> bytes:
        """The function with every edit marked, for the semantic patches."""
        out = self.text
        for edit in reversed(self.edits):
            start, end = self.span(edit)
            old = out[start:end]
            if edit.mark:
                mark = encode(edit.mark)
            elif edit.kind == DROP:
                mark = _MARKS[DROP] % old.rstrip(b"; \t\n") + b";"
            else:
                constant = old.translate(None, b"() \t\n")  # -(EBUSY), too
                mark = _MARKS[edit.kind] % (constant, encode(edit.new))
            # return-EBUSY: the minus sign had kept the words apart.
            glued = mark[:1].isalpha() and out[start - 1 : start].isalnum()
            out = out[:start] + b" " * glued + mark + out[end:]
        return out + b"\n"

    def opened_before(self, brace: int) -> int:
        """How many braces the edits open before the one at an index, counted from 0."""
        at = [lexeme.start for lexeme in code(self.text) if lexeme.text == b"{"][brace]
        return sum(
            _braces(edit.new) - _braces(edit.old)
            for edit in self.edits
            if self.span(edit)[0] < at and edit.kind != DROP
        )

    def block_macros(self) -> tuple[str, ...]:
        """Macros that head a statement, as an iterator does: ``name(...)`` and no ``;``."""
        lexemes = code(self.text)
        found: dict[str, None] = {}
        opening = (b";", b"{", b"}", b")", b":", b"else")
        for index, lexeme in enumerate(lexemes[1:-1], start=1):
            if lexeme.kind != NAME or lexeme.text in _CONTROL:
                continue
            if lexemes[index - 1].text not in opening or lexemes[index + 1].text != b"(":
                continue
            after = _behind_call(lexemes, index + 1)
            if (
                after is not None
                and (after.kind == NAME or after.text == b"{")
                and _depth(lexemes, index)
            ):
                found[lexeme.text.decode(errors="replace")] = None
        return tuple(found)


def extents(text: bytes, annotations: Iterable[str]) -> tuple[Extent, ...]:
    """All function definitions of a file, in order; ``annotations`` as for syntax.mask."""
    found: list[Extent] = []
    for node in walk(parse(mask(text, annotations)).root_node):
        if node.type == "function_definition" and node.start_point[1] == 0:
            declarator = node.child_by_field_name("declarator")
            while declarator is not None and declarator.type != "identifier":
                declarator = declarator.child_by_field_name("declarator")
            name = declarator.text.decode() if declarator is not None and declarator.text else ""
            found.append(Extent(name, node.start_byte, node.end_byte))
    return tuple(found)


def cut(
    sources: Iterable[SourceFile], edits: Sequence[Edit], annotations: Iterable[str]
) -> tuple[Cutout, ...]:
    """One cutout per function with edits, ordered by file and place.

    Raises SourceError for an edit outside of every function, and for a file that uses the
    names of the marks itself.
    """
    words = tuple(annotations)
    found: list[Cutout] = []
    for source in sources:
        own = sorted(
            (edit for edit in edits if edit.location.file == source.path),
            key=lambda edit: edit.location.start,
        )
        if not own:
            continue
        if _PREFIX in source.text:
            name = _PREFIX.decode()
            raise SourceError(f"{source.path} uses names with {name}, which are errno-gen's own")
        found += _cut_file(source, own, extents(source.text, words))
    return tuple(found)


def _cut_file(source: SourceFile, edits: Sequence[Edit], known: Sequence[Extent]) -> list[Cutout]:
    groups: dict[Extent, list[Edit]] = {}
    for edit in edits:
        extent = around(known, edit.location.start, edit.location.end)
        if extent is None:
            raise SourceError(f"{edit.location}: no function is recognised around {edit.old}")
        groups.setdefault(extent, []).append(edit)
    return [
        Cutout(source.path, extent, source.text[extent.start : extent.end], tuple(own))
        for extent, own in groups.items()
    ]


def around(known: Sequence[Extent], start: int, end: int) -> Extent | None:
    """The function that holds the range, if there is one."""
    return next((e for e in known if e.start <= start and end <= e.end), None)


def merge(cutout: Cutout, rewritten: bytes) -> bytes:
    """What Coccinelle made of :meth:`Cutout.marked`, in the layout of the original.

    Raises SourceError when a mark is still there, ProofError when the tokens are not the
    planned ones.
    """
    fresh = code(rewritten)
    if any(lexeme.text.startswith(_PREFIX) for lexeme in fresh):
        raise SourceError(
            f"{cutout.path}:{_line(cutout)}: Coccinelle cannot parse {cutout.extent.name}()",
            "change this function by hand",
        )
    changes: list[tuple[int, int, bytes]] = []
    dropped: list[tuple[int, int]] = []
    position = taken = 0
    for edit in cutout.edits:
        start, end = cutout.span(edit)
        taken = _same(cutout, cutout.text[position:start], fresh, taken)
        # Coccinelle decides the tokens; how they are spaced is the plan's.
        taken = _same(cutout, encode(edit.new), fresh, taken)
        position = end
        if edit.kind == DROP:
            dropped.append((start, end))
        else:
            changes.append((start, end, encode(edit.new)))
        if edit.kind == DEBUG:
            changes += realigned(cutout.text, (start, end), encode(edit.new))
    taken = _same(cutout, cutout.text[position:], fresh, taken)
    if taken != len(fresh):
        raise ProofError(f"{cutout.path}: Coccinelle added to {cutout.extent.name}()")
    changes += [(start, end, b"") for start, end in deletions(cutout.text, dropped)]
    text = cutout.text
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _same(cutout: Cutout, old: bytes, fresh: Sequence[Lexeme], taken: int) -> int:
    """How many of ``fresh`` are taken once ``old`` is matched token by token."""
    for lexeme in code(old):
        if taken >= len(fresh) or fresh[taken].text != lexeme.text:
            got = fresh[taken].text.decode(errors="replace") if taken < len(fresh) else "the end"
            raise ProofError(
                f"{cutout.path}: Coccinelle changed more of {cutout.extent.name}() than was "
                f"planned: {got!r} instead of {lexeme.text.decode(errors='replace')!r}"
            )
        taken += 1
    return taken


def splice(text: bytes, cutouts: Iterable[tuple[Cutout, bytes]]) -> bytes:
    """The file with each function replaced by its new text."""
    for cutout, fresh in sorted(cutouts, key=lambda pair: -pair[0].extent.start):
        text = text[: cutout.extent.start] + fresh + text[cutout.extent.end :]
    return text


def _line(cutout: Cutout) -> int:
    first = cutout.edits[0].location
    return first.line - line_of(cutout.text, cutout.span(cutout.edits[0])[0]) + 1


def _braces(text: str) -> int:
    return sum(lexeme.text == b"{" for lexeme in code(encode(text)))


def _behind_call(lexemes: Sequence[Lexeme], opening: int) -> Lexeme | None:
    depth = 0
    for index in range(opening, len(lexemes)):
        if lexemes[index].text == b"(":
            depth += 1
        elif lexemes[index].text == b")":
            depth -= 1
            if depth == 0:
                return lexemes[index + 1] if index + 1 < len(lexemes) else None
    return None


def _depth(lexemes: Sequence[Lexeme], index: int) -> int:
    """How many braces are open before a lexeme."""
    texts = [lexeme.text for lexeme in lexemes[:index] if lexeme.kind == OTHER]
    return texts.count(b"{") - texts.count(b"}")
