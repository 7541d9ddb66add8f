# SPDX-License-Identifier: GPL-2.0-only
"""The prefixes of subject lines, such as ``iommu/vt-d``, as a history uses them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Protocol

_PREFIX = re.compile(r"((?:[\w./+,{}*-]+: +)*[\w./+,{}*-]+): +\S")
_RECENT = 30


class Change(Protocol):
    """A commit: its subject, and all files that it touches."""

    @property
    def subject(self) -> str: ...

    @property
    def files(self) -> frozenset[str]: ...


def prefix_of(subject: str) -> str:
    """What stands before the last colon of those that a subject begins with; "" for none."""
    match = _PREFIX.match(subject)
    return " ".join(match.group(1).split()) if match else ""


def learned(history: Sequence[Change], own: Collection[str]) -> str:
    """The prefix that the recent commits to some files use most; "" if they have none.

    ``history`` is newest first. A commit counts if at least half of the C files and headers
    that it touches are ``own``: a change of the whole tree or of an interface has the
    prefix of something else. Of prefixes that are used as often, the latest is taken.
    """
    mine = (change for change in history if _is_about(change, frozenset(own)))
    prefixes = (prefix_of(change.subject) for change in mine)
    recent = Counter(islice((prefix for prefix in prefixes if prefix), _RECENT))
    # A Counter keeps what it saw first in front of what is as frequent.
    return recent.most_common(1)[0][0] if recent else ""


def shared(subjects: Sequence[str]) -> str:
    """What the prefixes of several subjects begin with, in whole words; "" for nothing."""
    words = [re.split(r"/|: ", prefix_of(subject)) for subject in subjects]
    if not words:
        return ""
    if len({tuple(each) for each in words}) == 1:
        return prefix_of(subjects[0])
    common = 0
    while all(len(each) > common for each in words) and len({e[common] for e in words}) == 1:
        common += 1
    return "/".join(words[0][:common])


def _is_about(change: Change, own: frozenset[str]) -> bool:
    if change.subject.startswith("Revert "):
        return False
    code = [name for name in change.files if name.endswith((".c", ".h", ".S"))]
    mine = sum(name in own for name in code)
    return 0 < len(code) <= 2 * mine
