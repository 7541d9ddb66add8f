# SPDX-License-Identifier: GPL-2.0-only
"""The subject prefix of each driver: as the policy says, else as its history does."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.model import Driver, DriverPatch
from errno_gen.policy import Policy
from errno_gen.stages.commit.subject import subject_prefix
from errno_gen.tools.git.githistory import changes
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.subjects import learned


def prefixes(
    repo: Repository, base: str, patches: Sequence[DriverPatch], policy: Policy
) -> dict[Driver, str]:
    """The prefix of each patch's driver, learned from the history before ``base``.

    The policy's exceptions come first. Where the files have no history that tells, the
    prefix is made from their paths.
    """
    told = {patch.driver: policy.prefix_for(_sources(patch.driver)) for patch in patches}
    unknown = [driver for driver, prefix in told.items() if not prefix]
    paths = sorted({path for driver in unknown for path in _sources(driver)})
    history = changes(repo, base, paths)
    for driver in unknown:
        found = learned(history, driver.files)
        told[driver] = found or subject_prefix(_sources(driver))
    return told


def _sources(driver: Driver) -> list[str]:
    return [path for path in driver.files if path.endswith(".c")]
