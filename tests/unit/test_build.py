# SPDX-License-Identifier: GPL-2.0-only
"""The compile check, on a kernel of a few lines with compilers that are scripts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from buildbench import Bench, path_of_compilers, table
from errno_gen.errors import InputError, ToolError
from errno_gen.model import Status
from errno_gen.tools.compile.warnings import Checks
from fakekernel import FILES, fake_compilers
from gitrepo import GitRepo

_D = "drivers/iommu"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("PATH", path_of_compilers(tmp_path / "bin"))
    return Bench(GitRepo(tmp_path / "repo"), tmp_path / "cache")


def test_commits_are_built_where_their_symbol_is_enabled(bench: Bench) -> None:
    bench.commit(alpha='#include "alpha.h"\nint alpha = 1;\n')
    bench.commit(beta="int beta = 1;\n")
    bench.commit(gamma="int gamma = 1;\n")
    results = bench.build()
    assert table(results) == [
        ("alpha", "x86_64", "PASS"),
        ("alpha", "arm64", "PASS"),
        ("beta", "x86_64", "PASS"),
        ("gamma", "arm64", "PASS"),
    ]
    assert [one.commit for one in results[:2]] == [bench.commits()[0].oid] * 2
    assert results[0].objects == (f"{_D}/alpha.o",)
    assert results[0].configuration == "allmodconfig"


def test_one_build_at_each_end_proves_commits_that_touch_different_files(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    tip = bench.commit(beta="int beta = 1;\n")
    results = bench.build("x86_64")
    both = [f"cc {_D}/alpha", f"cc {_D}/beta"]
    calls = bench.calls()
    assert calls[:2] == ["config", "prepare"]
    assert [sorted(calls[2:4]), sorted(calls[4:])] == [both, both]
    assert results[0].proof == (
        f"compiled at {tip[:12]}, where all files that it reads are the same; "
        f"before the commit by {bench.base[:12]}"
    )
    assert results[1].proof == f"compiled at {tip[:12]}; before the commit by {bench.base[:12]}"


def test_a_second_run_compiles_nothing(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    results = bench.build()
    bench.forget_calls()
    assert bench.build() == results
    assert bench.calls() == []


def test_commits_to_one_file_are_each_compiled(bench: Bench) -> None:
    oids = [bench.commit(alpha=f"int alpha = {number};\n") for number in range(3)]
    results = bench.build("x86_64")
    assert [one.proof for one in results] == [
        f"compiled at {oid[:12]}; before the commit by {before[:12]}"
        for before, oid in zip([bench.base, *oids], oids, strict=False)
    ]


def test_a_broken_commit_in_the_middle_is_named_and_the_others_pass(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bad = bench.commit(beta="int beta;\n\nBROKEN\n")
    bench.commit(beta="int beta = 2;\n")
    results = bench.build("x86_64")
    assert table(results) == [
        ("alpha", "x86_64", "PASS"),
        ("beta", "x86_64", "FAIL"),
        ("beta", "x86_64", "PASS"),
    ]
    failed = results[1]
    assert failed.error == f"{_D}/beta.c:3: expected ';' before 'return'"
    assert failed.proof == f"compiled at {bad[:12]}"
    assert "error: expected" in Path(failed.log).read_text()
    assert results[2].proof.endswith("; it did not compile before")


def test_the_failure_can_be_reproduced_by_its_line(bench: Bench) -> None:
    bench.commit(beta="BROKEN\n")
    bench.commit(alpha="int alpha = 5;\n")
    failed = bench.build("x86_64")[0]
    done = subprocess.run(["sh", "-c", failed.reproduce], capture_output=True, text=True)
    assert done.returncode != 0
    assert "beta.c:1:5: error: expected ';'" in done.stderr


def test_what_was_broken_before_is_not_blamed_on_the_commit(bench: Bench) -> None:
    bench.base = bench.commit(beta="BROKEN\n")
    bench.commit(beta="int other;\nBROKEN\n")
    (result,) = bench.build("x86_64")
    assert result.status is Status.NOT_BUILT
    assert result.proof == "does not compile before this commit either"
    assert result.error == f"{_D}/beta.c:2: expected ';' before 'return'"


def test_a_driver_that_nothing_enables(bench: Bench) -> None:
    bench.commit(never="int never = 1;\n")
    bench.commit(alpha="int alpha = 1;\n")
    results = bench.build()
    assert table(results)[0] == ("never", "", "NOT BUILT")
    assert results[0].proof == (
        "CONFIG_NEVER is not enabled by x86_64 allmodconfig, arm64 allmodconfig"
    )
    assert results[0].objects == (f"{_D}/never.o",)
    assert not any("never" in call for call in bench.calls())


def test_a_commit_that_changes_no_code(bench: Bench) -> None:
    bench.repo.commit({"MAINTAINERS": "somebody\n"})
    (result,) = bench.build("x86_64")
    assert (result.status, result.proof) == (
        Status.NOT_BUILT,
        "the commit changes no file that Kbuild compiles",
    )


def test_a_commit_of_comments_needs_no_compiler_and_is_a_base(bench: Bench) -> None:
    header = {"include/linux/alpha.h": "int alpha(void);\n"}
    bench.base = bench.repo.commit(header)
    rules = {"include/linux/alpha.h": "/** alpha() - Say it */\nint alpha(void);\n"}
    first = bench.repo.commit(rules, "Document alpha")
    tip = bench.commit(alpha="int alpha = 1;\n")
    results = bench.build("x86_64")
    assert [(one.status, one.configuration) for one in results] == [
        (Status.PASS, "comments only"),
        (Status.PASS, "allmodconfig"),
    ]
    assert results[0].proof == (
        "only comments and white space change: the code of include/linux/alpha.h is the same, "
        "token by token"
    )
    assert results[1].proof == f"compiled at {tip[:12]}; before the commit by {first[:12]}"
    assert bench.calls() == ["config", "prepare", *[f"cc {_D}/alpha"] * 2]
    # Another commit of the same tree on the same base has nothing to be made for.
    bench.forget_calls()
    bench.repo.git("reset", "-q", "--hard", bench.base)
    bench.repo.commit(rules, "Document alpha again")
    bench.commit(alpha="int alpha = 1;\n")
    assert [one.status for one in bench.build("x86_64")] == [Status.PASS] * 2
    assert bench.calls() == []


def test_a_commit_of_comments_is_compiled_if_warnings_are_asked_for(bench: Bench) -> None:
    bench.commit(beta="int beta = 1;\n")
    bench.commit(beta="/* EXTRA */\nint beta = 1;\n")
    results = bench.build("x86_64", checks=Checks(extra=True))
    assert [(one.status, one.configuration) for one in results] == [
        (Status.PASS, "allmodconfig"),
        (Status.PASS, "comments only"),
        (Status.PASS, "allmodconfig"),
    ]
    assert results[2].warnings == (f"{_D}/beta.c:1: EXTRA is not nice [-WEXTRA]",)


def test_a_header_is_proven_by_the_objects_that_read_it(bench: Bench) -> None:
    bench.commit(alpha_h="extern int alpha, other;\n")
    tip = bench.commit(alpha_h="extern int alpha;\n\n")
    results = bench.build("x86_64")
    assert [one.objects for one in results] == [(f"{_D}/alpha.o",)] * 2
    assert results[1].proof.startswith(f"compiled at {tip[:12]};")
    assert bench.calls().count(f"cc {_D}/alpha") == 3


def test_a_new_file_has_no_before(bench: Bench) -> None:
    makefile = FILES[f"{_D}/Makefile"] + "obj-$(CONFIG_ALPHA) += extra.o\n"
    bench.repo.commit({f"{_D}/extra.c": "int extra;\n", f"{_D}/Makefile": makefile})
    (result,) = bench.build("x86_64")
    assert result.status is Status.PASS
    assert result.proof.endswith("; new in this commit")


def test_a_changed_configuration_is_made_anew(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.repo.commit({"Kconfig": "# changed\n"})
    tip = bench.commit(alpha="int alpha = 2;\n")
    results = bench.build("x86_64")
    assert results[-1].proof.startswith(f"compiled at {tip[:12]}")
    assert bench.calls().count("config") > 1


def test_a_full_disk_is_not_the_commits_fault(bench: Bench) -> None:
    bench.commit(alpha="DISKFULL\n")
    with pytest.raises(ToolError, match="No space left on device; run it again") as caught:
        bench.build("x86_64")
    assert Path(caught.value.log).is_file()


def test_a_missing_compiler(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "few"
    fake_compilers(folder, "x86_64-linux-gnu-")
    for name in ("sh", "git", "make", "env"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))
    bench.commit(alpha="int alpha = 1;\n")
    with pytest.raises(ToolError) as caught:
        bench.build("arm64")
    assert str(caught.value) == (
        "aarch64-linux-gnu-gcc, the compiler for arm64, is missing (host); install it (Debian: "
        "gcc-aarch64-linux-gnu), compile in a container, or name other architectures with --arch"
    )


def test_bad_input(bench: Bench) -> None:
    assert bench.build("x86_64") == ()
    bench.commit(alpha="int alpha = 1;\n")
    with pytest.raises(InputError, match="no configuration for architecture 'vax'"):
        bench.build("vax")


def test_a_sparse_checkout_of_the_user_changes_nothing(bench: Bench) -> None:
    bench.commit(alpha="int alpha = 1;\n")
    bench.repo.git("sparse-checkout", "set", "arch")
    assert table(bench.build("x86_64")) == [("alpha", "x86_64", "PASS")]


_SLOW_RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from buildbench import Bench
from gitrepo import GitRepo
bench = Bench.__new__(Bench)
bench.repo, bench.cache = GitRepo(Path({repo!r})), Path({cache!r})
bench.base, bench.progress = {base!r}, []
bench.build("x86_64")
"""


