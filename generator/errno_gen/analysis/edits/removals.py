# SPDX-License-Identifier: GPL-2.0-only
"""Which message statements can go without harm: nothing unused, empty or undone is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from errno_gen.analysis.c.text.lexer import DIRECTIVE, NAME, Lexeme, code, decode
from errno_gen.analysis.c.text.syntax import Node, walk

_EFFECTS = frozenset((b"=", b"++", b"--", b"+=", b"-=", b"|=", b"&=", b"^=", b"*=", b"/=", b"%=",
                      b"<<=", b">>=", b"{"))  # fmt: skip
_BLOCKS = frozenset(("compound_statement", "case_statement"))

Span = tuple[int, int]


class Messages:
    """The message statements of one file, judged together.

    ``root`` is the file's syntax tree (of the masked text), ``text`` its bytes.
    """

    def __init__(self, root: Node, text: bytes) -> None:
        self._root = root
        self._lexemes = code(text)

    def judge(self, spans: Iterable[Span]) -> dict[Span, str]:
        """Why a statement must stay, or "" if it can go, for each ``[start, end)``.

        A statement that stays keeps the variables that it reads in use, so that the answer
        is a fixpoint.
        """
        wanted = sorted(set(spans))
        reasons = {span: self._form(span, wanted) for span in wanted}
        while True:
            going = [span for span in wanted if not reasons[span]]
            found = {span: self._orphan(span, going) for span in going}
            for span, name in found.items():
                if name:
                    reasons[span] = f"The message stays: nothing else would use {name}."
            if not any(found.values()):
                return reasons

    def _form(self, span: Span, wanted: Sequence[Span]) -> str:
        node = self._statement(span)
        if node is None:
            return "The message stays: it is not a statement of its own."
        inside = self._within(span)
        braces = _blocks(node)
        if any(
            (each.text in _EFFECTS and each.start not in braces) or each.kind == DIRECTIVE
            for each in inside
        ):
            return "The message stays: it does more than print."
        if node.type == "if_statement" and _has_comma(node):
            return "The message stays: what decides on it is more than one expression."
        block = node.parent
        if block is None or block.type not in _BLOCKS:
            return "The message stays: it is not in a block."
        label = block.child_by_field_name("value") if block.type == "case_statement" else None
        others = [
            child
            for child in block.named_children
            if child.type not in ("comment", "declaration")
            and (label is None or child.start_byte != label.start_byte)
            and (child.start_byte, child.end_byte) not in wanted
        ]
        return "" if others else "The message stays: its branch does nothing else."

    def _statement(self, span: Span) -> Node | None:
        node = self._root.descendant_for_byte_range(*span)
        while node is not None and (node.start_byte, node.end_byte) == span:
            if node.type in ("expression_statement", "if_statement"):
                return node if _only_calls(node) else None
            node = node.parent
        return None

    def _within(self, span: Span) -> list[Lexeme]:
        return [each for each in self._lexemes if span[0] <= each.start < span[1]]

    def _orphan(self, span: Span, going: Sequence[Span]) -> str:
        """A variable or function that only statements that go make use of; "" if none."""
        for name in dict.fromkeys(e.text for e in self._within(span) if e.kind == NAME):
            declared = self._declared(name, span)
            if declared and not self._used(name, declared, going):
                return name.decode(errors="replace")
        return ""

    def _declared(self, name: bytes, span: Span) -> tuple[Node, set[int]] | None:
        """Where the file declares the name: its scope and the declarations' offsets.

        The function around the message comes first, then the file's own static names.
        """
        function = self._function(span)
        if function is not None:
            body = function.child_by_field_name("body")
            places = set(_declarations(body, name)) if body is not None else set()
            if places:
                return function, places
        places = {
            place
            for node in self._root.named_children
            if node.type in ("declaration", "function_definition") and _static(node)
            for place in _declarations(node, name, deep=False)
        }
        return (self._root, places) if places else None

    def _function(self, span: Span) -> Node | None:
        node = self._root.descendant_for_byte_range(*span)
        while node is not None and node.type != "function_definition":
            node = node.parent
        return node

    def _used(self, name: bytes, declared: tuple[Node, set[int]], going: Sequence[Span]) -> bool:
        """Whether the name is read where it is neither declared, assigned nor dropped."""
        scope, places = declared
        for index, each in enumerate(self._lexemes):
            if each.kind == DIRECTIVE and name in each.text:
                return True
            if each.text != name or not scope.start_byte <= each.start < scope.end_byte:
                continue
            if each.start in places or any(s <= each.start < e for s, e in going):
                continue
            before = self._lexemes[index - 1].text if index else b""
            after = self._lexemes[index + 1].text if index + 1 < len(self._lexemes) else b""
            assigned = after == b"=" and before in (b";", b"{", b"}", b"else", b":")
            if before not in (b".", b"->") and not assigned:
                return True
        return False


def mark_of_drop(start: int, end: int, text: bytes, root: Node) -> str:
    """How an ``if`` that goes is marked for the semantic patch; "" for any other statement."""
    node = root.descendant_for_byte_range(start, end - 1)
    condition = node.child_by_field_name("condition") if node is not None else None
    if node is None or condition is None or node.type != "if_statement":
        return ""
    first, last = condition.start_byte + 1, condition.end_byte - 1
    tested = decode(text[first:last])
    return f"{decode(text[start:first])}ERRNO_GEN_DROP_IF({tested}){decode(text[last:end])}"


def _only_calls(node: Node) -> bool:
    """Whether a statement is a call, or an ``if`` or a block with nothing but such in it."""
    if node.type == "expression_statement":
        return node.named_child_count == 1 and node.named_children[0].type == "call_expression"
    inner = [child for child in node.named_children if child.type != "comment"]
    if node.type == "if_statement":
        inner = [child for child in inner if child != node.child_by_field_name("condition")]
    elif node.type not in ("compound_statement", "else_clause"):
        return False
    return bool(inner) and all(map(_only_calls, inner))


def _blocks(node: Node) -> frozenset[int]:
    """Where the blocks in an ``if`` open; not those in its conditions or in calls."""
    return frozenset(
        each.start_byte
        for each in walk(node)
        if each.type == "compound_statement"
        and each.parent is not None
        and each.parent.type in ("if_statement", "else_clause", "compound_statement")
    )


def _has_comma(node: Node) -> bool:
    condition = node.child_by_field_name("condition")
    return condition is None or any(n.type == "comma_expression" for n in condition.named_children)


def _declarations(scope: Node, name: bytes, *, deep: bool = True) -> Iterator[int]:
    """The offsets at which declarations in ``scope`` declare the name."""
    for node in walk(scope) if deep else (scope,):
        if node.type not in ("declaration", "function_definition"):
            continue
        for declarator in node.children_by_field_name("declarator"):
            inner: Node | None = declarator
            while inner is not None and inner.type != "identifier":
                following = inner.child_by_field_name("declarator")
                if following is None and inner.type == "parenthesized_declarator":
                    following = inner.named_children[0] if inner.named_children else None
                inner = following
            if inner is not None and inner.text == name:
                yield inner.start_byte


def _static(node: Node) -> bool:
    return any(
        child.type == "storage_class_specifier" and child.text == b"static"
        for child in node.children
    )
