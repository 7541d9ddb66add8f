# SPDX-License-Identifier: GPL-2.0-only
"""Origins: what an expression is computed from.

An origin is a set of roots. It follows reaching definitions backwards, arguments into
the functions whose body is known, and struct members that were written earlier on the
path. The lattice (sets of finitely many roots) is finite; a definition that is met again
while it is being followed adds nothing, which is the least fixpoint for loops.
"""

from __future__ import annotations

from collections.abc import Collection

from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import Definition, key_of
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.stores import address_of, target_of
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    condensed,
    identifiers,
    strip,
    text_of,
)
from errno_gen.analysis.flow.guards import Level, excludes
from errno_gen.analysis.origins.call_origins import CallOrigins, filled
from errno_gen.analysis.origins.occupancy import is_constant, is_occupied, sets_later
from errno_gen.analysis.origins.roots import (
    NOTHING,
    RESULTS,
    Context,
    Origin,
    Outside,
    Root,
    RootKind,
    deciding,
    has,
    on_device,
    on_hardware,
    read_through,
)
from errno_gen.analysis.origins.scope import Scope, Unfollowed

_MAX_DEPTH = 8
# So many expressions of a function of the tree are read; what needs more (a formatter of text, an
# interpreter) is no helper of which a check could be understood.
_MAX_STEPS = 20_000


