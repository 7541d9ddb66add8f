# SPDX-License-Identifier: GPL-2.0-only
"""What went wrong, from what make and the compiler wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tuxmake.log import ERRORS

_DIAGNOSTIC = re.compile(
    r"^(?P<file>[^\s:][^:]*):(?P<line>\d+):(?:\d+:)?\s+(?:fatal )?(?:error|Error):\s+(?P<text>.+)$"
)
_FAILED = re.compile(
    r"^make(?:\[\d+\])?: \*\*\* \[(?:[^\]]*:\s+)?(?P<target>[^\]\s]+)\] (?P<text>.+)$"
)
_NO_RULE = re.compile(
    r"^make(?:\[\d+\])?: \*\*\* (?P<text>No rule to make target '(?P<target>[^']+)'"
    r"(?:, needed by '(?P<user>[^']+)')?)"
)
# The machine's faults: what is compiled is not to blame, and nothing is proven either way.
_MACHINE = re.compile(
    r"(?:No space left on device|Killed signal terminated program|[Cc]annot allocate memory"
    r"|virtual memory exhausted|Read-only file system|Input/output error"
    r"|internal compiler error: Killed)"
)


def first_errors(log: str, roots: Sequence[str] = ()) -> Mapping[str, str]:
    """The first error of each target that failed, as ``file:line: text``.

    The log must be that of ``make --output-sync=target``: what belongs to a target stands
    together and ends with make's own line about it. ``roots`` are folders that are cut
    off the front of paths. A target without a compiler's error has make's line instead.
    """
    found: dict[str, str] = {}
    current = ""
    for line in log.splitlines():
        if diagnostic := _DIAGNOSTIC.match(line):
            current = current or _told(diagnostic, roots)
        elif missing := _NO_RULE.match(line):
            found.setdefault(missing["user"] or missing["target"], missing["text"])
        elif failed := _FAILED.match(line):
            found.setdefault(failed["target"], current or _cut(line, roots))
            current = ""
    return found


def first_error(log: str, roots: Sequence[str] = ()) -> str:
    """The first error of the whole log, "" if none is recognised.

    A compiler's error with file and line wins; then what tuxmake takes for an error.
    """
    lines = log.splitlines()
    for line in lines:
        if diagnostic := _DIAGNOSTIC.match(line):
            return _told(diagnostic, roots)
    for line in lines:
        lower = line.lower()
        if "error:" in lower or "*** " in line or any(sign in lower for sign in ERRORS):
            return _cut(line, roots)
    return ""


def machine_fault(log: str) -> str:
    """The line that says that the machine failed (disk, memory) and not the source, or ""."""
    return next((line.strip() for line in log.splitlines() if _MACHINE.search(line)), "")


def _told(diagnostic: re.Match[str], roots: Sequence[str]) -> str:
    return f"{_cut(diagnostic['file'], roots)}:{diagnostic['line']}: {diagnostic['text']}"


def _cut(text: str, roots: Sequence[str]) -> str:
    for root in roots:
        text = text.replace(f"{root.rstrip('/')}/", "")
    return text.strip()
