# SPDX-License-Identifier: GPL-2.0-only
"""Which functions the commits that were made here are meant to touch.

Kept as JSON below the git directory, beside the branches that were made. A commit that is
amended or rebased is another one with the same subject, and has the claim of the first;
where nothing is known of a commit its changelog is read instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.tools import state

_KIND = "claims"
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

    def new(known: tuple[Claim, ...] | None) -> tuple[Claim, ...]:
        others = (claim for claim in known or () if claim.commit not in fresh)
        return (*others, *fresh.values())[-_KEPT:]

    state.change(common_dir, _KIND, "", tuple[Claim, ...], new)


def claimed(common_dir: Path, commit: str, subject: str) -> tuple[str, ...]:
    """The functions that a commit is meant to touch, () if it was not made here."""
    known = state.recall(common_dir, _KIND, "", tuple[Claim, ...]) or ()
    exact = [claim for claim in known if claim.commit == commit]
    alike = exact or [claim for claim in known if claim.subject == subject]
    return alike[-1].functions if alike else ()
