# SPDX-License-Identifier: GPL-2.0-only
"""Who gets which mail: by the tree's own MAINTAINERS, by trailers, and by the user's wish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.tools.kernel.scripts import Scripts
from errno_gen.tools.mail.maintainers import Recipient, maintainers_of
from errno_gen.tools.mail.message import address
from errno_gen.tools.mail.trailers import Trailer

_ORDER = ("to", "cc", "list", "maintainer", "reviewer", "trailer")
"""Who is left out last where there are too many."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """The recipients of one mail; ``cut`` are those that were too many."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """Recipients of every mail, and how many one mail may have at most (0: any number)."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    limit: int = 0


def found(
    scripts: Scripts | None, patches: Sequence[Path], trailers: Sequence[Sequence[Trailer]]
) -> tuple[tuple[Recipient, ...], ...]:
    """The recipients of each patch: from the tree's scripts, if there are any, and trailers.

    Who signs off is no recipient by that: the sender is the last one to do so.
    """
    return tuple(
        _unique(
            (
                *(maintainers_of(scripts, patch) if scripts is not None else ()),
                *(
                    Recipient(one.person, "trailer")
                    for one in own
                    if one.person and one.key != "Signed-off-by"
                ),
            )
        )
        for patch, own in zip(patches, trailers, strict=True)
    )


def of_patch(recipients: Sequence[Recipient], wishes: Wishes, sender: str) -> Addressed:
    """The headers of one mail: maintainers and whom the user names in To, others in Cc."""
    given = [Recipient(one, "to") for one in wishes.to]
    given += [Recipient(one, "cc") for one in wishes.cc]
    everyone = [one for one in _unique((*given, *recipients)) if one.address != address(sender)]
    ranked = sorted(everyone, key=lambda one: _ORDER.index(one.kind))
    kept = ranked[: wishes.limit or None]
    chosen = [one for one in everyone if one in kept]
    direct = [one.who for one in chosen if one.kind in ("to", "maintainer")]
    other = [one.who for one in chosen if one.kind not in ("to", "maintainer")]
    cut = tuple(one.who for one in ranked if one not in kept)
    # A mail needs somebody in To.
    return (
        Addressed(tuple(direct), tuple(other), cut) if direct else Addressed(tuple(other), (), cut)
    )


def of_cover(recipients: Sequence[Sequence[Recipient]], wishes: Wishes, sender: str) -> Addressed:
    """The headers of the cover letter, for all: who has most of the patches comes first."""
    counts = Counter(one.address for each in recipients for one in each)
    everyone = _unique([one for each in recipients for one in each])
    return of_patch(sorted(everyone, key=lambda one: -counts[one.address]), wishes, sender)


def _unique(recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Each address once, in the strongest of its roles, where it stood first."""
    best: dict[str, Recipient] = {}
    for one in recipients:
        known = best.get(one.address)
        if known is None or _ORDER.index(one.kind) < _ORDER.index(known.kind):
            best[one.address] = one
    return tuple(best.values())
