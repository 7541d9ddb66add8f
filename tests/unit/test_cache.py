# SPDX-License-Identifier: GPL-2.0-only
"""What compile checks keep, and how it is bounded; and the locks around it."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from errno_gen.errors import InputError
from errno_gen.tools.cache import kept, octets, trim
from errno_gen.tools.lock import locked, locked_at_once

_MIB = 1 << 20


def workshop(cache: Path, kernel: str, opened: int, **folders: int) -> Path:
    """A workshop with a source of 2 MiB, and build folders of 1 MiB that were used then."""
    root = cache / "kbuild" / kernel
    (root / "source").mkdir(parents=True)
    (root / "source" / "Makefile").write_bytes(bytes(2 * _MIB))
    (root / "lock").touch()
    for name, used in folders.items():
        (root / f"{name}.0").mkdir()
        (root / f"{name}.0" / "object.o").write_bytes(bytes(_MIB))
        record = root / f"{name}.json"
        record.write_text("{}", encoding="utf-8")
        os.utime(record, (used, used))
    os.utime(root / "lock", (opened, opened))
    return root


def names(cache: Path) -> list[str]:
    return [f"{one.kernel} {one.name}".strip() for one in kept(cache)]


def test_the_least_recently_used_comes_first(tmp_path: Path) -> None:
    assert kept(tmp_path) == ()
    workshop(tmp_path, "6.1.0", 50, arm=10, s390=50)
    workshop(tmp_path, "6.12.0", 30, arm=30)
    assert names(tmp_path) == ["6.1.0 arm", "6.12.0 arm", "6.12.0", "6.1.0 s390", "6.1.0"]
    sizes = [round(one.size / _MIB) for one in kept(tmp_path)]
    assert sizes == [1, 1, 2, 1, 2]


def test_the_oldest_goes_until_the_rest_fits(tmp_path: Path) -> None:
    root = workshop(tmp_path, "6.1.0", 50, arm=10, s390=50)
    workshop(tmp_path, "6.12.0", 30, arm=30)
    assert trim(tmp_path, 100 * _MIB) == ()
    assert [one.name for one in trim(tmp_path, 6 * _MIB + _MIB // 2)] == ["arm"]
    assert sorted(path.name for path in root.iterdir()) == [
        *("lock", "s390.0", "s390.json", "source")
    ]
    trim(tmp_path, 4 * _MIB)
    assert names(tmp_path) == ["6.1.0 s390", "6.1.0"]
    assert not (tmp_path / "kbuild" / "6.12.0").exists()
    trim(tmp_path, 0)
    assert list((tmp_path / "kbuild").iterdir()) == []


def test_what_is_old_goes_even_if_there_is_room(tmp_path: Path) -> None:
    workshop(tmp_path, "6.1.0", 50, arm=10, s390=50)
    trim(tmp_path, 100 * _MIB, before=20)
    assert names(tmp_path) == ["6.1.0 s390", "6.1.0"]


def test_what_a_run_uses_stays(tmp_path: Path) -> None:
    used = workshop(tmp_path, "6.1.0", 10, arm=10)
    workshop(tmp_path, "6.12.0", 30, arm=30)
    with (used / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert [one.busy for one in kept(tmp_path)] == [True, True, False, False]
        trim(tmp_path, 0)
        assert names(tmp_path) == ["6.1.0 arm", "6.1.0"]
    trim(tmp_path, 0)
    assert names(tmp_path) == []


def test_all_generations_of_a_folder_go(tmp_path: Path) -> None:
    root = workshop(tmp_path, "6.1.0", 50, arm=10)
    (root / "arm.1").mkdir()
    (root / "half.0").mkdir()
    trim(tmp_path, 2 * _MIB + _MIB // 2)
    assert sorted(path.name for path in root.iterdir()) == ["lock", "source"]


def test_a_lock_whose_file_was_removed_is_none(tmp_path: Path) -> None:
    path = tmp_path / "shop" / "lock"
    waiting, taken = threading.Event(), threading.Event()

    def second() -> None:
        with locked(path, waiting.set):
            taken.set()
            assert path.exists()

    thread = threading.Thread(target=second)
    with locked(path):
        thread.start()
        assert waiting.wait(10)
        path.unlink()
        path.parent.rmdir()
    assert taken.wait(10)
    thread.join()


def test_a_lock_is_taken_at_once_or_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked_at_once(path) as free:
        assert not free, "there is no such lock"
    path.touch()
    with locked_at_once(path) as free, locked_at_once(path) as again:
        assert (free, again) == (True, False)


def test_sizes() -> None:
    sizes = [octets(text) for text in ("7", "1k", "10G", "1.5 MiB", "2TB")]
    assert sizes == [7, 1024, 10 << 30, 3 << 19, 2 << 40]
    for wrong in ("", "G", "-1G", "10 apples"):
        with pytest.raises(InputError, match="is no size; give a number and K, M, G or T"):
            octets(wrong)


def test_what_workers_of_a_cluster_have_counts_and_goes(tmp_path: Path) -> None:
    worker = tmp_path / "workers" / "0"
    workshop(worker, "6.1.0", 20, arm=20)
    (worker / "linux.git").mkdir()
    (worker / "linux.git" / "pack").write_bytes(bytes(_MIB))
    (worker / "lock").touch()
    os.utime(worker / "lock", (10, 10))
    workshop(tmp_path, "6.1.0", 30)
    assert [(one.worker, one.kernel, one.name) for one in kept(tmp_path)] == [
        (worker, "6.1.0", "arm"),
        (worker, "6.1.0", ""),
        (worker, "", "linux.git"),
        (None, "6.1.0", ""),
    ]
    with locked(worker / "lock"):  # its process is there
        assert [one.worker for one in trim(tmp_path, 0)] == [None]
        assert {one.busy for one in kept(tmp_path)} == {True}
    assert [one.name for one in trim(tmp_path, _MIB * 3 // 2)] == ["arm", ""]
    assert (worker / "linux.git" / "pack").exists()
    assert [one.name for one in trim(tmp_path, 0)] == ["linux.git"]
    assert kept(tmp_path) == ()
