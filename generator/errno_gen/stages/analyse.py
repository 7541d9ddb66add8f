# SPDX-License-Identifier: GPL-2.0-only
"""Judge every errno that can leave the callbacks of a driver, and apply the policy."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.classify import analyse_driver
from errno_gen.analysis.splits import settle
from errno_gen.analysis.summaries import Summaries
from errno_gen.model import Callback, Cause, Driver, Verdict
from errno_gen.policy import PROPAGATE, Policy
from errno_gen.tools.kernel import KernelTree


def analyse(
    tree: KernelTree,
    policy: Policy,
    driver: Driver,
    callbacks: Sequence[Callback],
    *,
    strict: bool = False,
    summaries: Summaries | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts of one driver with the policy's actions, in the order of file and line.

    ``summaries`` answer for functions outside the driver. Raises SourceError when the
    driver's source cannot be digested.
    """
    own = [callback for callback in callbacks if callback.driver == driver.name]
    paths = dict.fromkeys([*driver.files, *tree.companions(driver)])
    propagate = policy.causes.get(Cause.SWALLOWED) == PROPAGATE
    verdicts = analyse_driver(
        driver,
        tree.sources(paths),
        own,
        policy.roles,
        propagate=propagate,
        summaries=summaries,
        reserved=policy.reserved,
    )
    return settle([policy.decide(verdict, strict=strict) for verdict in verdicts])
