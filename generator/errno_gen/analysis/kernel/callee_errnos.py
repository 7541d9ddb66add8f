# SPDX-License-Identifier: GPL-2.0-only
"""Which errnos a swallowed callee can return once its code is handed on."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.analysis.prose import listed
from errno_gen.model import TO_CHANGE, Verdict, with_changes
from errno_gen.policytables import PROPAGATE


def with_callee_errnos(verdicts: Sequence[Verdict], summaries: Summaries) -> tuple[Verdict, ...]:
    """The verdicts of a driver; one that hands on a callee's code says what that can be.

    By a witness for each errno, as the source will be: what another verdict rewrites there
    is told as that has it. Nothing is claimed to be all that can come.
    """
    rewritten = {
        (v.site.constant.file, v.site.constant.line): v
        for v in verdicts
        if v.action in TO_CHANGE and v.wanted
    }
    return tuple(
        with_changes(v, because=(*v.because, told))
        if v.action in TO_CHANGE
        and v.wanted == PROPAGATE
        and (told := _told(v, rewritten, summaries))
        else v
        for v in verdicts
    )


def _told(verdict: Verdict, rewritten: dict[tuple[str, int], Verdict], summaries: Summaries) -> str:
    found: set[str] = set()
    for name in verdict.swallowed:
        for errno in summaries.of(name, verdict.site.constant.file).errnos:
            chain = summaries.witness(name, errno, verdict.site.constant.file)
            if chain is None or not chain.steps:
                continue
            last = chain.steps[-1]
            change = rewritten.get((last.file, last.line))
            if change is None or change.site.errno != errno:
                found.add(errno)
            elif change.wanted not in (None, PROPAGATE):
                found.add(str(change.wanted))
    return f"That can be {listed(sorted(found), 'or')}." if found else ""
