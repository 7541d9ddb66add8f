# SPDX-License-Identifier: GPL-2.0-only
"""Where a tree may define a function or macro: an index of one revision, kept in a file.

A definition begins in the first column, or is a ``#define`` with parameters or of another
name, and its first line does not end in a semicolon; a declaration ends in one and stands
in a header. That is a filter: what is found still has to be parsed to be sure.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

# No lookahead and no \s, so that git may fall back from PCRE to POSIX expressions.
_PATTERN = (
    "^([A-Za-z_]|#[ \t]*define[ \t])[A-Za-z0-9_ \t*]*[(].*$"
    "|^#[ \t]*define[ \t]+[a-z_][a-z0-9_]*[ \t]+[^( \t].*$"
)
_NAME = re.compile(
    r"^(?:#[ \t]*define[ \t]+(\w+)(?:\(|[ \t]+[^(\s])"
    r"|(?:[A-Za-z_][\w \t*]*[ \t*])?(\w+)[ \t]*\()"
)
_ATTRIBUTE = re.compile(r"(?<!define[ \t])(?<!define[ \t][ \t])(?<=[ \t])__\w+\([^()]*\)(?=.*\()")
# Programs that run beside the kernel, and examples, define no kernel API.
_APART = ("tools/", "samples/", "scripts/", "Documentation/", "usr/")
_CHUNK = 500


class LineReader(Protocol):
    """What is needed of a repository; ``git.repository.Repository`` has it."""

    def grep_lines(self, commit: str, pattern: str) -> Iterator[tuple[str, str]]:
        """(path, line) for each line of a C file or header that matches the expression."""
        ...


class SymbolIndex:
    """The index of ``commit`` in the file ``file``, made when it is missing or damaged."""

    def __init__(self, repo: LineReader, commit: str, file: Path) -> None:
        self._repo = repo
        self._commit = commit
        self._file = file

    def find(
        self, names: Collection[str], *, declarations: bool = False
    ) -> dict[str, tuple[str, ...]]:
        """For each name the paths, sorted, that may define it; every name is a key.

        With ``declarations`` those of the headers that may declare it.

        Raises OSError when the index can neither be read nor made.
        """
        try:
            return self._look_up(names, declarations)
        except sqlite3.Error:
            self._make()
            try:
                return self._look_up(names, declarations)
            except sqlite3.Error as error:
                raise OSError(f"cannot read the index {self._file}: {error}") from error

    def declared(self, name: str) -> tuple[str, ...]:
        """The paths of the headers, sorted, that may declare a function.

        Raises OSError when the index can neither be read nor made.
        """
        return self.find([name], declarations=True)[name]

    def _look_up(self, names: Collection[str], declarations: bool) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {name: [] for name in names}
        ordered = list(found)
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as base:
            for start in range(0, len(ordered), _CHUNK):
                part = ordered[start : start + _CHUNK]
                marks = ",".join("?" * len(part))
                query = (
                    "SELECT symbols.name, paths.path FROM symbols JOIN paths USING (number)"
                    f" WHERE symbols.name IN ({marks}) AND symbols.declared = ?"
                    " ORDER BY paths.path"
                )
                for name, path in base.execute(query, [*part, declarations]):
                    found[name].append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def _make(self) -> None:
        """Write the index beside its place, then move it there, so that it is whole."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._file.parent) as folder:
            draft = Path(folder, "index")
            try:
                with closing(sqlite3.connect(draft)) as base:
                    base.execute("PRAGMA journal_mode = OFF")
                    base.execute("PRAGMA synchronous = OFF")
                    base.execute("CREATE TABLE paths (number INTEGER PRIMARY KEY, path TEXT)")
                    base.execute(
                        "CREATE TABLE symbols (name TEXT, number INTEGER, declared INTEGER)"
                    )
                    base.executemany("INSERT INTO symbols VALUES (?, ?, ?)", self._symbols(base))
                    base.execute("CREATE INDEX by_name ON symbols (name, number)")
                    base.commit()
            except sqlite3.Error as error:
                raise OSError(f"cannot write the index {self._file}: {error}") from error
            draft.replace(self._file)

    def _symbols(self, base: sqlite3.Connection) -> Iterator[tuple[str, int, bool]]:
        """(name, number of a path, whether declared), each once; paths go into their table."""
        last, number = "", 0
        names: set[tuple[str, bool]] = set()
        for path, line in self._repo.grep_lines(self._commit, _PATTERN):
            declared = line.endswith(";")
            if path.startswith(_APART) or (declared and not path.endswith(".h")):
                continue
            match = _NAME.match(_ATTRIBUTE.sub("", line)) or _NAME.match(line)
            if match is None:
                continue
            if path != last:  # git names each file once, with all of its lines
                last, number = path, number + 1
                names.clear()
                base.execute("INSERT INTO paths VALUES (?, ?)", (number, path))
            name = match.group(1) or match.group(2)
            if (name, declared) not in names:
                names.add((name, declared))
                yield name, number, declared
