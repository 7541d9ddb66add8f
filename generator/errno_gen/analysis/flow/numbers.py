# SPDX-License-Identifier: GPL-2.0-only
"""Errnos that are written as numbers: ``-1`` is EPERM, ``-22`` is EINVAL."""

from __future__ import annotations

import re

from errno_gen.analysis.c.program import Program
from errno_gen.analysis.c.text.syntax import Node, condensed, strip, text_of
from errno_gen.analysis.prose import quoted
from errno_gen.model.errnos import ERRNOS

NUMBER = "number"
"""The form of a constant that is written so."""

_NEGATIVE = re.compile(r"-(0[xX][0-9a-fA-F]+|[0-9]+)[lL]{0,2}")
_NAMES: dict[int, str] = {}
for _name in sorted(ERRNOS):  # so that EAGAIN goes before EWOULDBLOCK
    _NAMES.setdefault(ERRNOS[_name], _name)


def literal_errno(node: Node) -> str | None:
    """The name of the errno that a negative number stands for; None for anything else."""
    node = strip(node)
    if node.type not in ("number_literal", "unary_expression"):
        return None
    return _named(text_of(node))


def number_errno(node: Node, program: Program) -> str | None:
    """The same, also for a macro of the driver that stands for such a number."""
    node = strip(node, program.apis.transparent)
    if node.type != "identifier":
        return literal_errno(node)
    name = text_of(node)
    for _ in range(len(program.macro_texts.all)):
        texts = {
            "" if macro.parameters is not None else re.sub(rb"[()\s]", b"", macro.body).decode()
            for macro in program.macro_texts.all.get(name, ())
        }
        if len(texts) != 1:
            return None
        name = texts.pop()
        if not name.isidentifier():
            return _named(name)
    return None


def told(node: Node, errno: str) -> str:
    """The sentence that says what a number means to the caller."""
    return f"{quoted(condensed(node))} is a number, which means {errno} to who gets it."


def _named(text: str) -> str | None:
    match = _NEGATIVE.fullmatch(re.sub(r"[()\s]", "", text))
    if match is None:
        return None
    digits = match[1]
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") else 10
    try:
        return _NAMES.get(int(digits, base))
    except ValueError:
        return None
