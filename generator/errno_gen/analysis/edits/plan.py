# SPDX-License-Identifier: GPL-2.0-only
"""From verdicts to a plan: which bytes change into what, and what is left alone, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.text.lexer import decode
from errno_gen.analysis.edits import conversions
from errno_gen.analysis.edits.arms import Piece, Share, declared, divided, piece, unset
from errno_gen.analysis.edits.cutouts import (
    DEBUG,
    DROP,
    ERRNO,
    KAPI,
    PROPAGATE,
    SPLIT,
    around,
)
from errno_gen.analysis.edits.settlement import wanted_value
from errno_gen.analysis.edits.sources import Planned, changes, paths, planned
from errno_gen.analysis.places.division import is_divided
from errno_gen.analysis.places.messages import debug_form
from errno_gen.errors import SourceError
from errno_gen.model import (
    MESSAGES_ONLY,
    Action,
    Edit,
    Fate,
    SourceFile,
    Verdict,
    with_changes,
)
from errno_gen.policy import is_call

_CONSTANT = re.compile(rb"-\s*(?:(E[A-Z0-9_]+)|\(\s*(E[A-Z0-9_]+)\s*\))")
# A macro that stands for an errno, which is used here.
_NAMED = re.compile(rb"-?\s*(?:([A-Za-z_]\w*)|\(\s*([A-Za-z_]\w*)\s*\))")

_PARTED = re.compile(rb"/[*/]|\\\r?\n")

# What needs no parentheses wherever a constant stood: a name, a member, a simple call.
_PRIMARY = re.compile(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*(?:\([^()]*\))?\Z")

_CONFLICT = "Left alone: the same constant serves another way out, which wants a different errno."
_NO_PLACE = "Left alone: there is no place where this way out alone can get its errno."
_REMARK = "Left alone: a comment in the if may speak of one half of the condition only."
_IN_TWO = "Left alone: a comment or a continued line stands inside the constant."
_NO_FUNCTION = "Left alone: the constant is not inside a function that can be rewritten."


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits in the order of file and place, and the verdicts as the plan serves them.

    A verdict that cannot be served has the action ``review``, one whose message cannot go
    has lost it in ``prints``; both say so in a further sentence.
    """

    edits: tuple[Edit, ...]
    verdicts: tuple[Verdict, ...]


def plan(verdicts: Sequence[Verdict], sources: Mapping[str, SourceFile], apis: KernelApis) -> Plan:
    """What is to be changed for the verdicts whose action is rewrite, drop-print or debug-print.

    ``sources`` holds each file that such a verdict names. Raises SourceError when a file is
    missing, or does not hold the constant at its place (the verdict is of another revision).
    """
    files = {
        path: Planned(source, apis)
        for path, source in sources.items()
        if any(path in paths(verdict) for verdict in verdicts if changes(verdict))
    }
    settled = _constants(verdicts, files)
    quieted = _quieted(settled, files, apis)
    settled, splits = _splits(settled, files, quieted)
    settled, halved = _divisions(settled, files)
    splits += halved
    settled, converted = _conversions(settled, files, [*splits, *quieted])
    edits = {(each.location.file, each.location.start): each for each in quieted}
    for verdict in settled:
        if verdict.action is Action.REWRITE and _at_constant(verdict):
            edit = _constant_edit(verdict, planned(files, verdict.site.constant.file))
            if edit.old != edit.new:
                edits[edit.location.file, edit.location.start] = edit
    settled, drops = _messages(settled, files)
    inside = [
        key
        for key, edit in edits.items()
        if any(
            drop.location.file == key[0]
            and drop.location.start <= edit.location.start < drop.location.end
            for drop in drops
        )
    ]
    kept = [edit for key, edit in edits.items() if key not in inside]
    ordered = sorted(
        [*kept, *splits, *converted, *drops], key=lambda e: (e.location.file, e.location.start)
    )
    return Plan(tuple(ordered), tuple(settled))


def _constants(verdicts: Sequence[Verdict], files: Mapping[str, Planned]) -> list[Verdict]:
    """The verdicts with those put to review whose constant cannot be changed for all."""
    values: dict[tuple[str, int], set[str]] = {}
    for verdict in verdicts:
        if _at_constant(verdict) and not is_call(verdict):
            values.setdefault(_key(verdict), set()).add(wanted_value(verdict))

    def settle(verdict: Verdict) -> Verdict:
        where = verdict.site.constant
        if verdict.action is not Action.REWRITE or is_call(verdict):
            return verdict
        if _at_constant(verdict) and len(values[_key(verdict)]) > 1:
            return _refuse(verdict, _CONFLICT)
        text = planned(files, where.file).text
        if _at_constant(verdict) and _PARTED.search(text, where.start, where.end):
            return _refuse(verdict, _IN_TWO)
        known = planned(files, where.file).extents
        inside = around(known, where.start, where.end) is not None
        return verdict if inside else _refuse(verdict, _NO_FUNCTION)

    return [settle(verdict) for verdict in verdicts]


