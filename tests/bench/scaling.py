# SPDX-License-Identifier: GPL-2.0-only
"""How the cost of a scan grows with the number of drivers.

``python -m tests.bench.scaling --tree KERNEL`` commits copies of the kernel's drivers,
under other names, to a throw-away clone and scans 20, 100 and 200 of them. Fresh means
that nothing is known of the revision yet (its index of functions is made, too), warm
that the same command ran before. Compare the columns of one run only: machines are noisy.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.__main__ import ERRNO_GEN, FOLDER, POLICY, Measure, measure

from errno_gen.tools.git.repository import Repository

_SIZES = (20, 100, 200)
_OWN = 20
_DEFINED = re.compile(rb"^(?!#)(?:[A-Za-z_][\w \t*]*[ \t*])?(\w+)\((?!.*;$)", re.MULTILINE)
_NAME = re.compile(rb"(?<![\w.>])[A-Za-z_]\w*")


def copies(repo: Repository, commit: str, count: int) -> dict[str, bytes]:
    """The files of ``count`` copies of the folder of drivers, their functions renamed."""
    read = (repo.read(commit, path) for path in repo.list(commit, f"{FOLDER}/"))
    sources = [source for source in read if source is not None]
    texts = {source.path: source.text for source in sources if source.path.endswith((".c", ".h"))}
    functions = {name for text in texts.values() for name in _DEFINED.findall(text)}
    files: dict[str, bytes] = {}
    for source in sources:
        for number in range(1, count + 1):
            name = source.path.replace(FOLDER, f"{FOLDER}{number}", 1)
            known = source.path in texts
            files[name] = _renamed(source.text, functions, number) if known else source.text
    return files


def commit(clone: Path, base: str, files: dict[str, bytes]) -> str:
    """The id of a commit on ``base`` with these new files."""
    lines = [b"commit refs/heads/copies\n", b"committer bench <bench@localhost> 0 +0000\n"]
    lines.append(b"data 4\ncopy\nfrom %s\n" % base.encode())
    for path, text in files.items():
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text))
    feed = ["git", "-C", str(clone), "fast-import", "--quiet", "--force"]
    subprocess.run(feed, check=True, input=b"".join(lines))
    ask = ["git", "-C", str(clone), "rev-parse", "refs/heads/copies"]
    return subprocess.run(ask, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _renamed(text: bytes, functions: set[bytes], number: int) -> bytes:
    """The text with these functions renamed, but not members of a struct of such a name.

    A tree that defines each function of the folder many times over would not be like one
    with more drivers: wherever one is called, all definitions might be meant.
    """

    def other(match: re.Match[bytes]) -> bytes:
        return b"%s_%d" % (match.group(), number) if match.group() in functions else match.group()

    return _NAME.sub(other, text)


def runs(work: Path, kernel: Path) -> Iterator[tuple[int, Measure, Measure]]:
    """For each size the first and the second scan."""
    clone = work / "linux.git"
    command = ["git", "clone", "-q", "--shared", "--bare", str(kernel), str(clone)]
    subprocess.run(command, check=True)
    repo = Repository.open(clone)
    base = repo.resolve("HEAD")
    for size in _SIZES:
        tip = base
        if size > _OWN:
            files = copies(repo, base, size // _OWN - 1)
            tip = commit(clone, base, files)
        os.environ["XDG_CACHE_HOME"] = str(work / f"cache-{size}")
        argv = [*ERRNO_GEN, "scan", "--tree", str(clone), "--rev", tip, "--policy", POLICY]
        fresh, warm = measure(argv, work), measure(argv, work)
        for run in (fresh, warm):
            found = re.search(r"(\d+) drivers", run.output)
            if run.code != 0 or found is None or int(found.group(1)) != size:
                sys.exit(f"bench: the scan of {size} drivers went wrong:\n{run.output[-2000:]}")
        yield size, fresh, warm


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests.bench.scaling", description="Measure scan.")
    parser.add_argument("--tree", type=Path, required=True, help="git repository of Linux 6.1")
    kernel = parser.parse_args().tree.resolve()
    os.environ.setdefault("GIT_AUTHOR_NAME", "bench")
    os.environ.setdefault("GIT_AUTHOR_EMAIL", "bench@localhost")
    os.environ.setdefault("GIT_COMMITTER_NAME", "bench")
    os.environ.setdefault("GIT_COMMITTER_EMAIL", "bench@localhost")
    print("drivers  fresh s   warm s  ms a driver fresh MB  warm MB")
    with tempfile.TemporaryDirectory(prefix="errno-gen-bench-") as name:
        for size, fresh, warm in runs(Path(name), kernel):
            each = warm.seconds * 1000 / size
            print(
                f"{size:>7} {fresh.seconds:>8.1f} {warm.seconds:>8.1f} {each:>12.0f}"
                f" {fresh.megabytes:>8.0f} {warm.megabytes:>8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
