# SPDX-License-Identifier: GPL-2.0-only
"""Single definitions cut out of a file's text, so that the rest of it need not be parsed.

What is known of functions outside a driver is asked for one by one, out of files of
thousands of lines. The cut follows the kernel's coding style: a definition begins in the
first column, and its braces are balanced. What is cut out is parsed to be sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from errno_gen.analysis.c.text.syntax import closing

_MAX_OCTETS = 200_000
_TOKEN = re.compile(
    rb'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[{}]', re.DOTALL
)
_DIRECTIVE = re.compile(rb"#(?:/\*.*?(?:\*/|\Z)|\\\r?\n|[^\n])*", re.DOTALL)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_CONDITIONAL = re.compile(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b")
_BEFORE_BODY = re.compile(rb"\s*(?:__\w+(?:\s*\([^(){};]*\))?\s*)*\{")
_BEFORE_END = re.compile(rb"[^;{}=]{0,400};")
_ENDED = (b";", b"}", b"*/", b"{", b":", b"\\")


def functions_in(text: bytes, name: str) -> Iterator[bytes]:
    """The text of each definition of the function ``name``, its return type included."""
    for start, close in _heads(text, name):
        body = _BEFORE_BODY.match(text, close)
        end = _balanced(text, body.end() - 1) if body else 0
        if end:
            yield text[start:end]


def prototypes_in(text: bytes, name: str) -> Iterator[bytes]:
    """The text of each declaration of the function ``name``, with its attributes."""
    for start, close in _heads(text, name):
        end = _BEFORE_END.match(text, close)
        if end:
            yield text[start : end.end()]


def macros_in(text: bytes, name: str) -> Iterator[bytes]:
    """The text of each ``#define`` of ``name`` with its continued lines, and their end."""
    text = _of_kernel(text) if name.encode() in text else b""
    pattern = rb"^[ \t]*(#[ \t]*define[ \t]+" + name.encode() + rb")(?![A-Za-z0-9_])"
    for match in re.finditer(pattern, text, re.MULTILINE) if text else ():
        whole = _DIRECTIVE.match(text, match.start(1))
        if whole is not None:
            yield _COMMENT.sub(b" ", whole.group()) + b"\n"


def _of_kernel(text: bytes) -> bytes:
    """The text without what only programs see that are no kernel."""
    if b"__KERNEL__" not in text:
        return text
    kept: list[bytes] = []
    around: list[int] = []  # for each open conditional: 1 kernel, -1 not the kernel, 0 neither
    for line in text.splitlines(keepends=True):
        word = _CONDITIONAL.match(line)
        if word is None:
            kept.append(line if -1 not in around else b"\n")
            continue
        kept.append(b"\n")
        if word[1].startswith(b"if"):
            about = b"__KERNEL__" in line and b"||" not in line and b"&&" not in line
            other = word[1] == b"ifndef" or b"!" in line.partition(b"/*")[0]
            around.append((-1 if other else 1) if about else 0)
        elif word[1] == b"endif" and around:
            around.pop()
        elif around:
            around[-1] = -around[-1] if word[1] == b"else" else 0
    return b"".join(kept)


def _heads(text: bytes, name: str) -> Iterator[tuple[int, int]]:
    """(start, end of the parameters) of what may define or declare a function."""
    word = name.encode()
    position = text.find(word)
    while position >= 0:
        here, position = position, text.find(word, position + 1)
        line = text.rfind(b"\n", 0, here) + 1
        if text[line : line + 1] in (b"#", b" ", b"\t", b"/", b"*", b"}", b"\n"):
            continue
        after = here + len(word)
        if not re.match(rb"[ \t]*\(", text[after : after + 8]) or _is_word(text, here - 1):
            continue
        if _IN_CODE.search(text, line, here) or not _has_type(text, line, here):
            continue
        if b"(" in text[line:here].replace(b"__printf(", b"") and b")" not in text[line:here]:
            continue
        close = closing(text, after)
        if close:
            yield _beginning(text, line), close


def _has_type(text: bytes, line: int, name: int) -> bool:
    """Whether a type stands before the name of a function, in its line or in the one before."""
    head = _COMMENT.sub(b"", text[line:name]).strip()
    if head:
        return re.fullmatch(rb"[^!&|?:+<>~{};-]*[\w*)]", head) is not None
    before = _COMMENT.sub(b"", text[max(0, line - 300) : line]).rstrip()
    word = re.search(rb"(\w+)[ \t]*\**$", before)
    return word is not None and word[1] not in (b"return", b"else", b"do", b"case")


_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IN_CODE = re.compile(rb"=|\breturn\b")
"""What stands before the name of a function only where it is called."""


def _is_word(text: bytes, index: int) -> bool:
    byte = text[index : index + 1]
    return index >= 0 and (byte.isalnum() or byte == b"_")


def _beginning(text: bytes, line: int) -> int:
    """Where a definition begins whose name stands in the line at ``line``: its type may precede."""
    for _ in range(3):
        before = text.rfind(b"\n", 0, max(line - 1, 0)) + 1
        previous = text[before : line - 1].strip()
        plain = previous and not previous.endswith(_ENDED) and text[before : before + 1].isalpha()
        special = previous.startswith(b"__") and not previous.endswith(_ENDED)
        if line == 0 or not (plain or special):
            return line
        line = before
    return line


def _balanced(text: bytes, start: int) -> int:
    """The offset behind the brace that closes the one at ``start``; 0 if there is none."""
    depth = 0
    for match in _TOKEN.finditer(text, start, start + _MAX_OCTETS):
        token = match.group()
        depth += (token == b"{") - (token == b"}")
        if depth == 0 and token == b"}":
            return match.end()
    return 0
