# SPDX-License-Identifier: GPL-2.0-only
"""A crew of Dask workers: connecting, choosing a worker, sending it the commits, stopping.

The jobs of one configuration go to one worker, which keeps what it prepared for them; one that
has it from an earlier run is preferred. No folder is shared: commits travel as git bundles.
"""

from __future__ import annotations

import contextlib
import logging
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errno_gen.errors import InputError, ToolError
from errno_gen.tools.compile.kbuild import name_of
from errno_gen.tools.crew import away
from errno_gen.tools.crew.away import Survey
from errno_gen.tools.crew.jobs import Done, Job, Terms
from errno_gen.tools.git.gitbundle import Manifest, Packer, packed
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.pool import Progress
from errno_gen.tools.settings import Configuration

if TYPE_CHECKING:
    from distributed import Client

_ADDRESS = re.compile(r"dask://(\[[0-9A-Fa-f:.]+\]|[^\s/:]+):(\d{1,5})/?\Z")
_CONNECT_SECONDS = 10.0
_CHECK_SECONDS = 2.0
_TIDY_SECONDS = 60.0
_CHUNK = 16 << 20
_MB = 1_000_000
_RESUME = "what is compiled is kept; run it again"


@dataclass(frozen=True, slots=True)
class Parcel:
    """The commits to send: base and tip of each chain in a repository."""

    repo: Repository
    ends: tuple[tuple[str, str], ...]


@contextlib.contextmanager
def open_cluster(
    address: str, terms: Terms, parcel: Parcel, progress: Progress
) -> Iterator[Cluster]:
    """The workers of the scheduler at ``dask://HOST:PORT``, until the end of the run.

    What runs there for this run is stopped if it ends early. Raises InputError for another
    address, ToolError where distributed is missing, the scheduler cannot be reached, or none
    of its workers can do jobs.
    """
    match = _ADDRESS.match(address)
    if match is None:
        raise InputError(f"no executor is called '{address}'", "give dask://HOST:PORT")
    client = _connect(f"{match[1]}:{match[2]}")
    try:
        surveys = _survey(client, terms, f"{match[1]}:{match[2]}")
        with packed(parcel.repo, parcel.ends) as (packer, folder):
            crew = Cluster(client, surveys, terms, Sender(client, packer, folder, progress))
            try:
                yield crew
            except BaseException:
                crew.stop()
                raise
    finally:
        client.close(timeout=_CONNECT_SECONDS)


class Cluster:
    """A crew, see :class:`errno_gen.tools.crew.jobs.Crew`. Made by :func:`open_cluster`."""

    def __init__(
        self, client: Client, surveys: Mapping[str, Survey], terms: Terms, sender: Sender
    ) -> None:
        self._client = client
        self._surveys = surveys
        self._terms = terms
        self._sender = sender
        self._session = uuid.uuid4().hex
        self._workers: dict[Configuration, str] = {}
        self._executors: dict[str, Executor] = {}
        self._running: dict[Future[Done], str] = {}

    def toolchain(self, configuration: Configuration) -> str:
        return self._surveys[self._worker(configuration)].toolchain

    def is_free(self, configuration: Configuration) -> bool:
        self._running = {one: who for one, who in self._running.items() if not one.done()}
        return self._worker(configuration) not in self._running.values()

    def submit(self, job: Job) -> Future[Done]:
        worker = self._worker(job.configuration)
        self.check()
        with _told(f"the Dask worker {worker}"):
            self._sender.provide(worker, self._surveys[worker].commits, self.check)
            future = self._executor(worker).submit(away.perform, self._session, self._terms, job)
        self._running[future] = worker
        told: Future[Done] = Future()
        future.add_done_callback(lambda ended: _hand_on(ended, told, worker))
        return told

    def check(self) -> None:
        """Raises ToolError if the scheduler or a worker with a configuration is gone."""
        with _told("the Dask scheduler"):
            alive = set(self._client.scheduler_info(n_workers=-1)["workers"])
        for configuration, worker in self._workers.items():
            if worker not in alive:
                host = self._surveys[worker].host
                raise ToolError(
                    f"the Dask worker {worker} on {host} is gone, which had {configuration}",
                    _RESUME,
                )

    def stop(self) -> None:
        """Drop the jobs of this run and wait until nothing of them runs any more."""
        for future in self._running:
            future.cancel()
        # Whatever fails here, the reason for stopping is what has to be told.
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            alive = self._client.scheduler_info(n_workers=-1)["workers"]
            busy = [one for one in dict.fromkeys(self._workers.values()) if one in alive]
            if busy:
                self._client.run(away.stop, self._session, workers=busy, on_error="ignore")

    def tidy(self, limit: int) -> None:
        """Leave ``limit`` octets of what each worker keeps that did a job."""
        for worker in self._executors:
            own = {"workers": [worker], "allow_other_workers": False, "pure": False}
            # All is done: what fails here is no failure of the run.
            with contextlib.suppress(OSError, RuntimeError, TimeoutError):
                self._client.submit(away.tidy, limit, **own).result(timeout=_TIDY_SECONDS)

    def _executor(self, worker: str) -> Executor:
        if worker not in self._executors:
            made: Executor = self._client.get_executor(
                workers=[worker], allow_other_workers=False, pure=False, retries=0
            )
            self._executors[worker] = made
        return self._executors[worker]

    def _worker(self, configuration: Configuration) -> str:
        """The worker of a configuration: one with little to do, or that knows it already."""
        if configuration not in self._workers:
            load = list(self._workers.values())

            def costs(worker: str) -> tuple[int, str, str]:
                found = self._surveys[worker]
                known = name_of(configuration, found.toolchain) in found.folders
                return load.count(worker) - known, found.host, worker

            self._workers[configuration] = min(self._surveys, key=costs)
        return self._workers[configuration]


