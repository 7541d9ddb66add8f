# SPDX-License-Identifier: GPL-2.0-only
"""Functions and macros of the tree outside a driver: found by name, cut out, parsed alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from errno_gen.analysis.apis import KernelApis, kernel_apis
from errno_gen.analysis.c.excerpts import functions_in, macros_in, prototypes_in
from errno_gen.analysis.c.functions import Function, TypeRef, function_declarator
from errno_gen.analysis.c.macros import Definition, Macros, definition_of
from errno_gen.analysis.c.pointers import name_of
from errno_gen.analysis.c.text.landmarks import Landmarks
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    call_name,
    mask,
    parse,
    strip,
    text_of,
    walk,
)

_GLOBAL = rb"^[A-Za-z_][\w \t*]*\b%s\b[ \t]*(?:\[[^\n]*\][ \t]*)?(?:=|;|\n)"


class Texts(Protocol):
    """Where definitions are, and what stands there; implemented over git by the stages."""

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each name the paths of the files that may define it."""
        ...

    def declared(self, name: str) -> tuple[str, ...]:
        """The paths of the headers that may declare a function."""
        ...

    def text(self, path: str) -> bytes:
        """The text of a file of the tree, b"" where there is none."""
        ...


class Library:
    """Bodies by name, each parsed once; questions may come from several threads.

    It answers what a :class:`~.program.Program` answers, for functions of any file.
    """

    def __init__(self, texts: Texts, apis: KernelApis | None = None) -> None:
        self.apis = apis or kernel_apis()
        self._texts = texts
        self._functions: dict[tuple[str, str], tuple[Function, ...]] = {}
        self._hardware: set[Function] = set()
        self._definitions = _Definitions(self._macro)
        self._macros = Macros(all=self._definitions)
        self._expansions: dict[str, Macro | None] = {}
        self._lock = threading.RLock()

    def resolve(self, name: str, path: str) -> tuple[Function, ...]:
        """The definitions a call of ``name`` in the file ``path`` can mean.

        A macro is one function of what it expands to, with its parameters. The functions of a
        C file hide all others; a header may hold one for a configuration only. A static one
        of another C file is invisible.
        """
        with self._lock:
            own = self._in_file(name, path) if path.endswith(".c") else ()
            if own:
                return own
            macro = self.macro(name)
            if macro is not None:
                return (macro.function,) if macro.function is not None else ()
            return tuple(
                function
                for each in self._paths(name)
                for function in self._in_file(name, each)
                if each.endswith(".h") or not function.static
            )

    def macro(self, name: str) -> Macro | None:
        """A macro of the tree's headers, expanded; None where the name is none."""
        with self._lock:
            if name not in self._expansions:
                known = self._definitions.get(name, [])
                self._expansions[name] = (
                    self._expanded(name, known[0], self._macros) if known else None
                )
            return self._expansions[name]

    def variants(self, name: str) -> tuple[Macro, ...]:
        """Each definition of a macro in the tree's headers, expanded: one a configuration."""
        with self._lock:
            return tuple(
                self._expanded(name, known, Macros(all=_Chosen(name, known, self._definitions)))
                for known in self._definitions.get(name, [])
            )

    def leaves(self, name: str) -> bool:
        """Whether ``name`` is a macro that returns from, or jumps in, the function that uses it."""
        return any(
            each.function is not None and leaves_user(each.function) for each in self.variants(name)
        )

    def prototypes(self, name: str) -> tuple[bytes, ...]:
        """The declarations of a function in the tree's headers, with their attributes."""
        with self._lock:
            # A declaration of several lines looks like a definition at first sight.
            beside = [path for path in self._paths(name) if path.endswith(".h")]
            return tuple(
                text
                for path in dict.fromkeys([*self._texts.declared(name), *beside])
                for text in prototypes_in(self._texts.text(path), name)
            )

    def callees(self, call: Node, function: Function, block: int) -> tuple[Function, ...]:
        """The definitions that a direct call in ``function`` may reach; () for a pointer."""
        return ()

    def declares(self, name: str) -> bool:
        """Nothing here is anybody's own."""
        return False

    @property
    def macro_texts(self) -> Macros:
        """Nothing here is anybody's own: macros are looked up one by one."""
        return Macros()

    def is_global(self, name: str, path: str = "") -> bool:
        """Whether a file seems to declare a file-scope variable of that name."""
        pattern = _GLOBAL % re.escape(name.encode())
        return bool(path) and re.search(pattern, self._texts.text(path), re.MULTILINE) is not None

    def type_of(self, node: Node, function: Function) -> TypeRef | None:
        """The type of a local variable or parameter, else None."""
        node = strip(node, self.apis.transparent)
        name = name_of(node) if node.type == "identifier" else ""
        if node.type == "call_expression" and call_name(node) in self.apis.container_of:
            arguments = call_arguments(node)
            return TypeRef(text_of(arguments[1]).split()[-1], 1) if len(arguments) > 1 else None
        return function.locals.get(name)

    # --- work -----------------------------------------------------------------------

    def _paths(self, name: str) -> tuple[str, ...]:
        """The files that may define a name; of architectures the first where all differ.

        An architecture may define a function anew: a driver is written for the common one.
        """
        paths = [p for p in self._texts.find([name]).get(name, ()) if not _BESIDE.search(p)]
        common = [path for path in paths if not path.startswith("arch/")]
        return tuple(common or paths[:1])

    def _in_file(self, name: str, path: str) -> tuple[Function, ...]:
        key = name, path
        if key not in self._functions:
            found = []
            for cut in functions_in(self._texts.text(path), name):
                function = self._function(cut, path)
                if function is not None and function.name == name:
                    found.append(function)
                    if _HARDWARE in cut.partition(b"{")[0]:
                        self._hardware.add(function)
            self._functions[key] = tuple(found)
        return self._functions[key]

    def reads_hardware(self, function: Function) -> bool:
        """Whether a function gets an address of registers."""
        return function in self._hardware

    def _function(self, text: bytes, path: str) -> Function | None:
        masked = mask(text, self.apis.annotations, self.apis.annotation_calls)
        root = parse(masked).root_node
        for node in root.named_children:
            if node.type == "function_definition" and node.child_by_field_name("body") is not None:
                declarator = function_declarator(node)
                if declarator is not None:
                    return Function(node, declarator, path, Landmarks(root), {})
        return None

    def _macro(self, name: str) -> list[Definition]:
        """The definitions of a macro, those of the common code first."""
        if not name.isidentifier() or name in _WORDS or name in self.apis.transparent:
            return []
        return [
            definition_of(node, path)
            for path in self._paths(name)
            if path.endswith(".h")
            for text in macros_in(self._texts.text(path), name)
            for node in parse(text).root_node.named_children
            if node.type in ("preproc_function_def", "preproc_def")
            and text_of(node.child_by_field_name("value")).strip() != name
        ]

    def _expanded(self, name: str, known: Definition, macros: Macros) -> Macro:
        names = [each for each in known.parameters or () if each.isidentifier()]
        rest = any("..." in each for each in known.parameters or ())
        given = (*names, *([REST] if rest else []))
        call = f"{name}({', '.join(given)})" if known.parameters is not None else name
        inner = macros.expanded(call.encode(), _MAX_LEXEMES)
        alias = inner.decode(errors="replace").strip()
        if known.parameters is None and alias.isidentifier():
            return Macro((), frozenset(), None, alias)
        declared = ", ".join(f"int {each}" for each in given)
        plain = _TYPES.sub(b" 0 ", _TYPEOF.sub(b" int ", _ATTRIBUTE.sub(b" ", inner)))
        called = frozenset(found.decode() for found in _CALLED.findall(plain)) - _WORDS
        for value in dict.fromkeys((plain, _NAMED_TEXT.sub(b'"" ', plain))):
            for opening in ("return ", ""):
                text = f"int {name}({declared}) {{ {opening}".encode() + value + b"; }"
                found = self._function(text, known.path)
                if found is not None and not found.node.has_error:
                    found.expression = bool(opening)
                    return Macro(given, called, found)
        return Macro(given, called, None)


