# SPDX-License-Identifier: GPL-2.0-only
"""Control flow graphs of C functions.

One graph node per simple statement or branch condition. A condition is one node; its
halves (``&&``, ``||``, ``!``) are opened where guards are read, in the room ``flow``, and
evaluation of the right half is a may-effect in :mod:`.dataflow`. ``?:`` as the whole value
of a return, an assignment or an initialiser becomes a branch with one statement per
arm, and the statements of a statement expression there run before it. The arms of
``#if`` inside a function are alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from errno_gen.analysis.c.text.syntax import Node, call_name, condensed, strip, text_of, walk

_LEAVING = ("return_statement", "goto_statement")


class Kind(StrEnum):
    """What a graph node is."""

    ENTRY = "entry"
    EXIT = "exit"
    STATEMENT = "statement"
    CONDITION = "condition"
    SWITCH = "switch"
    CONFIG = "config"
    RETURN = "return"


@dataclass(slots=True)
class Block:
    """A graph node.

    ``syntax`` is the statement, or the whole ``if``/loop/``switch`` for a branch.
    ``expression`` is the condition, the returned value, or the value of an arm of
    ``?:`` (then ``target`` is what it is assigned to). Edges are (index, label); labels
    are "" for plain flow, ``true``/``false``, or the text of a case.
    """

    index: int
    kind: Kind
    syntax: Node | None
    expression: Node | None = None
    target: Node | None = None
    edges: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Graph:
    """The blocks of one function; ``blocks[0]`` is the entry, ``blocks[1]`` the exit."""

    blocks: tuple[Block, ...]

    def reachable(self) -> frozenset[int]:
        """The blocks that the entry leads to; the others are dead code."""
        seen = {0}
        pending = [0]
        while pending:
            for target, _ in self.blocks[pending.pop()].edges:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return frozenset(seen)

    def predecessors(self) -> list[list[int]]:
        """For each block the indices of the blocks with an edge to it."""
        table: list[list[int]] = [[] for _ in self.blocks]
        for block in self.blocks:
            for successor, _ in block.edges:
                table[successor].append(block.index)
        return table


_Dangling = list[tuple[int, str]]


def build(body: Node) -> Graph:
    """The graph of a function from its body (a compound statement)."""
    return _Builder().graph(body)


class _Builder:
    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._labels: dict[str, int] = {}
        self._gotos: list[tuple[int, str, str]] = []
        self._breaks: list[_Dangling] = []
        self._continues: list[_Dangling] = []

    def graph(self, body: Node) -> Graph:
        entry = self._block(Kind.ENTRY, None, [])
        self._block(Kind.EXIT, None, [])
        self._join(self._sequence(list(body.named_children), [(entry, "")]), 1)
        for source, label, name in self._gotos:
            target = self._labels.get(name, 1)
            self._blocks[source].edges.append((target, label))
        return Graph(tuple(self._blocks))

    def _block(
        self,
        kind: Kind,
        syntax: Node | None,
        incoming: _Dangling,
        expression: Node | None = None,
        target: Node | None = None,
    ) -> int:
        index = len(self._blocks)
        self._blocks.append(Block(index, kind, syntax, expression, target))
        self._join(incoming, index)
        return index

    def _join(self, incoming: _Dangling, target: int) -> None:
        for source, label in incoming:
            edge = (target, label)
            if edge not in self._blocks[source].edges:
                self._blocks[source].edges.append(edge)

    def _sequence(self, statements: list[Node], incoming: _Dangling) -> _Dangling:
        index = 0
        while index < len(statements):
            statement = statements[index]
            following = statements[index + 1] if index + 1 < len(statements) else None
            if following is not None and _heads_block(statement, following):
                index += 1
                if "for_each" in condensed(statement):
                    incoming = self._loop(statement, statement, following, incoming)
                else:  # a macro such as scoped_guard() runs its block once
                    plain = self._block(Kind.STATEMENT, statement, incoming)
                    incoming = self._statement(following, [(plain, "")])
            else:
                incoming = self._statement(statement, incoming)
            index += 1
        return incoming

    def _statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        method = getattr(self, f"_on_{node.type}", None)
        if method is not None:
            result: _Dangling = method(node, incoming)
            return result
        if node.type == "comment" or node.type.startswith("preproc_"):
            return incoming
        return self._simple(node, incoming)

    # --- statements -----------------------------------------------------------------

    def _on_compound_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        return self._sequence(list(node.named_children), incoming)

    def _on_ERROR(self, node: Node, incoming: _Dangling) -> _Dangling:  # noqa: N802
        return [(self._block(Kind.STATEMENT, node, incoming), "")]

    def _on_if_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        condition = _condition(node)
        incoming = self._leaving(condition, incoming)
        branch = self._block(Kind.CONDITION, node, incoming, condition)
        then = node.child_by_field_name("consequence")
        otherwise = node.child_by_field_name("alternative")
        out = self._statement(then, [(branch, "true")]) if then else [(branch, "true")]
        if otherwise is None:
            return [*out, (branch, "false")]
        inner = list(otherwise.named_children)
        return [*out, *self._sequence(inner, [(branch, "false")])]

    def _on_while_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        return self._loop(node, _condition(node), node.child_by_field_name("body"), incoming)

    def _loop(
        self, node: Node, condition: Node | None, body: Node | None, incoming: _Dangling
    ) -> _Dangling:
        head = self._block(Kind.CONDITION, node, incoming, condition)
        out, again = self._body(body, [(head, "true")])
        self._join(again, head)
        endless = condition is not None and text_of(strip(condition)) in ("1", "true")
        return out if endless else [*out, (head, "false")]

    def _body(self, body: Node | None, incoming: _Dangling) -> tuple[_Dangling, _Dangling]:
        """The body of a loop: (where break goes, where another round starts)."""
        self._breaks.append([])
        self._continues.append([])
        end = self._statement(body, incoming) if body is not None else incoming
        return self._breaks.pop(), [*end, *self._continues.pop()]

    def _on_do_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        start = self._block(Kind.STATEMENT, None, incoming)
        out, again = self._body(node.child_by_field_name("body"), [(start, "")])
        condition = _condition(node)
        if condition is not None and text_of(strip(condition)) == "0":
            return [*out, *again]
        head = self._block(Kind.CONDITION, node, again, condition)
        self._join([(head, "true")], start)
        return [*out, (head, "false")]

    def _on_for_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        start = node.child_by_field_name("initializer")
        if start is not None:
            incoming = self._simple(start, incoming)
        condition = node.child_by_field_name("condition")
        head = self._block(Kind.CONDITION, node, incoming, condition)
        out, again = self._body(node.child_by_field_name("body"), [(head, "true")])
        update = node.child_by_field_name("update")
        if update is not None:
            again = self._simple(update, again)
        self._join(again, head)
        return [*out, (head, "false")] if condition is not None else out

    def _on_switch_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        head = self._block(Kind.SWITCH, node, incoming, _condition(node))
        self._breaks.append([])
        self._continues.append([])
        body = node.child_by_field_name("body")
        fall: _Dangling = []
        default = False
        for case in body.named_children if body is not None else []:
            if case.type != "case_statement":
                fall = self._statement(case, fall)
                continue
            value = case.child_by_field_name("value")
            default = default or value is None
            label = f"case {condensed(value)}" if value is not None else "default"
            inner = [child for child in case.named_children if child != value]
            fall = self._sequence(inner, [*fall, (head, label)])
        continues = self._continues.pop()
        if self._continues:
            self._continues[-1].extend(continues)
        out = [*self._breaks.pop(), *fall]
        return out if default else [*out, (head, "default")]

    def _on_case_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        return self._sequence(list(node.named_children)[1:], incoming)

    def _on_labeled_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        label = node.child_by_field_name("label")
        here = self._block(Kind.STATEMENT, None, incoming)
        self._labels[text_of(label)] = here
        inner = [child for child in node.named_children if child != label]
        return self._sequence(inner, [(here, "")])

    def _on_goto_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        here = self._block(Kind.STATEMENT, node, incoming)
        self._gotos.append((here, "", text_of(node.child_by_field_name("label"))))
        return []

    def _on_break_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        if self._breaks:
            self._breaks[-1].append((self._block(Kind.STATEMENT, node, incoming), ""))
        return []

    def _on_continue_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        if self._continues:
            self._continues[-1].append((self._block(Kind.STATEMENT, node, incoming), ""))
        return []

    def _on_return_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        values = [child for child in node.named_children if child.type != "comment"]
        for value, edges in self._arms(values[0] if values else None, node, incoming):
            block = self._block(Kind.RETURN, node, edges, value)
            self._join([(block, "")], 1)
        return []

    def _on_preproc_if(self, node: Node, incoming: _Dangling) -> _Dangling:
        named = [node.child_by_field_name("name"), node.child_by_field_name("condition")]
        alternative = node.child_by_field_name("alternative")
        head = self._block(Kind.CONFIG, node, incoming, named[0] or named[1])
        skip = [child for child in (*named, alternative) if child is not None]
        inner = [child for child in node.named_children if child not in skip]
        out = self._sequence(inner, [(head, "true")])
        if alternative is None:
            return [*out, (head, "false")]
        if alternative.type == "preproc_else":
            return [*out, *self._sequence(list(alternative.named_children), [(head, "false")])]
        return [*out, *self._on_preproc_if(alternative, [(head, "false")])]

    _on_preproc_ifdef = _on_preproc_if
    _on_preproc_elif = _on_preproc_if

    # --- simple statements ----------------------------------------------------------

    def _simple(self, node: Node, incoming: _Dangling) -> _Dangling:
        target, value = _assigned(node)
        inner = strip(value) if value is not None else None
        if inner is None or not (inner.type == "conditional_expression" or _statements(inner)):
            incoming = self._leaving(node, incoming)
            return [(self._block(Kind.STATEMENT, node, incoming), "")]
        out: _Dangling = []
        for arm, edges in self._arms(value, node, incoming):
            out.append((self._block(Kind.STATEMENT, node, edges, arm, target), ""))
        return out

    def _leaving(self, node: Node | None, incoming: _Dangling) -> _Dangling:
        """Run the statement expressions of an expression that may leave the function, or not."""
        for inner in walk(node) if node is not None else ():
            outermost = inner.type == "compound_statement" and _is_inside(inner, node)
            if outermost and any(each.type in _LEAVING for each in walk(inner)):
                incoming = [*incoming, *self._sequence(list(inner.named_children), incoming)]
        return incoming

    def _arms(
        self, value: Node | None, node: Node, incoming: _Dangling
    ) -> list[tuple[Node | None, _Dangling]]:
        """The value, or the arms of ``?:``, each with the edges that lead to it.

        The statements of a statement expression run first.
        """
        inner = strip(value) if value is not None else None
        statements = _statements(inner) if inner is not None else []
        if statements:
            incoming = self._sequence(statements[:-1], incoming)
            return self._arms(statements[-1].named_children[0], node, incoming)
        if inner is None or inner.type != "conditional_expression":
            return [(value, self._leaving(inner, incoming))]
        condition = inner.child_by_field_name("condition")
        head = self._block(Kind.CONDITION, inner, incoming, condition)
        # GNU's `a ?: b` has no middle: the value is the condition itself.
        then = inner.child_by_field_name("consequence") or condition
        otherwise = inner.child_by_field_name("alternative")
        return [
            *self._arms(then, node, [(head, "true")]),
            *self._arms(otherwise, node, [(head, "false")]),
        ]


def declared_identifier(declarator: Node | None) -> Node | None:
    """The identifier that a declarator declares, also ``(*f)(int)``; None if there is none."""
    while declarator is not None and declarator.type != "identifier":
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type == "parenthesized_declarator":
            inner = declarator.named_children[-1]
        declarator = inner
    return declarator


def _statements(node: Node) -> list[Node]:
    """The statements of a statement expression, the last of which is its value; else []."""
    if node.type != "parenthesized_expression" or not node.named_children:
        return []
    body = node.named_children[0]
    if body.type != "compound_statement":
        return []
    found = [child for child in body.named_children if child.type != "comment"]
    valued = bool(found) and found[-1].type == "expression_statement"
    return found if valued and found[-1].named_children else []


def _is_inside(inner: Node, node: Node | None) -> bool:
    """Whether a block is that of an outermost statement expression of a node."""
    parent = inner.parent
    if parent is None or parent.type != "parenthesized_expression":
        return False
    while parent is not None and parent != node:
        if parent.type == "compound_statement":
            return False
        parent = parent.parent
    return True


def _heads_block(statement: Node, following: Node) -> bool:
    """Whether a macro call without ``;`` is the head of the statement behind it."""
    if statement.type != "expression_statement" or not statement.children:
        return False
    call = statement.children[0]
    last = statement.children[-1]
    named = call.type == "call_expression" and bool(call_name(call))
    return named and last.is_missing and following.type.endswith("_statement")


def _condition(node: Node) -> Node | None:
    condition = node.child_by_field_name("condition")
    return strip(condition) if condition is not None else None


def _assigned(node: Node) -> tuple[Node | None, Node | None]:
    """(target, value) of a plain assignment or of a declaration with one initialiser."""
    inner = node.named_children[0] if node.named_child_count == 1 else node
    if node.type == "expression_statement" and inner.type == "assignment_expression":
        operator = inner.child_by_field_name("operator")
        if text_of(operator) == "=":
            return inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if node.type == "declaration":
        declared = [child for child in node.named_children if child.type == "init_declarator"]
        if len(declared) == 1:
            declarator = declared[0].child_by_field_name("declarator")
            return declared_identifier(declarator), declared[0].child_by_field_name("value")
    return None, None
