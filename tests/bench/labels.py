# SPDX-License-Identifier: GPL-2.0-only
"""How the verdicts on real kernels compare to the labels that people gave them.

``python -m tests.bench.labels [KERNEL...]`` prints, of each kernel and under each policy, a
table of causes (a row is what readers said, a column what the tool says), the changes that a
label is against, and the sites that readers settled and the tool leaves undecided. Without
arguments it takes the kernels that the tests are given by the environment.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.labels import Label, changes, key, labels, more_kernels, verdicts, version_of

from errno_gen.model import Cause, Verdict

_POLICIES = ("einval", "emediumtype")
_FIXED = ("ERRNO_GEN_TEST_KERNEL_61", "ERRNO_GEN_TEST_KERNEL_612")
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Pair:
    """A label, and the verdict on its site if there is one."""

    label: Label
    verdict: Verdict | None

    @property
    def said(self) -> str:
        """The tool's cause in a word."""
        return self.verdict.cause.value if self.verdict else _ABSENT

    @property
    def differs(self) -> bool:
        """Whether the tool names another cause than the readers did."""
        return self.verdict is not None and self.verdict.cause is not self.label.cause

    @property
    def against(self) -> bool:
        """Whether the tool would change the kernel against the label."""
        return self.differs and self.verdict is not None and changes(self.verdict)

    def __str__(self) -> str:
        file, function, errno, guard = self.label.key
        openness = " (open)" if self.label.open else ""
        line = f":{self.verdict.site.constant.line}" if self.verdict else ""
        action = f", {self.verdict.action.value}" if self.verdict else ""
        return (
            f"{file}{line} {function} {errno} `{guard}`\n"
            f"      label {self.label.cause.value}{openness}, tool {self.said}{action}"
        )


def pairs(told: Sequence[Label], found: Sequence[Verdict]) -> tuple[list[Pair], list[Verdict]]:
    """Labels with their verdicts, and the verdicts in the same files that have no label."""
    left = defaultdict(list)
    files = {label.key[0] for label in told}
    for verdict in found:
        if verdict.site.constant.file in files:
            left[key(verdict)].append(verdict)
    matched = [Pair(each, left[each.key].pop(0) if left[each.key] else None) for each in told]
    return matched, [verdict for rest in left.values() for verdict in rest]


def table(matched: Sequence[Pair]) -> Iterator[str]:
    """Lines of the table of causes."""
    columns = [*(cause.value for cause in Cause if cause is not Cause.KAPI), _ABSENT]
    counts = Counter((pair.label.cause.value, pair.said) for pair in matched)
    yield f"  {'label':<14}" + "".join(f"{column:>13}" for column in columns)
    for row in columns[:-1]:
        cells = [counts[row, column] for column in columns]
        if any(cells):
            yield f"  {row:<14}" + "".join(f"{cell or '.':>13}" for cell in cells)


def report(version: str, policy: str, found: Sequence[Verdict]) -> Iterator[str]:
    """Lines about one kernel under one policy."""
    matched, extra = pairs(labels(version), found)
    settled = [pair for pair in matched if not pair.label.open]
    hits = sum(pair.said == pair.label.cause.value for pair in settled)
    yield (
        f"Linux {version}, {policy}: {hits} of {len(settled)} settled labels, {len(matched)} in all"
    )
    yield from table(matched)
    undecided = [p for p in settled if p.differs and p.said == Cause.UNKNOWN.value]
    wrong = [p for p in settled if p.differs and p.said != Cause.UNKNOWN.value]
    for title, listed in (
        ("changed against a label", [pair for pair in matched if pair.against]),
        ("wrong though settled", wrong),
        ("undecided though settled", undecided),
        ("absent", [pair for pair in matched if pair.verdict is None]),
    ):
        yield f"  {title}: {len(listed)}"
        yield from (f"    {pair}" for pair in listed)
    yield f"  without a label: {len(extra)}"
    yield from (f"    {' '.join(key(verdict))}" for verdict in extra)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="tests.bench.labels", description="Compare labels.")
    parser.add_argument("kernels", nargs="*", type=Path, metavar="KERNEL", help="git repository")
    given: list[Path] = parser.parse_args().kernels
    try:
        if not given:
            given = [Path(os.environ[name]) for name in _FIXED if os.environ.get(name)]
            given += more_kernels().values()
        kernels = [(version_of(path), path) for path in given]
    except ValueError as error:
        sys.exit(f"labels: {error}")
    if not kernels:
        sys.exit("labels: name kernels, or set the variables that the tests take them from")
    with tempfile.TemporaryDirectory(prefix="errno-gen-labels-") as cache:
        for version, path in kernels:
            for policy in _POLICIES:
                print("\n".join(report(version, policy, verdicts(path, Path(cache), policy))))
                print(flush=True)


if __name__ == "__main__":
    main()
