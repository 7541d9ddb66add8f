# SPDX-License-Identifier: GPL-2.0-only
"""Warnings of the compiler, of kernel-doc and of sparse: asking for them, finding what is new."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_STEP = re.compile(r"^  (?P<what>[A-Z][A-Z0-9]*)\s+(?:\[M\]\s+)?(?P<path>\S+)$")
_WARNING = re.compile(
    r"^(?P<file>[^\s:][^:]*):(?P<line>\d+):(?:\d+:)?\s+(?:warning|error):\s+(?P<text>.+)$", re.I
)
_DETAIL = re.compile(r"^[^\s:][^:]*:\d+:\d+:\s{2,}(?P<text>\S.*)$")
_TOLD = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): (?P<text>.+)$")
_PLACE = re.compile(r":\d+(?::\d+)?\b|\bline \d+")

LineOf = Callable[[str, int], int]
"""The line that a line of a file was before, 0 if it was not there."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What is asked beyond compiling: ``extra`` is make's W=1, ``sparse`` its C=2."""

    extra: bool = False
    sparse: bool = False

    def __bool__(self) -> bool:
        return self.extra or self.sparse

    @property
    def name(self) -> str:
        """What keeps results apart: other flags give other warnings."""
        return " ".join(("W1",) * self.extra + ("sparse",) * self.sparse)

    def arguments(self, flags: str) -> tuple[str, ...]:
        """Arguments of make that ask for it, for objects of a folder that is prepared.

        ``flags`` are the compiler's (KCFLAGS) in any case. Flags for all files change all
        commands; that what is prepared counts as up to date keeps the change to the objects.
        make does not hand that on to the makes that it starts, so it is part of their name.
        Some architectures add flags to all while they prepare (arm64's stack protector), so
        that code that was compiled like this is not compared with other.
        A warning must not end the compilation, since then no other would be seen.
        """
        extra = ("W=1", f"KCFLAGS={flags} -Wno-error") if self.extra else ()
        sparse = ("C=2", "CHECK=sparse") if self.sparse else ()
        return ("MAKE=make --old-file=prepare", *extra, *sparse) if self else ()


NO_CHECKS = Checks()


def warnings_by_target(log: str, roots: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The warnings of each target as ``file:line: text``, in order, each once.

    The log must be that of ``make --output-sync=target``; ``roots`` are folders that are cut
    off the front of paths. Lines that explain one of sparse's are part of its text.
    """
    found: dict[str, list[str]] = {}
    own: list[str] = []
    for line in log.splitlines():
        if step := _STEP.match(line):
            path = PurePosixPath(_cut(step["path"], roots))
            target = str(path.with_suffix(".o")) if path.suffix in (".o", ".c") else ""
            own = found.setdefault(target, [])
        elif match := _WARNING.match(line):
            own.append(f"{_cut(match['file'], roots)}:{match['line']}: {match['text'].strip()}")
        elif own and (detail := _DETAIL.match(line)):
            own[-1] += f"; {' '.join(detail['text'].split())}"
    return {target: tuple(dict.fromkeys(told)) for target, told in found.items() if target}


def new_warnings(before: Sequence[str], after: Sequence[str], line_of: LineOf) -> tuple[str, ...]:
    """Those of ``after`` that ``before`` has not: by file and text, lines may have moved.

    Where several read the same, those whose line had none are the new ones.
    """
    places = Counter(_parts(told) for told in before)
    unmatched: list[tuple[str, tuple[str, int, str]]] = []
    for told in after:
        file, line, text = _parts(told)
        old = (file, line_of(file, line), text)
        if places[old] > 0:
            places[old] -= 1
        else:
            unmatched.append((told, old))
    left: Counter[tuple[str, str]] = Counter()
    for (file, _, text), count in places.items():
        left[file, text] += count
    new: list[str] = []
    # What stands on a line that was there before is more likely to have been there, too.
    for told, (file, _line, text) in sorted(unmatched, key=lambda one: not one[1][1]):
        if left[file, text] > 0:
            left[file, text] -= 1
        else:
            new.append(told)
    return tuple(told for told in after if told in new)


def _parts(told: str) -> tuple[str, int, str]:
    match = _TOLD.match(told)
    assert match is not None, told
    return match["file"], int(match["line"]), _PLACE.sub(":#", match["text"])


def _cut(path: str, roots: Sequence[str]) -> str:
    for root in roots:
        path = path.removeprefix(f"{root.rstrip('/')}/")
    while path.startswith("../"):
        path = path[3:]
    return path
