# SPDX-License-Identifier: GPL-2.0-only
"""Runs the command line inside the test's own process, and makes repositories for it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import minikernel
from errno_gen.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """How one command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines on standard error that begin with ``error:``."""
        return [line for line in self.err.splitlines() if line.startswith("error:")]


def errno_gen(*arguments: str | Path) -> Outcome:
    """Run a command, its streams being pipes."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Outcome(code, out.getvalue(), err.getvalue())


def errno_gen_process(*arguments: str | Path, **options: object) -> subprocess.Popen[bytes]:
    """Start a command as a process of its own."""
    command = [sys.executable, "-m", "errno_gen", *map(str, arguments)]
    return subprocess.Popen(command, **options)  # type: ignore[call-overload, no-any-return]


def git(repo: Path, *arguments: str) -> str:
    """Run git in ``repo`` and return what it printed."""
    command = ["git", "-C", str(repo), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below ``folder``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def repository(folder: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A repository with one commit: the small kernel, or ``files``."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "master")
    write(folder, minikernel.FILES if files is None else files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "Linux")
    return folder


def state(repo: Path) -> dict[str, str]:
    """What a command must not change: refs, HEAD, stash, index, files of the work tree."""
    files = sorted(path for path in repo.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {
        "refs": git(repo, "for-each-ref"),
        "HEAD": (repo / ".git" / "HEAD").read_text(encoding="utf-8"),
        "index": (repo / ".git" / "index").read_bytes().hex(),
        "stash": git(repo, "stash", "list"),
        "objects": git(repo, "count-objects", "-v"),
        "files": "\n".join(f"{path} {path.read_bytes()!r}" for path in files),
    }
