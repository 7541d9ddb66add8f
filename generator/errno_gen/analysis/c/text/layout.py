# SPDX-License-Identifier: GPL-2.0-only
"""The layout that a removed statement and removed braces leave behind, as checkpatch has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from errno_gen.analysis.c.text.lexer import COMMENT, Lexeme, lex
from errno_gen.analysis.c.text.syntax import Node, mask, parse, walk

_BLANKS = b" \t"
_SIMPLE = frozenset(
    ("expression_statement", "return_statement", "goto_statement", "break_statement",
     "continue_statement")
)  # fmt: skip
_LOOPS = frozenset(("while_statement", "for_statement"))


# --- a removed statement ----------------------------------------------------------------


def gone(text: bytes, start: int, end: int) -> tuple[int, int]:
    """The range that goes when the statement ``[start, end)`` goes, comments included.

    A comment behind it on its line belongs to it; one right above it only where nothing
    follows in the block, for then it would explain nothing.
    """
    lexemes = lex(text)
    before = [lexeme for lexeme in lexemes if lexeme.end <= start]
    after = [lexeme for lexeme in lexemes if lexeme.start >= end]
    if after and after[0].kind == COMMENT and b"\n" not in text[end : after[0].start]:
        line_end = _line_end(text, after[0].end)
        if not text[after[0].end : line_end].strip():
            end = after.pop(0).end
    if after and after[0].text == b"}":
        while before and before[-1].kind == COMMENT and _own_line(text, before[-1]):
            start = before.pop().start
    return start, end


def deletions(text: bytes, statements: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The ranges to delete so that the statements go and no remains of their lines stay.

    Whole lines where statements have their lines to themselves, and the blank line next to
    them that would be one too many. Neighbours are taken together.
    """
    joined: list[tuple[int, int]] = []
    for span in sorted(statements):
        start, end = gone(text, *span)
        if joined and not text[joined[-1][1] : start].strip():
            start = joined.pop()[0]
        joined.append((start, end))
    return tuple(_deletion(text, start, end) for start, end in joined)


def _deletion(text: bytes, start: int, end: int) -> tuple[int, int]:
    line_start, line_end = _line_start(text, start), _line_end(text, end)
    leads = not text[line_start:start].strip(_BLANKS)
    trails = not text[end:line_end].strip(_BLANKS + b"\r")
    if leads and trails:
        return _blank_lines(text, line_start, min(line_end + 1, len(text)))
    if trails:
        while text[start - 1 : start] in (b" ", b"\t"):
            start -= 1
    else:
        while text[end : end + 1] in (b" ", b"\t"):
            end += 1
    return start, end


