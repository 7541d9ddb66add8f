# SPDX-License-Identifier: GPL-2.0-only
"""How the source of a way out reads once it has an errno of its own, and how it is marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.text.lexer import COMMENT, DIRECTIVE, code, decode, lex
from errno_gen.analysis.c.text.syntax import Node, text_of, walk
from errno_gen.analysis.places.division import arm_statements
from errno_gen.analysis.places.variables import place_of
from errno_gen.model import Location, Split

_BEFORE_STATEMENT = (b";", b"{", b"}", b":")
_TAB = 8
# The brace of a body, a blank line if there is one, and how the first line is indented.
_HEAD = re.compile(rb"\{[ \t]*\n([ \t]*\n)?([ \t]+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes ``[start, end)`` become ``new``; ``mark`` stands there for the semantic patch."""

    start: int
    end: int
    new: str
    mark: str


def piece(
    split: Split, value: str, text: bytes, root: Node, going: Collection[tuple[int, int]]
) -> Piece | None:
    """What is to be changed so that the way out gets ``value``; None where it cannot be.

    ``root`` is the tree of ``text``; ``going`` are the ranges of statements that will go,
    or of words at the beginning of one that will change.
    """
    branch = _branch(split, root)
    condition = branch.child_by_field_name("condition") if branch is not None else None
    if branch is None or condition is None:
        return None
    if split.form in ("call", "fetch", "declare", "take"):
        return _called(split.variable, text, branch, condition)
    name = "consequence" if split.taken else "alternative"
    arm = branch.child_by_field_name(name)
    if arm is not None and arm.type == "else_clause":
        arm = arm.named_children[-1]
    if arm is None:
        return None
    if split.form == "return":
        return _returned(split.variable, value, arm)
    assignment = f"{split.variable} = {value};"
    if arm.type == "compound_statement":
        mark = f"ERRNO_GEN_SET({split.variable}, {value});"
        return _in_block(assignment, mark, text, arm, going)
    return _braced(split.variable, value, text, branch, condition, arm)


def unset(variable: str, constant: Location, root: Node) -> Piece | None:
    """The statement ``variable = CONSTANT;``, which goes; None where it is more than that."""
    node: Node | None = root.descendant_for_byte_range(constant.start, constant.end - 1)
    while node is not None and node.type != "expression_statement":
        node = node.parent
    inner = node.named_children[0] if node is not None and node.named_children else None
    if node is None or inner is None or inner.type != "assignment_expression":
        return None
    right = inner.child_by_field_name("right")
    if text_of(inner.child_by_field_name("left")) != variable or right is None:
        return None
    mark = f"ERRNO_GEN_UNSET({variable}, {text_of(right)});"
    return Piece(node.start_byte, node.end_byte, "", mark)


def declared(split: Split, text: bytes, root: Node) -> Piece | None:
    """The declaration of the variable of ``split``; None where it has no place.

    It stands behind the last one at the head of the function, or is the first one there.
    """
    node = _branch(split, root)
    while node is not None and node.type != "function_definition":
        node = node.parent
    body = node.child_by_field_name("body") if node is not None else None
    place = place_of(body) if body is not None else None
    if place is None or body is None:
        return None
    declaration, mark = f"int {split.variable};", f"ERRNO_GEN_VARIABLE({split.variable});"
    if place == body:
        start = body.start_byte
        head = _HEAD.match(text, start)
        if head is None:
            return None
        blank = "" if head[1] else "\n"
        new = f"{{\n{decode(head[2])}{declaration}{blank}"
        return Piece(start, start + 1, new, f"{{ {mark}")
    start, end = place.end_byte - 1, with_comment(text, place.end_byte)
    last = decode(text[start:end])
    if not last.startswith(";"):
        return None
    indent = indent_of(text, place.start_byte)
    return Piece(start, end, f"{last}\n{decode(indent)}{declaration}", f"; {mark}")


@dataclass(frozen=True, slots=True)
class Share:
    """What a half of a condition gets: its range, and its errno as C."""

    start: int
    end: int
    value: str


