# SPDX-License-Identifier: GPL-2.0-only
"""Post-dominance and control dependence.

Post-dominators by the iterative algorithm of Cooper, Harvey and Kennedy ("A Simple,
Fast Dominance Algorithm", 2001) on the reversed graph; control dependence after
Ferrante, Ottenstein and Warren ("The Program Dependence Graph", TOPLAS 1987).
"""

from __future__ import annotations

from errno_gen.analysis.c.graph.cfg import Graph

_EXIT = 1


def immediate_postdominators(graph: Graph) -> list[int | None]:
    """For each block its immediate post-dominator; None where the exit is not reachable.

    Blocks that cannot reach the exit (endless loops) are connected to it first, so
    that every block has an answer.
    """
    successors = _successors_with_exit(graph)
    predecessors: list[list[int]] = [[] for _ in graph.blocks]
    for index, targets in enumerate(successors):
        for target in targets:
            predecessors[target].append(index)
    order = _postorder(predecessors, _EXIT)
    number = {index: position for position, index in enumerate(order)}
    immediate: list[int | None] = [None] * len(graph.blocks)
    immediate[_EXIT] = _EXIT
    changed = True
    while changed:
        changed = False
        for index in reversed(order):
            if index == _EXIT:
                continue
            best: int | None = None
            for successor in successors[index]:
                if immediate[successor] is None or successor not in number:
                    continue
                best = successor if best is None else _meet(immediate, number, best, successor)
            if best != immediate[index]:
                immediate[index] = best
                changed = True
    return immediate


def control_dependence(graph: Graph) -> list[tuple[tuple[int, str], ...]]:
    """For each block the branch edges (block, label) that it is directly dependent on."""
    immediate = immediate_postdominators(graph)
    table: list[list[tuple[int, str]]] = [[] for _ in graph.blocks]
    for block in graph.blocks:
        if len({target for target, _ in block.edges}) < 2:
            continue
        for target, label in block.edges:
            runner: int | None = target
            while runner is not None and runner != immediate[block.index]:
                if (block.index, label) not in table[runner]:
                    table[runner].append((block.index, label))
                if runner == immediate[runner]:
                    break
                runner = immediate[runner]
    return [tuple(edges) for edges in table]


def _successors_with_exit(graph: Graph) -> list[list[int]]:
    successors = [[target for target, _ in block.edges] for block in graph.blocks]
    reaching = {_EXIT}
    predecessors = graph.predecessors()
    pending = [_EXIT]
    while True:
        while pending:
            for source in predecessors[pending.pop()]:
                if source not in reaching:
                    reaching.add(source)
                    pending.append(source)
        stuck = [index for index in range(len(successors)) if index not in reaching]
        if not stuck:
            return successors
        successors[stuck[0]].append(_EXIT)
        reaching.add(stuck[0])
        pending.append(stuck[0])


def _postorder(edges: list[list[int]], root: int) -> list[int]:
    seen = {root}
    order: list[int] = []
    stack = [(root, iter(edges[root]))]
    while stack:
        index, targets = stack[-1]
        for target in targets:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(edges[target])))
                break
        else:
            order.append(index)
            stack.pop()
    return order


def _meet(immediate: list[int | None], number: dict[int, int], one: int, two: int) -> int:
    while one != two:
        while number[one] < number[two]:
            step = immediate[one]
            assert step is not None
            one = step
        while number[two] < number[one]:
            step = immediate[two]
            assert step is not None
            two = step
    return one
