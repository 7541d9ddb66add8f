# SPDX-License-Identifier: GPL-2.0-only
"""A commit stage that ends at any point leaves no branch or the whole one, and no damage.

It runs in a forked process that ends before or after each of its calls to git, before each
byte that it hands to git, or at any time with all its git processes.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import git as gitpython
import pytest

from conftest import MakeRepo
from errno_gen.model import DriverPatch
from errno_gen.policy import load_policy
from errno_gen.stages.commit import commit
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo
from patches import kernel_files, patch_of

BRANCH = "errno-gen/einval"
NAMES = ("alpha", "beta", "gamma")
DIED = 77
Arm = Callable[[], None]


class Case:
    """A repository with its user's unfinished work, and what a whole run makes of it."""

    def __init__(self, kernel: GitRepo) -> None:
        self.kernel = kernel
        self.base = kernel.git("rev-parse", "HEAD")
        self.patches: list[DriverPatch] = [patch_of(kernel.path, name) for name in NAMES]
        kernel.write({"Makefile": "VERSION = 7\n"})
        kernel.git("stash")
        kernel.write({"Makefile": "VERSION = 8\n"})
        kernel.git("add", "Makefile")
        kernel.write({"Makefile": "VERSION = 9\n"})
        self.before = kernel.snapshot()
        self.old: str | None = None
        assert self.ended(lambda: None) == 0
        self.whole = kernel.branches()[BRANCH]
        assert kernel.git("rev-list", "--count", f"{self.base}..{BRANCH}") == str(len(NAMES))
        self.reset()

    def reset(self) -> None:
        """Put the branch back to where it was before a run."""
        for lock in self.kernel.git_dir.rglob("*.lock"):
            lock.unlink()
        if self.old is None:
            self.kernel.git("update-ref", "-d", f"refs/heads/{BRANCH}")
        else:
            self.kernel.git("update-ref", f"refs/heads/{BRANCH}", self.old)

    def child(self, arm: Arm) -> int:
        """Start a run in a process group of its own, after ``arm`` has set its trap."""
        child = os.fork()
        if child:
            return child
        status = 1
        with contextlib.suppress(KeyboardInterrupt):
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            arm()
            repo = Repository.open(self.kernel.path)
            force = self.old is not None
            commit(repo, self.base, BRANCH, self.patches, load_policy("einval"), force=force)
            status = 0
        os._exit(status)

    def ended(self, arm: Arm) -> int:
        """The exit code of a run."""
        return os.waitstatus_to_exitcode(os.waitpid(self.child(arm), 0)[1])

    def check(self) -> bool:
        """Whether the branch is there; it is whole then, and all else is as it was."""
        kernel = self.kernel
        tip = kernel.branches().get(BRANCH)
        assert tip in (self.old, self.whole)
        assert kernel.snapshot() == self.before
        assert kernel.git("fsck", "--full", "--strict", "--no-dangling") == ""
        if self.old is not None:
            reflog = kernel.git("log", "-g", "--format=%H", BRANCH).split()
            assert self.old in reflog
        return tip == self.whole


@pytest.fixture
def case(make_repo: MakeRepo) -> Case:
    return Case(make_repo({"Makefile": "VERSION = 6\n", **kernel_files(*NAMES)}))


def at_call(number: int, *, after: bool) -> Arm:
    """End before or after the ``number``-th call to git."""

    def arm() -> None:
        execute = gitpython.Git.execute
        count = 0

        def counted(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == number and not after:
                os._exit(DIED)
            result = execute(*args, **options)  # type: ignore[call-overload]
            if count == number:
                os._exit(DIED)
            return result

        gitpython.Git.execute = counted  # type: ignore[assignment,method-assign]

    return arm


def at_write(number: int) -> Arm:
    """End before the ``number``-th piece of data is handed to git."""

    def arm() -> None:
        make = tempfile.TemporaryFile
        count = 0

        def counted(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == number:
                os._exit(DIED)
            return make(*args, **options)  # type: ignore[call-overload]

        tempfile.TemporaryFile = counted  # type: ignore[assignment]

    return arm


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_it_ends_at_each_call_to_git(case: Case, after: bool, moved: bool) -> None:
    if moved:
        case.old = case.base
        case.reset()
    calls, seen = 0, []
    while True:
        calls += 1
        code = case.ended(at_call(calls, after=after))
        seen.append(case.check())
        case.reset()
        if code == 0:
            break
        assert code == DIED
    # Only the very last step shows the branch: nothing, and then all of it.
    assert calls > 3 * len(NAMES)
    assert seen == sorted(seen)
    assert seen.count(True) == (2 if after else 1)


def test_it_ends_at_each_write(case: Case) -> None:
    writes = 0
    while True:
        writes += 1
        code = case.ended(at_write(writes))
        assert case.check() == (code == 0)
        case.reset()
        if code == 0:
            break
        assert code == DIED
    # Of each commit a blob, three trees and the commit itself.
    assert writes == 5 * len(NAMES) + 1


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_is_killed_at_any_moment_with_all_its_git_processes(
    case: Case, sent: signal.Signals
) -> None:
    chance = random.Random(sent)
    started = time.monotonic()
    assert case.ended(lambda: None) == 0
    duration = time.monotonic() - started
    case.reset()
    for number in range(40):
        child = case.child(lambda: None)
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)
        # Every fourth one late, around the moment when the branch appears.
        time.sleep(duration * (chance.uniform(0.8, 1.1) if number % 4 == 3 else chance.random()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, sent)
        os.waitpid(child, 0)
        wait_for_group(child)
        case.check()
        case.reset()
    assert case.ended(lambda: None) == 0
    assert case.check()


def wait_for_group(group: int) -> None:
    """Wait until no process of a group runs (dead ones may wait for init to reap them)."""
    while any(runs_in(stat, group) for stat in Path("/proc").glob("[0-9]*/stat")):
        time.sleep(0.005)


def runs_in(stat: Path, group: int) -> bool:
    """Whether the process of a ``/proc/<pid>/stat`` is alive and in a process group."""
    try:
        state, _, pgrp = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return False
    return int(pgrp) == group and state not in "ZX"


def test_ctrl_c_is_handed_on(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the run as Ctrl-C does elsewhere; no handler turns it into something else."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Repository, "move_branch", interrupted)
    repo = Repository.open(case.kernel.path)
    with pytest.raises(KeyboardInterrupt):
        commit(repo, case.base, BRANCH, case.patches, load_policy("einval"))
    assert not case.check()


def test_a_stale_lock_is_named(case: Case, tmp_path: Path) -> None:
    """What a kill in the middle of ``update-ref`` leaves behind, git will not remove."""
    lock = case.kernel.git_dir / "refs" / "heads" / f"{BRANCH}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    repo = Repository.open(case.kernel.path)
    with pytest.raises(Exception, match=r"cannot move the branch.*einval\.lock': File exists"):
        commit(repo, case.base, BRANCH, case.patches, load_policy("einval"))
    assert not case.check()
