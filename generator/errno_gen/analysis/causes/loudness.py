# SPDX-License-Identifier: GPL-2.0-only
"""What can be made of the messages of a way out: which can go or become quiet, which not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, call_name
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.quiet import Quiet
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.places.messages import (
    conditional,
    debug_form,
    messages,
    nested,
    why_nested,
)
from errno_gen.analysis.prose import listed, quoted
from errno_gen.model import Location

_STAYS = "The message in line {} stays: {}."


@dataclass(frozen=True, slots=True)
class Loudness:
    """Messages as a verdict has them: ``prints``, ``staying``, ``printers`` and ``audible``."""

    prints: tuple[Location, ...]
    staying: tuple[str, ...]
    printers: tuple[Location, ...]
    audible: tuple[str, ...]


def loudness(
    index: Index, function: Function, way: WayOut, others: Sequence[str], *, kept: bool
) -> Loudness:
    """What can be made of the messages in the branch of a way out.

    ``others`` call the function, too, and may see its messages; with ``kept`` they say what a
    person wants to read in any case.
    """
    apis, printer = index.program.apis, index.origins.prints
    nodes = messages(function, way, apis, printer)
    ifs = conditional(
        function,
        way,
        apis,
        printer,
        Quiet(index.program, index.origins.idle, index.origins.allocates).asks,
    )
    deeper = nested(function, way, apis, printer)
    seen = f"{listed(quoted(f'{name}()') for name in others[:3])} may see it, too"
    held = bool(others) or kept

    def stays(node: Node, why: str) -> str:
        return _STAYS.format(function.line_of(node), why)

    inside = [node for node in deeper if any(_within(node, each) for each in ifs)]
    shared = _ordered([*nodes, *inside]) if others else []
    staying = [stays(node, seen) for node in shared]
    staying += [
        stays(node, why_nested(node, function, apis, printer))
        for node in deeper
        if node not in inside
    ]
    every = _ordered([*nodes, *deeper])
    forms = {node: debug_form(_called(node), apis) for node in every}
    audible = [
        stays(node, seen if others else f"{quoted(f'{_called(node)}()')} has no debug form")
        for node, form in forms.items()
        if (not form or others) and form != _called(node) and (others or not kept)
    ]
    return Loudness(
        prints=() if held else tuple(map(function.location, _ordered([*nodes, *ifs]))),
        staying=tuple(staying),
        printers=()
        if held
        else tuple(
            function.location(_name(node))
            for node, form in forms.items()
            if form not in ("", _called(node))
        ),
        audible=tuple(audible),
    )


def _ordered(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: node.start_byte)


def _within(node: Node, around: Node) -> bool:
    return around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def _name(node: Node) -> Node:
    """What a message statement calls."""
    name = node.named_children[0].child_by_field_name("function")
    assert name is not None
    return name


def _called(node: Node) -> str:
    return call_name(node.named_children[0])
