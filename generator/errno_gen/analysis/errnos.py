# SPDX-License-Identifier: GPL-2.0-only
"""What errnos say by themselves: data from ``data/errnos.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from errno_gen.resources import data_file


@dataclass(frozen=True, slots=True)
class ErrnoMeanings:
    """Sets of errnos by what they say; see the data file's comments."""

    in_use: frozenset[str]
    unsuited: frozenset[str]
    memory: frozenset[str]
    own_meaning: frozenset[str]
    of_hardware: frozenset[str]
    resources: frozenset[str]


@cache
def errno_meanings() -> ErrnoMeanings:
    """The knowledge that ships with the package."""
    document = tomllib.loads(data_file("errnos.toml").read_text(encoding="utf-8"))
    return ErrnoMeanings(**{f.name: frozenset(document[f.name]) for f in fields(ErrnoMeanings)})
