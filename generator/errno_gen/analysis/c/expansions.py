# SPDX-License-Identifier: GPL-2.0-only
"""Uses of macros that leave a function or make its errno, as the code that they stand for.

``RET_IF(cond, -EIO);`` runs ``if (cond) return (-EIO);``. The text of a macro is parsed with
the arguments of one use in it; what is an argument there is the argument in the source, where
a person finds it and where it can be rewritten. A variable that the macro declares gets a name
of its own, since the function may have one of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from errno_gen.analysis.c.graph.expansion import Expansion
from errno_gen.analysis.c.macros import Definition, Macros
from errno_gen.analysis.c.text.lexer import DIRECTIVE, code
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    errno_constant,
    parse,
    strip,
    text_of,
    walk,
)

_ERRNO = re.compile(rb"(?<!\w)-\s*\(?\s*E[A-Z0-9]{2,}\b")
_HEAD = b"void f(){"
_PLAIN = (
    "compound_statement",
    "declaration",
    "do_statement",
    "else_clause",
    "expression_statement",
    "goto_statement",
    "if_statement",
    "return_statement",
)
"""The statements that are followed: all but loops, labels and what jumps inside of them."""


class Expander:
    """Expands the uses of one driver's macros."""

    def __init__(self, macros: Macros) -> None:
        self._macros = macros

    @cached_property
    def _errnos(self) -> dict[str, str]:
        return self._macros.errnos()

    def of(self, call: Node, outer: Expansion | None, valued: bool) -> Expansion | None:
        """What a call runs if it uses a macro that can be followed, else None.

        ``valued`` tells that the value is used. A macro with an errno of its own is none of
        these: that stands in one place for all uses.
        """
        name = call_name(call)
        definition = self._definition(name)
        if definition is None or call.has_error or _depth(outer) > len(self._macros.all):
            return None
        if valued and not definition.body.strip().startswith(b"("):
            return None
        if not (self._works(name) or (valued and self._gives(definition, call))):
            return None
        if _ERRNO.search(self._macros.expanded(definition.body)):
            return None
        found = _parsed(definition, call, outer, {})
        if found is None:
            return None
        mine = {name for node in found.declarations for name in _declared(node)}
        renamed = {each.encode(): f"{each}__".encode() for each in mine}
        return _parsed(definition, call, outer, renamed) if renamed else found

    def _works(self, name: str) -> bool:
        """Whether a macro jumps, or sets a variable that it is not given."""
        return name in self._macros.leaving or bool(self._macros.sets.get(name))

    def _definition(self, name: str) -> Definition | None:
        known = {(each.parameters, each.body): each for each in self._macros.all.get(name, ())}
        found = next(iter(known.values())) if len(known) == 1 else None
        return found if found is not None and found.parameters is not None else None

    def _gives(self, definition: Definition, call: Node) -> bool:
        """Whether a macro's statements may make a value of an errno that is an argument."""
        block = definition.body.replace(b" ", b"").replace(b"\t", b"").startswith(b"({")
        return block and any(True for _ in given_errnos(call, self._errnos))


def given_errnos(call: Node, names: Mapping[str, str]) -> Iterator[Node]:
    """The errno constants among the arguments of a call; ``names`` as errno_constant() has it."""
    for argument in call_arguments(call):
        covered = -1
        for node in walk(argument):
            if node.start_byte >= covered and errno_constant(node, names) is not None:
                yield strip(node)
                covered = node.end_byte


def _parsed(
    definition: Definition, call: Node, outer: Expansion | None, renamed: dict[bytes, bytes]
) -> Expansion | None:
    """The text of a macro with the arguments of one use in it; None where it is not plain C."""
    head = _padding(call)
    made = _substituted(definition, call, len(head), renamed)
    if made is None:
        return None
    text, pieces = made
    end = b"" if text.rstrip()[-1:] in (b"}", b";") else b";"
    root = parse(head + text + end + b"}").root_node
    if root.has_error or root.named_child_count != 1:
        return None
    body = root.named_children[0].child_by_field_name("body")
    if body is None:
        return None
    branches = False
    for node in walk(body):
        statement = node.type.endswith("_statement") or node.type in ("declaration", "else_clause")
        if statement and (node.type not in _PLAIN or not _is_plain(node)):
            return None
        branches = branches or node.type in ("if_statement", "conditional_expression")
    return Expansion(call, root, pieces, outer, branches)


