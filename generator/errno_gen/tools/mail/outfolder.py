# SPDX-License-Identifier: GPL-2.0-only
"""A folder of files for a person: it appears whole, and nothing in it is lost by accident."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from errno_gen.errors import InputError


def check_folder(
    folder: Path, is_former: Callable[[Path], bool], force: bool, alone: str = ""
) -> None:
    """Find out before any work whether :func:`write_folder` may write there.

    ``is_former`` knows files as they were written there before, which only ``force`` lets
    replace. ``alone`` says why nothing else may be in the folder; "" if it may. Raises
    InputError if the folder cannot be used.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder", "give another one")
    held = sorted(folder.iterdir()) if folder.is_dir() else []
    former = [path for path in held if is_former(path)]
    strange = next((path.name for path in held if path not in former), "")
    if alone and strange:
        raise InputError(
            f"the folder {folder} is not empty: {strange} is in it, and {alone}",
            "give a new or an empty one",
        )
    if former and not force:
        raise InputError(
            f"{folder} holds {former[0].name} already",
            "give a new folder, or --force to replace files in it",
        )
    parent = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise InputError(f"nothing can be made in {parent}", "give another folder")


def write_folder(
    folder: Path,
    files: Mapping[str, bytes],
    is_stale: Callable[[Path], bool] = lambda _path: False,
) -> None:
    """Write files, by name, into a folder, which is made if there is none.

    All are written next to it first. A new folder then appears at once with all of them; in
    one that exists each file takes its place in one step, and then those that are stale and
    not among the new ones go. Raises InputError if it cannot be.
    """
    fresh: Path | None = None
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        inside = folder if folder.is_dir() else folder.absolute().parent
        fresh = Path(tempfile.mkdtemp(prefix=".errno-gen-", dir=inside))
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        if folder.is_dir():
            stale = [one for one in folder.iterdir() if one.name not in files and is_stale(one)]
            for name in files:
                (fresh / name).replace(folder / name)
            for one in stale:
                one.unlink()
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