def test_after_a_kill_the_next_run_is_right(bench: Bench) -> None:
    bench.base = bench.repo.commit({"SLOW": ""})
    bench.commit(alpha="int alpha = 1;\n")
    script = _SLOW_RUN.format(
        tests=str(Path(__file__).parents[1]),
        repo=str(bench.repo.path),
        cache=str(bench.cache),
        base=bench.base,
    )
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    deadline = time.monotonic() + 30
    while "prepare" not in bench.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (interrupted,) = bench.cache.glob("kbuild/*/x86_64-allmodconfig-*.0")
    (source,) = bench.cache.glob("kbuild/*/source")
    assert (source / "SLOW").exists()

    bench.base = bench.repo.commit({f"{_D}/alpha.c": "int alpha = 2;\n"})
    bench.repo.git("rm", "-q", "SLOW")
    bench.base = bench.repo.commit({})
    bench.commit(alpha="int alpha = 3;\n")
    (result,) = bench.build("x86_64")
    assert result.status is Status.PASS
    assert not interrupted.exists()
    assert bench.calls()[:2] == ["config", "prepare"]


class Impatient(list[tuple[str, int, int, str]]):
    """Progress that is interrupted when the second place is to be built."""

    def append(self, item: tuple[str, int, int, str]) -> None:
        super().append(item)
        if item[:2] == ("build", 1):
            raise KeyboardInterrupt


