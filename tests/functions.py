# SPDX-License-Identifier: GPL-2.0-only
"""Short C functions as the analysis sees them, for the unit tests of its parts."""

from __future__ import annotations

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import condensed
from errno_gen.model import SourceFile

APIS = kernel_apis()


def program_of(*texts: str) -> Program:
    """A program of files ``0.c``, ``1.c`` and so on."""
    files = [SourceFile(f"{i}.c", "", text.encode()) for i, text in enumerate(texts)]
    return Program(files, APIS)


def function_of(body: str, head: str = "int f(int a, int b, int ret)") -> Function:
    """The function ``f`` with this body."""
    return next(iter(program_of(f"{head} {{ {body} }}").functions()))


def shown(block: Block) -> str:
    """A block in a word: its kind, or the text of what stands in it."""
    node = block.expression or block.syntax
    return condensed(node) if node is not None else block.kind.value


def block_of(function: Function, text: str) -> Block:
    """The one block that shows this text."""
    (found,) = [block for block in function.graph.blocks if shown(block) == text]
    return found


def edges(function: Function) -> set[tuple[str, str, str]]:
    """The edges of the graph as (from, label, to) in words, labels and joints skipped."""
    blocks = function.graph.blocks
    silent = {
        block.index
        for block in blocks
        if block.syntax is None and block.index > 1 and len(block.edges) == 1
    }

    def behind(index: int) -> int:
        while index in silent:
            index = blocks[index].edges[0][0]
        return index

    return {
        (shown(block), label, shown(blocks[behind(target)]))
        for block in blocks
        if block.index not in silent
        for target, label in block.edges
    }
