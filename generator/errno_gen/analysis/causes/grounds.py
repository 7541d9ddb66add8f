# SPDX-License-Identifier: GPL-2.0-only
"""The evidence about one arrival: its guards along each chain, with their facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from errno_gen.analysis.c.text.syntax import Node
from errno_gen.analysis.causes.findings import levels_of
from errno_gen.analysis.causes.kernel_calls import converted
from errno_gen.analysis.flow.guards import Level, chains, is_loop, sibling_fails
from errno_gen.analysis.origins.index import Index
from errno_gen.analysis.origins.path import Arrival
from errno_gen.analysis.origins.roots import Context
from errno_gen.analysis.rules.fact_finder import FactFinder
from errno_gen.analysis.rules.facts import Fact


@dataclass(frozen=True, slots=True)
class Ground:
    """A level of guards in a function as entered, its alternatives as conjunctions of facts."""

    context: Context
    level: Level
    alternatives: tuple[tuple[Fact, ...], ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts, whatever alternative they belong to."""
        return tuple(fact for alternative in self.alternatives for fact in alternative)

    @property
    def fresh(self) -> Fact | None:
        """The fact that shows that the domain is not set up yet, or None."""
        return next((fact for fact in self.facts if fact.unset), None)

    @property
    def tells(self) -> bool:
        """Whether the level says something about what comes behind it."""
        if not self.alternatives:
            return False
        if self.level.enclosing:
            block = self.context.function.graph.blocks[self.level.block]
            return not (is_loop(block) and self.level.label == "true")
        return not sibling_fails(self.context.function, self.level)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an arrival: its chains of grounds, innermost first.

    ``hidden`` are variables of which several have the same name; ``converted`` is the
    sentence that the constant takes the place of a kernel function's errno, or "". There
    are no chains where variables are hidden, nor for a value of which nothing is known.
    """

    arrival: Arrival
    chains: tuple[tuple[Ground, ...], ...] = ()
    hidden: tuple[str, ...] = ()
    converted: str = ""


def evidence_of(index: Index, arrival: Arrival, reserved: Collection[str]) -> Evidence:
    """The evidence about an arrival; errnos that are ``reserved`` may be converted there."""
    hidden = dict.fromkeys(n for f in arrival.frames for n in f.context.function.hidden)
    if hidden or arrival.constant.why:
        return Evidence(arrival, hidden=tuple(hidden))
    finder = FactFinder(index)
    found = tuple(
        tuple(ground(finder, *pair) for pair in levels_of(arrival, chain))
        for chain in chains(arrival.function, arrival.way) or ((),)
    )
    return Evidence(arrival, found, (), converted(index, arrival, reserved))


def ground(finder: FactFinder, context: Context, level: Level, half: Node | None = None) -> Ground:
    """A level, or one half of its condition, with its facts."""
    found = finder.alternatives(context, level, half)
    return Ground(context, level, tuple(tuple(facts) for facts in found))
