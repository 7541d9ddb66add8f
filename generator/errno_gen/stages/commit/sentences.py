# SPDX-License-Identifier: GPL-2.0-only
"""Sentences that say the same of different pieces of code become one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# A piece of code, or a list of pieces.
_CODE = re.compile(r"(`[^`]*`(?:(?:, | and | or |, and )`[^`]*`)*)")
_LIST = re.compile(r"`(?:, | and | or )`")
_THE = "The check of "


def condensed(sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences, each once; those that differ in one piece of code joined by "or".

    ``"`a` is missing."`` and ``"`b` is missing."`` become ``"`a` or `b` is missing."``. With
    lists of code that would be read wrongly, so that is done just where a sentence begins
    with "The check of": ``"The check of `a` and `b`, or that of `c`, fails."``.
    """
    frames: list[_Frame] = []
    for sentence in dict.fromkeys(sentences):
        parts = _CODE.split(sentence)
        if not any(frame.takes(parts) for frame in frames):
            frames.append(_Frame(parts))
    return tuple(str(frame) for frame in frames)


@dataclass(slots=True)
class _Frame:
    """A sentence, split at its code, and what else stands in its one open slot."""

    parts: list[str]
    slot: int = 0
    others: list[str] = field(default_factory=list)

    def takes(self, parts: list[str]) -> bool:
        """Take in a sentence if it differs in just one piece of code, always the same one."""
        slot = _only_difference(self.parts, parts)
        if not slot or self.slot not in (0, slot):
            return False
        self.slot = slot
        self.others.append(parts[slot])
        return True

    def __str__(self) -> str:
        parts = list(self.parts)
        if self.others:
            pieces = [parts[self.slot], *self.others]
            if any(_LIST.search(piece) for piece in pieces):
                *most, last = (pieces[0], *(f"that of {piece}" for piece in pieces[1:]))
                parts[self.slot] = f"{', '.join(most)}, or {last},"
            else:
                *most, last = pieces
                parts[self.slot] = f"{', '.join(most)} or {last}"
        return "".join(parts)


def _only_difference(one: list[str], other: list[str]) -> int:
    """The index of the only piece of code in which two split sentences differ, or 0."""
    if len(one) != len(other):
        return 0
    differing = [index for index, part in enumerate(one) if part != other[index]]
    if len(differing) != 1 or differing[0] % 2 == 0:
        return 0
    slot = differing[0]
    lists = _LIST.search(one[slot]) or _LIST.search(other[slot])
    return slot if not lists or (slot == 1 and one[0] == _THE) else 0
