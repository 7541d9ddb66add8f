# SPDX-License-Identifier: GPL-2.0-only
"""Errnos that others know: callers that compare them, modules that get them, selftests.

What a callback returns goes up through the core of its subsystem, and what an exported
helper of a driver returns goes to other modules. Both are followed by name, one file up;
what cannot be followed says nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.graph.dataflow import evaluated, key_of
from errno_gen.analysis.c.pointers import name_of
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import (
    Node,
    call_arguments,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.flow.leaves import leaves
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.kernel.forwarders import exported
from errno_gen.analysis.prose import listed, quoted
from errno_gen.model import Driver, Mention, SourceFile, Verdict, with_changes
from errno_gen.policytables import Roles, Table

_MAX_COPIES = 3
_SELFTESTS = "tools/testing/selftests/"
_EXPECTED = re.compile(rb"errno", re.IGNORECASE)
_ERRNO = re.compile(rb"\bE[A-Z0-9]{2,}\b")
_APART = ("tools/", "samples/", "scripts/", "Documentation/", "usr/")


class Texts(Protocol):
    """The C files of the tree; implemented over git by the stages."""

    def files_with(self, words: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that hold all of ``words``, sorted."""
        ...

    def calling(self, names: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that seem to call or pass on one of ``names``."""
        ...

    def kept(self, question: str, answer: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """The lines that ``answer`` gives, kept for the tree by the ``question``."""
        ...

    def sources(self, paths: Iterable[str]) -> tuple[SourceFile, ...]:
        """The files that exist."""
        ...

    def below(self, folder: str) -> tuple[str, ...]:
        """The paths of all files below a folder."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """A function that asks whether what it got is one particular errno, and where."""

    errno: str
    function: str
    file: str
    line: int

    def told(self) -> str:
        """The comparison on one line."""
        return f"{self.errno} {self.function} {self.line} {self.file}"

    @classmethod
    def read(cls, text: str) -> Comparison:
        """The inverse of :meth:`told`."""
        errno, function, line, file = text.split(" ", 3)
        return cls(errno, function, file, int(line))


class KnownErrnos:
    """Answers for one tree; what was found out is kept."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._lock = threading.RLock()
        self._core: dict[Roles, tuple[Comparison, ...]] = {}
        self._exported: dict[str, _Users] = {}
        self._configs: dict[str, tuple[bytes, ...]] | None = None

    def told(
        self, verdicts: Sequence[Verdict], driver: Driver, files: Sequence[SourceFile], roles: Roles
    ) -> tuple[Verdict, ...]:
        """The verdicts of a driver, each with those in the tree who know its errno."""
        names = {name for file in files for name in exported(file.text)}
        errnos = {verdict.site.errno for verdict in verdicts}
        with self._lock:
            found = {errno: list(self._by_core(errno, roles)) for errno in sorted(errnos)}
            for errno in found:
                found[errno] += self._by_selftests(errno, driver)
            return tuple(
                with_changes(
                    verdict,
                    mentions=(
                        *verdict.mentions,
                        *found[verdict.site.errno],
                        *self._by_modules(verdict, names, {file.path for file in files}),
                    ),
                )
                for verdict in verdicts
            )

    def _by_core(self, errno: str, roles: Roles) -> Iterator[Mention]:
        if roles not in self._core:
            made = self._texts.kept(
                f"comparisons of {roles}",
                lambda: [one.told() for one in core_comparisons(self._texts, roles)],
            )
            self._core[roles] = tuple(Comparison.read(text) for text in made)
        for one in self._core[roles]:
            if one.errno == errno:
                yield _compared("core", one, f"what {roles.member} returned")

    def _by_modules(
        self, verdict: Verdict, names: Collection[str], own: Collection[str]
    ) -> Iterator[Mention]:
        for name in dict.fromkeys(step.function for step in verdict.chain[1:]):
            if name not in names:
                continue
            if name not in self._exported:
                self._exported[name] = _users(self._texts, name, own)
            users = self._exported[name]
            called = quoted(f"{name}()")
            for one in users.comparisons:
                if one.errno == verdict.site.errno:
                    yield _compared("module", one, f"what {called} returned")
            if users.files:
                shown = (
                    *users.files[:3],
                    *[f"{len(users.files) - 3} more"][: len(users.files) > 3],
                )
                text = f"{called} is exported, and called in {listed(shown)}."
                yield Mention("export", text, harmed=False)

    def _by_selftests(self, errno: str, driver: Driver) -> Iterator[Mention]:
        for folder, configs in self._selftests().items():
            if not driver.symbol or not any(
                re.search(rb"^%s=[ym]" % re.escape(driver.symbol.encode()), text, re.MULTILINE)
                for text in configs
            ):
                continue
            paths = [path for path in self._texts.below(folder) if path.endswith((".c", ".h"))]
            for source in self._texts.sources(paths):
                line = _expected(source.text, errno)
                if line:
                    text = f"A selftest of the tree expects {errno} ({source.path}:{line})."
                    yield Mention("selftest", text)

    def _selftests(self) -> dict[str, tuple[bytes, ...]]:
        """The folders of selftests with what their config files say."""
        if self._configs is None:
            paths = [p for p in self._texts.below(_SELFTESTS) if p.endswith("/config")]
            self._configs = {
                source.path.removesuffix("config"): (source.text,)
                for source in self._texts.sources(paths)
            }
        return self._configs


def _compared(kind: str, one: Comparison, what: str) -> Mention:
    text = (
        f"{quoted(f'{one.function}()')} compares {what} with {one.errno} ({one.file}:{one.line})."
    )
    return Mention(kind, text)


def _expected(text: bytes, errno: str) -> int:
    """The first line that expects an errno by name; 0 if none does."""
    for number, line in enumerate(text.split(b"\n"), start=1):
        if errno.encode() in _ERRNO.findall(line) and _EXPECTED.search(line):
            return number
    return 0


def core_comparisons(texts: Texts, roles: Roles) -> tuple[Comparison, ...]:
    """Who compares what the callback returned with an errno.

    Looked at are the files that call the callback's member, and those that call what hands
    its value on there: further up it is mixed with what is no business of the callback.
    """
    members = sorted({table.member for table in roles.tables})
    names = "|".join(map(re.escape, members)).encode()
    call = re.compile(rb"(?:->|\.)\s*(?:%s)\s*\)?\s*\(" % names)
    paths = {path for member in members for path in _code(texts.files_with((member,)))}
    first = [each.path for each in texts.sources(sorted(paths)) if call.search(each.text)]
    found = [_File(texts, path, (), roles) for path in first]
    handing = sorted({name for each in found for name in each.handing})
    for path in _code(texts.calling(handing)) if handing else ():
        if path not in first:
            found.append(_File(texts, path, handing, None))
    return tuple(dict.fromkeys(one for each in found for one in each.comparisons))


@dataclass(frozen=True, slots=True)
class _Users:
    """The files outside the driver that call an exported function, and what they compare."""

    files: tuple[str, ...]
    comparisons: tuple[Comparison, ...]


def _users(texts: Texts, name: str, own: Collection[str]) -> _Users:
    paths = [path for path in _code(texts.calling((name,))) if path not in own]
    found = {path: _File(texts, path, (name,), None) for path in paths}
    calling = tuple(path for path, each in found.items() if each.calls)
    return _Users(calling, tuple(one for path in calling for one in found[path].comparisons))


class _File:
    """What one file does with the value of some functions, or of the callback's member."""

    def __init__(
        self, texts: Texts, path: str, names: Collection[str], roles: Roles | None
    ) -> None:
        self._roles = roles
        sources = list(texts.sources((path,)))
        if roles is not None and not names:
            both = {
                path
                for table in roles.tables
                for path in texts.files_with((table.struct, table.member))
                if path.endswith(".h")
            }
            sources += texts.sources(sorted(both))
        self._program = Program(sources, kernel_apis())
        self._finder = SourceFinder(self._program)
        own = [each for each in self._program.functions() if each.path == path]
        defined = {function.name for function in own}
        self._known = set(names) - defined  # what the file defines itself is another function
        self.comparisons: list[Comparison] = []
        self.handing: set[str] = set()
        self.calls = False
        handed: dict[Function, set[int]] = {}
        while True:
            before = sum(map(len, handed.values()))
            for function in own:
                calls = [call for call in function.calls if self._reaches(call, function)]
                handed[function] = {call.start_byte for call in calls}
                if calls and self._hands_on(function, handed[function]):
                    self._known.add(function.name)
                    if not function.static:
                        self.handing.add(function.name)
            if sum(map(len, handed.values())) == before:
                break
        for function, places in handed.items():
            self.calls = self.calls or bool(places)
            self.comparisons.extend(_comparisons(function, places))

    def _reaches(self, call: Node, function: Function) -> bool:
        """Whether a call may give the value: of the member, or of what hands it on."""
        target = call.child_by_field_name("function")
        target = strip(target) if target is not None else None
        if target is not None and target.type == "field_expression" and self._roles is not None:
            base = target.child_by_field_name("argument")
            kind = self._program.type_of(base, function) if base is not None else None
            field = text_of(target.child_by_field_name("field"))
            return kind is not None and Table(kind.name, field) in self._roles.tables
        # A function that is given one of them calls it, and may return what that returned.
        given = [text_of(each) for each in call_arguments(call) if each.type == "identifier"]
        called = self._program.called_names(call, function, 0)
        names = {*called, *given} - set(function.locals)
        if target is not None and target.type == "pointer_expression":
            target = strip(target.named_children[0])
        names |= self._passed(function, text_of(target), frozenset())
        return not names.isdisjoint(self._known)

    def _passed(self, function: Function, name: str, seen: frozenset[str]) -> set[str]:
        """The functions that a parameter may point to, also by way of parameters of callers."""
        if name not in function.parameter_names or function.name in seen:
            return set()
        found: set[str] = set()
        position = function.parameter_names.index(name)
        for caller, calls in self._program.direct_calls(function.name).items():
            for call in calls:
                arguments = call_arguments(call)
                if position >= len(arguments):
                    continue
                passed = name_of(arguments[position])
                found |= self._passed(caller, passed, seen | {function.name}) or {passed}
        return found

    def _hands_on(self, function: Function, places: set[int]) -> bool:
        return any(
            call.node.start_byte in places and call.access is None
            for call in self._finder.of(function).calls
        )


def _comparisons(function: Function, places: set[int]) -> Iterator[Comparison]:
    """Where a function compares a value of one of the calls at ``places`` with an errno."""
    if not places:
        return
    for block in function.graph.blocks:
        root = evaluated(block)
        if root is None:
            continue
        is_value = _asker(function, block.index, places)
        if block.kind is Kind.SWITCH and is_value(root):
            for _, label in block.edges:
                for errno in _ERRNO.findall(label.encode()):
                    line = function.line_of(root)
                    yield Comparison(errno.decode(), function.name, function.path, line)
        for node in walk(root):
            operator = text_of(node.child_by_field_name("operator"))
            if node.type != "binary_expression" or operator not in ("==", "!="):
                continue
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            for one, other in ((left, right), (right, left)):
                name = errno_constant(one) if one is not None else None
                if name and other is not None and is_value(other):
                    line = function.line_of(node)
                    yield Comparison(name, function.name, function.path, line)


def _asker(function: Function, block: int, places: set[int]) -> Callable[[Node], bool]:
    """Tells whether an expression in a block holds what one of some calls returned."""
    apis = kernel_apis()

    def is_value(node: Node, block: int = block, depth: int = 0) -> bool:
        for leaf, _ in leaves(node, apis):
            if leaf.type == "call_expression" and leaf.start_byte in places:
                return True
            key = key_of(leaf) if depth < _MAX_COPIES else None
            if key is not None and any(
                is_value(definition.value, definition.block, depth + 1)
                for definition in function.flow.reaching(key, block, leaf.start_byte)
                if definition.how == "assign" and definition.value is not None
            ):
                return True
        return False

    return is_value


def _code(paths: Iterable[str]) -> list[str]:
    """The C files of the kernel itself."""
    return [path for path in paths if path.endswith(".c") and not path.startswith(_APART)]
