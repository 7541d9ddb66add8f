# SPDX-License-Identifier: GPL-2.0-only
"""The cause rules: small, in order, each with its sentence.

A rule sees the facts of one alternative of the innermost guard that means something, the
facts around it, and the errno; never the name of a driver. The first rule that answers
decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.causes.facts import (
    Fact,
    Test,
    is_domain_itself,
    maybe_on_domain,
    on_domain,
)
from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.flow.roots import Origin, Root, RootKind, has, on_device
from errno_gen.analysis.prose import listed, quoted
from errno_gen.model import Cause

# A variable that gathers flags, and the test of one. Its evidence is that of all of them.
_FLAG = re.compile(r"(?:!\s*)?\(?\s*[A-Za-z_]\w*\s*&\s*[A-Za-z_]\w*\s*\)?")
# What drivers answer where the device's side is taken.
_IN_USE = ("EBUSY", "EEXIST")
_FAILED = (Test.NONZERO, Test.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A cause, the rule that decided, its sentences, and what to propagate (or "").

    ``swallowed`` are the functions whose errno the site replaces.
    """

    cause: Cause
    rule: str
    because: tuple[str, ...]
    propagate: str = ""
    swallowed: tuple[str, ...] = ()


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


Rule = Callable[[Case], Judgement | None]


def judge(case: Case) -> Judgement:
    """The judgement of the first rule that answers."""
    for rule in RULES:
        found = rule(case)
        if found is not None:
            return found
    if not any(fact.origin for fact in case.facts):
        texts = _texts(case.facts)
        text = f"{texts} {_be(texts)} computed from nothing of the domain or the device."
        return Judgement(Cause.UNKNOWN, "constant", (text,))
    return Judgement(Cause.UNKNOWN, "none", ("No check that the code makes tells the cause.",))


def unreadable(case: Case) -> Judgement | None:
    """The grammar got lost in the condition: nothing that is read from it can be trusted."""
    lost = [fact for fact in case.facts if fact.unreadable]
    if not lost:
        return None
    text = f"The condition {listed(quoted(fact.text) for fact in lost)} cannot be parsed."
    return Judgement(Cause.UNKNOWN, "unreadable", (text,))


def allocation_failed(case: Case) -> Judgement | None:
    """An allocator's result is missing."""
    for fact in case.facts:
        if fact.test not in (Test.ZERO, Test.POINTER_ERROR, Test.ERROR_OR_NULL):
            continue
        if not has(fact.origin, RootKind.ALLOCATION):
            continue
        if (on_domain(fact.origin) or on_device(fact.origin)) and case.errno != "ENOMEM":
            text = f"{_texts((fact,))} may come from an allocator or from elsewhere."
            return Judgement(Cause.UNKNOWN, "allocation", (text,))
        text = f"{_texts((fact,))} is missing because memory could not be allocated."
        return Judgement(Cause.NOMEM, "allocation", (text,))
    return None


def mapping_failed(case: Case) -> Judgement | None:
    """Memory could not be mapped for the device."""
    for fact in case.facts:
        if fact.test is Test.NONZERO and any(call.maps for call in fact.calls):
            text = f"{quoted(fact.text)} tells that memory could not be mapped."
            return Judgement(Cause.NOMEM, "mapping", (text,))
    return None


def search_failed(case: Case) -> Judgement | None:
    """A search in a bitmap or an id space found nothing."""
    for fact in case.facts:
        names = sorted({r.name for r in fact.origin if r.kind is RootKind.SEARCH})
        if names:
            text = f"{listed(quoted(f'{n}()') for n in names)} found nothing free."
            return Judgement(Cause.NOSPC, "search", (text,))
    return None


def callee_replaced(case: Case) -> Judgement | None:
    """A callee's errno was tested and replaced."""
    for fact in case.facts:
        if fact.test is Test.POINTER_ERROR and fact.calls:
            variable = fact.calls[0].variable
            return _swallowed(fact, f"PTR_ERR({variable})" if variable else "", case.errno)
        if not fact.calls or fact.test not in _FAILED:
            continue
        errnos = {ValueKind.ERRNO}
        if fact.test is Test.NEGATIVE:  # then a count is an errno too
            errnos.add(ValueKind.COUNT)
        if any(call.lost for call in fact.calls):
            continue
        if {call.kind for call in fact.calls} <= errnos:
            variables = {call.variable for call in fact.calls}
            variable = variables.pop() if len(variables) == 1 else ""
            return _swallowed(fact, variable, case.errno)
    return None


