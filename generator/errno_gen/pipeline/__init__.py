# SPDX-License-Identifier: GPL-2.0-only
"""The stages in order over the drivers: discover, analyse, rewrite, commit, build.

Drivers are worked on in parallel. One that a stage cannot handle becomes a Failure and
the others go on; an error of any other kind is a bug, or the machine's, and stops all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from errno_gen.analysis.kernel.summaries import Summaries, Trace
from errno_gen.errors import InputError
from errno_gen.model import (
    TO_CHANGE,
    Callback,
    Commit,
    Division,
    Documented,
    Driver,
    DriverPatch,
    Scan,
    SemanticPatch,
    SourceFile,
    Tree,
    Verdict,
)
from errno_gen.pipeline.requests import (
    Applied,
    Kernel,
    Options,
    Rewritten,
    Target,
    decisions_for,
    open_kernel,
)
from errno_gen.policy import Policy
from errno_gen.stages.analyse import analyse
from errno_gen.stages.commit import Committed, check_commit_preconditions, commit
from errno_gen.stages.discover import Discovery, candidates, discover, discover_in, together
from errno_gen.stages.knowledge import Knowledge
from errno_gen.stages.rewrite import edited_functions, left_alone, rewrite
from errno_gen.tools import spatch
from errno_gen.tools.git import branches, claims
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.pool import Progress, each, silent

if TYPE_CHECKING:
    from errno_gen.stages.series.prep import Preparation

__all__ = [
    "Applied",
    "Kernel",
    "Options",
    "Rewritten",
    "Target",
    "apply",
    "decisions_for",
    "open_kernel",
    "rewritten",
    "scan",
    "trace",
]


def scan(kernel: Kernel, policy: Policy, options: Options, progress: Progress = silent) -> Scan:
    """Find every callback and decide every errno that can leave one.

    Raises InputError if ``options.drivers`` names one that has no such callback.
    """
    tree = kernel.tree
    knowledge = Knowledge(tree, options.cache)
    progress("discover", 0, 1, "")
    hopeful = candidates(tree, policy, grep=knowledge.files_with)
    progress("discover", 1, 1, "")
    asked = set(options.drivers)
    chosen = tuple(d for d in hopeful.drivers if not asked or d.name in asked)
    found: dict[str, Discovery] = {}
    summaries = Summaries(knowledge)
    behaviours = knowledge.behaviours()

    def work(driver: Driver) -> tuple[Verdict, ...]:
        # One after the other for each driver, so that what is made of its source can go.
        here = found[driver.name] = discover_in(tree, policy, driver, hopeful.paths)
        return analyse(
            tree,
            policy,
            driver,
            here.callbacks,
            strict=options.strict,
            summaries=summaries,
            behaviours=behaviours,
            decisions=options.decisions,
        )

    _require(asked, {driver.name for driver in chosen}, knowledge, policy)
    results, failures = each("analyse", chosen, work, options.jobs, progress)
    knowledge.keep(behaviours)
    all_found = together(found[driver.name] for driver in chosen if driver.name in found)
    _require(asked, _names(all_found) | {f.driver for f in failures}, knowledge, policy)
    verdicts = tuple(v for driver in chosen for v in results.get(driver.name, ()))
    failures = all_found.failures + failures
    return Scan(
        tree=Tree(tree.version, tree.commit),
        policy=policy.name,
        drivers=all_found.drivers,
        callbacks=all_found.callbacks,
        verdicts=verdicts,
        failures=failures,
        stale_decisions=options.decisions.stale(verdicts, options.drivers, failures),
    )


def trace(kernel: Kernel, function: str, errno: str | None, cache: Path | None = None) -> Trace:
    """Every chain by which an errno (or only ``errno``) can leave a function of the tree.

    ``cache`` is the folder for what is known of the tree, by default the user's.
    """
    folder = cache if cache is not None else Options().cache
    return Summaries(Knowledge(kernel.tree, folder)).trace(function, errno)


def rewritten(
    kernel: Kernel, policy: Policy, options: Options, progress: Progress = silent
) -> Rewritten:
    """Scan, then rewrite and prove each driver that breaks the policy. Nothing is written.

    Raises ToolError before any work if spatch is missing.
    """
    spatch.locate()
    found = scan(kernel, policy, options, progress)
    todo = tuple(
        driver
        for driver in found.drivers
        if any(v.driver == driver.name and v.action in TO_CHANGE for v in found.verdicts)
    )
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as folder:
        scratch = Path(folder)

        def work(driver: Driver) -> DriverPatch | None:
            own = scratch / f"{todo.index(driver)}"
            own.mkdir()
            verdicts = tuple(v for v in found.verdicts if v.driver == driver.name)
            return rewrite(
                driver,
                _of(driver, found.callbacks),
                verdicts,
                _sources(kernel, driver, verdicts),
                scratch=own,
                timeout=options.timeout,
                steps=options.division is not Division.DRIVER,
            )

        results, failures = each("rewrite", todo, work, options.jobs, progress)
    patches = [patch for driver in todo if (patch := results.get(driver.name)) is not None]
    changing = tuple(patch for patch in patches if patch.changes)
    semantic: tuple[SemanticPatch, ...] = ()
    if options.smpl:
        from errno_gen.pipeline.semantic import semantic_patches  # who asks for it waits for it

        semantic, inexpressible = semantic_patches(kernel, policy, options, changing, progress)
        failures += inexpressible
    return Rewritten(
        scan=found,
        patches=changing,
        failures=found.failures + failures,
        left=left_alone(found.verdicts, patches),
        documented=_documented(kernel, policy, options, changing)
        if options.rules
        else Documented(),
        semantic=semantic,
    )


def _documented(
    kernel: Kernel, policy: Policy, options: Options, patches: Sequence[DriverPatch]
) -> Documented:
    from errno_gen.stages.rules import apart_from, document  # a scan need not wait for that

    documented = document(kernel.tree, policy, Knowledge(kernel.tree, options.cache).files_with)
    return apart_from(documented, {one.path for patch in patches for one in patch.changes})


def apply(
    kernel: Kernel,
    policy: Policy,
    target: Target,
    options: Options,
    progress: Progress = silent,
) -> Applied:
    """Rewrite, then commit on ``target.branch`` as ``options.division`` says, its ref moved last.

    A commit with the rules goes before them if ``options.rules`` asks for it.

    Raises InputError before any work if the branch exists (without ``target.force``), its
    name is no branch's, git knows no identity for the commits, or the branch is b4's and
    would be no more; ToolError if b4 is needed and missing.
    """
    from errno_gen.stages.series import record  # a scan need not wait for all of that

    repo = kernel.repo
    check_commit_preconditions(repo, target.branch, target.force)
    preparation = _preparation(kernel, target)
    done = rewritten(kernel, policy, options, progress)
    if not done.patches and not done.documented.changes:
        return Applied(done, ())
    progress("commit", 0, len(done.patches), "")
    noted = record.noted(
        policy, done.scan, done.patches, done.left, done.failures, done.documented.remarks
    )
    rules = bool(done.documented.changes)
    gone = record.by_hand(repo, target.branch)

    def placed(made: Committed, infos: Sequence[CommitInfo]) -> tuple[CommitInfo, ...]:
        assert preparation is not None
        return preparation.place(record.made(noted, made.commits, made.served, rules), infos)

    with preparation.told() if preparation else nullcontext():
        made = commit(
            repo,
            kernel.tree.commit,
            target.branch,
            done.patches,
            policy,
            documented=done.documented,
            force=target.force,
            signoff=target.signoff,
            division=options.division,
            smpl={each.driver: each.short for each in done.semantic} if target.smpl else {},
            placed=placed if preparation else None,
        )
    commits = made.commits
    progress("commit", len(commits), len(commits), "")
    branches.remember(repo.common_dir, target.branch, kernel.tree.commit)
    claims.remember(repo.common_dir, _claims(repo, commits))
    record.remember(repo, target.branch, record.made(noted, commits, made.served, rules))
    return Applied(done, commits, preparation.remember() if preparation else None, gone)


def _preparation(kernel: Kernel, target: Target) -> Preparation | None:
    from errno_gen.stages.series import prep

    if target.b4:
        return prep.Preparation(kernel.repo, target.branch, kernel.tree.commit)
    prep.refuse_without(kernel.repo, target.branch, kernel.tree.commit)
    return None


def _claims(repo: Repository, commits: Sequence[Commit]) -> list[claims.Claim]:
    return [
        claims.Claim(one.oid, one.subject, edited_functions(_files_of(repo, one)))
        for one in commits
        if one.driver
    ]


def _files_of(repo: Repository, one: Commit) -> Iterator[tuple[SourceFile, SourceFile]]:
    for path in one.files:
        before, after = repo.read(one.parent, path), repo.read(one.oid, path)
        if before is not None and after is not None:
            yield before, after


def _require(asked: set[str], there: set[str], knowledge: Knowledge, policy: Policy) -> None:
    """Raise InputError if one of the drivers asked for is not there."""
    missing = sorted(asked - there)
    if not missing:
        return
    known = sorted(_names(discover(knowledge.tree, policy, grep=knowledge.files_with)))
    close = get_close_matches(missing[0], known, n=3, cutoff=0.4)
    raise InputError(
        f"no driver '{missing[0]}' with such a callback in this tree",
        f"did you mean {' or '.join(close)}?" if close else f"it has: {', '.join(known)}",
    )


def _names(found: Discovery) -> set[str]:
    return {driver.name for driver in found.drivers} | {f.driver for f in found.failures}


def _of(driver: Driver, callbacks: Sequence[Callback]) -> tuple[Callback, ...]:
    return tuple(callback for callback in callbacks if callback.driver == driver.name)


def _sources(kernel: Kernel, driver: Driver, verdicts: Sequence[Verdict]) -> dict[str, SourceFile]:
    paths = {*driver.files, *(verdict.site.constant.file for verdict in verdicts)}
    converted = (verdict.conversion for verdict in verdicts if verdict.conversion is not None)
    paths.update(place.location.file for each in converted for place in each.places)
    read = {path: kernel.repo.read(kernel.tree.commit, path) for path in sorted(paths)}
    return {path: source for path, source in read.items() if source is not None}