def _blank_lines(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Whole lines ``[start, end)``, and blank lines around them that must not stay."""
    above = text[_line_start(text, start - 1) : start].strip() if start else b""
    following = text[end : _line_end(text, end)].strip()
    if not following and (not above or above.endswith((b"{", b":"))):
        while end < len(text) and not text[end : _line_end(text, end)].strip():
            end = _line_end(text, end) + 1
    following = text[end : _line_end(text, end)].strip()
    if following.startswith(b"}"):
        while start and not text[_line_start(text, start - 1) : start].strip():
            start = _line_start(text, start - 1)
    return start, min(end, len(text))


def _own_line(text: bytes, lexeme: Lexeme) -> bool:
    return not text[_line_start(text, lexeme.start) : lexeme.start].strip()


def _line_start(text: bytes, offset: int) -> int:
    return text.rfind(b"\n", 0, max(offset, 0)) + 1


def _line_end(text: bytes, offset: int) -> int:
    found = text.find(b"\n", offset)
    return len(text) if found < 0 else found


# --- a call of another name -------------------------------------------------------------


def realigned(text: bytes, name: tuple[int, int], new: bytes) -> tuple[tuple[int, int, bytes], ...]:
    """White space that changes so that arguments stay in line with the parenthesis of a call.

    ``name`` is the range of what is called, which becomes ``new``. Each change is a range and
    what it becomes.
    """
    shift = len(new) - (name[1] - name[0])
    moved = {_line_start(text, name[0])}
    opened: list[int | None] = []
    found: list[tuple[int, int, bytes]] = []
    for lexeme in lex(text[name[1] :]):
        start = name[1] + lexeme.start
        line = _line_start(text, start)
        width = len(text[line:start].expandtabs(8))
        if line not in moved and not text[line:start].strip() and width in opened:
            fresh = width + shift
            found.append((line, start, b"\t" * (fresh // 8) + b" " * (fresh % 8)))
            moved.add(line)
        if lexeme.text == b"(":
            opened.append(width + 1 if line in moved else None)
        elif lexeme.text == b")" and opened:
            opened.pop()
        if not opened:
            break
    return tuple(found) if shift else ()


# --- braces -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pair:
    """The braces of a block: the offsets of ``{`` and ``}``."""

    opening: int
    closing: int


def enclosing_brace(text: bytes, offset: int) -> int | None:
    """Which ``{`` of a text, counted from 0, opens the block around an offset."""
    opened: list[int] = []
    count = 0
    for lexeme in lex(text):
        if lexeme.start >= offset:
            break
        if lexeme.text == b"{":
            opened.append(count)
            count += 1
        elif lexeme.text == b"}" and opened:
            opened.pop()
    return opened[-1] if opened else None


def unbrace(text: bytes, blocks: Iterable[int], annotations: Iterable[str]) -> bytes:
    """The function without braces that checkpatch calls unnecessary.

    ``blocks`` are the blocks that became shorter, by :func:`enclosing_brace`. A body of one
    plain statement without a comment loses its braces; in an ``if`` with ``else`` all arms
    do, or none. Nothing but braces and white space changes.
    """
    wanted = set(blocks)
    if not wanted:
        return text
    braces = [lexeme.start for lexeme in lex(text) if lexeme.text == b"{"]
    starts = {braces[index] for index in wanted if index < len(braces)}
    root = parse(mask(text, annotations)).root_node
    pairs: dict[int, _Pair] = {}
    for node in walk(root):
        if node.type == "compound_statement" and node.start_byte in starts:
            for pair in _unnecessary(node, text):
                pairs[pair.opening] = pair
    for pair in sorted(pairs.values(), key=lambda each: -each.opening):
        text = _without(text, pair)
    return text


def _unnecessary(block: Node, text: bytes) -> tuple[_Pair, ...]:
    """The braces that go, of this block and of the other arms; () if they are needed."""
    parent = block.parent
    if parent is None:
        return ()
    if parent.type in _LOOPS:
        arms: tuple[Node, ...] = (block,)
    elif parent.type in ("if_statement", "else_clause"):
        arms = tuple(_arms(_head(parent)))
    else:
        return ()
    braced = [arm for arm in arms if arm.type == "compound_statement"]
    plain = all(_plain(arm) for arm in arms) and all(_alone(arm, text) for arm in braced)
    return tuple(_Pair(arm.start_byte, arm.end_byte - 1) for arm in braced) if plain else ()


def _head(node: Node) -> Node:
    """The ``if`` that begins the chain of ``else if`` that a node is part of."""
    while (parent := node.parent) is not None and (
        node.type == "else_clause" or parent.type == "else_clause"
    ):
        node = parent
    return node


def _arms(head: Node) -> Iterator[Node]:
    node: Node | None = head
    while node is not None and node.type == "if_statement":
        body = node.child_by_field_name("consequence")
        if body is not None:
            yield body
        clause = node.child_by_field_name("alternative")
        node = clause.named_children[-1] if clause is not None and clause.named_children else None
    if node is not None:
        yield node


def _plain(arm: Node) -> bool:
    """Whether an arm is one plain statement, braced or not, and nothing else."""
    if arm.type != "compound_statement":
        return arm.type in _SIMPLE
    children = arm.named_children
    if len(children) != 1 or children[0].type not in _SIMPLE or arm.has_error:
        return False
    return bool((children[0].text or b"").strip(b"; \t\n"))


def _alone(arm: Node, text: bytes) -> bool:
    """Whether only white space or ``else`` stands next to the braces on their lines."""
    behind = text[arm.end_byte : _line_end(text, arm.end_byte)].strip()
    inside = arm.named_children[0]
    first = text[arm.start_byte + 1 : inside.start_byte]
    last = text[inside.end_byte : arm.end_byte - 1]
    around = not first.strip() and not last.strip()
    return around and (not behind or re.match(rb"else\b", behind) is not None)


def _without(text: bytes, pair: _Pair) -> bytes:
    return _without_opening(_without_closing(text, pair.closing), pair.opening)


def _without_closing(text: bytes, offset: int) -> bytes:
    start, end = _line_start(text, offset), _line_end(text, offset)
    before, behind = text[start:offset], text[offset + 1 : end].strip()
    if not before.strip():
        above = text[:start].rstrip() + b"\n"
        if not behind:
            return above + text[end + 1 :]
        return above + text[start:offset] + behind + text[end:]
    line = text[:offset].rstrip(_BLANKS)
    if not behind:
        return line + text[end:]
    return line + b"\n" + _indent(text, offset) + behind + text[end:]


def _without_opening(text: bytes, offset: int) -> bytes:
    start, end = _line_start(text, offset), _line_end(text, offset)
    head = text[:offset].rstrip(_BLANKS)
    behind = text[offset + 1 : end].strip(_BLANKS)
    if behind.strip():
        return head + b"\n" + _indent(text, offset) + b"\t" + behind + text[end:]
    # A blank line at the head of the block goes with the brace.
    while end < len(text) and not text[end + 1 : _line_end(text, end + 1)].strip():
        end = _line_end(text, end + 1)
    if not text[start:offset].strip():
        return text[:start] + text[end + 1 :]
    return head + text[end:]


def _indent(text: bytes, offset: int) -> bytes:
    line = text[_line_start(text, offset) : offset]
    return line[: len(line) - len(line.lstrip(_BLANKS))]
