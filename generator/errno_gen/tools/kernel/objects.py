# SPDX-License-Identifier: GPL-2.0-only
"""What Kbuild makes of one C file."""

from __future__ import annotations

from dataclasses import dataclass

from errno_gen.tools.kernel.makefile import Condition


@dataclass(frozen=True, slots=True)
class KbuildObject:
    """One way in which Kbuild builds a C file.

    ``target`` is the object's path from the tree's top, as given to make; ``conditions``
    must all hold in .config (those of parent folders included); ``symbol`` and
    ``module`` are the governing symbol and the composite module, or ""; ``makefile``
    is the folder of the Makefile that says so. ``architecture`` is the ``arch/`` folder
    (SRCARCH) that the file is confined to, or "".
    """

    target: str
    source: str
    symbol: str
    module: str
    makefile: str
    conditions: tuple[Condition, ...]
    architecture: str = ""
