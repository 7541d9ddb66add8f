# SPDX-License-Identifier: GPL-2.0-only
"""Jobs on a worker of a cluster: what is called there, by name, from somewhere else.

A worker process has a place of its own below ``errno-gen/workers`` in the user's cache, the
first that no other has, so that two on one machine do not wait for each other and one that is
started anew finds what the last one prepared. It does one job at a time: make is parallel.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

import platformdirs

from errno_gen import __version__
from errno_gen.errors import ToolError
from errno_gen.model import with_changes
from errno_gen.tools import process
from errno_gen.tools.cache import LOCK, STORE, WORKERS, size_of, trim
from errno_gen.tools.compile.workshop import Workshop, open_workshop
from errno_gen.tools.containers.engine import Engine
from errno_gen.tools.containers.image import find_engine
from errno_gen.tools.crew.jobs import Done, Job, Maker, Terms, plain_error, require_checks
from errno_gen.tools.git.gitbundle import Manifest, Store
from errno_gen.tools.lock import take
from errno_gen.tools.objects.disassembly import NO_CODE

_PLACES = 1000
_STOP_SECONDS, _LOOK_SECONDS = 60.0, 0.1
_AGAIN = 150


@dataclass(frozen=True, slots=True)
class Survey:
    """What a worker is and has.

    ``versions`` are those of programs that must be the same everywhere; ``commits`` came in
    bundles; ``folders`` are names of build folders (see kbuild.name_of). Without an engine
    ``toolchain`` is "" and ``reason`` says why.
    """

    versions: dict[str, str]
    host: str
    toolchain: str
    reason: str
    commits: tuple[str, ...]
    folders: tuple[str, ...]


@dataclass(slots=True)
class _Place:
    """What this process has: a folder under a lock, and what it opened there."""

    folder: Path
    lock: IO[str]
    opened: ExitStack = field(default_factory=ExitStack)
    engines: dict[str, Engine] = field(default_factory=dict)
    shops: dict[Terms, tuple[Workshop, Maker]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return Store(self.folder / STORE)


_working = threading.Lock()
"""Held while something is done in this process's place."""
_placing = threading.Lock()
_sessions: list[str] = []
"""Whose job is being done."""
_stopped: set[str] = set()


def versions() -> dict[str, str]:
    """What must be the same on all machines, by name."""
    try:
        distributed = version("distributed")
    except PackageNotFoundError:
        distributed = "missing"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"errno-gen": f"{__version__} ({_sources()})", "distributed": distributed} | {
        "Python": python
    }


@functools.cache
def _sources() -> str:
    """A digest of this program's own text: versions between releases differ too."""
    folder = Path(__file__).parents[2]
    found = hashlib.sha256()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.toml"))):
        found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:8]


def _place() -> _Place:
    with _placing:
        return _find_place()


@functools.cache
def _find_place() -> _Place:
    workers = platformdirs.user_cache_path("errno-gen") / WORKERS
    for number in range(_PLACES):
        lock = take(workers / str(number) / LOCK)
        if lock is not None:
            return _Place(workers / str(number), lock)
    raise ToolError(f"all {_PLACES} places for workers below {workers} are in use")


def survey(engine: str) -> Survey:
    """What this worker is and has, with an engine of that name."""
    # Another session's job may be under way: nothing here waits for it.
    toolchain, reason = "", ""
    place = _place()
    try:
        found = find_engine(engine)
        toolchain = found.toolchain
        if engine not in place.engines or place.engines[engine].toolchain != toolchain:
            place.engines[engine] = found
    except ToolError as error:
        reason = str(error)
    commits = place.store.commits()
    folders = tuple(path.stem for path in place.folder.glob("kbuild/*/*.json"))
    return Survey(versions(), socket.gethostname(), toolchain, reason, commits, folders)


