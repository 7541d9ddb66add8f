# SPDX-License-Identifier: GPL-2.0-only
"""One source folder for several threads that want the same commit, or another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from errno_gen.errors import ToolError
from errno_gen.tools.compile.workshop import open_workshop
from errno_gen.tools.containers.engine import Host
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo

_SECONDS = 20


def test_who_wants_the_same_commit_shares_it_and_others_wait(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    first, second = repo.commit({"file": "1\n"}, "One"), repo.commit({"file": "2\n"}, "Two")
    opened = Repository.open(repo.path)
    together = threading.Barrier(2, timeout=_SECONDS)
    seen: list[str] = []
    with open_workshop(opened, "6.1.0", Host("gcc"), tmp_path / "cache") as shop:

        def share() -> None:
            with shop.at(first):
                together.wait()
                assert (shop.source / "file").read_text() == "1\n"
                seen.append("shared")

        def change() -> None:
            with shop.at(second):
                seen.append((shop.source / "file").read_text())

        with ThreadPoolExecutor(3) as pool, shop.at(first):
            done = [pool.submit(share), pool.submit(share)]
            other = pool.submit(change)
            for one in done:
                one.result(_SECONDS)
            assert not other.done()
        other.result(_SECONDS)
    assert seen == ["shared", "shared", "2\n"]


def test_after_a_failure_the_folder_is_laid_out_again(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    commit = repo.commit({"file": "1\n"}, "One")
    with open_workshop(
        Repository.open(repo.path), "6.1.0", Host("gcc"), tmp_path / "cache"
    ) as shop:
        with pytest.raises(ToolError), shop.at("0" * 40):
            raise AssertionError("there is no such commit")
        with shop.at(commit):
            assert (shop.source / "file").read_text() == "1\n"
