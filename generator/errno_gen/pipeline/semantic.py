# SPDX-License-Identifier: GPL-2.0-only
"""Rewrites as semantic patches, for all drivers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from errno_gen.model import Driver, DriverPatch, Failure, SemanticPatch
from errno_gen.pipeline.requests import Kernel, Options
from errno_gen.policy import Policy
from errno_gen.stages import smpl
from errno_gen.stages.commit.prefixes import prefixes
from errno_gen.stages.commit.subject import subject_line
from errno_gen.stages.knowledge import Knowledge
from errno_gen.tools.pool import Progress, each


def semantic_patches(
    kernel: Kernel,
    policy: Policy,
    options: Options,
    patches: Sequence[DriverPatch],
    progress: Progress,
) -> tuple[tuple[SemanticPatch, ...], tuple[Failure, ...]]:
    """The rewrites as semantic patches, tried on every file that has functions of these names."""
    functions = {patch.driver.name: smpl.changed_functions(patch) for patch in patches}
    every = sorted({name for names in functions.values() for name in names})
    defined = Knowledge(kernel.tree, options.cache).find(every) if every else {}
    made = {patch.driver.name: patch for patch in patches}
    named = prefixes(kernel.repo, kernel.tree.commit, patches, policy)
    programs = smpl.programs_at_hand() if patches else {}
    origin = f"Made for Linux {kernel.tree.version} ({kernel.tree.commit[:12]})"

    def work(driver: Driver) -> SemanticPatch:
        paths = {path for name in functions[driver.name] for path in defined.get(name, ())}
        read = {path: kernel.repo.read(kernel.tree.commit, path) for path in sorted(paths)}
        near = {path: source.text for path, source in read.items() if source is not None}
        patch = made[driver.name]
        heading = smpl.Heading(
            title=subject_line(patch, policy, named[driver]),
            why=policy.why,
            origin=f"{origin} under the policy {policy.name}.",
            member=policy.roles.member,
        )
        with tempfile.TemporaryDirectory(prefix="errno-gen-") as folder:
            return smpl.semantic_patch(
                patch,
                near,
                heading,
                scratch=Path(folder),
                timeout=options.timeout,
                programs=programs,
            )

    drivers = tuple(patch.driver for patch in patches)
    results, failures = each("semantic patches", drivers, work, options.jobs, progress)
    return tuple(results[d.name] for d in drivers if d.name in results), failures
