# SPDX-License-Identifier: GPL-2.0-only
"""A driver's own macros: those that are code, those that stand for an errno, and expansion.

A macro whose body is an expression is read as a function that returns it, one whose body
is a statement as a function whose ``return`` leaves the function that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from errno_gen.analysis.c.functions import Function, Place, function_declarator
from errno_gen.analysis.c.text.landmarks import Landmarks
from errno_gen.analysis.c.text.lexer import DIRECTIVE, NAME, Lexeme, code
from errno_gen.analysis.c.text.syntax import Node, parse, text_of

_ERRNO = re.compile(rb"-\s*\(?\s*E[A-Z0-9]{2,}\b")
_NAMED_ERRNO = re.compile(r"(-?)([A-Za-z_]\w*)")
_DESIGNATED = re.compile(rb"(?:^|[{,]|\s)\s*\.\s*\w+\s*=")
_SETTING = re.compile(rb"[^=!<>]=[^=]|\+\+|--|&\s*\w")
_TYPE_ARGUMENT = re.compile(rb"(?<=,)\s*(?:struct|union)(?=\s+\w+\s*[,)])")
_CALL = re.compile(rb"(?!(?:if|for|while|switch)\b)[A-Za-z_]\w*\s*\(")
_LEAVING = re.compile(rb"\b(?:return|goto)\b")
_COMMA = code(b",")[0]
_MAX_DEPTH = 16
_MAX_LEXEMES = 100_000


_NUMBER = re.compile(rb"[ \t(]*-?\d\w*[ \t)]*")


@dataclass(frozen=True, slots=True)
class Definition:
    """One ``#define``: ``parameters`` is None for one without; ``body`` is C text."""

    name: str
    parameters: tuple[str, ...] | None
    body: bytes
    path: str


Known = dict[str, list[Definition]]
_Text = tuple[tuple[str, ...], bytes, str, tuple[int, int, int]]


