# SPDX-License-Identifier: GPL-2.0-only
"""The memory of branches that were made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from errno_gen.tools.git.branches import made, remember


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    assert made(tmp_path) == {}


def test_the_branch_made_last_comes_last(tmp_path: Path) -> None:
    remember(tmp_path, "a", "1")
    remember(tmp_path, "b", "2")
    remember(tmp_path, "a", "3")
    assert list(made(tmp_path).items()) == [("b", "2"), ("a", "3")]
    left = sorted(path.name for path in (tmp_path / "errno-gen").iterdir())
    assert left == ["branches.json", "lock"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '"text"', "\x00"])
def test_damage_counts_as_nothing_known(tmp_path: Path, damage: str) -> None:
    remember(tmp_path, "a", "1")
    (tmp_path / "errno-gen" / "branches.json").write_text(damage, encoding="utf-8")
    assert made(tmp_path) == {}
    remember(tmp_path, "b", "2")
    assert made(tmp_path) == {"b": "2"}


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    names = [f"b{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: remember(tmp_path, name, "1"), names))
    assert sorted(made(tmp_path)) == sorted(names)
