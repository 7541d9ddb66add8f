# SPDX-License-Identifier: GPL-2.0-only
"""A tree that is a few small texts, for what looks functions of the tree up by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping


class TreeTexts:
    """Implements library.Texts over files by path; ``asked`` are the names looked up so far."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self.asked: list[str] = []

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each name the paths of the files that hold it."""
        self.asked.extend(names)
        return {name: self._holding(name) for name in names}

    def declared(self, name: str) -> tuple[str, ...]:
        """The paths of the headers that hold a name."""
        return tuple(path for path in self._holding(name) if path.endswith(".h"))

    def text(self, path: str) -> bytes:
        """The text of a file, b"" where there is none."""
        return self._files.get(path, "").encode()

    def _holding(self, name: str) -> tuple[str, ...]:
        return tuple(
            path
            for path, text in sorted(self._files.items())
            if re.search(rf"\b{re.escape(name)}\b", text)
        )
