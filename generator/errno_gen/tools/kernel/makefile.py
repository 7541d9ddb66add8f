# SPDX-License-Identifier: GPL-2.0-only
"""What a Kbuild Makefile builds, and under which configuration symbols.

The grammar is that of Documentation/kbuild/makefiles.rst in the kernel: ``obj-y``,
``obj-$(CONFIG_X)``, ``lib-y``, composite modules (``foo-objs``, ``foo-y``,
``foo-$(CONFIG_X)``), folders with a trailing slash, ``ifdef CONFIG_X`` and its kin.
Make itself is not run: every symbol stays open, so that one reading answers for all
configurations. Functions of make other than a plain ``$(variable)`` yield nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

_ASSIGNMENT = re.compile(
    r"^(?:export\s+|override\s+)?(\S(?:[^:=+?]|:(?!=))*?)\s*([:+?]{0,2}=)(.*)$"
)
_CONFIG = re.compile(r"\bCONFIG_\w+")
_REFERENCE = re.compile(r"^\$[({]([\w.-]+)[)}]$")
_DIRECTIVE = re.compile(r"^(ifdef|ifndef|ifeq|ifneq|else|endif)\b\s*(.*)$")
_INCLUDE = re.compile(r"^include\s+(.*)$")
_OBJECT_LISTS = ("obj", "lib", "core", "drivers", "libs")
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """A configuration symbol (with ``CONFIG_``) that must be on, or off."""

    symbol: str
    enabled: bool = True

    def __str__(self) -> str:
        return self.symbol if self.enabled else f"!{self.symbol}"


@dataclass(frozen=True, slots=True)
class Member:
    """An object or folder (trailing slash) in a list, as the Makefile spells it.

    ``conditions`` must all hold for it to be built; ``symbol`` is the one of the list
    itself (``obj-$(CONFIG_X)``), "" for ``obj-y``. ``module`` is the composite module
    that it is linked into (without ``.o``), "" when it stands alone.
    """

    path: str
    symbol: str
    conditions: tuple[Condition, ...]
    module: str = ""


@dataclass(frozen=True, slots=True)
class _Assignment:
    """One assignment: the list's name (``obj``, ``foo-objs``), its symbol, its words."""

    name: str
    symbol: str
    words: tuple[str, ...]
    conditions: tuple[Condition, ...]


