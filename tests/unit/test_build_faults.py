# SPDX-License-Identifier: GPL-2.0-only
"""The compile check where the user chooses the configuration, and where the machine fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from buildbench import Bench, places, table
from errno_gen.errors import MachineError
from errno_gen.model import Status
from errno_gen.tools.containers.engine import find_host
from fakekernel import FILES, fake_compilers
from gitrepo import GitRepo

_D = "drivers/iommu"
_ALL = ("x86_64-linux-gnu-", "aarch64-linux-gnu-", "arm-linux-gnueabihf-", "s390x-linux-gnu-")
_CONFIGS = """\
.NOTPARALLEL:
olddefconfig: ; @echo $@ >> $(O)/calls; echo '# brought up to date' >> $(O)/.config
defconfig: ; @echo $@ >> $(O)/calls; cp $(S)/arch/$(ARCH)/configs/$@ $(O)/.config
%_defconfig: ; @echo $@ >> $(O)/calls; cp $(S)/arch/$(ARCH)/configs/$@ $(O)/.config
%.config: ; @echo $@ >> $(O)/calls; cat $(S)/arch/$(ARCH)/configs/$@ >> $(O)/.config
"""
_TREE = {
    **FILES,
    "Makefile": FILES["Makefile"] + _CONFIGS,
    "arch/arm64/configs/defconfig": "CONFIG_GAMMA=y\n",
    "arch/arm64/configs/board_defconfig": "CONFIG_BETA=y\n",
    "arch/arm64/configs/extra.config": "CONFIG_NEVER=y\n",
    "arch/s390/allmod": "CONFIG_ALPHA=y\n",
    "arch/riscv/allmod": "CONFIG_ALPHA=y\n",
}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    fake_compilers(tmp_path / "bin", *_ALL)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    made = Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")
    made.base = made.repo.commit(_TREE)
    return made


def test_what_no_candidate_enables_is_searched_in_the_tree(bench: Bench) -> None:
    bench.commit(never="int never = 1;\n")
    results = bench.build("x86_64", "arm64")
    assert places(results) == ["never arm64 defconfig extra.config PASS"]
    assert bench.build("x86_64")[0].proof == ("CONFIG_NEVER is not enabled by x86_64 allmodconfig")


def test_configurations_of_the_tree_take_the_place_of_the_candidates(bench: Bench) -> None:
    bench.commit(beta="int beta = 1;\n")
    results = bench.build(defconfigs=("board_defconfig",))
    assert places(results) == ["beta arm64 board_defconfig PASS"]
    assert bench.calls()[:2] == ["board_defconfig", "prepare"]
    (missing,) = bench.build("arm64", defconfigs=("defconfig",))
    assert missing.proof == "CONFIG_BETA is not enabled by arm64 defconfig"


def test_a_configuration_of_the_users_own(bench: Bench, tmp_path: Path) -> None:
    bench.commit(never="int never = 1;\n")
    mine = tmp_path / "mine.config"
    mine.write_text("CONFIG_NEVER=m\n", encoding="utf-8")
    results = bench.build("arm64", config=mine)
    assert places(results) == ["never arm64 mine.config PASS"]
    assert bench.calls()[0] == "olddefconfig"
    mine.write_text("CONFIG_ALPHA=m\n", encoding="utf-8")
    (missing,) = bench.build("arm64", config=mine)
    assert missing.proof == "CONFIG_NEVER is not enabled by arm64 mine.config"


def test_one_of_several_ways_to_build_an_object_is_enough(bench: Bench) -> None:
    makefile = "obj-$(CONFIG_NEVER) += both.o\nobj-$(CONFIG_BETA) += both.o\n"
    bench.base = bench.repo.commit(
        {f"{_D}/Makefile": FILES[f"{_D}/Makefile"] + makefile, f"{_D}/both.c": "int both;\n"}
    )
    bench.commit(both="int both = 1;\n")
    assert table(bench.build("x86_64")) == [("never", "x86_64", "PASS")]


def test_a_result_says_with_what_it_was_made(bench: Bench) -> None:
    versions = 'CONFIG_CC_VERSION_TEXT="fake gcc 1.0"\nCONFIG_LD_VERSION=24000\n'
    bench.base = bench.repo.commit({"arch/x86_64/allmod": f"CONFIG_ALPHA=y\n{versions}"})
    bench.commit(alpha="int alpha = 1;\n")
    for _ in range(2):
        (result,) = bench.build("x86_64")
        assert (result.engine, result.toolchain) == ("host", "fake gcc 1.0, ld 2.40")


def test_another_compiler_on_the_host_proves_anew(bench: Bench, tmp_path: Path) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    before = find_host().toolchain
    bench.build("s390")
    compiler = tmp_path / "bin" / "s390x-linux-gnu-gcc"
    compiler.write_text(compiler.read_text().replace("gcc 1.0", "gcc 2.0"), encoding="utf-8")
    assert find_host().toolchain != before
    bench.forget_calls()
    bench.build("s390")
    assert bench.calls()[0] == "config"


def test_another_clone_uses_what_was_prepared(bench: Bench, tmp_path: Path) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.build("x86_64")
    bench.forget_calls()
    subprocess.run(["git", "clone", "-q", bench.repo.path, tmp_path / "clone"], check=True)
    bench.repo = GitRepo(tmp_path / "clone")
    bench.commit(alpha="int alpha = 2;\n")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")] * 2
    assert bench.calls() == [f"cc {_D}/alpha"]


def test_the_cache_is_kept_within_its_bound(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    results = bench.build("x86_64", cache_limit=0)
    assert table(results) == [("alpha", "x86_64", "PASS")]
    assert list((bench.cache / "kbuild").iterdir()) == []
    assert table(bench.build("x86_64")) == table(results)
    assert len(list((bench.cache / "kbuild").iterdir())) == 1


def test_a_disk_that_was_full_spoils_nothing(bench: Bench) -> None:
    bench.commit(alpha="DISKFULL\n")
    with pytest.raises(MachineError) as caught:
        bench.build("x86_64")
    assert "No space left on device; run it again when that is mended" in str(caught.value)
    (spoilt,) = bench.cache.glob("kbuild/*/x86_64-*.0")
    bench.repo.git("reset", "-q", "--hard", "HEAD~1")
    bench.commit(alpha="int alpha = 1;\n")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")]
    assert not spoilt.exists()
    assert bench.calls()[:2] == ["config", "prepare"]


def test_a_source_tree_that_was_damaged_is_laid_out_anew(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.build("x86_64")
    (index,) = bench.cache.glob("kbuild/*/source.index")
    index.write_bytes(b"no index" * 100)
    (left,) = bench.cache.glob("kbuild/*/source")
    (left / "stale.h").touch()
    bench.commit(alpha="int alpha = 2;\n")
    assert {one.status for one in bench.build("x86_64")} == {Status.PASS}
    assert not (left / "stale.h").exists()


def test_a_compiler_that_is_killed_is_the_machines_fault(bench: Bench) -> None:
    """make itself dies with its group, as where memory is short."""
    makefile = _TREE["Makefile"].replace("@echo prepare", "@kill -9 $$PPID; echo prepare")
    bench.base = bench.repo.commit({"Makefile": makefile})
    bench.commit(alpha="int alpha = 1;\n")
    with pytest.raises(MachineError) as caught:
        bench.build("x86_64")
    assert str(caught.value) == (
        "make prepare for x86_64 allmodconfig was killed (signal 9); free memory, then run it again"
    )


def test_a_fallback_does_not_hide_that_the_machine_failed(bench: Bench) -> None:
    """arm is tried for what x86_64 and arm64 do not enable; s390 is not reached."""
    rule = "allmodconfig: ; @test $(ARCH) != arm || kill -9 $$PPID;"
    makefile = _TREE["Makefile"].replace("allmodconfig: ; @", rule)
    bench.base = bench.repo.commit({"Makefile": makefile})
    bench.commit(never="int never = 1;\n")
    with pytest.raises(MachineError, match="make allmodconfig for arm allmodconfig was killed"):
        bench.build(architectures=())


_FULL = """
set -e
mkdir -p "$1"
mount -t tmpfs -o size="$2" tmpfs "$1"
"$3" -c "$4" && exit 99
mount -o remount,size=64m "$1"
exec "$3" -c "$4"
"""
_RUN = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from buildbench import Bench, places
from errno_gen.errors import ToolError
from gitrepo import GitRepo
bench = Bench.__new__(Bench)
bench.repo, bench.cache = GitRepo(Path({repo!r})), Path({cache!r})
bench.base, bench.progress = {base!r}, []
try:
    for line in places(bench.build("x86_64")):
        print(line)
except ToolError as error:
    print(type(error).__name__, error)
    sys.exit(1)
"""


