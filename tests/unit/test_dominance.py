# SPDX-License-Identifier: GPL-2.0-only
"""Post-dominance and control dependence, against their definitions on random graphs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from errno_gen.analysis.c.graph.cfg import Block, Graph, Kind
from errno_gen.analysis.c.graph.dominance import control_dependence, immediate_postdominators
from functions import block_of, function_of

EXIT = 1


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs of up to ten blocks in which all but the exit lead somewhere."""
    size = draw(st.integers(min_value=2, max_value=10))
    blocks = []
    for index in range(size):
        kind = Kind.EXIT if index == EXIT else Kind.STATEMENT
        targets = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=3, unique=True))
        labelled = [] if index == EXIT else [(t, f"e{i}") for i, t in enumerate(targets)]
        blocks.append(Block(index, kind, None, edges=labelled))
    return Graph(tuple(blocks))


def reaches(graph: Graph, start: int, goal: int, without: int | None = None) -> bool:
    seen = {start} - {without}
    pending = list(seen)
    while pending:
        index = pending.pop()
        if index == goal:
            return True
        for target, _ in graph.blocks[index].edges:
            if target not in seen and target != without:
                seen.add(target)
                pending.append(target)
    return False


def postdominators(graph: Graph, block: int) -> set[int]:
    """By definition: the blocks on every path from the block to the exit."""
    return {
        other.index
        for other in graph.blocks
        if other.index == block or not reaches(graph, block, EXIT, other.index)
    }


def ends(graph: Graph) -> bool:
    return all(reaches(graph, block.index, EXIT) for block in graph.blocks)


@settings(max_examples=300, deadline=None)
@given(graph=graphs().filter(ends))
def test_immediate_postdominators_are_those_of_the_definition(graph: Graph) -> None:
    immediate = immediate_postdominators(graph)
    for block in graph.blocks:
        if block.index == EXIT:
            continue
        strict = postdominators(graph, block.index) - {block.index}
        closest = {one for one in strict if postdominators(graph, one) == strict}
        assert {immediate[block.index]} == closest


@settings(max_examples=300, deadline=None)
@given(graph=graphs().filter(ends))
def test_control_dependence_is_that_of_the_definition(graph: Graph) -> None:
    table = control_dependence(graph)
    for block in graph.blocks:
        expected = set()
        for branch in graph.blocks:
            for target, label in branch.edges:
                behind = block.index in postdominators(graph, target)
                always = block.index in postdominators(graph, branch.index) - {branch.index}
                if behind and not always and len(branch.edges) > 1:
                    expected.add((branch.index, label))
        assert set(table[block.index]) == expected


@settings(max_examples=300, deadline=None)
@given(graph=graphs())
def test_endless_loops_have_an_answer_too(graph: Graph) -> None:
    immediate = immediate_postdominators(graph)
    assert all(found is not None for found in immediate)
    for start in range(len(graph.blocks)):
        step, count = start, 0
        while step != EXIT:
            following = immediate[step]
            assert following is not None
            step, count = following, count + 1
            assert count <= len(graph.blocks)


def test_what_follows_an_early_return_depends_on_it() -> None:
    function = function_of("if (a) return 1; x(); if (b) y(); return 2;")
    branch, last = block_of(function, "a"), block_of(function, "2")
    assert function.dependence[block_of(function, "x();").index] == ((branch.index, "false"),)
    assert function.dependence[last.index] == ((branch.index, "false"),)
    inner = block_of(function, "b")
    assert function.dependence[block_of(function, "y();").index] == ((inner.index, "true"),)
