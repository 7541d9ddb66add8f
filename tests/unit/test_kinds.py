# SPDX-License-Identifier: GPL-2.0-only
"""What kind of value a function returns; only errnos may be handed on."""

from __future__ import annotations

import pytest

from errno_gen.analysis.flow.kinds import Kinds, ValueKind
from errno_gen.analysis.flow.sites import SourceFinder
from functions import program_of


def kind_of(text: str, name: str = "f") -> ValueKind | None:
    program = program_of(text)
    (function,) = [f for f in program.functions() if f.name == name]
    return Kinds(program, SourceFinder(program)).of(function)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int f(int a) { return a ? -EIO : 0; }", "errno"),
        ("int f(int a) { int ret = 0; if (a) ret = -EIO; return ret; }", "errno"),
        ("int f(int a) { if (a) return -EIO; return 3; }", "count"),
        ("int f(int a) { int n = 0; if (a) return -EIO; n = 4; return n; }", "count"),
        ("bool f(int a) { return a; }", "bool"),
        ("int f(int a) { return a == 3; }", "bool"),
        ("int f(int a) { return !a; }", "bool"),
        ("struct s *f(int a) { return ERR_PTR(-EIO); }", "pointer"),
        ("u8 f(int a) { return -EIO; }", "value"),
        ("unsigned int f(int a) { return 0; }", "value"),
        ("void f(int a) { }", "code"),
        ("int f(int a) { return g(a); }", "open"),
        ("int f(int a) { return a; }", "value"),
        ("int f(struct s *p) { return p->m; }", "value"),
        ("int f(struct s *p) { if (!p) return -EIO; return p->m; }", "count"),
        ("int f(struct s *p) { p->m = 0; if (p->n) p->m = -EIO; return p->m; }", "errno"),
        ("int f(int a) { int v; if (a) return -EIO; read(a, &v); return v; }", "count"),
        ("int f(int a) { return -1; }", "code"),
        ("int f(int a) { return 0; }", "errno"),
        ("long f(int a) { return -EIO; }", "errno"),
    ],
)
def test_the_kind_of_a_function(text: str, kind: str) -> None:
    assert kind_of(text) == ValueKind(kind)


def test_a_kind_follows_calls_into_other_functions() -> None:
    inner = "int g(int a) { return a ? -EIO : 0; } "
    assert kind_of(inner + "int f(int a) { return g(a); }") is ValueKind.ERRNO
    assert kind_of(inner + "int f(int a) { int r = g(a); return r; }") is ValueKind.ERRNO
    assert kind_of(inner + "int f(int a) { return !!g(a); }") is ValueKind.BOOL


def test_a_function_that_makes_errnos_hands_errnos_on() -> None:
    assert kind_of("int f(int a) { if (a) return -EIO; return outside(a); }") is ValueKind.ERRNO
    code = "int g(int a) { return -1; } "
    assert kind_of(f"{code}int f(int a) {{ if (a) return -EIO; return g(a); }}") is ValueKind.CODE


def test_a_number_above_0_that_stays_inside_does_not_count() -> None:
    inner = "int g(int a) { return a ? -EIO : 3; } "
    negative = "int r = g(a); if (r < 0) return r; return 0;"
    assert kind_of(f"{inner}int f(int a) {{ {negative} }}") is ValueKind.ERRNO
    assert kind_of(f"{inner}int f(int a) {{ int r = g(a); if (r > 0) r = 0; return r; }}") is (
        ValueKind.ERRNO
    )
    assert kind_of(f"{inner}int f(int a) {{ int r = g(a); if (r) return r; return 0; }}") is (
        ValueKind.COUNT
    )


def test_recursion_adds_nothing() -> None:
    assert kind_of("int f(int a) { if (a) return -EIO; return f(a - 1); }") is ValueKind.ERRNO
    twins = "int g(int a) { return f(a); } int f(int a) { if (a) return -EIO; return g(a); }"
    assert kind_of(twins) is ValueKind.ERRNO
