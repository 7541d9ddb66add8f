# SPDX-License-Identifier: GPL-2.0-only
"""What a compile check says: of a build, and of the objects that it made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How the compile check of one commit on one configuration ended."""

    PASS = "PASS"
    FAIL = "FAIL"
    NOT_BUILT = "NOT BUILT"


@dataclass(frozen=True, slots=True)
class FunctionChange:
    """A function whose code a commit changes.

    ``kind`` is ``immediates`` (the same instructions with other numbers), ``instructions``,
    ``new`` or ``gone``; ``because`` is ``edited``, ``inlined NAME`` (which is edited), ``no
    longer inlined in NAME``, ``inlined now in NAME`` or "" for none of them.
    """

    function: str
    kind: str
    because: str


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """What a commit changes in the code of one object, by the disassembly before and after.

    ``identical`` counts the other functions; ``basis`` is where it stands which functions
    the commit touches: ``record`` (of apply), ``changelog`` or ``diff``. ``flagged`` are
    sentences on what the commit's edits do not explain. ``missing`` says why nothing was
    compared, "" if it was.
    """

    object: str
    functions: tuple[FunctionChange, ...] = ()
    identical: int = 0
    basis: str = ""
    flagged: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The compile check of one commit on one architecture and configuration.

    ``proof`` says by which build it is proven; ``error`` is the first compiler error
    as ``file:line: text``; ``reproduce`` is a shell line that repeats the build;
    ``engine`` is where it ran, with the image; ``toolchain`` the versions of compiler,
    assembler and linker as kbuild found them; ``seconds`` is wall time of the compiler's
    run. ``changes`` has one value for each object that compiles before and after;
    ``warnings`` are those that the commit brings, as ``file:line: text``.
    """

    commit: str
    driver: str
    architecture: str
    configuration: str
    objects: tuple[str, ...]
    status: Status
    proof: str
    error: str = ""
    log: str = ""
    reproduce: str = ""
    engine: str = ""
    toolchain: str = ""
    seconds: float = 0.0
    changes: tuple[ObjectChange, ...] = ()
    warnings: tuple[str, ...] = ()
