# SPDX-License-Identifier: GPL-2.0-only
"""What is known of general kernel APIs: data from ``data/kernel_apis.toml``, any tree's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from errno_gen.resources import data_file


@dataclass(frozen=True, slots=True)
class KernelApis:
    """Sets of function and macro names, by what they do; see the data file's comments.

    ``errno_names`` are a driver's own macros that stand for an errno, see syntax.errno_constant;
    nothing of the data.
    """

    printers: frozenset[str]
    debug_printers: frozenset[str]
    allocators: frozenset[str]
    searches: frozenset[str]
    firmware: frozenset[str]
    addresses: frozenset[str]
    address_conversions: frozenset[str]
    id_storers: frozenset[str]
    hardware_types: frozenset[str]
    locks: frozenset[str]
    pointer_errors: frozenset[str]
    transparent: frozenset[str]
    assertions: frozenset[str]
    container_of: frozenset[str]
    errno_wrappers: frozenset[str]
    errno_arguments: frozenset[str]
    counters: frozenset[str]
    collections: frozenset[str]
    copiers: frozenset[str]
    annotations: frozenset[str]
    annotation_calls: frozenset[str]
    runtime_resumers: frozenset[str]
    runtime_resume_argument: Mapping[str, int]
    errno_names: Mapping[str, str]


@cache
def kernel_apis() -> KernelApis:
    """The knowledge that ships with the package."""
    document = tomllib.loads(data_file("kernel_apis.toml").read_text(encoding="utf-8"))
    names = [f.name for f in fields(KernelApis) if f.type == "frozenset[str]"]
    sets = {name: frozenset(document[name]) for name in names}
    sets["transparent"] |= sets["assertions"]
    positions = {str(k): int(v) for k, v in document["runtime_resume_argument"].items()}
    return KernelApis(**sets, runtime_resume_argument=positions, errno_names={})
