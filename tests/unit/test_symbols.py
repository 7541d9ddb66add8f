# SPDX-License-Identifier: GPL-2.0-only
"""The index of definitions, and what is kept of it from run to run."""

from __future__ import annotations

from pathlib import Path

import pytest

import minikernel
from conftest import MakeRepo
from errno_gen.errors import InputError
from errno_gen.model import Tree, from_json, to_json
from errno_gen.stages.knowledge import Knowledge
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.symbols import SymbolIndex
from errno_gen.tools.kernel.tree import KernelTree

_TEXT = """\
int one(void);
static int
two(struct a *a)
{
	return three(a);
}
#define four(x) five(x)
struct b *six(int n) {
int seven(int n,
	  int m)
"""


def _index(make_repo: MakeRepo, folder: Path) -> SymbolIndex:
    made = make_repo({"lib/a.c": _TEXT, "tools/b.c": "int two(void)\n{\n}\n"})
    repo = Repository.open(made.path)
    return SymbolIndex(repo, repo.resolve("HEAD"), folder / "index")


def test_definitions_and_only_they_are_found(make_repo: MakeRepo, tmp_path: Path) -> None:
    index = _index(make_repo, tmp_path)
    names = ("one", "two", "three", "four", "five", "six", "seven")
    found = {name for name, paths in index.find(names).items() if paths == ("lib/a.c",)}
    assert found == {"two", "four", "six", "seven"}


def test_damaged_index_is_made_anew(make_repo: MakeRepo, tmp_path: Path) -> None:
    index = _index(make_repo, tmp_path)
    (tmp_path / "index").write_bytes(b"SQLite format 3\0 and then nonsense")
    assert index.find(["two"]) == {"two": ("lib/a.c",)}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"path": 1, "functions": []}', b"\xff"])
def test_damaged_facts_are_made_anew(make_repo: MakeRepo, tmp_path: Path, content: bytes) -> None:
    repo = Repository.open(make_repo(minikernel.FILES | {"lib/a.c": _TEXT}).path)
    knowledge = Knowledge(KernelTree(repo, repo.resolve("HEAD")), tmp_path)
    made = knowledge.facts("lib/a.c")
    assert {facts.name for facts in made.functions} >= {"two", "four"}
    (kept,) = (tmp_path / "facts").rglob("??/*")
    assert knowledge.facts("lib/a.c") == made
    kept.write_bytes(content)
    assert knowledge.facts("lib/a.c") == made
    assert kept.read_bytes() == to_json(made)


def test_cache_that_cannot_be_written_is_a_clear_error(make_repo: MakeRepo, tmp_path: Path) -> None:
    made = make_repo(minikernel.FILES)
    repo = Repository.open(made.path)
    (tmp_path / "cache").write_text("a file where a folder should be")
    knowledge = Knowledge(KernelTree(repo, repo.resolve("HEAD")), tmp_path / "cache")
    with pytest.raises(InputError, match="XDG_CACHE_HOME"):
        knowledge.find(["two"])


def test_names_that_are_no_unicode_are_not_kept() -> None:
    tree = Tree("6.1", "caf\udce9.c")
    with pytest.raises(ValueError, match="JSON of a Tree"):
        from_json(to_json(tree), Tree)
