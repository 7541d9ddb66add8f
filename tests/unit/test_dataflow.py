# SPDX-License-Identifier: GPL-2.0-only
"""Reaching definitions, against all paths of small random functions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import condensed
from functions import block_of, function_of

VARIABLES = ("a", "b", "p->m")

simple = st.one_of(
    st.builds("{} = {};".format, st.sampled_from(VARIABLES), st.integers(1, 9)),
    st.builds("{} += 1;".format, st.sampled_from(("a", "b"))),
    st.just("p = next();"),
    st.just("fill(&a);"),
    st.just("goto out;"),
    st.just("return a;"),
)
condition = st.sampled_from(("c", "a > 1", "(b = get())", "c && (a = 3)"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        st.builds("if ({}) {{ {} }}".format, condition, block),
        st.builds("if ({}) {{ {} }} else {{ {} }}".format, condition, block, block),
        st.builds("while ({}) {{ {} }}".format, condition, block),
        st.builds("switch (c) {{ case 1: {} case 2: {} break; }}".format, block, block),
    )


statements = st.recursive(simple, compound, max_leaves=6)
bodies = st.lists(statements, min_size=1, max_size=4).map(" ".join)


def after(function: Function, block: int, key: str, state: frozenset[int]) -> frozenset[int]:
    """The definitions of a key that are alive behind a block, one definition at a time."""
    flow = function.flow
    entry = next(d.index for d in flow.definitions if d.key == key and d.how == "entry")
    for definition in flow.definitions:
        if definition.block != block or definition.how == "entry":
            continue
        if definition.key == key:
            state = (frozenset() if definition.strong else state) | {definition.index}
        elif definition.strong and key.startswith((f"{definition.key}->", f"{definition.key}.")):
            state = frozenset({entry})
    return state


def by_paths(function: Function, key: str) -> list[set[int]]:
    """For each block what reaches its start, by following every path one at a time."""
    flow = function.flow
    entry = next(d.index for d in flow.definitions if d.key == key and d.how == "entry")
    found: list[set[int]] = [set() for _ in function.graph.blocks]
    pending = [(0, frozenset({entry}))]
    seen = set(pending)
    while pending:
        block, state = pending.pop()
        if block != 0:
            found[block] |= state
        state = after(function, block, key, state)
        for target, _ in function.graph.blocks[block].edges:
            if (target, state) not in seen:
                seen.add((target, state))
                pending.append((target, state))
    return found


@settings(max_examples=150, deadline=None)
@given(body=bodies)
def test_what_reaches_a_block_is_what_some_path_brings(body: str) -> None:
    function = function_of(f"{body} out: return a;", "int f(int a, int b, int c, struct s *p)")
    flow = function.flow
    for key in {definition.key for definition in flow.definitions}:
        flow.reaching(key, 0)  # adds the definitions of the entry
        expected = by_paths(function, key)
        reachable = {0} | {b.index for b in function.graph.blocks if expected[b.index]}
        for block in function.graph.blocks:
            if block.index in reachable and block.index != 0:
                found = {d.index for d in flow.reaching(key, block.index)}
                assert found == expected[block.index], (body, key, block.index)


def values(definitions: tuple[Definition, ...]) -> list[str]:
    return sorted(d.how if d.value is None else condensed(d.value) for d in definitions)


def reaching(body: str, key: str, head: str = "int f(int a, int b, int c)") -> list[str]:
    """What of a key reaches the last statement, ``use();``."""
    function = function_of(f"{body} use();", head)
    return values(function.flow.reaching(key, block_of(function, "use();").index))


@pytest.mark.parametrize(
    ("body", "key", "expected"),
    [
        ("a = 1; a = 2;", "a", ["2"]),
        ("a = 1; if (b) a = 2;", "a", ["1", "2"]),
        ("if (b) a = 2;", "a", ["2", "entry"]),
        ("int x = 1, y = 2;", "y", ["2"]),
        ("a = 1; a++;", "a", ["1", "update"]),
        ("a = 1; if (b && (a = g())) h();", "a", ["1", "g()"]),
        ("a = 1; if ((a = g()) && b) h();", "a", ["g()"]),
        ("a = b = 3;", "b", ["3"]),
        ("a = 1; fill(&a);", "a", ["1", "fill(&a)"]),
        ("p->m = 1; p->n = 2;", "p->m", ["1"]),
        ("p->m = 1; p = q;", "p->m", ["entry"]),
        ("a = c ? 1 : 2;", "a", ["1", "2"]),
        ("int (*g)(int) = h;", "g", ["h"]),
        ("goto out; a = 1; out:", "a", ["entry"]),
        ("a = 1; while (b) { a = 2; if (c) break; a = 3; }", "a", ["1", "2", "3"]),
    ],
)
def test_the_last_writes_reach_a_use(body: str, key: str, expected: list[str]) -> None:
    head = "int f(int a, int b, int c, struct s *p, struct s *q)"
    assert reaching(body, key, head) == expected


def test_a_use_in_the_same_statement_sees_what_was_written_before_it() -> None:
    function = function_of("a = 1; if ((a = g()) > 0 && a < 5) h(); return 0;")
    block = block_of(function, "(a = g()) > 0 && a < 5")
    assert block.expression is not None
    right = block.expression.child_by_field_name("right")
    assert right is not None
    assert values(function.flow.reaching("a", block.index, right.start_byte)) == ["g()"]
    assert values(function.flow.reaching("a", block.index)) == ["1"]


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("a", "a"),
        ("(a)", "a"),
        ("p->m", "p->m"),
        ("p->m.n", "p->m.n"),
        ("(p)->m", "p->m"),
        ("a[1]", None),
        ("p[1].m", None),
        ("f()->m", None),
        ("*p", "*p"),
    ],
)
def test_a_key_names_variables_and_members_only(expression: str, key: str | None) -> None:
    function = function_of(f"return {expression};")
    (block,) = [b for b in function.graph.blocks if b.expression is not None]
    assert block.expression is not None
    assert key_of(block.expression) == key
