# SPDX-License-Identifier: GPL-2.0-only
"""Two changes of one text brought together, by ``git merge-file``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.tools import process
from errno_gen.tools.git import gitenv

_MOST_CONFLICTS = 127


def merged(base: str, mine: str, theirs: str) -> str | None:
    """``base`` with what both others changed of it; None where they contradict each other.

    Each text ends in a newline. Raises ToolError if git fails.
    """
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as folder:
        files = [Path(folder, name) for name in ("mine", "base", "theirs")]
        for file, content in zip(files, (mine, base, theirs), strict=True):
            file.write_bytes(content.encode("utf-8", "surrogateescape"))
        argv = ("git", "merge-file", "-p", "-q", *map(str, files))
        done = process.run(argv, cwd=Path(folder), env=gitenv.discovery(), check=False)
    if done.returncode > _MOST_CONFLICTS or done.returncode < 0:
        raise ToolError("git merge-file failed", argv=argv, log=done.stderr.decode("utf-8"))
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None
