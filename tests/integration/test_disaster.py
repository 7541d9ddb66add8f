# SPDX-License-Identifier: GPL-2.0-only
"""``apply`` is killed at any moment, or the disk is full: a whole branch or none, no damage."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commandline import errno_gen, errno_gen_process, git, repository

BRANCH = "errno-gen/einval"
KILLS = 24
_FULL = """
set -e
mount -t tmpfs -o size=4m tmpfs "$1"
cp -a "$2" "$1/linux"
mkdir "$1/tmp"
for block in 4096 1; do
    dd if=/dev/zero bs=$block 2>/dev/null >> "$1/filler" || true
done
code=0
TMPDIR="$3" "$4" -m errno_gen apply --tree "$1/linux" || code=$?
git -C "$1/linux" for-each-ref
rm "$1/filler"
git -C "$1/linux" fsck --full 2>&1
git -C "$1/linux" status --porcelain
exit $code
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


def wait(kernel: Path, process: subprocess.Popen[bytes], moment: float | None) -> None:
    """Wait that many seconds, or until the branch is there or the process is not."""
    if moment is not None:
        time.sleep(moment)
        return
    branch = kernel / ".git" / "refs" / "heads" / BRANCH
    while not branch.exists() and process.poll() is None:
        time.sleep(0.001)


def test_a_killed_apply_leaves_no_branch_or_a_whole_one(kernel: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    whole = errno_gen_process("apply", "--tree", kernel, stdout=subprocess.DEVNULL)
    assert whole.wait() == 0
    duration = time.monotonic() - started
    reference = git(kernel, "diff", "master", BRANCH)
    git(kernel, "update-ref", "-d", f"refs/heads/{BRANCH}")
    index = (kernel / ".git" / "index").read_bytes()
    head = (kernel / ".git" / "HEAD").read_bytes()
    seen = set()
    # Moments all over the run, and the one at which the branch appears.
    for moment in (*(duration * number / KILLS for number in range(KILLS)), None):
        process = errno_gen_process("apply", "--tree", kernel, stdout=subprocess.DEVNULL)
        wait(kernel, process, moment)
        process.kill()
        process.wait()
        tip = git(kernel, "for-each-ref", f"refs/heads/{BRANCH}")
        seen.add(bool(tip))
        if tip:
            assert git(kernel, "rev-list", "--count", f"master..{BRANCH}").strip() == "3"
            assert git(kernel, "diff", "master", BRANCH) == reference
            git(kernel, "update-ref", "-d", f"refs/heads/{BRANCH}")
        assert (kernel / ".git" / "index").read_bytes() == index
        assert (kernel / ".git" / "HEAD").read_bytes() == head
        assert git(kernel, "status", "--porcelain") == ""
    assert seen == {False, True}
    git(kernel, "fsck", "--full", "--strict")
    assert errno_gen("apply", "--tree", kernel).code == 0
    assert git(kernel, "diff", "master", BRANCH) == reference


@pytest.mark.parametrize("scratch_is_full", [False, True])
def test_a_full_disk_is_one_clear_line_and_no_branch(
    kernel: Path, tmp_path: Path, scratch_is_full: bool
) -> None:
    """A small file system of its own is filled to the last byte (needs user namespaces)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    scratch = disk / "tmp" if scratch_is_full else tmp_path
    arguments = [str(disk), str(kernel), str(scratch), sys.executable]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", _FULL, "sh", *arguments],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert "No space left on device" in errors[0]
    assert "Traceback" not in done.stderr
    assert "errno-gen/" not in done.stdout
    assert "error" not in done.stdout
