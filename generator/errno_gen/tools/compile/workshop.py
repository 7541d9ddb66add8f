# SPDX-License-Identifier: GPL-2.0-only
"""The folders in which a kernel is compiled, kept in the user's cache.

Below the cache there is one workshop for each kernel version, whichever repositories have it,
so that a fresh clone finds what was prepared for another:

    source/         the tree, of one commit at a time; only files that differ are exchanged
    source.index    git's index for it; source.changing is there while both are changed
    X.N/, X.json    a build folder (O=) for one architecture, configuration and toolchain,
                    and what is known of it: for which commit it is prepared
    results/X.json  what its .config enables, and results, wherever they were made
    code/           what is in the objects, see disassembly.py
    logs/           what make wrote
    slots           the job slots that all calls of make share, see slots.py
    lock            held while any of this is used
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.tools.cache import FOLDER, LOCK
from errno_gen.tools.compile.slots import Slots, open_slots
from errno_gen.tools.containers.engine import Engine
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.lock import locked
from errno_gen.tools.objects.disassembly import Listings

_PROBE_OCTETS = 1 << 20


@dataclass(slots=True)
class _Users:
    """At which commit the source folder is, and how many threads count on it."""

    commit: str = ""
    count: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folders of one kernel, held under the lock. Made by :func:`open_workshop`."""

    repo: Repository
    root: Path
    engine: Engine
    slots: Slots
    timeout: float
    _users: _Users = field(default_factory=_Users)

    @property
    def source(self) -> Path:
        return self.root / "source"

    @property
    def index(self) -> Path:
        return self.root / "source.index"

    @property
    def listings(self) -> Listings:
        """What is in the objects that were compiled here."""
        return listings_in(self.root)

    @contextlib.contextmanager
    def at(self, commit: str, told: Callable[[], None] | None = None) -> Iterator[None]:
        """Have the source folder at ``commit``, together with all who want the same.

        Who wants another commit waits; nobody may wait for it in here. ``told`` is called
        before files are exchanged. Raises ToolError, or OSError for a full disk.
        """
        users = self._users
        with users.changed:
            users.changed.wait_for(lambda: users.commit == commit or not users.count)
            if users.commit != commit:
                users.commit = ""
                if told:
                    told()
                self._check_out(commit)
                users.commit = commit
            users.count += 1
        try:
            yield
        finally:
            with users.changed:
                users.count -= 1
                users.changed.notify_all()

    def _check_out(self, commit: str) -> None:
        """Bring the source folder to ``commit``.

        What a killed run left half-way is laid out anew: git would not know the files that
        it had written, and would leave them among those of the next commit.
        """
        changing = self.root / "source.changing"
        if changing.exists():
            self._start_anew()
        changing.touch()
        # Whose lock on the index this was is dead: the workshop's own lock is ours.
        self.index.with_name(f"{self.index.name}.lock").unlink(missing_ok=True)
        try:
            self.repo.checkout(commit, self.source)
        except ToolError:
            _probe(self.root)
            self._start_anew()  # the index may be damaged, which git does not mend
            self.repo.checkout(commit, self.source)
        changing.unlink()
        if self.engine.owner is not None:
            _open_to_all(self.source)

    def _start_anew(self) -> None:
        self.index.unlink(missing_ok=True)
        shutil.rmtree(self.source, ignore_errors=True)


@contextlib.contextmanager
def open_workshop(
    repo: Repository,
    version: str,
    engine: Engine,
    cache: Path,
    *,
    jobs: int = 0,
    timeout: float = 3600.0,
    waiting: Callable[[], None] | None = None,
) -> Iterator[Workshop]:
    """The workshop below ``cache`` for a kernel version, for one run at a time.

    ``jobs`` is how much is compiled at once, 0 for as much as cores; ``timeout`` is that
    of one call of make, in seconds; ``waiting`` is called if another run has the lock. Raises
    ToolError when the cache cannot be written.
    """
    with open_root(version, cache, waiting) as root:
        (root / "source").mkdir(exist_ok=True)
        with open_slots(root / "slots", jobs or os.cpu_count() or 1, engine.owner) as slots:
            yield Workshop(repo, root, engine, slots, timeout)


@contextlib.contextmanager
def open_root(
    version: str, cache: Path, waiting: Callable[[], None] | None = None
) -> Iterator[Path]:
    """The folder of a workshop, for one run at a time, also where nothing is compiled.

    Raises ToolError when the cache cannot be written, whatever of it was in use.
    """
    root = cache.absolute() / FOLDER / version
    try:
        with locked(root / LOCK, waiting):
            os.utime(root / LOCK)
            (root / "logs").mkdir(exist_ok=True)
            yield root
    except OSError as error:
        raise ToolError(
            f"cannot use the cache {root}: {error.strerror or error}",
            "make room there (errno-gen cache prune), or set XDG_CACHE_HOME to another place",
        ) from error


def _probe(folder: Path) -> None:
    """Raise OSError if nothing can be written there: git does not always tell why it failed."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(_PROBE_OCTETS))


def listings_in(root: Path) -> Listings:
    """The listings of the objects that a workshop's results speak of."""
    return Listings(root / "code")


def _open_to_all(folder: Path) -> None:
    """Let another user read a tree that a strict umask has shut."""
    mask = os.umask(0o022)
    os.umask(mask)
    if not mask & 0o055:
        return
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and mode & stat.S_IXUSR):
            path.chmod(stat.S_IMODE(mode) | 0o055)
        elif stat.S_ISREG(mode):
            path.chmod(stat.S_IMODE(mode) | 0o044)


def digest(text: str) -> str:
    """A short name for ``text`` in names of files."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]
