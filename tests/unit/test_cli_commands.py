# SPDX-License-Identifier: GPL-2.0-only
"""The commands when all is well."""

from __future__ import annotations

import json
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import minikernel
from commandline import errno_gen, git, own, repository, state
from errno_gen.model import BuildResult, Commit, Status
from errno_gen.policy import shipped_policies
from errno_gen.resources import data_file

ESCAPE = "\x1b"


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


# --- scan -------------------------------------------------------------------------------


def test_scan_finds_the_callbacks_and_not_the_trap(kernel: Path) -> None:
    found = json.loads(errno_gen("scan", "--tree", kernel, "--format", "json").out)
    assert found["schema"] == 1
    assert found["tree"]["version"] == "6.1.7"
    assert tuple(callback["driver"] for callback in found["callbacks"]) == minikernel.DRIVERS
    assert not any("trap" in verdict["file"] for verdict in found["verdicts"])


def test_scan_of_a_bare_repository_is_the_same(kernel: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(kernel), str(bare))
    arguments = ("--format", "json")
    assert errno_gen("scan", "--tree", bare, *arguments).out == (
        errno_gen("scan", "--tree", kernel, *arguments).out
    )


def test_scan_from_a_subfolder(kernel: Path) -> None:
    inside = errno_gen("scan", "--tree", kernel / "drivers" / "iommu", "--format", "json")
    assert inside.out == errno_gen("scan", "--tree", kernel, "--format", "json").out


def test_scan_of_a_dirty_tree_reads_the_revision_and_says_so(kernel: Path) -> None:
    clean = errno_gen("scan", "--tree", kernel)
    assert clean.err == ""
    (kernel / "drivers/iommu/alpha-iommu.c").write_text("garbage {\n", encoding="utf-8")
    dirty = errno_gen("scan", "--tree", kernel)
    assert (dirty.code, dirty.out) == (0, clean.out)
    assert dirty.err.startswith("note: ")
    assert "uncommitted changes" in dirty.err
    assert len(dirty.err.splitlines()) == 1
    assert errno_gen("scan", "--tree", kernel, "-q").err == ""


def test_scan_of_another_revision(kernel: Path) -> None:
    (kernel / "drivers/iommu/Makefile").write_text("obj-y += gamma/\n", encoding="utf-8")
    git(kernel, "rm", "-q", "drivers/iommu/alpha-iommu.c", "drivers/iommu/beta-iommu.c")
    git(kernel, "rm", "-q", "drivers/iommu/delta-iommu.c", "drivers/iommu/epsilon-iommu.c")
    git(kernel, "commit", "-q", "-a", "-m", "Drop four drivers")
    now = json.loads(errno_gen("scan", "--tree", kernel, "--format", "json").out)
    before = json.loads(
        errno_gen("scan", "--tree", kernel, "--rev", "HEAD~", "--format", "json").out
    )
    assert [callback["driver"] for callback in now["callbacks"]] == ["gamma"]
    assert len(before["callbacks"]) == 5


def test_scan_of_some_drivers(kernel: Path) -> None:
    arguments = ("--driver", "gamma", "--driver", "beta", "--format", "json")
    found = json.loads(errno_gen("scan", "--tree", kernel, *arguments).out)
    assert [callback["driver"] for callback in found["callbacks"]] == ["beta", "gamma"]
    assert {verdict["driver"] for verdict in found["verdicts"]} == {"beta", "gamma"}


def test_scan_does_not_depend_on_the_number_of_jobs(kernel: Path) -> None:
    one, four = (
        errno_gen("scan", "--tree", kernel, "--format", "json", "--jobs", jobs).out
        for jobs in ("1", "4")
    )
    assert one == four


def test_a_pipe_gets_no_colour_and_whole_lines(
    kernel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    outcome = errno_gen("scan", "--tree", kernel)
    assert ESCAPE not in outcome.out + outcome.err
    row = next(line for line in outcome.out.splitlines() if "gamma_domain_fits" in line)
    assert "drivers/iommu/gamma/domain.c:10" in row
    assert row.rstrip() == row


def terminal(kernel: Path, columns: int, *arguments: str, **environment: str) -> str:
    """What a terminal of that width shows for a scan."""
    main, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "errno_gen", "scan", "--tree", str(kernel), *arguments],
        stdout=secondary,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment},
    )
    os.close(secondary)
    shown = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(main)
    assert process.wait(timeout=60) == 0
    return shown.decode()


