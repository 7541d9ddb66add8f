# SPDX-License-Identifier: GPL-2.0-only
"""The compile check of one chain of commits: what to compile, and what the results mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.model import BuildResult, Commit, Driver, Status
from errno_gen.stages.build.choice import Choice, enables, why_not
from errno_gen.stages.build.comments import Link
from errno_gen.stages.build.evidence import AHEAD, Evidence
from errno_gen.stages.build.schedule import Compile, Configure, Foreman
from errno_gen.tools.compile.records import Record
from errno_gen.tools.compile.warnings import Checks
from errno_gen.tools.crew.ledger import History, Ledger, Proof
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.makefile import Condition
from errno_gen.tools.kernel.objects import KbuildObject
from errno_gen.tools.objects.disassembly import Listings
from errno_gen.tools.pool import Progress
from errno_gen.tools.settings import Configuration

_HEADER, _SOURCE = ".h", ".c"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of all chains, see BuildOptions."""

    choice: Choice
    checks: Checks
    werror_new: bool


@dataclass(frozen=True, slots=True)
class _Task:
    """The objects of one driver that one commit of a chain (counted from 1) touches."""

    position: int
    commit: Commit
    driver: Driver
    objects: tuple[KbuildObject, ...]


@dataclass(frozen=True, slots=True)
class _Configured:
    """What a configuration enables at the base of a chain."""

    record: Record
    base: str

    @property
    def source_architecture(self) -> str:
        return self.record.source_architecture

    def enables(self, conditions: Sequence[Condition]) -> bool:
        return self.record.enables(self.base, conditions)


