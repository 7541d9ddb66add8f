# SPDX-License-Identifier: GPL-2.0-only
"""What changes: edits, rewritten files, the patch of a driver, a commit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from errno_gen.model.verdicts import Callback, Driver, Location, Verdict


class Group(StrEnum):
    """What can be a commit of its own, in the order in which each stands alone.

    Errnos that are about the device, memory and the like; then those of a domain that does
    not fit, with the messages that go; then conversions of what kernel functions return.
    Codes of callees are handed on last, when all that this brings to the caller is right.
    """

    DEVICE = "device"
    INCOMPATIBLE = "incompatible"
    KAPI = "kapi"
    PROPAGATION = "propagation"


class Division(StrEnum):
    """Into which commits a branch is divided."""

    DRIVER = "driver"
    CAUSE = "cause"
    DRIVER_CAUSE = "driver-cause"


@dataclass(frozen=True, slots=True)
class Edit:
    """One planned change: the bytes at ``location`` (``old``) become ``new``.

    ``kind`` is ``errno`` (the constant changes), ``propagate`` (the constant gives
    way to the callee's code), ``drop-print`` (a message statement goes, ``new`` is ""),
    ``debug-print`` (what a message calls gives way to its debug form),
    ``split`` (a way out gets an errno of its own) or ``kapi`` (the errno of a call is
    converted). ``mark``, where there is one, is what the semantic patch sees.
    """

    kind: str
    location: Location
    old: str
    new: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A rewritten file: the base blob's id and the bytes before and after."""

    path: str
    blob: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class DriverPatch:
    """A proven rewrite of one driver, and its verdicts as they were served.

    ``portions`` are the steps in which it can be made, in order, if it was asked for them;
    the last one ends where the whole does.
    """

    driver: Driver
    callbacks: tuple[Callback, ...]
    changes: tuple[FileChange, ...]
    edits: tuple[Edit, ...]
    verdicts: tuple[Verdict, ...]
    portions: tuple[Portion, ...] = ()


@dataclass(frozen=True, slots=True)
class Portion:
    """A step of a rewrite: what is served by it, and the proven files once it is done.

    ``changes`` are from the base, with all that earlier portions do. ``verdicts`` that ask
    for a change belong to ``group``, or could not be served apart from it.
    """

    group: Group
    verdicts: tuple[Verdict, ...]
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Inexpressible:
    """Edits that a semantic patch does not make, or not quite: where they are, and why."""

    function: str
    file: str
    line: int
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class SemanticPatch:
    """The change of one driver as a semantic patch, tried with Coccinelle.

    ``file`` is its name and ``text`` the whole of it; ``short`` has its rules alone, as a
    changelog shows them, or is "" if ``unfit`` tells why it cannot. ``expressed`` is how many
    edits it makes of ``total``; ``missing`` are the others, ``imprecise`` those where a comment
    does not come out right. ``versions`` are those of spatch that it was tried with.
    """

    driver: str
    file: str
    text: str
    short: str
    unfit: str
    expressed: int
    total: int
    missing: tuple[Inexpressible, ...]
    imprecise: tuple[Inexpressible, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that was made (or found) for one driver; ``driver`` is "" for that of the rules."""

    oid: str
    tree: str
    parent: str
    driver: str
    subject: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Documented:
    """The policy's rules as kernel-doc, proven to change nothing but comments.

    ``at_member`` tells whether the member's documentation grows, ``functions`` are those
    whose documentation does. ``callers`` are the files that call the member. ``remarks`` are
    sentences on what was documented already, or could not be.
    """

    changes: tuple[FileChange, ...] = ()
    at_member: bool = False
    functions: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
