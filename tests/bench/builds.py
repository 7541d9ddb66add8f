# SPDX-License-Identifier: GPL-2.0-only
"""Time of ``errno-gen build`` beside the bare compiler and beside ``git rebase --exec``.

``python -m tests.bench.builds --tree KERNEL`` applies the policy in a throw-away clone and
compiles the branch, in a cache of its own:

- *first*: nothing is there: configure, prepare, compile the base and the commits.
- *prepared*: build folders and the objects of the base are there, as for the second branch on
  a base (a commit of comments alone is part of that). What is known of the commits is dropped.
- *with the base*: build folders are there, no object.
- *again*: the same branch once more.

The bare compiler is the command that kbuild noted in each touched object's ``.cmd`` file, one
after the other in one container for each configuration, in seconds divided by the processors.

The rebase is ``git rebase --exec 'make drivers/iommu/'`` in a work tree, for each architecture a
build folder that was configured and prepared before (not counted). It runs over the first
commits only (``--rebase-commits``) and is scaled: the first call of make, which compiles the
folder, once, and the mean of the later ones for each other commit.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.__main__ import ERRNO_GEN, FOLDER, POLICY

from errno_gen.tools.containers.engine import Engine
from errno_gen.tools.containers.image import find_engine
from errno_gen.tools.settings import settings

_BRANCH = "errno-gen/bench"
_ARCHITECTURES = ("x86_64", "arm64")
_CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Row:
    """Wall time in seconds, the seconds of what it is compared with, and the aim for it."""

    name: str
    seconds: float
    baseline: float = 0.0
    aim: str = ""


class Bench:
    """A clone with a branch of commits, a cache, and the engine that compiles."""

    def __init__(self, kernel: Path, work: Path, engine: str) -> None:
        self.work = work
        self.cache = work / "cache"
        self.clone = work / "linux"
        self.engine: Engine = find_engine(engine)
        os.environ["XDG_CACHE_HOME"] = str(self.cache)
        run("git", "clone", "-q", "--shared", "--no-checkout", str(kernel), str(self.clone))
        self.base = run("git", "-C", str(self.clone), "rev-parse", "HEAD").strip()
        self._errno_gen("apply", "--policy", POLICY, "--branch", _BRANCH)
        listed = run("git", "-C", str(self.clone), "rev-list", "--reverse", f"HEAD..{_BRANCH}")
        self.commits = listed.split()
        self.bases = {self._tree(self.base)}

    def build(self, *architectures: str) -> tuple[float, list[dict[str, Any]]]:
        """Compile the branch; wall time in seconds, and the results."""
        file = self.work / "results.json"
        chosen = [part for name in architectures for part in ("--arch", name)]
        started = time.monotonic()
        self._errno_gen(
            "build", "--engine", self.engine.name, "--json", str(file), *chosen, _BRANCH
        )
        seconds = time.monotonic() - started
        told(f"build {' '.join(architectures)}: {seconds:.1f} s")
        results: list[dict[str, Any]] = json.loads(file.read_text())["results"]
        self.bases |= {self._tree(one["commit"]) for one in results if not one["objects"]}
        return seconds, results

    def forget(self, *, base: bool) -> None:
        """Drop what is known of objects; with ``base`` also of those of the base."""
        for path in self.cache.glob("errno-gen/kbuild/*/results/*.json"):
            kept = json.loads(path.read_text())
            objects = kept["objects"]  # by tree
            kept["objects"] = {
                key: objects[key] for key in objects if key in self.bases and not base
            }
            path.write_text(json.dumps(kept))

    def _tree(self, commit: str) -> str:
        return run("git", "-C", str(self.clone), "rev-parse", f"{commit}^{{tree}}").strip()

    def bare(self, results: Sequence[dict[str, Any]]) -> tuple[float, int]:
        """Seconds of all compiler commands for the touched objects, and how many these are."""
        total, count = 0.0, 0
        for folder, objects in self._folders(results):
            script = ["cd " + shlex.quote(self.engine.place(folder, build=True))]
            script += [_compiler_command(folder, target) for target in objects]
            source = folder.parent / "source"
            total += self._inside(("sh", "-ec", "\n".join(script)), source, folder)
            total -= self._inside(("sh", "-ec", script[0]), source, folder)
            count += len(objects)
        return total, count

    def _folders(self, results: Sequence[dict[str, Any]]) -> Iterator[tuple[Path, tuple[str, ...]]]:
        places = sorted({(one["architecture"], one["configuration"]) for one in results})
        for architecture, configuration in places:
            objects = {
                target: None
                for one in results
                if (one["architecture"], one["configuration"]) == (architecture, configuration)
                for target in one["objects"]
            }
            pattern = f"errno-gen/kbuild/*/{architecture}-{configuration}-*.[0-9]*"
            for folder in self.cache.glob(pattern):
                yield folder, tuple(objects)

    def rebase(self, architecture: str, count: int, prefix: str) -> list[float]:
        """Seconds of each call of make in a rebase over the first ``count`` commits."""
        folder = self.work / f"rebase-{architecture}"
        folder.mkdir()
        if self.engine.owner is not None:
            os.chown(folder, self.engine.owner, self.engine.owner)
        tree = self.work / "worktree"
        git = ("git", "-C", str(tree), "-c", "user.name=bench", "-c", "user.email=bench@localhost")
        if not tree.exists():
            run("git", "-C", str(self.clone), "worktree", "add", "-q", "--detach", str(tree))
        run(*git, "checkout", "-q", "--detach", self.base)
        make = (
            *("make", f"--directory={self.engine.place(tree, build=False)}"),
            *(f"O={self.engine.place(folder, build=True)}", f"--jobs={_CORES}"),
            *(f"ARCH={architecture}", f"CROSS_COMPILE={prefix}"),
            *(f"{name}={value}" for name, value in settings().variables.items()),
        )
        for target in ("allmodconfig", "prepare"):
            self._inside((*make, target), tree, folder)
        run(*git, "checkout", "-q", "--detach", self.commits[count - 1])
        name = f"errno-gen-{uuid.uuid4().hex[:12]}"
        command = shlex.join(self.engine.command((*make, f"{FOLDER}/"), tree, folder, name))
        times = self.work / "times"
        times.write_text("")
        clock = f"date +%s.%N >> {shlex.quote(str(times))}"
        run(*git, "rebase", "-q", "--exec", f"{clock}; {command} && {clock}", self.base)
        stamps = [float(line) for line in times.read_text().split()]
        shutil.rmtree(folder)
        return [end - start for start, end in zip(stamps[::2], stamps[1::2], strict=True)]

    def _inside(self, argv: Sequence[str], source: Path, folder: Path) -> float:
        name = f"errno-gen-{uuid.uuid4().hex[:12]}"
        started = time.monotonic()
        run(*self.engine.command(argv, source, folder, name))
        return time.monotonic() - started

    def _errno_gen(self, command: str, *arguments: str) -> None:
        # With few architectures some drivers are not built, which is no failure here.
        run(*ERRNO_GEN, command, "--tree", str(self.clone), *arguments, ok=(0, 1))


def run(*argv: str, ok: tuple[int, ...] = (0,)) -> str:
    """What a command prints. The benchmark ends where it fails."""
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode not in ok:
        sys.exit(f"bench: {shlex.join(argv)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _compiler_command(folder: Path, target: str) -> str:
    """The compiler's command as kbuild noted it, without what follows on it (objtool)."""
    path = folder / target
    text = path.with_name(f".{path.name}.cmd").read_text(encoding="utf-8").splitlines()[0]
    command = text.partition(" := ")[2].partition(" ; ")[0].partition(" && ")[0]
    return command.replace("$(pound)", "#").replace("$$", "$")