def test_an_interrupted_run_is_resumed(bench: Bench) -> None:
    for number in range(1, 4):
        bench.commit(alpha=f"int alpha = {number};\n")
    bench.progress = Impatient()
    with pytest.raises(KeyboardInterrupt):
        bench.build("x86_64")
    assert bench.calls() == ["config", "prepare", f"cc {_D}/alpha"]
    bench.forget_calls()
    bench.progress = []
    assert [one.status for one in bench.build("x86_64")] == [Status.PASS] * 3
    assert bench.calls() == [f"cc {_D}/alpha"] * 3


_UNTIDY = "UNTIDY is not nice [-WUNTIDY]"


def test_a_warning_counts_for_the_commit_that_brings_it(bench: Bench) -> None:
    bench.base = bench.commit(gamma="int gamma; // UNTIDY\n")
    bench.commit(gamma="int more;\nint gamma; // UNTIDY\n")
    bench.commit(gamma="int more;\nint gamma; // UNTIDY\nint third; // UNTIDY\n")
    bench.commit(gamma="int gamma;\n")
    results = bench.build("arm64")
    assert [one.warnings for one in results] == [(), (f"{_D}/gamma.c:3: {_UNTIDY}",), ()]
    assert {one.status for one in results} == {Status.PASS}


def test_a_new_warning_can_fail_a_commit(bench: Bench) -> None:
    bench.commit(alpha="int more; // UNTIDY\n")
    bench.commit(gamma="int more;\n")
    first, *others = bench.build("arm64", werror_new=True)
    assert first.status is Status.FAIL
    assert first.error == f"{_D}/alpha.c:1: {_UNTIDY} (new warning)"
    assert [one.status for one in others] == [Status.PASS]


def test_more_warnings_are_asked_for_without_compiling_the_rest_again(bench: Bench) -> None:
    bench.commit(gamma="int more; // EXTRA\n")
    assert [one.warnings for one in bench.build("arm64")] == [()]
    bench.forget_calls()
    checks = Checks(extra=True)
    told = f"{_D}/gamma.c:1: EXTRA is not nice [-WEXTRA]"
    assert [one.warnings for one in bench.build("arm64", checks=checks)] == [(told,)]
    assert bench.calls() == ["cc drivers/iommu/gamma"] * 2
    bench.forget_calls()
    assert [one.warnings for one in bench.build("arm64", checks=checks)] == [(told,)]
    assert [one.warnings for one in bench.build("arm64")] == [()]
    assert bench.calls() == []


def test_sparse_must_be_there(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.commit(gamma="int more;\n")
    wanted = ("make", "gcc", "git", "sh")
    only = tmp_path / "only"
    only.mkdir()
    for program in wanted:
        only.joinpath(program).symlink_to(shutil.which(program) or "")
    monkeypatch.setenv("PATH", str(only))
    with pytest.raises(ToolError, match="sparse is missing"):
        bench.build("arm64", checks=Checks(sparse=True))


def test_objects_that_are_no_elf_files_are_not_compared(bench: Bench) -> None:
    bench.commit(gamma="int more;\n")
    (result,) = bench.build("arm64")
    assert [one.missing for one in result.changes] == ["its code could not be read"]
