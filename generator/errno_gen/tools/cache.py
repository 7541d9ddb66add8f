# SPDX-License-Identifier: GPL-2.0-only
"""What workshops keep on disk: how much it is, and how it is made less.

A workshop that a run uses is locked and left alone as a whole; so is all that a worker of a
cluster has, as long as its process is there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from errno_gen.errors import InputError
from errno_gen.tools.lock import locked_at_once

FOLDER, LOCK = "kbuild", "lock"
"""The folder of the workshops below a cache, and the file in each that a run locks."""

_LOG = logging.getLogger("errno_gen.cache")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = " KMGT"
_BUILD_FOLDER = re.compile(r"(.+)\.\d+")
_RECORD = ".json"
_BLOCK = 512
WORKERS, STORE = "workers", "linux.git"
"""Places of workers below a cache: each has workshops like a cache, and a store of commits."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A build folder, or with ``name`` "" what its workshop has besides: source and logs.

    ``size`` is in octets on the disk; ``used`` is when a run used it last, in seconds since
    1970; ``busy`` tells that a run uses the workshop now. ``worker`` is the folder of the
    worker whose it is; its commits have that as ``root``, and STORE as ``name``.
    """

    root: Path
    name: str
    size: int
    used: float
    busy: bool
    worker: Path | None = None

    @property
    def kernel(self) -> str:
        """The version, "" for what is of several."""
        return "" if self.root == self.worker else self.root.name


def octets(text: str) -> int:
    """A size as people write it (``500M``, ``10G``, powers of 1024). Raises InputError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"'{text}' is no size", "give a number and K, M, G or T, as 10G")
    return int(float(match[1]) * 1024 ** _UNITS.index(match[2].upper() or " "))


def kept(cache: Path) -> tuple[Kept, ...]:
    """All that is kept below ``cache``, the least recently used first."""
    found = list(_workshops(cache))
    for lock in sorted((cache / WORKERS).glob(f"*/{LOCK}")):
        with locked_at_once(lock) as free:
            if free or lock.exists():
                found += _of_worker(lock.parent, busy=not free)
    # What a workshop has besides goes after its last build folder, commits after all of them.
    return tuple(sorted(found, key=lambda one: (one.used, one.root == one.worker, not one.name)))


def _workshops(cache: Path) -> Iterator[Kept]:
    for lock in sorted((cache / FOLDER).glob(f"*/{LOCK}")):
        with locked_at_once(lock) as free:
            if free or lock.exists():
                yield from _inventory(lock.parent, busy=not free)


def _of_worker(worker: Path, *, busy: bool) -> Iterator[Kept]:
    last = (worker / LOCK).stat().st_mtime
    for one in _workshops(worker):
        last = max(last, one.used)
        yield replace(one, busy=busy or one.busy, worker=worker)
    if (worker / STORE).is_dir():
        yield Kept(worker, STORE, size_of(worker / STORE), last, busy, worker)


def trim(cache: Path, limit: int, before: float | None = None) -> tuple[Kept, ...]:
    """Remove what is least recently used until ``limit`` octets remain, and tell what.

    With ``before``, a time, also all that was not used since then. What a run uses stays.
    """
    everything = kept(cache)
    total = sum(one.size for one in everything)
    removed: list[Kept] = []
    for one in everything:
        old = before is not None and one.used < before
        if (total > limit or old) and _remove(one):
            _LOG.debug("removed %s %s from %s", one.kernel, one.name or "source", cache)
            total -= one.size
            removed.append(one)
    return tuple(removed)


def _inventory(root: Path, *, busy: bool) -> Iterator[Kept]:
    records = {path.stem for path in root.glob(f"*{_RECORD}")}
    folders = {match[1] for path in root.iterdir() if (match := _BUILD_FOLDER.fullmatch(path.name))}
    last = 0.0
    total = size_of(root)
    for name in sorted(records | folders):
        paths = _paths(root, name)
        size = sum(size_of(path) for path in paths)
        used = max((path.stat().st_mtime for path in paths if path.suffix == _RECORD), default=0.0)
        total, last = total - size, max(last, used)
        yield Kept(root, name, size, used, busy)
    opened = (root / LOCK).stat().st_mtime
    yield Kept(root, "", total, max(last, opened), busy)


def _paths(root: Path, name: str) -> tuple[Path, ...]:
    """The record of a build folder, then the folder in all its generations."""
    generations = (path for path in root.glob("*.*") if path.name.rpartition(".")[0] == name)
    return tuple(sorted(generations, key=lambda path: path.suffix != _RECORD))


def _remove(one: Kept) -> bool:
    """Remove it, unless a run uses it (again)."""
    with contextlib.ExitStack() as held:
        folders = dict.fromkeys(path for path in (one.worker, one.root) if path)
        if not all(held.enter_context(locked_at_once(path / LOCK)) for path in folders):
            return False
        try:
            if not one.name or one.name == STORE:
                shutil.rmtree(one.root / one.name)
                return True
            # The record first: a folder without one counts as new.
            for path in _paths(one.root, one.name):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
        except OSError as error:
            _LOG.debug("cannot remove %s: %s", one.root / one.name, error)
            return False
        return True


def size_of(path: Path) -> int:
    """What a file or folder takes on the disk, in octets."""
    total = path.lstat().st_blocks * _BLOCK
    if path.is_dir() and not path.is_symlink():
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += size_of(Path(entry.path))
                else:
                    total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    return total
