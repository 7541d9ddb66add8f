# SPDX-License-Identifier: GPL-2.0-only
"""The rules about values that a call made: memory, ids, errnos of a callee."""

from __future__ import annotations

from dataclasses import replace

from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.origins.roots import RootKind, has, on_device
from errno_gen.analysis.prose import listed, quoted
from errno_gen.analysis.rules.cases import Case, Judgement, texts
from errno_gen.analysis.rules.facts import Fact, Test, on_domain
from errno_gen.errnos import errno_meanings
from errno_gen.model import Cause

_FAILED = (Test.NONZERO, Test.NEGATIVE, Test.ERROR_VALUE)
_NO_ERRNOS: set[ValueKind | None] = {ValueKind.BOOL, ValueKind.POINTER}
# What a callee may return if the test is to leave nothing of it but errnos.
_ERRNOS: dict[Test, set[ValueKind | None]] = {
    Test.NONZERO: {ValueKind.ERRNO},
    Test.NEGATIVE: {ValueKind.ERRNO, ValueKind.COUNT},
    Test.ERROR_VALUE: {None, *ValueKind} - _NO_ERRNOS - {ValueKind.CODE},
}
_MISSING = (Test.ZERO, Test.POINTER_ERROR, Test.ERROR_OR_NULL)


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
            text = f"{texts((fact,))} may come from an allocator or from elsewhere."
            return Judgement(Cause.UNKNOWN, "allocation", (text,))
        text = f"{texts((fact,))} is missing because memory could not be allocated."
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
    """A search in a bitmap or an id space found nothing; an id that was found may be compared."""
    for fact in case.facts:
        if fact.identifies:
            continue
        if fact.slot:
            text = f"No free place was found among {quoted(fact.slot)} of the device or its IOMMU."
            return Judgement(Cause.NOSPC, "slots", (text,))
        names = _searches(fact)
        if names:
            text = f"{listed(quoted(f'{n}()') for n in names)} found nothing free."
            return Judgement(Cause.NOSPC, "search", (text,))
    return None


def search_says(case: Case) -> Judgement | None:
    """A search failed, and the driver says itself what that means, whatever errno it hides."""
    for fact in case.facts:
        searched = bool(fact.calls) and {call.name for call in fact.calls} <= set(_searches(fact))
        if case.errno in errno_meanings().full and searched and fact.test in _FAILED:
            return search_failed(replace(case, facts=(fact,)))
    return None


def _searches(fact: Fact) -> list[str]:
    """The searches whose answer is tested, not what a function made of one that it was given."""
    return sorted({r.name for r in fact.origin if r.kind is RootKind.SEARCH and not r.through})


def callee_replaced(case: Case) -> Judgement | None:
    """A callee's errno was tested and replaced."""
    for fact in case.facts:
        if fact.test is Test.POINTER_ERROR and fact.calls:
            variable = fact.calls[0].variable
            return _swallowed(fact, f"PTR_ERR({variable})" if variable else "", case.errno)
        if not fact.calls or fact.test not in _FAILED:
            continue
        if any(call.lost for call in fact.calls):
            continue
        kinds = {call.kind for call in fact.calls}
        variables = {call.variable for call in fact.calls}
        variable = variables.pop() if len(variables) == 1 else ""
        if kinds <= _ERRNOS[fact.test]:
            return _swallowed(fact, variable, case.errno)
        if fact.test is Test.NEGATIVE and kinds <= {*_ERRNOS[fact.test], ValueKind.MIXED}:
            return replace(_swallowed(fact, "", case.errno), tested=variable)
    return None


def callee_open(case: Case) -> Judgement | None:
    """A callee's value was tested that says nothing, or nothing we know."""
    for fact in case.facts:
        kinds = {call.kind for call in fact.calls}
        names = listed(quoted(f"{call.name}()") for call in fact.calls)
        if any(call.lost for call in fact.calls):
            text = f"The errno of {names} is lost in what the check reads of it."
            return Judgement(Cause.UNKNOWN, "errno lost", (text,))
        unknown = {r.name for r in fact.origin if r.kind is RootKind.UNKNOWN}
        bodiless = {name for name in unknown if name.endswith("()")}
        if fact.test in _MISSING and bodiless and all(o.pointer for o in fact.operands):
            who = listed(quoted(name) for name in sorted(bodiless))
            text = f"{texts((fact,))} is missing, and what {who} has to do with it is not known."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if fact.test is Test.ERROR_OR_NULL and kinds and not all(c.reads for c in fact.calls):
            text = f"The check does not tell an errno of {names} from a null pointer."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        numbers = any(call.reads for call in fact.calls)  # what is at most 0 is no yes or no
        if fact.test is Test.NOT_POSITIVE and (numbers or not kinds <= _NO_ERRNOS):
            text = f"The check does not tell an errno of {names} from 0."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if fact.test is Test.ONE_ERRNO:
            text = f"{quoted(fact.text)} picks one errno to be translated, and tells no cause."
            return Judgement(Cause.UNKNOWN, "one errno", (text,))
        if fact.test is Test.ZERO and kinds == {ValueKind.ERRNO}:
            text = f"That {names} ended well says nothing of what comes after it."
            return Judgement(Cause.UNKNOWN, "callee", (text,))
        if not kinds or fact.test not in _FAILED or kinds <= _NO_ERRNOS:
            continue
        if ValueKind.MIXED in kinds:
            text = f"{names} may return an errno or another number, and the check tells no more."
        elif ValueKind.COUNT in kinds:
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


def memory_says(case: Case) -> Judgement | None:
    """The driver says by its errno that memory is missing: then nothing else is meant."""
    if case.errno not in errno_meanings().memory:
        return None
    for fact in case.facts:
        given = fact.calls or any(has(o.origin, RootKind.CALL) for o in fact.operands)
        if fact.test in _MISSING and given and all(o.pointer for o in fact.operands):
            text = f"{texts((fact,))} is missing, and {case.errno} says that it was to be memory."
            return Judgement(Cause.NOMEM, "memory", (text,))
    text = f"{case.errno} says that memory is missing, and no check that the code makes shows it."
    return Judgement(Cause.UNKNOWN, "memory", (text,))
