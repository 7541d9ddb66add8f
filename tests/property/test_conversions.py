# SPDX-License-Identifier: GPL-2.0-only
"""Laws of conversions: done once, nothing else changes, and nothing reserved is handed on."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errno_gen.analysis.c.text.lexer import code
from errno_gen.model import Action
from outside import attach, judged, rewritten

_FEW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
_CALL = st.sampled_from(["get_sync(dev)", "set_up(dev, 1)", "fine(dev)", "mount(dev)"])
_TEST = st.sampled_from(["ret", "ret < 0", "ret != 0", "unlikely(ret)", "ret && dev->on"])
_LEAVE = st.sampled_from(["return ret;", "goto out;"])
_MIDDLE = st.lists(
    st.sampled_from(['dev_err(dev, "%d", ret);', "put(dev);", "/* so */"]), max_size=2
)


@st.composite
def _steps(draw: st.DrawFn) -> list[str]:
    """A call, and what is done if it fails."""
    call = f"ret = {draw(_CALL)};"
    lines = draw(st.sampled_from([[call], ["if (dev->on)", f"\t{call}"]]))
    middle, leave = draw(_MIDDLE), draw(_LEAVE)
    if middle or draw(st.booleans()):
        return [*lines, f"if ({draw(_TEST)}) {{", *(f"\t{m}" for m in (*middle, leave)), "}"]
    return [*lines, f"if ({draw(_TEST)})", f"\t{leave}"]


@st.composite
def _drivers(draw: st.DrawFn) -> str:
    lines = [line for step in draw(st.lists(_steps(), min_size=1, max_size=3)) for line in step]
    end = draw(st.sampled_from([["ret = 0;"], [], ["return set_up(dev, 2);"]]))
    return attach("ret = 0;", *lines, *end, "out:", draw(st.sampled_from(["put(dev);", ""])),
                  "return ret;")  # fmt: skip


@_FEW
@given(_drivers())
def test_a_conversion_is_done_once_and_is_all_that_changes(text: str) -> None:
    planned = [v for v in judged(text) if v.callee and v.action is Action.REWRITE]
    with tempfile.TemporaryDirectory() as scratch:
        after = rewritten(text, Path(scratch))
        assert rewritten(after, Path(scratch)) == after
    assert (after != text) == bool(planned)
    left = [v for v in judged(after) if v.callee]
    assert all(verdict.action is Action.REVIEW for verdict in left)
    assert len(left) == len([v for v in judged(text) if v.callee]) - len(planned)
    assert _without(after) == _without(text)


def _without(text: str) -> list[bytes]:
    """The lexemes of a driver without its conversions."""
    text = re.sub(r"if \(ret == -EINVAL\)\s+ret = -ENODEV;", "", text)
    text = text.replace("ret == -EINVAL ? -ENODEV : ret", "ret")
    text = re.sub(r"ret = (set_up\(dev, 2\));\s+return ret;", r"return \1;", text)
    return [lexeme.text for lexeme in code(text.encode())]
