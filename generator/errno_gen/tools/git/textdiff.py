# SPDX-License-Identifier: GPL-2.0-only
"""The diff of files that are in no commit yet."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.model import FileChange
from errno_gen.tools import process
from errno_gen.tools.git import gitenv


def diff_of(changes: Sequence[FileChange]) -> str:
    """The changes of files, as one diff that ``git apply`` takes; "" for none.

    git itself makes it, from two folders, so that the repository is not written to.
    """
    if not changes:
        return ""
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as folder:
        scratch = Path(folder)
        for change in changes:
            _lay_out(scratch / "a" / change.path, change.before)
            _lay_out(scratch / "b" / change.path, change.after)
        isolated = {
            "GIT_CEILING_DIRECTORIES": str(scratch.parent),
            "GIT_CONFIG_COUNT": "0",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_PARAMETERS": "",
            "GIT_DIFF_OPTS": "",
        }
        style = ("--no-prefix", "--no-color", "--no-ext-diff")
        done = process.run(
            ("git", "diff", "--no-index", *style, "a", "b"),
            cwd=scratch,
            env={**gitenv.discovery(), **isolated},
            check=False,
            action="making the diff",
        )
    if done.returncode != 1:
        tail = done.stderr.decode(errors="replace")
        raise ToolError("git diff failed", argv=done.argv, log=tail)
    return done.stdout.decode("utf-8", "surrogateescape")


def _lay_out(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
