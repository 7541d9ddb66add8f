# SPDX-License-Identifier: GPL-2.0-only
"""The one place that talks to tree-sitter: C bytes in, tokens and syntax nodes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Tree

__all__ = [
    "Node",
    "Token",
    "Tree",
    "call_arguments",
    "call_name",
    "cast_of",
    "closing",
    "condensed",
    "errno_constant",
    "identifiers",
    "macro_arguments",
    "mask",
    "parse",
    "strip",
    "text_of",
    "tokens",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Token:
    """A leaf of the syntax tree: ``[start, end)`` in bytes, comments included."""

    kind: str
    text: bytes
    start: int
    end: int


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def parse(text: bytes) -> Tree:
    """The syntax tree of a C file; tolerant, bad regions become ERROR nodes."""
    return _parser().parse(text)


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in source order, parents first."""
    cursor = node.walk()
    depth = 0
    while True:
        current = cursor.node
        if current is not None:
            yield current
        if cursor.goto_first_child():
            depth += 1
            continue
        while depth and not cursor.goto_next_sibling():
            cursor.goto_parent()
            depth -= 1
        if not depth:
            return


def tokens(text: bytes) -> tuple[Token, ...]:
    """All tokens of a C file in source order.

    String and character literals and comments are one token each, so that white
    space inside them counts; white space between tokens does not.
    """
    atoms = {"string_literal", "char_literal", "comment", "system_lib_string", "preproc_arg"}
    found: list[Token] = []
    covered = 0
    for node in walk(parse(text).root_node):
        if node.start_byte < covered:
            continue
        if node.type in atoms or node.child_count == 0:
            if node.end_byte > node.start_byte:
                span = text[node.start_byte : node.end_byte]
                found.append(Token(node.type, span, node.start_byte, node.end_byte))
            covered = max(covered, node.end_byte)
    return tuple(found)


_LITERALS = re.compile(rb'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_ITERATOR = re.compile(rb"^([ \t}]*)(\w*for_each\w*)(?=[ \t]*\()", re.MULTILINE)
_TYPE_ARGUMENT = re.compile(
    rb"\(\s*\w+\s*\([^(){};]*,\s*(struct|union)(?=\s+\w+\s*,[^(){};]*\)\s*\))"
)
_OPENING = re.compile(rb"\s*\(")
_BLANKED = bytes(byte if byte == 0x0A else 0x20 for byte in range(256))
"""A translation table: everything but the ends of lines becomes a blank."""


def mask(text: bytes, annotations: Iterable[str], calls: Iterable[str] = ()) -> bytes:
    """A copy of equal length that C's grammar digests better; offsets stay valid.

    Comments and attribute macros (``annotations``, ``calls`` with their arguments) become
    blanks.
    Iterator macros that head a statement (``list_for_each_entry(...)``) become ``while``,
    which gives their body to them; a call that ends in ``;`` keeps its name. The word
    ``struct`` of a type among the arguments of a call in parentheses becomes blanks: with
    it, ``(container_of(p, struct s, m))->x`` would be read as a cast.
    """
    blanks = {name.encode() for name in annotations if name.encode() in text}
    blank_calls = {name.encode() for name in calls if name.encode() in text}
    literals = [match.span() for match in _LITERALS.finditer(text)]
    out = bytearray(text)
    for start, end in literals:
        if text[start : start + 1] == b"/":
            out[start:end] = text[start:end].translate(_BLANKED)
    text = bytes(out)
    # Few files use more than one or two of the names: looking at every word takes longer.
    words = rb"\b(?:" + b"|".join(sorted(blanks | blank_calls)) + rb")\b"
    found = re.finditer(words, text) if blanks or blank_calls else ()
    for match in _outside(found, literals):
        if match.group() in blanks:
            out[match.start() : match.end()] = b" " * len(match.group())
        elif _OPENING.match(text, match.end()):
            end = closing(text, match.end())
            if end:
                out[match.start() : end] = text[match.start() : end].translate(_BLANKED)
    for match in _outside(_ITERATOR.finditer(text), literals):
        close = closing(text, match.end())
        rest = text[close : close + 200].lstrip() if close else b";"
        if close and not rest.startswith((b";", b")", b",")) and match.start(2) != match.start():
            start, end = match.span(2)
            out[start:end] = b"while".ljust(end - start)
    for match in _outside(_TYPE_ARGUMENT.finditer(text), literals):
        start, end = match.span(1)
        out[start:end] = b" " * (end - start)
    return bytes(out)


def _outside(
    matches: Iterable[re.Match[bytes]], spans: list[tuple[int, int]]
) -> Iterator[re.Match[bytes]]:
    """The matches that do not start inside one of the sorted spans."""
    index = 0
    for match in matches:
        while index < len(spans) and spans[index][1] <= match.start():
            index += 1
        if index == len(spans) or match.start() < spans[index][0]:
            yield match


def closing(text: bytes, start: int) -> int:
    """The offset behind the parenthesis that closes the next one; 0 if there is none."""
    depth = 0
    for index in range(start, min(len(text), start + 2000)):
        if text[index] == 0x28:
            depth += 1
        elif text[index] == 0x29:
            depth -= 1
            if depth == 0:
                return index + 1
    return 0


def text_of(node: Node | None) -> str:
    """The node's source text; "" for None."""
    if node is None or node.text is None:
        return ""
    return node.text.decode("utf-8", errors="replace")


def condensed(node: Node | None) -> str:
    """The node's text on one line, comments left out, runs of white space as one blank."""
    raw = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text_of(node), flags=re.DOTALL)
    return " ".join(raw.split())