def script(bench: Bench) -> str:
    return _RUN.format(
        tests=str(Path(__file__).parents[1]),
        repo=str(bench.repo.path),
        cache=str(bench.cache),
        base=bench.base,
    )


# Room for: nothing; a part of the source; the source but no object.
@pytest.mark.parametrize("size", ["4k", "60k", "130k"])
def test_a_full_disk_is_one_clear_line_and_the_next_run_is_right(bench: Bench, size: str) -> None:
    """A file system of its own is really full (needs user namespaces)."""
    bench.base = bench.repo.commit({"include/big.h": "/* " + "x" * 60000 + " */\n"})
    bench.commit(alpha="int alpha = 1; /* " + "x" * 20000 + " */\n")
    arguments = [str(bench.cache), size, sys.executable, script(bench)]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", _FULL, "sh", *arguments],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = done.stdout.splitlines()
    assert "No space left on device" in first, done.stdout
    assert second == "alpha x86_64 allmodconfig PASS"


@pytest.mark.parametrize("moment", ["config", "prepare", "cc"])
def test_a_kill_at_any_step_leaves_what_the_next_run_can_use(bench: Bench, moment: str) -> None:
    slow = {
        "config": ("echo config >> $(O)/calls;", "echo config >> $(O)/calls; sleep 20;"),
        "prepare": ("test ! -e $(S)/SLOW || ", ""),
        "cc": ("$(CROSS_COMPILE)gcc", "echo cc >> $(O)/calls && sleep 20 && $(CROSS_COMPILE)gcc"),
    }[moment]
    quick = {name: _TREE[name] for name in ("Makefile", "scripts/Makefile.build")}
    slowed = {name: text.replace(*slow) for name, text in quick.items()}
    bench.base = bench.repo.commit(slowed)
    bench.commit(alpha="int alpha = 1;\n")
    process = subprocess.Popen([sys.executable, "-c", script(bench)], start_new_session=True)
    deadline = time.monotonic() + 30
    while moment not in bench.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert moment in bench.calls()
    bench.base = bench.repo.commit(quick)
    bench.commit(alpha="int alpha = 2;\n")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")]


