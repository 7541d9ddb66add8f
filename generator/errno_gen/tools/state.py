# SPDX-License-Identifier: GPL-2.0-only
"""What is remembered below the git directory: a JSON file for each kind, and each branch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from errno_gen.model import from_json, to_json
from errno_gen.tools.lock import locked

T = TypeVar("T")

_FOLDER, _LONGEST = "errno-gen", 200


def file_name(branch: str) -> str:
    """A branch as the name of one file (or part of a reference), no longer than 200 bytes."""
    name = quote(os.fsencode(branch), safe="").replace(".", "%2E")
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(os.fsencode(branch)).hexdigest()
    return f"{name[: _LONGEST - len(digest) - 1]}-{digest}"


def recall(common_dir: Path, kind: str, branch: str, of: type[T]) -> T | None:
    """What was remembered last, or None if nothing readable was.

    Without a branch ("") that is one file for all.
    """
    try:
        return from_json(_path(common_dir, kind, branch).read_bytes(), of)
    except (FileNotFoundError, ValueError):
        return None


def remember(common_dir: Path, kind: str, branch: str, value: object) -> None:
    """Remember a value (a dataclass, or tuples of them), in one atomic step."""
    path = _path(common_dir, kind, branch)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(to_json(value) + b"\n")
    fresh.replace(path)


def change(
    common_dir: Path, kind: str, branch: str, of: type[T], new: Callable[[T | None], T]
) -> None:
    """Remember what ``new`` makes of what was remembered; who else does so has to wait."""
    with locked(common_dir / _FOLDER / "lock"):
        remember(common_dir, kind, branch, new(recall(common_dir, kind, branch, of)))


def _path(common_dir: Path, kind: str, branch: str) -> Path:
    folder = common_dir / _FOLDER
    return folder / kind / f"{file_name(branch)}.json" if branch else folder / f"{kind}.json"
