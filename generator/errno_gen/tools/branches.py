# SPDX-License-Identifier: GPL-2.0-only
"""Which branches were made in a repository, and on which commits.

Kept as JSON below the git directory, ``{branch: base}`` in the order of making. It is a
convenience: a branch is whole without it, and then its range must be given.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

_STATE = ("errno-gen", "branches.json")


def made(common_dir: Path) -> dict[str, str]:
    """Branch -> base commit, the last made at the end; {} if nothing readable is known."""
    try:
        known = json.loads(common_dir.joinpath(*_STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {str(branch): str(base) for branch, base in known.items()}


def remember(common_dir: Path, branch: str, base: str) -> None:
    """Note that ``branch`` was made on the commit ``base``, in one atomic step."""
    known = made(common_dir)
    known.pop(branch, None)
    known[branch] = base
    path = common_dir.joinpath(*_STATE)
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
