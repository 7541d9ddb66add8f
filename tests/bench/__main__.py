# SPDX-License-Identifier: GPL-2.0-only
"""Time and memory of errno-gen on a real kernel, beside a plain spatch run.

``python -m tests.bench --tree KERNEL`` makes throw-away clones of the kernel (they share
its objects), runs each command cold and warm, and prints a table. Cold means that the
page cache was dropped first, which needs root; without it the column is "-".

Time is wall time in seconds. Memory is the largest resident set of any one process that
the command started, in MB, as the kernel reports it for waited-for children; what runs
inside a container engine's own daemon is not counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
ERRNO_GEN = (sys.executable, "-m", "errno_gen")
FOLDER = "drivers/iommu"
POLICY = "einval"


@dataclass(frozen=True)
class Measure:
    """One run: wall time in seconds, largest process in MB, exit code, output."""

    seconds: float
    megabytes: float
    code: int
    output: str


def measure(argv: Sequence[str], cwd: Path) -> Measure:
    """Run a command to its end in a process of its own and measure it."""
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        child = subprocess.Popen(argv, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Measure(seconds, usage.ru_maxrss / 1024, child.returncode, text)


def drop_caches() -> bool:
    """Forget what the kernel has read from disk; False if that is not allowed."""
    try:
        os.sync()
        DROP_CACHES.write_text("3\n")
    except OSError:
        return False
    return True


def cold_and_warm(name: str, argv: Sequence[str], cwd: Path) -> tuple[Measure | None, Measure]:
    """The same command twice, the first time with nothing in the page cache if possible."""
    cold = measure(argv, cwd) if drop_caches() else None
    warm = measure(argv, cwd)
    for run in (cold, warm):
        if run is not None and run.code != 0:
            sys.exit(f"bench: {name} ended with {run.code}:\n{run.output}")
    return cold, warm


def commands(clone: Path, arguments: argparse.Namespace) -> dict[str, Sequence[str]]:
    """What is measured, by name, in order."""
    errno_gen = [*ERRNO_GEN]
    tree = ["--tree", str(clone)]
    branch = "errno-gen/bench"
    build = [*errno_gen, "build", *tree, "--engine", arguments.engine, branch]
    return {
        "scan": [*errno_gen, "scan", *tree, "--policy", POLICY],
        "apply --dry-run": [*errno_gen, "apply", *tree, "--policy", POLICY, "--dry-run"],
        "apply": [*errno_gen, "apply", *tree, "--policy", POLICY, "--branch", branch, "--force"],
        **({} if arguments.no_build else {"build": build}),
    }


def plain_spatch(repo: Path, work: Path) -> tuple[Path, list[str]]:
    """A folder of drivers, and the hand-written rule over it with all processors."""
    folder = work / "plain"
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(repo), "archive", "HEAD", FOLDER], check=True, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    rule = ["--sp-file", str(HERE / "plain.cocci"), "--no-includes", "--very-quiet"]
    jobs = ["-j", str(os.cpu_count() or 1), "--tmp-dir", str(work / "spatch")]
    return folder, ["spatch", *rule, *jobs, "--dir", FOLDER]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.bench", description="Measure errno-gen.")
    parser.add_argument("--tree", type=Path, required=True, help="git repository of the kernel")
    parser.add_argument("--engine", default="podman", help="container engine for build")
    parser.add_argument("--no-build", action="store_true", help="leave the compile check out")
    arguments = parser.parse_args()
    repo = arguments.tree.resolve()
    os.environ.setdefault("GIT_AUTHOR_NAME", "bench")
    os.environ.setdefault("GIT_AUTHOR_EMAIL", "bench@localhost")
    os.environ.setdefault("GIT_COMMITTER_NAME", "bench")
    os.environ.setdefault("GIT_COMMITTER_EMAIL", "bench@localhost")
    with tempfile.TemporaryDirectory(prefix="errno-gen-bench-") as name:
        work = Path(name)
        clone = work / "linux.git"
        command = ["git", "clone", "-q", "--shared", "--bare", str(repo), str(clone)]
        subprocess.run(command, check=True)
        folder, spatch = plain_spatch(repo, work)
        plain = cold_and_warm("plain spatch", spatch, folder)
        rows = [("plain spatch", *plain)]
        for title, argv in commands(clone, arguments).items():
            rows.append((title, *cold_and_warm(title, argv, work)))
            print(f"measured {title}", file=sys.stderr, flush=True)
    report(rows)


def report(rows: Sequence[tuple[str, Measure | None, Measure]]) -> None:
    """Print the table; ratios are to the warm run of plain spatch."""
    base = rows[0][2]
    print(f"{'command':<16} {'cold s':>8} {'warm s':>8} {'ratio':>7} {'peak MB':>8} {'ratio':>7}")
    for title, cold, warm in rows:
        first = f"{cold.seconds:.1f}" if cold else "-"
        peak = max(run.megabytes for run in (cold, warm) if run)
        print(
            f"{title:<16} {first:>8} {warm.seconds:>8.1f} {warm.seconds / base.seconds:>6.1f}x"
            f" {peak:>8.0f} {peak / base.megabytes:>6.1f}x"
        )
    print(f"{os.cpu_count()} processors; ratios to the warm run of plain spatch")


if __name__ == "__main__":
    main()
