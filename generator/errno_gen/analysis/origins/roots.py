# SPDX-License-Identifier: GPL-2.0-only
"""The abstract values that origins are: roots, and what becomes of them on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from errno_gen.analysis.c.program import Function


class RootKind(StrEnum):
    """Where a value comes from in the end.

    HELD comes in addition to the others: what the value tells of the device or its IOMMU
    is that something may be occupied there, such as a domain that it holds. FIRMWARE too: a
    description of the device that firmware gave was read. UNKNOWN is what nobody could
    follow, so that nothing is ruled out: ``name()`` for a function of the driver's own that
    no file defines. PARAMETER stands in the behaviour of a function
    for what it will be given, FUNCTION for a function's address.
    """

    DOMAIN = "domain"
    DEVICE = "device"
    ALLOCATION = "allocation"
    SEARCH = "search"
    CALL = "call"
    GLOBAL = "global"
    HELD = "held"
    FIRMWARE = "firmware"
    UNKNOWN = "unknown"
    PARAMETER = "parameter"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Root:
    """A root: its kind, a name, and whether state was read.

    The name is that of the call or global; of a domain the member that was read of the struct
    that all drivers share.

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


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a function outside the driver makes of its arguments.

    ``value`` are the roots of what it returns, its parameters named by their positions from
    0 (REST for those behind the last); ``open`` tells that something on the way could not be
    followed, so that any argument may take part; ``held`` that it takes something, or asks
    who has; ``emptiness`` that it answers whether there is nothing; ``truth`` that it answers
    yes or no; ``prints`` that all it does is to log; ``maps`` that it judges whether memory
    could be mapped for a device; ``idle`` that it changes nothing.
    """

    value: tuple[Root, ...] = ()
    open: bool = False
    held: bool = False
    emptiness: bool = False
    truth: bool = False
    prints: bool = False
    maps: bool = False
    idle: bool = False


REST = "rest"


class Outside(Protocol):
    """What is known of functions outside the driver."""

    def of(self, name: str, path: str) -> Behaviour | None:
        """What a call of ``name`` in the file ``path`` does; None where no body is found."""
        ...


def has(origin: Origin, kind: RootKind, state: bool | None = None) -> bool:
    """Whether a root of that kind (and state, if given) is in the origin."""
    return any(r.kind is kind and (state is None or r.state is state) for r in origin)


def on_device(origin: Origin) -> bool:
    """Whether device, IOMMU, firmware or other global state takes part."""
    kinds = (RootKind.DEVICE, RootKind.GLOBAL, RootKind.CALL, RootKind.FIRMWARE)
    return any(has(origin, kind) for kind in kinds)


def read_through(origin: Origin, member: str = "") -> Origin:
    """The origin of what is read through a value: the roots with ``state`` set.

    What stands in memory says nothing of how the memory was come by. ``member`` is what is
    read, and kept where the value is the domain itself.
    """
    return frozenset(
        Root(root.kind, _name(root, member), True, root.through)
        for root in origin
        if root.kind is not RootKind.ALLOCATION
    )


def _name(root: Root, member: str) -> str:
    own = root.kind is RootKind.DOMAIN and not root.state
    return member if own else root.name


DOMAINS = "the domain's"
"""The name of a root of the device's side that was reached through the domain."""


def on_hardware(origin: Origin) -> Origin:
    """The origin of what stands in hardware that was reached through the domain."""
    return frozenset(
        Root(RootKind.DEVICE, DOMAINS, True, root.through)
        if root.kind is RootKind.DOMAIN and root.state
        else root
        for root in origin
    )


def went_through(origin: Origin, name: str) -> Origin:
    """The origin of a value that a function of unknown body made from another."""
    return frozenset(Root(r.kind, r.name, True, r.through or name) for r in origin)


_COMPARISON = "a comparison"


def deciding(root: Root) -> Root:
    """A root of a condition that decides about a value: which domain it is, is not told by that."""
    asks = root.kind is RootKind.DOMAIN and not root.state
    return Root(root.kind, root.name, True, root.through or (_COMPARISON if asks else ""))