def strip(node: Node, transparent: frozenset[str] = frozenset()) -> Node:
    """The expression without parentheses, casts and calls of ``transparent`` macros."""
    while True:
        inner: Node | None = None
        if node.type == "parenthesized_expression" and node.named_child_count == 1:
            inner = node.named_children[0]
        elif (cast := cast_of(node)) is not None:
            inner = cast[1]
        elif node.type == "call_expression" and call_name(node) in transparent:
            arguments = call_arguments(node)
            inner = arguments[0] if arguments else None
        if inner is None or inner.type == "compound_statement":
            return node
        node = inner


_TYPE_NAME = re.compile(r"(?:__)?(?:[su]|[bl]e)(?:8|16|32|64)|u(?:int|long|short|char)|\w+_t")
_TYPE_OF = ("typeof", "__typeof__", "__typeof", "typeof_unqual")


def cast_of(node: Node) -> tuple[str, Node] | None:
    """The type and the value of a cast, else None.

    For ``(u64)(x)`` the grammar, which knows no typedefs, has a call of ``u64``.
    """
    if node.type == "cast_expression":
        value = node.child_by_field_name("value")
        return (condensed(node.child_by_field_name("type")), value) if value is not None else None
    if node.type != "call_expression":
        return None
    kind = node.child_by_field_name("function")
    arguments = call_arguments(node)
    if kind is None or kind.type != "parenthesized_expression" or len(arguments) != 1:
        return None
    inner = kind.named_children[0] if kind.named_child_count == 1 else None
    if inner is None:
        return None
    if inner.type == "identifier" and _TYPE_NAME.fullmatch(text_of(inner)):
        return text_of(inner), arguments[0]
    if inner.type == "call_expression":
        head = text_of(inner.child_by_field_name("function"))
        return (condensed(inner), arguments[0]) if head in _TYPE_OF else None
    return None


def call_name(node: Node) -> str:
    """The name of the function that a call expression calls directly, else ""."""
    if cast_of(node) is not None:
        return ""
    function = node.child_by_field_name("function")
    if function is None:
        return ""
    function = strip(function) if function.type == "parenthesized_expression" else function
    return text_of(function) if function.type == "identifier" else ""


def call_arguments(node: Node) -> tuple[Node, ...]:
    """The argument expressions of a call, in order."""
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return ()
    return tuple(child for child in arguments.named_children if child.type != "comment")


def errno_constant(node: Node, names: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """``EFOO`` when the expression is ``-EFOO``, else None.

    ``names`` are macros that stand for an errno: ``MY_ERR`` for ``-EFOO``, ``MY_ERRNO`` for
    ``EFOO``.
    """
    node = strip(node)
    if node.type == "identifier":
        meant = names.get(text_of(node), "")
        return meant[1:] if meant.startswith("-") else None
    if node.type != "unary_expression" or not text_of(node).startswith("-"):
        return None
    argument = node.child_by_field_name("argument")
    if argument is None:
        return None
    name = text_of(strip(argument))
    name = names.get(name, name)
    return name if re.fullmatch(r"E[A-Z0-9]{2,}|E[A-Z0-9]+_[A-Z]+", name) else None


def identifiers(node: Node) -> Iterator[Node]:
    """All identifiers that an expression reads or calls, in source order."""
    return (child for child in walk(node) if child.type == "identifier")


def macro_arguments(text: bytes, name: str) -> Iterator[tuple[str, ...]]:
    """The arguments of each use of a macro in a file, also where C's grammar gets lost."""
    if name.encode() not in text:  # the expression below is forty times as slow
        return
    for match in re.finditer(rb"\b" + name.encode() + rb"[ \t]*\(", text):
        end = closing(text, match.start())
        if end:
            inside = text[match.end() : end - 1].decode("utf-8", errors="replace")
            yield tuple(" ".join(argument.split()) for argument in inside.split(","))


def unreadable(node: Node) -> bool:
    """Whether the grammar got lost in an expression (a type as an argument is harmless)."""
    if not node.has_error:
        return False
    return any(
        inner.is_missing
        or (
            inner.type == "ERROR" and (inner.parent is None or inner.parent.type != "argument_list")
        )
        for inner in walk(node)
    )
