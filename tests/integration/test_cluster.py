# SPDX-License-Identifier: GPL-2.0-only
"""The compile check on a Dask scheduler and two workers, all processes of this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import errno_gen as errno_gen_package
from buildbench import Bench, path_of_compilers
from commandline import errno_gen_process
from errno_gen.errors import InputError, ToolError
from errno_gen.model import Status
from gitrepo import GitRepo

_D = "drivers/iommu"
_PATIENCE = 60.0


def eventually(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Cluster:
    """A scheduler without workers at a port of its own choice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "workers-cache"
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--host", "127.0.0.1")
        eventually(lambda: self._file.exists() and bool(self._file.read_text()))
        self.address = json.loads(self._file.read_text())["address"].replace("tcp", "dask")

    def worker(self, **env: str) -> subprocess.Popen[bytes]:
        """Start a worker; its caches are below ``cache``."""
        before = len(self.workers())
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder / "dask"))
        process = self._start("dask_worker", *options, XDG_CACHE_HOME=str(self.cache), **env)
        eventually(lambda: len(self.workers()) > before)
        return process

    def workers(self) -> list[str]:
        from distributed import Client

        with Client(scheduler_file=str(self._file), set_as_default=False) as client:
            return list(client.scheduler_info(n_workers=-1)["workers"])

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def _start(self, program: str, *options: str, **env: str) -> subprocess.Popen[bytes]:
        own = ("--scheduler-file", str(self._file), "--no-dashboard")
        command = (sys.executable, "-m", f"distributed.cli.{program}", *own, *options)
        log = (self.folder / f"{program}-{len(self._processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **env}, start_new_session=True
            )
        self._processes.append(process)
        return process


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("PATH", path_of_compilers(tmp_path / "bin"))
    return Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")


