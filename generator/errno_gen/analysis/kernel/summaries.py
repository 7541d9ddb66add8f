# SPDX-License-Identifier: GPL-2.0-only
"""Errno summaries: what may come out of any function of the tree, with witnesses.

After Rubio-Gonzalez et al. (error propagation analysis, PLDI 2009), restricted to the
part of the call graph that is asked for. Definitions are found breadth first, one look-up
of many names a level; the sets are the least fixpoint over that part. What cannot be
followed (assembler, unresolved pointers, the bounds below) leaves a summary open.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from errno_gen.analysis.flow.kinds import ValueKind, handed_on, joined
from errno_gen.analysis.kernel.file_summary import CallFact, FileFacts, FunctionFacts
from errno_gen.model import Step

MAX_LEVELS = 14
MAX_FUNCTIONS = 6000
MAX_CHAINS = 500


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


@dataclass(frozen=True, slots=True)
class Trace:
    """The definitions that a name means, every chain out of them, and what is not known.

    ``complete`` is False when there were too many chains to list.
    """

    roots: tuple[Step, ...]
    chains: tuple[Chain, ...]
    open: tuple[str, ...]
    complete: bool


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

    def defines(self, name: str, path: str = "") -> bool:
        """Whether some file of the tree may define what a call of ``name`` in ``path`` means."""
        with self._lock:
            self.prepare([name], path)
            return bool(self._paths.get(name) or self.resolve(name, path))

    def of(self, name: str, path: str = "") -> Summary:
        """The summary of a function; see :meth:`prepare`, which is called first."""
        with self._lock:
            return self._of(name, path)

    def _of(self, name: str, path: str) -> Summary:
        self.prepare([name], path)
        roots = self.resolve(name, path)
        candidates = {
            constant.errno
            for facts, _ in self._reachable(roots, None)
            for constant in facts.constants
        }
        errnos = frozenset(errno for errno in candidates if self._can_leave(roots, errno))
        unknown = self._unknown(roots) if roots else (f"{name}(): no definition found",)
        return Summary(errnos, self.kind_of(name, path), unknown)

    def returned(self, name: str, path: str = "") -> frozenset[str] | None:
        """All errnos that a function may return; None where something is not known of it."""
        found = self.of(name, path)
        return None if found.open else found.errnos

    def witness(self, name: str, errno: str, path: str = "") -> Chain | None:
        """A shortest chain by which ``errno`` may leave the function; None if it cannot."""
        with self._lock:
            self.prepare([name], path)
            for facts, steps in self._reachable(self.resolve(name, path), errno):
                for constant in facts.constants:
                    if constant.errno == errno:
                        last = Step(facts.name, facts.path, constant.line)
                        return Chain(errno, (*steps, last))
            return None

    def trace(self, name: str, errno: str | None = None) -> Trace:
        """All chains without recursion by which errnos leave the functions of that name.

        Static functions count, wherever they are defined. The chains come by errno, then
        the shortest first; at most MAX_CHAINS of them.
        """
        with self._lock:
            self.prepare([name])
            roots = tuple(
                facts for path in self._paths[name] for facts in self._in_file(path, name)
            )
            for path in dict.fromkeys(facts.path for facts in roots):
                self.prepare([name], path)
            candidates = {
                constant.errno
                for facts, _ in self._reachable(roots, errno)
                for constant in facts.constants
                if errno in (None, constant.errno)
            }
            found: list[Chain] = []
            for each in sorted(candidates):
                found.extend(self._all_chains(roots, each, MAX_CHAINS - len(found)))
            return Trace(
                tuple(Step(facts.name, facts.path, facts.line) for facts in roots),
                tuple(found),
                self._unknown(roots),
                complete=len(found) < MAX_CHAINS,
            )

    def _all_chains(self, roots: tuple[FunctionFacts, ...], errno: str, limit: int) -> list[Chain]:
        """Chains to each place that makes ``errno``: breadth first, so the shortest first."""
        makers = self._leading_to(roots, errno)
        found: list[Chain] = []
        level: list[tuple[FunctionFacts, tuple[Step, ...], frozenset[_Id]]] = [
            (facts, (), frozenset({_id(facts)})) for facts in roots if _id(facts) in makers
        ]
        while level and len(found) < limit:
            following = []
            for facts, steps, visited in level:
                found.extend(
                    Chain(errno, (*steps, Step(facts.name, facts.path, constant.line)))
                    for constant in dict.fromkeys(facts.constants)
                    if constant.errno == errno
                )
                for call in facts.calls if len(steps) < MAX_LEVELS else ():
                    step = Step(facts.name, facts.path, call.line)
                    for callee in self._callees(call, facts) if errno not in call.excluded else ():
                        key = _id(callee)
                        if key in makers and key not in visited:
                            following.append((callee, (*steps, step), visited | {key}))
            level = following[: MAX_CHAINS * MAX_LEVELS]
        return list(dict.fromkeys(found))[:limit]

    def _leading_to(self, roots: tuple[FunctionFacts, ...], errno: str) -> set[_Id]:
        """The definitions that can be reached and from which the errno can be reached."""
        callers: dict[_Id, set[_Id]] = {}
        makers: set[_Id] = set()
        for facts, _ in self._reachable(roots, errno):
            if any(constant.errno == errno for constant in facts.constants):
                makers.add(_id(facts))
            for call in facts.calls:
                for callee in self._callees(call, facts) if errno not in call.excluded else ():
                    callers.setdefault(_id(callee), set()).add(_id(facts))
        pending = list(makers)
        while pending:
            for caller in callers.get(pending.pop(), ()):
                if caller not in makers:
                    makers.add(caller)
                    pending.append(caller)
        return makers

    def _unknown(self, roots: tuple[FunctionFacts, ...]) -> tuple[str, ...]:
        """What cannot be followed below the roots, in words."""
        unknown: dict[str, None] = {}
        for facts, _ in self._reachable(roots, None):
            for call in facts.calls:
                if not call.names:
                    unknown[f"{facts.path}:{call.line}: {call.text}() is a pointer"] = None
            if not facts.complete:
                unknown[f"{facts.path}:{facts.line}: a value of {facts.name}()"] = None
        return tuple(unknown)

    def kind_of(self, name: str, path: str = "") -> ValueKind | None:
        """What kind of value a function returns; None where no definition is found."""
        with self._lock:
            self.prepare([name], path)
            bodies = _common(self.resolve(name, path))
            kinds = {kind for facts in bodies if (kind := self.kind(facts))}
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
            callees = _common(self._callees(call, facts))
            known = {kind for callee in callees if (kind := self.kind(callee)) is not None}
            if not callees:
                known.add(ValueKind.OPEN if call.names else ValueKind.HOOK)
            found |= handed_on(known, call.wrapped, call.positive, call.failing)
        if not facts.complete:
            found.add(ValueKind.OPEN)
        return joined(found)


def _common(bodies: Iterable[FunctionFacts]) -> tuple[FunctionFacts, ...]:
    """The definitions outside ``arch/``, or all where there are none.

    An architecture may define a function of the common code anew, now and then with
    conventions of its own; what a driver is written for is the common one.
    """
    found = tuple(bodies)
    return tuple(facts for facts in found if not facts.path.startswith("arch/")) or found


def _id(facts: FunctionFacts) -> _Id:
    return facts.path, facts.name, facts.line
