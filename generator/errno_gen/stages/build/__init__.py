# SPDX-License-Identifier: GPL-2.0-only
"""Prove that commits compile, before and after, where the driver's symbol is enabled.

Commits are taken in chains, each the parent of the next. The objects of all commits are
compiled at the chain's base in one call of make, at its tip in another, and at each commit
whose objects these two do not prove (see :mod:`errno_gen.tools.ledger`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from errno_gen.errors import MachineError, ToolError
from errno_gen.model import BuildResult, Commit, Driver, Status
from errno_gen.stages.build.choice import Choice, enables, why_not
from errno_gen.stages.build.evidence import Evidence
from errno_gen.tools.cache import octets, trim
from errno_gen.tools.git import Repository
from errno_gen.tools.image import find_engine
from errno_gen.tools.kbuild import BuildFolder
from errno_gen.tools.kernel import KbuildObject, KernelTree
from errno_gen.tools.ledger import History, Ledger, Proof
from errno_gen.tools.settings import Configuration, settings
from errno_gen.tools.warnings import NO_CHECKS, Checks
from errno_gen.tools.workshop import Workshop, open_workshop

Progress = Callable[[str, int, int, str], None]
"""Called with what is done (configure, build), how many are done, of how many, and which."""

_HEADER, _SOURCE = ".h", ".c"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to compile: ``engine`` is auto, podman, docker or host.

    ``architectures`` restricts the candidates (tuxmake's names; none: all that the data
    file has); ``jobs`` is make's -j, 0 for as many as cores; ``cache`` holds sources, build
    folders and logs, of at most ``cache_limit`` octets after a run; ``timeout`` is that of
    one call of make, in seconds. ``config``, a file, and ``defconfigs``, names, take the
    place of the candidates: see :mod:`errno_gen.tools.defconfigs`.
    """

    engine: str = "auto"
    architectures: tuple[str, ...] = ()
    jobs: int = 0
    cache: Path = field(default_factory=lambda: platformdirs.user_cache_path("errno-gen"))
    timeout: float = 3600.0
    checks: Checks = NO_CHECKS
    werror_new: bool = False
    config: Path | None = None
    defconfigs: tuple[str, ...] = ()
    cache_limit: int = field(default_factory=lambda: octets(settings().cache))


@dataclass(frozen=True, slots=True)
class _Task:
    """The objects of one driver that one commit of a chain (counted from 1) touches."""

    position: int
    commit: Commit
    driver: Driver
    objects: tuple[KbuildObject, ...]


def build(
    repo: Repository, commits: Sequence[Commit], options: BuildOptions, progress: Progress
) -> tuple[BuildResult, ...]:
    """The results of every commit, in order: one for each driver and configuration.

    A driver that no candidate enables, or that does not compile before the commit either,
    is ``NOT BUILT`` with the reason in ``proof``. Raises ToolError when no engine works or
    the machine fails, InputError for a bad engine or architecture or when the commits
    are not those of a kernel.
    """
    if not commits:
        return ()
    choice = Choice(repo, options.architectures, options.defconfigs, options.config)
    choice.first(commits[0].parent)
    engine = find_engine(options.engine)
    if options.checks.sparse and not engine.has("sparse"):
        raise ToolError(
            f"sparse is missing ({engine.name})",
            "install it (Debian: sparse), compile in a container, or leave --sparse out",
        )
    version = KernelTree(repo, commits[0].parent).version
    with open_workshop(
        repo,
        version,
        engine,
        options.cache,
        jobs=options.jobs,
        timeout=options.timeout,
        waiting=lambda: progress("wait", 0, 1, "for another run that uses the build folders"),
    ) as shop:
        results: list[BuildResult] = []
        worked = False
        for chain in _chains(commits):
            checked = _Chain(repo, chain, shop, options, choice, progress)
            results.extend(checked.results())
            worked = worked or checked.worked
    if worked:
        trim(options.cache, options.cache_limit)
    return tuple(results)


def _chains(commits: Sequence[Commit]) -> Iterator[tuple[Commit, ...]]:
    """Maximal runs in which each commit is the parent of the next."""
    run: list[Commit] = []
    for commit in commits:
        if run and commit.parent != run[-1].oid:
            yield tuple(run)
            run = []
        run.append(commit)
    yield tuple(run)


