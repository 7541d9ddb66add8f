# SPDX-License-Identifier: GPL-2.0-only
"""What the evaluation of origins asks of the source, be it a driver's or the tree's."""

from __future__ import annotations

from typing import Protocol

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.macros import Macros
from errno_gen.analysis.c.program import Function, TypeRef
from errno_gen.analysis.c.text.syntax import Node


class Unfollowed(Exception):  # noqa: N818
    """A value of a function of the tree cannot be followed, so that anything may decide it."""


class Scope(Protocol):
    """What origins ask of the source: a driver's program, or the tree's library."""

    apis: KernelApis

    def callees(self, call: Node, function: Function, block: int) -> tuple[Function, ...]:
        """The definitions that a call expression in ``block`` may reach."""
        ...

    def resolve(self, name: str, path: str) -> tuple[Function, ...]:
        """The definitions a call of ``name`` in the file ``path`` can mean."""
        ...

    def declares(self, name: str) -> bool:
        """Whether the source declares a function of its own of that name."""
        ...

    def type_of(self, node: Node, function: Function) -> TypeRef | None:
        """The type of an expression where declarations tell, else None."""
        ...

    @property
    def macro_texts(self) -> Macros:
        """The macros of the source's own."""
        ...

    def is_global(self, name: str, path: str = "") -> bool:
        """Whether a file-scope variable has that name."""
        ...
