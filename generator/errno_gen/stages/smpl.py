# SPDX-License-Identifier: GPL-2.0-only
"""The change of a driver as a semantic patch that anyone can run, tried before it is given away.

The rules come in forms, from the most readable to the most particular. Which of them changes
what is meant and nothing else is found out with Coccinelle itself, on the files as they were.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.analysis.sameness import same_code
from errno_gen.analysis.smpl import Change, changes, edited
from errno_gen.analysis.smpl_rows import WIDTH
from errno_gen.model import (
    DriverPatch,
    Edit,
    Inexpressible,
    SemanticPatch,
    SourceFile,
    Verdict,
)
from errno_gen.tools import spatch
from errno_gen.tools.render import render

MOST_LINES = 30
"""Lines of a semantic patch that a changelog can have, its marks counted."""

_MARKS = 2
_NOTHING = "spatch {} changes nothing there, as where it cannot parse a function"
_MORE = "each rule that changes it changes other code as well"
_Chosen = Sequence[tuple[Change, str]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a file tells: what it does, why, and from which tree it was made."""

    title: str
    why: str
    origin: str
    member: str


def changed_functions(patch: DriverPatch) -> tuple[str, ...]:
    """The functions that the rules of a patch will name."""
    return tuple(sorted({change.function for change in _changes(patch) if change.function}))


def semantic_patch(
    patch: DriverPatch,
    neighbours: Mapping[str, bytes],
    heading: Heading,
    *,
    scratch: Path,
    timeout: float,
) -> SemanticPatch:
    """The change of a driver as a semantic patch that every spatch at hand was tried with.

    ``neighbours`` are other files of the tree that define functions of the same names, by
    their paths: they must stay as they are. ``scratch`` is an existing folder; ``timeout`` is
    in seconds for all of Coccinelle's work. What no rule can say, or none says precisely, is
    told in the text. Raises ToolError if spatch is missing or over its time.
    """
    trial = _Trial(patch, neighbours, heading, scratch, time.monotonic() + timeout)
    found = _changes(patch)
    first = [(change, change.rules[0]) for change in found if change.rules]
    missing: dict[Change, str] = {}
    if len(first) < len(found) or not trial.holds(trial.text(first, {}), first):
        first, missing = _one_by_one(found, trial)
    text = trial.text(first, missing)
    left = tuple(
        Inexpressible(change.function, change.path, change.line, len(change.edits), why)
        for change, why in missing.items()
    )
    return SemanticPatch(
        driver=patch.driver.name,
        file=f"{patch.driver.name}.cocci",
        text=text,
        brief="" if left else "".join(_rules(first)),
        expressed=sum(len(change.edits) for change, _ in first),
        total=sum(len(change.edits) for change in found),
        missing=left,
        versions=trial.versions,
    )


def for_changelog(semantic: SemanticPatch) -> str:
    """The rules alone if they are short enough for a changelog; "" if not."""
    lines = semantic.brief.splitlines()
    short = 0 < len(lines) <= MOST_LINES - _MARKS
    narrow = all(len(line.expandtabs()) <= WIDTH for line in lines)
    return semantic.brief if short and narrow else ""


def _changes(patch: DriverPatch) -> tuple[Change, ...]:
    return tuple(
        change
        for file in patch.changes
        for change in changes(SourceFile(file.path, file.blob, file.before), patch.edits)
    )


def _one_by_one(
    found: Iterable[Change], trial: _Trial
) -> tuple[list[tuple[Change, str]], dict[Change, str]]:
    """The rule of each change that works on top of those before it, and why others have none."""
    accepted: list[tuple[Change, str]] = []
    missing: dict[Change, str] = {}
    alike: dict[str, list[Change]] = {}
    for change in found:
        alike.setdefault(change.rules[0] if change.rules else "", []).append(change)
    for change in alike.pop("", []):
        missing[change] = change.why
    for rule, group in alike.items():
        together = [(change, rule) for change in group]
        if trial.holds_with(accepted, together):
            accepted += together
            continue
        for change in group:
            others = change.rules[len(group) == 1 :]
            works = next((r for r in others if trial.holds_with(accepted, [(change, r)])), None)
            if works is None:
                missing[change] = trial.why(change)
            else:
                accepted.append((change, works))
    order = {change: number for number, change in enumerate(found)}
    return sorted(accepted, key=lambda pair: order[pair[0]]), missing


