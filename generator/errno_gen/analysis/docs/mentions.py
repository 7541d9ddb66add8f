# SPDX-License-Identifier: GPL-2.0-only
"""Comments of the source that name the errno of a site, and would lie if it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from errno_gen.analysis.c.program import Program
from errno_gen.analysis.c.text.lexer import COMMENT, Lexeme, decode, lex, line_of
from errno_gen.analysis.prose import quoted
from errno_gen.model import SUCCESS, UNKNOWN_ERRNO, Mention, Verdict, with_changes

_HEAD = re.compile(rb"[;}]")


def with_comments(verdicts: Sequence[Verdict], program: Program) -> list[Verdict]:
    """The verdicts, each with the comments that belong to its site and name its errno.

    A comment belongs to it right above the function that makes the errno, and inside that
    function right above its statement, with at most the head of an ``if`` between them, or
    behind it on its line; there it has to be called as it is returned, ``-EFOO``. ``program``
    holds the files of the sites.
    """
    comments: dict[str, list[Lexeme]] = {}

    def told(verdict: Verdict) -> Verdict:
        path, errno = verdict.site.constant.file, verdict.site.errno
        if errno in (SUCCESS, UNKNOWN_ERRNO) or path not in program.files:
            return verdict
        text = program.files[path].text
        if path not in comments:
            comments[path] = [each for each in lex(text) if each.kind == COMMENT]
        found = tuple(
            Mention("comment", f"{where} names {errno} ({path}:{line_of(text, each.start)}).")
            for each, where, sign in _own(verdict, program, text, comments[path])
            if re.search(rf"{sign}\b{errno}\b", decode(each.text))
        )
        return with_changes(verdict, mentions=(*verdict.mentions, *dict.fromkeys(found)))

    return [told(verdict) for verdict in verdicts]


def _own(
    verdict: Verdict, program: Program, text: bytes, comments: Sequence[Lexeme]
) -> Iterator[tuple[Lexeme, str, str]]:
    """The comments that belong to a site, each with its name in a sentence and the sign."""
    start, end = verdict.site.constant.start, verdict.site.constant.end
    name, path = verdict.site.function, verdict.site.constant.file
    tail = text.find(b"\n", end)
    heads = [
        function.node.start_byte
        for function in program.resolve(name, path)
        if function.path == path
        and not function.macro
        and function.node.start_byte <= start < function.node.end_byte
    ]
    for comment in comments:
        if any(_right_above(text, comment, head) for head in heads):
            yield comment, f"The comment above {quoted(f'{name}()')}", ""
        elif heads and heads[0] < comment.end <= start:
            line = text.rfind(b"\n", 0, comment.start) + 1
            alone = not text[line : comment.start].strip()
            if alone and not _HEAD.search(text, comment.end, start):
                yield comment, "The comment at this place", "-"
        elif end <= comment.start < (tail if tail >= 0 else len(text)):
            yield comment, "The comment behind this place", "-"


def _right_above(text: bytes, comment: Lexeme, head: int) -> bool:
    """Whether nothing but the end of a line stands between a comment and a function."""
    between = text[comment.end : head]
    return comment.end <= head and not between.strip() and between.count(b"\n") <= 1
