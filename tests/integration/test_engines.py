# SPDX-License-Identifier: GPL-2.0-only
"""Both container engines for real, and what becomes of a run when one of them fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buildbench import Bench, places, table
from errno_gen.errors import MachineError
from errno_gen.tools.containers import image
from errno_gen.tools.containers.engine import Container, Program
from errno_gen.tools.git.repository import Repository
from fakekernel import COMPILER, FILES
from gitrepo import GitRepo
from relay import Relay

pytestmark = pytest.mark.container

# The image's own compiler is asked for, what compiles is a script in the tree.
_BUILD = FILES["scripts/Makefile.build"].replace("$(CROSS_COMPILE)gcc", "sh $(S)/compiler")
_TREE = {**FILES, "scripts/Makefile.build": _BUILD, "compiler": COMPILER}
_SECONDS = 60.0


@pytest.fixture(params=["podman", "docker"])
def container(request: pytest.FixtureRequest) -> Container:
    found = image.find_engine(request.param)
    assert isinstance(found, Container)
    return found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")
    made.base = made.repo.commit({**_TREE, "SLOW": ""})
    made.commit(alpha="int alpha = 1;\n")
    yield made
    shutil.rmtree(made.cache, ignore_errors=True)


def repair(bench: Bench) -> None:
    """Take out what makes the kernel slow to prepare."""
    bench.repo.git("rm", "-q", "SLOW")
    bench.base = bench.repo.commit({})
    bench.commit(alpha="int alpha = 2;\n")


def wait_for(step: str, bench: Bench) -> None:
    deadline = time.monotonic() + _SECONDS
    while step not in bench.calls():
        assert time.monotonic() < deadline, f"no {step} after {_SECONDS} s"
        time.sleep(0.05)


def failing(bench: Bench, engine: str, harm: Callable[[], None]) -> MachineError:
    """Do ``harm`` while a container prepares the kernel; the error that comes of it."""
    caught: list[MachineError] = []

    def run() -> None:
        with pytest.raises(MachineError) as error:
            bench.build("x86_64", engine=engine)
        caught.append(error.value)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for("prepare", bench)
    harm()
    thread.join(_SECONDS)
    assert len(caught) == 1, "the run went on, or passed"
    return caught[0]


def running(bench: Bench) -> str:
    """The name of the container that a build folder is used by, "" for none."""
    (record,) = bench.cache.glob("kbuild/*/*.json")
    return str(json.loads(record.read_text(encoding="utf-8"))["busy"])


def there(program: Program, name: str) -> bool:
    listed = program.run("ps", "--all", "--format", "{{.Names}}").stdout.decode().split()
    return name in listed


def test_commits_are_compiled(bench: Bench, container: Container) -> None:
    repair(bench)
    bench.commit(beta="int beta;\n\nBROKEN\n")
    bench.commit(alpha="int alpha = 3;\n")
    results = bench.build("x86_64", engine=container.name)
    assert [line.rpartition(" ")[2] for line in places(results)] == ["PASS", "FAIL", "PASS"]
    assert results[1].error == "drivers/iommu/beta.c:3: expected ';' before 'return'"
    assert results[0].engine == f"{container.name} {container.image} ({container.image_id[:12]})"
    bench.forget_calls()
    assert bench.build("x86_64", engine=container.name) == results
    assert bench.calls() == []


def test_limits_are_not_above_the_callers(tmp_path: Path, container: Container) -> None:
    folders = [tmp_path / name for name in ("source", "build")]
    for folder in folders:
        folder.mkdir()
    inside = "ulimit -Sn; ulimit -Hn; ulimit -Hu; id -u; ls /sys/class/net; cat /proc/self/status"
    command = container.command(("bash", "-c", inside), folders[0], folders[1], "errno-gen-limits")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    soft, hard, processes, uid, nets, *status = done.stdout.splitlines()
    outside = subprocess.check_output(["bash", "-c", "ulimit -Sn; ulimit -Hn; ulimit -Hu"])
    own = [float(word.replace(b"unlimited", b"inf")) for word in outside.split()]
    inner = [float(word.replace("unlimited", "inf")) for word in (soft, hard, processes)]
    assert all(one <= other for one, other in zip(inner, own, strict=True))
    assert uid != "0"
    assert nets == "lo"
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_a_container_that_is_killed(bench: Bench, container: Container) -> None:
    def kill() -> None:
        container.program.run("kill", running(bench))

    error = failing(bench, container.name, kill)
    assert str(error) == (
        "make prepare for x86_64 allmodconfig was killed (signal 9); free memory, then run it again"
    )
    repair(bench)
    assert table(bench.build("x86_64", engine=container.name)) == [("alpha", "x86_64", "PASS")]


def test_a_run_that_is_killed_leaves_a_container_that_the_next_one_ends(
    bench: Bench, container: Container
) -> None:
    command = (sys.executable, "-m", "errno_gen", "build", "--arch", "x86_64", "--engine")
    place = ("--tree", str(bench.repo.path), f"{bench.base}..HEAD")
    (bench.cache.parent / "xdg").mkdir()
    (bench.cache.parent / "xdg" / "errno-gen").symlink_to(bench.cache)
    bench.cache.mkdir()
    process = subprocess.Popen(
        (*command, container.name, *place),
        env={**os.environ, "XDG_CACHE_HOME": str(bench.cache.parent / "xdg")},
        stderr=subprocess.DEVNULL,
    )
    wait_for("prepare", bench)
    process.kill()
    process.wait()
    orphan = running(bench)
    assert there(container.program, orphan)
    repair(bench)
    assert table(bench.build("x86_64", engine=container.name)) == [("alpha", "x86_64", "PASS")]
    assert not there(container.program, orphan)


def test_an_image_that_is_deleted_half_way(
    bench: Bench, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    repair(bench)
    reference = f"localhost/errno-gen-test:{os.getpid()}"
    container.program.run("tag", container.image, reference)
    doomed = Container(container.program, reference, container.image_id, container.unprivileged_uid)
    monkeypatch.setattr("errno_gen.stages.build.find_engine", lambda _choice: doomed)
    check_out = Repository.checkout

    def checkout(repo: Repository, commit: str, folder: Path) -> None:
        """The second commit is laid out after the base was compiled."""
        check_out(repo, commit, folder)
        if "cc drivers/iommu/alpha" in bench.calls():
            container.program.run("rmi", reference)

    monkeypatch.setattr(Repository, "checkout", checkout)
    with pytest.raises(MachineError) as caught:
        bench.build("x86_64", engine=container.name)
    assert str(caught.value) == (
        f"make 1 objects for x86_64 allmodconfig failed: the image {reference} is gone "
        f"({container.name}); make it: errno-gen image build --engine {container.name}"
    )
    monkeypatch.undo()
    assert table(bench.build("x86_64", engine=container.name)) == [("alpha", "x86_64", "PASS")]


def test_a_daemon_that_stops_answering_half_way(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client loses docker's daemon while the container goes on."""
    real = image.find_engine("docker")
    assert isinstance(real, Container)
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    socket = tmp_path / "docker.sock"
    relay = Relay(socket, Path(host.removeprefix("unix://")))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    with relay:
        error = failing(bench, "docker", relay.stop)
    assert "make prepare for x86_64 allmodconfig failed: docker is installed but does not" in str(
        error
    )
    assert error.hint == "start its daemon, or choose another with --engine"
    orphan = running(bench)
    monkeypatch.setenv("DOCKER_HOST", host)
    assert there(real.program, orphan)
    repair(bench)
    assert table(bench.build("x86_64", engine="docker")) == [("alpha", "x86_64", "PASS")]
    assert not there(real.program, orphan)


def test_runc_takes_the_place_of_a_crun_that_refuses(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = tmp_path / "crun"
    refusing.write_text("#!/bin/sh\necho 'crun: refused here' >&2\nexit 1\n", encoding="utf-8")
    refusing.chmod(0o755)
    configuration = tmp_path / "containers.conf"
    configuration.write_text(
        f'[engine]\nruntime = "crun"\n[engine.runtimes]\ncrun = ["{refusing}"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("CONTAINERS_CONF", str(configuration))
    repair(bench)
    (result,) = bench.build("x86_64", engine="podman")
    assert table([result]) == [("alpha", "x86_64", "PASS")]
    assert " --runtime runc " in result.reproduce
