# SPDX-License-Identifier: GPL-2.0-only
"""What functions of the tree do with their arguments, read from their bodies.

The same evaluation of origins that runs over a driver runs over any function of the tree,
with its parameters as roots; what it calls is asked for in the same way. A macro is what it
expands to, and one that hands out what an allocator gave is an allocator. Whatever cannot
be followed leaves the answer open.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_name,
    condensed,
    errno_constant,
    identifiers,
    strip,
    text_of,
    unreadable,
    walk,
)
from errno_gen.analysis.c.treesource import REST as ALL
from errno_gen.analysis.c.treesource import Library, Macro
from errno_gen.analysis.flow.quiet import is_own
from errno_gen.analysis.kernel.printers import COMPILER, Printers
from errno_gen.analysis.kernel.searches import Searches
from errno_gen.analysis.origins.origins import Origins
from errno_gen.analysis.origins.roots import REST, Behaviour, Context, Root, RootKind
from errno_gen.analysis.origins.scope import Unfollowed

_MAX_DEPTH = 10
_MAX_BODIES = 60
_OPEN = Behaviour(open=True)
_MEMORY = Behaviour((Root(RootKind.ALLOCATION, "", True),))
_SEARCH = Behaviour((Root(RootKind.SEARCH, "", True),))
_GIVES_MEMORY = re.compile(rb"\b__(?:malloc|(?:re)?alloc_size)\b")
_FLAGS = re.compile(rb"\bgfp_t\b")
_POINTERS = re.compile(rb"\bstruct\s+(\w+)\s*\*")
_FROM = (b"device", b"kmem_cache")
"""Whom memory is taken for or from: the only structs that an allocator gets beside sizes."""
_WRITABLE_MAP = re.compile(rb"[(,]\s*(?:volatile\s+)?unsigned\s+long\s*\*")
_TRUTHS = ("==", "!=", "<", ">", "<=", ">=", "&&", "||")


class Behaviours:
    """Answers for functions of one tree, once each; shared between threads.

    ``known`` are answers to questions from outside the tree's own functions, by name: those of
    an earlier run, and those of this one.
    """

    def __init__(
        self, library: Library, known: Mapping[str, Behaviour | None] | None = None
    ) -> None:
        self._library = library
        self.known = dict(known or {})
        self._memo: dict[tuple[str, str], Behaviour | None] = {}
        self._depth = 0
        self._bodies = 0
        self._lock = threading.RLock()
        self._printers = Printers(library)
        self._searches = Searches(library)

    def of(self, name: str, path: str) -> Behaviour | None:
        """What a call of ``name`` in the file ``path`` does; None where no body is found."""
        with self._lock:
            if self._depth == 0:
                self._bodies = 0
                if name not in self.known:
                    found = self._of(name, path)
                    if self._printers.prints(name):
                        found = replace(found or _OPEN, prints=True)
                    self.known[name] = found
                return self.known[name]
            return self._of(name, path)

    def leaves(self, name: str) -> bool:
        """Whether ``name`` is a macro that may make the function return that uses it."""
        return self._library.leaves(name)

    def _of(self, name: str, path: str) -> Behaviour | None:
        if self._depth >= _MAX_DEPTH or self._bodies > _MAX_BODIES:
            return _OPEN
        macro = self._library.macro(name)
        if macro is not None and macro.alias:
            return self._of(macro.alias, path) if macro.alias != name else None
        bodies = self._library.resolve(name, path)
        key = name, bodies[0].path if bodies else ""
        if key not in self._memo:
            self._memo[key] = _OPEN  # a recursion may do anything
            self._depth += 1
            try:
                self._memo[key] = self._macro(macro) or self._together(name, bodies)
            finally:
                self._depth -= 1
        return self._memo[key]

    def _together(self, name: str, bodies: tuple[Function, ...]) -> Behaviour | None:
        if self._gives_memory(name, bodies):
            return _MEMORY
        if name in self._library.apis.searches:
            return _SEARCH
        if not bodies:
            return None
        if all(self._searches.is_search(body) for body in bodies):
            return _SEARCH
        if all(self._takes(body) for body in bodies):
            return _claim(bodies[0])
        found = [self._one(body) for body in bodies]
        value = frozenset(root for each in found for root in each.value)
        return Behaviour(
            value=tuple(sorted(value, key=_order)),
            open=any(each.open for each in found),
            held=any(each.held for each in found) or all(map(self._asks_who_is_in, bodies)),
            emptiness=all(each.emptiness for each in found),
            truth=all(each.truth for each in found),
            maps=all(each.maps for each in found),
            idle=all(each.idle for each in found),
        )

    def _takes(self, function: Function) -> bool:
        """Whether a function takes a lock or a bit, or counts users, and answers how that went.

        Who holds it, and for how long, or who else is counted, no body tells.
        """
        apis = self._library.apis
        first = [kind for _, kind in function.parameters[:1]]
        known = any(k.pointers == 1 and k.name in apis.locks | apis.counters for k in first)
        map_given = bool(_WRITABLE_MAP.search(_head(function)))
        return _answers(function) and (known or map_given)

    def _asks_who_is_in(self, function: Function) -> bool:
        """Whether a function answers a question about a collection: who is in it, none tells."""
        known = self._library.apis.collections
        return _answers(function) and any(kind.name in known for _, kind in function.parameters)

    def _gives_memory(self, name: str, bodies: tuple[Function, ...]) -> bool:
        """Whether the compiler is told so, or flags for an allocation are all that it is given."""
        if not bodies or any(body.returns.pointers for body in bodies):
            heads = [*self._library.prototypes(name), *(_head(body) for body in bodies)]
            return any(_is_allocator(head, name) for head in heads)
        return False

    def _macro(self, macro: Macro | None) -> Behaviour | None:
        """A macro that hands out memory, or calls nothing; None for one that is to be followed."""
        if macro is None:
            return None
        apis = self._library.apis
        called = {n for n in macro.called - apis.transparent if not COMPILER.match(n)}
        if any(self._is_memory(name) for name in sorted(called)):
            return _MEMORY
        if not called:
            value = [
                Root(RootKind.PARAMETER, REST if name == ALL else str(position))
                for position, name in enumerate(macro.parameters)
            ]
            values = _returned(macro.function) if macro.function is not None else []
            return Behaviour(
                tuple(value),
                emptiness=len(values) == 1 and _is_null_test(values[0], apis),
                truth=_is_truths(macro.function),
                idle=macro.function is not None and self._idle(macro.function),
            )
        return _OPEN if macro.function is None else None

    def _is_memory(self, name: str) -> bool:
        if name in self._library.apis.allocators:
            return True
        return self._library.macro(name) is None and self._gives_memory(
            name, self._library.resolve(name, "")
        )

    def _one(self, function: Function) -> Behaviour:
        self._bodies += 1
        bound = tuple(
            (name, frozenset({Root(RootKind.PARAMETER, REST if name == ALL else str(position))}))
            for position, (name, _) in enumerate(function.parameters)
        )
        values = _returned(function)
        assembler = any(node.type == "gnu_asm_expression" for node in walk(function.node))
        if unreadable(function.node) or assembler:
            return Behaviour(open=True, held=assembler)
        try:
            origins = Origins(self._library, (), self, strict=True)
            found = origins.of_return(Context(function, bound))
        except Unfollowed:
            return _OPEN
        constant = all(_is_constant(value) for value in values)
        truth = _is_truths(function)
        searched = frozenset(root for root in found if truth and root.kind is RootKind.SEARCH)
        found -= searched  # whether a bit is set in a map, or none, is no search for a free one
        if self._library.reads_hardware(function):  # what registers say is nobody else's
            found = frozenset(_of_hardware(root, function.name) for root in found)
        lost = any(root.kind is RootKind.UNKNOWN or root.through for root in found)
        unknown = lost or not (found or constant)
        return Behaviour(
            value=tuple(sorted(found, key=_order)),
            open=unknown,
            held=bool(searched)
            or any(root.kind is RootKind.HELD for root in found)
            or _exchanges(function),
            emptiness=len(values) == 1 and _asks_for_nothing(values[0], self._library.apis),
            truth=truth,
            maps=self._maps(function, values),
            idle=self._idle(function),
        )

    def _idle(self, function: Function) -> bool:
        """Whether a function writes to nothing but its own variables, nor what it calls."""
        for node in walk(function.node):
            if node.type == "gnu_asm_expression":
                return False
            if node.type in ("assignment_expression", "update_expression"):
                target = node.child_by_field_name("left") or node.child_by_field_name("argument")
                if target is None or not is_own(target, function):
                    return False
            if node.type == "call_expression" and not self._is_idle(call_name(node), function):
                return False
        return True

    def _is_idle(self, name: str, function: Function) -> bool:
        apis = self._library.apis
        if COMPILER.match(name) or name in apis.transparent:
            return True
        if not name or name in function.locals:
            return False
        if self._printers.prints(name):
            return True
        found = self._of(name, function.path)
        return found is not None and found.idle

    def _maps(self, function: Function, values: list[Node]) -> bool:
        """Whether an address is judged, and -ENOMEM is all that can be wrong with it."""
        if not any(kind.name in self._library.apis.addresses for _, kind in function.parameters):
            return False
        errnos = {errno_constant(value) for value in values if text_of(value) != "0"}
        if errnos == {"ENOMEM"}:
            return True
        name = call_name(values[0]) if len(values) == 1 else ""
        inner = self._of(name, function.path) if name else None
        return inner is not None and inner.maps


def _of_hardware(root: Root, name: str) -> Root:
    told = root.kind is RootKind.PARAMETER and root.state
    return Root(RootKind.CALL, name, True) if told else root


def _answers(function: Function) -> bool:
    return not function.returns.pointers and function.returns.name != "void"


def _claim(function: Function) -> Behaviour:
    """What a function tells that is given a lock, or a count of users."""
    given = range(len(function.parameters))
    value = tuple(Root(RootKind.PARAMETER, str(position), True) for position in given)
    return Behaviour(value, held=True)


def _head(function: Function) -> bytes:
    """The text of a definition before its body."""
    body = function.node.child_by_field_name("body")
    text = function.node.text or b""
    return text[: body.start_byte - function.node.start_byte] if body is not None else b""


def _is_allocator(head: bytes, name: str) -> bool:
    before, _, after = head.partition(name.encode())
    if b"*" not in before:
        return False
    if _GIVES_MEMORY.search(head):
        return True
    pointers = set(_POINTERS.findall(after))
    return bool(_FLAGS.search(after)) and pointers <= set(_FROM) and b"void *" not in after


def _returned(function: Function) -> list[Node]:
    return [
        strip(block.expression)
        for block in function.graph.blocks
        if block.kind is Kind.RETURN and block.expression is not None
    ]


def _is_truths(function: Function | None) -> bool:
    """Whether a function answers yes or no, by its type or by each of its values."""
    if function is None:
        return False
    values = _returned(function)
    return function.returns.name == "bool" or (bool(values) and all(map(_is_truth, values)))


def _is_truth(node: Node) -> bool:
    if node.type == "binary_expression":
        return text_of(node.child_by_field_name("operator")) in _TRUTHS
    if node.type == "unary_expression":
        return text_of(node).startswith("!")
    return node.type in ("true", "false")


def _is_constant(node: Node) -> bool:
    return node.type in ("number_literal", "true", "false", "null") or bool(errno_constant(node))


def _asks_for_nothing(node: Node, apis: KernelApis) -> bool:
    """Whether a value is ``x == 0``, ``!x`` or ``x->next == x``, as list_empty() has it."""
    if node.type == "unary_expression":
        return text_of(node).startswith("!") and not text_of(node).startswith("!!")
    if node.type != "binary_expression":
        return False
    sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    if text_of(node.child_by_field_name("operator")) != "==" or None in sides:
        return False
    both = [strip(side, apis.transparent) for side in sides if side is not None]
    nothing = any(text_of(side) in ("0", "NULL") for side in both)
    names = [{text_of(n) for n in identifiers(side)} for side in both]
    return nothing or (len(names[0] | names[1]) == 1)


def _exchanges(function: Function) -> bool:
    """Whether what a parameter points to is read and written, as an exchange does."""
    names = set(function.parameter_names)
    written, read = set(), set()
    for node in walk(function.node):
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            if left is not None and left.type == "pointer_expression":
                written.add(condensed(left))
                continue
        if node.type in ("init_declarator", "assignment_expression", "return_statement"):
            right = node.child_by_field_name("value") or node.child_by_field_name("right")
            within = right or (node if node.type == "return_statement" else None)
            for inner in walk(within) if within is not None else ():
                if inner.type == "pointer_expression" and names & set(_words(inner)):
                    read.add(condensed(inner))
    return bool(written & read)


def _words(node: Node) -> list[str]:
    return [text_of(each) for each in identifiers(node)]


def _is_null_test(node: Node, apis: KernelApis) -> bool:
    """Whether a value is ``!x`` or ``x == NULL`` of a variable."""
    node = strip(node)
    if node.type == "unary_expression":
        argument = node.child_by_field_name("argument")
        return _asks_for_nothing(node, apis) and argument is not None and _is_name(argument)
    if node.type != "binary_expression":
        return False
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    null = right is not None and strip(right).type == "null"
    return _asks_for_nothing(node, apis) and null and left is not None and _is_name(left)


def _is_name(node: Node) -> bool:
    return strip(node).type == "identifier"


def _order(root: Root) -> tuple[str, str, bool, str]:
    return root.kind, root.name, root.state, root.through
