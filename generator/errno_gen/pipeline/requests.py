# SPDX-License-Identifier: GPL-2.0-only
"""What a run is asked for, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from errno_gen.decisions import NO_DECISIONS, Decisions, default_file, load_decisions
from errno_gen.model import (
    Commit,
    Division,
    Documented,
    DriverPatch,
    Failure,
    Scan,
    SemanticPatch,
    Verdict,
)
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.kernel.tree import KernelTree

if TYPE_CHECKING:
    from errno_gen.stages.series.prep import Prepared


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: which drivers (none means all), how many at once, how strict.

    ``timeout`` is the time limit for rewriting one driver, in seconds; ``cache`` the folder
    for what is known of a tree's functions; ``decisions`` are what a person settled.
    ``rules`` tells whether a rewrite puts the policy's rules into the documentation first;
    ``division`` into which commits it goes; with ``smpl`` each rewrite is made into a
    semantic patch as well.
    """

    drivers: tuple[str, ...] = ()
    strict: bool = False
    jobs: int = 1
    timeout: float = 300.0
    cache: Path = field(default_factory=lambda: platformdirs.user_cache_path("errno-gen"))
    decisions: Decisions = NO_DECISIONS
    rules: bool = False
    division: Division = Division.DRIVER
    smpl: bool = False


@dataclass(frozen=True, slots=True)
class Kernel:
    """A repository, and the kernel tree at one of its revisions."""

    repo: Repository
    tree: KernelTree


@dataclass(frozen=True, slots=True)
class Target:
    """Where the commits go: a branch, and whether one of that name may be moved.

    With ``smpl`` (and that of the options) changelogs show the semantic patch if it is short;
    with ``b4`` it is a prep branch of b4's.
    """

    branch: str
    force: bool = False
    signoff: bool = False
    smpl: bool = False
    b4: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The drivers that change, and those that could not be analysed or rewritten.

    ``left`` are verdicts of the scan that asked for a change but could not be served; each
    says why in its last sentence. ``documented`` is what of the policy's rules the kernel's
    documentation gets; ``semantic`` are the semantic patches, if they are wanted.
    """

    scan: Scan
    patches: tuple[DriverPatch, ...]
    failures: tuple[Failure, ...]
    left: tuple[Verdict, ...] = ()
    documented: Documented = field(default_factory=Documented)
    semantic: tuple[SemanticPatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """The commits of a new branch, oldest first; none, and no branch, if nothing changes.

    ``prepared`` tells of a prep branch of b4's. ``gone`` are commits that somebody made on the
    former branch, which the new one does not have.
    """

    rewritten: Rewritten
    commits: tuple[Commit, ...]
    prepared: Prepared | None = None
    gone: tuple[CommitInfo, ...] = ()


def open_kernel(folder: Path, rev: str) -> Kernel:
    """The kernel at a revision. Raises InputError: no repository, revision or kernel."""
    repo = Repository.open(folder)
    return Kernel(repo, KernelTree(repo, repo.resolve(rev)))


def decisions_for(kernel: Kernel, path: Path | None) -> Decisions:
    """The decisions in a file, or with None those kept in the repository, if there are any.

    Raises InputError if the file cannot be read or is malformed.
    """
    kept = default_file(kernel.repo.common_dir)
    if path is None and not kept.exists():
        return NO_DECISIONS
    return load_decisions(kept if path is None else path)