class _Trial:
    """Semantic patches tried on the files of one driver."""

    def __init__(
        self,
        patch: DriverPatch,
        neighbours: Mapping[str, bytes],
        heading: Heading,
        scratch: Path,
        deadline: float,
    ) -> None:
        self._patch = patch
        self._before = {file.path: file.before for file in patch.changes}
        self._neighbours = {p: t for p, t in neighbours.items() if p not in self._before}
        self._heading = heading
        self._scratch = scratch
        self._deadline = deadline
        self._programs = {spatch.version(program): program for program in spatch.at_hand()}
        self._trouble = ""

    @property
    def versions(self) -> tuple[str, ...]:
        return tuple(self._programs)

    def holds_with(self, accepted: _Chosen, more: _Chosen) -> bool:
        chosen = [*accepted, *more]
        return self.holds("\n".join(_rules(chosen)), chosen)

    def holds(self, text: str, chosen: _Chosen) -> bool:
        """Whether a semantic patch does what the chosen rules shall do, and nothing else."""
        return all(self._holds(version, text, chosen) for version in self._programs)

    def why(self, change: Change) -> str:
        """Why the rules of a change, that were tried just now, do not work."""
        if self._trouble:
            return self._trouble
        for version, program in self._programs.items():
            loosest = change.rules[0]
            if self._run(program, loosest) == {**self._before, **self._neighbours}:
                return _NOTHING.format(version)
        return _MORE

    def text(self, chosen: _Chosen, missing: Mapping[Change, str]) -> str:
        """The whole file."""
        rules: dict[str, list[Edit]] = {}
        for change, rule in chosen:
            rules.setdefault(rule, []).extend(change.edits)
        return render(
            "driver.cocci.j2",
            heading=self._heading,
            driver=self._patch.driver.name,
            files=[file.path for file in self._patch.changes],
            rules=[
                {"body": rule, "because": _because(edits, self._patch.verdicts)}
                for rule, edits in rules.items()
            ],
            missing=[
                f"{change.function}(), {change.path}:{change.line}, {why}"
                for change, why in missing.items()
            ],
        )

    def _holds(self, version: str, text: str, chosen: _Chosen) -> bool:
        try:
            got = self._run(self._programs[version], text)
        except spatch.RefusedError as error:
            self._trouble = f"spatch {version}: {error.message}"
            return False
        self._trouble = ""
        for path, before in self._before.items():
            own = [e for change, _ in chosen if change.path == path for e in change.edits]
            if not same_code(got[path], edited(before, own)):
                return False
        return all(got[path] == text for path, text in self._neighbours.items())

    def _run(self, program: str, text: str) -> dict[str, bytes]:
        return spatch.transform(
            program,
            text,
            {**self._before, **self._neighbours},
            scratch=self._scratch,
            timeout=max(self._deadline - time.monotonic(), 0.1),
        )


def _rules(chosen: _Chosen) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for _, rule in chosen))


def _because(edits: Iterable[Edit], verdicts: Iterable[Verdict]) -> str:
    """The first reason of each verdict that some edits serve."""
    places = [edit.location for edit in edits]
    found: dict[str, None] = {}
    for verdict in verdicts:
        own = [verdict.site.constant, *verdict.prints]
        if verdict.split is not None:
            own = [verdict.site.way_out, verdict.split.branch, *verdict.prints]
        if verdict.conversion is not None:
            own += [place.location for place in verdict.conversion.places]
        touches = any(
            one.file == each.file and one.start < each.end and each.start < one.end
            for one in own
            for each in places
        )
        if touches and verdict.because:
            found[verdict.because[0]] = None
    return " ".join(found)
