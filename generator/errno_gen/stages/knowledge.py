# SPDX-License-Identifier: GPL-2.0-only
"""What is found out about functions of the tree, kept from run to run.

Definitions are looked up in the revision and kept by its commit id; the facts of a file
are kept by its blob id and by the code that made them, so that nothing goes stale.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from errno_gen import analysis
from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.kernel.file_summary import FileFacts, file_facts
from errno_gen.analysis.origins.roots import Behaviour
from errno_gen.errors import InputError
from errno_gen.model import SourceFile, from_json, to_json
from errno_gen.resources import data_file
from errno_gen.tools.kernel.symbols import SymbolIndex
from errno_gen.tools.kernel.tree import KernelTree


@dataclass(frozen=True, slots=True)
class _Behaviours:
    """What is known of functions by their names, as it is kept."""

    known: dict[str, Behaviour | None]


_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Paths:
    """The answer to a search for words, as it is kept."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    """What was found out about a tree, as it is kept."""

    lines: tuple[str, ...]


class Knowledge:
    """Definitions and facts of one tree; implements kernel.summaries.Definitions.

    ``cache`` is a folder that is made when needed; a damaged file in it is made anew.
    """

    def __init__(self, tree: KernelTree, cache: Path) -> None:
        self.tree = tree
        self._cache = cache
        self._behaviours_known = 0
        self._texts: dict[str, bytes] = {}
        self._index = SymbolIndex(tree.repo, tree.commit, cache / "symbols" / tree.commit)

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each name the paths of the files that may define it.

        Raises InputError when the cache folder cannot be written.
        """
        return self._kept(lambda: self._index.find(names))

    def _kept(self, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except OSError as error:
            raise InputError(
                f"cannot keep the index of functions in {self._cache}: {error.strerror or error}",
                "make room there, or set XDG_CACHE_HOME to another folder",
            ) from error

    def declared(self, name: str) -> tuple[str, ...]:
        """The paths of the headers that may declare a function. Raises as :meth:`find` does."""
        return self._kept(lambda: self._index.declared(name))

    def text(self, path: str) -> bytes:
        """The text of a file of the tree, b"" where there is none."""
        if path not in self._texts:
            source = self.tree.repo.read(self.tree.commit, path)
            self._texts[path] = source.text if source is not None else b""
        return self._texts[path]

    def behaviours(self) -> Behaviours:
        """What functions of the tree do, with what earlier runs found out."""
        try:
            known = from_json(self._behaviours.read_bytes(), _Behaviours).known
        except (OSError, ValueError):
            known = {}
        self._behaviours_known = len(known)
        return Behaviours(Library(self), known)

    def keep(self, behaviours: Behaviours) -> None:
        """Keep what was found out of functions for the next run."""
        if len(behaviours.known) > self._behaviours_known:
            _write(self._behaviours, _Behaviours(behaviours.known))

    @property
    def _behaviours(self) -> Path:
        return self._cache / "behaviours" / _version() / self.tree.commit

    def files_with(self, words: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that hold all of ``words``, sorted."""
        return self._paths(words, lambda: self.tree.grep(words))

    def files_assigning(self, member: str) -> tuple[str, ...]:
        """The paths of the C files that assign to a member of that name, sorted."""
        return self._paths((member, "="), lambda: self.tree.assigning(member))

    def _paths(
        self, asked: Sequence[str], search: Callable[[], tuple[str, ...]]
    ) -> tuple[str, ...]:
        name = hashlib.sha256("\0".join((self.tree.commit, *asked)).encode()).hexdigest()
        file = self._cache / "words" / name
        try:
            return from_json(file.read_bytes(), _Paths).paths
        except (OSError, ValueError):
            found = _Paths(search())
            _write(file, found)
            return found.paths

    def calling(self, names: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that seem to call or pass on one of ``names``."""
        pattern = f"(^|[^A-Za-z0-9_])({'|'.join(sorted(names))})[(,)]"
        found = self.tree.repo.grep_lines(self.tree.commit, pattern)
        return tuple(sorted({path for path, _ in found}))

    def kept(self, question: str, answer: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """The lines that ``answer`` gives, kept by the tree, the question and the code."""
        mark = "\0".join((self.tree.commit, _version(), question))
        file = self._cache / "answers" / hashlib.sha256(mark.encode()).hexdigest()
        try:
            return from_json(file.read_bytes(), _Lines).lines
        except (OSError, ValueError):
            found = _Lines(tuple(answer()))
            _write(file, found)
            return found.lines

    def sources(self, paths: Iterable[str]) -> tuple[SourceFile, ...]:
        """The files of the tree among ``paths``."""
        return self.tree.sources(paths)

    def below(self, folder: str) -> tuple[str, ...]:
        """The paths of all files below a folder of the tree."""
        return self.tree.repo.list(self.tree.commit, folder)

    def facts(self, path: str) -> FileFacts:
        """The facts of one file of the tree; empty when there is no such file."""
        source = self.tree.repo.read(self.tree.commit, path)
        if source is None:
            return FileFacts(path, ())
        name = hashlib.sha256(f"{path}\0{source.blob}".encode()).hexdigest()
        file = self._cache / "facts" / _version() / name[:2] / name[2:]
        try:
            return from_json(file.read_bytes(), FileFacts)
        except (OSError, ValueError):
            facts = file_facts(source)
            _write(file, facts)
            return facts


def _write(file: Path, value: object) -> None:
    """Replace a cache file in one step; losing it is no error."""
    content = to_json(value)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(file)
    except OSError:
        return


@cache
def _version() -> str:
    """A digest of the code and data that facts are made by."""
    digest = hashlib.sha256()
    folder = Path(analysis.__file__).parent
    data = (data_file("kernel_apis.toml"), data_file("errnos.toml"))
    for file in (*sorted(folder.rglob("*.py")), *data):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
