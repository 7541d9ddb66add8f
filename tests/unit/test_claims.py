# SPDX-License-Identifier: GPL-2.0-only
"""The memory of what commits are meant to touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from errno_gen.tools.git.claims import Claim, claimed, remember


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    assert claimed(tmp_path, "1", "a") == ()


def test_a_commit_has_its_own_claim_even_if_another_has_its_subject(tmp_path: Path) -> None:
    remember(tmp_path, [Claim("1", "iommu/a: Change", ("f",)), Claim("2", "iommu/b: Change", ())])
    remember(tmp_path, [Claim("3", "iommu/a: Change", ("g",))])
    assert claimed(tmp_path, "1", "iommu/a: Change") == ("f",)
    assert claimed(tmp_path, "3", "iommu/a: Change") == ("g",)


def test_an_amended_commit_keeps_its_claim(tmp_path: Path) -> None:
    remember(tmp_path, [Claim("1", "iommu/a: Change", ("f",))])
    assert claimed(tmp_path, "9", "iommu/a: Change") == ("f",)
    assert claimed(tmp_path, "9", "iommu/a: Rename") == ()


@pytest.mark.parametrize("damage", ["", "{", "[1]", '"text"', "\x00"])
def test_damage_counts_as_nothing_known(tmp_path: Path, damage: str) -> None:
    remember(tmp_path, [Claim("1", "a", ("f",))])
    (tmp_path / "errno-gen" / "claims.json").write_text(damage, encoding="utf-8")
    assert claimed(tmp_path, "1", "a") == ()
    remember(tmp_path, [Claim("2", "b", ("g",))])
    assert claimed(tmp_path, "2", "b") == ("g",)
