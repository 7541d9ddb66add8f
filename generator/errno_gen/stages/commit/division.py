# SPDX-License-Identifier: GPL-2.0-only
"""Which commits a branch has: one for each driver, for each cause, or for each of both.

Commits of a cause come in the order of the groups (errnos of the device first, codes of callees
that are handed on last), so that each stands alone; within a group drivers come by name.
All divisions end in the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from errno_gen.errors import ProofError
from errno_gen.model import TO_CHANGE, Action, Division, DriverPatch, Group, Portion, with_changes
from errno_gen.tools.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Planned:
    """A commit to be made: what it takes of which drivers' patches, and its files' new bytes.

    The verdicts of ``patches`` are those that the commit serves, by driver; their changes are
    those of the whole patch.
    """

    patches: tuple[DriverPatch, ...]
    files: dict[str, bytes]


def planned(
    repo: Repository, base: str, patches: Sequence[DriverPatch], division: Division
) -> list[Planned]:
    """The commits for ``patches``, in order.

    A file that two drivers share changes in commits of the first one only. Raises ProofError
    if a patch was not made from ``base``, or two patches disagree about a file.
    """
    ordered = sorted(patches, key=lambda patch: (patch.driver.name, patch.driver.directory))
    owners = _owners(repo, base, ordered)
    if division is Division.DRIVER:
        found = (Planned((patch,), _files(patch, owners)) for patch in ordered)
        return [one for one in found if one.files]
    steps = list(_steps(ordered, owners))
    if division is Division.DRIVER_CAUSE:
        return [one for _, one in steps if one.files]
    return [
        Planned(
            tuple(patch for one in alike for patch in one.patches),
            {path: text for one in alike for path, text in one.files.items()},
        )
        for group in Group
        if (alike := [one for own, one in steps if own is group and one.files])
    ]


def _steps(
    patches: Sequence[DriverPatch], owners: Mapping[str, DriverPatch]
) -> Iterator[tuple[Group, Planned]]:
    """The portions of all patches by group, then driver; each with what it adds."""
    states = {
        patch.driver: {change.path: change.before for change in patch.changes} for patch in patches
    }
    for group in Group:
        for patch in patches:
            for portion in patch.portions:
                if portion.group is group:
                    own = _at(patch, portion)
                    before = states[patch.driver]
                    files = _files(with_changes(own, changes=portion.changes), owners)
                    fresh = {path: text for path, text in files.items() if before[path] != text}
                    before.update(fresh)
                    yield group, Planned((own,), fresh)


def _at(patch: DriverPatch, portion: Portion) -> DriverPatch:
    """The patch as far as it goes with a portion: what comes later stays as it is until then."""
    at = patch.portions.index(portion)
    later = tuple(
        with_changes(verdict, action=Action.KEEP)
        for other in patch.portions[at + 1 :]
        for verdict in other.verdicts
    )
    rest = tuple(verdict for verdict in patch.verdicts if verdict.action not in TO_CHANGE)
    return with_changes(patch, verdicts=(*portion.verdicts, *later, *rest))


def _files(patch: DriverPatch, owners: Mapping[str, DriverPatch]) -> dict[str, bytes]:
    return {
        change.path: change.after
        for change in patch.changes
        if owners[change.path].driver == patch.driver
    }


def _owners(repo: Repository, base: str, patches: Sequence[DriverPatch]) -> dict[str, DriverPatch]:
    """Whose commits change a file, checked against ``base`` and one another."""
    owners: dict[str, DriverPatch] = {}
    ends: dict[str, bytes] = {}
    for patch in patches:
        name = patch.driver.name
        for change in patch.changes:
            source = repo.read(base, change.path)
            if source is None or source.blob != change.blob:
                raise ProofError(f"{name}: {change.path} at {base[:12]} is not what was rewritten")
            first = owners.setdefault(change.path, patch)
            if ends.setdefault(change.path, change.after) != change.after:
                raise ProofError(
                    f"{first.driver.name} and {name} change {change.path} in different ways",
                    "apply to one of them with --driver, then to the other on top of it",
                )
    return owners
