# SPDX-License-Identifier: GPL-2.0-only
"""The step rewrite: each driver that breaks the policy is rewritten, and the rewrite proven."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from errno_gen.model import (
    TO_CHANGE,
    Callback,
    Division,
    Driver,
    DriverPatch,
    Failure,
    Scan,
    SourceFile,
    Verdict,
)
from errno_gen.pipeline.requests import Kernel, Options
from errno_gen.stages.rewrite import rewrite
from errno_gen.tools.pool import Progress, each


def rewrites(
    kernel: Kernel, found: Scan, options: Options, progress: Progress
) -> tuple[tuple[DriverPatch, ...], tuple[Failure, ...]]:
    """The rewrites of a scan's drivers, and those that could not be rewritten.

    One that was asked for a change may have none in the end: what it leaves is in it.
    """
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
    made = (results.get(driver.name) for driver in todo)
    return tuple(patch for patch in made if patch is not None), failures


def _of(driver: Driver, callbacks: Sequence[Callback]) -> tuple[Callback, ...]:
    return tuple(callback for callback in callbacks if callback.driver == driver.name)


def _sources(kernel: Kernel, driver: Driver, verdicts: Sequence[Verdict]) -> dict[str, SourceFile]:
    paths = {*driver.files, *(verdict.site.constant.file for verdict in verdicts)}
    converted = (verdict.conversion for verdict in verdicts if verdict.conversion is not None)
    paths.update(place.location.file for each in converted for place in each.places)
    read = {path: kernel.repo.read(kernel.tree.commit, path) for path in sorted(paths)}
    return {path: source for path, source in read.items() if source is not None}
