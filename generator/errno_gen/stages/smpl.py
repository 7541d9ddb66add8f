# SPDX-License-Identifier: GPL-2.0-only
"""The change of a driver as a semantic patch that anyone can run, tried before it is given away.

The rules come in forms, from the most readable to the most particular. Which of them changes
what is meant and nothing else is found out with Coccinelle itself, on the files as they were.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.sameness import same_code
from errno_gen.analysis.edits.cutouts import around, extents
from errno_gen.analysis.smpl.patch import Change, changes, edited
from errno_gen.analysis.smpl.text import WIDTH
from errno_gen.model import (
    DriverPatch,
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
_COMMENT = "a comment there does not come out as it should"
_Chosen = Sequence[tuple[Change, str]]


class Grade(IntEnum):
    """What comes of a semantic patch: something else, all but comments, what is meant."""

    OTHER = 0
    COMMENTS = 1
    SAME = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a file tells: what it does, why, and from which tree it was made."""

    title: str
    why: str
    origin: str
    member: str


def changed_functions(patch: DriverPatch) -> tuple[str, ...]:
    """The functions that the rules of a patch will name."""
    found: set[str] = set()
    for file in patch.changes:
        known = extents(file.before, kernel_apis().annotations)
        for edit in patch.edits:
            if edit.location.file == file.path:
                where = around(known, edit.location.start, edit.location.end)
                found |= {where.name} if where is not None and where.name else set()
    return tuple(sorted(found))


def programs_at_hand() -> Mapping[str, str]:
    """Every spatch there is, by its version. Raises ToolError if there is none."""
    return {spatch.version(program): program for program in spatch.at_hand()}


def semantic_patch(
    patch: DriverPatch,
    neighbours: Mapping[str, bytes],
    heading: Heading,
    *,
    scratch: Path,
    timeout: float,
    programs: Mapping[str, str] | None = None,
) -> SemanticPatch:
    """The change of a driver as a semantic patch that every spatch at hand was tried with.

    ``neighbours`` are other files of the tree that define functions of the same names, by
    their paths: they must stay as they are. ``scratch`` is an existing folder; ``timeout`` is
    in seconds for all of Coccinelle's work; ``programs`` is what :func:`programs_at_hand` says,
    if it was asked before. What no rule can say, or none says precisely, is
    told in the text. Raises ToolError if spatch is missing or over its time.
    """
    known = programs if programs is not None else programs_at_hand()
    trial = _Trial(patch, neighbours, heading, known, scratch, time.monotonic() + timeout)
    found = _changes(patch)
    said = _Said([(change, change.rules[0]) for change in found if change.rules])
    if len(said.rules) < len(found) or trial.grade(trial.text(said), said.rules) is not Grade.SAME:
        said = _one_by_one(found, trial)
    short, unfit = _for_changelog(said)
    return SemanticPatch(
        driver=patch.driver.name,
        file=f"{patch.driver.name}.cocci",
        text=trial.text(said),
        short=short,
        unfit=unfit,
        expressed=sum(len(change.edits) for change, _ in said.rules),
        total=sum(len(change.edits) for change in found),
        missing=_told(said.missing),
        imprecise=_told(said.imprecise),
        versions=trial.versions,
    )


@dataclass(slots=True)
class _Said:
    """The rule of each change that has one; why others have none, and which lose a comment."""

    rules: list[tuple[Change, str]]
    missing: dict[Change, str] = field(default_factory=dict)
    imprecise: dict[Change, str] = field(default_factory=dict)


def _told(changes_: Mapping[Change, str]) -> tuple[Inexpressible, ...]:
    return tuple(
        Inexpressible(change.function, change.path, change.line, len(change.edits), why)
        for change, why in changes_.items()
    )


def _for_changelog(said: _Said) -> tuple[str, str]:
    """The rules alone if they are fit for a changelog, and why they are not."""
    text = "".join(_rules(said.rules))
    lines = text.splitlines()
    if said.missing or said.imprecise:
        return "", "it does not say all of the change"
    if len(lines) > MOST_LINES - _MARKS:
        return "", f"it has {len(lines)} lines"
    if any(len(line.expandtabs()) > WIDTH for line in lines):
        return "", f"it has a line of more than {WIDTH} columns"
    return text, ""


def _changes(patch: DriverPatch) -> tuple[Change, ...]:
    return tuple(
        change
        for file in patch.changes
        for change in changes(SourceFile(file.path, file.blob, file.before), patch.edits)
    )


