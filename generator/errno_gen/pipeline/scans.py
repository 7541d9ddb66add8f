# SPDX-License-Identifier: GPL-2.0-only
"""The step scan: every callback of a tree, and a verdict on every errno that can leave one."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from errno_gen.analysis.kernel.known_errnos import KnownErrnos
from errno_gen.analysis.kernel.summaries import Summaries, Trace
from errno_gen.errors import InputError
from errno_gen.model import Driver, Scan, Tree, Verdict, with_changes
from errno_gen.pipeline.requests import Kernel, Options
from errno_gen.policy import Policy
from errno_gen.stages.absence import no_callback
from errno_gen.stages.analyse import analyse
from errno_gen.stages.discover import (
    Discovery,
    candidates,
    discover,
    discover_in,
    roles_in,
    together,
)
from errno_gen.stages.knowledge import Knowledge
from errno_gen.stages.ownership import owned
from errno_gen.tools.pool import Progress, each, silent


def scan(kernel: Kernel, policy: Policy, options: Options, progress: Progress = silent) -> Scan:
    """Find every callback and decide every errno that can leave one.

    Raises InputError if the tree has no such callback at all, or ``options.drivers`` names a
    driver that has none.
    """
    tree = kernel.tree
    knowledge = Knowledge(tree, options.cache)
    progress("discover", 0, 1, "")
    hopeful = candidates(
        tree, policy, grep=knowledge.files_with, assigning=knowledge.files_assigning
    )
    fit = with_changes(policy, roles=hopeful.roles)
    progress("discover", 1, 1, "")
    asked = set(options.drivers)
    chosen = tuple(d for d in hopeful.drivers if not asked or d.name in asked)
    found: dict[str, Discovery] = {}
    summaries = Summaries(knowledge)
    known = KnownErrnos(knowledge)
    behaviours = knowledge.behaviours()

    def work(driver: Driver) -> tuple[Verdict, ...]:
        # One after the other for each driver, so that what is made of its source can go.
        here = found[driver.name] = discover_in(
            tree, fit.roles, driver, hopeful.paths, grep=knowledge.files_with
        )
        return analyse(
            tree,
            fit,
            driver,
            here.callbacks,
            strict=options.strict,
            summaries=summaries,
            known=known,
            behaviours=behaviours,
            decisions=options.decisions,
        )

    _require(asked, {driver.name for driver in chosen}, knowledge, policy)
    results, failures = each("analyse", chosen, work, options.jobs, progress)
    knowledge.keep(behaviours)
    all_found = together(found[driver.name] for driver in chosen if driver.name in found)
    _require(asked, _names(all_found) | {f.driver for f in failures}, knowledge, policy)
    own = tuple(v for driver in chosen for v in results.get(driver.name, ()))
    failures = all_found.failures + failures
    if not all_found.callbacks and not failures:
        raise no_callback(tree, policy, knowledge.files_with)
    return Scan(
        tree=Tree(tree.version, tree.commit),
        policy=policy.name,
        drivers=all_found.drivers,
        callbacks=all_found.callbacks,
        verdicts=owned(all_found.drivers, own),
        failures=failures,
        stale_decisions=options.decisions.stale(own, options.drivers, failures),
    )


def trace(kernel: Kernel, function: str, errno: str | None, cache: Path | None = None) -> Trace:
    """Every chain by which an errno (or only ``errno``) can leave a function of the tree.

    ``cache`` is the folder for what is known of the tree, by default the user's.
    """
    folder = cache if cache is not None else Options().cache
    return Summaries(Knowledge(kernel.tree, folder)).trace(function, errno)


def fitting(kernel: Kernel, policy: Policy, options: Options) -> Policy:
    """The policy with those of its tables that the tree may have."""
    grep = Knowledge(kernel.tree, options.cache).files_with
    return with_changes(policy, roles=roles_in(kernel.tree, policy.roles, grep))


def _require(asked: set[str], there: set[str], knowledge: Knowledge, policy: Policy) -> None:
    """Raise InputError if one of the drivers asked for is not there."""
    missing = sorted(asked - there)
    if not missing:
        return
    known = sorted(_names(discover(knowledge.tree, policy, grep=knowledge.files_with)))
    if not known:
        raise no_callback(knowledge.tree, policy, knowledge.files_with)
    close = get_close_matches(missing[0], known, n=3, cutoff=0.4)
    raise InputError(
        f"no driver '{missing[0]}' with such a callback in this tree",
        f"did you mean {' or '.join(close)}?" if close else f"it has: {', '.join(known)}",
    )


def _names(found: Discovery) -> set[str]:
    return {driver.name for driver in found.drivers} | {f.driver for f in found.failures}
