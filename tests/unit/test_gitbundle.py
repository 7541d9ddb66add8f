# SPDX-License-Identifier: GPL-2.0-only
"""Commits that travel without the history before them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import ToolError
from errno_gen.tools.git.gitbundle import Store, packed
from errno_gen.tools.git.repository import Repository


def send(repo: Repository, store: Store, *ends: tuple[str, str]) -> tuple[int, int]:
    """Bring a store what is between some ends; the octets of base and series."""
    with packed(repo, ends) as (packer, folder):
        base, series = folder / "base", folder / "series"
        if packer.root not in store.commits():
            store.take(base, packer.write_base(base))
        store.take(series, packer.write_series(series))
        return base.stat().st_size if base.exists() else 0, series.stat().st_size


def test_a_tree_is_sent_once_and_its_history_never(make_repo: MakeRepo, tmp_path: Path) -> None:
    made = make_repo({"a.c": "int old;\n"})
    old = made.git("rev-parse", "HEAD")
    noise = "".join(f"{number * 7919}\n" for number in range(5000))
    base = made.commit({"a.c": "int a;\n", "big.c": noise})
    one = made.commit({"a.c": "int b;\n"})
    two = made.commit({"a.c": "int c;\n"})
    repo = Repository.open(made.path)
    before = made.snapshot(), made.git("count-objects", "-v"), made.git("for-each-ref")

    store = Store(tmp_path / "store" / "linux.git")
    assert store.commits() == ()
    first, small = send(repo, store, (base, one))
    assert small < first / 5
    assert set(store.commits()) == {base, one}
    assert send(repo, store, (base, one), (one, two))[0] == 0
    assert (made.snapshot(), made.git("count-objects", "-v"), made.git("for-each-ref")) == before

    there = store.repository()
    texts = [there.read(oid, "a.c") for oid in (base, one, two)]
    assert [text.text if text else b"" for text in texts] == [
        b"int a;\n",
        b"int b;\n",
        b"int c;\n",
    ]
    with pytest.raises(ToolError):
        there.diff(old, two)
    there.checkout(two, tmp_path / "tree")
    assert (tmp_path / "tree" / "big.c").read_text() == noise


def test_another_base_later(make_repo: MakeRepo, tmp_path: Path) -> None:
    made = make_repo({"a.c": "1\n"})
    oids = [made.git("rev-parse", "HEAD")]
    oids += [made.commit({"a.c": f"{number}\n"}) for number in range(2, 7)]
    repo, store = Repository.open(made.path), Store(tmp_path / "linux.git")
    send(repo, store, (oids[3], oids[4]))
    send(repo, store, (oids[0], oids[1]), (oids[2], oids[3]))
    there = store.repository()
    found = {oid: there.read(oid, "a.c") for oid in oids[:5]}
    assert [one.text if one else b"" for one in found.values()] == [
        b"1\n",
        b"2\n",
        b"3\n",
        b"4\n",
        b"5\n",
    ]


def test_a_damaged_bundle(make_repo: MakeRepo, tmp_path: Path) -> None:
    made = make_repo({"a.c": "int a;\n"})
    base, tip = made.git("rev-parse", "HEAD"), made.commit({"a.c": "int b;\n"})
    store = Store(tmp_path / "linux.git")
    with packed(Repository.open(made.path), ((base, tip),)) as (packer, folder):
        manifest = packer.write_base(folder / "base")
        content = (folder / "base").read_bytes()
        (folder / "base").write_bytes(content[:-30])
        with pytest.raises(ToolError, match="git bundle failed"):
            store.take(folder / "base", manifest)
        assert store.commits() == ()
        (folder / "base").write_bytes(content)
        store.take(folder / "base", manifest)
    assert store.commits() == (base,)
