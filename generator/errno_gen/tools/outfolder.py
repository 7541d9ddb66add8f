# SPDX-License-Identifier: GPL-2.0-only
"""A folder of files for a person: it appears whole, and nothing in it is lost by accident."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from errno_gen.errors import InputError


def check_folder(folder: Path, suffix: str, force: bool) -> None:
    """Find out before any work whether :func:`write_folder` may write there.

    Raises InputError if ``folder`` is no folder, if it cannot be written, or if it holds files
    with the suffix already (without ``force``).
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder", "give another one")
    held = sorted(folder.glob(f"*{suffix}")) if folder.is_dir() else []
    if held and not force:
        raise InputError(
            f"{folder} holds {held[0].name} already",
            "give a new folder, or --force to replace files in it",
        )
    parent = next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
    if not os.access(parent, os.W_OK):
        raise InputError(f"{parent} cannot be written", "give another folder")


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, by name, into a folder, which is made if there is none.

    All are written next to it first. A new folder then appears at once with all of them; in
    one that exists each file takes its place in one step. Raises InputError if it cannot be.
    """
    fresh: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        inside = folder if folder.is_dir() else folder.absolute().parent
        fresh = Path(tempfile.mkdtemp(prefix=".errno-gen-", dir=inside))
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", errors="surrogateescape")
        if folder.is_dir():
            for name in files:
                (fresh / name).replace(folder / name)
        else:
            fresh.chmod(0o777 & ~_umask())
            fresh.rename(folder)
    except OSError as error:
        raise InputError(
            f"cannot write {folder}: {error.strerror or error}", "give another folder"
        ) from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
