# SPDX-License-Identifier: GPL-2.0-only
"""The rules about what the state of the domain and of the device tells."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.analysis.origins.roots import Origin, Root, RootKind, has, on_device
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.rules.cases import Case, Judgement, be, texts
from errno_gen.analysis.rules.facts import (
    Fact,
    Test,
    is_address,
    is_domain_itself,
    maybe_on_domain,
    of_domain,
    on_domain,
)
from errno_gen.analysis.rules.gates import gates_of, telling
from errno_gen.errnos import errno_meanings
from errno_gen.model import Cause


def _holder(fact: Fact) -> bool:
    """Whether a fact is about which domain the device's side holds."""
    return any(operand.domain_pointer for operand in fact.operands)


def identified(case: Case) -> Judgement | None:
    """What tells which domain the hardware runs is compared with that of this domain."""
    return next((_runs_another(fact) for fact in case.facts if fact.identifies), None)


def _runs_another(fact: Fact) -> Judgement:
    text = (
        f"{texts((fact,))} tell which domain the device or its IOMMU runs: it was given "
        f"the very value that it is compared with. A fresh domain would not help."
    )
    return Judgement(Cause.BUSY, "identity", (text,))


def domain_identity(case: Case) -> Judgement | None:
    """The device side holds a domain: compared with this one, or just tested for one."""
    for fact in sorted(case.facts, key=lambda fact: fact.test is not Test.COMPARE):
        itself = [o for o in fact.operands if is_domain_itself(o.origin)]
        others = [o for o in fact.operands if o not in itself and _held(o.origin)]
        fixed = [o for o in fact.operands if o not in itself and is_address(o.origin)]
        if fact.test is Test.COMPARE and itself and fixed and not case.fixed_domain:
            text = f"The check singles out one domain, {quoted(fixed[0].text)}, from all others."
            return Judgement(Cause.INCOMPATIBLE, "one domain", (text,))
        if fact.test is Test.COMPARE and itself and others:
            text = (
                f"{quoted(others[0].text)} is the domain that the device or its IOMMU holds, "
                f"compared with this domain itself. A fresh domain would not help."
            )
            return Judgement(Cause.BUSY, "identity", (text,))
        if fact.given and case.errno in errno_meanings().in_use:
            return _runs_another(fact)
        if fact.test is Test.COMPARE and fact.equal and _holds_device(fact):
            text = (
                f"{texts((fact,))} show that the device or its IOMMU has this very device already. "
                f"A fresh domain would not help."
            )
            return Judgement(Cause.BUSY, "device held", (text,))
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
    return on_device(origin) and not on_domain(origin) and not is_address(origin)


def _holds_device(fact: Fact) -> bool:
    """Whether the device itself is compared with one that stands on the side of hardware."""
    itself = [o for o in fact.operands if has(o.origin, RootKind.DEVICE, state=False)]
    others = [o for o in fact.operands if o not in itself and _held(o.origin)]
    return bool(itself) and any(has(o.origin, RootKind.DEVICE, state=True) for o in others)


def domain_state(case: Case) -> Judgement | None:
    """The guard depends on the domain's state, alone or against the device's."""
    found = telling(case.facts)
    if not found:
        return None
    if case.fresh is not None:
        text = (
            f"The domain is only being set up here ({quoted(case.fresh.text)}), so the check "
            f"of {texts(found)} does not tell whether another domain would do."
        )
        return Judgement(Cause.UNKNOWN, "fresh domain", (text,))
    if all(fact.kind or fact.kind_joined for fact in found):
        beside = [
            fact
            for fact in case.facts
            if fact.kind_joined or (fact not in found and on_device(fact.origin))
        ]
        return _kind_beside(case, found, beside) if beside else _incompatible(case, found)
    return _incompatible(case, found)


def _incompatible(case: Case, found: Sequence[Fact]) -> Judgement:
    sentence = _domain_sentence(found, case.facts)
    asks = any(has(fact.origin, RootKind.CALL) for fact in case.facts)
    counts = all(f.counted and not on_device(f.origin) for f in case.facts)
    full = counts and case.errno in errno_meanings().resources  # a fresh domain has room
    if not full and _means_itself(case.errno, asks):
        return Judgement(Cause.UNKNOWN, "own meaning", (sentence, _own_meaning(case.errno)))
    return Judgement(Cause.INCOMPATIBLE, "domain state", (sentence,))


