# SPDX-License-Identifier: GPL-2.0-only
"""What a swallowed code brings to light once the constant gives way to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.causes.findings import Finding, agreed
from errno_gen.analysis.causes.serving import replaced
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival, Frame, arrivals, path_through
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.rules.cases import Judgement
from errno_gen.model import Cause, Guard, with_changes

Returned = Callable[[str, str], Collection[str] | None]
"""The errnos that a function outside the driver may return, called in a file; None: not known."""

Overruled = Callable[[str, str, tuple[Guard, ...]], bool]
"""Whether the code at (function, errno, guard) is not handed on after all."""


@dataclass(frozen=True, slots=True)
class Propagation:
    """Whether swallowed codes are ``wanted``, but for some; errnos that are ``reserved``.

    ``returned`` tells what functions outside the driver may return.
    """

    wanted: bool
    reserved: Collection[str]
    overruled: Overruled | None = None
    returned: Returned | None = None

    def takes(self, finding: Finding) -> bool:
        """Whether the constant gives way to the callee's code that it replaced."""
        if finding.judgement.cause is not Cause.SWALLOWED or not self.wanted:
            return False
        site = (finding.arrival.function.name, finding.arrival.constant.errno, finding.guard)
        return self.overruled is None or not self.overruled(*site)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A finding as it stands, and what it uncovers.

    ``sites`` are those in the callees whose code was swallowed, which leave the callback if
    the code ``goes`` there; ``functions`` those that were looked into for them; ``freed``
    are chains to calls outside the driver whose code leaves the callback now.
    """

    finding: Finding
    goes: bool = False
    sites: tuple[Arrival, ...] = ()
    functions: frozenset[Function] = frozenset()
    freed: tuple[tuple[Frame, ...], ...] = ()

    @property
    def mark(self) -> tuple[Function, int]:
        """The constant that gives way."""
        arrival = self.finding.arrival
        return arrival.function, arrival.constant.node.start_byte


def uncovered(
    index: Index,
    finding: Finding,
    propagation: Propagation,
    judged: Callable[[Sequence[Arrival]], Sequence[Finding]],
) -> Uncovered:
    """What a finding uncovers; nothing unless it is a swallowed code.

    ``judged`` says what further sites mean: where the callee makes the same errno and no
    other, the constant stands for what the callee means by it. Errnos of kernel functions
    that the callee hands on are others.
    """
    if finding.judgement.cause is not Cause.SWALLOWED:
        return Uncovered(finding)
    arrival = finding.arrival
    path = path_through(index, replaced(index, finding), arrival.frames)
    inner, outside = arrivals(index, path), path.outside
    goes = propagation.takes(finding) and bool(finding.judgement.propagate)
    known = [each for each in inner if not each.constant.why]
    kept = None if inner else _kept(index, finding, propagation)
    if kept is not None:
        return Uncovered(with_changes(finding, judgement=kept))
    if {each.constant.errno for each in known} == {arrival.constant.errno} and not outside:
        # Nothing is lost: the constant stands for what the callee means by it.
        meant = agreed([each.judgement for each in judged(known)])
        finding = with_changes(finding, judgement=meant)
        # If it changes, so does the callee's, or it would be lost on the next run.
        soft = meant.cause is Cause.INCOMPATIBLE
        goes = goes and (arrival.constant.errno in propagation.reserved) != soft
    freed = outside if goes and propagation.takes(finding) else ()
    return Uncovered(finding, goes, inner, path.functions, freed)


def _kept(index: Index, finding: Finding, propagation: Propagation) -> Judgement | None:
    """What a constant means that is all that the functions whose errno it replaces return."""
    function, errno = finding.arrival.function, finding.arrival.constant.errno
    names = finding.judgement.swallowed
    told = propagation.returned
    if told is None or not names or any(index.program.resolve(n, function.path) for n in names):
        return None
    if any(set(told(name, function.path) or ()) != {errno} for name in names):
        return None
    who = listed(quoted(f"{name}()") for name in names)
    text = f"{errno} is the only errno that {who} returns, so nothing is lost here."
    return Judgement(Cause.KAPI, "same errno", (text,))


def unseen(news: Iterable[Uncovered], before: Iterable[Uncovered]) -> tuple[Arrival, ...]:
    """The sites that leave the callback now; each constant uncovers its callee's but once."""
    seen = {each.mark for each in before if each.goes}
    found: list[Arrival] = []
    for each in news:
        if each.goes and each.mark not in seen:
            seen.add(each.mark)
            found.extend(each.sites)
    return tuple(found)
