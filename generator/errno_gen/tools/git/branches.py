# SPDX-License-Identifier: GPL-2.0-only
"""Which branches were made in a repository, and on which commits.

Kept as JSON below the git directory, ``{branch: base}`` in the order of making. It is a
convenience: a branch is whole without it, and then its range must be given.
"""

from __future__ import annotations

from pathlib import Path

from errno_gen.tools import state

_KIND = "branches"


def made(common_dir: Path) -> dict[str, str]:
    """Branch -> base commit, the last made at the end; {} if nothing readable is known."""
    return state.recall(common_dir, _KIND, "", dict[str, str]) or {}


def remember(common_dir: Path, branch: str, base: str) -> None:
    """Note that ``branch`` was made on the commit ``base``, in one atomic step."""

    def new(known: dict[str, str] | None) -> dict[str, str]:
        others = {name: known[name] for name in known if name != branch} if known else {}
        return {**others, branch: base}

    state.change(common_dir, _KIND, "", dict[str, str], new)
