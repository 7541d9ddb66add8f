# SPDX-License-Identifier: GPL-2.0-only
"""What errnos say by themselves: data from ``data/errnos.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from errno_gen.resources import data_file


@dataclass(frozen=True, slots=True)
class ErrnoMeanings:
    """Sets of errnos by what they say; see the data file's comments.

    ``own_meaning`` has the clause for each.
    """

    in_use: frozenset[str]
    unsuited: frozenset[str]
    memory: frozenset[str]
    of_hardware: frozenset[str]
    resources: frozenset[str]
    full: frozenset[str]
    own_meaning: Mapping[str, str]


@cache
def errno_meanings() -> ErrnoMeanings:
    """The knowledge that ships with the package."""
    document = tomllib.loads(data_file("errnos.toml").read_text(encoding="utf-8"))
    names = [f.name for f in fields(ErrnoMeanings) if f.type == "frozenset[str]"]
    sets = {name: frozenset(document[name]) for name in names}
    return ErrnoMeanings(**sets, own_meaning=document["own_meaning"])