def callee_open(case: Case) -> Judgement | None:
    """A callee's value was tested that says nothing, or nothing we know."""
    for fact in case.facts:
        kinds = {call.kind for call in fact.calls}
        names = listed(quoted(f"{call.name}()") for call in fact.calls)
        if any(call.lost for call in fact.calls):
            text = f"The errno of {names} is lost in what the check reads of it."
            return Judgement(Cause.UNKNOWN, "errno lost", (text,))
        if fact.test is Test.ERROR_OR_NULL and kinds:
            text = f"The check does not tell an errno of {names} from a null pointer."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if fact.test is Test.NOT_POSITIVE and not kinds <= {ValueKind.BOOL, ValueKind.POINTER}:
            text = f"The check does not tell an errno of {names} from 0."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if fact.test is Test.ONE_ERRNO:
            text = f"{quoted(fact.text)} picks one errno to be translated, and tells no cause."
            return Judgement(Cause.UNKNOWN, "one errno", (text,))
        if fact.test is Test.ZERO and kinds == {ValueKind.ERRNO}:
            text = f"That {names} ended well says nothing of what comes after it."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if not kinds or fact.test not in _FAILED or kinds <= {ValueKind.BOOL, ValueKind.POINTER}:
            continue
        if ValueKind.COUNT in kinds:
            text = f"{names} may return an errno or a positive number, and the check tells no more."
        elif kinds <= {ValueKind.CODE, ValueKind.VALUE}:
            text = f"{names} returns a code that is no errno, and says nothing of the domain."
        else:
            text = f"What {names} returns, and why, is not known."
        return Judgement(Cause.UNKNOWN, "callee", (text,))
    return None


def _swallowed(fact: Fact, expression: str, errno: str) -> Judgement:
    names = listed(quoted(f"{call.name}()") for call in fact.calls)
    text = f"{names} returns an errno of its own, which {errno} replaces."
    callees = tuple(dict.fromkeys(call.name for call in fact.calls))
    return Judgement(Cause.SWALLOWED, "callee", (text,), expression, callees)


def domain_identity(case: Case) -> Judgement | None:
    """The device side holds a domain: compared with this one, or just tested for one."""
    for fact in sorted(case.facts, key=lambda fact: fact.test is not Test.COMPARE):
        itself = [o for o in fact.operands if is_domain_itself(o.origin)]
        others = [o for o in fact.operands if o not in itself and _held(o.origin)]
        fixed = [o for o in fact.operands if o not in itself and _is_fixed(o.origin)]
        if fact.test is Test.COMPARE and itself and fixed and not case.fixed_domain:
            text = f"The check singles out one domain, {quoted(fixed[0].text)}, from all others."
            return Judgement(Cause.INCOMPATIBLE, "one domain", (text,))
        if fact.test is Test.COMPARE and itself and others:
            text = (
                f"{quoted(others[0].text)} is the domain that the device or its IOMMU holds, "
                f"compared with this domain itself. A fresh domain would not help."
            )
            return Judgement(Cause.BUSY, "identity", (text,))
        for operand in fact.operands:
            if fact.test is not Test.NONZERO or not operand.domain_pointer:
                continue
            if on_device(operand.origin) and not has(operand.origin, RootKind.DOMAIN):
                text = (
                    f"{quoted(operand.text)} shows that the device or its IOMMU already holds "
                    f"a domain. A fresh domain would not help."
                )
                return Judgement(Cause.BUSY, "identity", (text,))
    return None


def _held(origin: Origin) -> bool:
    return on_device(origin) and not on_domain(origin) and not _is_fixed(origin)


def _is_fixed(origin: Origin) -> bool:
    """Whether the value is the address of a variable, which no state decides."""
    return bool(origin) and all(r.kind is RootKind.GLOBAL and not r.state for r in origin)


def domain_state(case: Case) -> Judgement | None:
    """The guard depends on the domain's state, alone or against the device's."""
    telling = [fact for fact in case.facts if on_domain(fact.origin)]
    if not telling:
        return None
    if case.fresh is not None:
        text = (
            f"The domain is only being set up here ({quoted(case.fresh.text)}), so the check "
            f"of {_texts(telling)} does not tell whether another domain would do."
        )
        return Judgement(Cause.UNKNOWN, "fresh domain", (text,))
    return Judgement(Cause.INCOMPATIBLE, "domain state", (_domain_sentence(telling, case.facts),))


def _domain_sentence(telling: Sequence[Fact], facts: Sequence[Fact]) -> str:
    reads = [o for fact in telling for o in fact.operands if on_domain(o.origin)]
    against = [
        o
        for fact in facts
        for o in fact.operands
        if on_device(o.origin) and not has(o.origin, RootKind.DOMAIN)
    ]
    mine = listed(dict.fromkeys(quoted(o.text) for o in reads))
    verb = _be(mine)
    if not against:
        return f"{mine} {verb} read from the domain alone, so another domain may be attached."
    theirs = listed(dict.fromkeys(quoted(o.text) for o in against))
    return (
        f"{mine} {verb} read from the domain and checked against {theirs} of the device or its "
        f"IOMMU, so another domain may be attached."
    )


