# SPDX-License-Identifier: GPL-2.0-only
"""Which C files of a folder hang together: the one needs what only the other defines.

A header that both include is no such link by itself, since a whole subsystem may share one.
It takes a function or variable that a header declares which both include with quotes, that the
one file defines and the other names. What is exported to modules links nothing: that is an
interface for strangers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cached_property

_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_WORD = re.compile(rb"[A-Za-z_]\w+")
_EXPORTED = re.compile(rb"^[ \t]*EXPORT_\w+\(\s*(\w+)", re.MULTILINE)
# A line that begins in the first column, up to a name and what makes it a definition.
_DEFINED = re.compile(
    rb"^(?!static\b|extern\b|typedef\b|(?:struct|union|enum)\s+\w+\s*;)(?=[A-Za-z_])(?:"
    rb"(?:[\w \t*]*[ \t*])?(\w+)[ \t]*\([^;{}#]*\)[\w\s()]*\{"
    rb"|[\w \t*]*[ \t*](\w+)[ \t]*(?:\[[^\]\n]*\][ \t]*)*[=;])",
    re.MULTILINE,
)


class _Text:
    """What a file names and defines."""

    def __init__(self, text: bytes) -> None:
        self._raw = text

    @cached_property
    def code(self) -> bytes:
        """The text without comments."""
        return _COMMENT.sub(b" ", self._raw)

    @cached_property
    def words(self) -> frozenset[bytes]:
        """All names; for headers, which are small."""
        return frozenset(_WORD.findall(self.code))

    @cached_property
    def defined(self) -> frozenset[bytes]:
        """What it defines for others than modules."""
        found = {match.group(1) or match.group(2) for match in _DEFINED.finditer(self.code)}
        return frozenset(found - set(_EXPORTED.findall(self.code)))

    def names(self, name: bytes) -> bool:
        """Whether the code has a name."""
        if name not in self._raw:
            return False
        return re.search(rb"\b%s\b" % name, self.code) is not None


class Links:
    """The links between C files; ``read`` gives a file's text, None for none.

    ``headers`` gives the headers that a C file includes with quotes.
    """

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        headers: Callable[[str], Collection[str]],
    ) -> None:
        self._read = read
        self._headers = headers
        self._texts: dict[str, _Text] = {}
        self._known: dict[tuple[str, str], bool] = {}

    def needs(self, user: str, maker: str) -> bool:
        """Whether the file ``user`` names something that ``maker`` defines for it."""
        key = (user, maker)
        if key not in self._known:
            self._known[key] = self._needs(user, maker)
        return self._known[key]

    def _needs(self, user: str, maker: str) -> bool:
        shared = set(self._headers(user)) & set(self._headers(maker))
        if not shared:
            return False
        declared = frozenset().union(*(self._text(header).words for header in shared))
        text = self._text(user)
        offered = self._text(maker).defined & declared
        return any(text.names(name) and name not in text.defined for name in sorted(offered))

    def _text(self, path: str) -> _Text:
        if path not in self._texts:
            self._texts[path] = _Text(self._read(path) or b"")
        return self._texts[path]
