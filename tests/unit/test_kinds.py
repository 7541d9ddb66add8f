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
        ("int f(struct s *p) { if (!p) return -EIO; return p->m; }", "mixed"),
        ("int f(struct s *p) { p->m = 0; if (p->n) p->m = -EIO; return p->m; }", "errno"),
        ("int f(int a) { int v; if (a) return -EIO; read(a, &v); return v; }", "mixed"),
        ("int f(int a) { size_t n; if (a) return -EIO; read(a, &n); return n; }", "count"),
        ("int f(int a) { int n = 0; while (a--) n++; return n; }", "count"),
        ("int f(int a) { if (a) return -EIO; return a & 3; }", "mixed"),
        ("int f(int a) { if (a) return -EIO; return (u8)-ENODEV; }", "mixed"),
        ("int f(int a) { if (a) return -EIO; return (typeof(a))(a >> 3); }", "mixed"),
        ("int f(int a) { u16 ret = 0; if (a) ret = -EIO; return ret; }", "mixed"),
        ("int f(int a) { int ret = -EIO, err = ret; return err; }", "errno"),
        ("int f(struct s *p) { if (!p) return -EIO; return p->ops->run(p); }", "hook"),
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


def test_what_is_not_known_passes_for_no_errno() -> None:
    assert kind_of("int f(int a) { if (a) return -EIO; return outside(a); }") is ValueKind.OPEN
    macro = "#define field(a) ({ check(a); (typeof(a))(a >> 3); })\n"
    assert kind_of(f"{macro}int f(int a) {{ if (a) return -EIO; return field(a); }}") is (
        ValueKind.OPEN
    )
    cast = "int g(int a) { return a ? -EIO : 0; } int f(int a) { return (u8)g(a); }"
    assert kind_of(cast) is ValueKind.MIXED
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


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("int ret = p->run(p); if (ret) return ret; return 0;", "errno"),
        ("int ret = p->run(p); if (ret) undo(p); return ret;", "errno"),
        ("int ret = p->run(p); if (ret == 0) note(p); return ret;", "errno"),
        ("int ret = p->run(p); if (ret < 0) return ret; return 0;", "errno"),
        ("int ret = p->run(p); if (ret < 0) undo(p); return ret;", "hook"),
        ("int ret = p->run(p); if (ret != -EAGAIN) note(p); return ret;", "hook"),
        ("return p->run(p);", "hook"),
    ],
)
def test_whoever_takes_numbers_for_failures_knows_a_hook(body: str, kind: str) -> None:
    assert kind_of(f"int f(struct s *p) {{ {body} }}") == ValueKind(kind)


def test_an_errno_that_is_taken_out_of_a_pointer_is_one_whoever_made_it() -> None:
    text = "int f(int a) { void *p = outside(a); if (IS_ERR(p)) return PTR_ERR(p); return 0; }"
    assert kind_of(text) is ValueKind.ERRNO
