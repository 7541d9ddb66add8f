# SPDX-License-Identifier: GPL-2.0-only
"""The code of compiled objects, read with the toolchain's own objdump, and kept.

A listing is kept under a digest of what it says, so that two objects are the same where
their digests are, and comparisons under both digests.
"""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from errno_gen.model import from_json, to_json
from errno_gen.tools.objects.elf import NotElfError, read_elf
from errno_gen.tools.objects.objcode import Comparison, Listing, compare, list_code

T = TypeVar("T")

NO_CODE = "-"
"""Instead of a digest: the object is there and nothing can be said of its code."""


@dataclass(frozen=True, slots=True)
class Listings:
    """Listings and comparisons in a folder, which is made when there is something to keep."""

    folder: Path

    def take(self, build: Path, targets: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the code of objects of a build folder; the digest of each listing by target.

        ``targets`` has what objdump says of each. An object whose code cannot be read (no ELF
        file, no objdump) has NO_CODE: that an object was compiled stands without it.
        """
        return {target: self._take(build / target, text) for target, text in targets.items()}

    def compare(self, before: str, after: str) -> Comparison | None:
        """What differs between two kept listings, or None where one cannot be read."""
        path = self.folder / f"{before}-{after}.gz"
        if (kept := _load(path, Comparison)) is not None:
            return kept
        old, new = (_load(self._path(digest), Listing) for digest in (before, after))
        if old is None or new is None:
            return None
        found = compare(old, new)
        _keep(path, to_json(found))
        return found

    def has(self, digest: str) -> bool:
        """Whether a listing is still there, or never was because there is NO_CODE."""
        return digest == NO_CODE or self._path(digest).is_file()

    def file(self, digest: str) -> bytes:
        """A kept listing, as :meth:`put` takes it elsewhere; b"" for NO_CODE."""
        return b"" if digest == NO_CODE else self._path(digest).read_bytes()

    def put(self, digest: str, content: bytes) -> None:
        """Keep a listing that was made elsewhere. One that came damaged is left out."""
        try:
            text = gzip.decompress(content)
        except (EOFError, OSError):
            return
        if _digest(text) == digest and not self._path(digest).is_file():
            self.folder.mkdir(exist_ok=True)
            _keep(self._path(digest), text)

    def _take(self, path: Path, disassembly: str) -> str:
        try:
            elf = read_elf(path)
        except NotElfError:
            return NO_CODE
        listing = list_code(elf, disassembly)
        if elf.executable_bytes and not listing.functions:
            return NO_CODE
        text = to_json(listing)
        digest = _digest(text)
        if not self._path(digest).is_file():
            self.folder.mkdir(exist_ok=True)
            _keep(self._path(digest), text)
        return digest

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.gz"


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:20]


def _load(path: Path, kind: type[T]) -> T | None:
    try:
        return from_json(gzip.decompress(path.read_bytes()), kind)
    except (FileNotFoundError, EOFError, ValueError, gzip.BadGzipFile):
        return None


def _keep(path: Path, text: bytes) -> None:
    """Write in one step: a run that is killed leaves nothing half-made under the name."""
    fresh = path.with_suffix(f".{uuid.uuid4().hex}")
    fresh.write_bytes(gzip.compress(text, compresslevel=3, mtime=0))
    fresh.replace(path)