def _key(verdict: Verdict) -> tuple[str, int]:
    return verdict.site.constant.file, verdict.site.constant.start


def _at_constant(verdict: Verdict) -> bool:
    """Whether what becomes of the constant itself serves the verdict."""
    split = verdict.split
    if is_call(verdict) or is_divided(verdict):
        return False
    return (
        split is None or split.form in ("fetch", "declare") or verdict.action is not Action.REWRITE
    )


def _splits(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned], quieted: Sequence[Edit]
) -> tuple[list[Verdict], list[Edit]]:
    """The verdicts with those put to review that have no place, and the edits of the others."""
    judged = _judged(verdicts, files)
    going = {
        path: [span for span, reason in reasons.items() if not reason]
        for path, reasons in judged.items()
    }
    for edit in quieted:
        going.setdefault(edit.location.file, []).append((edit.location.start, edit.location.end))
    edits: dict[tuple[str, int, int], Edit] = {}
    served: list[Verdict] = []
    for verdict in verdicts:
        kept = verdict.action is not Action.REWRITE or is_divided(verdict)
        if verdict.split is None or kept:
            served.append(verdict)
            continue
        path = verdict.split.branch.file
        file = planned(files, path)
        found = piece(
            verdict.split, wanted_value(verdict), file.text, file.root, going.get(path, ())
        )
        also = _beside(verdict, file)
        if found is None or also is None or _crosses(edits, path, found.start, found.end):
            served.append(_refuse(with_changes(verdict, split=None), _NO_PLACE))
            continue
        for kind, each in ((SPLIT, found), *also):
            edits[path, each.start, each.end] = file.edit(kind, each)
        served.append(verdict)
    return served, list(edits.values())


def _beside(verdict: Verdict, file: Planned) -> tuple[tuple[str, Piece], ...] | None:
    """What a split changes beside its branch, with the kinds; None if it should and cannot."""
    split = verdict.split
    if split is not None and split.form == "take":
        gone = unset(split.variable, verdict.site.constant, file.root)
        return None if gone is None else ((DROP, gone),)
    if split is not None and split.form == "declare":
        made = declared(split, file.text, file.root)
        return None if made is None else ((SPLIT, made),)
    return ()


def _divisions(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned]
) -> tuple[list[Verdict], list[Edit]]:
    """The verdicts with those put to review whose ``if`` cannot be divided, and the edits."""
    groups: dict[tuple[str, int], list[Verdict]] = {}
    for verdict in verdicts:
        if is_divided(verdict):
            groups.setdefault(_key(verdict), []).append(verdict)
    edits: dict[tuple[str, int], Edit] = {}
    for key, group in groups.items():
        file, split = planned(files, key[0]), group[0].split
        if split is None or any(verdict.action is Action.REVIEW for verdict in group):
            continue
        shares = [
            Share(v.site.way_out.start, v.site.way_out.end, wanted_value(v))
            for v in sorted(group, key=lambda v: v.site.way_out.start)
        ]
        found = divided(split, group[0].site.constant, shares, file.text, file.root)
        if found is not None:
            edits[key] = file.edit(SPLIT, found)

    def served(verdict: Verdict) -> Verdict:
        if not is_divided(verdict) or _key(verdict) in edits:
            return verdict
        alone = with_changes(verdict, split=None)
        return _refuse(alone, _REMARK) if changes(verdict) else alone

    return [served(verdict) for verdict in verdicts], list(edits.values())


def _crosses(edits: Mapping[tuple[str, int, int], Edit], path: str, start: int, end: int) -> bool:
    return any(p == path and start < e and s < end for p, s, e in edits)


def _conversions(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned], splits: Sequence[Edit]
) -> tuple[list[Verdict], list[Edit]]:
    """The verdicts with those put to review that have no place, and the edits of the others."""
    edits: dict[conversions.Wanted, Edit] = {}
    taken = {(e.location.file, e.location.start, e.location.end): e for e in splits}
    wishes = conversions.wanted(verdicts)
    served: list[Verdict] = []
    for verdict in verdicts:
        places = verdict.conversion.places if verdict.conversion is not None else ()
        if not conversions.is_conversion(verdict):
            served.append(verdict)
            continue
        own = [wishes[place] for place in places]
        made = [_conversion_edit(wish, files, taken) for wish in own if wish is not None]
        if len(made) < len(own):
            served.append(_refuse(verdict, conversions.SHARED))
        elif not made or None in made:
            served.append(_refuse(verdict, conversions.NO_PLACE))
        else:
            edits.update((w, e) for w, e in zip(own, made, strict=True) if w and e)
            served.append(verdict)
    return served, list(edits.values())