def _means_itself(errno: str, hardware: bool) -> bool:
    """Whether an errno has a meaning of its own, also where ``hardware`` is asked."""
    known = errno_meanings()
    own = errno in known.own_meaning or errno in known.resources
    return own or (hardware and errno in known.of_hardware)


def _own_meaning(errno: str) -> str:
    return f"{errno} means something else to callers, so whether that is meant is not known."


def _kind_beside(case: Case, kinds: Sequence[Fact], beside: Sequence[Fact]) -> Judgement:
    """The kind of the domain and the device's state in one condition: the errno decides."""
    text = f"{texts(kinds)} tells the kind of the domain, and {texts(beside)} is the device's."
    if case.errno in errno_meanings().unsuited:
        text = f"{text} The driver's own {case.errno} says that the two do not go together."
        return Judgement(Cause.INCOMPATIBLE, "kind and device", (text,), loud=True)
    text = f"{text} Callers seldom can choose another kind, and {case.errno} does not tell."
    return Judgement(Cause.UNKNOWN, "kind and device", (text,))


def _domain_sentence(found: Sequence[Fact], facts: Sequence[Fact]) -> str:
    reads = [o for fact in found for o in fact.operands if of_domain(o.origin)]
    against = [
        o
        for fact in facts
        for o in fact.operands
        if on_device(o.origin) and not of_domain(o.origin)
    ]
    mine = listed(dict.fromkeys(quoted(o.text) for o in reads))
    verb = be(mine)
    if not against and any(on_device(operand.origin) for operand in reads):
        return (
            f"{mine} {verb} computed from the domain and from the device or its IOMMU, so another "
            f"domain may be attached."
        )
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
    if not on_device(origin) and not has(origin, RootKind.UNKNOWN) and not maybe_on_domain(origin):
        return None
    if has(origin, RootKind.ALLOCATION):
        return None
    reads = listed(dict.fromkeys(quoted(o.text) for f in case.facts for o in f.operands))
    return (
        _ran_out(case, origin, reads)
        or _in_use(case, origin, reads)
        or _asked(case, reads)
        or _not_closed(origin)
        or _gated(case, origin, reads)
        or _device(case, reads)
    )


def _not_closed(origin: Origin) -> Judgement | None:
    """A claim about every domain needs that all is known that the check reads."""
    if maybe_on_domain(origin):
        names = listed(dict.fromkeys(quoted(f"{r.through}()") for r in _domain_through(origin)))
        text = f"The domain goes into {names}, and what that does with it is not known."
        return Judgement(Cause.UNKNOWN, "unknown callee", (text,))
    if has(origin, RootKind.UNKNOWN):
        names = listed(
            dict.fromkeys(quoted(r.name) for r in _sorted(origin) if r.kind is RootKind.UNKNOWN)
        )
        text = f"What {names} has to do with the domain or the device is not known."
        return Judgement(Cause.UNKNOWN, "unknown value", (text,))
    return None


def nothing_free(case: Case) -> Judgement | None:
    """A search that the driver makes itself found no element of hardware that is free."""
    for fact in case.facts:
        if fact.lacked:
            text = (
                f"{quoted(fact.text)} tells that a loop found nothing for which "
                f"{quoted(fact.lacked)} is not set, so that nothing is free."
            )
            return Judgement(Cause.NOSPC, "own search", (text,))
    return None


def status(case: Case) -> Judgement | None:
    """One of several errnos that a switch makes of what a call answered."""
    told = [f for f in case.facts if f.translated and (f.calls or has(f.origin, RootKind.CALL))]
    if not told:
        return None
    text = f"{texts(told)} is a status that is turned into errnos, and tells no cause."
    return Judgement(Cause.UNKNOWN, "status", (text,))


def _ran_out(case: Case, origin: Origin, reads: str) -> Judgement | None:
    """The driver says by its errno that something ran out, after a count or a search."""
    counts = any(fact.test in (Test.COMPARE, Test.NEGATIVE) for fact in case.facts)
    if case.errno not in errno_meanings().resources or not counts or _not_closed(origin):
        return None
    text = f"{reads} {be(reads)} compared, and {case.errno} says that nothing is left of it."
    return Judgement(Cause.NOSPC, "ran out", (text,))


def _in_use(case: Case, origin: Origin, reads: str) -> Judgement | None:
    """The driver says by its errno that the device's side, which alone is asked, is taken."""
    tested = any(fact.test in (Test.NONZERO, Test.COMPARE) for fact in case.facts)
    if case.errno not in errno_meanings().in_use or not tested or _not_closed(origin):
        return None
    text = (
        f"{reads} {be(reads)} read from the device or its IOMMU, which is in use as the "
        f"driver's own {case.errno} says. A fresh domain would not help."
    )
    return Judgement(Cause.BUSY, "device in use", (text,))


