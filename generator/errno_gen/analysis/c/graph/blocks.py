# SPDX-License-Identifier: GPL-2.0-only
"""What a control flow graph is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from errno_gen.analysis.c.graph.expansion import Expansion
from errno_gen.analysis.c.text.syntax import Node


class Kind(StrEnum):
    """What a graph node is."""

    ENTRY = "entry"
    EXIT = "exit"
    STATEMENT = "statement"
    CONDITION = "condition"
    SWITCH = "switch"
    CONFIG = "config"
    RETURN = "return"


@dataclass(slots=True)
class Block:
    """A graph node.

    ``syntax`` is the statement, or the whole ``if``/loop/``switch`` for a branch.
    ``expression`` is the condition, the returned value, or the value of an arm of
    ``?:`` (then ``target`` is what it is assigned to). Edges are (index, label); labels
    are "" for plain flow, ``true``/``false``, or the text of a case.
    ``macro`` is the use of a macro that the block is a part of: ``syntax`` is then the call,
    and ``expression`` what runs. ``arms`` are the edges of its branch that lead into
    statements of the macro, and ``jumps`` tells of a ``goto`` in it.
    """

    index: int
    kind: Kind
    syntax: Node | None
    expression: Node | None = None
    target: Node | None = None
    edges: list[tuple[int, str]] = field(default_factory=list)
    macro: Expansion | None = None
    arms: tuple[str, ...] = ()
    jumps: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The blocks of one function; ``blocks[0]`` is the entry, ``blocks[1]`` the exit.

    ``expansions`` are the uses of macros in it that were followed.
    """

    blocks: tuple[Block, ...]
    expansions: tuple[Expansion, ...] = ()

    def in_source(self, node: Node) -> Node:
        """The node itself, or the argument that it is in a macro's text, or else the call."""
        if not self.expansions:
            return node
        top = node
        while top.parent is not None:
            top = top.parent
        for expansion in self.expansions:
            if expansion.root == top:
                found, text = expansion.argument(node)
                return found if text is None else expansion.spot
        return node

    def reachable(self) -> frozenset[int]:
        """The blocks that the entry leads to; the others are dead code."""
        seen = {0}
        pending = [0]
        while pending:
            for target, _ in self.blocks[pending.pop()].edges:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return frozenset(seen)

    def predecessors(self) -> list[list[int]]:
        """For each block the indices of the blocks with an edge to it."""
        table: list[list[int]] = [[] for _ in self.blocks]
        for block in self.blocks:
            for successor, _ in block.edges:
                table[successor].append(block.index)
        return table
