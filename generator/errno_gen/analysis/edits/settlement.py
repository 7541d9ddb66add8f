# SPDX-License-Identifier: GPL-2.0-only
"""Which ways out are served apart from their constant, once it is known what each wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from errno_gen.analysis.places.division import is_divided, is_half
from errno_gen.model import MESSAGES_ONLY, TO_CHANGE, Action, Conversion, Verdict, with_changes
from errno_gen.policy import is_call
from errno_gen.policytables import PROPAGATE

NO_CONSTANT = "That cannot be done: the errno comes from the callee, there is no constant here."
_SHARED = "The same constant serves another way out, which wants a different errno."
_BOTH = "The other half of the condition wants a different errno, and its if cannot be divided."
_UNSETTLED = "The other half of the condition wants a different errno, or may, and is not settled."
_MESSAGE = "The message in the if may speak of one half of the condition only."
_SHARED_MESSAGE = "The message stays: it serves the other half of the condition, too."


def settle(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts with ``split`` left only where the way out is to be served so.

    Of the errnos that the ways out of one constant want, the constant gets the one of the
    ways that cannot be split, or what most want. What cannot be served goes to review.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for index, verdict in enumerate(verdicts):
        groups.setdefault(_constant(verdict), []).append(index)
    settled = list(verdicts)
    for indices in groups.values():
        group = [verdicts[index] for index in indices]
        served = _settle_halves(group) if any(map(is_half, group)) else _settle(group)
        for index, verdict in zip(indices, served, strict=True):
            settled[index] = verdict
    return tuple(settled)


def _settle(group: Sequence[Verdict]) -> tuple[Verdict, ...]:
    base = _base(group)
    return tuple(_served(verdict, base) for verdict in group)


def _constant(verdict: Verdict) -> tuple[str, int]:
    return verdict.site.constant.file, verdict.site.constant.start


def wanted_value(verdict: Verdict) -> str:
    """What a way out is to return, as C."""
    if verdict.action is not Action.REWRITE or verdict.wanted is None:
        return f"-{verdict.site.errno}"
    if verdict.wanted == PROPAGATE:
        return verdict.propagate or f"-{verdict.site.errno}"
    return f"-{verdict.wanted}"


def _base(group: Iterable[Verdict]) -> str:
    """What the constant itself is to be; "" where each way out has an errno of its own."""
    shared = [v for v in group if not (v.split and v.split.needed and _rewritten(v))]
    if not shared:
        return ""
    fixed = {wanted_value(v) for v in shared if v.split is None or not _rewritten(v)}
    if len(fixed) > 1:
        return f"-{shared[0].site.errno}"
    counted = Counter(wanted_value(v) for v in shared)
    return fixed.pop() if fixed else counted.most_common(1)[0][0]


def _served(verdict: Verdict, base: str) -> Verdict:
    if not _rewritten(verdict):
        return with_changes(verdict, split=None)
    if is_call(verdict):
        return _converted(verdict)
    if verdict.split is not None and verdict.split.needed:
        return verdict
    if wanted_value(verdict) == base:
        return with_changes(verdict, split=None)
    if verdict.split is not None:
        return verdict
    because = (*verdict.because, _SHARED)
    return with_changes(verdict, action=Action.REVIEW, because=because, prints=())


def _converted(verdict: Verdict) -> Verdict:
    """The verdict on a call, put to review unless its errno can and may be converted.

    A doubt about what the errno means is settled by a person's decision.
    """
    found = verdict.conversion or Conversion((), NO_CONSTANT)
    doubt = "" if verdict.decision is not None else found.doubt
    if not found.problem and not doubt:
        return verdict
    because = (*verdict.because, *(text for text in (doubt, found.problem) if text))
    return with_changes(verdict, action=Action.REVIEW, because=because)


def _rewritten(verdict: Verdict) -> bool:
    return verdict.action is Action.REWRITE


# --- halves of a condition -----------------------------------------------------------------


def _settle_halves(group: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts on the halves of one condition, with ``split`` left only to divide its if.

    It is divided only where the halves want different errnos and all of them are decided.
    Nobody knows of which half a message speaks. What cannot be served goes to review.
    """
    if len({wanted_value(verdict) for verdict in group}) == 1:
        silent = all(verdict.prints for verdict in group)
        return tuple(_undivided(verdict, silent=silent) for verdict in group)
    if any(verdict.action is Action.REVIEW for verdict in group):
        return tuple(_left(verdict, _UNSETTLED) for verdict in group)
    if not all(map(is_divided, group)):
        return tuple(_left(verdict, _BOTH) for verdict in group)
    if any(verdict.split is not None and verdict.split.logs for verdict in group):
        return tuple(_left(verdict, _MESSAGE) for verdict in group)
    return tuple(group)


def _undivided(verdict: Verdict, *, silent: bool) -> Verdict:
    """A half that wants what the others want: the constant serves it, if anything."""
    verdict = with_changes(verdict, split=None)
    if silent or not verdict.prints:
        return verdict
    because = (*verdict.because, _SHARED_MESSAGE)
    action = Action.REVIEW if verdict.action in MESSAGES_ONLY else verdict.action
    return with_changes(verdict, prints=(), because=because, action=action)


def _left(verdict: Verdict, why: str) -> Verdict:
    verdict = with_changes(verdict, split=None)
    if verdict.action not in TO_CHANGE:
        return verdict
    because = (*verdict.because, why)
    return with_changes(verdict, action=Action.REVIEW, because=because, prints=())
