# SPDX-License-Identifier: GPL-2.0-only
"""Edits as the rules of a semantic patch that names functions and guards, and no places.

For each change there are several forms, from what a person would write first to what tells
it from everything that looks alike. Which of them does what is meant, only Coccinelle knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.layout import deletions
from errno_gen.analysis.c.text.lexer import code, decode, encode
from errno_gen.analysis.c.text.syntax import Node, Tree, mask, parse
from errno_gen.analysis.edits.cutouts import DROP, Extent, around, extents
from errno_gen.analysis.smpl.rows import InexpressibleError, Writer, children
from errno_gen.analysis.smpl.text import CONTEXT, Names, Row
from errno_gen.model import Edit, SourceFile

_WORD = re.compile(rb"[A-Za-z_]\w*")
_STATEMENT = re.compile(r".*_statement\Z|declaration\Z")
_TRANSPARENT = frozenset(("compound_statement", "labeled_statement"))


@dataclass(frozen=True, slots=True)
class Form:
    """How much of the code around a change a rule shows.

    ``brief`` leaves to ``...`` what does not change; ``before`` and ``behind`` are numbers of
    statements next to it, ``outer`` of statements around it; ``anew`` and ``fine`` are
    as for Writer.
    """

    brief: bool = True
    anew: bool = False
    fine: bool = False
    before: int = 0
    behind: int = 0
    outer: int = 0


_GUARDED = (
    Form(),
    Form(brief=False),
    Form(anew=True),
    Form(fine=True),
    Form(fine=True, anew=True),
    Form(before=1),
    Form(outer=1),
    Form(brief=False, before=2),
    Form(before=1, outer=1),
    Form(outer=2),
    Form(brief=False, before=3),
    Form(brief=False, behind=1),
    Form(brief=False, before=1, outer=2),
    Form(brief=False, outer=3),
)
_BARE = (
    Form(brief=False),
    Form(brief=False, fine=True),
    Form(brief=False, behind=1),
    Form(brief=False, before=1),
    Form(brief=False, before=1, behind=1),
    Form(brief=False, before=2),
    Form(brief=False, outer=1),
    Form(brief=False, before=3),
    Form(brief=False, before=1, outer=1),
    Form(brief=False, outer=2),
    Form(brief=False, outer=3),
)


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that belong together, and how a rule can say them.

    ``rules`` are whole rules, the most readable one first, each once; ``why`` tells why there
    is none, if there is none.
    """

    path: str
    function: str
    line: int
    edits: tuple[Edit, ...]
    rules: tuple[str, ...]
    why: str = ""


