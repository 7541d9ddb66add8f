# SPDX-License-Identifier: GPL-2.0-only
"""How the compile checks of commits ended, remembered below the git directory.

By the commit's tree: a commit that only gets another message keeps what is known of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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

    def new(known: tuple[Built, ...] | None) -> tuple[Built, ...]:
        others = (one for one in known or () if _key(one) not in fresh)
        return (*others, *fresh.values())[-_KEPT:]

    state.change(common_dir, _KIND, _NAME, tuple[Built, ...], new)


def known(common_dir: Path, trees: Collection[str]) -> Mapping[str, tuple[Built, ...]]:
    """The results for the trees of commits, each in the order in which they were made."""
    found: dict[str, list[Built]] = {tree: [] for tree in trees}
    for one in state.recall(common_dir, _KIND, _NAME, tuple[Built, ...]) or ():
        if one.tree in found:
            found[one.tree].append(one)
    return {tree: tuple(each) for tree, each in found.items()}


def _key(one: Built) -> tuple[str, ...]:
    return one.tree, one.driver, one.architecture, one.configuration
