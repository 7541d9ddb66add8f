# SPDX-License-Identifier: GPL-2.0-only
"""Reaching definitions of variables and access paths in one function.

The classic forward worklist over bit sets (Aho, Lam, Sethi, Ullman, section 9.2.4).
A key is a variable (``ret``) or an access path (``priv->domain``). A strong
definition of ``priv`` also ends what was known of ``priv->domain``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from errno_gen.analysis.cfg import Block, Graph, Kind, declared_identifier
from errno_gen.analysis.syntax import Node, call_arguments, strip, text_of, walk


@dataclass(frozen=True, slots=True)
class Definition:
    """A place where a key may get a value.

    ``how`` is one of entry (value from outside), assign, update (``+=``, ``++``), out
    (its address went to a call) and iterate (a loop macro's cursor). ``value`` is the
    assigned expression; ``inputs`` are the other operands of an out or iterate.
    ``strong`` definitions always happen when their block runs.
    """

    index: int
    block: int
    key: str
    how: str
    value: Node | None
    inputs: tuple[Node, ...]
    strong: bool
    end: int


def key_of(node: Node) -> str | None:
    """The key that an lvalue stands for; None where it cannot be named (``a[i]``)."""
    node = strip(node)
    if node.type == "identifier":
        return text_of(node)
    if node.type == "field_expression":
        base = node.child_by_field_name("argument")
        base_key = key_of(base) if base is not None else None
        operator = text_of(node.child_by_field_name("operator"))
        field = text_of(node.child_by_field_name("field"))
        return f"{base_key}{operator}{field}" if base_key else None
    return None


class Dataflow:
    """The definitions of one function and which of them reach a block."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.definitions: list[Definition] = []
        self._in_block: list[list[int]] = [[] for _ in graph.blocks]
        self._by_key: dict[str, list[int]] = {}
        for block in graph.blocks:
            for how, target, value, inputs, strong, end in _effects(block):
                key = key_of(target)
                if key is not None:
                    self._add(block.index, key, how, value, inputs, strong, end)

    def _add(
        self,
        block: int,
        key: str,
        how: str,
        value: Node | None,
        inputs: tuple[Node, ...],
        strong: bool,
        end: int,
    ) -> None:
        index = len(self.definitions)
        self.definitions.append(Definition(index, block, key, how, value, inputs, strong, end))
        self._in_block[block].append(index)
        self._by_key.setdefault(key, []).append(index)

    @cached_property
    def _reaching(self) -> list[int]:
        """For each block the bit set of definitions that reach its start."""
        for key in list(self._by_key):
            self._add(0, key, "entry", None, (), True, 0)
        below = {key: self._keys_below(key) for key in self._by_key}
        entry = {key: indices[-1] for key, indices in self._by_key.items()}
        masks = {key: sum(1 << i for i in indices) for key, indices in self._by_key.items()}
        generated = [0] * len(self._graph.blocks)
        killed = [0] * len(self._graph.blocks)
        for block in self._graph.blocks:
            gen, kill = 0, 0
            for index in self._in_block[block.index]:
                definition = self.definitions[index]
                if definition.strong:
                    gen &= ~masks[definition.key]
                    kill |= masks[definition.key]
                    for lower in below[definition.key] if definition.how != "entry" else ():
                        gen = (gen & ~masks[lower]) | (1 << entry[lower])
                        kill |= masks[lower]
                gen |= 1 << index
            generated[block.index], killed[block.index] = gen, kill
        incoming = [0] * len(self._graph.blocks)
        alive = self._graph.reachable()
        predecessors = [
            [source for source in sources if source in alive or index not in alive]
            for index, sources in enumerate(self._graph.predecessors())
        ]
        pending = [block.index for block in self._graph.blocks]
        while pending:
            index = pending.pop(0)
            merged = 0
            for source in predecessors[index]:
                merged |= (incoming[source] & ~killed[source]) | generated[source]
            if merged != incoming[index]:
                incoming[index] = merged
                pending.extend(t for t, _ in self._graph.blocks[index].edges if t not in pending)
        return incoming

    def _keys_below(self, key: str) -> list[str]:
        return [other for other in self._by_key if other.startswith((f"{key}->", f"{key}."))]

    def reaching(self, key: str, block: int, before: int | None = None) -> tuple[Definition, ...]:
        """The definitions of ``key`` that may reach a use in ``block``.

        ``before`` is the byte offset of the use: definitions in the same block that end
        before it count too. An unknown key has no definition: its value comes from
        outside.
        """
        if key not in self._by_key:
            return ()
        incoming = self._reaching[block]
        found = [self.definitions[i] for i in self._by_key[key] if incoming >> i & 1]
        for index in self._in_block[block]:
            local = self.definitions[index]
            if local.key == key and local.how != "entry" and before is not None:
                if local.end > before:
                    continue
                found = [local] if local.strong else [*found, local]
        return tuple(found)

    def defines(self, block: int, key: str) -> tuple[Definition, ...]:
        """The definitions of ``key`` inside ``block``, in source order."""
        return tuple(
            self.definitions[i]
            for i in self._in_block[block]
            if self.definitions[i].key == key and self.definitions[i].how != "entry"
        )


_Effect = tuple[str, Node, Node | None, tuple[Node, ...], bool, int]


def _effects(block: Block) -> Iterator[_Effect]:
    """What a block defines: (how, target, value, inputs, strong, end offset)."""
    if block.target is not None and block.expression is not None:
        yield from _in_expression(block.expression, True)
        yield "assign", block.target, block.expression, (), True, block.expression.end_byte
        return
    root = block.expression if block.kind is not Kind.STATEMENT else block.syntax
    if root is None or block.kind is Kind.CONFIG:
        return
    if block.kind is Kind.CONDITION and block.syntax is not None:
        operands = _iterator_operands(block.syntax, root)
        if operands:
            for operand in operands:
                others = tuple(other for other in operands if other != operand)
                if operand.type == "identifier":
                    yield "iterate", operand, None, others, True, root.end_byte
            return
    yield from _in_expression(root, True)


def _iterator_operands(syntax: Node, condition: Node) -> tuple[Node, ...]:
    """The arguments of a loop macro (masked as ``while``, or a bare call), else ()."""
    if syntax.type == "expression_statement":
        return call_arguments(syntax.children[0])
    if condition.type != "comma_expression":
        return ()
    operands: list[Node] = []
    pending = [condition]
    while pending:
        node = pending.pop()
        if node.type == "comma_expression":
            pending.extend(reversed(node.named_children))
        else:
            operands.append(node)
    return tuple(operands)


def _in_expression(root: Node, certain: bool) -> Iterator[_Effect]:
    """Effects below ``root``, in source order; ``certain`` is False behind && || ?:."""
    for node, strong in _ordered(root, certain):
        if node.type == "assignment_expression":
            target = node.child_by_field_name("left")
            value = node.child_by_field_name("right")
            if target is not None:
                plain = text_of(node.child_by_field_name("operator")) == "="
                how = "assign" if plain else "update"
                yield how, target, value, (target,), strong and plain, node.end_byte
        elif node.type == "update_expression":
            target = node.child_by_field_name("argument")
            if target is not None:
                yield "update", target, None, (target,), False, node.end_byte
        elif node.type == "init_declarator":
            declarator = declared_identifier(node.child_by_field_name("declarator"))
            if declarator is not None:
                value = node.child_by_field_name("value")
                yield "assign", declarator, value, (), strong, node.end_byte
        elif node.type == "call_expression":
            arguments = call_arguments(node)
            for argument in arguments:
                inner = strip(argument)
                target = inner.child_by_field_name("argument")
                if inner.type == "pointer_expression" and text_of(inner)[:1] == "&" and target:
                    yield "out", target, node, arguments, False, node.end_byte


def _ordered(root: Node, certain: bool) -> Iterator[tuple[Node, bool]]:
    """Nodes below ``root`` with operands before operators, and whether they always run."""
    for index, child in enumerate(root.named_children):
        sure = certain
        if root.type == "binary_expression":
            lazy = text_of(root.child_by_field_name("operator")) in ("&&", "||")
            sure = certain and not (lazy and index > 0)
        elif root.type == "conditional_expression":
            sure = certain and index == 0
        yield from _ordered(child, sure)
    yield root, certain


def mentions(root: Node, name: str) -> bool:
    """Whether an expression reads or calls the identifier ``name``."""
    return any(node.type == "identifier" and text_of(node) == name for node in walk(root))
