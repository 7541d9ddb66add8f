# SPDX-License-Identifier: GPL-2.0-only
"""What makes a helper give the answer that a condition asks for.

A helper that answers yes or no, or by a status of the driver's own, says by itself nothing of a
cause. What stands around those of its ``return`` statements that give the answer does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from errno_gen.analysis.c.graph.cfg import Block, Kind
from errno_gen.analysis.c.graph.dataflow import key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node, errno_constant, strip, text_of
from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.guards import (
    Atom,
    Level,
    alternatives,
    chains,
    excludes,
    is_loop,
    level_alternatives,
)
from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.origins.index import Index

_MAX_WAYS = 16
_NO_ERRNOS = (ValueKind.BOOL, ValueKind.CODE, ValueKind.VALUE, ValueKind.COUNT)

Placed = tuple[Atom, int]
"""An atom and the block of the helper in which it is evaluated."""

Holds = Callable[[int], bool]
"""Whether a condition holds for a number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A call of a helper, made in ``block``, and the ways to the answer, each a conjunction."""

    call: Node
    block: int
    callee: Function
    ways: tuple[tuple[Placed, ...], ...]


class Answers:
    """Answers for the helpers of one driver."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._kinds = index.kinds

    def of(self, atom: Atom, block: int, function: Function) -> Answer | None:
        """What makes a helper give the answer by which ``atom`` holds.

        None where no helper of the driver is asked, where it returns errnos, and where one of
        its ways out is not known to give the answer or not to.
        """
        asked = self._asked(atom, block, function)
        if asked is None:
            return None
        call, place, holds = asked
        callees = self._program.callees(call, function, place)
        if len(callees) != 1 or callees[0].macro:
            return None
        callee = callees[0]
        if self._kinds.of(callee) not in _NO_ERRNOS:
            return None
        ways = self._ways(callee, holds)
        if not ways or not all(ways) or len(ways) > _MAX_WAYS:
            return None
        return Answer(call, place, callee, tuple(dict.fromkeys(map(tuple, ways))))

    def _asked(self, atom: Atom, block: int, function: Function) -> tuple[Node, int, Holds] | None:
        """The call that a condition asks, where it stands, and the answers that it accepts."""
        node = strip(atom.node, self._program.apis.transparent)
        if node.type == "assignment_expression":
            node = _right(node) or node
        if node.type != "binary_expression":
            call = self._call(node, block, function)
            return (*call, lambda number: (number != 0) == atom.truth) if call else None
        operator = text_of(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator not in _HOLDS or left is None or right is None:
            return None
        bound = self.number(right)
        if bound is None:
            left, right, operator = right, left, _TURNED.get(operator, operator)
            bound = self.number(right)
        call = self._call(left, block, function)
        if bound is None or call is None:
            return None
        number = bound
        return (*call, lambda value: _HOLDS[operator](value, number) == atom.truth)

    def _call(self, node: Node, block: int, function: Function) -> tuple[Node, int] | None:
        """The call whose value an expression is, and the block in which it is made."""
        node = strip(node, self._program.apis.transparent)
        if node.type == "assignment_expression":
            right = _right(node)
            return self._call(right, block, function) if right is not None else None
        if node.type == "call_expression":
            return node, block
        key = key_of(node) if node.type == "identifier" else None
        reaching = function.flow.reaching(key, block, node.start_byte) if key else ()
        if len(reaching) != 1 or reaching[0].how != "assign" or reaching[0].value is None:
            return None
        value = strip(reaching[0].value)
        return (value, reaching[0].block) if value.type == "call_expression" else None

    def number(self, node: Node) -> int | None:
        """The number that a literal stands for, or a macro of the driver; None for others."""
        text = text_of(strip(node))
        for _ in range(_MAX_MACROS):
            bare = "".join(c for c in text if c not in "() \t")
            if bare in _NAMED:
                return _NAMED[bare]
            try:
                return int(bare.rstrip("uUlL"), 0)
            except ValueError:
                macros = self._program.macro_texts.all.get(bare, ())
            if len(macros) != 1 or macros[0].parameters is not None:
                return None
            text = macros[0].body.decode(errors="replace")
        return None

    def _ways(self, callee: Function, holds: Holds) -> list[list[Placed]] | None:
        """The ways to an answer that is accepted; None where they cannot be told."""
        accepted: dict[int, list[list[Placed]]] = {}
        for block in callee.graph.blocks:
            if block.kind is not Kind.RETURN:
                continue
            given = self._given(callee, block, holds)
            if given is None:
                return None
            if given:
                accepted[block.index] = given
        found: list[list[Placed]] = []
        for place, ways in accepted.items():
            around = self._around(callee, place, accepted)
            if around is None:
                return None
            found.extend([*way, *conditions] for way in ways for conditions in around)
        return found

    def _given(self, callee: Function, block: Block, holds: Holds) -> list[list[Placed]] | None:
        """The ways by which one ``return`` gives an accepted answer; [] where it never does."""
        apis = self._program.apis
        if block.expression is None:
            return None
        value = strip(block.expression, apis.transparent)
        number = self.number(value)
        if number is not None:
            return [[]] if holds(number) else []
        if _counts_up(callee, value, block) and not any(map(holds, _NATURAL)):
            return []
        if errno_constant(value, apis.errno_names) or holds(0) == holds(1):
            return None
        operator = text_of(value.child_by_field_name("operator"))
        if operator not in _HOLDS and operator not in ("&&", "||", "!"):
            return None
        opened = alternatives(value, holds(1), apis)
        return [[(atom, block.index) for atom in atoms] for atoms in opened]

    def _around(
        self, callee: Function, place: int, accepted: Collection[int]
    ) -> list[list[Placed]] | None:
        """The conditions that lead to a ``return``, but for those that others left by as well."""
        found: list[list[Placed]] = []
        for chain in chains(callee, WayOut(place)) or ((),):
            ways: list[list[Placed]] = [[]]
            ended = [level.block for level in chain if _ends_loop(callee, level)]
            for level in chain:
                if any(_is_inside(callee, level.block, loop) for loop in ended):
                    continue
                if not level.enclosing and _leaves_alike(callee, level, place, accepted):
                    continue
                block = callee.graph.blocks[level.block]
                opened = level_alternatives(callee, level, self._program.apis)
                entered = is_loop(block) and level.label == "true"
                if block.kind is not Kind.CONDITION or entered or not opened:
                    return None
                ways = [
                    [*way, *((atom, level.block) for atom in atoms)]
                    for way in ways
                    for atoms in opened
                ]
                if len(ways) > _MAX_WAYS:
                    return None
            found.extend(ways)
        return found


def _ends_loop(callee: Function, level: Level) -> bool:
    return level.label != "true" and is_loop(callee.graph.blocks[level.block])


def _is_inside(callee: Function, block: int, loop: int) -> bool:
    """Whether a block is in the body of a loop."""
    around = chains(callee, WayOut(block))
    return block != loop and any(
        level.block == loop and level.label == "true" for chain in around for level in chain
    )


def _leaves_alike(callee: Function, level: Level, place: int, accepted: Collection[int]) -> bool:
    """Whether the arm that is not taken gives an accepted answer, too, and nothing else."""
    blocks = callee.graph.blocks
    pending = [target for target, label in blocks[level.block].edges if label != level.label]
    seen: set[int] = set()
    while pending:
        index = pending.pop()
        if index in seen or index == level.block:
            continue
        seen.add(index)
        if blocks[index].kind is not Kind.RETURN:
            pending.extend(target for target, _ in blocks[index].edges)
    returns = {index for index in seen if blocks[index].kind is Kind.RETURN}
    return bool(returns) and returns <= set(accepted) and excludes(callee, level, place)


def _counts_up(callee: Function, value: Node, block: Block) -> bool:
    """Whether a variable only counts up from a number that is not negative."""
    key = key_of(value) if value.type == "identifier" else None
    reaching = callee.flow.reaching(key, block.index, value.start_byte) if key else ()
    made = [text_of(strip(d.value)) for d in reaching if d.how == "assign" and d.value]
    updates = [d for d in reaching if d.how == "update" and d.value is None]
    up = all(b"--" not in (d.inputs[0].parent.text or b"") for d in updates if d.inputs[0].parent)
    return len(made) + len(updates) == len(reaching) > 0 and up and all(map(str.isdigit, made))


def _right(node: Node) -> Node | None:
    return node.child_by_field_name("right")


_MAX_MACROS = 8
_NATURAL = (0, 1, 2, 1 << 30)
_NAMED = {"false": 0, "true": 1}
_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda one, two: one == two,
    "!=": lambda one, two: one != two,
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
