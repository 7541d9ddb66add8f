# SPDX-License-Identifier: GPL-2.0-only
"""Laws that verdicts on a real kernel obey, whatever the verdicts are; see laws.py.

A sample is tried here; ``python -m tests.bench.laws`` tries all.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

import laws
from errno_gen.model import Verdict
from errno_gen.tools.git.repository import Repository
from labels import verdicts_of
from takingaway import Bodies

pytestmark = pytest.mark.kernel

_MOST_CHANGE_OF_100 = 2
_SAMPLE = 20
_SEED = 11


@pytest.fixture(scope="module")
def plain(kernel_61: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a scan of Linux 6.1 needs, as a repository."""
    return laws.copy_of(kernel_61, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def before(plain: Path, known_cache: Path) -> tuple[Verdict, ...]:
    return verdicts_of(plain, known_cache)


def test_helpers_of_the_kernel_may_have_any_name(
    kernel_61: Path, before: tuple[Verdict, ...], tmp_path: Path
) -> None:
    renamed = laws.copy_of(kernel_61, tmp_path, laws.RENAMED)
    found = laws.difference(before, verdicts_of(renamed, tmp_path / "cache"))
    print(f"{found.stay} of {found.total} verdicts stay ({found.percent:.1f} %)")
    assert found.total > 100
    assert found.percent >= 100 - _MOST_CHANGE_OF_100, found.changes
    assert found.rewrites == ()


def test_a_body_withheld_decides_nothing(
    plain: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A verdict stays, becomes unknown, or goes with its constant."""
    repo = Repository.open(plain)
    try:
        bodies = Bodies(repo, tmp_path_factory.mktemp("cache"))
        tried = Random(_SEED).sample(bodies.helpers, _SAMPLE)
        assert {helper.path == "" for helper in tried} == {True, False}
        broken = [text for helper in tried for text in bodies.broken(helper)]
        assert broken == []
    finally:
        repo.close()
