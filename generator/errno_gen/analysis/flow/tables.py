# SPDX-License-Identifier: GPL-2.0-only
"""Ops tables: where a struct of the policy's type gets its callback, in any form.

Seen are designated initialisers of a variable (also of an array, and of a member of that
type in a larger table), compound literals wherever they stand, and assignments to the
member of an object of that type at run time, also where a macro of the driver makes them.
The struct's type is always checked, since other structs have a member of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from errno_gen.analysis.c.program import Function, Program, TypeRef, declared_name, type_of
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    condensed,
    mask,
    strip,
    text_of,
)
from errno_gen.policytables import Roles, Table

# Where the text of a table is none. That of a macro counts where the macro is used.
_PROSE = ("string_content", "preproc_arg")


@dataclass(frozen=True, slots=True)
class Installed:
    """A function that a table installs: its name, the table's name ("" if it has none), line.

    ``member`` is what it is installed as; ``fixed_domain`` tells that a static domain object,
    and nothing else, names the table.
    """

    function: str
    ops: str
    line: int
    member: str = ""
    fixed_domain: bool = False


def installed(program: Program, path: str, roles: Roles) -> tuple[Installed, ...]:
    """The callbacks that the file ``path`` of the program installs, in source order."""
    found: list[Installed] = []
    for kind, node in program.landmarks(path):
        found.extend(_pair(program, path, node, roles))
        if kind == "assignment_expression":
            left = node.child_by_field_name("left")
            if left is not None and _assigned_to(program, path, left) in roles.tables:
                base = text_of(left.child_by_field_name("argument"))
                member = text_of(left.child_by_field_name("field"))
                fixed = _only_static_domains(program, program.files, base, roles)
                found.extend(_named(node.child_by_field_name("right"), base, member, fixed))
    known = {(entry.function, entry.ops) for entry in found}
    for marks, line in program.tables(path):
        for _, node in marks:
            for entry in _pair(program, path, node, roles):
                if (entry.function, entry.ops) not in known:
                    found.append(replace(entry, line=line))
    return tuple(sorted(dict.fromkeys(found), key=lambda entry: entry.line))


def unread(program: Program, path: str, roles: Roles) -> tuple[int, ...]:
    """The lines of ``path`` where a table of unknown type gets the member.

    The parser got lost around it, or its type is declared out of sight. What stands in a
    comment, a string or a macro is none of these.
    """
    members = {table.member for table in roles.tables}
    text = mask(program.files[path].text, ())  # without comments
    read = {
        node.start_byte: _table_type(program, node)
        for node in program.landmarks(path).of("initializer_pair")
        if _designated(node) in members
    }
    found = {
        node.start_point[0] + 1
        for node, member in _assignments(program, path)
        if member in members and not _assigned_to(program, path, node).struct
    }
    words = b"|".join(re.escape(member.encode()) for member in sorted(members))
    for match in re.finditer(rb"\.(?:%s)\s*=(?!=)" % words, text):
        node = program.root(path).descendant_for_byte_range(match.start(), match.start() + 1)
        prose = node is None or node.type in _PROSE
        if not prose and not read.get(match.start()) and not _is_access(text, match.start()):
            found.add(text.count(b"\n", 0, match.start()) + 1)
    return tuple(sorted(found))


def out_of_sight(program: Program, path: str, roles: Roles) -> frozenset[str]:
    """The structs whose definition would tell of which type a table of ``path`` is.

    They are named in the file, or in a struct that is known, and not defined.
    """
    members = {table.member for table in roles.tables}
    found = set()
    for node in program.landmarks(path).of("initializer_pair"):
        if _designated(node) in members and not _table_type(program, node):
            found.add(_last_known(program, *_outermost(node)))
    for left, member in _assignments(program, path):
        if member in members and not _assigned_to(program, path, left).struct:
            found.add(_last_named(program, path, left))
    return frozenset(name for name in found if name)


def _assignments(program: Program, path: str) -> Iterator[tuple[Node, str]]:
    """The ``object.member`` that assignments set, each with the member."""
    for node in program.landmarks(path).of("assignment_expression"):
        left = node.child_by_field_name("left")
        if left is not None and left.type == "field_expression":
            yield left, text_of(left.child_by_field_name("field"))


def _last_named(program: Program, path: str, left: Node) -> str:
    """The struct nearest to the member on the left of an assignment whose name is known."""
    function = _around(program, path, left)
    node = left.child_by_field_name("argument")
    while node is not None and function is not None:
        kind = program.type_of(node, function)
        if kind is not None:
            return kind.name
        node = strip(node).child_by_field_name("argument")
    return ""


def _is_access(text: bytes, dot: int) -> bool:
    """Whether an object stands before the dot: ``ops.member = f`` is no initialiser."""
    return bool(re.search(rb"[\w)\]]\s*\Z", text[max(0, dot - 80) : dot]))


def _pair(program: Program, path: str, node: Node, roles: Roles) -> Iterator[Installed]:
    if node.type != "initializer_pair":
        return
    member = _designated(node)
    if not any(member == table.member for table in roles.tables):
        return
    if Table(_table_type(program, node), member) in roles.tables:
        fixed = _serves_static_domain(program, path, node, roles)
        value = node.child_by_field_name("value")
        yield from _named(value, _table_name(node), member, fixed)


def _named(value: Node | None, ops: str, member: str, fixed: bool = False) -> Iterator[Installed]:
    """The function named by an initialiser's value; nothing for NULL or an expression."""
    if value is None:
        return
    value = strip(value)
    if value.type == "conditional_expression":
        for name in ("consequence", "alternative"):
            yield from _named(value.child_by_field_name(name), ops, member, fixed)
        return
    if value.type == "pointer_expression" and value.named_child_count:
        value = strip(value.named_children[0])
    if value.type == "identifier" and text_of(value) != "NULL":
        yield Installed(text_of(value), ops, value.start_point[0] + 1, member, fixed)


