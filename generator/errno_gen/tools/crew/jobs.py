# SPDX-License-Identifier: GPL-2.0-only
"""The unit of work: some objects in one configuration, and who does it.

A :class:`Job` and what comes back can be pickled, so a job may be done in this process or on
another machine. Who gives out jobs sees a :class:`Crew`, which hands each to a
``concurrent.futures.Executor``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from errno_gen.errors import ToolError
from errno_gen.tools.compile.kbuild import BuildFolder
from errno_gen.tools.compile.results import ObjectResult, Recipe
from errno_gen.tools.compile.warnings import NO_CHECKS, Checks
from errno_gen.tools.compile.workshop import Workshop
from errno_gen.tools.containers.engine import Engine
from errno_gen.tools.pool import Progress, stop
from errno_gen.tools.settings import Configuration

_LANES = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """What all jobs of a run have in common.

    ``kernel`` is the version; ``engine`` the name of one, or auto; ``jobs`` how much is
    compiled at once, 0 for as much as cores; ``timeout`` that of one call of make, in seconds.
    """

    kernel: str
    engine: str
    jobs: int
    timeout: float


@dataclass(frozen=True, slots=True)
class Step:
    """Objects to compile at ``commit``, in a folder that is prepared for ``prepared``."""

    commit: str
    prepared: str
    targets: tuple[str, ...]
    checks: Checks = NO_CHECKS


@dataclass(frozen=True, slots=True)
class Job:
    """Work in one configuration: steps in their order.

    With ``configure``, a commit, the .config is made for it first, and the values of
    ``symbols`` in it are told.
    """

    configuration: Configuration
    configure: str = ""
    symbols: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: results by target for each step that was reached.

    ``failure`` is what stopped it, if anything did. ``logs`` by name and ``codes`` by digest
    (see disassembly.py) are the files that the results speak of where they were made on
    another machine; ``logs_folder`` is the logs' folder there.
    """

    results: tuple[dict[str, ObjectResult], ...]
    symbols: dict[str, str]
    recipe: Recipe
    failure: ToolError | None = None
    logs: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, bytes] = field(default_factory=dict)
    logs_folder: str = ""


class Crew(Protocol):
    """Those who do jobs. Jobs of one configuration go to the same place."""

    def toolchain(self, configuration: Configuration) -> str:
        """What identifies the compilers that jobs of a configuration get. Raises ToolError."""

    def is_free(self, configuration: Configuration) -> bool:
        """Whether a job of this configuration would be begun at once."""

    def submit(self, job: Job) -> Future[Done]:
        """Have a job done. The future raises ToolError, or OSError for a failing disk."""

    def check(self) -> None:
        """Raises ToolError if somebody who works on a job is gone."""


class Maker:
    """Does jobs in a workshop, of which it is the only user: several threads may share it.

    No two jobs of one configuration may be done at once.
    """

    def __init__(self, shop: Workshop, progress: Progress | None = None) -> None:
        self._shop = shop
        self._progress = progress
        self._folders: dict[Configuration, BuildFolder] = {}

    def run(self, job: Job) -> Done:
        """Do a job. What fails for another reason than the compiled code is in the result."""
        # One whose use ended badly is not taken from here but looked at again.
        folder = self._folders.pop(job.configuration, None)
        folder = folder or BuildFolder(self._shop, job.configuration)
        results: list[dict[str, ObjectResult]] = []
        symbols: dict[str, str] = {}
        failure: ToolError | None = None
        try:
            if job.configure:
                self._configure(folder, job.configure)
                symbols = folder.symbols(job.symbols)
            for step in job.steps:
                results.append(self._compile(folder, step))
            self._folders[job.configuration] = folder
        except ToolError as error:
            failure = error
        return Done(tuple(results), symbols, folder.recipe, failure)

    def _configure(self, folder: BuildFolder, commit: str) -> None:
        if not folder.is_configured(commit):
            with self._at(commit):
                folder.configure(commit)

    def _compile(self, folder: BuildFolder, step: Step) -> dict[str, ObjectResult]:
        if not folder.is_prepared(step.prepared):
            with self._at(step.prepared):
                folder.prepare(step.prepared)
        with self._at(step.commit):
            return folder.compile(step.commit, step.targets, step.checks)

    def _at(self, commit: str) -> AbstractContextManager[None]:
        def told() -> None:
            if self._progress:
                self._progress("source", 0, 1, commit[:12])

        return self._shop.at(commit, told)


class LocalCrew:
    """This process: threads that work side by side on several configurations.

    What they compile at once is bounded by the workshop's slots. Made by :func:`local_crew`.
    """

    def __init__(self, shop: Workshop, progress: Progress, pool: Executor) -> None:
        self._shop = shop
        self._pool = pool
        self._maker = Maker(shop, progress)
        self._running: set[Future[Done]] = set()
        self._warm_up: Future[None] | None = None

    @property
    def futures(self) -> tuple[Future[Any], ...]:
        """What was begun and may still run."""
        return (*self._running, *([self._warm_up] if self._warm_up else ()))

    def toolchain(self, configuration: Configuration) -> str:
        return self._shop.engine.toolchain

    def is_free(self, configuration: Configuration) -> bool:
        self._running = {one for one in self._running if not one.done()}
        return len(self._running) < lanes(self._shop)

    def submit(self, job: Job) -> Future[Done]:
        if self._warm_up is None:
            # How a container starts here is found out while the source is laid out.
            self._warm_up = self._pool.submit(self._shop.engine.warm_up)
        future = self._pool.submit(self._maker.run, job)
        self._running.add(future)
        return future

    def check(self) -> None:
        """Nobody can be gone."""


def lanes(shop: Workshop) -> int:
    """How many configurations are worked on at once: a make has one slot at least."""
    return min(shop.slots.count, _LANES)


@contextlib.contextmanager
def local_crew(shop: Workshop, progress: Progress) -> Iterator[LocalCrew]:
    """This process as a crew. Of what it does nothing runs any more at the end.

    After an error of one job the others come to their end, so that their build folders can
    be used again; on Ctrl-C they are stopped.
    """
    pool = ThreadPoolExecutor(lanes(shop) + 1, thread_name_prefix="build")
    crew = LocalCrew(shop, progress, pool)
    try:
        try:
            yield crew
        except Exception:
            pool.shutdown(cancel_futures=True)
            raise
    except BaseException:
        stop(pool, crew.futures)
        raise
    finally:
        pool.shutdown()


def require_checks(engine: Engine, checks: Checks) -> None:
    """Raises ToolError if what ``checks`` need is not there."""
    if checks.sparse and not engine.has("sparse"):
        raise ToolError(
            f"sparse is missing ({engine.name})",
            "install it (Debian: sparse), compile in a container, or leave --sparse out",
        )


def plain_error(error: ToolError, **changes: Any) -> ToolError:
    """A copy of an error with other texts."""
    kept = {"message": error.message, "hint": error.hint, "argv": error.argv, "log": error.log}
    fields = {**kept, **changes}
    return type(error)(fields["message"], fields["hint"], argv=fields["argv"], log=fields["log"])