@pytest.fixture
def cluster(bench: Bench, tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def workers(cluster: Cluster) -> tuple[subprocess.Popen[bytes], ...]:
    return cluster.worker(), cluster.worker()


def away(cluster: Cluster) -> list[str]:
    """What was done by the workers."""
    logs = sorted(cluster.cache.glob("errno-gen/workers/*/kbuild/*/*/calls"))
    return [line for log in logs for line in log.read_text().splitlines()]


def left_of(cluster: Cluster) -> list[str]:
    """Processes that still compile in a place of a worker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(cluster.cache) in line:
            found.append(line)
    return found


def test_two_workers_give_the_same_results(
    bench: Bench, cluster: Cluster, workers: object, tmp_path: Path
) -> None:
    bench.commit(alpha='#include "alpha.h"\nint alpha = 1;\n')
    bench.commit(beta="int beta;\nBROKEN\n")
    bench.commit(gamma="int gamma = 1; // UNTIDY\n")
    bench.commit(alpha="int alpha = 2;\n")
    here = Bench.__new__(Bench)
    here.__dict__ |= bench.__dict__ | {"cache": tmp_path / "other"}
    local = here.build()
    results = bench.build(executor=cluster.address)
    same = ("commit", "driver", "architecture", "objects", "status", "proof", "error", "warnings")
    assert [[getattr(one, name) for name in same] for one in results] == [
        [getattr(one, name) for name in same] for one in local
    ]
    assert [one.status for one in results].count(Status.FAIL) == 1

    # One configuration each, in a place of its own, nothing of it here.
    places = sorted(cluster.cache.glob("errno-gen/workers/*"))
    assert [path.name for path in places] == ["0", "1"]
    folders = [
        {path.name.split("-")[0] for path in place.glob("kbuild/*/*-allmodconfig-*.json")}
        for place in places
    ]
    assert sorted(map(sorted, folders)) == [["arm64"], ["x86_64"]]
    assert bench.calls() == []

    # The log came along; the line that repeats it names the machine and works there.
    failed = next(one for one in results if one.status is Status.FAIL)
    assert Path(failed.log).is_relative_to(bench.cache)
    assert "error: expected" in Path(failed.log).read_text()
    line, _, place = failed.reproduce.partition("  # on ")
    assert place
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True)
    assert "beta.c:2:5: error: expected ';'" in done.stderr

    # What is known needs no worker to compile it again, but other commits do.
    before = away(cluster)
    assert bench.build(executor=cluster.address) == results
    assert away(cluster) == before
    bench.commit(gamma="int gamma = 3;\n")
    more = bench.build(executor=cluster.address)
    assert more[-1].status is Status.PASS
    # A failure proves nothing for the new tip, so that beta is compiled there.
    assert sorted(away(cluster)) == sorted([*before, f"cc {_D}/beta", f"cc {_D}/gamma"])


def test_workers_have_no_part_of_the_history_but_the_tree(
    bench: Bench, cluster: Cluster, workers: object
) -> None:
    first = bench.base
    bench.base = bench.repo.commit({"MAINTAINERS": "somebody\n"})
    bench.commit(alpha="int alpha = 1;\n")
    skipped = bench.commit(beta="int beta = 1;\n")
    bench.commit(alpha="int alpha = 2;\n")
    wanted = bench.commits()
    bench.commits = lambda: (wanted[0], wanted[2])  # type: ignore[method-assign]
    before = bench.repo.git("count-objects", "-v"), bench.repo.git("for-each-ref")
    results = bench.build("x86_64", executor=cluster.address)
    assert [one.status for one in results] == [Status.PASS] * 2
    assert (bench.repo.git("count-objects", "-v"), bench.repo.git("for-each-ref")) == before
    (store,) = cluster.cache.glob("errno-gen/workers/*/linux.git")

    def knows(oid: str) -> bool:
        command = ["git", "--git-dir", str(store), "cat-file", "-e", oid]
        return subprocess.run(command, capture_output=True).returncode == 0

    assert [knows(oid) for oid in (first, bench.base, skipped, wanted[2].oid)] == [
        False,
        True,
        True,
        True,
    ]
    subprocess.run(["git", "--git-dir", str(store), "fsck", "--full"], check=True)


def slow(bench: Bench) -> None:
    """Commits for which preparing takes 20 seconds."""
    bench.base = bench.repo.commit({"SLOW": ""})
    bench.commit(alpha="int alpha = 1;\n")


def fast(bench: Bench) -> None:
    bench.repo.git("rm", "-q", "SLOW")
    bench.base = bench.repo.commit({})
    bench.commit(alpha="int alpha = 3;\n")


def test_a_worker_that_dies_is_one_line_and_the_next_run_goes_on(
    bench: Bench, cluster: Cluster
) -> None:
    worker = cluster.worker()
    slow(bench)

    def kill() -> None:
        eventually(lambda: "prepare" in away(cluster))
        worker.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ToolError, match=r"the Dask worker \S+ on \S+ is gone, which had x86_64"):
        bench.build("x86_64", executor=cluster.address)
    killer.join()
    cluster.worker()
    fast(bench)
    (result,) = bench.build("x86_64", executor=cluster.address)
    assert result.status is Status.PASS
    # It took the place of the dead one, in which nothing half-made was used.
    assert [path.name for path in cluster.cache.glob("errno-gen/workers/*")] == ["0"]


def test_ctrl_c_leaves_nothing_running(bench: Bench, cluster: Cluster) -> None:
    cluster.worker()
    slow(bench)
    process = errno_gen_process(
        *("build", "--tree", bench.repo.path, "--engine", "host", "--arch", "x86_64"),
        *("--executor", cluster.address, f"{bench.base}..HEAD"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    eventually(lambda: "prepare" in away(cluster))
    assert left_of(cluster)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=15)
    assert (process.returncode, told.decode()) == (130, "interrupted\n")
    assert left_of(cluster) == []
    fast(bench)
    (result,) = bench.build("x86_64", executor=cluster.address)
    assert result.status is Status.PASS


def test_a_scheduler_that_dies_is_one_line(bench: Bench, cluster: Cluster) -> None:
    cluster.worker()
    slow(bench)

    def kill() -> None:
        eventually(lambda: "prepare" in away(cluster))
        cluster.scheduler.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ToolError, match="Dask") as caught:
        bench.build("x86_64", executor=cluster.address)
    killer.join()
    assert caught.value.hint == "what is compiled is kept; run it again"


def test_what_is_missing_is_one_line(
    bench: Bench, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.commit(alpha="int alpha = 1;\n")

    def fails(address: str) -> str:
        with pytest.raises((ToolError, InputError)) as caught:
            bench.build("x86_64", executor=address)
        return str(caught.value)

    assert fails("slurm://here") == ("no executor is called 'slurm://here'; give dask://HOST:PORT")
    assert "has no workers; start some: dask worker" in fails(cluster.address)

    poor = tmp_path / "poor"
    poor.mkdir()
    poor.joinpath("git").symlink_to(str(shutil.which("git")))
    first = cluster.worker(PATH=str(poor))
    assert "can compile" in fails(cluster.address)
    assert "make is not installed" in fails(cluster.address)
    first.kill()
    eventually(lambda: not cluster.workers())

    # Another version: the same name of the module, another text.
    other = tmp_path / "other"
    shutil.copytree(Path(errno_gen_package.__file__).parent, other / "errno_gen")
    other.joinpath("errno_gen", "errors.py").open("a").write("# another\n")
    second = cluster.worker(PYTHONPATH=str(other))
    assert re.search("on .* has errno-gen .* and not .*; install the same", fails(cluster.address))
    second.kill()
    eventually(lambda: not cluster.workers())

    cluster.stop()
    assert "cannot reach a Dask scheduler at 127.0.0.1:" in fails(cluster.address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "install it: pip install 'errno-gen[dask]'" in fails(cluster.address)
