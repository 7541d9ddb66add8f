# SPDX-License-Identifier: GPL-2.0-only
"""Small words for the sentences that a verdict gives as its reasons."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(code: str) -> str:
    """Code as it stands in a sentence: `x->y`."""
    return f"`{code}`"


def listed(words: Iterable[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``, or with another ``word`` before the last."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"
