# SPDX-License-Identifier: GPL-2.0-only
"""What a function returns, and by which ways out."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import call_name
from errno_gen.analysis.flow.escape import PLACE, WayOut, decide
from errno_gen.analysis.flow.sites import SourceFinder
from functions import APIS, function_of, program_of, shown


def said(function: Function, way: WayOut) -> str:
    block = function.graph.blocks[way.block]
    return shown(block) if way.label == PLACE else f"{shown(block)} {way.label}"


def constants(body: str) -> list[tuple[str, str, list[str]]]:
    """(errno, form, ways out in words) of each constant, in source order."""
    function = function_of(body)
    sources = SourceFinder(program_of("")).of(function)
    return [(c.errno, c.form, [said(function, way) for way in c.ways]) for c in sources.constants]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (a) return -EIO; return 0;", [("EIO", "return", ["-EIO"])]),
        ("int r = -EIO; if (a) r = 0; return r;", [("EIO", "initialiser", ["a false"])]),
        ("ret = 0; if (a) ret = -EIO; return ret;", [("EIO", "assign", ["ret = -EIO;"])]),
        (
            "ret = -EIO; if (a) goto out; if (b) goto out; ret = 0; out: return ret;",
            [("EIO", "preset", ["a true", "b true"])],
        ),
        ("ret = -EIO; ret = 0; return ret;", []),
        ("ret = -EIO; if (a) return 1; ret = g(); return ret;", []),
        ("ret = -EIO; if (!ret) return ret; return 0;", []),
        ("ret = -EIO; if (ret < 0) return ret; return 0;", [("EIO", "assign", ["ret = -EIO;"])]),
        ("ret = -EIO; if (ret == -EIO) return 0; return ret;", []),
        (
            "ret = -EIO; if (ret == -EBUSY) return 0; return ret;",
            [("EIO", "assign", ["ret = -EIO;"])],
        ),
        ("return ERR_PTR(-EIO);", [("EIO", "err-ptr", ["ERR_PTR(-EIO)"])]),
        ("return a ? -EIO : b ? 0 : -EBUSY;", [
            ("EIO", "conditional", ["-EIO"]), ("EBUSY", "conditional", ["-EBUSY"])]),
        ("ret = a ? -EIO : 0; return ret;", [("EIO", "conditional", ["-EIO"])]),
        ("a = -EIO; b = a; ret = b; return ret;", [("EIO", "assign", ["a = -EIO;"])]),
        ("a = -EIO; b = a; a = 0; return b;", [("EIO", "assign", ["a = -EIO;"])]),
        ("return dev_err_probe(d, -EIO, s);", [("EIO", "argument", ["dev_err_probe(d, -EIO, s)"])]),
        ("g(-EIO); return 0;", []),
        ("if (a == -EIO) return a; return 0;", []),
        ("return EIO;", []),
        ("return -1;", [("EPERM", "number", ["-1"])]),
        ("return (-22L);", [("EINVAL", "number", ["(-22L)"])]),
        ("int r = -0x10; if (a) r = 0; return r;", [("EBUSY", "number", ["a false"])]),
        ("ret = -1; if (ret == -1) return 0; return ret;", []),
        ("ret = -1; if (ret == -2) return 0; return ret;", [("EPERM", "number", ["ret = -1;"])]),
        ("return -4000;", []),
        ("return 22;", []),
        ("return (int)(-EIO);", [("EIO", "return", ["(int)(-EIO)"])]),
        ("ret = (b = -EIO); return ret;", [("EIO", "assign", ["ret = (b = -EIO);"])]),
        ("p->e = -EIO; return p->e;", [("EIO", "assign", ["p->e = -EIO;"])]),
        ("p->e = -EIO; p = q; return p->e;", []),
    ],
)  # fmt: skip
def test_constants_and_their_ways_out(
    body: str, expected: list[tuple[str, str, list[str]]]
) -> None:
    assert constants(body) == expected


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return g();", ["g"]),
        ("ret = g(); if (a) ret = h(); return ret;", ["g", "h"]),
        ("ret = g(); ret = h(); return ret;", ["h"]),
        ("g(); return 0;", []),
        ("return a ? g() : h();", ["g", "h"]),
        ("return PTR_ERR(g());", ["g"]),
        ("return !g();", []),
        ("return g() ?: h();", ["g", "h"]),
    ],
)
def test_calls_whose_value_can_leave(body: str, names: list[str]) -> None:
    found = SourceFinder(program_of("")).of(function_of(body)).calls
    assert [call_name(call.node) for call in found] == names


@pytest.mark.parametrize(
    ("body", "errno", "leaves"),
    [
        ("ret = g(); if (ret) return ret; return 0;", "EIO", True),
        ("ret = g(); if (ret == -EIO) return 0; return ret;", "EIO", False),
        ("ret = g(); if (ret == -EIO) return 0; return ret;", "EBUSY", True),
        ("ret = g(); if (ret == -EIO) ret = 0; return ret;", "EIO", False),
        ("ret = g(); if (ret && ret != -EIO) return ret; return 0;", "EIO", False),
        ("ret = g(); if (-EIO == ret) return 0; return ret;", "EIO", False),
        ("ret = g(); if (ret > 0) return ret; return 0;", "EIO", False),
        ("return g();", "EIO", True),
    ],
)
def test_a_caller_may_stop_one_errno_and_let_others_pass(
    body: str, errno: str, leaves: bool
) -> None:
    function = function_of(body)
    finder = SourceFinder(program_of(""))
    (call,) = finder.of(function).calls
    assert finder.can_leave(function, call, errno) is leaves


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        ("ret", True),
        ("!ret", False),
        ("!!ret", True),
        ("ret < 0", True),
        ("0 > ret", True),
        ("ret >= 0", False),
        ("ret == 0", False),
        ("ret == -EIO", True),
        ("ret != -EIO", False),
        ("ret == -EBUSY", False),
        ("IS_ERR(ret)", True),
        ("unlikely(ret)", True),
        ("ret && a", None),
        ("ret || a", True),
        ("!ret && a", False),
        ("a", None),
        ("ret < a", None),
        ("(ret = g())", None),
    ],
)
def test_a_condition_is_decided_by_a_known_errno(condition: str, known: bool | None) -> None:
    function = function_of(f"if ({condition}) return 1; return 0;")
    (expression,) = [b.expression for b in function.graph.blocks if b.kind == "condition"]
    assert expression is not None
    assert decide(expression, "ret", "EIO", APIS) is known
