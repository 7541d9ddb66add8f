# SPDX-License-Identifier: GPL-2.0-only
"""Which functions an edit touches, and into which ones these may be inlined."""

from __future__ import annotations

from errno_gen.analysis.c.versions import (
    inlined_from,
    line_map,
    reached,
    touched,
    with_macros,
)
from errno_gen.model import SourceFile

_BEFORE = b"""\
#define FAIL(x) check(x)
#define LIMIT 5

static int check(int x)
{
\treturn x ? -EBUSY : 0;
}

/* A comment. */
static int user(int x)
{
\treturn FAIL(x);
}

int top(int x)
{
\treturn user(x) + user(LIMIT);
}
"""


def source(text: bytes) -> SourceFile:
    return SourceFile("a.c", str(hash(text)), text)


def test_an_errno_that_becomes_another() -> None:
    found = touched(source(_BEFORE), source(_BEFORE.replace(b"EBUSY", b"EINVAL")))
    assert found.functions == {"check"}
    assert found.errnos == {"check": (("EBUSY", "EINVAL"),)}
    assert not found.outside


def test_white_space_and_comments_touch_nothing() -> None:
    after = _BEFORE.replace(b"A comment", b"Another one").replace(b"x ? ", b"/* so */ x\n? ")
    found = touched(source(_BEFORE), source(after))
    assert not found.functions
    assert not found.outside


def test_more_than_errnos() -> None:
    after = _BEFORE.replace(b"x ? -EBUSY : 0", b"x ? -EINVAL : 1")
    found = touched(source(_BEFORE), source(after))
    assert found.functions == {"check"}
    assert not found.errnos


def test_a_new_function_and_a_macro() -> None:
    after = _BEFORE.replace(b"LIMIT 5", b"LIMIT 6") + b"int more(void)\n{\n\treturn 0;\n}\n"
    found = touched(source(_BEFORE), source(after))
    assert found.functions == {"more"}
    assert "LIMIT" in found.outside
    assert "FAIL" not in found.outside


def test_a_function_becomes_part_of_another_through_a_macro() -> None:
    versions = [with_macros([source(_BEFORE)])]
    assert inlined_from("user", versions, {}, frozenset({"check"})) == ("check",)
    assert inlined_from("top", versions, {}, frozenset({"check"})) == ("user", "check")


def test_macros_of_another_file_count() -> None:
    own = source(b"int user(int x)\n{\n\treturn FAIL(x);\n}\n")
    header = SourceFile("a.h", "1", b"#define FAIL(x) (check(x) + \\\n\tcheck(0))\n")
    assert with_macros([own, header])["user"].mentions["check"] == 2
    assert "check" not in with_macros([own])["user"].mentions


def test_a_function_that_is_called_is_not_inlined() -> None:
    versions = [with_macros([source(_BEFORE)])]
    assert inlined_from("user", versions, {"check": 1}, frozenset({"check"})) == ()
    assert inlined_from("top", versions, {"user": 1}, frozenset({"check"})) == ("user", "check")
    assert inlined_from("top", versions, {"user": 2}, frozenset({"check"})) == ()


def test_what_a_function_can_reach() -> None:
    assert reached("top", with_macros([source(_BEFORE)])) == {"top", "user", "check"}


def test_lines_that_stay() -> None:
    after = _BEFORE.replace(b"\treturn FAIL(x);\n", b"\tx++;\n\treturn FAIL(x) + 1;\n")
    lines = line_map(_BEFORE, after)
    assert lines[9] == 9
    assert 12 not in lines
    assert lines[17] == 18
