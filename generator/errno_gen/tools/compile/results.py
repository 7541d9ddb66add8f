# SPDX-License-Identifier: GPL-2.0-only
"""What comes of compiling an object, and how to repeat it by hand."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """How the compilation of one object ended.

    ``error`` is its first error; ``reads`` are the files of the tree that went into it;
    ``log`` is a path; ``seconds`` is its share of the wall time of make's call; ``code`` is
    the digest of its listing (see :mod:`errno_gen.tools.objects.disassembly`); ``warnings`` are
    told as ``file:line: text``.
    """

    compiled: bool
    error: str
    reads: tuple[str, ...]
    log: str
    seconds: float
    code: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to repeat a compilation by hand: shell text up to the commit, and up to the targets.

    ``place`` is the machine on which that works, "" for this one. ``engine`` is where it ran,
    with the image; ``toolchain`` the versions of compiler, assembler and linker, "" for a
    kernel that does not say.
    """

    checkout: str = ""
    make: str = ""
    place: str = ""
    engine: str = ""
    toolchain: str = ""

    def line(self, commit: str, targets: Sequence[str]) -> str:
        """A shell line that checks out ``commit`` and compiles ``targets``."""
        told = f"{self.checkout} {commit} && {self.make} {shlex.join(targets)}"
        return f"{told}  # on {self.place}" if self.place else told
