# SPDX-License-Identifier: GPL-2.0-only
"""Prove that commits compile, before and after, where the driver's symbol is enabled.

Commits are taken in chains, each the parent of the next. The objects of all commits are
compiled at the chain's base in one call of make, at its tip in another, and at each commit
whose objects these two do not prove (see :mod:`errno_gen.tools.crew.ledger`). A commit that changes
comments alone is not compiled, unless more warnings are asked for: its code is the same, token
by token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from errno_gen.model import BuildResult, Commit
from errno_gen.stages.build.chain import Chain, Wanted
from errno_gen.stages.build.choice import Choice
from errno_gen.stages.build.comments import links, result
from errno_gen.stages.build.schedule import Foreman
from errno_gen.tools.cache import octets, trim
from errno_gen.tools.compile.warnings import NO_CHECKS, Checks
from errno_gen.tools.compile.workshop import listings_in, open_root, open_workshop
from errno_gen.tools.containers.image import find_engine
from errno_gen.tools.crew.cluster import Parcel, open_cluster
from errno_gen.tools.crew.jobs import Crew, Terms, local_crew, require_checks
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree
from errno_gen.tools.pool import Progress
from errno_gen.tools.settings import settings


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to compile: ``engine`` is auto, podman, docker or host.

    ``architectures`` restricts the candidates (tuxmake's names; none: all that the data
    file has); ``jobs`` is how much is compiled at once, 0 for as much as cores;
    ``cache`` holds sources, build folders and logs, of at most ``cache_limit`` octets after
    a run, here and on each worker; ``timeout`` is that of one call of make, in seconds.
    ``config``, a file, and ``defconfigs``, names, take the place of the candidates: see
    :mod:`errno_gen.tools.compile.defconfigs`. ``executor`` is ``dask://HOST:PORT`` for the workers
    of a cluster, "" for this process.
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
    executor: str = ""


def build(
    repo: Repository, commits: Sequence[Commit], options: BuildOptions, progress: Progress
) -> tuple[BuildResult, ...]:
    """The results of every commit, in order: one for each driver and configuration.

    A driver that no candidate enables, or that does not compile before the commit either,
    is ``NOT BUILT`` with the reason in ``proof``. A commit that changes comments alone passes
    without architecture and objects. Raises ToolError when no engine works or
    the machine fails, InputError for a bad engine or architecture or when the commits
    are not those of a kernel.
    """
    if not commits:
        return ()
    choice = Choice(repo, options.architectures, options.defconfigs, options.config)
    choice.first(commits[0].parent)
    version = KernelTree(repo, commits[0].parent).version
    chains = tuple(_chains(commits))
    parts = [link for chain in chains for link in links(repo, chain)]
    if not options.checks and not any(link.compiled for link in parts):
        return tuple(result(one) for one in commits)
    wanted = Wanted(choice, options.checks, options.werror_new)
    results: list[BuildResult] = []
    with _crew(repo, version, chains, options, progress) as (crew, root):
        listings = listings_in(root)
        foreman = Foreman(crew, root, listings, progress)
        for link in parts:
            if not link.compiled:
                results.extend(result(one) for one in link.commits)
            if link.compiled or options.checks:  # W=1 reads comments, too
                found = Chain(repo, link, foreman, listings, wanted, progress).results()
                results.extend(one for one in found if link.compiled or one.objects)
    if foreman.worked:
        trim(options.cache, options.cache_limit)
    return tuple(results)


@contextlib.contextmanager
def _crew(
    repo: Repository,
    version: str,
    chains: Sequence[Sequence[Commit]],
    options: BuildOptions,
    progress: Progress,
) -> Iterator[tuple[Crew, Path]]:
    """Who compiles, and the folder in which results are kept."""

    def waiting() -> None:
        progress("wait", 0, 1, "for another run that uses the build folders")

    if options.executor:
        terms = Terms(version, options.engine, options.jobs, options.timeout)
        with (
            open_root(version, options.cache, waiting) as root,
            open_cluster(options.executor, terms, Parcel(repo, _ends(chains)), progress) as crew,
        ):
            yield crew, root
            crew.tidy(options.cache_limit)
        return
    engine = find_engine(options.engine)
    require_checks(engine, options.checks)
    with (
        open_workshop(
            repo,
            version,
            engine,
            options.cache,
            jobs=options.jobs,
            timeout=options.timeout,
            waiting=waiting,
        ) as shop,
        local_crew(shop, progress) as threads,
    ):
        yield threads, shop.root


def _ends(chains: Sequence[Sequence[Commit]]) -> tuple[tuple[str, str], ...]:
    """Base and tip of each chain."""
    return tuple((chain[0].parent, chain[-1].oid) for chain in chains)


def _chains(commits: Sequence[Commit]) -> Iterator[tuple[Commit, ...]]:
    """Maximal runs in which each commit is the parent of the next."""
    run: list[Commit] = []
    for commit in commits:
        if run and commit.parent != run[-1].oid:
            yield tuple(run)
            run = []
        run.append(commit)
    yield tuple(run)
