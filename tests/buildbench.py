# SPDX-License-Identifier: GPL-2.0-only
"""Compile checks of a kernel of a few lines, for tests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from errno_gen.model import BuildResult, Commit
from errno_gen.stages.build import BuildOptions, build
from errno_gen.tools.git.repository import Repository
from fakekernel import FILES, fake_compilers
from gitrepo import GitRepo

_D = "drivers/iommu"
_ALL = ("x86_64-linux-gnu-", "aarch64-linux-gnu-")


def path_of_compilers(folder: Path) -> str:
    """Make the fake compilers; a PATH on which they come first."""
    fake_compilers(folder, *_ALL)
    return f"{folder}:{os.environ['PATH']}"


class Bench:
    """A repository with the fake kernel, and a cache, for one test."""

    def __init__(self, repo: GitRepo, cache: Path) -> None:
        self.repo = repo
        self.cache = cache
        self.base = repo.commit(FILES, "Linux")
        self.progress: list[tuple[str, int, int, str]] = []

    def commit(self, **files: str) -> str:
        """Commit drivers/iommu/NAME.c, or NAME.h for NAME_h."""
        texts = {
            f"{_D}/{name.replace('_h', '.h') if name.endswith('_h') else name + '.c'}": text
            for name, text in files.items()
        }
        return self.repo.commit(texts)

    def commits(self) -> tuple[Commit, ...]:
        found = Repository.open(self.repo.path).commits(f"{self.base}..HEAD")
        return tuple(
            Commit(one.oid, one.tree, one.parents[0], "", one.subject, one.files) for one in found
        )

    def build(self, *architectures: str, **options: Any) -> tuple[BuildResult, ...]:
        """Compile with ``options`` of BuildOptions, on x86_64 and arm64 unless told otherwise."""
        own = {"engine": "host", "jobs": 2, "cache": self.cache}
        where = {"architectures": architectures or ("x86_64", "arm64")}
        wanted = BuildOptions(**{**own, **where, **options})
        repo = Repository.open(self.repo.path)
        return build(repo, self.commits(), wanted, lambda *args: self.progress.append(args))

    def calls(self) -> list[str]:
        """What make and the compilers were asked for in all build folders together."""
        logs = sorted(self.cache.glob("**/kbuild/*/*/calls"))
        return [line for log in logs for line in log.read_text().splitlines()]

    def asked(self) -> int:
        """How often the kernel's own Makefile was asked for objects, see fakekernel.py."""
        notes = self.cache.glob("**/kbuild/*/*/asked")
        return sum(len(note.read_text().splitlines()) for note in notes)

    def forget_calls(self) -> None:
        for log in self.cache.glob("**/kbuild/*/*/calls"):
            log.unlink()


def table(results: Sequence[BuildResult]) -> list[tuple[str, str, str]]:
    return [(one.driver, one.architecture, one.status.value) for one in results]


def places(results: Sequence[BuildResult]) -> list[str]:
    return [f"{one.driver} {one.architecture} {one.configuration} {one.status}" for one in results]
