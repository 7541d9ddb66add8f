# SPDX-License-Identifier: GPL-2.0-only
"""The verdicts on real kernels against labels that people made by reading the code.

Linux 6.1 and 6.12 are always tested. The labels of other kernels are tests only where their
trees are named, as ``make labels`` does: see :mod:`tests.labels`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import labels
from errno_gen.model import Cause, Verdict
from labels import Label, changes, key, verdicts

pytestmark = pytest.mark.kernel


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a kernel's verdicts may at most be.

    ``wrong`` and ``missed`` count settled labels of 100 that get another cause, and any other
    than their own (an honest unknown is no error but no hit). ``against`` counts changes
    against a label, ``absent`` open labels of which nothing is reported.
    """

    wrong: int
    missed: int
    against: int
    absent: int


_BOUNDS = {
    "6.1": _Bounds(wrong=3, missed=3, against=0, absent=0),
    "6.12": _Bounds(wrong=3, missed=3, against=0, absent=0),
    "5.10": _Bounds(wrong=0, missed=2, against=2, absent=1),
    "7.3": _Bounds(wrong=0, missed=4, against=2, absent=6),
}
_ALWAYS = ("6.1", "6.12")
_MORE = labels.more_kernels()


@dataclass(frozen=True, slots=True)
class _Compared:
    version: str
    labels: list[Label]
    verdicts: list[Verdict]


@pytest.fixture(scope="module", params=[*_ALWAYS, *sorted(set(_MORE) - set(_ALWAYS))])
def compared(request: pytest.FixtureRequest, known_cache: Path) -> _Compared:
    version: str = request.param
    fixed = version in _ALWAYS
    name = f"kernel_{version.replace('.', '')}"
    kernel: Any = request.getfixturevalue(name) if fixed else _MORE[version]
    told = labels.labels(version)
    files = {label.key[0] for label in told}
    found = verdicts(Path(kernel), known_cache)
    return _Compared(version, told, [v for v in found if v.site.constant.file in files])


def test_every_labelled_site_is_found(compared: _Compared) -> None:
    missing = Counter(label.key for label in compared.labels)
    missing -= Counter(map(key, compared.verdicts))
    settled = {label.key for label in compared.labels if not label.open}
    assert not settled & set(missing)
    assert missing.total() <= _BOUNDS[compared.version].absent, missing


def test_nothing_else_is_reported(compared: _Compared) -> None:
    extra = Counter(map(key, compared.verdicts)) - Counter(label.key for label in compared.labels)
    assert not extra


def test_causes_are_right(compared: _Compared) -> None:
    """As many as the bounds say, where readers agree."""
    bounds = _BOUNDS[compared.version]
    causes = {key(verdict): verdict.cause for verdict in compared.verdicts}
    settled = [label for label in compared.labels if not label.open]
    wrong = [
        (label.key, label.cause, causes[label.key])
        for label in settled
        if causes[label.key] not in (label.cause, Cause.UNKNOWN)
    ]
    hits = sum(causes[label.key] is label.cause for label in settled)
    print(
        f"Linux {compared.version}: {hits} of {len(settled)} settled labels, "
        f"{len(wrong)} wrong: {wrong}"
    )
    assert len(wrong) * 100 <= bounds.wrong * len(settled)
    assert hits * 100 >= (100 - bounds.missed) * len(settled)


def test_no_rewrite_is_against_a_label(compared: _Compared) -> None:
    """Not one harmful change more, whether readers found the case easy or not."""
    causes = {label.key: label.cause for label in compared.labels}
    changed = [verdict for verdict in compared.verdicts if changes(verdict)]
    against = [key(v) for v in changed if causes[key(v)] is not v.cause]
    assert changed
    assert len(against) <= _BOUNDS[compared.version].against, against