def leaves_user(macro: Function) -> bool:
    """Whether a macro has a ``return``, or a ``goto`` to a label that is not its own."""
    body = macro.node.child_by_field_name("body")
    nodes = list(walk(macro.node))
    given = body.named_children[:1] if body is not None and macro.expression else []
    own = {
        text_of(node.child_by_field_name("label"))
        for node in nodes
        if node.type == "labeled_statement"
    }
    return any(
        (node.type == "return_statement" and node not in given)
        or (node.type == "goto_statement" and text_of(node.child_by_field_name("label")) not in own)
        for node in nodes
    )


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro, expanded: its parameters, what is called there, and its text as a function.

    ``function`` returns the macro's value, or runs it where it has none; it is None where
    the text is no C that can be read. ``alias`` is what a macro without parameters stands for.
    """

    parameters: tuple[str, ...]
    called: frozenset[str]
    function: Function | None
    alias: str = ""


_HARDWARE = b"__iomem"
REST = "__rest"
"""The parameter of a macro's function that stands for the arguments behind the last."""

_MAX_LEXEMES = 4_000
_BESIDE = re.compile(r"^arch/[^/]+/(?:boot|tools)/|/tests?/")
_INNER = rb"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_NESTED = rb"\((?:[^()]|" + _INNER + rb")*\)"
_TYPEOF = re.compile(rb"\b(?:__)?typeof(?:_unqual)?(?:__)?\s*" + _NESTED + rb"|\b__auto_type\b")
_TYPES = re.compile(rb"\b__builtin_types_compatible_p\s*" + _NESTED)
_CALLED = re.compile(rb"\b([A-Za-z_]\w*)\s*\(")
_ATTRIBUTE = re.compile(rb"\b__attribute__\s*" + _NESTED + rb"|\b__extension__\b")
# Names of texts before another text: the grammar takes one name among literals at most.
_NAMED_TEXT = re.compile(rb'(?<=[(,])\s*(?:[A-Z][A-Z0-9_]*\s+)+(?=["A-Za-z_])')
_WORDS = frozenset(
    ("if", "while", "for", "return", "sizeof", "do", "switch", "int", "auto", "static", "const")
)


class _Definitions(dict[str, list[Definition]]):
    """The macros of the tree, looked up when they are asked for."""

    def __init__(self, find: Callable[[str], list[Definition]]) -> None:
        super().__init__()
        self._find = find

    def get(self, name: str, default: object = None) -> list[Definition]:
        if name not in self:
            self[name] = self._find(name)
        return self[name]


class _Chosen(dict[str, list[Definition]]):
    """All macros, but of one name a single definition."""

    def __init__(self, name: str, only: Definition, others: _Definitions) -> None:
        super().__init__({name: [only]})
        self._others = others

    def get(self, name: str, default: object = None) -> list[Definition]:
        return self[name] if name in self else self._others.get(name)