def _conversion_edit(
    wish: conversions.Wanted,
    files: Mapping[str, Planned],
    taken: Mapping[tuple[str, int, int], Edit],
) -> Edit | None:
    path = wish.place.location.file
    file = planned(files, path)
    found = conversions.converted(wish, file.text, file.root)
    if found is None or _crosses(taken, path, found.start, found.end):
        return None
    if around(file.extents, found.start, found.end) is None:
        return None
    return file.edit(KAPI, found)


def _constant_edit(verdict: Verdict, file: Planned) -> Edit:
    where = verdict.site.constant
    pattern = _NAMED if verdict.site.form == "macro" else _CONSTANT
    match = pattern.search(file.text, where.start, where.end)
    name = decode(match.group(1) or match.group(2)) if match else ""
    if match is None or (pattern is _CONSTANT and name != verdict.site.errno):
        raise SourceError(
            f"{where}: there is no -{verdict.site.errno} in the source",
            "the verdict is of another revision; scan again",
        )
    kind = PROPAGATE if verdict.wanted == PROPAGATE else ERRNO
    new = wanted_value(verdict)
    alone = file.text[match.end() :].lstrip().startswith(b";") and re.search(
        rb"(?:\breturn|[^=!<>]=)\s*\Z", file.text[max(0, match.start() - 40) : match.start()]
    )
    if kind == PROPAGATE and not alone and not _PRIMARY.match(new):
        new = f"({new})"
    location = file.location(match.start(), match.end())
    return Edit(kind, location, decode(match.group()), new)


def _messages(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned]
) -> tuple[list[Verdict], list[Edit]]:
    """The verdicts without the messages that must stay, and an edit for each that goes."""
    judged = _judged(verdicts, files)
    edits = [
        files[path].drop(*span)
        for path, reasons in judged.items()
        for span, reason in reasons.items()
        if not reason
    ]
    return [_served(verdict, judged) for verdict in verdicts], edits


def _quieted(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned], apis: KernelApis
) -> list[Edit]:
    """An edit for each message that becomes a debug one."""
    places = {
        place
        for verdict in verdicts
        for place in (verdict.prints if changes(verdict) and not _drops(verdict) else ())
    }
    edits = []
    for place in sorted(places, key=lambda each: (each.file, each.start)):
        old = decode(planned(files, place.file).text[place.start : place.end])
        new = debug_form(old, apis)
        if not new:
            raise SourceError(
                f"{place}: '{old}' is no call of a message that has a debug form",
                "the verdict is of another revision; scan again",
            )
        edits.append(Edit(DEBUG, place, old, new))
    return edits


def _drops(verdict: Verdict) -> bool:
    return verdict.messages is Fate.DROP


def _judged(
    verdicts: Sequence[Verdict], files: Mapping[str, Planned]
) -> dict[str, dict[tuple[int, int], str]]:
    """Why each message that is to go must stay ("" if it can go), by file and range."""
    wanted: dict[str, set[tuple[int, int]]] = {}
    for verdict in verdicts:
        for place in verdict.prints if changes(verdict) and _drops(verdict) else ():
            wanted.setdefault(place.file, set()).add((place.start, place.end))
    return {path: planned(files, path).messages.judge(spans) for path, spans in wanted.items()}


def _served(verdict: Verdict, judged: Mapping[str, Mapping[tuple[int, int], str]]) -> Verdict:
    if not changes(verdict) or not _drops(verdict):
        return verdict
    reasons = {place: judged[place.file][place.start, place.end] for place in verdict.prints}
    stay = tuple(dict.fromkeys(reason for reason in reasons.values() if reason))
    if not stay:
        return verdict
    prints = tuple(place for place, reason in reasons.items() if not reason)
    action = verdict.action
    if action in MESSAGES_ONLY and not prints:
        action = Action.REVIEW
    because = (*verdict.because, *stay)
    return with_changes(verdict, prints=prints, action=action, because=because)


def _refuse(verdict: Verdict, why: str) -> Verdict:
    because = (*verdict.because, why)
    return with_changes(verdict, action=Action.REVIEW, because=because, prints=())
