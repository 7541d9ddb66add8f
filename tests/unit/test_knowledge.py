# SPDX-License-Identifier: GPL-2.0-only
"""What functions of a tree do is kept from run to run, and may get lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.analysis.origins.roots import Behaviour, Root, RootKind
from errno_gen.stages import knowledge
from errno_gen.stages.knowledge import Knowledge
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n",
    "Kbuild": "obj-y += lib/\n",
    "Kconfig": "config LIB\n",
    "include/linux/box.h": (
        "int box_open(struct box *b);\n"
        "static inline int box_size(struct box *b) { return b->size; }\n"
    ),
    "lib/box.c": "int box_open(struct box *b) { return box_size(b) ? 0 : -EINVAL; }\n",
}
SIZE = Behaviour((Root(RootKind.PARAMETER, "0", True),), idle=True)
OTHER = Behaviour((Root(RootKind.GLOBAL, "other", True),))


@pytest.fixture
def tree(make_repo: MakeRepo) -> KernelTree:
    repo = Repository.open(make_repo(FILES).path)
    return KernelTree(repo, repo.resolve("HEAD"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept(cache: Path) -> list[Path]:
    return [file for file in (cache / "behaviours").rglob("*") if file.is_file()]


def test_what_a_function_does_is_found_in_the_tree(tree: KernelTree, cache: Path) -> None:
    behaviours = Knowledge(tree, cache).behaviours()
    assert behaviours.known == {}
    assert behaviours.of("box_size", "drivers/mine.c") == SIZE
    assert behaviours.of("box_none", "drivers/mine.c") is None
    assert kept(cache) == []


def test_the_next_run_knows_what_was_kept(tree: KernelTree, cache: Path) -> None:
    first = Knowledge(tree, cache)
    behaviours = first.behaviours()
    behaviours.of("box_size", "drivers/mine.c")
    behaviours.of("box_none", "drivers/mine.c")
    first.keep(behaviours)
    assert Knowledge(tree, cache).behaviours().known == {"box_size": SIZE, "box_none": None}


def test_nothing_is_written_where_nothing_new_was_found(tree: KernelTree, cache: Path) -> None:
    first = Knowledge(tree, cache)
    behaviours = first.behaviours()
    behaviours.of("box_size", "drivers/mine.c")
    first.keep(behaviours)
    (file,) = kept(cache)
    written = file.stat().st_mtime_ns
    second = Knowledge(tree, cache)
    again = second.behaviours()
    again.of("box_size", "drivers/mine.c")
    second.keep(again)
    assert (kept(cache), file.stat().st_mtime_ns) == ([file], written)
    again.of("box_open", "drivers/mine.c")
    second.keep(again)
    assert set(Knowledge(tree, cache).behaviours().known) == {"box_size", "box_open"}


@pytest.mark.parametrize("damage", [b"", b"{", b'{"known": 7}', b"\xff\xfe"])
def test_a_damaged_file_is_made_anew(tree: KernelTree, cache: Path, damage: bytes) -> None:
    first = Knowledge(tree, cache)
    behaviours = first.behaviours()
    behaviours.of("box_size", "drivers/mine.c")
    first.keep(behaviours)
    (file,) = kept(cache)
    file.write_bytes(damage)
    second = Knowledge(tree, cache)
    found = second.behaviours()
    assert found.known == {}
    assert found.of("box_size", "drivers/mine.c") == SIZE
    second.keep(found)
    assert Knowledge(tree, cache).behaviours().known == {"box_size": SIZE}


def test_other_code_and_other_commits_know_nothing_of_it(
    make_repo: MakeRepo, tree: KernelTree, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Knowledge(tree, cache)
    behaviours = first.behaviours()
    behaviours.known["box_size"] = OTHER
    first.keep(behaviours)
    assert Knowledge(tree, cache).behaviours().known == {"box_size": OTHER}
    repo = Repository.open(make_repo({**FILES, "lib/more.c": "int n;\n"}, name="more").path)
    later = KernelTree(repo, repo.resolve("HEAD"))
    assert Knowledge(later, cache).behaviours().known == {}
    monkeypatch.setattr(knowledge, "_version", lambda: "another")
    assert Knowledge(tree, cache).behaviours().known == {}


def test_a_cache_that_cannot_be_written_is_no_error(tree: KernelTree, cache: Path) -> None:
    first = Knowledge(tree, cache)
    behaviours = first.behaviours()
    behaviours.of("box_size", "drivers/mine.c")
    (cache / "behaviours").write_text("in the way", encoding="utf-8")
    first.keep(behaviours)
    assert Knowledge(tree, cache).behaviours().known == {}
