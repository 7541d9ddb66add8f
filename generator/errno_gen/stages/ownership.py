# SPDX-License-Identifier: GPL-2.0-only
"""Whose a site is that the callbacks of several drivers reach, and whose a file's changes are.

Each site is told of once, whoever's callbacks reach it, and all that changes in a file is the
work of one driver: else two patches would say different things of one file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from errno_gen.model import Action, Cause, Driver, DriverPatch, Failure, Verdict, with_changes

_DIFFERENT = "shared"


def owned(drivers: Sequence[Driver], verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts of all drivers, each site once, each file's under one driver.

    That is the driver that the file is a part of, or else the first that reaches it. Where
    drivers disagree about a site, nothing is decided. The order is that of the drivers,
    then of file and place, as each of them had it.
    """
    found = list(verdicts)
    owners = {file: driver.name for driver in reversed(drivers) for file in driver.files}
    for verdict in found:
        owners.setdefault(verdict.site.constant.file, verdict.driver)
    alike: dict[object, list[Verdict]] = {}
    for verdict in found:
        alike.setdefault((verdict.site, verdict.callee), []).append(verdict)
    apart = len(alike) == len(found) and all(
        owners[verdict.site.constant.file] == verdict.driver for verdict in found
    )
    if apart:
        return tuple(found)
    merged = [_one(group, owners[group[0].site.constant.file]) for group in alike.values()]
    rank = {driver.name: number for number, driver in enumerate(drivers)}
    merged.sort(key=lambda v: (rank.get(v.driver, len(rank)), *_place(v)))
    return tuple(merged)


def contested(
    patches: Sequence[DriverPatch],
) -> tuple[tuple[DriverPatch, ...], tuple[Failure, ...]]:
    """The patches that can go side by side, and a Failure for each that cannot.

    The first one that changes a file keeps it; a later one may only change it in the same way.
    """
    ends: dict[str, tuple[str, bytes]] = {}
    kept: list[DriverPatch] = []
    failures: list[Failure] = []
    for patch in sorted(patches, key=lambda one: (one.driver.name, one.driver.directory)):
        clash = next(
            (
                change.path
                for change in patch.changes
                if ends.get(change.path, ("", change.after))[1] != change.after
            ),
            None,
        )
        if clash is not None:
            first = ends[clash][0]
            text = (
                f"{clash} is changed for {first} as well; apply to {first} first, then to "
                f"{patch.driver.name} on top of it"
            )
            failures.append(Failure("rewrite", patch.driver.name, text))
            continue
        kept.append(patch)
        for change in patch.changes:
            ends.setdefault(change.path, (patch.driver.name, change.after))
    return tuple(patch for patch in patches if patch in kept), tuple(failures)


def _one(group: Sequence[Verdict], owner: str) -> Verdict:
    """The verdict on a site that several drivers may reach, under its owner."""
    first = next((verdict for verdict in group if verdict.driver == owner), group[0])
    if len(group) == 1:
        return first if first.driver == owner else with_changes(first, driver=owner)
    callbacks = tuple(dict.fromkeys(name for verdict in group for name in verdict.callbacks))
    common = with_changes(
        first,
        driver=owner,
        callbacks=callbacks,
        prints=tuple(p for p in first.prints if all(p in other.prints for other in group)),
        outside_callers=tuple(
            name
            for name in first.outside_callers
            if all(name in other.outside_callers for other in group)
        ),
    )
    if len({(v.cause, v.action, v.wanted, v.propagate, v.split) for v in group}) == 1:
        sentences = dict.fromkeys(text for verdict in group for text in verdict.because)
        return with_changes(common, because=tuple(sentences))
    causes = ", ".join(sorted(f"{verdict.cause} in {verdict.driver}" for verdict in group))
    text = f"The drivers that get here have different causes: {causes}."
    return with_changes(
        common,
        cause=Cause.UNKNOWN,
        rule=_DIFFERENT,
        because=(text, *dict.fromkeys(s for verdict in group for s in verdict.because)),
        wanted=None,
        propagate=None,
        action=Action.REVIEW,
        prints=(),
        split=None,
    )


def _place(verdict: Verdict) -> tuple[str, int, int]:
    site = verdict.site
    return site.constant.file, site.constant.start, site.way_out.start