def _designated(pair: Node) -> str:
    """The member that ``.member = value`` names; "" for array designators and paths."""
    designators = pair.children_by_field_name("designator")
    if len(designators) != 1 or designators[0].type != "field_designator":
        return ""
    return text_of(designators[0]).lstrip(".").strip()


def _table_type(program: Program, pair: Node) -> str:
    """The struct that the initialiser list around a pair initialises; "" if unknown."""
    outer, members = _outermost(pair)
    return _descend(program, outer, members) if outer is not None else ""


def _outermost(pair: Node) -> tuple[TypeRef | None, list[str]]:
    """The type of the whole initialiser around a pair, and the members on the way out of it."""
    members: list[str] = []
    node = pair.parent
    while node is not None:
        if node.type == "initializer_pair":
            members.append(_designated(node))
        elif node.type == "compound_literal_expression":
            kind = node.child_by_field_name("type")
            return (type_of(kind, None) if kind is not None else None), members
        elif node.type == "declaration":
            return type_of(node, None), members
        node = node.parent
    return None, members


def _serves_static_domain(program: Program, path: str, pair: Node, roles: Roles) -> bool:
    """Whether the table of a pair is part of, or only named by, static domain objects."""
    node = pair.parent
    while node is not None and node.type != "declaration":
        if node.type == "initializer_pair" and _is_domain(program, node, roles):
            return True
        node = node.parent
    if node is None:
        return False
    table = _table_name(pair)
    own = any(text_of(child) == "static" for child in node.children)
    return _only_static_domains(program, (path,) if own else program.files, table, roles)


def _is_domain(program: Program, pair: Node, roles: Roles) -> bool:
    """Whether a pair initialises a member of a domain object that is declared."""
    node: Node | None = pair
    while node is not None and node.type != "declaration":
        node = node.parent
    domain = next(p.type for p in roles.parameters if p.role == "domain")
    return node is not None and _table_type(program, pair) == domain