def _is_plain(node: Node) -> bool:
    if node.type == "do_statement":
        condition = node.child_by_field_name("condition")
        return condition is not None and text_of(strip(condition)) == "0"
    declared = [child for child in node.named_children if child.type == "init_declarator"]
    return node.type != "declaration" or len(declared) < 2


def _padding(call: Node) -> bytes:
    """Blanks in front of a macro's text, so that what is parsed stands where the call does."""
    row, column = call.start_point
    blanks = max(0, call.start_byte - row - column - len(_HEAD))
    return _HEAD + b" " * blanks + b"\n" * row + b" " * column


def _substituted(
    definition: Definition, call: Node, base: int, renamed: dict[bytes, bytes]
) -> tuple[bytes, tuple[tuple[int, int, int], ...]] | None:
    """A macro's text with the arguments of a call in it, and where these are; None for pasting."""
    given = _spans(definition, call)
    if given is None:
        return None
    lexemes = code(definition.body)
    out = bytearray()
    pieces: list[tuple[int, int, int]] = []
    index = behind = 0
    while index < len(lexemes):
        lexeme = lexemes[index]
        blank = b" " if lexeme.start > behind else b""
        behind = lexeme.end
        index += 1
        following = lexemes[index].text if index < len(lexemes) else b""
        if lexeme.kind == DIRECTIVE:
            return None
        if lexeme.text == b"#":  # a string of an argument
            out += b' ""'
            index += 1
        elif following == b"##":
            pasted = [each.text for each in lexemes[index + 1 : index + 2]]
            if lexeme.text != b"," or pasted != [b"__VA_ARGS__"]:
                return None
            index += 1
            if given.get(b"__VA_ARGS__"):
                out += b" ,"
        elif lexeme.text in given:
            span = given[lexeme.text]
            if span is None:
                continue
            start, end = span
            text = (call.text or b"")[start - call.start_byte : end - call.start_byte]
            out += blank or _between(out, text)
            place = base + len(out)
            pieces.append((place, place + len(text), start))
            out += re.sub(rb"[\r\n]", b" ", text)
        else:
            text = renamed.get(lexeme.text, lexeme.text)
            out += blank or _between(out, text)
            out += text
    return bytes(out), tuple(pieces)


def _between(before: bytearray, text: bytes) -> bytes:
    """A blank where two lexemes would make one."""
    return b"" if before[-1:] in b"(,;" or text[:1] in b"(),;." else b" "


def _spans(definition: Definition, call: Node) -> dict[bytes, tuple[int, int] | None] | None:
    """Where the argument for each parameter stands; None if they do not match."""
    arguments = call_arguments(call)
    names = [name for name in definition.parameters or () if name.isidentifier()]
    variadic = len(names) < len(definition.parameters or ())
    if len(arguments) < len(names) or (len(arguments) > len(names) and not variadic):
        return None
    found: dict[bytes, tuple[int, int] | None] = {
        name.encode(): (node.start_byte, node.end_byte)
        for name, node in zip(names, arguments, strict=False)
    }
    if variadic:
        rest = arguments[len(names) :]
        found[b"__VA_ARGS__"] = (rest[0].start_byte, rest[-1].end_byte) if rest else None
    return found


def _declared(declaration: Node) -> Iterator[str]:
    """The names that a declaration declares."""
    for child in declaration.children_by_field_name("declarator"):
        node: Node | None = child
        while node is not None and node.type != "identifier":
            node = node.child_by_field_name("declarator")
        if node is not None:
            yield text_of(node)


def _depth(outer: Expansion | None) -> int:
    depth = 0
    while outer is not None:
        depth, outer = depth + 1, outer.outer
    return depth