def divided(
    split: Split, constant: Location, shares: Sequence[Share], text: bytes, root: Node
) -> Piece | None:
    """The ``if`` of ``split`` as one for each share, in their order.

    None where it cannot be: a comment in it would have to be told to speak of one of them.

    ``constant`` is the errno in its arm, which leaves in any case. ``root`` is the tree of
    ``text``. The mark pairs the ifs with ``else``, which the semantic patch takes away.
    """
    branch = _branch(split, root)
    condition = branch.child_by_field_name("condition") if branch is not None else None
    arm = branch.child_by_field_name("consequence") if branch is not None else None
    if branch is None or condition is None or arm is None:
        return None
    start, end = branch.start_byte, arm.end_byte
    if any(lexeme.kind in (COMMENT, DIRECTIVE) for lexeme in lex(text[start:end])):
        return None
    statements = arm_statements(arm)
    head = decode(text[start : condition.start_byte])
    margin = decode(indent_of(text, start))
    plain: list[str] = []
    marked: list[str] = []
    for number, share in enumerate(shares):
        test = _half(share, text, root, len(head) + 1 + _width(text, start))
        told = _divided_arm(share, constant, statements, text, margin)
        plain.append(f"{head}({test}){told}")
        first = number % 2 == 0 and number + 1 < len(shares)
        word = "" if number % 2 == 0 else "else "
        marked.append(f"{word}{head}({f'ERRNO_GEN_HALF({test})' if first else test}){told}")
    gap = f"\n{margin}"
    return Piece(start, end, gap.join(plain), gap.join(marked))


def _half(share: Share, text: bytes, root: Node, column: int) -> str:
    """A half of a condition without the parentheses that it needed as one, at a column."""
    start, end = share.start, share.end
    node = root.descendant_for_byte_range(start, end - 1)
    while node is not None and node.start_byte == start and node.end_byte <= end:
        if node.type == "parenthesized_expression" and node.end_byte == end:
            inner = node.named_children[0]
            if inner.type != "assignment_expression":  # gcc wants two pairs around that
                start, end = inner.start_byte, inner.end_byte
            break
        node = node.parent
    return shifted(decode(text[start:end]), column - _width(text, start))


def _divided_arm(
    share: Share, constant: Location, statements: Sequence[Node], text: bytes, indent: str
) -> str:
    """The arm of an ``if`` for one half of its condition."""
    lines = []
    for node in statements:
        start, end = node.start_byte, node.end_byte
        if start <= constant.start < end:
            before, after = text[start : constant.start], text[constant.end : end]
            lines.append(decode(before) + share.value + decode(after))
        else:
            lines.append(decode(text[start:end]))
    if len(lines) == 1:
        return f"\n{indent}\t{lines[0]}"
    body = "".join(f"\n{indent}\t{line}" for line in lines)
    return f" {{{body}\n{indent}}}"


def _width(text: bytes, offset: int) -> int:
    """The column of an offset, with tabs expanded."""
    return len(text[line_start(text, offset) : offset].expandtabs(_TAB))


def _branch(split: Split, root: Node) -> Node | None:
    node = root.descendant_for_byte_range(split.branch.start, split.branch.end - 1)
    while node is not None and node.start_byte == split.branch.start:
        if node.type == "if_statement" and node.end_byte == split.branch.end:
            return node
        node = node.parent
    return None


def _returned(variable: str, value: str, arm: Node) -> Piece | None:
    for node in walk(arm):
        if node.type == "identifier" and text_of(node) == variable:
            mark = f"ERRNO_GEN_RETURN({variable}, {value})"
            return Piece(node.start_byte, node.end_byte, value, mark)
    return None


def _in_block(
    assignment: str, mark: str, text: bytes, arm: Node, going: Collection[tuple[int, int]]
) -> Piece | None:
    """The assignment before the first statement of a block that stays as it is."""
    for child in arm.named_children:
        if child.type in ("comment", "declaration"):
            continue
        if child.start_byte in {start for start, _ in going}:
            continue
        first = lex(text[child.start_byte : child.end_byte])[0]
        if first.kind == DIRECTIVE or child.type == "labeled_statement":
            return None
        indent = indent_of(text, child.start_byte)
        own_line = indent == text[line_start(text, child.start_byte) : child.start_byte]
        gap = "\n" + decode(indent) if own_line else " "
        word = decode(first.text)
        end = child.start_byte + first.end
        return Piece(child.start_byte, end, assignment + gap + word, mark + gap + word)
    return None