class Origins(CallOrigins):
    """Evaluates origins over one program, or over functions of the tree.

    ``outside`` answers for functions that the program does not have; ``hardware`` are the
    structs that a domain may point to and that are not its own; ``counted`` are the members
    that are counted up or down somewhere; ``domain`` is the struct whose members tell what a
    domain is, and not what a driver added to it.
    """

    def __init__(
        self,
        program: Scope,
        domain_types: Collection[str] = (),
        outside: Outside | None = None,
        hardware: Collection[str] = (),
        counted: Collection[str] = (),
        *,
        domain: str = "",
        strict: bool = False,
    ) -> None:
        self._program = program
        self._decided: set[tuple[Function, int, int]] = set()
        self._tree = outside
        self._hardware = hardware
        self._counted = counted
        self._strict = strict
        self._domain = domain
        self._domain_types = domain_types
        self._active: set[tuple[Function, int]] = set()
        self._returns: dict[
            tuple[Function, tuple[tuple[str, Origin], ...], bool | None], Origin
        ] = {}
        self._depth = 0
        self._steps = 0

    def of(self, node: Node, block: int, context: Context) -> Origin:
        """The origin of an expression that is evaluated in ``block``."""
        node = strip(node, self._program.apis.transparent)
        found = self._read(node, block, context)
        if not found or node.type not in _NAMED or has(found, RootKind.DOMAIN):
            return found
        if text_of(node).startswith("&"):
            return found
        kind = self._program.type_of(node, context.function)
        pointer = kind is not None and kind.pointers == 1 and kind.name in self._domain_types
        later = on_device(found) and sets_later(context.function, node, block, self._counted)
        if not pointer and not later:
            return found
        return found | {Root(RootKind.HELD, condensed(node), True)}

    def _read(self, node: Node, block: int, context: Context) -> Origin:
        self._steps += 1
        if self._strict and self._steps > _MAX_STEPS:
            raise Unfollowed
        method = getattr(self, f"_of_{node.type}", None)
        if method is not None:
            found: Origin = method(node, block, context)
            return found
        if node.type in _LITERALS:
            return NOTHING
        return self._union(node.named_children, block, context)

    def enter(self, call: Node, callee: Function, block: int, context: Context) -> Context:
        """The callee's context for a call made in ``block`` of ``context``."""
        arguments = filled(call_arguments(call), len(callee.parameters))
        bound = tuple(
            (name, self.of(arguments[i], block, context) if i < len(arguments) else NOTHING)
            for i, (name, _) in enumerate(callee.parameters)
        )
        if callee.macro:  # a macro sees its user's variables
            inside = [n for n in identifiers(callee.node) if text_of(n) not in callee.locals]
            known, before = dict(context.parameters), call.start_byte
            names = dict.fromkeys(text_of(node) for node in inside)
            bound += tuple(
                (name, self._of_name(name, block, before, context, known.get(name, NOTHING)))
                for name in names
                if name in context.function.locals
            )
        return Context(callee, bound, self._facts(block, context, call.start_byte))

    def _of_identifier(self, node: Node, block: int, context: Context) -> Origin:
        name = text_of(node)
        function = context.function
        outside = dict(context.parameters).get(name, NOTHING)
        if name not in function.locals:
            if function.macro and name in dict(context.parameters):
                return dict(context.parameters)[name]
            constant = name.isupper() or self._program.macro_texts.is_number(name)
            if constant or self._program.resolve(name, function.path):
                if not self._program.is_global(name, function.path):
                    return NOTHING
            elif not self._program.is_global(name, function.path):
                return self._undeclared(name, function)
            outside = frozenset({Root(RootKind.GLOBAL, name, True)})
        return self._of_name(name, block, node.start_byte, context, outside)

    def _undeclared(self, name: str, function: Function) -> Origin:
        """A name that nothing declares: in the tree perhaps a variable that a macro declares.

        In a driver it is a variable of the kernel's, or a parameter that the grammar lost.
        """
        unsure = self._strict or function.lost_parameters
        kind = RootKind.UNKNOWN if unsure else RootKind.GLOBAL
        return frozenset({Root(kind, name, True)})

    def _of_name(
        self, name: str, block: int, before: int, context: Context, outside: Origin
    ) -> Origin:
        """The origin of what a variable holds at a place; ``outside``: of what it got before."""
        reaching = context.function.flow.reaching(name, block, before)
        if not reaching:
            return outside
        return self._of_definitions(reaching, outside, context, block)

    def _of_definitions(
        self, reaching: tuple[Definition, ...], outside: Origin, context: Context, use: int = -1
    ) -> Origin:
        """The origin of what some definitions give, and of what decides which of them does.

        ``use`` is the block where the value is used; without it nothing decides.
        """
        found: Origin = NOTHING
        for definition in reaching:
            if definition.how == "entry":
                found |= outside
                continue
            found |= self._of_one(definition, context, use)
            if use >= 0 and len(reaching) > 1 and definition.how == "assign":
                found |= self._deciding(definition.block, context, use)
        return found

    def _of_one(self, definition: Definition, context: Context, use: int = -1) -> Origin:
        mark = (context.function, definition.index)
        if mark in self._active:
            return NOTHING
        self._active.add(mark)
        try:
            if definition.how == "iterate":
                inputs = list(definition.inputs)
                return read_through(self._union(inputs, definition.block, context))
            if definition.how == "out" and definition.value is not None:
                stored = self._stored(definition, definition.value, context)
                if stored is not None:
                    return stored
                name = call_name(definition.value)
                copies = name in self._program.apis.copiers and len(definition.inputs) > 1
                if copies and definition.key in context.function.locals:
                    copied = self.of(definition.inputs[1], definition.block, context)
                    return read_through(copied)
                others = [a for a in definition.inputs if address_of(a) != definition.key]
                return self._through(name, others, definition.block, context)
            nodes = [definition.value] if definition.value is not None else []
            if definition.how != "update":
                return self._union(nodes, definition.block, context)
            # A counter is as large as its loop lets it become.
            found = self._deciding(definition.block, context, use)
            found = frozenset(r for r in found if r.kind not in RESULTS)
            return found | self._union([*nodes, *definition.inputs], definition.block, context)
        finally:
            self._active.discard(mark)

    def _of_field_expression(self, node: Node, block: int, context: Context) -> Origin:
        base = node.child_by_field_name("argument")
        if base is None:
            return NOTHING
        outside = self._outside(node, base, block, context)
        key = key_of(node)
        reaching = context.function.flow.reaching(key, block, node.start_byte) if key else ()
        if not reaching:
            return outside
        return self._of_definitions(reaching, outside, context)

    def _outside(self, node: Node, base: Node, block: int, context: Context) -> Origin:
        """What a member holds when this function did not write it."""
        field = text_of(node.child_by_field_name("field"))
        inner = strip(base)
        owner = self._program.type_of(base, context.function)
        # A struct of the driver's own may have a member of the same name.
        member = field if owner is None or owner.name == self._domain else ""
        if not _is_arrow(node) and inner.type == "field_expression":
            return read_through(self._address(inner, block, context), member)
        origin = self._pointed(base, block, context)
        facts = dict(context.facts)
        if field in facts and has(origin, RootKind.DOMAIN, state=False):
            return facts[field]
        return read_through(origin, member)

    def _pointed(self, base: Node, block: int, context: Context) -> Origin:
        """The origin of a pointer whose object is used: of hardware it is the hardware's."""
        origin = self.of(base, block, context)
        if not has(origin, RootKind.DOMAIN, state=True):
            return origin
        kind = self._program.type_of(base, context.function)
        shared = kind is not None and kind.pointers == 1 and kind.name in self._hardware
        return on_hardware(origin) if shared else origin

    def _of_subscript_expression(self, node: Node, block: int, context: Context) -> Origin:
        """What an element holds: the array's, and the index tells which.

        A counter's origin has the conditions of its loop, which say nothing of the element.
        """
        children = node.named_children
        array = self.of(children[0], block, context) if children else NOTHING
        counted = array and any(self._counts(child, block, context) for child in children[1:])
        index = NOTHING if counted else self._union(children[1:], block, context)
        return read_through(array) | read_through(index)

    def _counts(self, node: Node, block: int, context: Context) -> bool:
        """Whether an index is a variable that a loop counts."""
        key = key_of(node)
        found = context.function.flow.reaching(key, block, node.start_byte) if key else ()
        return any(definition.how == "update" for definition in found)

    def _of_pointer_expression(self, node: Node, block: int, context: Context) -> Origin:
        inner = node.child_by_field_name("argument")
        if inner is None:
            return NOTHING
        if not text_of(node).startswith("&"):
            return read_through(self.of(inner, block, context))
        return self._address(strip(inner), block, context)

    def _address(self, node: Node, block: int, context: Context) -> Origin:
        """The origin of ``&node``: a member's address still identifies its object."""
        if node.type in ("field_expression", "subscript_expression"):
            base = node.child_by_field_name("argument")
            if base is not None and _is_arrow(node):
                return self._pointed(base, block, context)
            if base is not None:
                return self._address(strip(base), block, context)
        if node.type == "identifier" and text_of(node) not in context.function.locals:
            name, path = text_of(node), context.function.path
            known = self._program.is_global(name, path) or self._program.resolve(name, path)
            if self._strict and not known:
                return self._undeclared(name, context.function)
            return frozenset({Root(RootKind.GLOBAL, name)})
        return self.of(node, block, context)

    def _of_assignment_expression(self, node: Node, block: int, context: Context) -> Origin:
        right = node.child_by_field_name("right")
        return self.of(right, block, context) if right is not None else NOTHING

    def _of_sizeof_expression(self, node: Node, block: int, context: Context) -> Origin:
        return NOTHING

    _of_type_descriptor = _of_sizeof_expression

    def _of_initializer_pair(self, node: Node, block: int, context: Context) -> Origin:
        value = node.child_by_field_name("value")
        return self.of(value, block, context) if value is not None else NOTHING

    def _of_compound_statement(self, node: Node, block: int, context: Context) -> Origin:
        """A statement expression: everything it reads."""
        return self._union(list(identifiers(node)), block, context)

    def of_return(self, context: Context, truth: bool | None = None) -> Origin:
        """The origin of a function's value, with what decides between constants.

        With ``truth`` constants are left out that are true where it is not, or the reverse.
        """
        memo = (context.function, (*context.parameters, *context.facts), truth)
        if memo in self._returns:
            return self._returns[memo]
        self._returns[memo] = NOTHING
        self._depth += 1
        try:
            found: Origin = NOTHING
            for block in context.function.graph.blocks:
                if block.kind is not Kind.RETURN or block.expression is None:
                    continue
                if truth is not None and is_constant(block.expression, not truth):
                    continue
                value = self.of(block.expression, block.index, context)
                found |= value
                if not value:
                    found |= self._deciding(block.index, context)
        finally:
            self._depth -= 1
        self._returns[memo] = found
        return found

    def _deciding(self, block: int, context: Context, use: int = -1) -> Origin:
        """The origin of the conditions that decide whether a block runs before ``use``.

        One whose other arms leave before that decides nothing there.
        """
        found: Origin = NOTHING
        function = context.function
        pending, seen = [block], {block}
        while pending:
            for branch, label in function.dependence[pending.pop()]:
                level = Level(branch, label, False)
                if use >= 0 and excludes(function, level, use):
                    if branch not in seen:  # then what leads to that branch decides
                        seen.add(branch)
                        pending.append(branch)
                    continue
                found |= self._decided_by(branch, label == "true", block, context)
                if use < 0 and branch not in seen:  # a constant is decided all the way out
                    seen.add(branch)
                    pending.append(branch)
        return frozenset(map(deciding, found))

    def _decided_by(self, branch: int, truth: bool, block: int, context: Context) -> Origin:
        """The origin of a condition that decides about a block."""
        condition = context.function.graph.blocks[branch].expression
        if condition is None or (context.function, branch, block) in self._decided:
            return NOTHING
        self._decided.add((context.function, branch, block))
        try:
            found = self.of(condition, branch, context)
        finally:
            self._decided.discard((context.function, branch, block))
        if on_device(found) and is_occupied(condition, truth, self._program.apis):
            found |= {Root(RootKind.HELD, condensed(condition), True)}
        return found

    def _facts(self, block: int, context: Context, before: int) -> tuple[tuple[str, Origin], ...]:
        """Members of the domain that are surely written when ``block`` runs."""
        facts = dict(context.facts)
        flow = context.function.flow
        for key in sorted({d.key for d in flow.definitions if "->" in d.key}):
            base, _, field = key.rpartition("->")
            if "->" in base or "." in field:
                continue
            reaching = flow.reaching(key, block, before)
            if not reaching or any(d.how != "assign" or d.value is None for d in reaching):
                continue
            target = target_of(reaching[0])
            if target is None:
                continue
            if has(self.of(target, reaching[0].block, context), RootKind.DOMAIN, state=False):
                facts[field] = self._of_definitions(reaching, NOTHING, context)
        return tuple(sorted(facts.items(), key=lambda fact: fact[0]))


def _is_arrow(node: Node) -> bool:
    return text_of(node.child_by_field_name("operator")) == "->"


_NAMED = ("identifier", "field_expression", "subscript_expression", "pointer_expression")
_LITERALS = frozenset(
    {"number_literal", "string_literal", "char_literal", "null", "true", "false", "comment"}
    | {"concatenated_string", "field_identifier", "type_identifier", "primitive_type"}
)
