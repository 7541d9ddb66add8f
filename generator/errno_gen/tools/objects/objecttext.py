# SPDX-License-Identifier: GPL-2.0-only
"""What commits change in objects, and what they are warned of, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from errno_gen.model import BuildResult, FunctionChange, ObjectChange
from errno_gen.tools.render import listed, wrap

_SHORT_ID = 12


class Compared(Protocol):
    """A result of a compile check, as it is or as it is remembered."""

    @property
    def architecture(self) -> str: ...

    @property
    def changes(self) -> tuple[ObjectChange, ...]: ...


def object_text(change: ObjectChange) -> str:
    """One line on one object: which functions differ, how, and how many do not."""
    name = PurePosixPath(change.object).name
    if change.missing:
        return f"{name}: not compared, {change.missing}"
    same = _functions(change.identical, bool(change.functions))
    told = ", ".join(_function(each) for each in change.functions)
    return f"{name}: {told}; {same} identical" if told else f"{name}: {same} identical"


def object_lines(results: Iterable[BuildResult]) -> tuple[str, ...]:
    """A line for each object of each result; below it what is flagged there."""
    lines: list[str] = []
    for result in results:
        where = f"{result.commit[:_SHORT_ID]} {result.architecture}"
        for change in result.changes:
            lines.append(f"{where} {object_text(change)}")
            lines += [f"  flagged: {told}" for told in change.flagged]
    return tuple(lines)


def warning_lines(results: Iterable[BuildResult]) -> tuple[str, ...]:
    """Each new warning once for a commit, with the architectures that give it."""
    seen: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for told in result.warnings:
            seen.setdefault((result.commit, told), []).append(result.architecture)
    return tuple(
        f"new warning in {commit[:_SHORT_ID]} on {' and '.join(dict.fromkeys(places))}: {told}"
        for (commit, told), places in seen.items()
    )


def flags(results: Iterable[BuildResult]) -> int:
    """How many differences no edit explains."""
    return sum(len(change.flagged) for result in results for change in result.changes)


def patch_note(results: Iterable[Compared]) -> str:
    """What one commit's results say of its objects, for below the ``---`` of its patch.

    One paragraph for each object, in lines of at most 75 columns, with the architectures
    that agree on it; "" if nothing was compared. What is flagged is not left out.
    """
    seen: dict[tuple[str, str], dict[str, int]] = {}
    for result in results:
        for change in result.changes:
            if not change.missing:
                name = PurePosixPath(change.object).name
                told = ", ".join(_function(each) for each in change.functions)
                flagged = "".join(f"; not explained by the edits: {one}" for one in change.flagged)
                places = seen.setdefault((name, told + flagged), {})
                places[result.architecture] = change.identical
    return "\n".join(
        wrap(f"{name} ({listed(tuple(places))}): {_told(told, tuple(places.values()))}.")
        for (name, told), places in seen.items()
    )


def _told(changed: str, identical: Sequence[int]) -> str:
    counts = listed([str(count) for count in dict.fromkeys(identical)])
    word = "function" if counts == "1" else "functions"
    return (
        f"{changed}; {counts} other {word} identical" if changed else f"{counts} {word} identical"
    )


def _function(change: FunctionChange) -> str:
    notes = []
    if change.because not in ("", "edited"):
        notes.append(change.because)
    if change.kind == "immediates":
        notes.append("immediates only")
    verb = {"new": "is new", "gone": "is gone", "data": "(data) differs"}
    told = f"{change.function} {verb.get(change.kind, 'differs')}"
    return f"{told} ({', '.join(notes)})" if notes else told


def _functions(count: int, others: bool) -> str:
    word = "function" if count == 1 else "functions"
    return f"{count} other {word}" if others else f"all {count} {word}"
