# SPDX-License-Identifier: GPL-2.0-only
"""Commits in git's bundles, without the history before them, and repositories of such.

A kernel's history has gigabytes, its tree some hundred megabytes. So the tree of the base goes
into one bundle, which is made and sent once, and what a branch changes into another. git
itself can leave the history out: it is told that the base has no parents, as in a shallow clone.
Nothing is written to the repository that the commits come from.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.tools import process
from errno_gen.tools.git import gitenv
from errno_gen.tools.git.repository import Repository

_REFS = "refs/errno-gen"
_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds: ``roots`` are commits whose parents it leaves out."""

    commits: tuple[str, ...]
    roots: tuple[str, ...]


class Packer:
    """Makes the bundles for some chains of commits, each given as its base and its tip.

    ``scratch`` is an empty folder. The root is the base of the first chain.
    """

    def __init__(self, repo: Repository, ends: Sequence[tuple[str, str]], scratch: Path) -> None:
        self.root = ends[0][0]
        bases = tuple(dict.fromkeys(base for base, _ in ends))
        self._others = tuple(
            dict.fromkeys(oid for pair in ends for oid in pair if oid != self.root)
        )
        self._bases = bases
        self._folder = scratch
        _init(scratch, self.root)
        alternates = scratch / "objects" / "info" / "alternates"
        alternates.write_text(f"{repo.common_dir / 'objects'}\n", encoding="utf-8")
        _add_roots(scratch, bases)
        for oid in (self.root, *self._others):
            _git(scratch, "update-ref", f"{_REFS}/{oid}", oid)

    def write_base(self, file: Path) -> Manifest:
        """The whole tree of the root."""
        _git(self._folder, "bundle", "create", str(file), f"{_REFS}/{self.root}")
        return Manifest((self.root,), (self.root,))

    def write_series(self, file: Path) -> Manifest:
        """All that the chains have and the root has not."""
        refs = (f"{_REFS}/{oid}" for oid in self._others)
        _git(self._folder, "bundle", "create", str(file), *refs, f"^{_REFS}/{self.root}")
        return Manifest(self._others, self._bases)


class Store:
    """A bare repository of bundles' commits in a folder, made when it is first used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commits(self) -> tuple[str, ...]:
        """Those that bundles brought, without those on the way to them."""
        if not (self.folder / "HEAD").exists():
            return ()
        listed = _git(self.folder, "for-each-ref", "--format=%(objectname)", f"{_REFS}/")
        return tuple(listed.decode().split())

    def take(self, bundle: Path, manifest: Manifest) -> None:
        """Unpack a bundle. Raises ToolError if it is damaged or the disk is full."""
        if not (self.folder / "HEAD").exists():
            _init(self.folder, manifest.commits[0])
        _add_roots(self.folder, manifest.roots)
        _git(self.folder, "bundle", "unbundle", str(bundle))
        for oid in manifest.commits:
            _git(self.folder, "update-ref", f"{_REFS}/{oid}", oid)

    def repository(self) -> Repository:
        """The repository, once something is in it."""
        return Repository.open(self.folder)


@contextlib.contextmanager
def packed(repo: Repository, ends: Sequence[tuple[str, str]]) -> Iterator[tuple[Packer, Path]]:
    """A packer, and a folder for its bundles, which goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as name:
        folder = Path(name)
        (folder / "git").mkdir()
        yield Packer(repo, ends, folder / "git"), folder


def _init(folder: Path, oid: str) -> None:
    kind = "sha256" if len(oid) == _SHA256_DIGITS else "sha1"
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
    (folder / "objects" / "info").mkdir(exist_ok=True)


def _add_roots(folder: Path, roots: Sequence[str]) -> None:
    """Note commits whose parents are not there; git obeys the file as soon as it is there."""
    shallow = folder / "shallow"
    known = shallow.read_text(encoding="ascii").split() if shallow.exists() else []
    text = "".join(f"{oid}\n" for oid in dict.fromkeys((*known, *roots)))
    fresh = folder / "shallow.new"
    fresh.write_text(text, encoding="ascii")
    fresh.replace(shallow)


def _git(folder: Path, *args: str) -> bytes:
    env = {**os.environ, **gitenv.sealed(folder, folder)}
    return process.run(("git", *args), cwd=folder, env=env, action=f"git {args[0]}").stdout
