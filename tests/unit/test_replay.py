# SPDX-License-Identifier: GPL-2.0-only
"""kbuild's call for objects is made again, and only where it is sure to be the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildbench import Bench, path_of_compilers, table
from errno_gen.tools.compile.replay import Replay
from gitrepo import GitRepo

_CALL = (
    "abs_srctree=/src\0abs_objtree=/build\0MAKEFLAGS=k -j2 --jobserver-auth=3,3 -- ARCH=arm\0"
    "PWD=/build\0TEXT=two\nlines=\0\0-f\0./scripts/Makefile.build\0obj=.\0./drivers/a.o\0"
)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("PATH", path_of_compilers(tmp_path / "bin"))
    return Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")


def test_a_call_is_made_again_for_other_objects(tmp_path: Path) -> None:
    (tmp_path / "errno-gen.call").write_text(_CALL, encoding="utf-8")
    call = Replay(tmp_path, "/src", "/build").call()
    assert call is not None
    assert call.words(("drivers/b.o", "drivers/c.o")) == (
        *("env", "-i", "abs_srctree=/src", "abs_objtree=/build"),
        *("MAKEFLAGS=k -j2 --jobserver-auth=3,3 -- ARCH=arm", "TEXT=two\nlines="),
        *("make", "-f", "./scripts/Makefile.build", "obj=.", "./drivers/b.o", "./drivers/c.o"),
    )


def test_a_newer_kernel_names_its_folders_in_another_way(tmp_path: Path) -> None:
    noted = _CALL.replace("abs_srctree=", "srctree=").replace("abs_objtree=", "objtree=.\0O=")
    (tmp_path / "errno-gen.call").write_text(noted, encoding="utf-8")
    assert Replay(tmp_path, "/src", "/build").call() is not None
    assert Replay(tmp_path, "/src", "/elsewhere").call() is None
    assert Replay(tmp_path, "/elsewhere", "/build").call() is None


def test_the_lock_of_a_make_that_has_ended_is_not_asked_for(tmp_path: Path) -> None:
    """With -O, make 4.4 tells those that it calls of a file of its own."""
    noted = _CALL.replace("3,3", "3,3 --sync-mutex=fnm:/tmp/Gmms2L0l")
    noted = noted.replace("PWD=", "MFLAGS=-k --sync-mutex=fnm:/tmp/Gmms2L0l\0PWD=")
    (tmp_path / "errno-gen.call").write_text(noted, encoding="utf-8")
    call = Replay(tmp_path, "/src", "/build").call()
    assert call is not None
    assert call.environment["MAKEFLAGS"] == "k -j2 --jobserver-auth=3,3 -- ARCH=arm"
    assert call.environment["MFLAGS"] == "-k"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("abs_srctree=/src", "abs_srctree=/elsewhere/source"),  # the cache was copied
        ("abs_objtree=/build\0", ""),
        ("--jobserver-auth=3,3", "--jobserver-auth=5,6"),
        ("--jobserver-auth=3,3", "--jobserver-auth=3,3 --jobserver-auth=-2,-2"),
        ("--jobserver-auth=3,3", "--jobserver-auth=fifo:/tmp/GMfifo1"),  # make 4.4's own
        ("PWD=/build", "KBUILD_SINGLE_TARGETS=drivers/a.o"),  # before Linux 6.1
        ("obj=.\0", "obj=drivers\0"),
        ("\0\0", "\0"),
    ],
)
def test_what_is_not_sure_to_be_the_same_is_not_used(tmp_path: Path, old: str, new: str) -> None:
    assert old in _CALL
    (tmp_path / "errno-gen.call").write_text(_CALL.replace(old, new), encoding="utf-8")
    assert Replay(tmp_path, "/src", "/build").call() is None


def test_the_kernels_makefile_is_asked_once_for_each_configuration(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.commit(alpha="int alpha = 2;\n")
    bench.commit(alpha="int alpha = 3;\n")
    results = bench.build()
    assert {status for _, _, status in table(results)} == {"PASS"}
    assert bench.calls().count("cc drivers/iommu/alpha") == 2 * 4
    assert bench.asked() == 2


def test_a_failure_is_only_told_if_the_whole_kbuild_says_so(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")]
    (call,) = bench.cache.glob("kbuild/*/*/errno-gen.call")
    # What was noted does not work any more.
    call.write_text(call.read_text().replace("CROSS_COMPILE=", "CROSS_COMPILE=gone-"))
    bench.commit(alpha="int alpha = 2;\n")
    assert table(bench.build("x86_64"))[-1] == ("alpha", "x86_64", "PASS")
    assert bench.asked() == 2


def test_another_command_than_the_last_time_is_not_trusted(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.build("x86_64")
    assert bench.asked() == 1
    (noted,) = bench.cache.glob("kbuild/*/*/drivers/iommu/.alpha.o.cmd")
    noted.write_text(noted.read_text().replace(":= gcc", ":= gcc -O9"))
    bench.commit(alpha="int alpha = 2;\n")
    assert table(bench.build("x86_64"))[-1] == ("alpha", "x86_64", "PASS")
    assert bench.asked() == 2


def test_what_is_prepared_anew_is_asked_anew(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.build("x86_64")
    bench.repo.commit({"arch/x86_64/allmod": "CONFIG_ALPHA=y\nCONFIG_BETA=n\n"}, "Change it")
    bench.commit(alpha="int alpha = 2;\n")
    bench.build("x86_64")
    assert bench.calls().count("prepare") > 1
    assert bench.asked() > 1
