# SPDX-License-Identifier: GPL-2.0-only
"""Definitions of structs, found in text that nobody has parsed yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from errno_gen.analysis.c.text.syntax import mask

_TAGGED = re.compile(rb"\bstruct\s+(\w+)\s*\{")


def struct_bodies(text: bytes, struct: str) -> Iterator[bytes]:
    """What stands between the braces of each definition of a struct, without comments."""
    name = struct.encode()
    if name not in text:
        return
    code = mask(text, ())
    for match in re.finditer(rb"\bstruct\s+%s\s*\{" % name, code):
        yield code[match.end() : _closing(code, match.end())]


def structs_with(text: bytes, member: str) -> Iterator[str]:
    """The structs of a text that have a pointer to a function of that name as a member."""
    pointer = re.compile(rb"\(\s*\*\s*%s\s*\)" % member.encode())
    if not pointer.search(text):
        return
    code = mask(text, ())
    for match in _TAGGED.finditer(code):
        if pointer.search(code, match.end(), _closing(code, match.end())):
            yield match.group(1).decode()


def structs_around(text: bytes, struct: str) -> Iterator[str]:
    """The structs of a text that hold another one by value."""
    held = re.compile(rb"\bstruct\s+%s\s+\w" % struct.encode())
    if not held.search(text):
        return
    code = mask(text, ())
    for match in _TAGGED.finditer(code):
        if held.search(code, match.end(), _closing(code, match.end())):
            yield match.group(1).decode()


def members_of(body: bytes) -> frozenset[str]:
    """The pointers to functions in the body of a struct."""
    return frozenset(name.decode() for name in re.findall(rb"\(\s*\*\s*(\w+)\s*\)", body))


def _closing(code: bytes, start: int) -> int:
    """Where the brace is closed that was opened before ``start``; the end if nowhere."""
    depth = 1
    for match in re.compile(rb"[{}]").finditer(code, start):
        depth += 1 if match.group() == b"{" else -1
        if not depth:
            return match.start()
    return len(code)
