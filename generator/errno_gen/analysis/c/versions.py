# SPDX-License-Identifier: GPL-2.0-only
"""Which functions two versions of a C file have in common, and what differs in the others.

White space and comments do not count, since no compiler sees them.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.functions import function_declarator
from errno_gen.analysis.c.text.lexer import COMMENT, DIRECTIVE, NAME, Lexeme, decode, lex
from errno_gen.analysis.c.text.syntax import Node, mask, parse, text_of
from errno_gen.model import SourceFile
from errno_gen.model.errnos import ERRNOS

_DEFINE = re.compile(r"#\s*define\s+(\w+)")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class SourceFunction:
    """All definitions of one name in a file: lines from 1, lexemes without comments.

    ``mentions`` counts the names in it, see also :func:`with_macros`.
    """

    name: str
    first: int
    last: int
    lexemes: tuple[str, ...]
    mentions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Touched:
    """What an edit of a file touches.

    ``functions`` are those whose text differs, with new and deleted ones. ``errnos`` has
    those in which only names of errnos differ, with these as (before, after) in order.
    ``outside`` are the names in lines outside of functions that came or went.
    """

    functions: frozenset[str]
    errnos: Mapping[str, tuple[tuple[str, str], ...]]
    outside: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Parts:
    """A file: its functions by name, the names in the body of each macro, the other lines."""

    functions: Mapping[str, SourceFunction]
    macros: Mapping[str, Counter[str]]
    outside: Counter[str]


@lru_cache(maxsize=64)
def _parts(source: SourceFile) -> _Parts:
    every = lex(source.text)
    lexemes = tuple(one for one in every if one.kind != COMMENT)
    functions = _functions(source, lexemes)
    return _Parts(functions, _macros(lexemes), _outside(source, every, functions))


def source_functions(source: SourceFile) -> Mapping[str, SourceFunction]:
    """The functions that a file defines, by name."""
    return _parts(source).functions


def _functions(source: SourceFile, lexemes: Sequence[Lexeme]) -> Mapping[str, SourceFunction]:
    apis = kernel_apis()
    root = parse(mask(source.text, apis.annotations, apis.annotation_calls)).root_node
    starts = [lexeme.start for lexeme in lexemes]
    found: dict[str, SourceFunction] = {}
    for name, node in _definitions(root):
        low, high = (bisect_right(starts, at - 1) for at in (node.start_byte, node.end_byte))
        own = lexemes[low:high]
        names = Counter(decode(one.text) for one in own if one.kind == NAME)
        before = found.get(name)
        found[name] = SourceFunction(
            name=name,
            first=min(node.start_point[0] + 1, before.first if before else 1 << 30),
            last=max(node.end_point[0] + 1, before.last if before else 0),
            lexemes=(before.lexemes if before else ()) + tuple(decode(one.text) for one in own),
            mentions=(Counter(before.mentions) if before else Counter()) + names,
        )
    return found


def _definitions(root: Node) -> Iterator[tuple[str, Node]]:
    """The functions that a file defines, with their names, in order.

    There are none inside of others, or of declarations, unless the parser lost its way.
    """
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if node.type == "function_definition":
            declarator = function_declarator(node)
            if declarator is not None and node.child_by_field_name("body") is not None:
                yield text_of(declarator.child_by_field_name("declarator")), node
        if node is root or node.has_error or node.type.startswith("preproc_"):
            nodes += reversed(node.named_children)


def with_macros(sources: Iterable[SourceFile]) -> Mapping[str, SourceFunction]:
    """The functions of several files; they mention what is in the macros that they use, too.

    Where two files define one name, the first one's counts.
    """
    files = tuple(sources)
    macros: dict[str, Counter[str]] = {}
    found: dict[str, SourceFunction] = {}
    for source in reversed(files):
        parts = _parts(source)
        macros.update(parts.macros)
        found.update(parts.functions)
    return {
        name: replace(function, mentions=_expanded(Counter(function.mentions), macros))
        for name, function in found.items()
    }


@lru_cache(maxsize=64)
def touched(before: SourceFile, after: SourceFile) -> Touched:
    """What differs between two versions of a file."""
    old, new = source_functions(before), source_functions(after)
    names = {
        name
        for name in {*old, *new}
        if name not in old or name not in new or old[name].lexemes != new[name].lexemes
    }
    errnos = {
        name: pairs
        for name in names
        if name in old and name in new
        if (pairs := _only_errnos(old[name].lexemes, new[name].lexemes))
    }
    here, there = _parts(before).outside, _parts(after).outside
    lines = (here - there) + (there - here)
    outside = frozenset(word for line in lines for word in _WORD.findall(line))
    return Touched(frozenset(names), errnos, outside)


def inlined_from(
    name: str,
    versions: Iterable[Mapping[str, SourceFunction]],
    code_calls: Mapping[str, int],
    sought: frozenset[str],
) -> tuple[str, ...]:
    """By which calls one of ``sought`` may have become part of a function's code.

    The source of a function that is inlined is mentioned, here or in what is inlined here,
    and not called by the code as often as it is mentioned. The chain of names begins with a
    callee of ``name`` and ends in ``sought``; () if there is none.
    """
    for functions in versions:
        queue: list[tuple[str, ...]] = [(name,)]
        seen = {name}
        while queue:
            chain = queue.pop(0)
            function = functions.get(chain[-1])
            for callee, count in sorted(function.mentions.items()) if function else ():
                if callee in seen or callee not in functions:
                    continue
                if code_calls.get(callee, 0) >= count:
                    continue
                seen.add(callee)
                if callee in sought:
                    return (*chain[1:], callee)
                queue.append((*chain, callee))
    return ()


def reached(name: str, functions: Mapping[str, SourceFunction]) -> frozenset[str]:
    """A function and all others of the file that it mentions, directly or through others."""
    found, todo = {name}, [name]
    while todo:
        function = functions.get(todo.pop())
        fresh = set(function.mentions) & functions.keys() - found if function else set()
        found |= fresh
        todo.extend(fresh)
    return frozenset(found)


@lru_cache(maxsize=64)
def line_map(before: bytes, after: bytes) -> Mapping[int, int]:
    """The lines of ``before`` that are still there, and which lines of ``after`` they are."""
    old, new = before.splitlines(), after.splitlines()
    # What is the same at both ends needs no search, which takes long in long files.
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = difflib.SequenceMatcher(None, *middle, autojunk=False)
    found = {
        head + block.a + at + 1: head + block.b + at + 1
        for block in matcher.get_matching_blocks()
        for at in range(block.size)
    }
    found.update((at, at) for at in range(1, head + 1))
    found.update((len(old) - at, len(new) - at) for at in range(tail))
    return found


def _same(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    """How many lines at the beginning are the same."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def _only_errnos(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if len(old) != len(new):
        return ()
    pairs = tuple((a, b) for a, b in zip(old, new, strict=True) if a != b)
    return pairs if all(name in ERRNOS for pair in pairs for name in pair) else ()