def test_a_terminal_gets_colours_and_no_line_that_is_too_wide(kernel: Path) -> None:
    shown = terminal(kernel, 70, "--no-color")
    rows = [line for line in shown.splitlines() if "_attach_dev:" in line]
    assert len(rows) == 6
    assert max(map(len, rows)) <= 70
    assert ESCAPE in terminal(kernel, 200)


def test_no_color_means_no_colour(kernel: Path) -> None:
    assert ESCAPE not in terminal(kernel, 200, "--no-color")
    assert ESCAPE not in terminal(kernel, 200, NO_COLOR="1")


def test_verbose_shows_the_commands_that_are_run(kernel: Path) -> None:
    outcome = errno_gen("apply", "--tree", kernel, "--dry-run", "-v")
    assert "run: " in outcome.err
    assert "spatch" in outcome.err
    assert errno_gen("apply", "--tree", kernel, "--dry-run", "--no-rules").err == ""
    handlers = logging.getLogger("errno_gen").handlers
    assert len(handlers) == 1


# --- apply ------------------------------------------------------------------------------


def test_apply_makes_a_commit_for_each_driver_and_touches_nothing_else(kernel: Path) -> None:
    (kernel / "Makefile").write_text("dirty\n", encoding="utf-8")
    git(kernel, "stash")
    before = own(kernel)
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0, outcome.err
    assert own(kernel) == before
    assert "branch errno-gen/einval: 3 commits on " in outcome.out
    changed = git(kernel, "log", "--format=", "--name-only", "master..errno-gen/einval").split()
    assert sorted(changed) == [
        "drivers/iommu/alpha-iommu.c",
        "drivers/iommu/beta-iommu.c",
        "drivers/iommu/gamma/domain.c",
    ]


def test_apply_on_its_own_result_makes_nothing_and_says_so(kernel: Path) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    before = state(kernel)
    again = errno_gen("apply", "--tree", kernel, "--rev", "errno-gen/einval", "--branch", "again")
    assert again.code == 0
    assert "nothing to change" in again.out
    assert "no branch was made" in again.out
    assert state(kernel) == before


def test_apply_with_force_keeps_the_old_tip_in_the_reflog(kernel: Path) -> None:
    assert errno_gen("apply", "--tree", kernel, "--driver", "alpha").code == 0
    old = git(kernel, "rev-parse", "errno-gen/einval").strip()
    assert errno_gen("apply", "--tree", kernel, "--force").code == 0
    assert git(kernel, "rev-parse", "errno-gen/einval@{1}").strip() == old
    assert git(kernel, "rev-list", "--count", "master..errno-gen/einval").strip() == "3"


def test_apply_of_some_drivers(kernel: Path) -> None:
    assert errno_gen("apply", "--tree", kernel, "--driver", "gamma", "--branch", "g").code == 0
    changed = git(kernel, "diff", "--name-only", "master", "g").split()
    assert changed == ["drivers/iommu/gamma/domain.c"]


def test_apply_signs_off_like_git(kernel: Path) -> None:
    assert errno_gen("apply", "--tree", kernel, "-s").code == 0
    identity = git(kernel, "log", "-1", "--format=%cn <%ce>", "errno-gen/einval").strip()
    body = git(kernel, "log", "-1", "--format=%B", "errno-gen/einval").strip()
    assert body.splitlines()[-1] == f"Signed-off-by: {identity}"


def test_apply_in_a_bare_repository(kernel: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(kernel), str(bare))
    assert errno_gen("apply", "--tree", bare).code == 0
    assert git(bare, "rev-list", "--count", "master..errno-gen/einval").strip() == "3"


