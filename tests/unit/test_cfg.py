# SPDX-License-Identifier: GPL-2.0-only
"""The control flow graph: where each statement leads."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.graph.cfg import Kind
from functions import block_of, edges, function_of


def test_the_entry_comes_first_and_the_exit_second() -> None:
    graph = function_of("return 0;").graph
    assert (graph.blocks[0].kind, graph.blocks[1].kind) == (Kind.ENTRY, Kind.EXIT)
    assert [block.index for block in graph.blocks] == list(range(len(graph.blocks)))


def test_an_if_without_else_goes_on_behind_it() -> None:
    assert edges(function_of("if (a) b = 1; return b;")) == {
        ("entry", "", "a"),
        ("a", "true", "b = 1;"),
        ("a", "false", "b"),
        ("b = 1;", "", "b"),
        ("b", "", "exit"),
    }


def test_an_else_if_is_a_branch_of_its_own() -> None:
    found = edges(function_of("if (a) x(); else if (b) y(); else z();"))
    assert {("a", "false", "b"), ("b", "true", "y();"), ("b", "false", "z();")} <= found
    assert ("x();", "", "exit") in found


def test_a_while_loop_returns_to_its_head() -> None:
    found = edges(function_of("while (a) { if (b) break; if (ret) continue; x(); } y();"))
    assert {
        ("a", "true", "b"),
        ("break;", "", "y();"),
        ("continue;", "", "a"),
        ("x();", "", "a"),
        ("a", "false", "y();"),
    } <= found


def test_a_for_loop_updates_before_its_head() -> None:
    found = edges(function_of("for (a = 0; a < b; a++) { if (ret) continue; x(); } y();"))
    assert {
        ("entry", "", "a = 0"),
        ("a = 0", "", "a < b"),
        ("continue;", "", "a++"),
        ("x();", "", "a++"),
        ("a++", "", "a < b"),
        ("a < b", "false", "y();"),
    } <= found


@pytest.mark.parametrize("head", ["for (;;)", "while (1)", "while (true)"])
def test_an_endless_loop_is_left_by_break_only(head: str) -> None:
    found = edges(function_of(f"{head} {{ if (a) break; x(); }} y();"))
    assert [source for source, _, target in found if target == "y();"] == ["break;"]


def test_a_do_loop_runs_once_before_its_condition() -> None:
    found = edges(function_of("do { x(); } while (a); y();"))
    assert {("x();", "", "a"), ("a", "true", "x();"), ("a", "false", "y();")} <= found


def test_do_while_0_is_no_loop() -> None:
    found = edges(function_of("do { if (a) break; x(); } while (0); y();"))
    assert {("break;", "", "y();"), ("x();", "", "y();")} <= found
    assert not any(source == "0" for source, _, _ in found)


def test_cases_fall_through_and_a_missing_default_goes_on() -> None:
    found = edges(function_of("switch (a) { case 1: x(); case 2: y(); break; } z();"))
    assert {
        ("a", "case 1", "x();"),
        ("a", "case 2", "y();"),
        ("x();", "", "y();"),
        ("break;", "", "z();"),
        ("a", "default", "z();"),
    } <= found


def test_a_default_leaves_no_other_way() -> None:
    found = edges(function_of("switch (a) { case 1: return 1; default: return 2; } z();"))
    assert not any(target == "z();" and source != "z();" for source, _, target in found)


def test_continue_in_a_switch_belongs_to_the_loop_around() -> None:
    found = edges(function_of("while (a) { switch (b) { case 1: continue; } x(); }"))
    assert ("continue;", "", "a") in found


def test_a_goto_leads_to_its_label_forwards_and_backwards() -> None:
    found = edges(function_of("again: x(); if (a) goto again; if (b) goto out; y(); out: z();"))
    assert {("goto again;", "", "x();"), ("goto out;", "", "z();"), ("y();", "", "z();")} <= found


def test_the_arms_of_a_conditional_are_statements_of_their_own() -> None:
    found = edges(function_of("return a ? b : ret ? 1 : 2;"))
    assert {("a", "true", "b"), ("a", "false", "ret"), ("ret", "true", "1")} <= found


def test_the_arms_of_an_assigned_conditional_know_their_target() -> None:
    function = function_of("ret = a ? b : 3; return ret;")
    assert [block_of(function, text).target is not None for text in ("b", "3")] == [True, True]


def test_both_arms_of_an_ifdef_are_there() -> None:
    text = "x();\n#ifdef CONFIG_A\ny();\n#elif CONFIG_B\nv();\n#else\nw();\n#endif\nz();"
    found = edges(function_of(text))
    assert {(s, t) for s, _, t in found if t == "z();"} == {
        ("y();", "z();"),
        ("v();", "z();"),
        ("w();", "z();"),
    }


def test_a_loop_macro_owns_the_statement_behind_it() -> None:
    found = edges(function_of("list_for_each_entry(a, &b, list)\n\tx();\ny();"))
    heads = {source for source, label, _ in found if label == "false"}
    (head,) = heads
    assert {(head, "true", "x();"), ("x();", "", head), (head, "false", "y();")} <= found


def test_code_behind_a_return_is_kept_but_cannot_be_reached() -> None:
    function = function_of("return 1; x();")
    dead = block_of(function, "x();")
    assert function.graph.predecessors()[dead.index] == []
