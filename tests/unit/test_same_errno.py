# SPDX-License-Identifier: GPL-2.0-only
"""Constants that stand for a kernel function's errno which is the same: nothing is lost."""

from __future__ import annotations

import pytest

from errno_gen.model import Action, Cause
from outside import attach, judged

WAYS = {
    "kept": ("ret = {}(dev);", "if (ret)", "\treturn -EINVAL;", "return 0;"),
    "tested": ("if ({}(dev))", "\treturn -EINVAL;", "return 0;"),
    "negative": ("ret = {}(dev);", "if (ret < 0)", "\treturn -EINVAL;", "return 0;"),
    "jump": ("ret = -EINVAL;", "if ({}(dev))", "\tgoto out;", "ret = 0;", "out:", "return ret;"),
}


def _causes(way: str, name: str) -> set[tuple[Cause, Action]]:
    lines = [line.format(name) for line in WAYS[way]]
    return {(v.cause, v.action) for v in judged(attach(*lines)) if not v.callee}


@pytest.mark.parametrize("way", WAYS)
def test_the_only_errno_of_a_callee_is_not_swallowed(way: str) -> None:
    assert _causes(way, "only") == {(Cause.KAPI, Action.KEEP)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["fine", "get_sync"])
def test_another_errno_of_the_callee_is_swallowed(way: str, name: str) -> None:
    assert {cause for cause, _ in _causes(way, name)} == {Cause.SWALLOWED}


@pytest.mark.parametrize("way", WAYS)
def test_a_callee_of_which_not_all_is_known_never_passes_for_the_same(way: str) -> None:
    assert Cause.KAPI not in {cause for cause, _ in _causes(way, "gone")}
