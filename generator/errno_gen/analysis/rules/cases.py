# SPDX-License-Identifier: GPL-2.0-only
"""What a cause rule sees and says, and the words that rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.rules.facts import Fact
from errno_gen.model import Cause


@dataclass(frozen=True, slots=True)
class Judgement:
    """A cause, the rule that decided, its sentences, and what to propagate (or "").

    ``swallowed`` are the functions whose errno the site replaces; ``tested`` is the variable
    by which it is known, though that may hold another number; ``loud`` tells that a message
    beside it stays, whatever the policy says of its cause.
    """

    cause: Cause
    rule: str
    because: tuple[str, ...]
    propagate: str = ""
    swallowed: tuple[str, ...] = ()
    loud: bool = False
    tested: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule sees.

    ``facts`` is one conjunction; ``outer`` are the facts of the enclosing branches,
    nearest first; ``passed`` are those of checks whose other arm left without an error;
    ``fresh`` is a fact that shows that the domain is only being set up;
    ``fixed_domain`` tells that the callback serves one static domain only.
    """

    errno: str
    facts: tuple[Fact, ...]
    outer: tuple[Fact, ...]
    fresh: Fact | None
    fixed_domain: bool = False
    passed: tuple[Fact, ...] = ()


def be(names: str) -> str:
    """The verb for one name, or for several."""
    return "are" if " and " in names else "is"


def texts(facts: Sequence[Fact]) -> str:
    """What some facts read, in words."""
    found = [quoted(o.text) for fact in facts for o in fact.operands] or [
        quoted(fact.text) for fact in facts
    ]
    return listed(dict.fromkeys(found))
