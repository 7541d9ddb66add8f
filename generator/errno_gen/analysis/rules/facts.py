# SPDX-License-Identifier: GPL-2.0-only
"""What the cause rules see of a condition: tested values, their origins and callees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.origins.roots import (
    DOMAINS,
    NOTHING,
    Origin,
    RootKind,
    has,
    on_device,
)


class Test(StrEnum):
    """How a value is tested: against zero, as a pointer-error, or compared with another."""

    ZERO = "zero"
    NONZERO = "nonzero"
    NEGATIVE = "negative"
    ERROR_VALUE = "error value"
    POINTER_ERROR = "pointer-error"
    ERROR_OR_NULL = "pointer-error or null"
    NOT_POSITIVE = "not positive"
    ONE_ERRNO = "one errno"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a condition: its text, origin, and whether it is a pointer (to a domain)."""

    text: str
    origin: Origin
    domain_pointer: bool
    pointer: bool


@dataclass(frozen=True, slots=True)
class TestedCall:
    """A call whose value is tested: name, kind (None: body unknown), variable or "".

    ``maps`` tells that it answers whether memory could be mapped; ``lost`` that of its
    errno only a truth value or a mixture with others is kept; ``reads`` that it does no more
    than read a state, all of which is known.
    """

    name: str
    kind: ValueKind | None
    variable: str
    maps: bool = False
    lost: bool = False
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One atom of a guard with its evidence.

    ``equal`` tells == from != in a comparison; ``nothing`` that the atom holds while there
    is nothing (a null pointer, an empty list, a flag that the path sets);
    ``asserted`` that it stands in an assertion; ``unreadable`` that it cannot be parsed;
    ``translated`` that it picks one of several errnos by the cases of a switch; ``kind``
    that nothing but the domain's kind is asked, ``kind_joined`` that a helper asks for it and
    for the device's state together; ``given`` that hardware was given of the domain
    the very value that it is compared with, and ``identifies`` that this tells one domain from
    all others; ``counted`` that a counter of the function takes part; ``lacked`` is what the
    driver looked for in a loop over hardware's elements as not set, and none was found, or "";
    ``fixed`` that constants alone decide it; ``slot`` is the element of the hardware of which a
    loop found none free.
    """

    text: str
    test: Test
    operands: tuple[Operand, ...]
    calls: tuple[TestedCall, ...]
    equal: bool
    nothing: bool
    asserted: bool
    unreadable: bool = False
    translated: bool = False
    kind: bool = False
    kind_joined: bool = False
    given: bool = False
    identifies: bool = False
    counted: bool = False
    fixed: bool = False
    slot: str = ""
    lacked: str = ""

    @property
    def fits(self) -> bool:
        """Whether the fact is that the domain is just what the device has."""
        return self.equal and self.against

    @property
    def against(self) -> bool:
        """Whether the domain, or the hardware that it sits on, is compared with the device's."""
        mine = [operand for operand in self.operands if of_domain(operand.origin)]
        others = [operand for operand in self.operands if operand not in mine]
        theirs = [o for o in others if on_device(o.origin) and not is_address(o.origin)]
        return self.test is Test.COMPARE and bool(mine) and bool(theirs)

    @property
    def unset(self) -> bool:
        """Whether the fact is that the domain has not been set up."""
        return self.nothing and any(on_domain(operand.origin) for operand in self.operands)

    @property
    def missing(self) -> bool:
        """Whether the fact is that an object is not there."""
        return self.test is Test.ZERO and all(operand.pointer for operand in self.operands)

    @property
    def origin(self) -> Origin:
        """The roots of all operands."""
        found: Origin = NOTHING
        for operand in self.operands:
            found |= operand.origin
        return found


def is_address(origin: Origin) -> bool:
    """Whether the value is the address of a variable, which no state decides."""
    return bool(origin) and all(r.kind is RootKind.GLOBAL and not r.state for r in origin)


def on_domain(origin: Origin) -> bool:
    """Whether state of the domain surely takes part."""
    return any(r.kind is RootKind.DOMAIN and r.state and not r.through for r in origin)


def of_domain(origin: Origin) -> bool:
    """Whether the domain surely takes part, or hardware that was reached through it."""
    return any((r.kind is RootKind.DOMAIN or r.name == DOMAINS) and not r.through for r in origin)


def maybe_on_domain(origin: Origin) -> bool:
    """Whether the domain went into a function of unknown body on the way."""
    return any(r.kind is RootKind.DOMAIN and bool(r.through) for r in origin)


def is_domain_itself(origin: Origin) -> bool:
    """Whether the value is the domain's own address."""
    return has(origin, RootKind.DOMAIN, state=False)