@dataclass(slots=True)
class Macros:
    """The macros of one driver.

    ``code`` are those that could be read as C, by name; ``sets`` the variables that each of
    them sets without being given them; ``lost`` those that hold an errno or a ``return`` and
    could not be read, with whether it is a ``return``; ``leaving`` all that may have one.
    """

    code: dict[str, list[Function]] = field(default_factory=dict)
    sets: dict[str, frozenset[str]] = field(default_factory=dict)
    lost: dict[str, bool] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    all: Known = field(default_factory=dict)
    _unread: dict[str, list[_Text]] = field(default_factory=dict)

    def is_number(self, name: str) -> bool:
        """Whether a macro without parameters stands for a number, whatever it is called."""
        known = self.all.get(name, ())
        return bool(known) and all(
            each.parameters is None and _NUMBER.fullmatch(each.body) for each in known
        )

    def add(self, node: Node, path: str) -> None:
        """Take in a definition (``preproc_def`` or ``preproc_function_def``)."""
        definition = definition_of(node, path)
        name, names, body = definition.name, definition.parameters, definition.body
        listed = node.child_by_field_name("parameters")
        value = node.child_by_field_name("value")
        self.all.setdefault(name, []).append(definition)
        leaving = bool(_LEAVING.search(body))
        if leaving:
            self.leaving.add(name)
        if names is None or value is None or not body.strip():
            return
        telling = leaving or bool(_ERRNO.search(body))
        if "..." in text_of(listed) and not telling:
            return
        place = value.start_byte, value.start_point[0], value.start_point[1]
        setting = bool(_SETTING.search(body))
        if not telling and not setting:
            self._unread.setdefault(name, []).append((names, body, path, place))
            return
        function = self._function(name, names, body, path, place, True)
        if function is not None:
            self.code.setdefault(name, []).append(function)
            if setting:
                self.sets[name] = self.sets.get(name, frozenset()) | _sets(function)
        elif telling:
            self.lost[name] = leaving

    def named(self, name: str) -> Sequence[Function]:
        """The macros of that name that are code; what is nothing but a value is read now."""
        for names, body, path, place in self._unread.pop(name, ()):
            function = self._function(name, names, body, path, place, False)
            if function is not None:
                self.code.setdefault(name, []).append(function)
        return self.code.get(name, ())

    def read(self) -> Iterator[Function]:
        """All macros that could be read as code."""
        for name in self.all:
            yield from self.named(name)

    def _function(
        self,
        name: str,
        names: tuple[str, ...],
        body: bytes,
        path: str,
        place: tuple[int, int, int],
        statement: bool,
    ) -> Function | None:
        parameters = ", ".join(f"int {each}" for each in names if each.isidentifier())
        plain = _TYPE_ARGUMENT.sub(_blanked, body.replace(b"#", b" "))
        start, row, column = place
        for opening in ("return ", "") if statement else ("return ",):
            head = f"int {name}({parameters}) {{ {opening}".encode()
            root = parse(head + plain + b"; }").root_node
            node = root.named_children[0] if root.named_child_count == 1 else None
            # A type among the arguments, as container_of() has, is an error inside the call.
            text = plain.strip()
            call = bool(opening and _CALL.match(text)) and text.endswith(b")")
            if node is None or node.type != "function_definition" or (root.has_error and not call):
                continue
            declarator = function_declarator(node)
            if declarator is not None:
                where = Place(start - len(head), row, column - len(head))
                return Function(
                    node, declarator, path, Landmarks(root), self.sets, where, bool(opening)
                )
        return None

    def errnos(self) -> dict[str, str]:
        """The names that stand for an errno: ``MY_ERR`` for ``-EIO``, ``MY_ERRNO`` for ``EIO``.

        "" for a name whose definitions differ.
        """
        memo: dict[str, str | None] = {}
        found = {name: self._errno(name, memo) for name in self.all}
        return {name: errno for name, errno in found.items() if errno is not None}

    def _errno(self, name: str, memo: dict[str, str | None]) -> str | None:
        if name in memo:
            return memo[name]
        memo[name] = None  # a macro is not expanded in its own text
        values: set[str | None] = set()
        for definition in self.all.get(name, ()):
            text = b"" if definition.parameters is not None else definition.body
            plain = re.sub(r"[()\s]", "", text.decode(errors="replace"))
            match = _NAMED_ERRNO.fullmatch(plain)
            if match is None:
                values.add(None)
            elif match[2] in self.all:
                inner = self._errno(match[2], memo)
                if inner and match[1]:
                    inner = inner.removeprefix("-") if inner.startswith("-") else f"-{inner}"
                values.add(inner)
            elif re.fullmatch(r"E[A-Z0-9]{2,}", match[2]):
                values.add(match[1] + match[2])
            else:
                values.add(None)
        if values != {None} and values:
            memo[name] = str(values.pop()) if len(values) == 1 else ""
        return memo[name]

    def tables(self) -> set[str]:
        """The macros whose expansion has designated initialisers, transitively."""
        return self._with_users(
            {
                name
                for name, group in self.all.items()
                if any(_DESIGNATED.search(each.body) for each in group)
            }
        )

    def close(self) -> None:
        """Let ``leaving`` name the macros too that use one which leaves."""
        self.leaving = self._with_users(self.leaving)

    def _with_users(self, found: set[str]) -> set[str]:
        """The macros with all that use one of them, transitively."""
        while found:
            using = re.compile(rb"\b(?:" + b"|".join(map(str.encode, sorted(found))) + rb")\b")
            more = {
                name
                for name, group in self.all.items()
                if name not in found and any(using.search(each.body) for each in group)
            }
            if not more:
                break
            found = found | more
        return found

    def expanded(self, text: bytes, most: int = _MAX_LEXEMES) -> bytes:
        """C text with the macros expanded (the first definition of each), ``most`` lexemes."""
        lexemes = islice(self._expand(list(code(text)), frozenset()), most)
        return b" ".join(lexeme.text for lexeme in lexemes)

    def _expand(self, lexemes: list[Lexeme], active: frozenset[str]) -> Iterator[Lexeme]:
        index = 0
        while index < len(lexemes):
            lexeme = lexemes[index]
            index += 1
            name = lexeme.text.decode(errors="replace")
            known = self.all.get(name, ())
            if lexeme.kind == DIRECTIVE:
                continue
            if lexeme.kind != NAME or not known or name in active or len(active) > _MAX_DEPTH:
                yield lexeme
                continue
            macro = known[0]
            if macro.parameters is None:
                yield from self._expand(list(code(macro.body)), active | {name})
                continue
            arguments, end = _arguments(lexemes, index)
            if arguments is None:
                yield lexeme
                continue
            index = end
            given = [list(self._expand(argument, active)) for argument in arguments]
            text = _substituted(macro, arguments, given)
            yield from self._expand(list(code(text)), active | {name})