def changes(source: SourceFile, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """What the edits of a file change, in the order of the file."""
    known = extents(source.text, kernel_apis().annotations)
    tree = parse(mask(source.text, kernel_apis().annotations))
    own = sorted(
        (edit for edit in edits if edit.location.file == source.path),
        key=lambda edit: edit.location.start,
    )
    groups: dict[tuple[int, int], _Group] = {}
    for edit in own:
        home = _home(tree, source.text, edit)
        group = groups.setdefault(home.key, home)
        group.edits.append(edit)
    taken = frozenset(decode(word) for word in _WORD.findall(source.text)) if own else frozenset()
    return tuple(_change(source, known, group, own, taken) for group in _joined(groups.values()))


def edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    """A file with some edits made; braces stay, even where they have become needless."""
    pieces: list[tuple[int, int, bytes]] = []
    drops: list[tuple[int, int]] = []
    for edit in edits:
        start, end = edit.location.start, edit.location.end
        if edit.kind == DROP:
            drops.append((start, end))
        else:
            pieces.append((start, end, encode(edit.new)))
    pieces += [(start, end, b"") for start, end in deletions(text, drops)]
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    return text


@dataclass(slots=True)
class _Group:
    """Statements next to each other that a rule is about, and the edits in them.

    ``guarded`` tells that it is one ``if``; ``opens``, that what is added stands before all
    else in the function, whose body is the one node.
    """

    nodes: list[Node]
    edits: list[Edit]
    guarded: bool
    opens: bool = False

    @property
    def key(self) -> tuple[int, int]:
        return self.nodes[0].start_byte, self.nodes[-1].end_byte


def _home(tree: Tree, text: bytes, edit: Edit) -> _Group:
    """The innermost ``if`` that an edit is in, else the statement."""
    if edit.old == "{":
        body = tree.root_node.descendant_for_byte_range(edit.location.start, edit.location.start)
        assert body is not None
        return _Group([body.parent if body.type == "{" and body.parent else body], [], False, True)
    node = _statement(tree, text, edit)
    if node.type == "if_statement" and edit.kind != DROP:
        return _Group([node], [], True)
    parent = node.parent
    if parent is not None and parent.type == "compound_statement":
        parent = parent.parent
    if parent is not None and parent.type == "else_clause":
        parent = parent.parent
    if parent is not None and parent.type == "if_statement":
        return _Group([parent], [], True)
    return _Group([node], [], False)


def _statement(tree: Tree, text: bytes, edit: Edit) -> Node:
    """The smallest statement that holds an edit."""
    start, end = edit.location.start, edit.location.end
    last = code(text[start:end])
    end = start + last[-1].end if last else end
    node = tree.root_node.descendant_for_byte_range(start, end - 1)
    assert node is not None
    while node.parent is not None and not (
        _STATEMENT.match(node.type) and node.type != "compound_statement"
    ):
        node = node.parent
    return node


def _joined(groups: Iterable[_Group]) -> list[_Group]:
    """The groups in order, with plain statements that follow each other as one."""
    found: list[_Group] = []
    for group in sorted(groups, key=lambda each: each.key):
        last = found[-1] if found else None
        alike = last is not None and not (last.guarded or last.opens)
        if last is not None and alike and not (group.guarded or group.opens):
            beside = _beside(last.nodes[-1], 1)
            if beside is not None and beside.id == group.nodes[0].id:
                last.nodes += group.nodes
                last.edits += group.edits
                continue
        found.append(group)
    return found


def _change(
    source: SourceFile,
    known: Sequence[Extent],
    group: _Group,
    every: Sequence[Edit],
    taken: frozenset[str],
) -> Change:
    first = group.edits[0]
    where = around(known, first.location.start, first.location.end)
    function = where.name if where is not None else ""
    rules: dict[str, None] = {}
    why = "" if function else "its function has no name"
    if function and group.opens:
        rules[_opening_rule(function, first)] = None
        why = ""
    for form in (_GUARDED if group.guarded else _BARE) if function and not group.opens else ():
        try:
            rules[_rule(source.text, function, group, form, every, Names(taken))] = None
        except InexpressibleError as error:
            why = why or str(error)
    edits = tuple(group.edits)
    line = first.location.line
    return Change(source.path, function, line, edits, tuple(rules), "" if rules else why)


def _opening_rule(function: str, edit: Edit) -> str:
    """The rule that adds a declaration before all else in a function."""
    lines = [f" {function}(...)", " {"]
    lines += [f"+\t{line.strip()}" for line in edit.new.splitlines()[1:] if line.strip()]
    return "\n".join(["@@", "@@", *lines, " \t...", " }"]) + "\n"


def _rule(
    text: bytes, function: str, group: _Group, form: Form, every: Sequence[Edit], names: Names
) -> str:
    writer = Writer(text, group.edits, names, brief=form.brief, anew=form.anew, fine=form.fine)
    around_ = _outer(group.nodes[0], form.outer)
    opening: list[Row] = []
    closing: list[Row] = []
    depth = 1
    for node, child in reversed(around_):
        before, behind, depth = writer.around(node, child, depth)
        opening, closing = opening + before, behind + closing
    rows = [
        *_beside_rows(writer, group, -form.before, depth, every),
        *(row for node in group.nodes for row in writer.statement(node, depth)),
        *_beside_rows(writer, group, form.behind, depth, every),
    ]
    body = [
        Row(CONTEXT, 1, "<..."),
        *opening,
        *rows,
        *closing,
        Row(CONTEXT, 1, "...>"),
    ]
    lines = [f" {function}(...)", " {", *(line for row in body for line in row.lines()), " }"]
    return "\n".join(["@@", *names.declarations(), "@@", *lines]) + "\n"


def _outer(node: Node, count: int) -> list[tuple[Node, Node]]:
    """The statements around one, innermost first, each with the part of it that has it."""
    found: list[tuple[Node, Node]] = []
    child, parent = node, node.parent
    while parent is not None and len(found) < count:
        if parent.type == "function_definition":
            break
        if parent.type.endswith("_statement") and parent.type not in _TRANSPARENT:
            found.append((parent, child))
        child, parent = parent, parent.parent
    if len(found) < count:
        raise InexpressibleError("there is nothing more around it")
    return found


def _beside_rows(
    writer: Writer, group: _Group, count: int, depth: int, every: Sequence[Edit]
) -> Iterator[Row]:
    """The rows of some statements before (a negative number) or behind."""
    nodes: list[Node] = []
    node: Node | None = group.nodes[0] if count < 0 else group.nodes[-1]
    for _ in range(abs(count)):
        node = _beside(node, -1 if count < 0 else 1) if node is not None else None
        if node is None:
            raise InexpressibleError("there is nothing more next to it")
        nodes.append(node)
    others = Writer(b"", every, Names(frozenset()))
    for each in reversed(nodes) if count < 0 else nodes:
        if others.is_touched(each):
            raise InexpressibleError("what is next to it changes as well")
        yield from writer.context(each, depth)


def _beside(node: Node, step: int) -> Node | None:
    """The statement before or behind one in its block."""
    parent = node.parent
    if parent is None or parent.type not in ("compound_statement", "case_statement"):
        return None
    others = [each for each in children(parent) if _STATEMENT.match(each.type)]
    at = next(index for index, each in enumerate(others) if each.id == node.id) + step
    return others[at] if 0 <= at < len(others) else None