def _macros(lexemes: Sequence[Lexeme]) -> Mapping[str, Counter[str]]:
    """The names in the body of each macro of a file."""
    found: dict[str, Counter[str]] = {}
    for lexeme in lexemes:
        words = decode(lexeme.text) if lexeme.kind == DIRECTIVE else ""
        if match := _DEFINE.match(words):
            found.setdefault(match[1], Counter()).update(_WORD.findall(words[match.end() :]))
    return found


def _expanded(names: Counter[str], macros: Mapping[str, Counter[str]]) -> Mapping[str, int]:
    """``names`` with those that macros bring in."""
    total = Counter(names)
    used: set[str] = set()
    todo = [name for name in names if name in macros]
    while todo:
        macro = todo.pop()
        if macro in used:
            continue
        used.add(macro)
        for name, count in macros[macro].items():
            total[name] += count * max(names[macro], 1)
            if name in macros:
                todo.append(name)
    return dict(total)


def _outside(
    source: SourceFile, lexemes: Sequence[Lexeme], functions: Mapping[str, SourceFunction]
) -> Counter[str]:
    """The lines that belong to no function, comments taken out."""
    inside = {number for one in functions.values() for number in range(one.first, one.last + 1)}
    bare = bytearray(source.text)
    for lexeme in lexemes:
        if lexeme.kind == COMMENT:
            bare[lexeme.start : lexeme.end] = re.sub(rb"[^\n]", b" ", lexeme.text)
    return Counter(
        " ".join(decode(line).split())
        for number, line in enumerate(bytes(bare).splitlines(), start=1)
        if number not in inside
    )
