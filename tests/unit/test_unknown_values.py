# SPDX-License-Identifier: GPL-2.0-only
"""Values that leave a callback and of which no file says what they are."""

from __future__ import annotations

import pytest

from errno_gen.model import UNKNOWN_ERRNO, Action, Cause
from outside import attach, judged


@pytest.mark.parametrize(
    "lines",
    [
        ("return vendor_get(dev);",),
        ("ret = vendor_get(dev);", "if (ret)", "\treturn ret;", "return 0;"),
        (
            "ret = vendor_get(dev);",
            "if (ret < 0)",
            "\tgoto out;",
            "ret = 0;",
            "out:",
            "return ret;",
        ),
        ("return dev ? vendor_get(dev) : 0;",),
    ],
)
def test_what_no_file_defines_is_left_to_a_person(lines: tuple[str, ...]) -> None:
    (verdict,) = judged(attach(*lines, before="int vendor_get(struct device *dev);\n\n"))
    assert verdict.site.errno == UNKNOWN_ERRNO
    assert (verdict.cause, verdict.action) == (Cause.UNKNOWN, Action.REVIEW)
    assert "No file of the tree defines `vendor_get()`" in verdict.because[0]


@pytest.mark.parametrize(
    "lines",
    [
        ("return fine(dev);",),
        ("vendor_get(dev);", "return 0;"),
        ("ret = vendor_get(dev);", "ret = 0;", "return ret;"),
        ("return vendor_get(dev) ? fine(dev) : 0;",),
        ("return here(dev);",),
        ("return SHORT(dev);",),
    ],
)
def test_nothing_is_said_of_what_is_defined_or_does_not_leave(lines: tuple[str, ...]) -> None:
    before = (
        "#define SHORT(d) fine(d)\n\n"
        "static int here(struct device *dev)\n{\n\treturn fine(dev);\n}\n\n"
    )
    assert judged(attach(*lines, before=before)) == ()
