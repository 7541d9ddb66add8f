# SPDX-License-Identifier: GPL-2.0-only
"""A lock between processes, which ends with its holder even when that is killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock file ``path``; ``waiting`` is called once if another process has it."""
    told = False
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            if not _take(file):
                if waiting and not told:
                    told = True
                    waiting()
                fcntl.flock(file, fcntl.LOCK_EX)
            # Whoever had it may have removed the file: then this is the lock of nothing.
            if _is_there(path, file):
                yield
                return


@contextlib.contextmanager
def locked_at_once(path: Path) -> Iterator[bool]:
    """Hold the lock file ``path`` if nobody has it; yields whether that is so.

    The holder may remove the file, and the folder that it is in.
    """
    try:
        file = path.open("r+")
    except FileNotFoundError:
        yield False
        return
    with file:
        yield _take(file) and _is_there(path, file)


def take(path: Path) -> TextIO | None:
    """The lock file ``path``, held until it is closed or the process ends; None if taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    if _take(file) and _is_there(path, file):
        return file
    file.close()
    return None


def _take(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_there(path: Path, file: TextIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
