# SPDX-License-Identifier: GPL-2.0-only
"""What ``git range-diff`` says of two versions of a series."""

from __future__ import annotations

import re
from dataclasses import dataclass

from errno_gen.tools.git.gitobjects import text
from errno_gen.tools.git.repository import Repository

_PAIR = re.compile(r"^ *(\d+|-): +(?:[0-9a-f]+|-+) ([=!<>]) +(\d+|-): +(?:[0-9a-f]+|-+) ?(.*)$")
_STYLE = (
    "--no-color",
    "--no-notes",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--abbrev=12",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A patch of the old version and what became of it in the new one.

    ``old`` and ``new`` count from 0, None where there is none; ``same`` tells that message
    and diff are alike (but for line numbers).
    """

    old: int | None
    new: int | None
    same: bool


def range_diff(
    repo: Repository, old: tuple[str, str], new: tuple[str, str]
) -> tuple[tuple[Pair, ...], str]:
    """The pairs of two ranges (base, tip), in git's order, and git's own text for people."""
    ranges = (f"{old[0]}..{old[1]}", f"{new[0]}..{new[1]}")
    shown = text(repo.plumbing("range-diff", *_STYLE, *ranges, "--"))
    found = (_PAIR.match(line) for line in shown.split("\n"))
    pairs = tuple(
        Pair(_number(match.group(1)), _number(match.group(3)), match.group(2) == "=")
        for match in found
        if match
    )
    return pairs, shown


def _number(shown: str) -> int | None:
    return None if shown == "-" else int(shown) - 1