def test_a_kill_while_a_call_is_made_again(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.build("x86_64")
    bench.forget_calls()
    bench.commit(alpha="int alpha = 2; /* SLEEPY */\n")
    process = subprocess.Popen([sys.executable, "-c", script(bench)], start_new_session=True)
    deadline = time.monotonic() + 30
    while "cc drivers/iommu/alpha" not in bench.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert "cc drivers/iommu/alpha" in bench.calls()
    bench.repo.git("reset", "-q", "--hard", "HEAD^")
    bench.commit(alpha="int alpha = 3;\n")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")] * 2


def test_two_runs_at_once_on_one_cache(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.commit(alpha="int alpha = 2;\n")
    command = [sys.executable, "-c", script(bench)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=60)[0] for process in both]
    assert told == ["alpha x86_64 allmodconfig PASS\n" * 2] * 2
    assert bench.calls().count("cc drivers/iommu/alpha") == 3


def test_a_failure_of_one_configuration_leaves_the_other_to_its_end(bench: Bench) -> None:
    """What others compile at that time is prepared, and stays so."""
    bench.commit(alpha="int alpha = 1;\n", gamma="int gamma = 1; /* DISKFULL */\n")
    with pytest.raises(MachineError, match=r"arm64 allmodconfig .*No space left"):
        bench.build()
    bench.repo.git("reset", "-q", "--hard", bench.base)
    bench.commit(alpha="int alpha = 2;\n")
    bench.forget_calls()
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")]
    assert "prepare" not in bench.calls()