class Sender:
    """Brings workers the commits that they do not have."""

    def __init__(self, client: Client, packer: Packer, folder: Path, progress: Progress) -> None:
        self._client = client
        self._packer = packer
        self._folder = folder
        self._progress = progress
        self._provided: set[str] = set()

    def provide(self, worker: str, there: Sequence[str], check: Callable[[], None]) -> None:
        """Send a worker the base, unless it is ``there``, and what is on top of it.

        ``check`` is called now and then; it raises ToolError if the worker is gone.
        """
        if worker in self._provided:
            return
        if self._packer.root not in there:
            self._send(worker, "base", self._packer.write_base, check)
        self._send(worker, "series", self._packer.write_series, check)
        self._provided.add(worker)

    def _send(
        self,
        worker: str,
        what: str,
        write: Callable[[Path], Manifest],
        check: Callable[[], None],
    ) -> None:
        file = self._folder / what
        manifest = write(file)
        name, total = uuid.uuid4().hex, file.stat().st_size
        own = {"workers": [worker], "allow_other_workers": False, "pure": False}

        def call(function: Callable[..., None], *args: Any) -> None:
            future = self._client.submit(function, *args, **own)
            while True:
                # Of a task for a worker that is gone nothing is heard any more.
                with contextlib.suppress(TimeoutError):
                    return future.result(timeout=_CHECK_SECONDS)  # type: ignore[no-any-return]
                check()

        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                offset = stream.tell() - len(chunk)
                self._progress("send", offset // _MB, total // _MB, f"{what} to {worker}, in MB")
                part = self._client.scatter(chunk, workers=[worker], hash=False)
                call(away.receive, name, offset, part)
        call(away.unpack, name, manifest)
        self._progress("send", total // _MB, total // _MB, "")


def _hand_on(ended: Future[Done], told: Future[Done], worker: str) -> None:
    """Hand on a result; what Dask says of the end of a job becomes an error for people."""
    if ended.cancelled():
        told.set_exception(ToolError(f"a job on the Dask worker {worker} was cancelled", _RESUME))
        return
    error = ended.exception()
    if error is None:
        told.set_result(ended.result())
    elif type(error).__module__.partition(".")[0] == "distributed":
        reason = f"the Dask worker {worker} gave a job up: {_first_line(error)}"
        told.set_exception(ToolError(reason, _RESUME))
    else:
        told.set_exception(error)


def _connect(place: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise ToolError(
            "--executor dask://... needs the Python package distributed, which is missing",
            "install it: pip install 'errno-gen[dask]'",
        ) from error
    # What goes wrong is told once, as an error of this program.
    for name in ("distributed", "distributed.client", "distributed.core", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(f"tcp://{place}", timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ToolError(
            f"cannot reach a Dask scheduler at {place}: {_first_line(error)}",
            "start one there (dask scheduler) or give another address with --executor",
        ) from error


def _survey(client: Client, terms: Terms, place: str) -> dict[str, Survey]:
    """The workers that can do jobs. Raises ToolError if there are none."""
    with _told("the Dask scheduler"):
        answers: dict[str, Any] = client.run(away.survey, terms.engine, on_error="return")
    if not answers:
        raise ToolError(
            f"the Dask scheduler at {place} has no workers",
            f"start some: dask worker {place} --nthreads 1",
        )
    usable: dict[str, Survey] = {}
    reasons: list[str] = []
    for worker, answer in answers.items():
        if not isinstance(answer, Survey):
            raise ToolError(
                f"the Dask worker {worker} cannot run errno-gen: {_first_line(answer)}",
                "install errno-gen[dask] there, the same version as here",
            )
        if different := away.unsuitable(answer.versions):
            raise ToolError(
                f"the Dask worker {worker} on {answer.host} has {different}",
                "install the same versions on all machines",
            )
        if answer.toolchain:
            usable[worker] = answer
        else:
            reasons.append(f"{answer.host}: {answer.reason}")
    if not usable:
        raise ToolError(f"no Dask worker at {place} can compile: {reasons[0]}")
    return usable


@contextlib.contextmanager
def _told(who: str) -> Iterator[None]:
    """Make errors of the connection errors for people."""
    try:
        yield
    except (OSError, TimeoutError, RuntimeError) as error:
        raise ToolError(f"lost the connection to {who}: {_first_line(error)}", _RESUME) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