class Chain:
    """The compile check of one chain of commits."""

    def __init__(
        self,
        repo: Repository,
        link: Link,
        foreman: Foreman,
        listings: Listings,
        wanted: Wanted,
        progress: Progress,
    ) -> None:
        self._chain = link.commits
        self._foreman = foreman
        self._wanted = wanted
        self._progress = progress
        self._history = History(repo, link.commits, link.before)
        self._evidence = Evidence(repo, self._history, listings)
        self._ledgers: list[Ledger] = []
        self._checkers: dict[Ledger, Ledger] = {}
        self._built: dict[tuple[_Task, Ledger], tuple[KbuildObject, ...]] = {}
        self._reasons: list[str] = []

    def results(self) -> tuple[BuildResult, ...]:
        """Those of every commit, in order. Raises ToolError when the machine fails."""
        tasks = [
            task
            for position in range(1, len(self._chain) + 1)
            for task in self._at_commit(position)
        ]
        self._choose([task for task in tasks if task.objects])
        lanes = [Compile(self._history, self._with_checker(one)) for one in self._ledgers]
        ahead = self._look_ahead()
        self._foreman.run("build", lanes, meanwhile=lambda: next(ahead, False))
        return tuple(result for task in tasks for result in self._judge(task))

    def _at_commit(self, position: int) -> Iterator[_Task]:
        """What to compile for one commit: a driver's touched C files, all if a header changed."""
        commit, tree = self._chain[position - 1], self._history.tree(position)
        there = [path for path in commit.files if self._history.has(position, path)]
        found = False
        for driver in tree.drivers_of(path for path in there if path.endswith((_HEADER, _SOURCE))):
            own = [path for path in driver.files if path.endswith(_SOURCE)]
            header = any(path in driver.files for path in there if path.endswith(_HEADER))
            sources = own if header else [path for path in own if path in there]
            objects = [one for source in sources for one in tree.objects_of(source)[:1]]
            if objects:
                found = True
                yield _Task(position, commit, driver, tuple(objects))
        if not found:
            yield _Task(position, commit, Driver(commit.driver, "", "", ()), ())

    def _choose(self, tasks: Sequence[_Task]) -> None:
        """Configure the candidates and note which objects each of them enables.

        What none of them enables is looked for in the tree's own default configurations.
        """
        open_ones = {(task, one) for task in tasks for one in task.objects}
        base = self._history.origin
        chosen = self._wanted.choice.first(base) if tasks else ()
        first = [one for one in chosen if not one.fallback]
        open_ones -= self._try(first, tasks, open_ones, (0, len(chosen)))
        tried = set(first)
        later: Iterable[Configuration] = (one for one in chosen if one.fallback)
        for configuration in itertools.chain(later, self._searched(base, open_ones)):
            if open_ones and configuration not in tried:
                tried.add(configuration)
                place = (len(tried) - 1, max(len(tried), len(chosen)))
                open_ones -= self._try((configuration,), tasks, open_ones, place)
        self._progress("configure", len(tried), len(tried), "")

    def _searched(
        self, base: str, open_ones: set[tuple[_Task, KbuildObject]]
    ) -> Iterator[Configuration]:
        """The kernel's own configurations that set what the ones before left off."""
        objects = {one for _, one in open_ones}
        configured = [self._at_base(ledger) for ledger in self._ledgers]
        yield from self._wanted.choice.searched(base, objects, configured)

    def _try(
        self,
        configurations: Sequence[Configuration],
        tasks: Sequence[_Task],
        open_ones: set[tuple[_Task, KbuildObject]],
        place: tuple[int, int],
    ) -> set[tuple[_Task, KbuildObject]]:
        """Configure candidates; what they enable of the tasks (a fallback: of what is open).

        ``place`` says how many were tried before, of how many.
        """
        needed = {
            each.symbol
            for task in tasks
            for one in task.objects
            for way in (one, *self._history.ways(task.position, one))
            for each in way.conditions
        }
        symbols = tuple(sorted(needed))
        lanes = [
            Configure(self._foreman.record(one), self._history, symbols) for one in configurations
        ]
        self._foreman.run("configure", lanes, *place)
        self._reasons += [lane.failure.message for lane in lanes if lane.failure is not None]
        ledgers = [Ledger(lane.record, self._history) for lane in lanes if lane.failure is None]
        covered: set[tuple[_Task, KbuildObject]] = set()
        for ledger in ledgers:
            covered |= self._enter(ledger, tasks, open_ones)
        return covered

    def _enter(
        self,
        ledger: Ledger,
        tasks: Sequence[_Task],
        open_ones: set[tuple[_Task, KbuildObject]],
    ) -> set[tuple[_Task, KbuildObject]]:
        """Ask a ledger for what its configuration enables."""
        self._ledgers.append(ledger)
        if self._wanted.checks:
            self._checkers[ledger] = Ledger(ledger.record, self._history, self._wanted.checks)
        fallback = ledger.record.configuration.fallback
        covered: set[tuple[_Task, KbuildObject]] = set()
        for task in tasks:
            enabled = tuple(
                one
                for one in task.objects
                if (not fallback or (task, one) in open_ones)
                and enables(self._at_base(ledger), self._history.ways(task.position, one))
            )
            if enabled:
                self._built[task, ledger] = enabled
                for each in self._with_checker(ledger):
                    each.want(task.position, enabled)
                covered.update((task, one) for one in enabled)
        return covered

    def _at_base(self, ledger: Ledger) -> _Configured:
        return _Configured(ledger.record, self._history.origin)

    def _with_checker(self, ledger: Ledger) -> tuple[Ledger, ...]:
        """A ledger, then that of its checks if there are any."""
        return ledger, *(self._checkers[each] for each in (ledger,) if each in self._checkers)

    # -- results -------------------------------------------------------------------

    def _judge(self, task: _Task) -> Iterator[BuildResult]:
        if not task.objects:
            yield _not_built(task, (), "the commit changes no file that Kbuild compiles")
            return
        covered: set[KbuildObject] = set()
        for ledger in self._ledgers:
            if enabled := self._built.get((task, ledger)):
                covered.update(enabled)
                yield self._judge_one(task, ledger, enabled)
        missing = tuple(one for one in task.objects if one not in covered)
        if missing:
            tried = [ledger.record.configuration for ledger in self._ledgers]
            yield _not_built(task, missing, why_not(missing, tried, self._reasons))

    def _look_ahead(self) -> Iterator[bool]:
        """Read the sources that the judge will need: this takes as long as some objects."""
        seen: set[tuple[int, KbuildObject]] = set()
        for (task, ledger), objects in list(self._built.items())[:AHEAD]:
            for one in objects:
                known = ledger.proof(one, task.position - 1)
                if known and (task.position, one) not in seen:
                    seen.add((task.position, one))
                    self._evidence.edit(task.commit, task.position, one, known[0]).read()
                    yield True

    def _judge_one(
        self, task: _Task, ledger: Ledger, objects: tuple[KbuildObject, ...]
    ) -> BuildResult:
        after = [ledger.proof(one, task.position) for one in objects]
        before = [ledger.proof(one, task.position - 1) for one in objects]
        broken = [proof for proof in after if _fails(proof)]
        own = [
            new for old, new in zip(before, after, strict=True) if _fails(new) and not _fails(old)
        ]
        status, told = Status.PASS, self._proof(task, after, before)
        if own:
            status, told = Status.FAIL, f"compiled at {task.commit.oid[:12]}"
        elif broken:
            status, told = Status.NOT_BUILT, "does not compile before this commit either"
        warnings = [
            told
            for one in objects
            for told in self._evidence.warnings(
                task.commit, task.position, one, self._with_checker(ledger)
            )
        ]
        shown = next((proof[0] for proof in (*own, *broken, *after) if proof), None)
        error = shown.error if shown else ""
        if warnings and status is Status.PASS and self._wanted.werror_new:
            status, error = Status.FAIL, f"{warnings[0]} (new warning)"
        targets = tuple(one.target for one in objects)
        return BuildResult(
            commit=task.commit.oid,
            driver=task.driver.name,
            architecture=ledger.record.configuration.architecture,
            configuration=ledger.record.configuration.config,
            objects=targets,
            status=status,
            proof=told,
            error=error,
            log=shown.log if shown else "",
            reproduce=ledger.record.reproduce(task.commit.oid, targets),
            engine=ledger.record.recipe.engine,
            toolchain=ledger.record.recipe.toolchain,
            seconds=round(sum(proof[0].seconds for proof in after if proof), 3),
            changes=tuple(
                self._evidence.of(task.commit, task.position, one, old[0], new[0])
                for one, old, new in zip(objects, before, after, strict=True)
                if old and new and old[0].compiled and new[0].compiled
            ),
            warnings=tuple(dict.fromkeys(warnings)),
        )

    def _proof(self, task: _Task, after: _Proofs, before: _Proofs) -> str:
        """By which builds it is proven, as a sentence without its full stop."""
        own = {proof[1] for proof in after if proof}
        told = f"compiled at {self._names(own)}"
        if own != {task.position}:
            told += ", where all files that it reads are the same"
        parents = [proof for proof in before if proof]
        if not parents:
            return f"{told}; new in this commit"
        if any(_fails(proof) for proof in parents):
            return f"{told}; it did not compile before"
        return f"{told}; before the commit by {self._names({proof[1] for proof in parents})}"

    def _names(self, places: set[int | str]) -> str:
        own = sorted(place for place in places if isinstance(place, int))
        others = sorted(place for place in places if isinstance(place, str))
        names = [self._history.oid(position)[:12] for position in own]
        return " and ".join(names + [f"the tree {tree[:12]} of another run" for tree in others])


_Proofs = Sequence[Proof | None]


def _fails(proof: Proof | None) -> bool:
    return proof is not None and not proof[0].compiled


def _not_built(task: _Task, objects: Sequence[KbuildObject], reason: str) -> BuildResult:
    return BuildResult(
        commit=task.commit.oid,
        driver=task.driver.name,
        architecture="",
        configuration="",
        objects=tuple(one.target for one in objects),
        status=Status.NOT_BUILT,
        proof=reason,
    )
