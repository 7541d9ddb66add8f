# SPDX-License-Identifier: GPL-2.0-only
"""From verdicts on calls to edits that convert their errnos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from errno_gen.analysis.c.text.lexer import COMMENT, DIRECTIVE, decode, lex
from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.edits.arms import Piece, indent_of, line_start, shifted, with_comment
from errno_gen.model import Action, Place, Verdict
from errno_gen.policy import is_call

SHARED = "Left alone: the value of another call is converted there, too, and wants another errno."
NO_PLACE = "Left alone: there is no place where its errno alone can be converted."


class Wanted(NamedTuple):
    """What is to be converted at one place: some errnos, all to one."""

    place: Place
    errnos: tuple[str, ...]
    new: str


def is_conversion(verdict: Verdict) -> bool:
    """Whether the errno of a call is to be converted."""
    return verdict.action is Action.REWRITE and is_call(verdict)


def wanted(verdicts: Iterable[Verdict]) -> Mapping[Place, Wanted | None]:
    """What is to become of the calls at each place; None where they want different things."""
    wishes: dict[Place, dict[str, set[str]]] = {}
    for verdict in verdicts:
        old = verdict.site.errno
        new = str(verdict.wanted) if is_conversion(verdict) else old
        for place in verdict.conversion.places if verdict.conversion is not None else ():
            wishes.setdefault(place, {}).setdefault(old, set()).add(new)
    found: dict[Place, Wanted | None] = {}
    for place, by_errno in wishes.items():
        changed = {old: new for old, new in by_errno.items() if new != {old}}
        values = {new for wanted in changed.values() for new in wanted}
        alone = len(values) == 1
        found[place] = Wanted(place, tuple(sorted(changed)), values.pop()) if alone else None
    return found


def converted(wish: Wanted, text: bytes, root: Node) -> Piece | None:
    """The change of ``text`` (its tree is ``root``) at a place; None where there can be none."""
    name = wish.place.variable
    where = wish.place.location
    condition = " || ".join(f"{name} == -{errno}" for errno in wish.errnos)
    value = f"{condition} ? -{wish.new} : {name}"
    inside = f"{name}, {condition}, -{wish.new}"
    if wish.place.form == "return":
        mark = f"ERRNO_GEN_CONVERTED({inside})"
        return Piece(where.start, where.end, value, mark)
    node = root.descendant_for_byte_range(where.start, where.end - 1)
    while node is not None and node.end_byte < where.end:
        node = node.parent
    if node is None or (node.start_byte, node.end_byte) != (where.start, where.end):
        return None
    indent = decode(indent_of(text, where.start))
    if indent.encode() != text[line_start(text, where.start) : where.start]:
        return None  # something else stands before it on its line
    if wish.place.form == "hold":
        return _held(node, name, value, inside, text, indent)
    statement = f"if ({condition})\n{indent}\t{name} = -{wish.new};"
    mark = f"ERRNO_GEN_CONVERT({inside});"
    if wish.place.form == "before":
        word = lex(text[where.start : where.end])[0]
        end = where.start + word.end
        gap = f"\n{indent}{decode(word.text)}"
        return (
            None if word.kind == DIRECTIVE else Piece(where.start, end, statement + gap, mark + gap)
        )
    start, end = where.end - 1, with_comment(text, where.end)
    last = decode(text[start:end])
    if not last.startswith(";"):
        return None
    return Piece(start, end, f"{last}\n{indent}{statement}", f"; {mark}")


def _held(
    statement: Node, name: str, value: str, inside: str, text: bytes, indent: str
) -> Piece | None:
    """``return f();`` with the value of the call held and converted."""
    start, end = statement.start_byte, statement.end_byte
    if any(lexeme.kind in (COMMENT, DIRECTIVE) for lexeme in lex(text[start:end])):
        return None
    call = statement.named_children[0]
    called = decode(text[call.start_byte : call.end_byte])
    shift = len(f"{name} = ") - (call.start_byte - start)
    new = f"{name} = {shifted(called, shift)};\n{indent}return {value};"
    return Piece(start, end, new, f"return ERRNO_GEN_HELD({called}, {inside});")
