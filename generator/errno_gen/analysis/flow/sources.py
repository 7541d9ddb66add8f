# SPDX-License-Identifier: GPL-2.0-only
"""What can leave a function: errno constants with their ways out, calls, unknown values."""

from __future__ import annotations

from dataclasses import dataclass, field

from errno_gen.analysis.c.graph.dataflow import Access, Definition
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.flow.escape import WayOut

VALUE = ""
LEAVING = "return"
"""The keys of a function's value, and of what a ``return`` in a macro makes its user return."""


@dataclass(frozen=True, slots=True)
class Constant:
    """An errno constant that can leave the function: name without minus sign.

    One whose errno is UNKNOWN_ERRNO is a value of which no more is known; ``why`` says so.
    """

    errno: str
    node: Node
    form: str
    block: int
    ways: tuple[WayOut, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose value can leave the function; ``definition`` is None for ``return f()``.

    ``wrapped`` tells that a pointer's errno is taken out of it by ``PTR_ERR()`` or its kin.
    ``access`` is None for the call's value, else how the callee sees the variable that
    leaves, with its own (-1, LEAVING) for a ``return`` in a macro.
    """

    node: Node
    block: int
    definition: Definition | None
    uses: frozenset[int]
    wrapped: bool = False
    access: Access | None = None

    def key_in(self, callee: Function) -> str | None:
        """What of the callee leaves by this call; None if it is not given the variable."""
        if self.access is None:
            return VALUE
        position, path = self.access
        if position < 0:
            return path
        if position >= len(callee.parameters):
            return None
        name = callee.parameters[position][0]
        return f"*{name}" if path == "*" else f"{name}{path}"


@dataclass(slots=True)
class Sources:
    """Everything that can leave one function; ``opaque`` are values nothing is known of.

    ``parameters`` are the positions of the parameters whose value is handed back.
    """

    constants: list[Constant] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    opaque: list[Constant] = field(default_factory=list)
    parameters: set[int] = field(default_factory=set)