def _braced(
    variable: str, value: str, text: bytes, branch: Node, condition: Node, arm: Node
) -> Piece | None:
    """The arm of one statement in braces, with the assignment before it."""
    start, end = branch.start_byte, with_comment(text, arm.end_byte)
    if any(lexeme.kind == DIRECTIVE for lexeme in lex(text[start:end])):
        return None
    tested = text[condition.start_byte + 1 : condition.end_byte - 1]
    outer = decode(indent_of(text, start))
    between = decode(text[condition.end_byte : arm.start_byte])
    gap = between if "\n" in between else f"\n{outer}\t"
    inner = gap.rpartition("\n")[2]
    leave = decode(text[arm.start_byte : end])
    head = decode(text[start : condition.end_byte])
    new = f"{head} {{{gap}{variable} = {value};\n{inner}{leave}\n{outer}}}"
    mark = f"if (ERRNO_GEN_SPLIT({decode(tested)}, {variable}, {value})){gap}{leave}"
    return Piece(start, end, new, mark) if not _has_comma(tested) else None


def _called(variable: str, text: bytes, branch: Node, condition: Node) -> Piece | None:
    """The tested call assigned before the ``if``, which tests the variable."""
    start, end = branch.start_byte, condition.end_byte
    before = code(text[:start])
    if not before or before[-1].text not in _BEFORE_STATEMENT:
        return None
    if any(lexeme.kind in (COMMENT, DIRECTIVE) for lexeme in lex(text[start:end])):
        return None
    call = next((node for node in walk(condition) if node.type == "call_expression"), None)
    if call is None:
        return None
    rest = text[call.end_byte : condition.end_byte - 1].strip()
    test = variable if rest.startswith(b"!=") else f"{variable} {decode(rest)}".strip()
    indent = decode(indent_of(text, start))
    called = decode(text[call.start_byte : call.end_byte])
    shift = len(f"{variable} = ") - (call.start_byte - start)
    aligned = shifted(called, shift)
    tested = decode(text[condition.start_byte + 1 : condition.end_byte - 1])
    mark = f"if (ERRNO_GEN_CALL({tested}, {variable}, {called}, {test}))"
    return Piece(start, end, f"{variable} = {aligned};\n{indent}if ({test})", mark)


def shifted(called: str, shift: int) -> str:
    """A call over several lines, the further ones moved with the first."""
    first, *others = called.split("\n")
    lines = [first]
    for line in others:
        words = line.lstrip(" \t")
        width = len(line[: len(line) - len(words)].expandtabs(_TAB)) + shift
        lines.append("\t" * (width // _TAB) + " " * (width % _TAB) + words)
    return "\n".join(lines)


def _has_comma(expression: bytes) -> bool:
    """Whether a comma would cut an expression in two as an argument of a macro."""
    depth = 0
    for lexeme in code(expression):
        depth += (lexeme.text in (b"(", b"[", b"{")) - (lexeme.text in (b")", b"]", b"}"))
        if lexeme.text == b"," and not depth:
            return True
    return False


def with_comment(text: bytes, end: int) -> int:
    """The end of a statement with the comment behind it on its line."""
    line_end = text.find(b"\n", end)
    behind = lex(text[end : line_end if line_end >= 0 else len(text)])
    if len(behind) != 1 or behind[0].kind != COMMENT:
        return end
    whole = behind[0].text.endswith(b"*/") or behind[0].text.startswith(b"//")
    return end + behind[0].end if whole else end


def indent_of(text: bytes, offset: int) -> bytes:
    """The white space that the line of an offset begins with."""
    line = text[line_start(text, offset) : offset]
    return line[: len(line) - len(line.lstrip(b" \t"))]


def line_start(text: bytes, offset: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind(b"\n", 0, offset) + 1
