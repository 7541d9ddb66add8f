# SPDX-License-Identifier: GPL-2.0-only
"""An index of the source of one driver: functions, structs, tables, types, call graph."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from errno_gen.analysis import cfg, dominance
from errno_gen.analysis.apis import KernelApis, kernel_apis
from errno_gen.analysis.dataflow import Dataflow
from errno_gen.analysis.declarations import (
    TypeRef,
    at_top,
    declared_name,
    function_declarator,
    type_of,
)
from errno_gen.analysis.landmarks import Landmarks
from errno_gen.analysis.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    macro_arguments,
    mask,
    parse,
    strip,
    text_of,
)
from errno_gen.model import Location, SourceFile

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


class Function:
    """A function definition: its parameters in order, graph and dataflow, made on demand."""

    def __init__(
        self, node: Node, declarator: Node, path: str, marks: Landmarks, macro_line: int = 0
    ) -> None:
        self.node = node
        self.path = path
        self.macro = macro_line > 0
        self.macro_line = macro_line
        self._marks = marks
        self.name = text_of(declarator.child_by_field_name("declarator"))
        self.returns = type_of(node, node.child_by_field_name("declarator"))
        self.parameters: list[tuple[str, TypeRef]] = []
        parameters = declarator.child_by_field_name("parameters")
        for child in parameters.named_children if parameters is not None else ():
            if child.type == "parameter_declaration":
                inner = child.child_by_field_name("declarator")
                self.parameters.append((declared_name(inner), type_of(child, inner)))

    @property
    def line(self) -> int:
        """The line of the definition, counted from 1."""
        return self.node.start_point[0] + 1

    @cached_property
    def static(self) -> bool:
        """Whether the function is visible in its own file only."""
        return any(
            child.type == "storage_class_specifier" and text_of(child) == "static"
            for child in self.node.children
        )

    @cached_property
    def graph(self) -> cfg.Graph:
        """The control flow graph."""
        body = self.node.child_by_field_name("body")
        assert body is not None
        return cfg.build(body)

    @cached_property
    def dependence(self) -> list[tuple[tuple[int, str], ...]]:
        """Control dependence of each block."""
        return dominance.control_dependence(self.graph)

    @cached_property
    def flow(self) -> Dataflow:
        """Reaching definitions."""
        return Dataflow(self.graph)

    @cached_property
    def locals(self) -> dict[str, TypeRef]:
        """Parameters and local variables with their types."""
        table = dict(self.parameters)
        for node in self._marks.of("declaration", self.node):
            for child in node.children_by_field_name("declarator"):
                table[declared_name(child)] = type_of(node, child)
        return table

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """Names that a declaration in an inner block hides from the outer one, sorted."""
        outer = frozenset(name for name, _ in self.parameters)
        body = self.node.child_by_field_name("body")
        return tuple(sorted(set(_hidden(body, outer)))) if body is not None else ()

    @cached_property
    def calls(self) -> tuple[Node, ...]:
        """All call expressions, in source order."""
        return tuple(self._marks.of("call_expression", self.node))

    def location(self, node: Node) -> Location:
        """Where a node of this function is."""
        row, column = node.start_point
        return Location(self.path, row + 1, column, node.start_byte, node.end_byte)


class Program:
    """All files of a driver, indexed."""

    def __init__(self, files: Iterable[SourceFile], apis: KernelApis) -> None:
        self.apis = apis
        self.files = {file.path: file for file in files}
        self._marks: dict[str, Landmarks] = {}
        self._functions: dict[str, list[Function]] = {}
        self._macro_nodes: dict[str, list[tuple[str, Node]]] = {}
        self._macros: dict[str, tuple[Function, ...]] = {}
        self._structs: dict[str, dict[str, TypeRef]] = {}
        self._members: dict[str, set[str]] = {}
        self._globals: dict[str, TypeRef] = {}
        self._assigned: list[tuple[str, Node]] = []
        for file in self.files.values():
            self._index(file)
        for member, value in self._assigned:
            name = text_of(strip(value)).lstrip("& \t\n")
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
                    function = Function(node, declarator, file.path, marks)
                    self._functions.setdefault(function.name, []).append(function)
            elif kind == "preproc_function_def":
                name = text_of(node.child_by_field_name("name"))
                self._macro_nodes.setdefault(name, []).append((file.path, node))
            elif kind == "struct_specifier":
                self._struct(node, marks)
            elif kind == "initializer_pair":
                designator = node.child_by_field_name("designator")
                value = node.child_by_field_name("value")
                if designator is not None and value is not None:
                    self._assigned.append((text_of(designator).lstrip(". \t\n"), value))
            elif kind == "assignment_expression":
                left = node.child_by_field_name("left")
                right = node.child_by_field_name("right")
                if left is not None and right is not None and left.type == "field_expression":
                    self._assigned.append((text_of(left.child_by_field_name("field")), right))
            elif kind == "declaration" and at_top(node):
                for child in node.children_by_field_name("declarator"):
                    self._globals[declared_name(child)] = type_of(node, child)

    def _struct(self, node: Node, marks: Landmarks) -> None:
        body = node.child_by_field_name("body")
        if body is None:
            return
        fields = self._structs.setdefault(text_of(node.child_by_field_name("name")), {})
        for child in marks.of("field_declaration", body):
            for declarator in child.children_by_field_name("declarator"):
                fields[declared_name(declarator)] = type_of(child, declarator)

    def _named_macros(self, name: str) -> tuple[Function, ...]:
        """The macros of that name, parsed when they are first asked for: most never are."""
        if name not in self._macros:
            nodes = self._macro_nodes.get(name, ())
            made = (_macro(node, name, path) for path, node in nodes)
            self._macros[name] = tuple(macro for macro in made if macro is not None)
        return self._macros[name]

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
        """All macros whose body is an expression."""
        for name in self._macro_nodes:
            yield from self._named_macros(name)

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
        candidates = self._functions.get(name) or self._named_macros(name)
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
        if target.type == "field_expression":
            field = text_of(target.child_by_field_name("field"))
            return tuple(sorted(self._members.get(field, ())))
        if target.type != "identifier":
            return ()
        name = text_of(target)
        if name not in function.locals:
            return (name,)
        reaching = function.flow.reaching(name, block, call.start_byte)
        names = {text_of(strip(d.value)).lstrip("& \t\n") for d in reaching if d.value is not None}
        return tuple(sorted(name for name in names if name in self._functions))

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

    def is_global(self, name: str) -> bool:
        """Whether the driver declares a file-scope variable of that name."""
        return name in self._globals

    def fields(self, struct: str) -> dict[str, TypeRef]:
        """The fields of a struct that the driver defines, by name."""
        return self._structs.get(struct, {})

    def domain_types(self, role_type: str) -> frozenset[str]:
        """The struct with the role, and the driver's structs that embed it by value."""
        found = {role_type}
        for name, fields in self._structs.items():
            if any(t.name == role_type and t.pointers == 0 for t in fields.values()):
                found.add(name)
        return frozenset(found)

    def type_of(self, node: Node, function: Function) -> TypeRef | None:
        """The type of an expression where declarations tell, else None."""
        node = strip(node, self.apis.transparent)
        if node.type == "identifier":
            name = text_of(node)
            return function.locals.get(name) or self._globals.get(name)
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            return self.type_of(left, function) if left is not None else None
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
            return bodies[0].returns if bodies and not bodies[0].macro else None
        return None