def _asked(case: Case, reads: str) -> Judgement | None:
    """A gate on what the domain asks for, whatever is checked inside."""
    gates = gates_of(case)
    if gates.asks:
        text = (
            f"{reads} {be(reads)} checked only because of {texts(gates.asks[:1])}, which the "
            f"domain decides, so another domain may be attached."
        )
        if _means_itself(case.errno, hardware=True):
            return Judgement(Cause.UNKNOWN, "own meaning", (text, _own_meaning(case.errno)))
        if all(fact.missing for fact in case.facts):
            lacks = "What is missing is the device's, and no domain may bring it."
            return Judgement(Cause.UNKNOWN, "missing", (text, lacks))
        return Judgement(Cause.INCOMPATIBLE, "domain state around", (text,))
    return None


def _gated(case: Case, origin: Origin, reads: str) -> Judgement | None:
    """What the gates around a check of the device make of it; None where they say nothing."""
    gates = gates_of(case)
    if gates.open:
        text = (
            f"{reads} {be(reads)} checked only because of {texts(gates.open[:1])}, and whether the "
            f"domain decides that is not known."
        )
        return Judgement(Cause.UNKNOWN, "unknown around", (text,))
    if gates.flags:
        text = (
            f"{reads} {be(reads)} checked only because of {quoted(gates.flags[0].text)}, and "
            f"whether the domain decides this flag among those of the variable is not known."
        )
        return Judgement(Cause.UNKNOWN, "flag around", (text,))
    if gates.kinds and not has(origin, RootKind.FIRMWARE):
        text = (
            f"{reads} {be(reads)} checked only for domains of the kind that "
            f"{texts(gates.kinds[:1])} tells, and callers seldom can choose another kind."
        )
        return Judgement(Cause.UNKNOWN, "kind around", (text,))
    none = [fact for fact in case.facts if fact.nothing and _holder(fact)]
    if none and len(case.facts) > 1:
        text = (
            f"{reads} {be(reads)} checked where {texts(none[:1])} holds no domain, so that another "
            f"one may be held elsewhere."
        )
        return Judgement(Cause.UNKNOWN, "held elsewhere", (text,))
    held = [fact for fact in case.facts if not fact.nothing and has(fact.origin, RootKind.HELD)]
    if held:
        taken = [o for fact in held for o in fact.operands if has(o.origin, RootKind.HELD)]
        names = listed(dict.fromkeys(quoted(o.text) for o in taken))
        text = (
            f"{names} may tell that something is taken on the side of the device or its "
            f"IOMMU, and not by whom."
        )
        return Judgement(Cause.UNKNOWN, "held", (text,))
    if gates.unsure:
        text = (
            f"{reads} {be(reads)} checked only where the check of {texts(gates.unsure[:1])}, which "
            f"the domain decides, did not leave before."
        )
        return Judgement(Cause.UNKNOWN, "domain state before", (text,))
    return None


def _device(case: Case, reads: str) -> Judgement:
    """What only the device's side decides; for a static domain, that may rule out just that one."""
    if case.fixed_domain and any(fact.asserted for fact in case.facts):
        text = f"The check of {reads} is an assertion about one particular domain."
        return Judgement(Cause.UNKNOWN, "assertion", (text,))
    if case.fixed_domain and not all(fact.missing for fact in case.facts):
        text = (
            f"The callback serves one particular domain, and the check of {reads} may only rule "
            f"out that one, so a domain of another kind may be attached."
        )
        if _means_itself(case.errno, hardware=True):
            return Judgement(Cause.UNKNOWN, "own meaning", (text, _own_meaning(case.errno)))
        return Judgement(Cause.INCOMPATIBLE, "fixed domain", (text,))
    text = (
        f"The check of {reads} depends on the device or its IOMMU and on no state of the domain, "
        f"so no domain can be attached."
    )
    return Judgement(Cause.DEVICE, "device state", (text,))


def _domain_through(origin: Origin) -> list[Root]:
    return [r for r in _sorted(origin) if r.kind is RootKind.DOMAIN and r.through]


def _sorted(origin: Origin) -> list[Root]:
    return sorted(origin, key=lambda root: (root.through, root.name))
