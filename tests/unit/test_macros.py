# SPDX-License-Identifier: GPL-2.0-only
"""Macros that stand for errnos, also where they are defined by one another."""

from __future__ import annotations

import pytest

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.program import Program
from errno_gen.model import SourceFile


def errno_names(text: str) -> dict[str, str]:
    program = Program([SourceFile("driver.h", "0", text.encode())], kernel_apis())
    return dict(program.apis.errno_names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#define A -EIO\n", {"A": "-EIO"}),
        ("#define A (-EIO)\n", {"A": "-EIO"}),
        ("#define A EIO\n", {"A": "EIO"}),
        ("#define A -B\n#define B EIO\n", {"A": "-EIO", "B": "EIO"}),
        ("#define A B\n#define B C\n#define C -EIO\n", dict.fromkeys("ABC", "-EIO")),
        ("#define A -EIO\n#define A -EBUSY\n", {"A": ""}),
        ("#define A -EIO\n#define A\n", {"A": ""}),
        ("#define A(x) -EIO\n", {}),
        ("#define A 5\n", {}),
        ("#define A A\n", {}),
        ("#define A -B\n#define B -EIO\n", {"A": "EIO", "B": "-EIO"}),
    ],
)
def test_what_a_macro_stands_for(text: str, names: dict[str, str]) -> None:
    assert errno_names(text) == names


def test_macros_that_name_each_other_are_looked_at_once() -> None:
    # Eight definitions of each of six: following every way would never end.
    ring = "".join(f"#define M{i} M{(i + 1) % 6}\n" * 8 for i in range(6))
    assert errno_names(ring) == {}
