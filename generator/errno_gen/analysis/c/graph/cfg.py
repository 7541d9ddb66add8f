# SPDX-License-Identifier: GPL-2.0-only
"""Control flow graphs of C functions.

One graph node per simple statement or branch condition. A condition is one node; its
halves (``&&``, ``||``, ``!``) are opened where guards are read, in the room ``flow``, and
evaluation of the right half is a may-effect in :mod:`.dataflow`. ``?:`` as the whole value
of a return, an assignment or an initialiser becomes a branch with one statement per
arm, and the statements of a statement expression there run before it. A macro that can be
followed is the statements that it stands for. The arms of ``#if`` inside a function are
alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from errno_gen.analysis.c.graph.blocks import Block, Graph, Kind
from errno_gen.analysis.c.graph.expansion import Expand, Expansion
from errno_gen.analysis.c.graph.statements import (
    assigned_in,
    condition_of,
    heads_block,
    is_outermost,
    value_statements,
)
from errno_gen.analysis.c.text.syntax import Node, condensed, strip, text_of, walk

__all__ = ["Block", "Graph", "Kind", "build"]

_LEAVING = ("return_statement", "goto_statement")


_Dangling = list[tuple[int, str]]


def build(body: Node, expand: Expand | None = None) -> Graph:
    """The graph of a function from its body (a compound statement).

    ``expand`` tells of macros; without it their uses are calls.
    """
    return _Builder(expand).graph(body)


class _Builder:
    def __init__(self, expand: Expand | None) -> None:
        self._expand = expand
        self._use: Expansion | None = None
        self._expansions: list[Expansion] = []
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
        return Graph(tuple(self._blocks), tuple(self._expansions))

    def _block(
        self,
        kind: Kind,
        syntax: Node | None,
        incoming: _Dangling,
        expression: Node | None = None,
        target: Node | None = None,
    ) -> int:
        index = len(self._blocks)
        use = self._use
        syntax = use.spot if use is not None else syntax
        self._blocks.append(Block(index, kind, syntax, expression, target, macro=use))
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
            heads = following is not None and heads_block(statement, following)
            if following is not None and heads and self._expanded(statement) is None:
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

    # --- macros ---------------------------------------------------------------------

    def _expanded(self, node: Node, *, valued: bool = False) -> Expansion | None:
        """What a statement (or with ``valued`` an expression) runs that is a use of a macro."""
        if not valued:
            plain = node.type == "expression_statement" and node.named_child_count == 1
            node = node.named_children[0] if plain else node
        if self._expand is None or node.type != "call_expression":
            return None
        return self._expand(node, self._use, valued)

    @contextmanager
    def _within(self, use: Expansion | None) -> Iterator[None]:
        """While the text of a use (None: the source) is gone through."""
        before, self._use = self._use, use
        if use is not None and use not in self._expansions:
            self._expansions.append(use)
        yield
        self._use = before

    def _written(self, node: Node) -> tuple[Node, Expansion | None]:
        """A node of the text that is gone through, as it was written, and the use with it."""
        return self._use.argument(strip(node)) if self._use is not None else (node, None)

    def _statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        expansion = self._expanded(node)
        if expansion is not None:
            with self._within(expansion):
                return self._sequence(expansion.statements, incoming)
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
        condition = condition_of(node)
        if condition is not None:
            condition, text = self._written(condition)
            with self._within(text):
                incoming = self._leaving(condition, incoming)
            condition = strip(condition)
        branch = self._block(Kind.CONDITION, node, incoming, condition)
        then = node.child_by_field_name("consequence")
        otherwise = node.child_by_field_name("alternative")
        self._blocks[branch].arms = ("true", "false") if otherwise is not None else ("true",)
        out = self._statement(then, [(branch, "true")]) if then else [(branch, "true")]
        if otherwise is None:
            return [*out, (branch, "false")]
        inner = list(otherwise.named_children)
        return [*out, *self._sequence(inner, [(branch, "false")])]

    def _on_while_statement(self, node: Node, incoming: _Dangling) -> _Dangling:
        return self._loop(node, condition_of(node), node.child_by_field_name("body"), incoming)

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
        condition = condition_of(node)
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
        head = self._block(Kind.SWITCH, node, incoming, condition_of(node))
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
        self._blocks[here].jumps = True
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
        alone = node.named_children[0] if node.named_child_count == 1 else node
        if node.type == "expression_statement" and value_statements(alone):
            return self._sequence(value_statements(alone), incoming)
        target, value = assigned_in(node)
        inner = strip(value) if value is not None else None
        if inner is None or not (self._use is not None or self._divides(inner)):
            incoming = self._leaving(node, incoming)
            ran = alone if self._use is not None else None
            return [(self._block(Kind.STATEMENT, node, incoming, ran), "")]
        out: _Dangling = []
        for arm, edges in self._arms(value, node, incoming):
            out.append((self._block(Kind.STATEMENT, node, edges, arm, target), ""))
        return out

    def _divides(self, value: Node) -> bool:
        """Whether a value takes statements of its own to be made."""
        several = value.type == "conditional_expression" or bool(value_statements(value))
        return several or self._expanded(value, valued=True) is not None

    def _leaving(self, node: Node | None, incoming: _Dangling) -> _Dangling:
        """Run the statement expressions of an expression that may leave the function, or not."""
        for inner in walk(node) if node is not None else ():
            outermost = inner.type == "compound_statement" and is_outermost(inner, node)
            if outermost and any(each.type in _LEAVING for each in walk(inner)):
                incoming = [*incoming, *self._sequence(list(inner.named_children), incoming)]
        return incoming

    def _arms(
        self, value: Node | None, node: Node, incoming: _Dangling
    ) -> list[tuple[Node | None, _Dangling]]:
        """The value, or the arms of ``?:``, each with the edges that lead to it.

        The statements of a statement expression run first.
        """
        if value is not None:
            value, text = self._written(value)
            if text is not self._use:
                with self._within(text):
                    return self._arms(value, node, incoming)
        inner = strip(value) if value is not None else None
        expansion = self._expanded(inner, valued=True) if inner is not None else None
        if expansion is not None:
            with self._within(expansion):
                return self._arms(expansion.statements[0].named_children[0], node, incoming)
        statements = value_statements(inner) if inner is not None else []
        if statements:
            incoming = self._sequence(statements[:-1], incoming)
            return self._arms(statements[-1].named_children[0], node, incoming)
        if inner is None or inner.type != "conditional_expression":
            return [(value, self._leaving(inner, incoming))]
        condition = inner.child_by_field_name("condition")
        head = self._block(Kind.CONDITION, inner, incoming, condition)
        self._blocks[head].arms = ("true", "false")
        # GNU's `a ?: b` has no middle: the value is the condition itself.
        then = inner.child_by_field_name("consequence") or condition
        otherwise = inner.child_by_field_name("alternative")
        return [
            *self._arms(then, node, [(head, "true")]),
            *self._arms(otherwise, node, [(head, "false")]),
        ]
