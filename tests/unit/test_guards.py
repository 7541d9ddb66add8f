# SPDX-License-Identifier: GPL-2.0-only
"""Guards: the halves of conditions, what stands around a way out, what fails beside it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, condensed
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.guards import (
    Atom,
    Level,
    alternatives,
    chains,
    describe,
    sibling_always_fails,
    sibling_fails,
)
from functions import APIS, block_of, function_of


def condition_of(text: str) -> Node:
    function = function_of(f"if ({text}) return 1; return 0;")
    node = next(b.expression for b in function.graph.blocks if b.kind == "condition")
    assert node is not None
    return node


def said(atom: Atom) -> str:
    return ("" if atom.truth else "not ") + condensed(atom.node)


@pytest.mark.parametrize(
    ("text", "truth", "expected"),
    [
        ("a", True, [["a"]]),
        ("a", False, [["not a"]]),
        ("!a", True, [["not a"]]),
        ("!!a", False, [["not a"]]),
        ("a && b", True, [["a", "b"]]),
        ("a && b", False, [["not a"], ["not b"]]),
        ("a || b", True, [["a"], ["b"]]),
        ("a || b", False, [["not a", "not b"]]),
        ("!(a && b)", True, [["not a"], ["not b"]]),
        ("a && (b || ret)", True, [["a", "b"], ["a", "ret"]]),
        ("unlikely(a || b)", True, [["a"], ["b"]]),
        ("likely(!a)", True, [["not a"]]),
        ("a == b", False, [["not a == b"]]),
    ],
)
def test_the_ways_to_make_a_condition_true(
    text: str, truth: bool, expected: list[list[str]]
) -> None:
    found = alternatives(condition_of(text), truth, APIS)
    assert [[said(atom) for atom in conjunction] for conjunction in found] == expected


def test_an_assertion_marks_its_halves() -> None:
    found = alternatives(condition_of("WARN_ON(a) || b"), True, APIS)
    assert [[(said(a), a.asserted) for a in each] for each in found] == [
        [("a", True)],
        [("b", False)],
    ]


formulas = st.recursive(
    st.sampled_from(("a", "b", "ret")),
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(formula=formulas, truth=st.booleans())
def test_the_alternatives_are_the_condition_in_normal_form(formula: str, truth: bool) -> None:
    found = alternatives(condition_of(formula), truth, APIS)
    python = formula.replace("!", " not ").replace("&&", " and ").replace("||", " or ")
    for values in itertools.product((False, True), repeat=3):
        names = dict(zip(("a", "b", "ret"), values, strict=True))
        normal = any(
            all(names[condensed(atom.node)] is atom.truth for atom in conjunction)
            for conjunction in found
        )
        assert normal is (eval(python, {}, names) is truth)


def test_a_condition_with_too_many_alternatives_stays_whole() -> None:
    text = " && ".join(f"(a{i} || b{i})" for i in range(6))
    found = alternatives(condition_of(text), True, APIS)
    assert len(found) <= 16
    assert any("&&" in said(atom) for conjunction in found for atom in conjunction)


def guard_of(body: str, place: str) -> list[list[str]]:
    """The guards of a place, innermost first; those that do not enclose it in brackets."""
    function = function_of(body)
    way = WayOut(block_of(function, place).index)
    return [
        [
            str(describe(function, level)) if level.enclosing else f"[{describe(function, level)}]"
            for level in chain
        ]
        for chain in chains(function, way)
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (a) x(); return 0;", [["a"]]),
        ("if (a) return 1; x(); return 0;", [["[!(a)]"]]),
        ("if (a) { if (b) x(); } return 0;", [["b", "a"]]),
        ("if (a) return 1; if (b) x(); return 0;", [["b", "[!(a)]"]]),
        ("if (a) return 1; else x(); return 0;", [["!(a)"]]),
        ("x(); return 0;", []),
        ("switch (a) { case 1: x(); break; } return 0;", [["switch (a) case 1"]]),
        ("if (a) goto l; if (b) { l: x(); } return 0;", [["[a]"], ["b", "[!(a)]"]]),
        ("while (a) x(); return 0;", [["a"]]),
    ],
)
def test_the_guards_of_a_place(body: str, expected: list[list[str]]) -> None:
    assert guard_of(body, "x();") == expected


def level_of(function: Function, text: str, label: str) -> Level:
    return Level(block_of(function, text).index, label, True)


@pytest.mark.parametrize(
    ("body", "fails", "always"),
    [
        ("if (a) return -EIO; x(); return 0;", False, False),
        ("if (a) x(); else return -EIO; return 0;", True, True),
        ("if (a) x(); else { if (b) return -EIO; } return 0;", False, False),
        ("if (a) x(); else { if (b) return -EIO; return -EBUSY; } return 0;", False, True),
        ("if (a) x(); else ret = -EIO; return ret;", True, True),
        ("if (a) x(); else { ret = -EIO; ret = g(); } return ret;", True, False),
        ("if (a) x(); else return 0; return -EIO;", False, False),
        ("if (a) x(); else return ret; return 0;", False, False),
    ],
)
def test_whether_the_other_arm_fails(body: str, fails: bool, always: bool) -> None:
    function = function_of(body)
    level = level_of(function, "a", "true")
    assert sibling_fails(function, level) is fails
    assert sibling_always_fails(function, level) is always
