# SPDX-License-Identifier: GPL-2.0-only
"""The proof of an ``if`` that is divided between the halves of its condition, by lexemes alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEAVING = frozenset((b"return", b"goto", b"break", b"continue"))
# What binds less than ||: where it stands bare, the operands are not what they seem.
_LOOSE = frozenset((b"?", b",", b"=", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=",
                    b"<<=", b">>="))  # fmt: skip
_OPEN, _CLOSE = frozenset((b"(", b"[", b"{")), frozenset((b")", b"]", b"}"))
_ERRNO = re.compile(rb"E[A-Z0-9_]+\Z")

_Texts = Sequence[bytes]


def only_divides(old: _Texts, new: _Texts) -> bool:
    """Whether ``new`` is ``if (a || b) LEAVE`` (``old``) as one ``if`` for each half.

    The halves keep their order, and lose but the parentheses around one of them. Each arm is
    the old one, with the same errno or another. It leaves in any case, so that a half is
    evaluated if and only if it was before.
    """
    whole, parts = _ifs(old), _ifs(new)
    if len(whole) != 1 or len(parts) < 2:
        return False
    condition, arm = whole[0]
    if any(text in _LOOSE for text, depth in _depths(condition) if not depth):
        return False
    operands = _divided(condition, b"||")
    for test, _ in parts:
        taken = _taken(operands, test)
        if not taken:
            return False
        operands = operands[taken:]
    return not operands and _same_arms(arm, [own for _, own in parts])


def _ifs(texts: _Texts) -> list[tuple[_Texts, list[_Texts]]]:
    """The ifs that lexemes are, each with condition and arm; [] if they are anything else."""
    found: list[tuple[_Texts, list[_Texts]]] = []
    while texts:
        if list(texts[:2]) != [b"if", b"("]:
            return []
        end = _end(texts, 1)
        condition, texts = texts[2 : end - 1], texts[end:]
        if texts[:1] and texts[0] == b"{":
            end = _end(texts, 0)
            arm, texts = texts[1 : end - 1], texts[end:]
        else:
            end = next((i for i, (t, d) in enumerate(_depths(texts)) if t == b";" and not d), 0) + 1
            arm, texts = texts[:end], texts[end:]
        statements = _divided(arm, b";")
        if not condition or statements.pop() or not statements or not all(statements):
            return []
        if statements[-1][0] not in _LEAVING or any(b"{" in one for one in statements):
            return []
        found.append((condition, statements))
    return found


def _taken(operands: Sequence[_Texts], test: _Texts) -> int:
    """How many of the first operands a condition is; 0 if it is not these."""
    if (
        operands
        and list(operands[0]) == [b"(", *test, b")"]
        and _end(operands[0], 0) == len(operands[0])
    ):
        return 1
    own = _divided(test, b"||")
    return len(own) if [list(o) for o in operands[: len(own)]] == [list(o) for o in own] else 0


def _same_arms(arm: Sequence[_Texts], arms: Sequence[Sequence[_Texts]]) -> bool:
    """Whether each of the new arms does what the old one did, but for one errno."""
    changed = [
        [_errno_apart(one, other) for one, other in zip(arm, own, strict=False)] for own in arms
    ]
    if any(len(own) != len(arm) for own in arms) or any(None in each for each in changed):
        return False
    return any(map(any, changed)) and all(each.count(True) < 2 for each in changed)


def _errno_apart(old: _Texts, new: _Texts) -> bool | None:
    """Whether two statements differ in one errno; None if they differ in anything else."""
    if len(old) != len(new):
        return None
    at = [index for index, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    if not at:
        return False
    index = at[0]
    errnos = _ERRNO.match(old[index]) and _ERRNO.match(new[index]) and old[index - 1] == b"-"
    return True if len(at) == 1 and index and errnos else None


def _divided(texts: _Texts, mark: bytes) -> list[_Texts]:
    """The lexemes between those marks that stand in no brackets."""
    places = [i for i, (text, depth) in enumerate(_depths(texts)) if text == mark and not depth]
    starts, ends = [0, *(place + 1 for place in places)], [*places, len(texts)]
    return [texts[start:end] for start, end in zip(starts, ends, strict=True)]


def _end(texts: _Texts, opening: int) -> int:
    """The index behind the bracket that closes the one at ``opening``."""
    depth = 0
    for index in range(opening, len(texts)):
        depth += (texts[index] in _OPEN) - (texts[index] in _CLOSE)
        if not depth:
            return index + 1
    return len(texts)


def _depths(texts: _Texts) -> list[tuple[bytes, int]]:
    """Each lexeme with the number of brackets around it (a bracket counts as inside)."""
    found: list[tuple[bytes, int]] = []
    depth = 0
    for text in texts:
        depth += text in _OPEN
        found.append((text, depth))
        depth -= text in _CLOSE
    return found
