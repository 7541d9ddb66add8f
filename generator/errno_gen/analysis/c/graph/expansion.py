# SPDX-License-Identifier: GPL-2.0-only
"""One use of a macro, as the statements that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from errno_gen.analysis.c.text.syntax import Node, walk


@dataclass(frozen=True, slots=True)
class Expansion:
    """One use of a macro: what it runs, parsed on its own and placed where the use begins.

    ``pieces`` are the arguments in it: (start, end, where they start in the source of
    ``call``). ``outer`` is the use in whose text ``call`` stands, None in the source itself.
    ``branches`` tells that it runs conditionally.
    """

    call: Node
    root: Node
    pieces: tuple[tuple[int, int, int], ...]
    outer: Expansion | None
    branches: bool

    @property
    def statements(self) -> list[Node]:
        """What is run, in order."""
        body = self.root.named_children[0].child_by_field_name("body")
        return list(body.named_children) if body is not None else []

    @property
    def spot(self) -> Node:
        """The call in the source of the function."""
        return self.outer.spot if self.outer is not None else self.call

    @property
    def declarations(self) -> Iterator[Node]:
        """What the macro itself declares."""
        return (node for node in walk(self.root) if node.type == "declaration")

    def argument(self, node: Node) -> tuple[Node, Expansion | None]:
        """What a node is in the text that it was written in, and the use that has this text.

        A node that is no argument is itself. None stands for the source of the function.
        """
        for start, end, origin in self.pieces:
            if start <= node.start_byte and node.end_byte <= end:
                first = origin + node.start_byte - start
                last = first + node.end_byte - node.start_byte
                found = self.call.descendant_for_byte_range(first, last)
                if found is None:
                    break
                return self.outer.argument(found) if self.outer is not None else (found, None)
        return node, self


Expand = Callable[[Node, Expansion | None, bool], Expansion | None]
"""What a call runs if it uses a macro that can be followed; the use in whose text the call
stands (None: the source), and whether the value is used."""