def measure(bench: Bench, arguments: argparse.Namespace) -> list[Row]:
    """All rows, in the order of the report; what was measured is told as it goes."""
    first, results = bench.build()
    if any(one["status"] != "PASS" for one in results):
        sys.exit("bench: not all commits compile")
    bench.forget(base=False)
    prepared, _ = bench.build()
    bench.forget(base=True)
    both, _ = bench.build()
    again, _ = bench.build()
    bare, count = bench.bare(results)
    told(f"bare compiler: {bare:.1f} s for {count} objects")
    name = f"bare compiler, {count} objects, / {_CORES}"
    rows = [
        Row("first", first),
        Row(name, bare / _CORES),
        Row("prepared", prepared, bare / _CORES, "<= 1.5"),
        Row("with the base", both, 2 * bare / _CORES),
        Row("again", again, 0.0, "< 5 s"),
    ]
    return rows if arguments.no_rebase else rows + rebase_rows(bench, arguments.rebase_commits)


def rebase_rows(bench: Bench, count: int) -> list[Row]:
    """The rebase, and errno-gen's run for the same architectures."""
    total = 0.0
    number = len(bench.commits)
    count = min(max(count, 2), number)
    for architecture in _ARCHITECTURES:
        prefix = {"x86_64": "x86_64-linux-gnu-", "arm64": "aarch64-linux-gnu-"}[architecture]
        times = bench.rebase(architecture, count, prefix)
        told(f"rebase, {architecture}: {', '.join(f'{one:.1f}' for one in times)} s")
        total += times[0] + statistics.mean(times[1:]) * (number - 1)
    bench.forget(base=False)
    prepared, _ = bench.build(*_ARCHITECTURES)
    bench.forget(base=True)
    both, _ = bench.build(*_ARCHITECTURES)
    names = "+".join(_ARCHITECTURES)
    return [
        Row(f"rebase, {names}, {number} commits, scaled from {count}", total),
        Row(f"prepared, {names}", prepared, total, "<= 0.2"),
        Row(f"with the base, {names}", both, total, "<= 0.2"),
    ]


def told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.bench.builds", description="Measure build.")
    parser.add_argument("--tree", type=Path, required=True, help="git repository of the kernel")
    parser.add_argument("--engine", default="podman", help="where to compile")
    parser.add_argument("--rebase-commits", type=int, default=3, help="how far to rebase")
    parser.add_argument("--no-rebase", action="store_true", help="leave the rebase out")
    arguments = parser.parse_args()
    for name in ("AUTHOR", "COMMITTER"):
        os.environ.setdefault(f"GIT_{name}_NAME", "bench")
        os.environ.setdefault(f"GIT_{name}_EMAIL", "bench@localhost")
    # Not below /tmp, which may be memory: this needs about 8 GB.
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="errno-gen-bench-", dir=place) as name:
        rows = measure(Bench(arguments.tree.resolve(), Path(name), arguments.engine), arguments)
    width = max(len(row.name) for row in rows)
    print(f"{'build':<{width}} {'seconds':>8} {'ratio':>6}  aim")
    for row in rows:
        ratio = f"{row.seconds / row.baseline:.2f}" if row.baseline else ""
        print(f"{row.name:<{width}} {row.seconds:>8.1f} {ratio:>6}  {row.aim}".rstrip())
    print(f"{_CORES} processors, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
