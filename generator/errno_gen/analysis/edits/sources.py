# SPDX-License-Identifier: GPL-2.0-only
"""Source files as planning needs them, and which of them verdicts are about."""

from __future__ import annotations

from collections.abc import Mapping

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.text.lexer import column_of, decode, line_of
from errno_gen.analysis.c.text.syntax import mask, parse
from errno_gen.analysis.edits.arms import Piece
from errno_gen.analysis.edits.cutouts import DROP, Extent, extents
from errno_gen.analysis.edits.removals import Messages, mark_of_drop
from errno_gen.errors import SourceError
from errno_gen.model import TO_CHANGE, Edit, Location, SourceFile, Verdict


class Planned:
    """A source file with what planning needs of it."""

    def __init__(self, source: SourceFile, apis: KernelApis) -> None:
        self.text = source.text
        self.path = source.path
        self.extents: tuple[Extent, ...] = extents(source.text, apis.annotations)
        self.root = parse(mask(source.text, apis.annotations)).root_node
        self.messages = Messages(self.root, source.text)

    def edit(self, kind: str, piece: Piece) -> Edit:
        """The edit that changes a piece."""
        old = decode(self.text[piece.start : piece.end])
        return Edit(kind, self.location(piece.start, piece.end), old, piece.new, piece.mark)

    def drop(self, start: int, end: int) -> Edit:
        """The edit by which a statement goes."""
        old = decode(self.text[start:end])
        return Edit(
            DROP, self.location(start, end), old, "", mark_of_drop(start, end, self.text, self.root)
        )

    def location(self, start: int, end: int) -> Location:
        line, column = line_of(self.text, start), column_of(self.text, start)
        return Location(self.path, line, column, start, end)


def changes(verdict: Verdict) -> bool:
    return verdict.action in TO_CHANGE


def paths(verdict: Verdict) -> set[str]:
    places = verdict.conversion.places if verdict.conversion is not None else ()
    return {
        verdict.site.constant.file,
        *(print_.file for print_ in verdict.prints),
        *(place.location.file for place in places),
    }


def planned(files: Mapping[str, Planned], path: str) -> Planned:
    if path not in files:
        raise SourceError(f"{path} is to be changed, but its source is not at hand")
    return files[path]