def _one_by_one(found: Sequence[Change], trial: _Trial) -> _Said:
    """The rule of each change that works on top of those before it."""
    said = _Said([])
    close: dict[Change, str] = {}
    alike: dict[str, list[Change]] = {}
    for change in found:
        alike.setdefault(change.rules[0] if change.rules else "", []).append(change)
    for change in alike.pop("", []):
        said.missing[change] = change.why
    for rule, group in alike.items():
        together = [(change, rule) for change in group]
        if len(group) > 1 and trial.more(said.rules, together) is Grade.SAME:
            said.rules += together
            continue
        for change in group:
            grade, works = _best(change, said, trial)
            if grade is Grade.SAME:
                said.rules.append((change, works))
            else:
                close[change] = works
    # Last of all, or what comes after them would seem to lose the same comment.
    for change, works in close.items():
        if works and trial.more(said.rules, [(change, works)]) is Grade.COMMENTS:
            said.rules.append((change, works))
            said.imprecise[change] = _COMMENT
        else:
            said.missing[change] = trial.why(change)
    order = {change: number for number, change in enumerate(found)}
    said.rules.sort(key=lambda pair: order[pair[0]])
    return said


def _best(change: Change, said: _Said, trial: _Trial) -> tuple[Grade, str]:
    """The first rule of a change that does what it shall, or does so but for comments."""
    close = ""
    for rule in change.rules:
        grade = trial.more(said.rules, [(change, rule)])
        if grade is Grade.SAME:
            return grade, rule
        if grade is Grade.COMMENTS:
            close = close or rule
    return Grade.COMMENTS if close else Grade.OTHER, close


class _Trial:
    """Semantic patches tried on the files of one driver."""

    def __init__(
        self,
        patch: DriverPatch,
        neighbours: Mapping[str, bytes],
        heading: Heading,
        programs: Mapping[str, str],
        scratch: Path,
        deadline: float,
    ) -> None:
        self._patch = patch
        self._before = {file.path: file.before for file in patch.changes}
        self._neighbours = {p: t for p, t in neighbours.items() if p not in self._before}
        self._heading = heading
        self._scratch = scratch
        self._deadline = deadline
        self._programs = programs

    @property
    def versions(self) -> tuple[str, ...]:
        return tuple(self._programs)

    def more(self, accepted: _Chosen, rules: _Chosen) -> Grade:
        """What comes of further rules on top of those that were accepted."""
        chosen = [*accepted, *rules]
        return self.grade("\n".join(_rules(chosen)), chosen)

    def grade(self, text: str, chosen: _Chosen) -> Grade:
        """What comes of a semantic patch, with that spatch that makes least of it."""
        grade = Grade.SAME
        for program in self._programs.values():
            grade = min(grade, self._grade(program, text, chosen))
            if grade is Grade.OTHER:
                break
        return grade

    def why(self, change: Change) -> str:
        """Why no rule of a change works: what becomes of the loosest one."""
        for version, program in self._programs.items():
            try:
                got = self._run(program, change.rules[0])
            except spatch.RefusedError as error:
                return f"spatch {version}: {error.message}"
            if got == {**self._before, **self._neighbours}:
                return _NOTHING.format(version)
        return _MORE

    def text(self, said: _Said) -> str:
        """The whole file."""
        rules: dict[str, list[Change]] = {}
        for change, rule in said.rules:
            rules.setdefault(rule, []).append(change)
        return render(
            "driver.cocci.j2",
            heading=self._heading,
            driver=self._patch.driver.name,
            files=[file.path for file in self._patch.changes],
            versions=self.versions,
            rules=[
                {
                    "body": rule,
                    "because": _because(served, self._patch.verdicts),
                    "remarks": [*_again(rule), *_remarks(served, said)],
                }
                for rule, served in rules.items()
            ],
            missing=[
                f"{change.function}(), {change.path}:{change.line}, {why}"
                for change, why in said.missing.items()
            ],
        )

    def _grade(self, program: str, text: str, chosen: _Chosen) -> Grade:
        try:
            got = self._run(program, text)
        except spatch.RefusedError:
            return Grade.OTHER
        if any(got[path] != text for path, text in self._neighbours.items()):
            return Grade.OTHER
        grade = Grade.SAME
        for path, before in self._before.items():
            own = [e for change, _ in chosen if change.path == path for e in change.edits]
            wanted = edited(before, own)
            if not same_code(got[path], wanted, comments=False):
                return Grade.OTHER
            if not same_code(got[path], wanted):
                grade = Grade.COMMENTS
        return grade

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


def _again(rule: str) -> list[str]:
    """What is told of statements that a rule takes out and puts back."""
    lines = rule.splitlines()
    put = [line[1:] for line in lines if line.startswith("+")]
    same = [line[1:].strip() for line in lines if line.startswith("-") and line[1:] in put]
    return [f"`{each}` is put back so that the comment before it stays." for each in same]


def _remarks(served: Iterable[Change], said: _Said) -> list[str]:
    return [f"Look at it: {why}." for each, why in said.imprecise.items() if each in served]


def _because(served: Iterable[Change], verdicts: Iterable[Verdict]) -> str:
    """The first reason of each verdict that some changes serve."""
    places = [edit.location for change in served for edit in change.edits]
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
