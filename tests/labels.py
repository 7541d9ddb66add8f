# SPDX-License-Identifier: GPL-2.0-only
"""What people decided that errnos of real kernels mean, and what the tool says of the same.

Readers labelled every errno that can leave the callbacks before they saw what the tool says,
and settled their differences by the code. The files are keyed by function, errno and guard,
so that a point release that moves lines does not break them. Linux 6.1 and 6.12 are what
``make test`` fetches; others, of which Debian has no package for every machine, are named by
:data:`MORE`, a list of paths like ``PATH``.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from errno_gen.model import Action, Cause, Verdict
from errno_gen.pipeline.requests import Options, open_kernel
from errno_gen.pipeline.scans import scan
from errno_gen.policy import load_policy

MORE = "ERRNO_GEN_TEST_KERNELS_MORE"
_FILES = Path(__file__).parent / "integration" / "labels"
_NUMBERS = re.compile(r"^VERSION = (\d+)\nPATCHLEVEL = (\d+)$", re.MULTILINE)

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Label:
    """What the readers decided; ``open`` where careful readers could differ."""

    key: Key
    cause: Cause
    open: bool


def labels(version: str) -> list[Label]:
    """The labels of a kernel, in the order of their file."""
    document = tomllib.loads((_FILES / f"linux-{version}.toml").read_text(encoding="utf-8"))
    return [
        Label(
            (entry["file"], entry["function"], entry["errno"], entry["guard"]),
            Cause(entry["cause"]),
            entry.get("open", False),
        )
        for entry in document["site"]
    ]


def verdicts(kernel: Path, cache: Path, policy_name: str = "einval") -> list[Verdict]:
    """What a scan says of errno constants in the drivers, which is what was labelled."""
    return [
        verdict
        for verdict in verdicts_of(kernel, cache, policy_name)
        if verdict.cause is not Cause.KAPI and verdict.site.form != "opaque"
    ]


def verdicts_of(repository: Path, cache: Path, policy: str = "einval") -> tuple[Verdict, ...]:
    """What a scan says; no driver may fail."""
    kernel = open_kernel(repository, "HEAD")
    try:
        found = scan(kernel, load_policy(policy), Options(cache=cache))
        assert found.failures == ()
        return found.verdicts
    finally:
        kernel.repo.close()


def key(verdict: Verdict) -> Key:
    """What a label of the same site is keyed by."""
    site = verdict.site
    guard = str(verdict.guard[0]) if verdict.guard else ""
    return (site.constant.file, site.function, site.errno, guard)


def changes(verdict: Verdict) -> bool:
    """Whether the tool would change the kernel for it."""
    return verdict.action in (Action.REWRITE, Action.DROP_PRINT)


def version_of(kernel: Path) -> str:
    """``"7.3"`` for a tree of Linux 7.3.4; raises ValueError if it is none with labels."""
    makefile = kernel / "Makefile"
    text = makefile.read_text(encoding="utf-8") if makefile.is_file() else ""
    found = _NUMBERS.search(text)
    if not found:
        raise ValueError(f"{kernel} is no kernel: its Makefile tells no version")
    version = ".".join(found.groups())
    if not (_FILES / f"linux-{version}.toml").is_file():
        raise ValueError(f"{kernel} is Linux {version}, for which there are no labels")
    return version


def more_kernels() -> dict[str, Path]:
    """The kernels that :data:`MORE` names, by version; raises ValueError if one is none."""
    paths = [Path(each) for each in os.environ.get(MORE, "").split(os.pathsep) if each]
    return {version_of(path): path for path in paths}
