# SPDX-License-Identifier: GPL-2.0-only
"""Whether a comparison asks which domain the hardware runs, by more than a pointer to it.

What a domain has for itself tells it from all others: where its tables stand, or an id that was
searched for it. Hardware runs what it was given, so the driver must give the place that is
compared the domain's value, be it a member, an array's element, a register or a descriptor. A
width that is given in the same way is shared by many domains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.stores import address_of, target_of
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.roots import Context, Origin, RootKind, has, on_device
from errno_gen.analysis.rules.facts import maybe_on_domain, on_domain

_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=", "&&", "||")


class Identities:
    """Answers for the comparisons of one driver."""

    def __init__(self, index: Index) -> None:
        self._program = index.program
        self._origins = index.origins
        self._searched: dict[tuple[str, str], bool] = {}

    def told_by(
        self, condition: Node, values: Sequence[Node], equal: bool, block: int, context: Context
    ) -> tuple[bool, bool]:
        """Whether hardware was given what it is compared with, and whether that is an identity.

        ``values`` are the two sides of ``condition``, which are ``equal`` where it holds.
        """
        if len(values) != 2:
            return False, False
        given = False
        differ = text_of(condition.child_by_field_name("operator")) in ("==", "!=") and not equal
        for mine, theirs in (values, values[::-1]):
            one, other = strip(mine), strip(theirs)
            origin = self._origins.of(one, block, context)
            if not (on_domain(origin) or maybe_on_domain(origin)):
                continue
            if not self._is_hardware(other, block, context):
                continue
            if self._given_exactly(one, other, context):
                given = True
                if self._is_own(one, block, context):
                    return True, True
            elif differ and self._runs(one, other, block, context):
                return True, True
            given = given or self._given_both(one, other, context)
        return given, False

    def _is_hardware(self, node: Node, block: int, context: Context) -> bool:
        """Whether a value is the device's side's, whatever index tells which of several."""
        while node.type == "subscript_expression":
            node = strip(node.named_children[0])
        held = self._origins.of(node, block, context)
        return on_device(held) and not has(held, RootKind.DOMAIN) and not _is_fixed(held)

    def _given_exactly(self, one: Node, other: Node, context: Context) -> bool:
        """Whether the driver stores the very value in the very place."""
        return any(_same(strip(value), one) for value in self._stored(other, context.function))

    def _given_both(self, one: Node, other: Node, context: Context) -> bool:
        """Whether the attach gives the domain and the hardware one value where it ends."""
        flow, key = context.function.flow, key_of(one)
        mine = {d.value.text for d in flow.definitions if d.key == key and d.value}
        stored = self._stored(other, context.function)
        theirs = {value.text for value in stored if value.type == "identifier"}
        return bool(mine & theirs - {b"NULL"})

    def _stored(self, place: Node, function: Function) -> Iterator[Node]:
        """What the driver assigns to a variable, a member of that name, or an element."""
        key, member = key_of(place), text_of(place.child_by_field_name("field"))
        if key is not None:
            yield from (d.value for d in function.flow.definitions if d.key == key and d.value)
        elif place.type == "subscript_expression":
            for node in walk(function.node):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if node.type == "assignment_expression" and left and right and _same(left, place):
                    yield right
        if member:
            yield from self._program.assigned(member)

    def _is_own(self, value: Node, block: int, context: Context) -> bool:
        """Whether a value is an address, or an id that was searched for, not a setting.

        A pointer is the address of what may be shared with other domains, but not when all
        that it is ever given stands in the driver's own static tables.
        """
        if self._is_converted(value):
            return True
        kind = self._program.type_of(value, context.function)
        if kind is not None and kind.pointers > 0:
            return not self._is_static(value)
        address = kind is not None and kind.name in self._program.apis.addresses
        return address or self._is_searched(value, block, context)

    def _is_converted(self, value: Node) -> bool:
        """Whether a value is what an address is called elsewhere: its physical one, say."""
        return call_name(value) in self._program.apis.address_conversions

    def _is_static(self, pointer: Node) -> bool:
        """Whether a member is only ever given addresses of variables of the file's."""
        member = text_of(pointer.child_by_field_name("field"))
        assigned = [strip(value) for value in self._program.assigned(member)] if member else []
        given = [v for v in assigned if text_of(v.child_by_field_name("field")) != member]
        fixed = [v for v in given if text_of(v).startswith("&") and self._is_global(v)]
        return bool(fixed) and all(v in fixed or text_of(v) in ("0", "NULL") for v in given)

    def _is_global(self, address: Node) -> bool:
        names = [node for node in walk(address) if node.type == "identifier"]
        return bool(names) and self._program.is_global(text_of(names[0]))

    def _is_searched(self, value: Node, block: int, context: Context) -> bool:
        """Whether a value is an id that was searched for, here or wherever it is stored."""
        if has(self._origins.of(value, block, context), RootKind.SEARCH):
            return True
        if text_of(value) in context.function.parameter_names:
            return self._is_given_searched(text_of(value), context.function)
        base = value.child_by_field_name("argument")
        kind = self._program.type_of(base, context.function) if base is not None else None
        if value.type != "field_expression" or kind is None:
            return False
        key = (kind.name, text_of(value.child_by_field_name("field")))
        if key not in self._searched:
            self._searched[key] = False
            self._searched[key] = any(
                self._searches(function, *key) for function in self._program.functions()
            )
        return self._searched[key]

    def _is_given_searched(self, name: str, function: Function) -> bool:
        """Whether all callers give a parameter a member that holds an id that was searched for."""
        position = function.parameter_names.index(name)
        given = [
            (strip(call_arguments(call)[position]), caller)
            for caller, calls in self._program.direct_calls(function.name).items()
            for call in calls
            if position < len(call_arguments(call))
        ]
        return bool(given) and all(
            value.type == "field_expression" and self._is_searched(value, 0, Context(caller, ()))
            for value, caller in given
        )

    def _searches(self, function: Function, owner: str, member: str) -> bool:
        """Whether a function stores an id that it searched for in a member of a struct."""
        if member.encode() not in (function.node.text or b""):
            return False
        for definition in function.flow.definitions:
            if definition.value is None or not definition.key.endswith(f">{member}"):
                continue
            target = _base_of(definition)
            kind = self._program.type_of(target, function) if target is not None else None
            if kind is None or kind.name != owner:
                continue
            value, apis = definition.value, self._program.apis
            if definition.how == "out" and call_name(value) in apis.id_storers:
                return True
            found = self._origins.of(value, definition.block, Context(function, ()))
            if definition.how == "assign" and has(found, RootKind.SEARCH):
                return True
        return False

    # --- values that are masked, shifted or swapped ---------------------------------------

    def _runs(self, one: Node, other: Node, block: int, context: Context) -> bool:
        """Whether a place that is given the domain's identity, in whatever form, is read."""
        names: set[str] = set()
        mine = self._cores(one, block, context, names)
        if len(mine) != 1:
            return False
        core, where = mine[0]
        if not self._is_own(core, where, context):
            return False
        if self._is_converted(core):  # what else could stand there?
            return True
        kind = self._program.type_of(other, context.function)
        if kind is not None and kind.pointers > 0:  # hardware may know the struct it points to
            return False
        names.add(_plain(core))
        return any(
            _plain(node) in names and node.type in ("identifier", "field_expression")
            for place, at in self._cores(other, block, context, set())
            for value in self._written(place, at, context.function)
            for node in walk(value)
        )

    def _cores(
        self, node: Node, block: int, context: Context, names: set[str]
    ) -> list[tuple[Node, int]]:
        """The values that an expression masks, shifts, swaps or joins, and where they are read.

        The variables that hold them on the way are added to ``names``.
        """
        apis = self._program.apis
        node = strip(node, apis.transparent)
        name = call_name(node)
        if name and self._origins.computes(name, context.function):
            inner = call_arguments(node)
            return [core for each in inner for core in self._cores(each, block, context, names)]
        operator = text_of(node.child_by_field_name("operator"))
        computes = node.type in ("binary_expression", "unary_expression")
        if computes and operator not in _COMPARISONS:
            inner = tuple(node.named_children)
            return [core for each in inner for core in self._cores(each, block, context, names)]
        if node.type == "identifier":
            reaching = context.function.flow.reaching(text_of(node), block, node.start_byte)
            if len(reaching) == 1 and reaching[0].how == "assign" and reaching[0].value:
                names.add(text_of(node))
                return self._cores(reaching[0].value, reaching[0].block, context, names)
        return [(node, block)] if self._origins.of(node, block, context) else []

    def _written(self, place: Node, block: int, function: Function) -> Iterator[Node]:
        """What the driver stores in a place, or hands to a call that is told the same place."""
        yield from self._stored(place, function)
        told = [place]
        if place.type == "call_expression":
            told = list(call_arguments(place))
        key = key_of(place)
        for definition in function.flow.reaching(key, block, place.start_byte) if key else ():
            if definition.how == "out":
                told = [a for a in definition.inputs if address_of(a) != key]
        texts = {_plain(node) for node in told}
        for each in self._program.functions() if texts else ():
            for call in each.calls:
                given = {_plain(argument): argument for argument in call_arguments(call)}
                if texts < given.keys():
                    yield from (given[text] for text in given.keys() - texts)


def _base_of(definition: Definition) -> Node | None:
    """The struct of a member that is assigned, or whose address a call gets."""
    if definition.how != "out":
        return target_of(definition)
    for argument in definition.inputs:
        if address_of(argument) == definition.key:
            member = strip(argument).child_by_field_name("argument")
            return strip(member).child_by_field_name("argument") if member is not None else None
    return None


def _is_fixed(origin: Origin) -> bool:
    """Whether a value is the address of a variable, which no state decides."""
    return bool(origin) and all(r.kind is RootKind.GLOBAL and not r.state for r in origin)


def _plain(node: Node) -> str:
    """An expression without white space and comments."""
    return condensed(strip(node)).replace(" ", "")


def _same(one: Node, other: Node) -> bool:
    return _plain(one) == _plain(other)
