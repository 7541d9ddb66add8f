# SPDX-License-Identifier: GPL-2.0-only
"""Reaching definitions of variables and access paths in one function.

The classic forward worklist over bit sets (Aho, Lam, Sethi, Ullman, section 9.2.4).
A key is a variable (``ret``), what it points to (``*ret``) or an access path
(``priv->domain``). A strong definition of ``priv`` also ends what was known of
``priv->domain``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from errno_gen.analysis.c.graph.cfg import Block, Graph, Kind
from errno_gen.analysis.c.graph.statements import declared_identifier
from errno_gen.analysis.c.text.syntax import Node, call_arguments, call_name, strip, text_of, walk


@dataclass(frozen=True, slots=True)
class Definition:
    """A place where a key may get a value.

    ``how`` is one of entry (value from outside), assign, update (``+=``, ``++``), out
    (its address went to a call), iterate (a loop macro's cursor) and through (a call got a
    pointer to the object that the key is part of, or is a macro that may set it; see
    :func:`access`). ``value`` is the assigned expression, or the call; ``inputs`` are the other
    operands of an out or iterate. ``strong`` definitions always happen when their block runs.
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
        if base_key and base_key.startswith("*") and operator == ".":
            base_key, operator = base_key[1:], "->"  # (*p).m is p->m
        return f"{base_key}{operator}{field}" if base_key else None
    if node.type == "pointer_expression" and text_of(node).startswith("*"):
        inner = node.child_by_field_name("argument")
        key = key_of(inner) if inner is not None else None
        return f"*{key}" if key else None
    return None


class Dataflow:
    """The definitions of one function and which of them reach a block.

    ``sets`` maps the names of macros to the variables that they set on their own; ``more``
    are keys to be known though the function does not mention them.
    """

    def __init__(
        self,
        graph: Graph,
        sets: Mapping[str, frozenset[str]] | None = None,
        more: tuple[str, ...] = (),
    ) -> None:
        self._graph = graph
        self.definitions: list[Definition] = []
        self._in_block: list[list[int]] = [[] for _ in graph.blocks]
        self._by_key: dict[str, list[int]] = {}
        read: set[str | None] = set(more)
        for block in graph.blocks:
            for how, target, value, inputs, strong, end in _effects(block):
                key = key_of(target)
                if key is not None:
                    self._add(block.index, key, how, value, inputs, strong, end)
                    for path, inner in _initialised(value) if how == "assign" else ():
                        self._add(block.index, f"{key}{path}", how, inner, (), strong, end)
                if how == "assign" and value is not None:
                    read.add(key_of(value))
            if block.kind is Kind.RETURN and block.expression is not None:
                read.update(key_of(node) for node in walk(block.expression) if node.is_named)
        for key in sorted(each for each in read if each and not each.isidentifier()):
            self._by_key.setdefault(key, [])
        for index, key, call in list(through(graph, list(self._by_key), sets or {})):
            self._add(index, key, "through", call, (), False, call.end_byte)

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
        below = [f"{key}->", f"{key}.", f"*{key}->", f"*{key}."]
        if key.startswith("*"):
            below[-1] = f"{key[1:]}->"
        return [o for o in self._by_key if o.startswith(tuple(below)) or o == f"*{key}"]

    def reaching(
        self, key: str, block: int, before: int | None = None, *, through: bool = False
    ) -> tuple[Definition, ...]:
        """The definitions of ``key`` that may reach a use in ``block``.

        ``before`` is the byte offset of the use: definitions in the same block that end
        before it count too. An unknown key has no definition: its value comes from
        outside. Definitions ``through`` a call are left out unless they are asked for.
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
        return tuple(each for each in found if through or each.how != "through")

    def knows(self, key: str) -> bool:
        """Whether the function may write the key or read it from memory."""
        return key in self._by_key

    def defines(self, block: int, key: str) -> tuple[Definition, ...]:
        """The definitions of ``key`` inside ``block``, in source order."""
        return tuple(
            self.definitions[i]
            for i in self._in_block[block]
            if self.definitions[i].key == key
            and self.definitions[i].how not in ("entry", "through")
        )


_Effect = tuple[str, Node, Node | None, tuple[Node, ...], bool, int]


def _effects(block: Block) -> Iterator[_Effect]:
    """What a block defines: (how, target, value, inputs, strong, end offset)."""
    if block.target is not None and block.expression is not None:
        yield from _in_expression(block.expression, True)
        yield "assign", block.target, block.expression, (), True, block.expression.end_byte
        return
    root = evaluated(block)
    if root is None:
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


def _initialised(value: Node | None) -> Iterator[tuple[str, Node]]:
    """(path, value) of each member that an initialiser list names, as ``.a.b``."""
    if value is None or value.type != "initializer_list":
        return
    for pair in value.named_children:
        inner = pair.child_by_field_name("value") if pair.type == "initializer_pair" else None
        designators = pair.children_by_field_name("designator")
        if inner is None or any(each.type != "field_designator" for each in designators):
            continue
        path = "".join(text_of(each).replace(" ", "") for each in designators)
        yield path, inner
        yield from ((f"{path}{below}", deeper) for below, deeper in _initialised(inner))


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


# --- what a call may write ------------------------------------------------------------------


def through(
    graph: Graph, keys: list[str], sets: Mapping[str, frozenset[str]]
) -> Iterator[tuple[int, str, Node]]:
    """(block, key, call) for each of ``keys`` that a call may write through what it is given."""
    memory = [key for key in keys if not key.isidentifier()]
    if not memory and not sets:
        return
    for block in graph.blocks:
        root = evaluated(block)
        for node in walk(root) if root is not None else ():
            if node.type != "call_expression":
                continue
            own = sets.get(call_name(node)) if sets else None
            candidates = memory if own is None else keys
            for key in candidates:
                if access(key, node, own) is not None:
                    yield block.index, key, node


Access = tuple[int, str]
"""How a callee sees memory of its caller: the position of an argument, and the path from it
(``*``, ``->m`` or "" for the argument itself); (-1, name) for a macro that names a variable."""


def access(key: str, call: Node, own: frozenset[str] | None = None) -> Access | None:
    """How the callee of ``call`` sees the caller's ``key``; None if it is not given it.

    ``own`` are the variables that the callee sets by name, if it is a macro.
    """
    if own is not None and key in own:
        return -1, key
    for position, argument in enumerate(call_arguments(call)):
        given = strip(argument)
        target = given.child_by_field_name("argument")
        address = given.type == "pointer_expression" and text_of(given).startswith("&")
        base = key_of(target) if address and target is not None else key_of(given)
        if base is None:
            continue
        if address:
            if key == base:
                return position, "*"
            if key.startswith(f"{base}."):
                return position, f"->{key[len(base) + 1 :]}"
        elif key == f"*{base}":
            return position, "*"
        elif key.startswith(f"{base}->"):
            return position, key[len(base) :]
        elif own is not None and key == base:
            return position, ""
    return None


def evaluated(block: Block) -> Node | None:
    """What runs in a block: a statement, a condition or a value; None for nothing."""
    if block.kind is Kind.CONFIG:
        return None
    if block.kind is Kind.STATEMENT and block.target is None and block.macro is None:
        return block.syntax
    return block.expression
