# SPDX-License-Identifier: GPL-2.0-only
"""What was found about the arrivals of one site, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from errno_gen.analysis.flow.escape import WayOut
from errno_gen.analysis.flow.guards import Level, chains
from errno_gen.analysis.origins.path import Arrival, Frame
from errno_gen.analysis.origins.roots import Context, RootKind, has, on_device
from errno_gen.analysis.prose import listed
from errno_gen.analysis.rules.cases import Judgement
from errno_gen.analysis.rules.facts import Fact, on_domain
from errno_gen.model import Cause, Guard

DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True)
class Finding:
    """One arrival, judged; ``fixed_domain`` as the callback has it."""

    callback: str
    arrival: Arrival
    judgement: Judgement
    guard: tuple[Guard, ...]
    origins: tuple[str, ...]
    fixed_domain: bool = False


def agreed(judgements: Iterable[Judgement], *, chains_differ: bool = False) -> Judgement:
    """One judgement where all agree on the cause, else unknown with the reasons of each."""
    found = list(judgements)
    if chains_differ:  # where only constants are tested, the other chains tell
        found = [judgement for judgement in found if judgement.rule != "constant"] or found
    causes: dict[Cause, Judgement] = {}
    for judgement in found:
        causes.setdefault(judgement.cause, judgement)
    if len(causes) == 1:
        sentences = dict.fromkeys(text for judgement in found for text in judgement.because)
        propagate = {judgement.propagate for judgement in found}
        code = propagate.pop() if len(propagate) == 1 else ""
        swallowed = dict.fromkeys(name for judgement in found for name in judgement.swallowed)
        tested = {judgement.tested for judgement in found}
        return replace(
            found[0],
            because=tuple(sentences),
            propagate=code,
            loud=any(judgement.loud for judgement in found),
            swallowed=tuple(swallowed),
            tested=tested.pop() if len(tested) == 1 else "",
        )
    what = "ways to get here" if chains_differ else "halves of the condition"
    text = f"The {what} have different causes: {listed(causes)}."
    reasons = dict.fromkeys(text for first in causes.values() for text in first.because)
    return Judgement(Cause.UNKNOWN, DISAGREEMENT, (text, *reasons))


def variable_of(code: str) -> str:
    """The variable of an expression to propagate."""
    return code.removeprefix("PTR_ERR(").removesuffix(")")


def leading(arrival: Arrival, frame: Frame) -> int:
    """The block of a frame's function that leads on to the constant, or holds it."""
    return frame.call.block if frame.call is not None else arrival.way.block


def levels_of(arrival: Arrival, chain: tuple[Level, ...]) -> list[tuple[Context, Level]]:
    """A chain of guards with those of the calls that lead to it, innermost first."""
    levels = [(arrival.frames[-1].context, level) for level in chain]
    for frame in reversed(arrival.frames[:-1]):
        assert frame.call is not None
        calling = chains(frame.context.function, WayOut(frame.call.block))
        levels.extend((frame.context, level) for level in (calling[0] if calling else ()))
    return levels


def origin_text(fact: Fact) -> str:
    """Where what a condition tests comes from, in words."""
    words = []
    if has(fact.origin, RootKind.DOMAIN, state=False):
        words.append("the domain itself")
    if on_domain(fact.origin):
        words.append("domain")
    if has(fact.origin, RootKind.ALLOCATION):
        words.append("allocation")
    if has(fact.origin, RootKind.SEARCH):
        words.append("search")
    if on_device(fact.origin):
        words.append("device")
    return f"{fact.text}: {listed(words) or 'constant'}"