def device_state(case: Case) -> Judgement | None:
    """The guard depends on device, IOMMU or firmware state, and on no domain state."""
    origin = frozenset(root for fact in case.facts for root in fact.origin)
    if maybe_on_domain(origin):
        names = listed(dict.fromkeys(quoted(f"{r.through}()") for r in _domain_through(origin)))
        text = f"The domain goes into {names}, and what that does with it is not known."
        return Judgement(Cause.UNKNOWN, "unknown callee", (text,))
    if not on_device(origin) or has(origin, RootKind.ALLOCATION):
        return None
    reads = listed(dict.fromkeys(quoted(o.text) for f in case.facts for o in f.operands))
    if any(fact.asserted for fact in case.facts):
        text = f"The check of {reads} is an assertion, which is never meant to fail."
        return Judgement(Cause.UNKNOWN, "assertion", (text,))
    status = [f for f in case.facts if f.translated and has(f.origin, RootKind.CALL)]
    if status:
        text = f"{_texts(status)} is a status that is turned into errnos, and tells no cause."
        return Judgement(Cause.UNKNOWN, "status", (text,))
    if case.errno in _IN_USE and any(fact.test is Test.NONZERO for fact in case.facts):
        text = (
            f"{reads} {_be(reads)} read from the device or its IOMMU, which is in use as the "
            f"driver's own {case.errno} says. A fresh domain would not help."
        )
        return Judgement(Cause.BUSY, "device in use", (text,))
    outer = [fact for fact in case.outer if on_domain(fact.origin)]
    if outer and _FLAG.fullmatch(outer[0].text):
        text = (
            f"{reads} {_be(reads)} checked only because of {quoted(outer[0].text)}, and whether "
            f"the domain decides this flag among those of the variable is not known."
        )
        return Judgement(Cause.UNKNOWN, "flag around", (text,))
    if outer:
        text = (
            f"{reads} {_be(reads)} checked only because of {_texts(outer[:1])}, which the "
            f"domain decides, so another domain may be attached."
        )
        return Judgement(Cause.INCOMPATIBLE, "domain state around", (text,))
    held = [fact for fact in case.facts if not fact.nothing and has(fact.origin, RootKind.HELD)]
    if held:
        taken = [o for fact in held for o in fact.operands if has(o.origin, RootKind.HELD)]
        names = listed(dict.fromkeys(quoted(o.text) for o in taken))
        text = (
            f"{names} may tell that something is taken on the side of the device or its "
            f"IOMMU, and not by whom."
        )
        return Judgement(Cause.UNKNOWN, "held", (text,))
    passed = [fact for fact in case.passed if _domain_alone(fact)]
    if passed:
        text = (
            f"{reads} {_be(reads)} checked only where the check of {_texts(passed[:1])}, which "
            f"the domain decides, did not leave before."
        )
        return Judgement(Cause.UNKNOWN, "domain state before", (text,))
    if case.fixed_domain and not all(fact.missing for fact in case.facts):
        text = f"The callback serves one particular domain, and {reads} may only rule out that one."
        return Judgement(Cause.UNKNOWN, "fixed domain", (text,))
    text = (
        f"The check of {reads} depends on the device or its IOMMU and on no state of the domain, "
        f"so no domain can be attached."
    )
    return Judgement(Cause.DEVICE, "device state", (text,))


def _domain_alone(fact: Fact) -> bool:
    """Whether a fact is what the domain is like, not whom it belongs to or whether it is set up."""
    return on_domain(fact.origin) and not any(
        o.pointer or on_device(o.origin) or is_domain_itself(o.origin) for o in fact.operands
    )


def _domain_through(origin: Origin) -> list[Root]:
    passed = [r for r in origin if r.kind is RootKind.DOMAIN and r.through]
    return sorted(passed, key=lambda root: root.through)


def _be(names: str) -> str:
    return "are" if " and " in names else "is"


def _texts(facts: Sequence[Fact]) -> str:
    texts = [quoted(o.text) for fact in facts for o in fact.operands] or [
        quoted(fact.text) for fact in facts
    ]
    return listed(dict.fromkeys(texts))


RULES: tuple[Rule, ...] = (
    unreadable,
    allocation_failed,
    mapping_failed,
    callee_replaced,
    search_failed,
    callee_open,
    domain_identity,
    domain_state,
    device_state,
)
