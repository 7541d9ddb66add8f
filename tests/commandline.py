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
from gitrepo import GitRepo


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


def repository(folder: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """A repository with one commit: the small kernel, or ``files``."""
    GitRepo(folder).commit(minikernel.FILES if files is None else files, "Linux")
    return folder


def state(repo: Path) -> dict[str, bytes | str]:
    """All that a command which changes nothing must leave alone, byte for byte."""
    counted = {"refs": git(repo, "for-each-ref"), "objects": git(repo, "count-objects", "-v")}
    return {**own(repo), **counted}


def own(repo: Path) -> dict[str, bytes]:
    """What no command may change: the user's work tree, index, HEAD, stash, configuration."""
    return GitRepo.snapshot(_opened(repo))


def _opened(repo: Path) -> GitRepo:
    opened = GitRepo.__new__(GitRepo)
    opened.path, opened.git_dir = repo, repo / ".git"
    return opened
