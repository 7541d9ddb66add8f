# SPDX-License-Identifier: GPL-2.0-only
"""The command line when something is wrong: one clear line, and the right exit code."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import commandline
import minikernel
from commandline import Outcome, errno_gen, git, repository
from errno_gen.pipeline import order, rewrites, scans
from errno_gen.resources import data_file

COMMANDS = (
    ("scan",),
    ("apply",),
    ("build",),
    ("policy", "list"),
    ("policy", "show"),
    ("policy", "validate"),
    ("image", "build"),
    ("image", "show"),
)


ASM_GOTO = """
\tasm goto("jmp %l0" : : : : out);
\tif (domain->iommu != iommu)
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


def only_error(outcome: Outcome, code: int) -> str:
    """The one line that says what is wrong; there is no traceback and no output."""
    assert outcome.code == code, outcome.err
    assert len(outcome.errors) == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    return outcome.errors[0]


def only_these_programs(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> Path:
    """Make PATH a folder that holds nothing but these programs."""
    folder.mkdir()
    for name in names:
        path = shutil.which(name)
        assert path, f"the tests need {name}"
        (folder / name).symlink_to(path)
    monkeypatch.setenv("PATH", str(folder))
    # There may be a wheel with a spatch of its own.
    monkeypatch.setitem(sys.modules, "cvehound_spatch", None)
    return folder


# --- input ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["scan", "apply"])
def test_a_folder_that_is_no_repository(tmp_path: Path, command: str) -> None:
    assert str(tmp_path) in only_error(errno_gen(command, "--tree", tmp_path), 2)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert "nowhere" in only_error(errno_gen("scan", "--tree", tmp_path / "nowhere"), 2)


def test_a_repository_that_is_no_kernel(tmp_path: Path) -> None:
    repo = repository(tmp_path / "r", {"README": "hello\n"})
    assert "not a Linux kernel" in only_error(errno_gen("scan", "--tree", repo), 2)


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert "HEAD" in only_error(errno_gen("scan", "--tree", tmp_path), 2)


@pytest.mark.parametrize("command", ["scan", "apply"])
def test_an_unknown_revision(kernel: Path, command: str) -> None:
    outcome = errno_gen(command, "--tree", kernel, "--rev", "v9.9")
    assert "v9.9" in only_error(outcome, 2)


def test_an_unknown_policy(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--policy", "evinal")
    assert only_error(outcome, 2) == "error: unknown policy 'evinal'"
    assert "hint: use one of einval, emediumtype" in outcome.err


def test_a_malformed_policy_is_named_with_line_and_key(kernel: Path, tmp_path: Path) -> None:
    text = data_file("policies", "einval.toml").read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace('busy = "EBUSY"', 'busy = "EBUZY"'), encoding="utf-8")
    line = next(i for i, t in enumerate(mine.read_text().splitlines(), 1) if "EBUZY" in t)
    for arguments in (("scan", "--tree", kernel, "--policy", mine), ("policy", "validate", mine)):
        told = only_error(errno_gen(*arguments), 2)
        assert f"mine.toml, line {line}: 'causes.busy'" in told


def test_an_unknown_driver_is_told_its_likely_name(kernel: Path) -> None:
    outcome = errno_gen("scan", "--tree", kernel, "--driver", "alfa")
    assert "no driver 'alfa'" in only_error(outcome, 2)
    assert "did you mean alpha" in outcome.err


def test_a_branch_that_exists(kernel: Path) -> None:
    git(kernel, "branch", "errno-gen/einval")
    before = commandline.state(kernel)
    outcome = errno_gen("apply", "--tree", kernel)
    assert "errno-gen/einval" in only_error(outcome, 2)
    assert "--force" in outcome.err
    assert commandline.state(kernel) == before


def test_a_name_that_is_no_branch(kernel: Path) -> None:
    assert "a..b" in only_error(errno_gen("apply", "--tree", kernel, "--branch", "a..b"), 2)


def test_no_identity_is_an_error_before_any_work(
    kernel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{kind}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{kind}_EMAIL", raising=False)
    monkeypatch.delenv("EMAIL", raising=False)
    (Path(os.environ["HOME"]) / ".gitconfig").unlink(missing_ok=True)
    monkeypatch.setattr(order, "rewritten", lambda *_: pytest.fail("work was done"))
    outcome = errno_gen("apply", "--tree", kernel)
    only_error(outcome, 2)
    assert "git config" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "--nonsense"),
        ("scan", "--jobs", "0"),
        ("scan", "--format", "yaml"),
        ("scan", "surplus"),
        ("nonsense",),
        ("policy", "validate"),
        ("build", "--engine", "nonsense"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    outcome = errno_gen(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Error: " in outcome.err


def test_verbose_and_quiet_contradict_each_other() -> None:
    assert "-v and -q" in only_error(errno_gen("policy", "list", "-v", "-q"), 2)


def test_build_where_nothing_was_made(kernel: Path) -> None:
    outcome = errno_gen("build", "--tree", kernel)
    assert "no branch of errno-gen" in only_error(outcome, 2)


def test_build_of_an_unknown_range(kernel: Path) -> None:
    assert "nothing" in only_error(errno_gen("build", "--tree", kernel, "HEAD..nothing"), 2)


def test_build_of_a_commit_that_has_no_parent(kernel: Path) -> None:
    assert "has no parent" in only_error(errno_gen("build", "--tree", kernel, "HEAD"), 2)


def test_a_report_that_cannot_be_written_is_found_before_the_build(kernel: Path) -> None:
    outcome = errno_gen("build", "--tree", kernel, "--json", "/no/where/x.json")
    assert "/no/where/x.json" in only_error(outcome, 2)


# --- tools and the machine ----------------------------------------------------------------


def test_no_spatch(kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_these_programs(monkeypatch, tmp_path / "bin", "git")
    outcome = errno_gen("apply", "--tree", kernel)
    assert "spatch is not installed" in only_error(outcome, 3)
    assert "hint: " in outcome.err


@pytest.fixture
def applied(kernel: Path) -> Path:
    assert errno_gen("apply", "--tree", kernel).code == 0
    return kernel


@pytest.mark.parametrize("choice", ["auto", "podman", "docker"])
def test_no_container_engine(
    applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    only_these_programs(monkeypatch, tmp_path / "bin", "git")
    outcome = errno_gen("build", "--tree", applied, "--engine", choice)
    assert "install" in outcome.err
    only_error(outcome, 3)


def test_no_compiler_on_the_host(
    applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_these_programs(monkeypatch, tmp_path / "bin", "git")
    outcome = errno_gen("build", "--tree", applied, "--engine", "host")
    assert "make is not installed" in only_error(outcome, 3)


def test_an_engine_without_the_image(
    applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = only_these_programs(monkeypatch, tmp_path / "bin", "git", "sh")
    podman = folder / "podman"
    podman.write_text('#!/bin/sh\ntest "$1" = version\n', encoding="utf-8")
    podman.chmod(0o755)
    outcome = errno_gen("build", "--tree", applied)
    assert "no image" in only_error(outcome, 3)
    assert "errno-gen image build" in outcome.err
    assert errno_gen("image", "show").code == 1


def test_an_architecture_that_nobody_knows(applied: Path) -> None:
    outcome = errno_gen("build", "--tree", applied, "--arch", "pdp11")
    assert "pdp11" in only_error(outcome, 2)


def test_scan_needs_no_spatch(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_these_programs(monkeypatch, tmp_path / "bin", "git")
    assert errno_gen("scan", "--tree", kernel).code == 0


@pytest.mark.parametrize(
    ("old", "new", "stage"),
    [
        # Coccinelle does not know this statement, and would skip the function in silence.
        ("\tif (domain->iommu != iommu)\n", ASM_GOTO, "rewrite"),
        # A callback that a macro makes.
        ("static int beta_iommu_attach_dev(struct iommu_domain *", "BETA_ATTACH(", "discover"),
        # A callback that is no C.
        ("static int beta_iommu_attach_dev(struct", "static int beta_iommu_((({{{(", "discover"),
    ],
)
def test_a_driver_that_cannot_be_digested_is_left_out(
    tmp_path: Path, old: str, new: str, stage: str
) -> None:
    files = dict(minikernel.FILES)
    path = "drivers/iommu/beta-iommu.c"
    files[path] = files[path].replace(old, new)
    assert files[path] != minikernel.FILES[path]
    repo = repository(tmp_path / "linux", files)
    outcome = errno_gen("apply", "--tree", repo)
    assert outcome.code == 1
    failed = [line for line in outcome.err.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 1
    assert failed[0].startswith(f"failed: beta ({stage}): {path}")
    changed = git(repo, "diff", "--name-only", "master", "errno-gen/einval").split()
    assert changed == ["drivers/iommu/alpha-iommu.c", "drivers/iommu/gamma/domain.c"]


def test_standard_output_on_a_full_disk(kernel: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = commandline.errno_gen_process(
            "scan", "--tree", kernel, "--format", "json", stdout=full, stderr=subprocess.PIPE
        )
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    lines = err.decode().splitlines()
    assert lines[0].startswith("error: cannot read or write")
    assert "No space left on device" in lines[0]
    assert len(lines) == 2


def test_temporary_files_on_a_disk_that_may_not_be_written(
    kernel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/errno-gen-x/a.c")

    monkeypatch.setattr(rewrites, "rewrite", full)
    outcome = errno_gen("apply", "--tree", kernel)
    assert "/tmp/errno-gen-x/a.c: No space left on device" in only_error(outcome, 3)
    assert git(kernel, "branch", "--list", "errno-gen/*") == ""


# --- ends -------------------------------------------------------------------------------


def test_a_bug_leaves_a_log_with_the_traceback(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("never seen before")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(scans, "scan", broken)
    outcome = errno_gen("scan", "--tree", kernel)
    told = only_error(outcome, 4)
    log = Path(told.rpartition(" ")[2])
    assert log.is_relative_to(tmp_path / "state")
    text = log.read_text(encoding="utf-8")
    assert "RuntimeError: never seen before" in text
    assert "'scan'" in text


def test_an_unexpected_exception_in_one_driver_is_not_swallowed(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("never seen before")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(scans, "analyse", broken)
    only_error(errno_gen("scan", "--tree", kernel), 4)


def test_ctrl_c_is_one_line(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scans, "scan", interrupted)
    outcome = errno_gen("scan", "--tree", kernel)
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "interrupted\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_work_and_cleans_up(
    kernel: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """A spatch that never ends is stopped, and no scratch folder and no branch is left."""
    tools = tmp_path / "bin"
    tools.mkdir()
    started = tmp_path / "started"
    slow = tools / "spatch"
    slow.write_text(f"#!/bin/sh\necho $$ >> {started}\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(0o755)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = dict(os.environ, TMPDIR=str(scratch), PATH=f"{tools}:{os.environ['PATH']}")
    process = commandline.errno_gen_process(
        "apply", "--tree", kernel, "--jobs", "1", env=environment, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (started.exists() and started.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert b"Traceback" not in err
    assert list(scratch.iterdir()) == []
    assert git(kernel, "branch", "--list", "errno-gen/*") == ""
    pids = started.read_text().split()
    assert len(pids) == 1
    assert not Path("/proc", pids[0]).exists()


def test_a_caller_in_python_gets_its_signal_handlers_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    assert errno_gen("policy", "list").code == 0
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


def test_a_reader_that_goes_away_is_no_error(kernel: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = commandline.errno_gen_process(
        "scan", "--tree", kernel, stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


# --- help -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_documents_its_options(command: tuple[str, ...]) -> None:
    outcome = errno_gen(*command, "--help")
    assert outcome.code == 0
    for option in ("--verbose", "--quiet", "--no-color"):
        assert option in outcome.out
    if command[0] in ("scan", "apply"):
        for option in ("--tree", "--rev", "--policy", "--driver", "--jobs"):
            assert option in outcome.out


def test_the_version() -> None:
    assert errno_gen("--version").out.startswith("errno-gen ")
