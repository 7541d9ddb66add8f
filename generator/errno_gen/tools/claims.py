# SPDX-License-Identifier: GPL-2.0-only
"""Which functions the commits that were made here are meant to touch.

Kept as JSON below the git directory, beside the branches that were made. A commit that is
amended or rebased is another one with the same subject, and has the claim of the first;
where nothing is known of a commit its changelog is read instead.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.model import from_json, to_json

_STATE = ("errno-gen", "claims.json")
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Claim:
    """A commit as it was made: its id, its subject, and the functions that it edits."""

    commit: str
    subject: str
    functions: tuple[str, ...]


def remember(common_dir: Path, claims: Sequence[Claim]) -> None:
    """Note what new commits touch, in one atomic step."""
    fresh = {claim.commit: claim for claim in claims}
    known = [claim for claim in _known(common_dir) if claim.commit not in fresh]
    path = common_dir.joinpath(*_STATE)
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    kept = (*known, *fresh.values())[-_KEPT:]
    new.write_bytes(to_json(kept) + b"\n")
    new.replace(path)


def claimed(common_dir: Path, commit: str, subject: str) -> tuple[str, ...]:
    """The functions that a commit is meant to touch, () if it was not made here."""
    known = _known(common_dir)
    exact = [claim for claim in known if claim.commit == commit]
    alike = exact or [claim for claim in known if claim.subject == subject]
    return alike[-1].functions if alike else ()


def _known(common_dir: Path) -> tuple[Claim, ...]:
    try:
        text = common_dir.joinpath(*_STATE).read_bytes()
        return from_json(text, tuple[Claim, ...])
    except (FileNotFoundError, ValueError):
        return ()
