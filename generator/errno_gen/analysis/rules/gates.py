# SPDX-License-Identifier: GPL-2.0-only
"""Gates: enclosing conditions on the domain, and how much they say of what is checked inside.

The question is whether a caller who tries another domain could get through. A gate that says
that the domain fits the device is no evidence, since every candidate that matters passes it.
One on the domain's kind is weak, since callers seldom can choose another kind. One on what the
domain asks for is evidence: a domain that asks for less gets through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.origins.roots import on_device
from errno_gen.analysis.rules.cases import Case
from errno_gen.analysis.rules.facts import Fact, Test, is_domain_itself, maybe_on_domain, on_domain

# A variable that gathers flags, and the test of one. Its evidence is that of all of them.
_FLAG = re.compile(r"(?:!\s*)?\(?\s*[A-Za-z_]\w*\s*&\s*[A-Za-z_]\w*\s*\)?")


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of a case, nearest first, by how much they say.

    ``asks`` are on what the domain asks for, ``kinds`` on its kind alone, ``flags`` on a flag
    of which is not known whether the domain decides it, ``unsure`` on what the domain is like
    where not even that is sure, ``open`` on what may be the domain's or not.
    """

    asks: tuple[Fact, ...] = ()
    kinds: tuple[Fact, ...] = ()
    flags: tuple[Fact, ...] = ()
    unsure: tuple[Fact, ...] = ()
    open: tuple[Fact, ...] = ()


def gates_of(case: Case) -> Gates:
    """The gates around a case, and those that were passed because other arms left before."""
    identity = [f for f in case.outer if any(is_domain_itself(o.origin) for o in f.operands)]
    around = [
        fact
        for fact in case.outer
        if (on_domain(fact.origin) or fact.against)
        and not fact.fits
        and not _went_well(fact)
        and fact not in identity
    ]
    maybe = [f for f in case.outer if maybe_on_domain(f.origin) and not on_domain(f.origin)]
    passed = [fact for fact in case.passed if _domain_alone(fact)]
    return Gates(
        asks=tuple(f for f in around if not f.kind and not _is_flag(f)),
        kinds=tuple(f for f in (*around, *passed) if f.kind),
        flags=tuple(f for f in around if _is_flag(f)),
        unsure=tuple(f for f in passed if not f.kind),
        open=(*maybe, *(f for f in identity if f.test is Test.COMPARE)),
    )


def telling(facts: Sequence[Fact]) -> list[Fact]:
    """The facts of a conjunction in which the domain's state says something."""
    return [
        fact
        for fact in facts
        if (on_domain(fact.origin) or fact.against) and not _only_fits(fact, facts)
    ]


def _only_fits(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether a fact that the domain fits stands beside another one, which decides."""
    return fact.fits and len(facts) > 1


def _went_well(fact: Fact) -> bool:
    """Whether a fact is that a function returned no errno: what it checked, the domain passed."""
    return fact.test is Test.ZERO and {call.kind for call in fact.calls} == {ValueKind.ERRNO}


def _is_flag(fact: Fact) -> bool:
    return _FLAG.fullmatch(fact.text) is not None


def _domain_alone(fact: Fact) -> bool:
    """Whether a fact is what the domain is like, not whom it belongs to or whether it is set up."""
    return (
        on_domain(fact.origin)
        and not fact.counted
        and not any(
            o.pointer or on_device(o.origin) or is_domain_itself(o.origin) for o in fact.operands
        )
    )