def test_the_diff_of_a_dry_run_applies(kernel: Path) -> None:
    diff = errno_gen("apply", "--tree", kernel, "--dry-run").out
    for check in (["--check"], []):
        subprocess.run(["git", "-C", str(kernel), "apply", *check], input=diff.encode(), check=True)
    git(kernel, "commit", "-q", "-a", "-m", "By hand")
    git(kernel, "checkout", "-q", "-b", "by-hand")
    git(kernel, "checkout", "-q", "master")
    git(kernel, "reset", "-q", "--hard", "HEAD~")
    assert errno_gen("apply", "--tree", kernel).code == 0
    assert git(kernel, "diff", "by-hand", "errno-gen/einval") == ""


def test_a_dry_run_with_nothing_to_change_prints_nothing(kernel: Path) -> None:
    outcome = errno_gen("apply", "--tree", kernel, "--driver", "epsilon", "--dry-run")
    assert (outcome.code, outcome.out) == (0, "")
    assert "nothing to change" in outcome.err


def test_a_dry_run_in_a_hook_shows_the_same(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git sets variables for hooks, and for what it starts with -c."""
    arguments = ("apply", "--tree", kernel, "--dry-run")
    before = errno_gen(*arguments)
    monkeypatch.setenv("GIT_DIR", str(kernel / "nowhere"))
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    for name, value in (("COUNT", "1"), ("KEY_0", "diff.interHunkContext"), ("VALUE_0", "99")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    after = errno_gen(*arguments)
    assert (before.code, after.code) == (0, 0)
    assert after.out == before.out


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_apply_leaves_alone_is_told(dry_run: bool, kernel: Path) -> None:
    path = kernel / "drivers/iommu/epsilon-iommu.c"
    joined = "!dev_iommu_priv_get(dev) || /* never */ domain->type)\n\t\treturn -EINVAL;"
    text = path.read_text().replace("!dev_iommu_priv_get(dev))\n\t\treturn -ENODEV;", joined)
    path.write_text(text)
    git(kernel, "commit", "-q", "-a", "-m", "Join two checks")
    before = state(kernel)
    arguments = ["apply", "--tree", kernel, "--driver", "epsilon", *["--dry-run"] * dry_run]
    outcome = errno_gen(*arguments)
    assert (outcome.code, state(kernel)) == (0, before)
    line = text[: text.index("-EINVAL")].count("\n") + 1
    assert (
        f"drivers/iommu/epsilon-iommu.c:{line}: EINVAL in epsilon_iommu_attach_dev() is left to "
        "review: Left alone: a comment in the if may speak of one half of the condition only."
    ) in outcome.err
    told = outcome.err if dry_run else outcome.out
    assert "nothing was changed: what breaks the policy einval needs a person" in told
    assert "obeys" not in outcome.out + outcome.err


@pytest.mark.parametrize("parted", ["-/* soft */ENXIO", "-\\\n\t\tENXIO"])
def test_a_constant_with_something_inside_is_left_alone(parted: str, kernel: Path) -> None:
    path = kernel / "drivers/iommu/beta-iommu.c"
    text = path.read_text().replace("-ENODEV", "-EINVAL").replace("-ENXIO", parted)
    path.write_text(text)
    git(kernel, "commit", "-q", "-a", "-m", "Part a constant")
    outcome = errno_gen("apply", "--tree", kernel, "--driver", "beta")
    assert outcome.code == 0
    assert "is left to review: Left alone: a comment or a continued line stands" in outcome.err
    after = git(kernel, "show", "errno-gen/einval:drivers/iommu/beta-iommu.c")
    assert after == text.replace("-EINVAL", "-ENODEV")


# --- policy -----------------------------------------------------------------------------


def test_policy_list_names_them_all() -> None:
    lines = errno_gen("policy", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(shipped_policies())


def test_policy_show_says_which_errno_each_cause_gets() -> None:
    out = errno_gen("policy", "show", "emediumtype").out
    assert "callback: attach_dev of struct iommu_domain_ops" in out
    row = next(line for line in out.splitlines() if line.startswith("incompatible"))
    assert row.split() == ["incompatible", "EMEDIUMTYPE", "goes"]


def test_policy_validate_accepts_what_ships() -> None:
    files = [str(data_file("policies", f"{name}.toml")) for name in shipped_policies()]
    outcome = errno_gen("policy", "validate", *files)
    assert outcome.code == 0
    assert outcome.out.count(": valid, policy '") == len(files)


# --- build ------------------------------------------------------------------------------


def result(commit: Commit, status: Status) -> BuildResult:
    failed = status is Status.FAIL
    return BuildResult(
        commit=commit.oid,
        driver=commit.driver,
        architecture="arm64",
        configuration="allmodconfig",
        objects=tuple(commit.files),
        status=status,
        proof="compiled",
        error="x.c:1: error: broken" if failed else "",
        log="/tmp/log" if failed else "",
        reproduce="podman run image make" if failed else "",
    )


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Status]:
    """Stands in for the compilers: what becomes of a driver, PASS if not named."""
    wanted: dict[str, Status] = {}

    def check(
        _repo: object, commits: tuple[Commit, ...], _options: object, _progress: object
    ) -> tuple[BuildResult, ...]:
        return tuple(result(one, wanted.get(one.driver, Status.PASS)) for one in commits)

    monkeypatch.setattr("errno_gen.cli.build.check", check)
    return wanted


def test_build_takes_the_branch_that_was_made_last(kernel: Path, builds: dict[str, Status]) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    assert errno_gen("apply", "--tree", kernel, "--driver", "beta", "--branch", "b").code == 0
    outcome = errno_gen("build", "--tree", kernel)
    assert outcome.code == 0
    assert "..b: 1 commit, 1 build: 1 passed, 0 failed, 0 not built" in outcome.out
    git(kernel, "branch", "-D", "b")
    assert "..errno-gen/einval: 3 commits" in errno_gen("build", "--tree", kernel).out


def test_build_of_a_range_a_branch_and_one_commit(kernel: Path, builds: dict[str, Status]) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    for given, count in (
        ("master..errno-gen/einval", 3),
        ("errno-gen/einval", 3),
        ("errno-gen/einval~", 1),
        ("errno-gen/einval~2..errno-gen/einval", 2),
    ):
        out = errno_gen("build", "--tree", kernel, given).out
        assert f"{count} commit{'s'[: count > 1]}, " in out
        assert out.count("arm64 PASS") == count


def test_build_of_some_drivers(kernel: Path, builds: dict[str, Status]) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    out = errno_gen("build", "--tree", kernel, "--driver", "gamma").out
    assert "iommu/gamma" in out
    assert "iommu/alpha" not in out


def test_a_failed_build_exits_with_1_and_says_how_to_repeat_it(
    kernel: Path, tmp_path: Path, builds: dict[str, Status]
) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    builds |= {"beta": Status.FAIL, "gamma": Status.NOT_BUILT}
    reports = (tmp_path / "b.json", tmp_path / "b.xml")
    outcome = errno_gen("build", "--tree", kernel, "--json", reports[0], "--junit", reports[1])
    assert outcome.code == 1
    for line in (
        "beta on arm64 allmodconfig: x.c:1: error: broken",
        "  log: /tmp/log",
        "  reproduce: podman run image make",
    ):
        assert line in outcome.out
    found = json.loads(reports[0].read_text(encoding="utf-8"))
    assert [one["status"] for one in found["results"]] == ["PASS", "FAIL", "NOT BUILT"]
    assert reports[1].read_text(encoding="utf-8").startswith("<?xml")


def test_a_build_that_was_not_possible_is_not_clean(
    kernel: Path, builds: dict[str, Status]
) -> None:
    assert errno_gen("apply", "--tree", kernel).code == 0
    builds["gamma"] = Status.NOT_BUILT
    outcome = errno_gen("build", "--tree", kernel)
    assert outcome.code == 1
    assert "NOT BUILT" in outcome.out


def test_build_of_an_empty_range(kernel: Path) -> None:
    outcome = errno_gen("build", "--tree", kernel, "master..master")
    assert (outcome.code, outcome.out) == (0, "master..master has no commit to compile\n")
