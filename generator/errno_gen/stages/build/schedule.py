# SPDX-License-Identifier: GPL-2.0-only
"""Who gets which job when: lanes of work, one for each configuration, and a crew.

A lane has at most one job with the crew, since what is compiled at one commit may prove the
next. Lanes that lag behind come first, so that one workshop goes through the commits once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from errno_gen.errors import ErrnoGenError, MachineError, ToolError
from errno_gen.model import with_changes
from errno_gen.tools.compile.records import Record
from errno_gen.tools.compile.results import ObjectResult
from errno_gen.tools.crew.jobs import Crew, Done, Job, Step, plain_error
from errno_gen.tools.crew.ledger import History, Ledger
from errno_gen.tools.objects.disassembly import Listings
from errno_gen.tools.pool import Progress
from errno_gen.tools.settings import Configuration

_CHECK_SECONDS = 2.0


class Lane(Protocol):
    """Work on one configuration, at one place after the other."""

    @property
    def configuration(self) -> Configuration: ...

    @property
    def places(self) -> int:
        """How many places there are."""

    def name(self, place: int) -> str:
        """For people."""

    def job(self, place: int) -> Job | None:
        """What is to be done at a place, if anything is."""

    def take(self, place: int, done: Done) -> None:
        """Keep what came of it. Raises ToolError if that ends the run."""


class Foreman:
    """Gives the jobs of lanes to a crew and keeps what comes back below ``root``."""

    def __init__(self, crew: Crew, root: Path, listings: Listings, progress: Progress) -> None:
        self._crew = crew
        self._root = root
        self._listings = listings
        self._progress = progress
        self._worked = False

    @property
    def worked(self) -> bool:
        """Whether anything had to be made."""
        return self._worked

    def record(self, configuration: Configuration) -> Record:
        """What is known of a configuration with the crew's compilers."""
        toolchain = self._crew.toolchain(configuration)
        return Record(self._root / "results", configuration, toolchain, self._listings)

    def run(
        self,
        stage: str,
        lanes: Iterable[Lane],
        told: int = 0,
        total: int = 0,
        meanwhile: Callable[[], bool] = lambda: False,
    ) -> None:
        """Do all work of ``lanes``. ``told`` of ``total`` places are done already, for people.

        ``meanwhile`` does some other work while the crew works, and says whether it had any.
        Raises ToolError when the machine, the engine or somebody of the crew fails.
        """
        order = {lane: number for number, lane in enumerate(lanes)}
        places = dict.fromkeys(order, 0)
        total = total or sum(lane.places for lane in order)
        running: dict[Future[Done], Lane] = {}
        while order:
            lane = self._next(order, places, set(running.values()))
            if lane is not None:
                place = places[lane]
                self._progress(stage, told, total, lane.name(place))
                job = lane.job(place)
                if job is not None:
                    self._worked = True
                    running[self._crew.submit(job)] = lane
                else:
                    told += 1
                    _step(order, places, lane)
            if lane is None:
                while not any(future.done() for future in running) and meanwhile():
                    pass
            told += self._collect(running, order, places, wait_for_one=lane is None)
        self._progress(stage, told, total, "")

    def _next(
        self, order: Mapping[Lane, int], places: Mapping[Lane, int], busy: set[Lane]
    ) -> Lane | None:
        """The lane that is furthest behind among those whose job could begin now."""
        idle = [lane for lane in order if lane not in busy]
        idle.sort(key=lambda lane: (places[lane], order[lane]))
        return next((lane for lane in idle if self._crew.is_free(lane.configuration)), None)

    def _collect(
        self,
        running: dict[Future[Done], Lane],
        order: dict[Lane, int],
        places: dict[Lane, int],
        *,
        wait_for_one: bool,
    ) -> int:
        """Take what is done, after waiting for it if nothing else is to do; how many.

        One that failed does not lose what others have done.
        """
        ended, _ = wait(running, _CHECK_SECONDS if wait_for_one else 0, FIRST_COMPLETED)
        if wait_for_one and not ended:
            self._crew.check()
        failures: list[ErrnoGenError | OSError] = []
        for future in ended:
            lane = running.pop(future)
            try:
                lane.take(places[lane], self._unpack(future.result()))
            except (ErrnoGenError, OSError) as error:
                failures.append(error)
            else:
                _step(order, places, lane)
        if failures:
            raise failures[0]
        return len(ended)

    def _unpack(self, done: Done) -> Done:
        """Keep the files that came along; then the results speak of these."""
        for digest, content in done.codes.items():
            self._listings.put(digest, content)
        if not done.logs_folder:
            return done
        folder = self._root / "logs"
        for name, content in done.logs.items():
            (folder / Path(name).name).write_bytes(content)

        def here(text: str) -> str:
            return text.replace(done.logs_folder, str(folder))

        def moved(one: ObjectResult) -> ObjectResult:
            return with_changes(one, log=here(one.log))

        results = tuple({name: moved(one) for name, one in own.items()} for own in done.results)
        failure = done.failure
        if failure is not None:
            message = f"{failure.message} ({done.recipe.place})"
            failure = plain_error(
                failure, message=message, hint=here(failure.hint), log=here(failure.log)
            )
        return with_changes(done, results=results, failure=failure)