def receive(name: str, offset: int, chunk: bytes) -> None:
    """Write part of a file that is being sent; ``name`` is that of its sender's choice."""
    with _working:
        path = _place().folder / f"{name}.incoming"
        with path.open("r+b" if offset else "wb") as file:
            file.seek(offset)
            file.write(chunk)


def unpack(name: str, manifest: Manifest) -> None:
    """Take the commits of a bundle that was received. Raises ToolError."""
    with _working:
        place = _place()
        path = place.folder / f"{name}.incoming"
        try:
            place.store.take(path, manifest)
        finally:
            path.unlink(missing_ok=True)


def perform(session: str, terms: Terms, job: Job) -> Done:
    """Do a job of a session, of which nothing runs any more after :func:`stop`."""
    with _working:
        _sessions.append(session)
        try:
            if session in _stopped:
                raise ToolError("the job was stopped")
            return _perform(terms, job)
        except OSError as error:
            raise ToolError(
                f"{socket.gethostname()} cannot use its cache {_place().folder}: "
                f"{error.strerror or error}",
                "make room there, or start the worker with XDG_CACHE_HOME set to another place",
            ) from error
        finally:
            _sessions.clear()


def tidy(limit: int) -> None:
    """Leave ``limit`` octets of what this worker keeps, unless it works for another session."""
    if not _working.acquire(blocking=False):
        return
    try:
        place = _place()
        place.shops.clear()
        place.opened.close()  # what is in use stays
        store = place.store.folder
        trim(place.folder, max(limit - (size_of(store) if store.is_dir() else 0), 0))
    finally:
        _working.release()


async def stop(session: str) -> None:
    """End what is being done for a session, and wait until it has ended (a minute at most)."""
    _stopped.add(session)
    for number in range(int(_STOP_SECONDS / _LOOK_SECONDS)):
        if session not in _sessions:
            return
        # What is stopped starts programs too, to end its container. So they are given time,
        # but what was about to start at the first look is not forgotten.
        if number % _AGAIN == 0:
            process.stop_all()
        await asyncio.sleep(_LOOK_SECONDS)


def _perform(terms: Terms, job: Job) -> Done:
    place = _place()
    shop, maker = _shop(place, terms)
    for step in job.steps:
        require_checks(shop.engine, step.checks)
    done = maker.run(job)
    results = [one for own in done.results for one in own.values()]
    names = {Path(one.log) for one in results}
    if done.failure is not None and Path(done.failure.log).is_absolute():
        names.add(Path(done.failure.log))
    codes = {one.code for one in results} - {"", NO_CODE}
    return with_changes(
        done,
        recipe=with_changes(done.recipe, place=socket.gethostname()),
        failure=plain_error(done.failure) if done.failure else None,
        logs={path.name: path.read_bytes() for path in names if path.is_file()},
        codes={code: shop.listings.file(code) for code in codes},
        logs_folder=str(shop.root / "logs"),
    )


def _shop(place: _Place, terms: Terms) -> tuple[Workshop, Maker]:
    known = place.shops.get(terms)
    if known is None or known[0].engine is not _engine(place, terms.engine):
        # One at a time: two would have the same folders.
        place.shops.clear()
        place.opened.close()
        shop = place.opened.enter_context(
            open_workshop(
                place.store.repository(),
                terms.kernel,
                _engine(place, terms.engine),
                place.folder,
                jobs=terms.jobs,
                timeout=terms.timeout,
            )
        )
        place.shops[terms] = shop, Maker(shop)
    return place.shops[terms]


def _engine(place: _Place, name: str) -> Engine:
    """As the last survey found it."""
    if name not in place.engines:
        place.engines[name] = find_engine(name)
    return place.engines[name]


def unsuitable(found: Mapping[str, str]) -> str:
    """How another machine's :func:`versions` differ from this one's, "" if they do not."""
    own = versions()
    return ", ".join(
        f"{name} {found.get(name, 'missing')} and not {own[name]}"
        for name in own
        if found.get(name) != own[name]
    )
