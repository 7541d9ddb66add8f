# SPDX-License-Identifier: GPL-2.0-only
"""The abstract values that origins are: roots, and what becomes of them on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from errno_gen.analysis.c.program import Function


class RootKind(StrEnum):
    """Where a value comes from in the end.

    HELD comes in addition to the others: what the value tells of the device or its IOMMU
    is that something may be occupied there, such as a domain that it holds.
    """

    DOMAIN = "domain"
    DEVICE = "device"
    ALLOCATION = "allocation"
    SEARCH = "search"
    CALL = "call"
    GLOBAL = "global"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Root:
    """A root: its kind, a name (of the call or global), and whether state was read.

    ``state`` is False while the value is still the object's own address (identity)
    and True once something was read through it. ``through`` names a function of unknown
    body that the value went through: then it may depend on the root, or may not.
    """

    kind: RootKind
    name: str = ""
    state: bool = False
    through: str = ""


# Roots that say how a call ended, not what state was read.
RESULTS = (RootKind.ALLOCATION, RootKind.SEARCH)

Origin = frozenset[Root]
NOTHING: Origin = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """A function as entered on one chain of calls.

    ``parameters`` are the origins of its parameters by name; ``facts`` are the origins of
    domain members (by field name) that were written earlier on the path.
    """

    function: Function
    parameters: tuple[tuple[str, Origin], ...]
    facts: tuple[tuple[str, Origin], ...] = ()


def has(origin: Origin, kind: RootKind, state: bool | None = None) -> bool:
    """Whether a root of that kind (and state, if given) is in the origin."""
    return any(r.kind is kind and (state is None or r.state is state) for r in origin)


def on_device(origin: Origin) -> bool:
    """Whether device, IOMMU, firmware or other global state takes part."""
    return any(has(origin, kind) for kind in (RootKind.DEVICE, RootKind.GLOBAL, RootKind.CALL))


def read_through(origin: Origin) -> Origin:
    """The origin of what is read through a value: the roots with ``state`` set.

    What stands in memory says nothing of how the memory was come by.
    """
    return frozenset(
        Root(root.kind, root.name, True, root.through)
        for root in origin
        if root.kind is not RootKind.ALLOCATION
    )


def went_through(origin: Origin, name: str) -> Origin:
    """The origin of a value that a function of unknown body made from another."""
    return frozenset(Root(r.kind, r.name, True, r.through or name) for r in origin)
