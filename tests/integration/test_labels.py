# SPDX-License-Identifier: GPL-2.0-only
"""The verdicts on real kernels against labels that people made by reading the code.

Two readers labelled every errno that can leave the callbacks before they saw what the tool
says, and settled their differences by the code. The files are keyed by function, errno and
guard, so that a point release that moves lines does not break them.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.model import Action, Cause, Verdict
from errno_gen.policy import load_policy
from errno_gen.stages.analyse import analyse
from errno_gen.stages.discover import discover
from errno_gen.stages.knowledge import Knowledge
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree

pytestmark = pytest.mark.kernel
_LABELS = Path(__file__).parent / "labels"
_WRONG_OF_100 = 3

_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Label:
    """What the readers decided; ``open`` where careful readers could differ."""

    key: _Key
    cause: Cause
    open: bool


def _labels(version: str) -> list[_Label]:
    document = tomllib.loads((_LABELS / f"linux-{version}.toml").read_text(encoding="utf-8"))
    return [
        _Label(
            (entry["file"], entry["function"], entry["errno"], entry["guard"]),
            Cause(entry["cause"]),
            entry.get("open", False),
        )
        for entry in document["site"]
    ]


def _verdicts(kernel: Path, cache: Path) -> list[Verdict]:
    """What the tool says of errno constants in the drivers, which is what was labelled."""
    repo = Repository.open(kernel)
    tree = KernelTree(repo, repo.resolve("HEAD"))
    policy = load_policy("einval")
    found = discover(tree, policy)
    summaries = Summaries(Knowledge(tree, cache))
    return [
        verdict
        for driver in found.drivers
        for verdict in analyse(tree, policy, driver, found.callbacks, summaries=summaries)
        if verdict.cause is not Cause.KAPI and verdict.site.form != "opaque"
    ]


def _key(verdict: Verdict) -> _Key:
    site = verdict.site
    guard = str(verdict.guard[0]) if verdict.guard else ""
    return (site.constant.file, site.function, site.errno, guard)


@pytest.fixture(scope="module", params=["6.1", "6.12"])
def compared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[_Label], list[Verdict]]:
    version: str = request.param
    kernel: Any = request.getfixturevalue(f"kernel_{version.replace('.', '')}")
    labels = _labels(version)
    files = {label.key[0] for label in labels}
    verdicts = _verdicts(kernel, tmp_path_factory.mktemp("cache"))
    return version, labels, [v for v in verdicts if v.site.constant.file in files]


def test_every_labelled_site_is_found(compared: tuple[str, list[_Label], list[Verdict]]) -> None:
    _, labels, verdicts = compared
    missing = Counter(label.key for label in labels) - Counter(map(_key, verdicts))
    assert not missing


def test_nothing_else_is_reported(compared: tuple[str, list[_Label], list[Verdict]]) -> None:
    _, labels, verdicts = compared
    extra = Counter(map(_key, verdicts)) - Counter(label.key for label in labels)
    assert not extra


def test_causes_are_right(compared: tuple[str, list[_Label], list[Verdict]]) -> None:
    """At least 97 of 100, where readers agree; an honest unknown is no error but no hit."""
    version, labels, verdicts = compared
    causes = {_key(verdict): verdict.cause for verdict in verdicts}
    settled = [label for label in labels if not label.open]
    wrong = [
        (label.key, label.cause, causes[label.key])
        for label in settled
        if causes[label.key] not in (label.cause, Cause.UNKNOWN)
    ]
    hits = sum(causes[label.key] is label.cause for label in settled)
    print(f"Linux {version}: {hits} of {len(settled)} settled labels, {len(wrong)} wrong: {wrong}")
    assert len(wrong) * 100 <= _WRONG_OF_100 * len(settled)
    assert hits * 100 >= (100 - _WRONG_OF_100) * len(settled)


def test_no_rewrite_is_against_a_label(
    compared: tuple[str, list[_Label], list[Verdict]],
) -> None:
    """Not one harmful change, whether readers found the case easy or not."""
    _, labels, verdicts = compared
    causes = {label.key: label.cause for label in labels}
    changed = [v for v in verdicts if v.action in (Action.REWRITE, Action.DROP_PRINT)]
    against = [_key(v) for v in changed if causes[_key(v)] is not v.cause]
    assert changed
    assert against == []
