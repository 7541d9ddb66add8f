# SPDX-License-Identifier: GPL-2.0-only
"""An index of the source of one driver: functions, structs, tables, types, call graph."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from errno_gen.analysis.apis import KernelApis, kernel_apis
from errno_gen.analysis.c.excerpts import prototypes_in
from errno_gen.analysis.c.expansions import Expander
from errno_gen.analysis.c.functions import (
    Function,
    TypeRef,
    declared_name,
    function_declarator,
    type_of,
)
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.macros import Macros
from errno_gen.analysis.c.pointers import arguments_for, by_position, elements_of, name_of
from errno_gen.analysis.c.text.landmarks import Landmarks
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    closing,
    macro_arguments,
    mask,
    parse,
    strip,
    text_of,
)
from errno_gen.model import SourceFile

__all__ = ["Function", "Program", "TypeRef", "declared_name", "load_program", "type_of"]


_latest = threading.local()


def load_program(files: tuple[SourceFile, ...]) -> Program:
    """The program of some files; a thread that asks for the same again gets the same.

    Only the last one is kept. A scan works on one driver at a time in each thread, so more
    would cost memory for every driver of the tree and save nothing.
    """
    program: Program | None = getattr(_latest, "program", None)
    if program is None or tuple(program.files.values()) != files:
        _latest.program = program = None  # never two at a time
        _latest.program = program = Program(files, kernel_apis())
    return program


class Program:
    """All files of a driver, indexed."""

    def __init__(self, files: Iterable[SourceFile], apis: KernelApis) -> None:
        self.apis = apis
        self.files = {file.path: file for file in files}
        self._marks: dict[str, Landmarks] = {}
        self._functions: dict[str, list[Function]] = {}
        self._macros = Macros()
        self._expander = Expander(self._macros)
        self._tables: dict[str, list[tuple[Landmarks, int]]] = {}
        self._structs: dict[str, dict[str, TypeRef]] = {}
        self._nested: set[str] = {""}  # structs in which the order of the members is not plain
        self._members: dict[str, set[str]] = {}
        self._globals: dict[str, TypeRef] = {}
        self._elements: dict[str, tuple[str, ...]] = {}
        self._assigned: list[tuple[str, Node]] = []
        self._given: dict[tuple[Function, str], TypeRef | None] = {}
        for file in self.files.values():
            self._index(file)
        self.apis = replace(apis, errno_names=self._macros.errnos())
        self._macros.close()
        self._note_tables()
        self._note_lists()
        for member, value in self._assigned:
            name = name_of(value)
            if name in self._functions:
                self._members.setdefault(member, set()).add(name)
        for file in self.files.values():
            self._note_resume_hooks(file.text)

    def _index(self, file: SourceFile) -> None:
        root = parse(mask(file.text, self.apis.annotations, self.apis.annotation_calls)).root_node
        marks = self._marks[file.path] = Landmarks(root)
        for kind, node in marks:
            if kind == "function_definition":
                declarator = function_declarator(node)
                if declarator is not None and node.child_by_field_name("body") is not None:
                    function = Function(
                        node,
                        declarator,
                        file.path,
                        marks,
                        self._macros.sets,
                        expand=self._expander.of,
                    )
                    self._functions.setdefault(function.name, []).append(function)
            elif kind in ("preproc_function_def", "preproc_def"):
                self._macros.add(node, file.path)
            elif kind == "struct_specifier":
                self._struct(node, marks)
            elif kind == "declaration" and _at_top(node):
                for child in node.children_by_field_name("declarator"):
                    self._globals[declared_name(child)] = type_of(node, child)
                    self._elements[declared_name(child)] = elements_of(child)
            else:
                self._note_member(node)

    def _note_member(self, node: Node) -> None:
        """What an initialiser or an assignment gives to a member."""
        if node.type == "initializer_pair":
            designator = node.child_by_field_name("designator")
            value = node.child_by_field_name("value")
            if designator is not None and value is not None:
                self._assigned.append((text_of(designator).lstrip(". \t\n"), value))
        elif node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            right = node.child_by_field_name("right")
            if left is not None and right is not None and left.type == "field_expression":
                self._assigned.append((text_of(left.child_by_field_name("field")), right))

    def _struct(self, node: Node, marks: Landmarks) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        name = text_of(node.child_by_field_name("name"))
        inner = marks.of("struct_specifier", body)
        nested = any(each.child_by_field_name("body") is not None for each in inner)
        if nested or b"union" in (body.text or b""):
            self._nested.add(name)
        fields = self._structs.setdefault(name, {})
        for child in marks.of("field_declaration", body):
            for declarator in child.children_by_field_name("declarator"):
                fields[declared_name(declarator)] = type_of(child, declarator)

    def _note_tables(self) -> None:
        """Tables that macros make, wholly or in part: their source is what they expand to."""
        names = self._macros.tables()
        if not names:
            return
        using = re.compile(rb"\b(?:" + b"|".join(map(str.encode, sorted(names))) + rb")\b")
        for file in self.files.values():
            masked = mask(file.text, self.apis.annotations, self.apis.annotation_calls)
            seen: set[int] = set()
            for match in using.finditer(masked):
                if match.start() in seen:
                    continue
                start, end = _table_text(self.root(file.path), masked, match.start())
                seen.update(range(start, end))
                expanded = self._macros.expanded(masked[start:end])
                marks = Landmarks(parse(mask(expanded, self.apis.annotations)).root_node)
                line = masked.count(b"\n", 0, match.start()) + 1
                self._tables.setdefault(file.path, []).append((marks, line))
                for _, node in marks:
                    self._note_member(node)

    def _note_lists(self) -> None:
        """What initialisers give to members by position."""
        for marks in self._marks.values():
            for node in marks.of("declaration"):
                for child in node.children_by_field_name("declarator"):
                    value = child.child_by_field_name("value")
                    if value is not None and value.type == "initializer_list":
                        kind = type_of(node, child.child_by_field_name("declarator"))
                        members = self.plain_members(kind.name)
                        given = by_position(value, members, array=kind.pointers > 0)
                        self._assigned.extend(given)

    # --- look-ups -------------------------------------------------------------------

    def functions(self) -> Iterator[Function]:
        """All function definitions."""
        for group in self._functions.values():
            yield from group

    @cached_property
    def _callers(self) -> dict[str, dict[Function, list[Node]]]:
        table: dict[str, dict[Function, list[Node]]] = {}
        for function in self.functions():
            for call in function.calls:
                table.setdefault(call_name(call), {}).setdefault(function, []).append(call)
        return table

    def direct_calls(self, name: str) -> Mapping[Function, Sequence[Node]]:
        """The functions that call ``name`` directly, in whatever sense, with these calls."""
        return self._callers.get(name, {})

    def macros(self) -> Iterator[Function]:
        """All macros that could be read as code."""
        return self._macros.read()

    @property
    def macro_texts(self) -> Macros:
        """The driver's macros, whether they are code or not."""
        return self._macros

    def tables(self, path: str) -> tuple[tuple[Landmarks, int], ...]:
        """(landmarks, line of the use) of each table in a file that a macro makes."""
        return tuple(self._tables.get(path, ()))

    def root(self, path: str) -> Node:
        """The syntax tree of one file (masked, see syntax.mask)."""
        return self._marks[path].root

    def landmarks(self, path: str) -> Landmarks:
        """The nodes of one file that indexes are made of."""
        return self._marks[path]

    def resolve(self, name: str, path: str) -> tuple[Function, ...]:
        """The definitions a call of ``name`` in file ``path`` can mean (``#ifdef`` twins too).

        Those of the same file come first; a static one of another C file is invisible.
        """
        candidates = self._functions.get(name) or self._macros.named(name)
        same = tuple(function for function in candidates if function.path == path)
        if same:
            return same
        return tuple(f for f in candidates if not f.static or f.path.endswith(".h"))

    def callees(self, call: Node, function: Function, block: int) -> tuple[Function, ...]:
        """The definitions that a call expression in ``block`` may reach.

        Pointers resolve through the members that the driver's own tables assign, or
        through the definitions of a local variable; () when the body is not here.
        """
        names = self.called_names(call, function, block)
        return tuple(f for name in names for f in self.resolve(name, function.path))

    def called_names(self, call: Node, function: Function, block: int) -> tuple[str, ...]:
        """The names of the functions that a call may mean, sorted; () for an open pointer."""
        target = call.child_by_field_name("function")
        if target is None:
            return ()
        target = strip(target)
        if target.type == "pointer_expression":
            target = strip(target.named_children[0])
        if target.type == "conditional_expression":
            arms = [target.child_by_field_name(arm) for arm in ("consequence", "alternative")]
            known = {name_of(arm) for arm in arms if arm is not None}
            return self._known(known) if len(self._known(known)) == len(arms) else ()
        if target.type == "field_expression":
            field = text_of(target.child_by_field_name("field"))
            return tuple(sorted(self._members.get(field, ())))
        if target.type == "subscript_expression":
            return self._known(self._elements.get(text_of(target.named_children[0]), ()))
        if target.type != "identifier":
            return ()
        name = text_of(target)
        if name not in function.locals:
            return (name,)
        reaching = function.flow.reaching(name, block, call.start_byte)
        if all(definition.how == "entry" for definition in reaching):
            return self._known(arguments_for(self.functions(), function, name))
        names = {name_of(d.value) for d in reaching if d.value is not None}
        return self._known(names)

    def handed(self, call: Node, function: Function) -> tuple[Function, ...]:
        """The driver's functions with a number to return that a call hands on, to be called."""
        names = (name_of(each) for each in call_arguments(call))
        found = [f for n in names if n in self._functions for f in self.resolve(n, function.path)]
        return tuple(f for f in found if f.returns == TypeRef("int"))

    def _known(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({name for name in names if name in self._functions}))

    def resume_hooks(self, call: Node) -> tuple[Function, ...]:
        """The driver's runtime-resume callbacks, when the call is one that runs them."""
        if call_name(call) not in self.apis.runtime_resumers:
            return ()
        names = sorted(self._members.get("runtime_resume", ()))
        return tuple(f for name in names for f in self._functions.get(name, ()))

    def _note_resume_hooks(self, text: bytes) -> None:
        """Macros that fill a dev_pm_ops table leave no initialiser behind to be seen."""
        for macro, position in self.apis.runtime_resume_argument.items():
            for arguments in macro_arguments(text, macro):
                if position < len(arguments) and arguments[position] in self._functions:
                    self._members.setdefault("runtime_resume", set()).add(arguments[position])

    def value_calls(self, macro: Function) -> tuple[str, ...]:
        """The functions that a macro's value may come from: the outermost calls of its body."""
        return tuple(
            call_name(leaf)
            for block in macro.graph.blocks
            if block.expression is not None
            for leaf in [strip(block.expression, self.apis.transparent)]
            if leaf.type == "call_expression" and call_name(leaf)
        )

    def declares(self, name: str) -> bool:
        """Whether the driver declares a function of that name, in any file."""
        return bool(name) and any(
            name.encode() in file.text and any(prototypes_in(file.text, name))
            for file in self.files.values()
        )

    def is_global(self, name: str, path: str = "") -> bool:
        """Whether the driver declares a file-scope variable of that name, in any file."""
        return name in self._globals

    @property
    def structs(self) -> Mapping[str, Mapping[str, TypeRef]]:
        """The structs that the driver defines, each with its fields."""
        return self._structs

    def assigned(self, member: str) -> tuple[Node, ...]:
        """The values that the driver gives to a member of that name, anywhere."""
        return tuple(value for name, value in self._assigned if name == member)

    def fields(self, struct: str) -> dict[str, TypeRef]:
        """The fields of a struct that the driver defines, by name."""
        return self._structs.get(struct, {})

    def plain_members(self, struct: str) -> tuple[str, ...]:
        """The fields of a struct in order; () if it is not the driver's, or holds another."""
        return () if struct in self._nested else tuple(self.fields(struct))

    def domain_types(self, role_type: str) -> frozenset[str]:
        """The struct with the role, and the driver's structs that embed it by value."""
        role = TypeRef(role_type, 0)
        return frozenset({role_type, *(n for n, f in self._structs.items() if role in f.values())})

    def type_of(self, node: Node, function: Function) -> TypeRef | None:
        """The type of an expression where declarations tell, else None."""
        node = strip(node, self.apis.transparent)
        if node.type == "identifier":
            name = text_of(node)
            if function.macro and name in function.parameter_names:
                return self._given_type(function, name)
            return function.locals.get(name) or self._globals.get(name)
        if node.type == "assignment_expression":
            return self.type_of(node.named_children[0], function)
        if node.type == "field_expression":
            base = node.child_by_field_name("argument")
            owner = self.type_of(base, function) if base is not None else None
            field = text_of(node.child_by_field_name("field"))
            return self.fields(owner.name).get(field) if owner is not None else None
        if node.type in ("subscript_expression", "pointer_expression"):
            base = node.child_by_field_name("argument")
            inner = self.type_of(base, function) if base is not None else None
            step = 1 if text_of(node)[:1] == "&" else -1
            return TypeRef(inner.name, max(0, inner.pointers + step)) if inner else None
        if node.type == "call_expression":
            if call_name(node) in self.apis.container_of and len(call_arguments(node)) > 1:
                return TypeRef(text_of(call_arguments(node)[1]).split()[-1], 1)
            bodies = self.resolve(call_name(node), function.path)
            if not bodies or not bodies[0].macro:
                return bodies[0].returns if bodies else None
            returns = bodies[0].graph.blocks
            values = [b.expression for b in returns if b.kind is Kind.RETURN and b.expression]
            return self.type_of(values[0], bodies[0]) if len(values) == 1 else None
        return None

    def _given_type(self, macro: Function, parameter: str) -> TypeRef | None:
        """The type of all that the functions of the driver give a macro for a parameter."""
        key = macro, parameter
        if key not in self._given:
            self._given[key] = None  # while it is asked what a macro is given of itself
            position = macro.parameter_names.index(parameter)
            found = {
                self.type_of(arguments[position], function)
                for function, calls in self.direct_calls(macro.name).items()
                for arguments in map(call_arguments, calls)
                if position < len(arguments)
            }
            self._given[key] = found.pop() if len(found) == 1 else None
        return self._given[key]


def _at_top(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type.startswith("preproc_"):
        parent = parent.parent
    return parent is not None and parent.type == "translation_unit"


def _table_text(root: Node, text: bytes, start: int) -> tuple[int, int]:
    """The range of the top-level item that a use of a macro stands in; empty in a directive.

    Where the grammar got lost, or in a function, it is the use alone.
    """
    node = root.descendant_for_byte_range(start, start)
    while node is not None and node.type != "translation_unit":
        if node.type in ("preproc_def", "preproc_function_def"):
            return start, start
        if node.type == "declaration" and _at_top(node) and not node.has_error:
            return node.start_byte, node.end_byte
        node = node.parent
    name = re.compile(rb"\w+").match(text, start)
    end = name.end() if name else start
    return start, (closing(text, end) if text[end:].lstrip()[:1] == b"(" else 0) or end
