# SPDX-License-Identifier: GPL-2.0-only
"""Sentences that say the same of different pieces of code become one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_CODE = re.compile(r"(`[^`]*`)")
# Code that is one of several in a list: an "or" beside it would be read wrongly.
_IN_LIST = (", ", " and ", " or ")


def condensed(sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences, each once; those that differ in one piece of code joined by "or".

    ``"`a` is missing."`` and ``"`b` is missing."`` become ``"`a` or `b` is missing."``.
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
            *most, last = (parts[self.slot], *self.others)
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
    listed = one[slot - 1].endswith(_IN_LIST) or one[slot + 1].startswith(_IN_LIST)
    return 0 if listed else slot
