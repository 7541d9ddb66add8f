# SPDX-License-Identifier: GPL-2.0-only
"""Which compilation proves which commit.

An object that was compiled in one tree is proven for another when no file differs
between the two that it reads (kbuild records which) or that could change what is
generated for it. The trees are those of a chain of commits, and then all others that are
remembered: those of an older version of the branch, or of another policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from errno_gen.model import Commit, SourceFile
from errno_gen.tools.compile.records import Record
from errno_gen.tools.compile.results import ObjectResult
from errno_gen.tools.compile.warnings import NO_CHECKS, Checks
from errno_gen.tools.git.githistory import blobs_changed
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.objects import KbuildObject
from errno_gen.tools.kernel.tree import KernelTree

_HEADER, _SOURCE = ".h", ".c"
_MOST_CHANGED = 1000
"""A tree with more changed files than this is not looked through: it is another kernel."""

Proof = tuple[ObjectResult, int | str]
"""A result that holds for an object at some commit, and where it was compiled.

That is a position in the chain, or the id of a tree that is not in it.
"""


class History:
    """The trees of a chain by position, 0 for its base, and what differs between them.

    ``before`` are commits that end in the base and change comments alone.
    """

    def __init__(
        self, repo: Repository, chain: Sequence[Commit], before: Sequence[Commit] = ()
    ) -> None:
        self._repo = repo
        self._chain = chain
        self._before = before
        self._trees: dict[int, KernelTree] = {}
        self._changed: dict[str, Mapping[str, str] | None] = {}

    @property
    def last(self) -> int:
        return len(self._chain)

    def oid(self, position: int) -> str:
        return self._chain[position - 1].oid if position else self._chain[0].parent

    @property
    def origin(self) -> str:
        """The commit for which the base can be configured and prepared: one with its code."""
        return self._before[0].parent if self._before else self.oid(0)

    def key(self, position: int) -> str:
        """What stands for the whole tree: branches that are made anew keep their trees."""
        known = self._chain[position - 1 : position] if position else self._before[-1:]
        return known[0].tree if known else self.oid(0)

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

    def differing(self, own: str, tree: str) -> frozenset[str] | None:
        """The files in which a tree that is not of this chain differs from one that is.

        None if the tree is gone, or if one of the files is not plain.
        """
        here, there = self._from_base(own), self._from_base(tree)
        if here is None or there is None or len(there) > _MOST_CHANGED:
            return None
        paths = {path for path, _ in here.items() ^ there.items()}
        gone = any(there.get(path) == "" for path in paths)
        return None if gone or not all(map(self.is_plain, paths)) else frozenset(paths)

    def _from_base(self, tree: str) -> Mapping[str, str] | None:
        if tree not in self._changed:
            self._changed[tree] = blobs_changed(self._repo, self.oid(0), tree)
        return self._changed[tree]

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
        return self._named(self._history.key(position))

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
        return self._elsewhere(one, position)

    def _elsewhere(self, one: KbuildObject, position: int) -> Proof | None:
        """A proof by a compilation in a tree that is not of this chain."""
        own = {self._history.key(place) for place in range(self._history.last + 1)}
        for tree in self.record.trees_with(one.target, self.checks.name):
            if tree in own:
                continue
            result = self.record.known(self._named(tree))[one.target]
            here = self._history.key(position)
            changed = self._history.differing(here, tree) if result.compiled else None
            if changed is not None and changed.isdisjoint(result.reads):
                return result, tree
        return None

    def _named(self, tree: str) -> str:
        return " ".join((tree, self.checks.name)).rstrip()
