# SPDX-License-Identifier: GPL-2.0-only
"""The message of a driver's commit: what changes and why, in the verdicts' own sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from errno_gen.analysis.c.text.lexer import NAME, OTHER, Lexeme, code, decode
from errno_gen.decisions import guard_text
from errno_gen.model import (
    MESSAGES_ONLY,
    TO_CHANGE,
    Action,
    Cause,
    Driver,
    DriverPatch,
    Fate,
    Location,
    Verdict,
)
from errno_gen.policy import Policy
from errno_gen.policytables import PROPAGATE
from errno_gen.stages.commit.sentences import condensed
from errno_gen.stages.commit.subject import subject_line, tree_wide_subject
from errno_gen.tools.render import render

_CONCLUSION = re.compile(r", so (?:another domain may|no domain can) be attached\.$")
_OPENING = Lexeme(OTHER, b"(", 0, 0)
_BEFORE_CALL = (b";", b"{", b"}", b")", b"else")


@dataclass(frozen=True, slots=True)
class Change:
    """What one paragraph tells: the same change, for the same reasons, in some functions.

    ``functions`` are called for the callbacks ``serves``, or are callbacks themselves.
    ``new`` is an errno, "" where the callee's errno is handed on, and None where errnos
    stay and just messages go. ``constants`` are file and offset of what changes,
    ``messages`` maps the places of message calls that go to their names; with ``quieter`` they
    become debug messages instead. ``apart`` tells
    how the way out got an errno of its own: ``preset`` (it is now set where the way out is
    taken), ``joined`` (what a joined condition checked is now checked one by one) or "".
    ``callees`` are kernel functions whose errno is converted, ``within`` the functions that
    call them, if the conversion is not there. ``driver`` is said where a message is about
    several. ``cause`` is what the errno means; ``misleads`` tells that callers take ``old``
    for a domain that does not fit, ``again`` that the message has told of this cause before.
    ``because`` leaves out what follows from the cause where errnos change.
    """

    functions: tuple[str, ...]
    serves: tuple[str, ...]
    old: tuple[str, ...]
    new: str | None
    because: tuple[str, ...]
    constants: frozenset[tuple[str, int]]
    messages: dict[tuple[str, int], str]
    apart: str = ""
    decided: tuple[tuple[str, str], ...] = ()
    callees: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    driver: str = ""
    cause: str = ""
    misleads: bool = False
    again: bool = False
    quieter: bool = False

    @property
    def places(self) -> int:
        """How many constants change."""
        return len(self.constants)

    @property
    def drops(self) -> tuple[tuple[str, int], ...]:
        """The message calls that go: their names, each with its number."""
        return tuple(Counter(self.messages.values()).items())


def commit_message(
    patch: DriverPatch,
    policy: Policy,
    signoff: str | None = None,
    prefix: str = "",
    smpl: str = "",
) -> str:
    """The whole message, ending in a newline.

    ``signoff`` is the name and address for a Signed-off-by line, as ``git commit -s`` has it;
    ``prefix`` that of the subject, "" for one that the paths give; ``smpl`` the rules of a
    semantic patch to show, if any.
    """
    changed = [verdict for verdict in patch.verdicts if verdict.action in TO_CHANGE]
    subject = subject_line(patch, policy, prefix)
    return _rendered(subject, policy, described(patch, changed), changed, signoff, smpl)


def tree_wide_message(
    patches: Sequence[DriverPatch],
    policy: Policy,
    signoff: str | None,
    prefixes: Mapping[Driver, str],
) -> str:
    """The message of a commit to several drivers; ``prefixes`` are those of their subjects."""
    changed = [v for patch in patches for v in patch.verdicts if v.action in TO_CHANGE]
    changes = [
        replace(change, driver=patch.driver.name)
        for patch in patches
        for change in described(patch, [v for v in changed if v.driver == patch.driver.name])
    ]
    subject = tree_wide_subject(patches, policy, [prefixes[patch.driver] for patch in patches])
    return _rendered(subject, policy, tuple(changes), changed, signoff)


def _rendered(
    subject: str,
    policy: Policy,
    changes: tuple[Change, ...],
    changed: Sequence[Verdict],
    signoff: str | None,
    smpl: str = "",
) -> str:
    told: set[str] = set()
    whole = []
    for change in changes:
        misleads = bool(policy.reserved & {*change.old}) and change.new not in (None, "")
        whole.append(replace(change, misleads=misleads, again=change.cause in told))
        if change.new is not None:
            told.add(change.cause)
    return render(
        "commit-message.txt.j2",
        subject=subject,
        why=policy.problem,
        changes=whole,
        print_rule=policy.print_rule if any(change.drops for change in changes) else None,
        outside=_outside(changed),
        member=policy.roles.member,
        signoff=signoff,
        smpl=smpl,
    )


def described(patch: DriverPatch, verdicts: Iterable[Verdict]) -> tuple[Change, ...]:
    """The changes of some verdicts, in the order of the source, none told twice."""
    order = sorted(verdicts, key=lambda v: (v.site.constant.file, v.site.constant.start))
    by_reason: dict[object, list[Verdict]] = {}
    for verdict in order:
        new = _new(verdict)
        # The errno that stays is part of what a dropped message is about.
        old = verdict.site.errno if new is None else ""
        where = (verdict.site.constant.file, verdict.site.function, verdict.callee)
        key = (*where, new, old, _apart(verdict), verdict.because, _decided(verdict))
        by_reason.setdefault(key, []).append(verdict)
    changes = [_change(patch, alike) for alike in by_reason.values()]
    return _introduced(_joined_functions(_joined_reasons(changes)))


def _change(patch: DriverPatch, alike: Sequence[Verdict]) -> Change:
    """One change from verdicts on one function with the same reasons and errno."""
    first = alike[0]
    callbacks = tuple(dict.fromkeys(f"{name}()" for v in alike for name in v.callbacks))
    own = f"{first.site.function}()"
    functions = tuple(dict.fromkeys(f"{name}()" for v in alike for name in _changed(v)))
    return Change(
        functions=functions,
        serves=() if set(functions) <= set(callbacks) else callbacks,
        old=tuple(dict.fromkeys(v.site.errno for v in alike)),
        new=_new(first),
        because=tuple(_reasons(first)),
        cause=_cause(first),
        constants=frozenset(place for v in alike for place in _places(v)),
        messages=dict(call for v in alike for place in v.prints for call in _calls(patch, place)),
        quieter=first.messages is Fate.DEBUG,
        apart=_apart(first),
        decided=_decided(first),
        callees=(f"{first.callee}()",) if first.callee else (),
        within=() if own in functions else (own,),
    )


def _joined_reasons(changes: Iterable[Change]) -> list[Change]:
    """Join the same change of one function that has different reasons in different places."""
    joined: dict[object, Change] = {}
    for change in changes:
        by_hand = bool(change.decided)
        what = (change.old, change.new, change.apart, bool(change.callees), change.within)
        key = (change.functions, change.serves, change.cause, *what, by_hand)
        other = joined.get(key)
        joined[key] = change if other is None else _added(other, change)
    return list(joined.values())


def _joined_functions(changes: Iterable[Change]) -> list[Change]:
    """Join the same change of several functions that has the same reasons."""
    joined: dict[object, Change] = {}
    for change in changes:
        reasons = (change.because, change.decided, change.callees, change.within)
        key = (change.serves, change.cause, change.old, change.new, change.apart, reasons)
        other = joined.get(key)
        joined[key] = change if other is None else _added(other, change)
    return list(joined.values())


def _introduced(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Say just once whom a helper serves, and join reasons that differ in one expression."""
    seen: set[str] = set()
    told: list[Change] = []
    for change in changes:
        serves = () if seen.issuperset(change.functions) else change.serves
        seen.update(change.functions)
        told.append(replace(change, serves=serves, because=condensed(change.because)))
    return tuple(told)


