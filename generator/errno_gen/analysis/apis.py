# SPDX-License-Identifier: GPL-2.0-only
"""What is known of general kernel APIs: data from ``data/kernel_apis.toml``, any tree's."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from errno_gen.resources import data_file


@dataclass(frozen=True, slots=True)
class KernelApis:
    """Sets of function and macro names, by what they do; see the data file's comments."""

    printers: frozenset[str]
    allocators: frozenset[str]
    mapping_errors: frozenset[str]
    searches: frozenset[str]
    pointer_errors: frozenset[str]
    transparent: frozenset[str]
    assertions: frozenset[str]
    container_of: frozenset[str]
    errno_wrappers: frozenset[str]
    errno_arguments: frozenset[str]
    predicates: frozenset[str]
    emptiness: frozenset[str]
    annotations: frozenset[str]
    annotation_calls: frozenset[str]


@cache
def kernel_apis() -> KernelApis:
    """The knowledge that ships with the package."""
    document = tomllib.loads(data_file("kernel_apis.toml").read_text(encoding="utf-8"))
    sets = {field.name: frozenset(document[field.name]) for field in fields(KernelApis)}
    sets["transparent"] |= sets["assertions"]
    return KernelApis(**sets)
