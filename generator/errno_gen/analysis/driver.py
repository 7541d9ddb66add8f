# SPDX-License-Identifier: GPL-2.0-only
"""From the source of a driver to verdicts: the steps of the analysis in their order.

==========  ======================================================================
index       the files as a program, with all that is asked of it on demand
path        every function whose value can reach the callback's, on each chain
sites       the constants that get out along these chains, with each way out
evidence    for each of them the guards and what these test
causes      what the guards say the constant means
serving     what of a swallowed code could be kept and handed on
uncovered   what leaves since it is handed on: to be gone through likewise
verdicts    what all chains to a site say together; those on kernel functions and on
            refusals that return success
==========  ======================================================================

Each is a function from frozen values to frozen values, and none holds a later one. Settlement
comes after them, once a policy has said what each site wants: :mod:`.edits.settlement`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.causes.findings import Finding
from errno_gen.analysis.causes.grounds import evidence_of
from errno_gen.analysis.causes.halves import Named
from errno_gen.analysis.causes.judge import cause_of
from errno_gen.analysis.causes.kernel_calls import KernelCalls, Passing
from errno_gen.analysis.causes.refusals import refusals
from errno_gen.analysis.causes.serving import served
from errno_gen.analysis.causes.uncovered import Overruled, Propagation, Uncovered, uncovered, unseen
from errno_gen.analysis.causes.verdicts import verdicts
from errno_gen.analysis.docs.mentions import with_comments
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.analysis.origins.index import Index, index_of
from errno_gen.analysis.origins.path import Arrival, Entry, Path, arrivals, entered, path_from
from errno_gen.analysis.origins.roots import Outside
from errno_gen.model import Callback, Driver, SourceFile, Verdict, with_changes
from errno_gen.policytables import Roles


def analyse_driver(
    driver: Driver,
    files: Sequence[SourceFile],
    callbacks: Sequence[Callback],
    roles: Roles,
    *,
    propagate: bool,
    summaries: Summaries | None = None,
    behaviours: Outside | None = None,
    reserved: Collection[str] = (),
    overruled: Overruled | None = None,
    named: Named | None = None,
) -> tuple[Verdict, ...]:
    """Judge every errno constant that can leave the callbacks of one driver.

    ``files`` are the driver's C files and headers at one revision; ``propagate`` tells
    whether swallowed codes will be handed on, which uncovers the callee's own sites;
    ``summaries`` and ``behaviours`` answer for functions outside the driver (without: nothing
    is known);
    ``reserved`` are the errnos that are reported when such a function can return them;
    ``overruled`` tells of a function, errno and guard whose code is not handed on after all,
    ``named`` of a function, errno and half of a joined condition that it is to be judged alone.
    The verdicts come in the order of file and line, before any policy. Raises
    SourceError when a callback has no definition in the files.
    """
    returned = summaries.returned if summaries is not None else None
    propagation = Propagation(propagate, reserved, overruled, returned)
    domain = next(p for p in roles.parameters if p.role == "domain")
    kinds = summaries.kind_of if summaries is not None else None
    device = next(p.type for p in roles.parameters if p.role == "device")
    defined = summaries.defines if summaries is not None else None
    starts = [(callback.function, callback.file) for callback in callbacks]
    index = index_of(files, domain, device, kinds, behaviours, defined, starts)
    entries = list(entered(index, callbacks, roles))
    left = [_leaving(index, entry, propagation) for entry in entries]
    functions = frozenset(function for each in left for function in each.functions)
    own = verdicts(index, [one for each in left for one in each.findings], functions, named)
    calls = KernelCalls(index, summaries, functions)
    passed = calls.verdicts([each.passing for each in left], reserved)
    silent = refusals(index, entries)
    found = [with_changes(verdict, driver=driver.name) for verdict in (*own, *passed, *silent)]
    return tuple(with_comments(sorted(found, key=_place), index.program))


def _leaving(index: Index, entry: Entry, propagation: Propagation) -> _Leaving:
    """What leaves one callback; over again for the sites that a code handed on uncovers."""

    def judged(sites: Sequence[Arrival]) -> list[Finding]:
        evidence = [evidence_of(index, site, propagation.reserved) for site in sites]
        causes = [cause_of(entry.callback, each) for each in evidence]
        return [served(index, cause) for cause in causes]

    path = path_from(index, entry.context)
    sites = arrivals(index, path)
    found: list[Uncovered] = []
    while sites:
        news = [uncovered(index, each, propagation, judged) for each in judged(sites)]
        sites = unseen(news, found)
        found.extend(news)
    return _Leaving(entry.callback.function, path, tuple(found))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """The path of a callback, and what was found on it, with what that uncovered."""

    callback: str
    path: Path
    found: tuple[Uncovered, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(each.finding for each in self.found)

    @property
    def functions(self) -> frozenset[Function]:
        return self.path.functions.union(*(each.functions for each in self.found))

    @property
    def passing(self) -> Passing:
        freed = tuple(chain for each in self.found for chain in each.freed)
        judged = tuple((each.arrival, each.judgement.cause) for each in self.findings)
        return Passing(self.callback, (*self.path.outside, *freed), judged)


def _place(verdict: Verdict) -> tuple[str, int, int]:
    site = verdict.site
    return site.constant.file, site.constant.start, site.way_out.start
