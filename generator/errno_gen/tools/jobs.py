# SPDX-License-Identifier: GPL-2.0-only
"""The unit of work: some objects in one configuration, and who does it.

A :class:`Job` and what comes back can be pickled, so a job may be done in this process or on
another machine. Who gives out jobs sees a :class:`Crew`, which hands each to a
``concurrent.futures.Executor``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from errno_gen.errors import ToolError
from errno_gen.tools.engine import Engine
from errno_gen.tools.kbuild import BuildFolder
from errno_gen.tools.results import ObjectResult, Recipe
from errno_gen.tools.settings import Configuration
from errno_gen.tools.warnings import NO_CHECKS, Checks
from errno_gen.tools.workshop import Workshop

P = ParamSpec("P")
T = TypeVar("T")

Progress = Callable[[str, int, int, str], None]
"""Called with what is done, how many are done, of how many, and which."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What all jobs of a run have in common.

    ``kernel`` is the version; ``engine`` the name of one, or auto; ``jobs`` make's -j, 0 for
    as many as cores; ``timeout`` that of one call of make, in seconds.
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


class InProcess(Executor):
    """Does what is submitted at once, in the caller's thread: make itself is parallel.

    Ctrl-C and exits are the caller's and are not put into the future.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)
        return future


class Maker:
    """Does jobs in a workshop, of which it is the only user."""

    def __init__(self, shop: Workshop, progress: Progress | None = None) -> None:
        self._shop = shop
        self._progress = progress
        self._folders: dict[Configuration, BuildFolder] = {}
        self._at = ""

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
            self._check_out(commit)
            folder.configure(commit)

    def _compile(self, folder: BuildFolder, step: Step) -> dict[str, ObjectResult]:
        if not folder.is_prepared(step.prepared):
            self._check_out(step.prepared)
            folder.prepare(step.prepared)
        self._check_out(step.commit)
        return folder.compile(step.commit, step.targets, step.checks)

    def _check_out(self, commit: str) -> None:
        if self._at != commit:
            self._at = ""
            if self._progress:
                self._progress("source", 0, 1, commit[:12])
            self._shop.check_out(commit)
            self._at = commit


class LocalCrew:
    """This process alone, in a workshop of its own."""

    def __init__(self, shop: Workshop, progress: Progress) -> None:
        self._toolchain = shop.engine.toolchain
        self._executor: Executor = InProcess()
        self._maker = Maker(shop, progress)

    def toolchain(self, configuration: Configuration) -> str:
        return self._toolchain

    def is_free(self, configuration: Configuration) -> bool:
        return True

    def submit(self, job: Job) -> Future[Done]:
        return self._executor.submit(self._maker.run, job)

    def check(self) -> None:
        """Nobody can be gone: a job is done when it was submitted."""


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
