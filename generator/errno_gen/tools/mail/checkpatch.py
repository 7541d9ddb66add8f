# SPDX-License-Identifier: GPL-2.0-only
"""What the tree's own checkpatch.pl finds in patches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.tools.kernel.scripts import CHECKPATCH, Scripts

_OPTIONS = ("--strict", "--terse", "--show-types", "--no-summary", "--color=never")
_FINDING = re.compile(r"(?P<file>.+?):(?P<line>\d*): (?P<level>ERROR|WARNING|CHECK):(?P<text>.+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: on which line (from 1) of which patch, of what weight, and what it says."""

    patch: str
    line: int
    level: str
    text: str

    def __str__(self) -> str:
        return f"{self.patch}:{self.line}: {self.level}: {self.text}"


def check(scripts: Scripts, patches: Sequence[Path]) -> tuple[Finding, ...]:
    """What ``checkpatch.pl --strict`` finds in patch files, in their order.

    Raises ToolError if it cannot be run, or complains of something that cannot be read.
    """
    if not patches:
        return ()  # without a file it would wait for one on standard input
    root = f"--root={scripts.folder}"
    done = scripts.run(CHECKPATCH, *_OPTIONS, root, "--", *map(str, patches))
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    matches = (_FINDING.fullmatch(line) for line in lines)
    found = tuple(
        Finding(
            Path(match["file"]).name, int(match["line"] or 0), match["level"], match["text"].strip()
        )
        for match in matches
        if match
    )
    if done.returncode != 0 and not found:
        told = (done.stdout + done.stderr).decode(errors="replace")
        raise ToolError(
            f"{CHECKPATCH} failed without a finding (exit {done.returncode})",
            argv=done.argv,
            log=told[-4000:],
        )
    return found
