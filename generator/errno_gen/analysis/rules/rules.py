# SPDX-License-Identifier: GPL-2.0-only
"""The cause rules in their order: small, each with its sentence.

A rule sees the facts of one alternative of the innermost guard that means something, the
facts around it, and the errno; never the name of a driver. The first rule that answers
decides.
"""

from __future__ import annotations

from collections.abc import Callable

from errno_gen.analysis.rules.callees import (
    allocation_failed,
    callee_open,
    callee_replaced,
    mapping_failed,
    memory_says,
    search_failed,
    search_says,
    unreadable,
)
from errno_gen.analysis.rules.cases import Case, Judgement, be, texts
from errno_gen.analysis.rules.states import (
    device_state,
    domain_identity,
    domain_state,
    identified,
    nothing_free,
    status,
)
from errno_gen.model import Cause

Rule = Callable[[Case], Judgement | None]


def judge(case: Case) -> Judgement:
    """The judgement of the first rule that answers."""
    for rule in RULES:
        found = rule(case)
        if found is not None:
            return found
    if not any(fact.origin for fact in case.facts):
        words = texts(case.facts)
        text = f"{words} {be(words)} computed from nothing of the domain or the device."
        return Judgement(Cause.UNKNOWN, "constant", (text,))
    return Judgement(Cause.UNKNOWN, "none", ("No check that the code makes tells the cause.",))


RULES: tuple[Rule, ...] = (
    unreadable,
    allocation_failed,
    mapping_failed,
    search_says,
    callee_replaced,
    search_failed,
    nothing_free,
    identified,
    callee_open,
    memory_says,
    status,
    domain_identity,
    domain_state,
    device_state,
)
