# SPDX-License-Identifier: GPL-2.0-only
"""MAINTAINERS as far as it tells which files are one thing: its entries that name files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELD = re.compile(r"([FX]):\s+(\S.*?)\s*$")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One F: pattern of an entry, with the entry's X: patterns."""

    entry: int
    pattern: str
    excluded: tuple[str, ...]

    def matches(self, path: str) -> bool:
        return _matches(self.pattern, path) and not any(_matches(x, path) for x in self.excluded)


class Entries:
    """The entries of a MAINTAINERS file."""

    def __init__(self, text: str) -> None:
        self._patterns = tuple(_patterns(text))

    def of(self, path: str) -> int | None:
        """The number of the entry whose pattern for ``path`` is the longest.

        None if that pattern stands for a whole folder: then the entry is a subsystem's, and
        says nothing of what belongs together in it.
        """
        found = [each for each in self._patterns if each.matches(path)]
        best = max(found, key=lambda each: len(each.pattern), default=None)
        return best.entry if best is not None and _names_files(best.pattern) else None


def _patterns(text: str) -> Iterator[_Pattern]:
    for number, entry in enumerate(re.split(r"\n[ \t]*\n", text)):
        fields = [match.groups() for line in entry.splitlines() if (match := _FIELD.match(line))]
        excluded = tuple(pattern for key, pattern in fields if key == "X")
        for key, pattern in fields:
            if key == "F":
                yield _Pattern(number, pattern, excluded)


def _names_files(pattern: str) -> bool:
    stem = pattern.rpartition("/")[2].partition(".")[0]  # *.c is a folder, too
    return re.search(r"\w", stem) is not None


def _matches(pattern: str, path: str) -> bool:
    """As get_maintainer.pl matches: a folder with all below it, ``*`` within one folder."""
    if pattern.endswith("/"):
        return re.match(_regular(pattern), path) is not None
    return re.fullmatch(_regular(pattern), path) is not None


def _regular(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