def definition_of(node: Node, path: str) -> Definition:
    """A ``preproc_def`` or ``preproc_function_def`` as a value."""
    listed = node.child_by_field_name("parameters")
    value = node.child_by_field_name("value")
    names = _names(listed) if listed is not None else None
    raw = value.text if value is not None and value.text is not None else b""
    body = raw.replace(b"\\\r\n", b"  \n").replace(b"\\\n", b" \n")
    if names and names[-1].endswith("...") and names[-1] != "...":
        named = re.escape(names[-1].removesuffix("...").encode())
        body = re.sub(rb"\b" + named + rb"\b", b"__VA_ARGS__", body)
    return Definition(text_of(node.child_by_field_name("name")), names, body, path)


def _names(listed: Node) -> tuple[str, ...]:
    """The parameters of a macro; ``...`` or ``name...`` stands for those behind the last."""
    inside = text_of(listed).strip().removeprefix("(").removesuffix(")")
    names = (re.sub(r"\s", "", each) for each in inside.replace("\\", " ").split(","))
    return tuple(name for name in names if name)


def _blanked(match: re.Match[bytes]) -> bytes:
    return b" " * len(match.group())


def _sets(function: Function) -> frozenset[str]:
    """The variables that a macro assigns and neither declares nor gets."""
    keys = {d.key for d in function.flow.definitions if d.how in ("assign", "update", "out")}
    return frozenset(k for k in keys if k.isidentifier() and k not in function.locals)


def _arguments(lexemes: list[Lexeme], index: int) -> tuple[list[list[Lexeme]] | None, int]:
    """The arguments of a use whose ``(`` is at ``index``, and where it ends."""
    if index >= len(lexemes) or lexemes[index].text != b"(":
        return None, index
    depth = 0
    arguments: list[list[Lexeme]] = [[]]
    for position in range(index, len(lexemes)):
        text = lexemes[position].text
        depth += (text in (b"(", b"[", b"{")) - (text in (b")", b"]", b"}"))
        if depth == 0:
            return arguments, position + 1
        if text == b"," and depth == 1:
            arguments.append([])
        elif position > index:
            arguments[-1].append(lexemes[position])
    return None, index


def _listed(arguments: list[list[Lexeme]]) -> list[Lexeme]:
    """Arguments with the commas between them."""
    found: list[Lexeme] = []
    for argument in arguments:
        found += ([_COMMA] if found else []) + argument
    return found


def _substituted(
    macro: Definition, arguments: list[list[Lexeme]], given: list[list[Lexeme]]
) -> bytes:
    """The body with arguments for parameters; ``##`` pastes what was not expanded."""
    names = [each for each in macro.parameters or () if each.isidentifier()]
    plain = dict(zip(names, arguments, strict=False))
    full = dict(zip(names, given, strict=False))
    plain["__VA_ARGS__"] = _listed(arguments[len(names) :])
    full["__VA_ARGS__"] = _listed(given[len(names) :])
    body = code(macro.body)
    out: list[bytes] = []
    for index, lexeme in enumerate(body):
        name = lexeme.text.decode(errors="replace")
        pasted = lexeme.text == b"##"
        beside = any(
            0 <= near < len(body) and body[near].text == b"##" for near in (index - 1, index + 1)
        )
        if pasted or lexeme.text == b"#":
            continue
        words = [each.text for each in (plain if beside else full).get(name, [lexeme])]
        follows = bool(index) and body[index - 1].text == b"##"
        if follows and name == "__VA_ARGS__" and out and out[-1] == b",":
            if not words:
                out.pop()
        elif follows and out and words:
            out[-1] += words.pop(0)
        out += words
    return b" ".join(out)
