# SPDX-License-Identifier: GPL-2.0-only
"""Errnos that stand in a constant table of one function: ``return rules[i].err``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from errno_gen.analysis.c.functions import declared_name
from errno_gen.analysis.c.graph.cfg import Block
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import Node, errno_constant, strip, text_of, walk

_LITERAL = ("number_literal", "null")


def listed_errnos(
    leaf: Node, function: Function, block: Block, program: Program
) -> tuple[Node, ...]:
    """The errno constants that a member of a table's element can be, in source order.

    () where the value is no such member, where an entry is anything but an errno or a number,
    or where the table is not constant or used in another function, too.
    """
    if leaf.type != "field_expression":
        return ()
    base = leaf.child_by_field_name("argument")
    name = _table(strip(base), function, block) if base is not None else ""
    found = [each for each in _declarations(name, function, program) if name]
    if len(found) != 1 or not _is_own(found[0][0], name, function, program):
        return ()
    declaration, value = found[0]
    member = text_of(leaf.child_by_field_name("field"))
    entries = list(_entries(value, member, _members(declaration, program)))
    errnos = program.apis.errno_names
    if any(each is None or not _is_plain(each, program) for each in entries):
        return ()
    return tuple(strip(each) for each in entries if each and errno_constant(each, errnos))


def _table(base: Node, function: Function, block: Block) -> str:
    """The name of the array that an element is taken of, or "" where it is not known."""
    if base.type == "subscript_expression":
        inner = base.child_by_field_name("argument")
        return text_of(inner) if inner is not None and inner.type == "identifier" else ""
    if base.type != "identifier":
        return ""
    names = set()
    for definition in function.flow.reaching(text_of(base), block.index, base.start_byte):
        if definition.how == "update":
            continue
        if definition.how != "assign" or definition.value is None:
            return ""
        value = re.fullmatch(r"(\w+)|&\s*(\w+)\[\w+\]", text_of(strip(definition.value)))
        names.add((value[1] or value[2]) if value else "")
    return names.pop() if len(names) == 1 else ""


def _declarations(name: str, function: Function, program: Program) -> Iterator[tuple[Node, Node]]:
    """The declarations with a list for an array of that name that the function can see."""
    for node in program.landmarks(function.path).of("declaration"):
        for child in node.children_by_field_name("declarator"):
            value = child.child_by_field_name("value")
            if declared_name(child) == name and value is not None:
                yield node, value


def _is_own(declaration: Node, name: str, function: Function, program: Program) -> bool:
    """Whether a table is constant and mentioned nowhere but in this function."""
    words = {text_of(child) for child in declaration.children}
    if "const" not in words or function.macro:
        return False
    mentioned = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")
    for path in program.files:
        root = program.root(path)
        for match in mentioned.finditer(root.text or b""):
            at = match.start() + root.start_byte
            inside = any(
                node.start_byte <= at < node.end_byte for node in (declaration, function.node)
            )
            if path != function.path or not inside:
                return False
    return True


def _members(declaration: Node, program: Program) -> tuple[str, ...]:
    """The members of the struct that a declaration names, in order; () if that is not plain."""
    kind = declaration.child_by_field_name("type")
    if kind is None or kind.type != "struct_specifier":
        return ()
    body = kind.child_by_field_name("body")
    if body is None:
        return program.plain_members(text_of(kind.child_by_field_name("name")))
    fields = [child for child in body.named_children if child.type != "comment"]
    odd = any(
        node.type in ("struct_specifier", "union_specifier")
        and node.child_by_field_name("body") is not None
        for node in walk(body)
    )
    if odd or any(child.type != "field_declaration" for child in fields):
        return ()
    named = [each for child in fields for each in child.children_by_field_name("declarator")]
    return tuple(declared_name(each) for each in named)


def _entries(value: Node, member: str, members: tuple[str, ...]) -> Iterator[Node | None]:
    """What each element of a list gives to a member; None where that is not known."""
    for child in value.named_children:
        element = child.child_by_field_name("value") or child
        if child.type == "comment":
            continue
        if element.type != "initializer_list":
            yield None
            continue
        given = [each for each in element.named_children if each.type != "comment"]
        named = [each for each in given if each.type == "initializer_pair"]
        if named and len(named) < len(given):
            yield None
        elif named:
            for pair in named:
                designator = text_of(pair.child_by_field_name("designator")).lstrip(". ")
                if designator == member:
                    yield pair.child_by_field_name("value")
        elif member not in members:
            yield None
        else:
            yield from given[members.index(member) :][:1]


def _is_plain(node: Node, program: Program) -> bool:
    node = strip(node)
    known = errno_constant(node, program.apis.errno_names)
    return known is not None or node.type in _LITERAL