def _only_static_domains(program: Program, paths: Iterable[str], table: str, roles: Roles) -> bool:
    """Whether static domain objects, and nothing else, name a table in some files.

    One that gets the table at run time is a variable of the file; what a pointer leads to, or
    a call makes of the table, may be any domain.
    """
    found = [
        _names_statically(program, path, node, roles)
        for path in paths
        for marks in (program.landmarks(path), *(marks for marks, _ in program.tables(path)))
        for kind, node in marks
        if kind in _NAMING and _names(node, table)
    ]
    return bool(found) and all(found)


_NAMING = ("initializer_pair", "assignment_expression", "call_expression")


def _names(node: Node, table: str) -> bool:
    """Whether an initialiser or assignment gives, or a call gets, the address of a table."""
    if node.type == "initializer_pair":
        return condensed(node.child_by_field_name("value")).replace(" ", "") == f"&{table}"
    right = node.child_by_field_name("right")
    values = call_arguments(node) if right is None else (right,)
    address = re.compile(rf"&\s*{re.escape(table)}(?![\w.\[])")
    return any(address.search(condensed(value)) for value in values)


def _names_statically(program: Program, path: str, node: Node, roles: Roles) -> bool:
    """Whether a node that names a table gives it to a static domain object."""
    if node.type == "initializer_pair":
        return _is_domain(program, node, roles)
    left = node.child_by_field_name("left")
    domain = next(p.type for p in roles.parameters if p.role == "domain")
    if left is None or _assigned_to(program, path, left).struct != domain:
        return False
    function = _around(program, path, left)
    if function is None:
        return False
    base = strip(left.child_by_field_name("argument") or left)
    if text_of(left.child_by_field_name("operator")) == ".":
        return _is_static_object(program, function, base)
    # A local pointer, and all that it ever holds is the address of such an object.
    values = [d.value for d in function.flow.definitions if d.key == text_of(base)]
    inner = [strip(v) for v in values if v is not None and text_of(strip(v)).startswith("&")]
    held = len(inner) == len(values) > 0 and text_of(base) not in function.parameter_names
    return held and all(
        _is_static_object(program, function, strip(value.named_children[0])) for value in inner
    )


def _is_static_object(program: Program, function: Function, node: Node) -> bool:
    """Whether an expression is a variable of the file, or a member inside one."""
    while node.type == "field_expression":
        if text_of(node.child_by_field_name("operator")) != ".":
            return False
        node = strip(node.child_by_field_name("argument") or node)
    name = text_of(node)
    return name not in function.locals and program.is_global(name, function.path)


def _descend(program: Program, outer: TypeRef, members: list[str]) -> str:
    """From the type of the whole initialiser inwards through ``.member = { ... }``."""
    current: TypeRef | None = outer
    for member in reversed([member for member in members if member]):
        current = program.fields(current.name).get(member) if current is not None else None
    return current.name if current is not None else ""


def _last_known(program: Program, outer: TypeRef | None, members: list[str]) -> str:
    """The last struct on the way of :func:`_descend` whose name is known."""
    while outer is not None:
        last = outer.name
        inner = [member for member in members if member]
        outer = program.fields(last).get(inner[-1]) if inner else None
        members = inner[:-1]
        if outer is None:
            return last
    return ""


def _table_name(pair: Node) -> str:
    """The variable that the outermost initialiser belongs to; "" if there is none."""
    node = pair.parent
    name = ""
    while node is not None:
        if node.type == "init_declarator":
            name = declared_name(node.child_by_field_name("declarator"))
        node = node.parent
    return name


def _assigned_to(program: Program, path: str, left: Node) -> Table:
    """The struct, "" if unknown, and the member on the left of an assignment."""
    if left.type != "field_expression":
        return Table("", "")
    base = left.child_by_field_name("argument")
    function = _around(program, path, left)
    kind = program.type_of(base, function) if base is not None and function is not None else None
    member = text_of(left.child_by_field_name("field"))
    return Table(kind.name if kind is not None else "", member)


def _around(program: Program, path: str, node: Node) -> Function | None:
    for function in program.functions():
        inside = function.node.start_byte <= node.start_byte < function.node.end_byte
        if function.path == path and inside:
            return function
    return None