def _step(order: dict[Lane, int], places: dict[Lane, int], lane: Lane) -> None:
    places[lane] += 1
    if places[lane] == lane.places:
        del order[lane]


@dataclass(eq=False)
class Configure:
    """Make a .config for the base of a chain and learn what it enables.

    That of another base serves if nothing differs between the two that Kconfig reads. A
    failure is kept in ``failure`` and does not end the run if the configuration is a
    fallback.
    """

    record: Record
    history: History
    symbols: tuple[str, ...]
    failure: ToolError | None = None
    places: int = 1

    @property
    def configuration(self) -> Configuration:
        return self.record.configuration

    def name(self, place: int) -> str:
        return str(self.configuration)

    def job(self, place: int) -> Job | None:
        base = self.history.origin
        for known in (base, *self.record.bases):
            alike = known == base or self.history.differing(base, known) is not None
            if alike and self.record.knows(known, self.symbols):
                self.record.adopt_symbols(base, known)
                return None
        return Job(self.configuration, configure=base, symbols=self.symbols)

    def take(self, place: int, done: Done) -> None:
        self.failure = done.failure
        if done.failure is None:
            self.record.keep_symbols(self.history.origin, done.symbols, done.recipe)
        elif not self.configuration.fallback or isinstance(done.failure, MachineError):
            raise done.failure


class Compile:
    """Compile at the base, at the tip, and wherever these two prove too little.

    ``ledgers`` are of one configuration: that of the objects, then those of more checks.
    """

    def __init__(self, history: History, ledgers: Sequence[Ledger]) -> None:
        self._history = history
        self._ledgers = ledgers
        self._order = (0, history.last, *range(1, history.last))

    @property
    def configuration(self) -> Configuration:
        return self._ledgers[0].record.configuration

    @property
    def places(self) -> int:
        return len(self._order)

    def name(self, place: int) -> str:
        return f"{self.configuration} at {self._history.oid(self._order[place])[:12]}"

    def job(self, place: int) -> Job | None:
        position = self._order[place]
        steps = tuple(
            Step(self._history.oid(position), self._prepared(position), targets, ledger.checks)
            for ledger, targets in self._missing(position)
        )
        return Job(self.configuration, steps=steps) if steps else None

    def take(self, place: int, done: Done) -> None:
        position = self._order[place]
        asked = [ledger for ledger, _ in self._missing(position)]
        for ledger, results in zip(asked, done.results, strict=False):
            ledger.record.keep(ledger.key(position), results, done.recipe)
        if done.failure is not None:
            raise done.failure

    def _missing(self, position: int) -> Iterator[tuple[Ledger, tuple[str, ...]]]:
        for ledger in self._ledgers:
            if targets := ledger.missing(position):
                yield ledger, targets

    def _prepared(self, position: int) -> str:
        """Prepare for the base, or anew for a commit that may change what is generated."""
        special = self._history.changed(0, position) & self._history.special
        return self._history.oid(position) if special else self._history.origin
