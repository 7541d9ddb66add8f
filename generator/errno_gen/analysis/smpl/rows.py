# SPDX-License-Identifier: GPL-2.0-only
"""Statements of C as the lines of a semantic patch: verbatim, shortened, with their changes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.lexer import DIRECTIVE, decode, encode, lex
from errno_gen.analysis.c.text.syntax import Node, mask, parse, walk
from errno_gen.analysis.edits.cutouts import DEBUG, ERRNO, PROPAGATE
from errno_gen.analysis.smpl.text import CONTEXT, MINUS, PLUS, Names, Row, flat
from errno_gen.model import Edit

_TRAILING = 3  # statements behind a change that are shown as they are
_LOOPS = frozenset(("while_statement", "for_statement"))
_SIMPLE = frozenset(
    ("expression_statement", "return_statement", "goto_statement", "break_statement",
     "continue_statement", "declaration")
)  # fmt: skip
_CALL = re.compile(r"([A-Za-z_]\w*) ?\(.*\);\Z", re.DOTALL)
# Types that Coccinelle knows by itself, and refuses to be told.
_KNOWN_TYPES = frozenset(("size_t", "ssize_t", "ptrdiff_t"))


class InexpressibleError(Exception):
    """A form of a semantic patch cannot hold this code; ``str()`` says why."""


class Writer:
    """Writes statements of one file as rows.

    ``text`` is the file, ``edits`` are those that the rows shall make; with ``brief``, what
    does not change is left to ``...`` and messages are shown without arguments. With
    ``anew``, the statement behind one that goes is taken out and put back: so it keeps the
    comments before them, which Coccinelle would take away with the other. With ``fine``, no
    more is marked than the words that change, which leaves alone the comments around them.
    """

    def __init__(
        self,
        text: bytes,
        edits: Sequence[Edit],
        names: Names,
        *,
        brief: bool = False,
        anew: bool = False,
        fine: bool = False,
    ) -> None:
        self._text = text
        self._edits = edits
        self._names = names
        self._brief = brief
        self._anew = anew
        self._fine = fine

    def is_touched(self, node: Node) -> bool:
        """Whether one of the edits is in a statement."""
        return bool(self._inside(node))

    def statements(self, nodes: Sequence[Node], depth: int) -> list[Row]:
        """The statements of a block; what is not told of is ``...`` where rows are brief."""
        touched = [index for index, node in enumerate(nodes) if self.is_touched(node)]
        rows: list[Row] = []
        last = -1
        for index in touched:
            rows += self._untouched(nodes[last + 1 : index], depth)
            own = self.statement(nodes[index], depth)
            after = bool(rows) and rows[-1].mark == MINUS and nodes[index].type in _SIMPLE
            rows += _anew(own) if self._anew and after else own
            last = index
        rest = nodes[last + 1 :]
        if self._anew and rest and rows[-1].mark == MINUS:
            rows += _anew(self.verbatim(rest[:1], depth))
            rest = rest[1:]
        told = len(rest) <= _TRAILING and all(node.type in _SIMPLE for node in rest)
        return rows + (self.verbatim(rest, depth) if told else self._untouched(rest, depth))

    def statement(self, node: Node, depth: int) -> list[Row]:
        """A statement with its edits, or as it is."""
        edits = self._inside(node)
        if not edits:
            return self.verbatim([node], depth)
        if node.type == "if_statement" and all(self._arm_of(node, edit) for edit in edits):
            return self._if(node, depth)
        if (
            self._fine
            and node.type in _SIMPLE
            and all(edit.kind in (ERRNO, PROPAGATE, DEBUG) for edit in edits)
        ):
            return self._pieces(node, edits, depth)
        if self._brief and [edit.kind for edit in edits] == [DEBUG]:
            return [
                Row(MINUS, depth, edits[0].old),
                Row(PLUS, depth, edits[0].new),
                Row(CONTEXT, depth, "(...);"),
            ]
        old = self.verbatim([node], depth)
        new = self._image(node, edits, depth)
        if not new and self._brief:
            call = _CALL.match(old[0].text)
            old = [Row(CONTEXT, depth, f"{call[1]}(...);")] if call else old
        return _marked(old, new)

    def verbatim(self, nodes: Sequence[Node], depth: int) -> list[Row]:
        """Statements as they are, without their comments."""
        return [row for node in nodes for row in self._plain(node, depth)]

    def context(self, node: Node, depth: int) -> list[Row]:
        """A statement near the change, told by its head where it has a body."""
        if node.type in _SIMPLE:
            return self._plain(node, depth)
        body = node.child_by_field_name("consequence" if node.type == "if_statement" else "body")
        if node.type not in _LOOPS | {"if_statement"} or body is None:
            raise InexpressibleError(f"there is a {node.type.replace('_', ' ')} next to it")
        rows = [Row(CONTEXT, depth, self._head(node, body))]
        return [*rows, Row(CONTEXT, depth + 1, self._names.statement())]

    def around(self, node: Node, child: Node, depth: int) -> tuple[list[Row], list[Row], int]:
        """The rows before and behind ``child`` that stand for the statement around it.

        The third is the depth of what is between them.
        """
        if node.type == "if_statement":
            return self._around_arm(node, child, depth)
        body = node.child_by_field_name("body")
        if node.type not in _LOOPS or body is None:
            raise InexpressibleError(f"there is a {node.type.replace('_', ' ')} around it")
        return self._opened(self._head(node, body), body, depth)

    def _pieces(self, node: Node, edits: Sequence[Edit], depth: int) -> list[Row]:
        """A statement with each edit on lines of its own; of a declaration one name alone."""
        start, end = node.start_byte, node.end_byte
        first = self._flat(start, start, node)
        many = node.children_by_field_name("declarator") if node.type == "declaration" else []
        if len(many) > 1:
            own = [one for one in many if any(edit in self._inside(one) for edit in edits)]
            if len(own) > 1:
                raise InexpressibleError("it declares several names that change")
            first = self._flat(start, many[0].start_byte, node)
            start, end = own[0].start_byte, own[0].end_byte
        pieces: list[tuple[str, str]] = []
        for edit in edits:
            pieces += [
                (CONTEXT, flat(self._text[start : edit.location.start])),
                (MINUS, flat(encode(edit.old))),
                (PLUS, flat(encode(edit.new))),
            ]
            start = edit.location.end
        pieces.append((CONTEXT, flat(self._text[start:end]) + ";" * (len(many) > 1)))
        pieces[0] = (CONTEXT, f"{first} {pieces[0][1]}".strip())
        told = [(mark, text) for mark, text in pieces if text]
        return [Row(mark, depth + (n > 0), text) for n, (mark, text) in enumerate(told)]

    # --- ifs ----------------------------------------------------------------------------

    def _if(self, node: Node, depth: int, lead: str = "") -> list[Row]:
        """An ``if`` whose arms have all edits; other arms are any statement."""
        arm = node.child_by_field_name("consequence")
        clause = node.child_by_field_name("alternative")
        assert arm is not None
        rows = self._arm(lead + self._head(node, arm), arm, depth)
        if clause is None:
            return rows
        other = clause.named_children[-1]
        word = "else"
        if rows[-1].text == "}":
            rows.pop()
            word = "} else"
        return rows + self._arm(word, other, depth)

    def _arm(self, head: str, arm: Node, depth: int) -> list[Row]:
        if not self.is_touched(arm):
            return [Row(CONTEXT, depth, f"{head} {self._names.statement()}")]
        if arm.type != "compound_statement":
            return [Row(CONTEXT, depth, head), *self.statement(arm, depth + 1)]
        return self._block(head, self.statements(children(arm), depth + 1), depth)

    def _arm_of(self, node: Node, edit: Edit) -> bool:
        """Whether an edit is in one of the arms, and not in the condition as well."""
        arms = (node.child_by_field_name(name) for name in ("consequence", "alternative"))
        where = edit.location
        return any(
            arm is not None
            and arm.start_byte <= where.start
            and where.end <= arm.end_byte
            and (arm.type != "compound_statement" or arm.start_byte < where.start)
            for arm in arms
        )

    def _around_arm(self, node: Node, child: Node, depth: int) -> tuple[list[Row], list[Row], int]:
        arm = node.child_by_field_name("consequence")
        clause = node.child_by_field_name("alternative")
        assert arm is not None
        head = self._head(node, arm)
        if arm.start_byte <= child.start_byte < arm.end_byte:
            before, behind, inner = self._opened(head, arm, depth)
            if clause is not None:
                word = "} else" if behind else "else"
                any_ = self._names.statement()
                behind = [*behind[:-1], Row(CONTEXT, depth, f"{word} {any_}")]
            return before, behind, inner
        assert clause is not None
        body = clause.named_children[-1]
        first = Row(CONTEXT, depth, f"{head} {self._names.statement()}")
        if body.type == "if_statement":
            raise InexpressibleError("an else if is around it")
        before, behind, inner = self._opened("else", body, depth)
        return [first, *before], behind, inner

    def _opened(self, head: str, body: Node, depth: int) -> tuple[list[Row], list[Row], int]:
        if body.type != "compound_statement":
            return [Row(CONTEXT, depth, head)], [], depth + 1
        before = [Row(CONTEXT, depth, f"{head} {{"), Row(CONTEXT, depth + 1, "<...")]
        return before, [Row(CONTEXT, depth + 1, "...>"), Row(CONTEXT, depth, "}")], depth + 1

    # --- pieces -------------------------------------------------------------------------

    def _untouched(self, nodes: Sequence[Node], depth: int) -> list[Row]:
        if self._brief:
            return [Row(CONTEXT, depth, "...")] if nodes else []
        return self.verbatim(nodes, depth)

    def _inside(self, node: Node) -> list[Edit]:
        return [
            edit
            for edit in self._edits
            if node.start_byte < edit.location.end and edit.location.start < node.end_byte
        ]

    def _image(self, node: Node, edits: Sequence[Edit], depth: int) -> list[Row]:
        """What a statement becomes: no row, the same one changed, or several."""
        text = self._text[node.start_byte : max(node.end_byte, *(e.location.end for e in edits))]
        for edit in sorted(edits, key=lambda e: -e.location.start):
            start, end = (at - node.start_byte for at in (edit.location.start, edit.location.end))
            text = text[:start] + encode(edit.new) + text[end:]
        whole = b"void f(void)\n{\n" + text + b"\n}\n"
        root = parse(mask(whole, kernel_apis().annotations)).root_node
        body = root.named_children[0].child_by_field_name("body") if root.named_children else None
        if body is None or root.has_error:
            raise InexpressibleError("the changed statement is not understood")
        return Writer(whole, (), self._names, fine=self._fine).verbatim(children(body), depth)

    def _plain(self, node: Node, depth: int) -> list[Row]:
        if node.type == "compound_statement":
            rows = self.verbatim(children(node), depth + 1)
            return [Row(CONTEXT, depth, "{"), *rows, Row(CONTEXT, depth, "}")]
        if node.type == "if_statement":
            return self._plain_if(node, depth)
        body = node.child_by_field_name("body")
        if node.type in _LOOPS and body is not None:
            return self._plain_arm(self._head(node, body), body, depth)
        if node.type not in _SIMPLE:
            raise InexpressibleError(f"there is a {node.type.replace('_', ' ')} in it")
        return [Row(CONTEXT, depth, self._flat(node.start_byte, node.end_byte, node))]

    def _plain_if(self, node: Node, depth: int, lead: str = "") -> list[Row]:
        arm = node.child_by_field_name("consequence")
        clause = node.child_by_field_name("alternative")
        assert arm is not None
        rows = self._plain_arm(lead + self._head(node, arm), arm, depth)
        if clause is None:
            return rows
        word = "else"
        if rows[-1].text == "}":
            rows.pop()
            word = "} else"
        other = clause.named_children[-1]
        if other.type == "if_statement":
            return rows + self._plain_if(other, depth, f"{word} ")
        return rows + self._plain_arm(word, other, depth)

    def _plain_arm(self, head: str, arm: Node, depth: int) -> list[Row]:
        if arm.type != "compound_statement":
            return [Row(CONTEXT, depth, head), *self._plain(arm, depth + 1)]
        return self._block(head, self.verbatim(children(arm), depth + 1), depth)

    def _block(self, head: str, rows: Sequence[Row], depth: int) -> list[Row]:
        opening = [head, "{"] if self._fine else [f"{head} {{"]
        return [*(Row(CONTEXT, depth, each) for each in opening), *rows, Row(CONTEXT, depth, "}")]

    def _head(self, node: Node, body: Node) -> str:
        """``if (...)`` or ``while (...)`` as it stands, up to the body."""
        head = self._flat(node.start_byte, body.start_byte, node, body)
        name = re.match(r"\w+", head)
        if node.type in _LOOPS and name and name[0] not in ("while", "for"):
            self._names.iterators.add(name[0])
        return head

    def _flat(self, start: int, end: int, node: Node, but: Node | None = None) -> str:
        """The code of a range on one line."""
        if any(one.kind == DIRECTIVE for one in lex(self._text[start:end])):
            raise InexpressibleError("a preprocessor line stands in it")
        for each in walk(node):
            inside = but is None or not but.start_byte <= each.start_byte < but.end_byte
            if each.type == "type_identifier" and inside and _is_bare(each):
                name = decode(each.text or b"")
                if name not in _KNOWN_TYPES:
                    self._names.types.add(name)
        return flat(self._text[start:end])


def children(block: Node) -> list[Node]:
    """The statements of a block, labels and what the preprocessor hides included."""
    return [node for node in block.named_children if node.type != "comment"]


def _is_bare(name: Node) -> bool:
    """Whether a type's name stands without ``struct``, ``union`` or ``enum``."""
    return name.parent is None or not name.parent.type.endswith("_specifier")


def _anew(rows: Sequence[Row]) -> list[Row]:
    """Rows with all that stays taken out and put back."""
    old = [Row(MINUS, row.depth, row.text) for row in rows if row.mark != PLUS]
    return old + [Row(PLUS, row.depth, row.text) for row in rows if row.mark != MINUS]


def _marked(old: Sequence[Row], new: Sequence[Row]) -> list[Row]:
    """What is only in one of them marked so, the old before the new."""
    rows: list[Row] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        if old[first:last] == new[start:end]:
            rows += old[first:last]
            continue
        rows += [Row(MINUS, row.depth, row.text) for row in old[first:last]]
        rows += [Row(PLUS, row.depth, row.text) for row in new[start:end]]
    return rows
