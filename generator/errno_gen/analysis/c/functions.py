# SPDX-License-Identifier: GPL-2.0-only
"""One function, or one macro, as the analysis sees it: parameters, types, graph, dataflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from errno_gen.analysis.c.graph import cfg, dominance
from errno_gen.analysis.c.graph.dataflow import Dataflow, evaluated
from errno_gen.analysis.c.graph.expansion import Expand
from errno_gen.analysis.c.text.landmarks import Landmarks
from errno_gen.analysis.c.text.syntax import Node, text_of, walk
from errno_gen.model import Location


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A C type as far as it matters: the struct's tag (or base name), and pointer depth."""

    name: str
    pointers: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where text that was parsed on its own stands in its file: what is to be added."""

    start: int
    row: int
    column: int


class Function:
    """A function definition: its parameters in order, graph and dataflow, made on demand.

    ``marks`` are the landmarks of the tree that ``node`` belongs to; ``macros`` the names of
    the driver's macros, each with the variables that it sets on its own; ``place`` tells where
    the body of a macro stands, which is parsed on its own, and ``expression`` whether it has a
    value; ``expand`` tells what the uses of macros run that can be followed.
    """

    def __init__(
        self,
        node: Node,
        declarator: Node,
        path: str,
        marks: Landmarks,
        macros: Mapping[str, frozenset[str]],
        place: Place | None = None,
        expression: bool = True,
        expand: Expand | None = None,
    ) -> None:
        self.node = node
        self.path = path
        self.macro = place is not None
        self.expression = expression
        self._place = place or Place(0, 0, 0)
        self._marks = marks
        self._macros = macros
        self._expand = expand
        self.name = text_of(declarator.child_by_field_name("declarator"))
        self.returns = type_of(node, node.child_by_field_name("declarator"))
        self.parameters: list[tuple[str, TypeRef]] = []
        parameters = declarator.child_by_field_name("parameters")
        for child in parameters.named_children if parameters is not None else ():
            if child.type == "parameter_declaration":
                inner = child.child_by_field_name("declarator")
                self.parameters.append((declared_name(inner), type_of(child, inner)))

    @cached_property
    def lost_parameters(self) -> bool:
        """Whether the grammar got lost in the parameters, so that some are not known."""
        declarator = self.node.child_by_field_name("declarator")
        return declarator is not None and declarator.has_error

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(name for name, _ in self.parameters)

    @property
    def line(self) -> int:
        """The line of the definition, counted from 1."""
        return self.line_of(self.node)

    def line_of(self, node: Node) -> int:
        """The line of a node of this function, counted from 1."""
        return self._in_source(node).start_point[0] + self._place.row + 1

    def _in_source(self, node: Node) -> Node:
        graph: cfg.Graph | None = self.__dict__.get("graph")  # else no macro was followed yet
        return graph.in_source(node) if graph is not None else node

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
        return cfg.build(body, self._expand)

    @cached_property
    def dependence(self) -> list[tuple[tuple[int, str], ...]]:
        """Control dependence of each block."""
        return dominance.control_dependence(self.graph)

    @cached_property
    def flow(self) -> Dataflow:
        """Reaching definitions."""
        return Dataflow(self.graph, self._macros)

    def flow_of(self, key: str) -> Dataflow:
        """Reaching definitions with one more key, which the function need not mention."""
        known = self.flow.knows(key)
        return self.flow if known else Dataflow(self.graph, self._macros, (key,))

    @cached_property
    def locals(self) -> dict[str, TypeRef]:
        """Parameters and local variables with their types."""
        table = dict(self.parameters)
        for node in self._marks.of("declaration", self.node):
            for child in node.children_by_field_name("declarator"):
                table[declared_name(child)] = type_of(node, child)
        for expansion in self.graph.expansions if self._expand is not None else ():
            for node in expansion.declarations:
                for child in node.children_by_field_name("declarator"):
                    table.setdefault(declared_name(child), type_of(node, child))
        return table

    def initialised(self) -> Iterator[tuple[TypeRef, Node]]:
        """The types of local variables that get a value where they are declared, with the value."""
        for node in self._marks.of("declaration", self.node):
            for child in node.children_by_field_name("declarator"):
                value = child.child_by_field_name("value")
                if value is not None:
                    yield type_of(node, child), value

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

    @cached_property
    def _calls_by_block(self) -> dict[int, tuple[Node, ...]]:
        table = {}
        for block in self.graph.blocks:
            root = evaluated(block)
            if root is not None and block.macro is not None:
                table[block.index] = tuple(n for n in walk(root) if n.type == "call_expression")
            elif root is not None:
                table[block.index] = tuple(self._marks.of("call_expression", root))
        return table

    def calls_in(self, block: cfg.Block) -> tuple[Node, ...]:
        """The calls that run in a block, in source order."""
        return self._calls_by_block.get(block.index, ())

    def gives(self, statement: Node | None) -> bool:
        """Whether a ``return`` gives the value: in a macro the one that was put around it."""
        if not self.macro or statement is None:
            return not self.macro
        body = self.node.child_by_field_name("body")
        first = body.named_children[0] if body is not None and body.named_children else None
        return self.expression and statement == first

    def location(self, node: Node) -> Location:
        """Where a node of this function is: in a macro's text, where the macro is used."""
        node = self._in_source(node)
        column = node.start_point[1] + (0 if node.start_point[0] else self._place.column)
        start, end = node.start_byte + self._place.start, node.end_byte + self._place.start
        return Location(self.path, self.line_of(node), column, start, end)


def function_declarator(node: Node) -> Node | None:
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator")
    if declarator is None:
        return None
    name = declarator.child_by_field_name("declarator")
    return declarator if name is not None and name.type == "identifier" else None


def declared_name(declarator: Node | None) -> str:
    """The name that a declarator declares; "" where there is none."""
    while declarator is not None:
        if declarator.type in ("identifier", "field_identifier"):
            return text_of(declarator)
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.named_child_count:
            inner = declarator.named_children[-1]
        declarator = inner
    return ""


def type_of(node: Node, declarator: Node | None) -> TypeRef:
    """The type that a declaration (or type name) gives a declarator."""
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type in ("struct_specifier", "union_specifier"):
        name = text_of(kind.child_by_field_name("name"))
    else:
        name = text_of(kind)
    pointers = 0
    while declarator is not None and declarator.type not in ("identifier", "field_identifier"):
        if declarator.type in ("pointer_declarator", "array_declarator"):
            pointers += 1
        if declarator.type == "function_declarator" and node.type == "function_definition":
            break
        declarator = declarator.child_by_field_name("declarator")
    return TypeRef(" ".join(name.split()), pointers)


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
