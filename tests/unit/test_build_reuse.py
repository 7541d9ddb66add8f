# SPDX-License-Identifier: GPL-2.0-only
"""What was compiled for one branch proves commits of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildbench import Bench, path_of_compilers, table
from gitrepo import GitRepo


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("PATH", path_of_compilers(tmp_path / "bin"))
    return Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")


@pytest.fixture
def first(bench: Bench) -> str:
    """A branch whose commits are known to compile; the tree of its tip."""
    bench.commit(alpha='#include "alpha.h"\nint alpha = 1;\n')
    bench.commit(beta="int beta = 1;\n")
    bench.build("x86_64")
    bench.forget_calls()
    tree = bench.repo.git("rev-parse", "HEAD^{tree}").strip()
    bench.repo.git("reset", "-q", "--hard", bench.base)
    return str(tree)


def test_one_commit_of_another_branch(bench: Bench, first: str) -> None:
    bench.commit(beta="int beta = 1;\n")
    (result,) = bench.build("x86_64")
    assert table([result]) == [("beta", "x86_64", "PASS")]
    assert bench.calls() == []
    assert result.proof == (
        f"compiled at the tree {first[:12]} of another run, where all files that it reads are "
        f"the same; before the commit by {bench.base[:12]}"
    )


def test_a_new_version_compiles_what_is_new_in_it(bench: Bench, first: str) -> None:
    bench.commit(alpha='#include "alpha.h"\nint alpha = 2;\n')
    bench.commit(beta="int beta = 1;\n")
    assert len(bench.build("x86_64")) == 2
    assert [call for call in bench.calls() if call.startswith("cc")] == ["cc drivers/iommu/alpha"]


def test_a_header_that_another_branch_changed_is_compiled_with(bench: Bench, first: str) -> None:
    bench.commit(alpha_h="extern int alpha; /* changed */\n")
    bench.commit(alpha='#include "alpha.h"\nint alpha = 1;\n')
    assert len(bench.build("x86_64")) == 2
    compiled = [call for call in bench.calls() if call.startswith("cc")]
    assert compiled == ["cc drivers/iommu/alpha"] * 2


def test_another_configuration_is_compiled_with(bench: Bench, first: str) -> None:
    bench.repo.commit({"Kconfig": 'mainmenu "Another"\n'})
    bench.commit(beta="int beta = 1;\n")
    results = bench.build("x86_64")
    assert table(results)[1] == ("beta", "x86_64", "PASS")
    assert "cc drivers/iommu/beta" in bench.calls()


def test_a_base_of_another_branch_is_not_configured_again(bench: Bench, first: str) -> None:
    bench.base = bench.commit(alpha='#include "alpha.h"\nint alpha = 5;\n')
    bench.commit(beta="int beta = 1;\n")
    (result,) = bench.build("x86_64")
    assert bench.calls() == []
    assert table([result]) == [("beta", "x86_64", "PASS")]


def test_what_did_not_compile_elsewhere_is_compiled_here(bench: Bench) -> None:
    bench.commit(beta="BROKEN\n")
    bench.build("x86_64")
    bench.repo.git("reset", "-q", "--hard", bench.base)
    bench.forget_calls()
    bench.commit(alpha='#include "alpha.h"\nint alpha = 1;\n')
    bench.commit(beta="BROKEN\n")
    results = bench.build("x86_64")
    assert [status for _, _, status in table(results)] == ["PASS", "FAIL"]
    assert "cc drivers/iommu/beta" in bench.calls()


def test_a_tree_that_git_has_collected_proves_nothing(bench: Bench, first: str) -> None:
    bench.repo.git("reflog", "expire", "--expire=now", "--all")
    bench.repo.git("gc", "-q", "--prune=now")
    bench.commit(beta="int beta = 1;\n")
    bench.commit(alpha='#include "alpha.h"\nint alpha = 7;\n')
    assert [status for _, _, status in table(bench.build("x86_64"))] == ["PASS", "PASS"]
    assert "cc drivers/iommu/beta" in bench.calls()