def _macro(node: Node, name: str, path: str) -> Function | None:
    """A macro whose body is an expression, as a function that returns it; else None."""
    parameters = node.child_by_field_name("parameters")
    names = [text_of(child) for child in parameters.named_children] if parameters else []
    body = condensed(node.child_by_field_name("value")).replace("\\", " ")
    if not body or "..." in text_of(parameters):
        return None
    listed = ", ".join(f"int {each}" for each in names)
    root = parse(f"int {name}({listed}) {{ return {body}; }}".encode()).root_node
    definition = root.named_children[0] if root.named_child_count == 1 else None
    # A type among the arguments, as container_of() has, is an error inside the call.
    call = body[:1].isalpha() and body.endswith(")")
    if definition is None or definition.type != "function_definition":
        return None
    if root.has_error and not call:
        return None
    declarator = function_declarator(definition)
    if declarator is None:
        return None
    return Function(definition, declarator, path, Landmarks(root), node.start_point[0] + 1)


def _hidden(scope: Node, outer: frozenset[str]) -> Iterator[str]:
    """The names that are declared again somewhere below a scope."""
    own: set[str] = set()
    pending = list(reversed(scope.named_children))
    while pending:
        node = pending.pop()
        if node.type in ("compound_statement", "for_statement"):
            yield from _hidden(node, outer | own)
            continue
        if node.type == "declaration":
            names = {declared_name(child) for child in node.children_by_field_name("declarator")}
            yield from names & outer
            own |= names
        pending.extend(reversed(node.named_children))
