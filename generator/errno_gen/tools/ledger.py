# SPDX-License-Identifier: GPL-2.0-only
"""Which compilation proves which commit.

An object that was compiled at one commit is proven for another when no file differs
between the two that it reads (kbuild records which) or that could change what is
generated for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from errno_gen.model import Commit, SourceFile
from errno_gen.tools.git import Repository
from errno_gen.tools.kernel import KbuildObject, KernelTree
from errno_gen.tools.records import Record
from errno_gen.tools.results import ObjectResult
from errno_gen.tools.warnings import NO_CHECKS, Checks

_HEADER, _SOURCE = ".h", ".c"

Proof = tuple[ObjectResult, int]
"""A result that holds for an object at some commit, and the position where it was compiled."""


class History:
    """The trees of a chain by position, 0 for its base, and what differs between them."""

    def __init__(self, repo: Repository, chain: Sequence[Commit]) -> None:
        self._repo = repo
        self._chain = chain
        self._trees: dict[int, KernelTree] = {}

    @property
    def last(self) -> int:
        return len(self._chain)

    def oid(self, position: int) -> str:
        return self._chain[position - 1].oid if position else self._chain[0].parent

    def key(self, position: int) -> str:
        """What stands for the whole tree: branches that are made anew keep their trees."""
        return self._chain[position - 1].tree if position else self.oid(0)

    def tree(self, position: int) -> KernelTree:
        if position not in self._trees:
            self._trees[position] = KernelTree(self._repo, self.oid(position))
        return self._trees[position]

    def ways(self, position: int, one: KbuildObject) -> tuple[KbuildObject, ...]:
        """All ways in which Kbuild builds an object at a position; one that is on is enough."""
        found = self.tree(position).objects_of(one.source)
        return tuple(way for way in found if way.target == one.target)

    def source(self, position: int, path: str) -> SourceFile | None:
        """A file as it is at a position, or None."""
        return self._repo.read(self.oid(position), path)

    def has(self, position: int, path: str) -> bool:
        return self._repo.read(self.oid(position), path) is not None

    def changed(self, one: int, other: int) -> frozenset[str]:
        """The files that commits between two positions touch."""
        between = self._chain[min(one, other) : max(one, other)]
        return frozenset(path for commit in between for path in commit.files)

    def is_plain(self, path: str) -> bool:
        """Whether ``path`` matters just to the objects that read it.

        So it is with C files that Kbuild compiles to an object and with drivers' own
        headers, as long as they are neither new nor gone. Other files may go into
        generated headers, tools of the build, or the configuration.
        """
        if not (self.has(0, path) and self.has(self.last, path)):
            return False
        if path.endswith(_HEADER):
            return "include" not in path.split("/") and bool(self.tree(0).drivers_of((path,)))
        return path.endswith(_SOURCE) and bool(self.tree(0).objects_of(path))

    @cached_property
    def special(self) -> frozenset[str]:
        """The files of the whole chain that are not plain."""
        touched = self.changed(0, self.last)
        return frozenset(path for path in touched if not self.is_plain(path))


class Ledger:
    """What one configuration has compiled of a chain, with some checks, and what that proves."""

    def __init__(self, record: Record, history: History, checks: Checks = NO_CHECKS) -> None:
        self.record = record
        self.checks = checks
        self._history = history
        self._wanted: dict[int, dict[KbuildObject, None]] = {}

    def key(self, position: int) -> str:
        """Under which key results of a position are kept."""
        return " ".join((self._history.key(position), self.checks.name)).rstrip()

    def want(self, position: int, objects: Iterable[KbuildObject]) -> None:
        """Ask for proofs of ``objects`` at a commit and at its parent.

        They are also compiled at both ends of the chain, since one call of make there
        may prove most of what lies between.
        """
        for place in {0, position - 1, position, self._history.last}:
            self._wanted.setdefault(place, {}).update(dict.fromkeys(objects))

    def missing(self, position: int) -> tuple[str, ...]:
        """The targets to compile at ``position``: they exist there and nothing proves them."""
        return tuple(
            one.target
            for one in self._wanted.get(position, ())
            if self._history.has(position, one.source) and not self.proof(one, position)
        )

    def proof(self, one: KbuildObject, position: int) -> Proof | None:
        """The nearest proof of an object at ``position``; None too where it does not exist."""
        if not self._history.has(position, one.source):
            return None
        near = sorted(range(self._history.last + 1), key=lambda other: abs(other - position))
        for other in near:
            result = self.record.known(self.key(other)).get(one.target)
            if result is None:
                continue
            changed = self._history.changed(position, other)
            alike = not changed & self._history.special and changed.isdisjoint(result.reads)
            if other == position or (result.compiled and alike):
                return result, other
        return None
