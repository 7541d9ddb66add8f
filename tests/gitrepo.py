# SPDX-License-Identifier: GPL-2.0-only
"""Repositories for tests, built by short scripts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class GitRepo:
    """A repository in ``path``; every command sees the test's own environment only."""

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self.path = path
        self.git_dir = path if bare else path / ".git"
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "master", *(["--bare"] if bare else []))

    def git(self, *args: str, stdin: str = "") -> str:
        """Run git there; what it prints, without the last newline. Fails with its errors."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, input=stdin, capture_output=True, text=True
        )
        assert done.returncode == 0, f"git {' '.join(args)}: {done.stderr}"
        return done.stdout.removesuffix("\n")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files into the work tree."""
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes], message: str = "Change files") -> str:
        """Write and commit files (to a non-bare repository); the commit's id."""
        self.write(files)
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def branches(self) -> dict[str, str]:
        """Every branch with its commit."""
        lines = self.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
        return dict(line.split(" ") for line in lines.splitlines())

    def snapshot(self) -> dict[str, bytes]:
        """The user's own things, byte for byte: work tree, index, HEAD, stash, other refs."""
        found = {
            str(path.relative_to(self.path)): (
                os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            )
            for path in sorted(self.path.rglob("*"))
            if (path.is_file() or path.is_symlink()) and self.git_dir not in path.parents
        }
        for name in ("HEAD", "index", "refs/stash", "logs/HEAD", "logs/refs/stash", "config"):
            path = self.git_dir / name
            found[f"git:{name}"] = path.read_bytes() if path.exists() else b"(none)"
        return found