class _Chain:
    """The compile check of one chain of commits."""

    def __init__(
        self,
        repo: Repository,
        chain: Sequence[Commit],
        shop: Workshop,
        options: BuildOptions,
        choice: Choice,
        progress: Progress,
    ) -> None:
        self._choice = choice
        self._chain = chain
        self._shop = shop
        self._options = options
        self._progress = progress
        self._history = History(repo, chain)
        self._evidence = Evidence(repo, self._history, shop.listings)
        self._ledgers: list[Ledger] = []
        self._checkers: dict[Ledger, Ledger] = {}
        self._built: dict[tuple[_Task, Ledger], tuple[KbuildObject, ...]] = {}
        self._reasons: list[str] = []
        self._at: int | None = None
        self._worked = False

    @property
    def worked(self) -> bool:
        """Whether anything had to be made."""
        return self._worked

    def results(self) -> tuple[BuildResult, ...]:
        tasks = [
            task
            for position in range(1, len(self._chain) + 1)
            for task in self._at_commit(position)
        ]
        self._choose([task for task in tasks if task.objects])
        self._compile()
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
        chosen = self._choice.first(self._history.oid(0)) if tasks else ()
        for number, configuration in enumerate(chosen):
            if not configuration.fallback or open_ones:
                self._progress("configure", number, len(chosen), str(configuration))
                open_ones -= self._try(configuration, tasks, open_ones)
        tried = set(chosen)
        objects = {one for _, one in open_ones}
        folders = [ledger.folder for ledger in self._ledgers]
        for configuration in self._choice.searched(self._history.oid(0), objects, folders):
            if open_ones and configuration not in tried:
                tried.add(configuration)
                self._progress("configure", len(chosen), len(chosen) + 1, str(configuration))
                open_ones -= self._try(configuration, tasks, open_ones)
        self._progress("configure", len(chosen), len(chosen), "")

    def _try(
        self,
        configuration: Configuration,
        tasks: Sequence[_Task],
        open_ones: set[tuple[_Task, KbuildObject]],
    ) -> set[tuple[_Task, KbuildObject]]:
        """Configure one candidate; what it enables of the tasks (a fallback: of what is open)."""
        ledger = Ledger(BuildFolder(self._shop, configuration), self._history)
        try:
            self._configure(ledger.folder)
        except ToolError as error:
            if not configuration.fallback or isinstance(error, MachineError):
                raise
            self._reasons.append(error.message)
            return set()
        self._ledgers.append(ledger)
        if self._options.checks:
            checker = Ledger(ledger.folder, self._history, self._options.checks)
            self._checkers[ledger] = checker
        covered: set[tuple[_Task, KbuildObject]] = set()
        for task in tasks:
            enabled = tuple(
                one
                for one in task.objects
                if (not configuration.fallback or (task, one) in open_ones)
                and enables(ledger.folder, self._history.ways(task.position, one))
            )
            if enabled:
                self._built[task, ledger] = enabled
                for each in self._with_checker(ledger):
                    each.want(task.position, enabled)
                covered.update((task, one) for one in enabled)
        return covered

    def _compile(self) -> None:
        """Compile at the base, at the tip, and wherever these two prove too little."""
        order = (0, self._history.last, *range(1, self._history.last))
        ledgers = [each for ledger in self._ledgers for each in self._with_checker(ledger)]
        total = len(order) * len(ledgers)
        done = 0
        for position in order:
            for ledger in ledgers:
                name = f"{ledger.folder.configuration} at {self._history.oid(position)[:12]}"
                self._progress("build", done, total, name)
                targets = ledger.missing(position)
                if targets:
                    self._prepare(ledger.folder, position)
                    oid, key = self._history.oid(position), ledger.key(position)
                    self._check_out(position)
                    ledger.folder.compile(key, oid, targets, ledger.checks)
                done += 1
        self._progress("build", total, total, "")

    def _with_checker(self, ledger: Ledger) -> tuple[Ledger, ...]:
        """A ledger, then that of its checks if there are any."""
        return ledger, *(self._checkers[each] for each in (ledger,) if each in self._checkers)

    def _configure(self, folder: BuildFolder) -> None:
        if not folder.is_configured(self._history.oid(0)):
            self._check_out(0)
            folder.configure(self._history.oid(0))

    def _prepare(self, folder: BuildFolder, position: int) -> None:
        """Prepare for the base, or anew for a commit that may change what is generated."""
        if not self._history.changed(0, position) & self._history.special:
            position = 0
        oid = self._history.oid(position)
        if not folder.is_prepared(oid):
            self._check_out(position)
            folder.prepare(oid)

    def _check_out(self, position: int) -> None:
        self._worked = True
        if self._at != position:
            self._at = None
            self._progress("source", 0, 1, self._history.oid(position)[:12])
            self._shop.check_out(self._history.oid(position))
            self._at = position

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
            tried = [ledger.folder.configuration for ledger in self._ledgers]
            yield _not_built(task, missing, why_not(missing, tried, self._reasons))

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
        if warnings and status is Status.PASS and self._options.werror_new:
            status, error = Status.FAIL, f"{warnings[0]} (new warning)"
        targets = tuple(one.target for one in objects)
        return BuildResult(
            commit=task.commit.oid,
            driver=task.driver.name,
            architecture=ledger.folder.configuration.architecture,
            configuration=ledger.folder.configuration.config,
            objects=targets,
            status=status,
            proof=told,
            error=error,
            log=shown.log if shown else "",
            reproduce=ledger.folder.reproduce(task.commit.oid, targets),
            engine=self._shop.engine.title,
            toolchain=ledger.folder.toolchain,
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

    def _names(self, positions: set[int]) -> str:
        return " and ".join(self._history.oid(position)[:12] for position in sorted(positions))


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