def _added(one: Change, other: Change) -> Change:
    return replace(
        one,
        functions=tuple(dict.fromkeys((*one.functions, *other.functions))),
        because=tuple(dict.fromkeys((*one.because, *other.because))),
        constants=one.constants | other.constants,
        messages={**one.messages, **other.messages},
        decided=tuple(dict.fromkeys((*one.decided, *other.decided))),
        callees=tuple(dict.fromkeys((*one.callees, *other.callees))),
    )


def _cause(verdict: Verdict) -> str:
    """What a paragraph says of the errno; a person's word on a kernel function counts there."""
    if verdict.wanted == PROPAGATE:
        return str(Cause.SWALLOWED)
    return str(Cause.KAPI) if verdict.callee else str(verdict.cause)


def _reasons(verdict: Verdict) -> Iterator[str]:
    """Why, without a person's reason, and without what the paragraph says before it."""
    said = verdict.action is Action.REWRITE and not verdict.callee
    for text in verdict.because:
        if text != verdict.decision:
            yield _CONCLUSION.sub(".", text) if said else text


def _decided(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The guard that a person judged and the reason; () where the analysis did."""
    return () if verdict.decision is None else ((guard_text(verdict.guard), verdict.decision),)


def _apart(verdict: Verdict) -> str:
    if verdict.split is None or verdict.split.form in ("fetch", "declare", "take"):
        return ""
    return "joined" if verdict.split.form == "half" else "preset"


def _changed(verdict: Verdict) -> tuple[str, ...]:
    """The functions that change: the one that holds the errno, or those that convert it."""
    if verdict.callee and verdict.conversion is not None and verdict.conversion.places:
        return tuple(place.function for place in verdict.conversion.places)
    return (verdict.site.function,)


def _places(verdict: Verdict) -> Iterator[tuple[str, int]]:
    """Where the change is: the constant, or the way out that gets an errno of its own."""
    if verdict.callee and verdict.conversion is not None and verdict.conversion.places:
        for place in verdict.conversion.places:
            yield place.location.file, place.location.start
    else:
        where = verdict.site.way_out if _apart(verdict) else verdict.site.constant
        yield where.file, where.start


def _new(verdict: Verdict) -> str | None:
    if verdict.action in MESSAGES_ONLY:
        return None
    return "" if verdict.wanted == PROPAGATE else str(verdict.wanted)


def _calls(patch: DriverPatch, where: Location) -> tuple[tuple[tuple[str, int], str], ...]:
    """The calls that a message statement makes, such as ``dev_err()``, and where each is."""
    found: list[tuple[tuple[str, int], str]] = []
    for change in patch.changes:
        if change.path != where.file:
            continue
        # Of a message that becomes a debug one, only the name of what it calls is at hand.
        lexemes = [*code(change.before[where.start : where.end]), _OPENING]
        for before, name, after in zip([None, *lexemes], lexemes, lexemes[1:], strict=False):
            heads = before is None or before.text in _BEFORE_CALL
            if heads and name.kind == NAME and name.text != b"if" and after.text == b"(":
                found.append(((where.file, where.start + name.start), f"{decode(name.text)}()"))
    return tuple(found) or (((where.file, where.start), "message"),)


def _outside(verdicts: Iterable[Verdict]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Helpers that change, with their callers that no callback is behind.

    Helpers with the same callers come together, in the order of the first of them.
    """
    callers: dict[str, set[str]] = {}
    for verdict in verdicts:
        if verdict.outside_callers:
            found = callers.setdefault(f"{verdict.site.function}()", set())
            found.update(f"{name}()" for name in verdict.outside_callers)
    together: dict[tuple[str, ...], list[str]] = {}
    for function, names in callers.items():
        together.setdefault(tuple(sorted(names)), []).append(function)
    return tuple((tuple(functions), names) for names, functions in together.items())