class Makefile:
    """A Makefile or Kbuild file, read as lists of objects under conditions.

    ``directory`` is where it lies in the tree; ``read`` gives the text of an included
    file by its path from the tree's top, or None.
    """

    def __init__(
        self, directory: str, text: str, read: Callable[[str], str | None] | None = None
    ) -> None:
        self.directory = directory
        self._read = read or (lambda _path: None)
        self._lists: dict[str, list[_Assignment]] = {}
        for assignment in self._parse(text, (), 0):
            self._lists.setdefault(assignment.name, []).append(assignment)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """All objects in the order of the Makefile, composite modules followed by their parts."""
        found: dict[Member, None] = {}
        for name in _OBJECT_LISTS:
            for assignment in self._lists.get(name, ()):
                for word, extra in self._expand(assignment, 0):
                    member = Member(word, assignment.symbol, _merge(extra))
                    if word.endswith((".o", "/")):
                        found[member] = None
                    if word.endswith(".o"):
                        found.update(dict.fromkeys(self._parts(member)))
        return tuple(found)

    def _parts(self, whole: Member) -> Iterator[Member]:
        """The objects that are linked into the composite ``whole``; none if it is no composite."""
        module = whole.path.removesuffix(".o")
        for name in (f"{module}-objs", module):
            for assignment in self._lists.get(name, ()):
                for word, extra in self._expand(assignment, 0):
                    if word.endswith(".o") and word != whole.path:
                        conditions = _merge((*whole.conditions, *extra))
                        yield Member(word, whole.symbol, conditions, module)

    def _expand(
        self, assignment: _Assignment, depth: int
    ) -> Iterator[tuple[str, tuple[Condition, ...]]]:
        """The words of a list with ``$(other)`` replaced, each with what it depends on."""
        own = (Condition(assignment.symbol),) if assignment.symbol else ()
        conditions = (*assignment.conditions, *own)
        for word in assignment.words:
            reference = _REFERENCE.match(word)
            if reference is None:
                if "$" not in word:
                    yield word, conditions
            elif depth < _MAX_DEPTH:
                for name in _spellings(reference.group(1)):
                    for other in self._lists.get(name, ()):
                        for inner, extra in self._expand(other, depth + 1):
                            yield inner, (*conditions, *extra)

    def _parse(self, text: str, outer: tuple[Condition, ...], depth: int) -> Iterator[_Assignment]:
        stack: list[tuple[Condition, ...]] = []
        for line in _logical_lines(text):
            conditions = (*outer, *(one for level in stack for one in level))
            if directive := _DIRECTIVE.match(line):
                _branch(stack, *directive.groups())
            elif (included := _INCLUDE.match(line)) and depth < _MAX_DEPTH:
                for path in included.group(1).split():
                    inner = self._read(self._place(path))
                    if inner is not None:
                        yield from self._parse(inner, conditions, depth + 1)
            elif (match := _ASSIGNMENT.match(line)) and not line.startswith("\t"):
                yield _assignment(match.group(1), match.group(3), conditions)

    def _place(self, path: str) -> str:
        """An included path from the tree's top; ``$(src)`` is this Makefile's folder."""
        for variable, value in (("src", self.directory), ("obj", self.directory)):
            path = path.replace(f"$(srctree)/$({variable})", value).replace(f"$({variable})", value)
        return path.replace("$(srctree)/", "")


def _logical_lines(text: str) -> Iterator[str]:
    joined = re.sub(r"\\\n\s*", " ", text)
    for line in joined.splitlines():
        bare = re.sub(r"(?<!\\)#.*", "", line).rstrip()
        if bare:
            yield bare if bare.startswith("\t") else bare.lstrip()


def _branch(stack: list[tuple[Condition, ...]], word: str, rest: str) -> None:
    """Follow one conditional directive; a stack level holds what its branch depends on."""
    if word == "endif":
        if stack:
            stack.pop()
        return
    if word == "else":
        passed = (
            tuple(Condition(one.symbol, not one.enabled) for one in stack.pop()) if stack else ()
        )
        chained = _DIRECTIVE.match(rest)
        stack.append((*passed, *(_test(*chained.groups()) if chained else ())))
        return
    stack.append(_test(word, rest))


def _test(word: str, rest: str) -> tuple[Condition, ...]:
    """The symbol that ``ifdef CONFIG_X`` or ``ifeq ($(CONFIG_X),y)`` asks for, if just one."""
    symbols = sorted(set(_CONFIG.findall(rest)))
    if len(symbols) != 1:
        return ()
    if word in ("ifdef", "ifndef"):
        return (Condition(symbols[0], word == "ifdef"),)
    wants_value = re.search(r"""[,"'\s](y|m)["']?\)?\s*$""", rest) is not None
    wants_empty = re.search(r"""(,\s*\)|""|'')\s*$""", rest) is not None
    if wants_value == wants_empty:
        return ()
    return (Condition(symbols[0], (word == "ifeq") == wants_value),)


def _assignment(left: str, right: str, conditions: tuple[Condition, ...]) -> _Assignment:
    config = _CONFIG.search(left)
    if config and "$" in left:
        name, symbol = left[: left.index("$")].rstrip("-"), config.group()
    else:
        name, symbol = re.sub(r"-[ym]$", "", left), ""
    return _Assignment(name, symbol, tuple(right.split()), conditions)


def _spellings(reference: str) -> tuple[str, ...]:
    """``$(foo-y)`` means what was gathered as ``foo-y`` and ``foo-$(CONFIG_X)`` alike."""
    return (re.sub(r"-[ym]$", "", reference),)


def _merge(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(dict.fromkeys(conditions))
