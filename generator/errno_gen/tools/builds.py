# SPDX-License-Identifier: GPL-2.0-only
"""How the compile checks of commits ended, remembered below the git directory.

By the commit's tree: a commit that only gets another message keeps what is known of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.model import BuildResult, Commit, ObjectChange, Status
from errno_gen.tools import state

_KIND, _NAME = "builds", "all"
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Built:
    """One result for the tree of a commit, by architecture and configuration."""

    tree: str
    driver: str
    architecture: str
    configuration: str
    status: Status
    proof: str
    toolchain: str
    changes: tuple[ObjectChange, ...] = ()


def remember(common_dir: Path, commits: Sequence[Commit], results: Sequence[BuildResult]) -> None:
    """Note the results; what was known of the same tree and configuration is replaced."""
    trees = {commit.oid: commit.tree for commit in commits}
    fresh = {
        _key(one): one
        for one in (
            Built(
                trees[result.commit],
                result.driver,
                result.architecture,
                result.configuration,
                result.status,
                result.proof,
                result.toolchain,
                result.changes,
            )
            for result in results
        )
    }
    known = tuple(one for one in _known(common_dir) if _key(one) not in fresh)
    state.remember(common_dir, _KIND, _NAME, (*known, *fresh.values())[-_KEPT:])


def known(common_dir: Path, tree: str) -> tuple[Built, ...]:
    """The results for a commit's tree, in the order in which they were made."""
    return tuple(one for one in _known(common_dir) if one.tree == tree)


def _known(common_dir: Path) -> tuple[Built, ...]:
    return state.recall(common_dir, _KIND, _NAME, tuple[Built, ...]) or ()


def _key(one: Built) -> tuple[str, ...]:
    return one.tree, one.driver, one.architecture, one.configuration
