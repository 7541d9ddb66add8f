# SPDX-License-Identifier: GPL-2.0-only
"""Errno summaries: what may come out of any function of the tree, with witnesses.

After Rubio-Gonzalez et al. (error propagation analysis, PLDI 2009), restricted to the
part of the call graph that is asked for. Definitions are found breadth first, one look-up
of many names a level; the sets are the least fixpoint over that part. What cannot be
followed (assembler, unresolved pointers, the bounds below) leaves a summary open.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from errno_gen.analysis.facts import CallFact, FileFacts, FunctionFacts
from errno_gen.analysis.kinds import ValueKind, joined, unwrapped
from errno_gen.model import Step

MAX_LEVELS = 14
MAX_FUNCTIONS = 6000


class Definitions(Protocol):
    """Finds definitions in the tree; implemented over git by the stages."""

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each name the paths of the files that may define it."""
        ...

    def facts(self, path: str) -> FileFacts:
        """The facts of one file of the tree."""
        ...


@dataclass(frozen=True, slots=True)
class Chain:
    """A way for an errno out of a function: the calls outside in, then the constant."""

    errno: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What may come out of a function: errnos, the kind of value, and what is not known."""

    errnos: frozenset[str]
    kind: ValueKind | None
    open: tuple[str, ...]


_Id = tuple[str, str, int]


class Summaries:
    """Answers for functions of one tree; look-ups are shared between questions and threads."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._paths: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, dict[str, tuple[FunctionFacts, ...]]] = {}
        self._kinds: dict[_Id, ValueKind | None] = {}
        self._lock = threading.RLock()

    # --- questions ------------------------------------------------------------------

    def prepare(self, names: Collection[str], path: str = "") -> None:
        """Look up everything that the named functions may call, level by level."""
        frontier = set(names)
        seen: set[_Id] = set()
        origin = dict.fromkeys(names, path)
        for _ in range(MAX_LEVELS):
            unknown = {
                name
                for name in frontier - self._paths.keys()
                if not self._hidden(name, origin.get(name, ""))
            }
            if unknown:
                found = self._definitions.find(unknown)
                self._paths.update({name: found.get(name, ()) for name in unknown})
            following: dict[str, str] = {}
            for name in frontier:
                for facts in self.resolve(name, origin.get(name, "")):
                    if _id(facts) in seen or len(seen) >= MAX_FUNCTIONS:
                        continue
                    seen.add(_id(facts))
                    for call in facts.calls:
                        following.update(dict.fromkeys(call.names, facts.path))
            frontier = set(following)
            origin = following
            if not frontier:
                return

    def resolve(self, name: str, path: str) -> tuple[FunctionFacts, ...]:
        """The definitions that a call of ``name`` in the file ``path`` may mean.

        Those of its own C file hide all others. A header may hold one for a configuration
        only, so there the global functions, and those of other headers, count too.
        """
        own = self._in_file(path, name) if path else ()
        if own and not path.endswith(".h"):
            return own
        found: list[FunctionFacts] = list(own)
        for candidate in self._paths.get(name, ()):
            if candidate == path:
                continue
            header = candidate.endswith(".h")
            found.extend(f for f in self._in_file(candidate, name) if header or not f.static)
        return tuple(found)

    def of(self, name: str, path: str = "") -> Summary:
        """The summary of a function; see :meth:`prepare`, which is called first."""
        with self._lock:
            return self._of(name, path)

    def _of(self, name: str, path: str) -> Summary:
        self.prepare([name], path)
        candidates: set[str] = set()
        unknown: dict[str, None] = {}
        roots = self.resolve(name, path)
        if not roots:
            unknown[f"{name}(): no definition found"] = None
        for facts, _ in self._reachable(roots, None):
            candidates.update(constant.errno for constant in facts.constants)
            for call in facts.calls:
                if not call.names:
                    unknown[f"{facts.path}:{call.line}: {call.text}() is a pointer"] = None
            if not facts.complete:
                unknown[f"{facts.path}:{facts.line}: a value of {facts.name}()"] = None
        errnos = frozenset(errno for errno in candidates if self._can_leave(roots, errno))
        return Summary(errnos, self.kind_of(name, path), tuple(unknown))

    def chains(self, name: str, errno: str | None = None, path: str = "") -> tuple[Chain, ...]:
        """One shortest chain for each constant that may leave, nearest first.

        With ``errno`` only chains of that errno, on which no caller keeps it back.
        """
        with self._lock:
            return tuple(self._chains(name, errno, path))

    def _chains(self, name: str, errno: str | None, path: str) -> Iterator[Chain]:
        self.prepare([name], path)
        roots = self.resolve(name, path)
        seen: set[tuple[str, int, str]] = set()
        for facts, steps in self._reachable(roots, errno):
            for constant in facts.constants:
                key = (facts.path, constant.line, constant.errno)
                if errno not in (None, constant.errno) or key in seen:
                    continue
                if errno is None and not self._can_leave(roots, constant.errno):
                    continue
                seen.add(key)
                last = Step(facts.name, facts.path, constant.line)
                yield Chain(constant.errno, (*steps, last))

    def kind_of(self, name: str, path: str = "") -> ValueKind | None:
        """What kind of value a function returns; None where no definition is found."""
        with self._lock:
            self.prepare([name], path)
            kinds = {kind for facts in self.resolve(name, path) if (kind := self.kind(facts))}
            return joined(kinds) if kinds else None

    def kind(self, facts: FunctionFacts) -> ValueKind | None:
        """What kind of value a definition returns; None while it is being judged."""
        key = _id(facts)
        if key not in self._kinds:
            self._kinds[key] = None
            self._kinds[key] = self._judge(facts)
        return self._kinds[key]

    # --- work -----------------------------------------------------------------------

    def _hidden(self, name: str, path: str) -> bool:
        """Whether a C file's own definition makes a look-up in the tree needless."""
        return path.endswith(".c") and bool(self._in_file(path, name))

    def _in_file(self, path: str, name: str) -> tuple[FunctionFacts, ...]:
        if path not in self._known:
            table: dict[str, tuple[FunctionFacts, ...]] = {}
            for facts in self._definitions.facts(path).functions:
                table[facts.name] = (*table.get(facts.name, ()), facts)
            self._known[path] = table
        return self._known[path].get(name, ())

    def _can_leave(self, roots: tuple[FunctionFacts, ...], errno: str) -> bool:
        return any(
            constant.errno == errno
            for facts, _ in self._reachable(roots, errno)
            for constant in facts.constants
        )

    def _reachable(
        self, roots: tuple[FunctionFacts, ...], errno: str | None
    ) -> Iterator[tuple[FunctionFacts, tuple[Step, ...]]]:
        """Definitions breadth first, each with the calls that lead there.

        With ``errno`` calls whose caller keeps that errno back are not followed.
        """
        pending: list[tuple[FunctionFacts, tuple[Step, ...]]] = [(facts, ()) for facts in roots]
        seen = {_id(facts) for facts in roots}
        position = 0
        while position < len(pending):
            facts, steps = pending[position]
            position += 1
            yield facts, steps
            if len(steps) >= MAX_LEVELS:
                continue
            for call in facts.calls:
                if errno is not None and errno in call.excluded:
                    continue
                step = Step(facts.name, facts.path, call.line)
                for callee in self._callees(call, facts):
                    if _id(callee) not in seen:
                        seen.add(_id(callee))
                        pending.append((callee, (*steps, step)))

    def _callees(self, call: CallFact, facts: FunctionFacts) -> Iterator[FunctionFacts]:
        for name in call.names:
            yield from self.resolve(name, facts.path)

    def _judge(self, facts: FunctionFacts) -> ValueKind:
        found = set(facts.kinds)
        if facts.constants:
            found.add(ValueKind.ERRNO)
        for call in facts.calls:
            callees = tuple(self._callees(call, facts))
            known = {kind for callee in callees if (kind := self.kind(callee)) is not None}
            if not callees:
                found.add(ValueKind.OPEN)
            found |= unwrapped(known) if call.wrapped else known
        if not facts.complete:
            found.add(ValueKind.OPEN)
        return joined(found)


def _id(facts: FunctionFacts) -> _Id:
    return facts.path, facts.name, facts.line
