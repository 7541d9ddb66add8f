# SPDX-License-Identifier: GPL-2.0-only
"""The laws of renaming and of taking away on a whole kernel; see tests/laws.py.

``python -m tests.bench.laws --tree KERNEL`` renames in all files, unless ``--needed`` leaves out
what a scan does not ask for, and withholds each body, or ``--sample N`` of them. It ends with 1
where a law is broken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import laws
from errno_gen.tools.git.repository import Repository
from labels import verdicts_of
from takingaway import Bodies

_MOST_CHANGE_OF_100 = 2
_SEED = 11


def main() -> int:
    """Try both laws and print what breaks them."""
    parser = argparse.ArgumentParser(prog="tests.bench.laws", description="Try the laws.")
    parser.add_argument("--tree", type=Path, required=True, help="git repository of the kernel")
    parser.add_argument("--needed", action="store_true", help="only the files that a scan needs")
    parser.add_argument("--sample", type=int, default=0, help="withhold so many bodies only")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="errno-gen-laws-") as name:
        work = Path(name)
        plain = _copy(arguments, work / "plain", ())
        return _renaming(arguments, work, plain) | _taking_away(arguments, work, plain)


def _copy(arguments: argparse.Namespace, folder: Path, names: tuple[str, ...]) -> Path:
    folder.mkdir()
    return laws.copy_of(arguments.tree.resolve(), folder, names, whole=not arguments.needed)


def _renaming(arguments: argparse.Namespace, work: Path, plain: Path) -> int:
    renamed = _copy(arguments, work / "renamed", laws.RENAMED)
    before = verdicts_of(plain, work / "cache")
    found = laws.difference(before, verdicts_of(renamed, work / "cache"))
    print(f"renaming: {found.stay} of {found.total} verdicts stay ({found.percent:.1f} %)")
    for line in (*found.changes, *(f"new rewrite: {each}" for each in found.rewrites)):
        print(f"  {line}")
    return int(found.percent < 100 - _MOST_CHANGE_OF_100 or bool(found.rewrites))


def _taking_away(arguments: argparse.Namespace, work: Path, plain: Path) -> int:
    repo = Repository.open(plain)
    try:
        bodies = Bodies(repo, work / "cache")
        helpers = bodies.helpers
        if arguments.sample:
            helpers = tuple(Random(_SEED).sample(helpers, arguments.sample))
        broken = [text for helper in helpers for text in bodies.broken(helper)]
    finally:
        repo.close()
    print(f"taking away: {len(helpers)} bodies withheld, {len(broken)} verdicts break the law")
    for text in broken:
        print(f"  {text}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
