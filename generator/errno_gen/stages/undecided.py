# SPDX-License-Identifier: GPL-2.0-only
"""What a person should look at, most valuable first, as a decision file to fill in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from errno_gen.analysis.causes.missing import missing
from errno_gen.decisions import decision_text, guard_text, site_key
from errno_gen.model import Action, Cause, Scan, Verdict

_CHOICES = ", ".join(cause.value for cause in Cause if cause is not Cause.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Sites that one decision settles: those in review, and others that it would overrule.

    ``missing`` says what evidence would settle them, ``paste`` is the ``[[decision]]``.
    """

    sites: tuple[Verdict, ...]
    others: tuple[Verdict, ...]
    missing: tuple[str, ...]
    paste: str


def undecided(scan: Scan, reserved: Collection[str]) -> tuple[Undecided, ...]:
    """What is left to review, most valuable first.

    First come the ``reserved`` errnos, as they say something wrong if they mean another
    cause; then errnos that would change; then what more callbacks share; then by place.
    """
    order = sorted(
        (verdict for verdict in scan.verdicts if verdict.action is Action.REVIEW),
        key=lambda v: (
            v.site.errno not in reserved,
            v.wanted in (None, v.site.errno),
            -len(v.callbacks),
            v.driver,
            v.site.constant.file,
            v.site.constant.start,
            v.site.way_out.start,
        ),
    )
    groups: dict[object, list[Verdict]] = {}
    for verdict in order:
        groups.setdefault(_group(verdict, verdict.callee), []).append(verdict)
    others: dict[object, list[Verdict]] = {}
    for verdict in scan.verdicts:
        if verdict.action is not Action.REVIEW:
            others.setdefault(_group(verdict, ""), []).append(verdict)
            if verdict.callee:
                others.setdefault(_group(verdict, verdict.callee), []).append(verdict)
    return tuple(
        Undecided(
            sites=tuple(group),
            others=tuple(others.get(key, ())),
            missing=tuple(dict.fromkeys(missing(verdict) for verdict in group)),
            paste=paste(group[0]),
        )
        for key, group in groups.items()
    )


def _group(verdict: Verdict, call: str) -> object:
    """What a decision about a site is known by, with or without the call that it names."""
    return verdict.driver, site_key(verdict), call


def paste(verdict: Verdict) -> str:
    """A ``[[decision]]`` about a site, in which cause and reason are left to fill in.

    "" for a site that has one already, which asks for what cannot be done.
    """
    if verdict.decision is not None:
        return ""
    return decision_text(
        {
            "driver": verdict.driver,
            "function": verdict.site.function,
            "errno": verdict.site.errno,
            "guard": guard_text(verdict.guard),
            "call": verdict.callee or None,
            "cause": "",
            "reason": "",
        }
    )


def remarks(verdict: Verdict) -> Mapping[str, object]:
    """What the JSON of an undecided verdict has on top of any other's."""
    return {"missing": missing(verdict), "paste": paste(verdict)}


def as_decisions(scan: Scan, entries: tuple[Undecided, ...]) -> str:
    """The undecided sites as a decision file: evidence in comments, and what to fill in.

    Ends in a newline; "" if nothing is undecided.
    """
    if not entries:
        return ""
    count = sum(len(entry.sites) for entry in entries)
    head = (
        f"# Linux {scan.tree.version} ({scan.tree.commit[:12]}), policy {scan.policy}: "
        f"{count} site{'s'[: count > 1]} to settle, most valuable first.\n"
        f"# cause is one of {_CHOICES};\n"
        '# or write action = "keep" instead of it, to leave the site alone.\n'
        "# reason is a sentence, or several, for the changelog. Delete what you do not decide.\n"
    )
    return head + "".join(
        f"\n{''.join(_comment(line) for line in _lines(number, entry))}{entry.paste}"
        for number, entry in enumerate(entries, start=1)
    )


def _comment(line: str) -> str:
    """A comment of TOML, which allows no control characters."""
    return f"# {''.join(c if c.isprintable() else ' ' for c in line)}".rstrip() + "\n"


def _lines(number: int, entry: Undecided) -> Iterator[str]:
    """The evidence of one entry, line by line."""
    first = entry.sites[0]
    where = ", ".join(_where(verdict) for verdict in entry.sites)
    yield f"{number}. {first.site.errno} in {first.site.function}(), {where}"
    if first.cause is not Cause.UNKNOWN:
        yield f"   looks like {first.cause.value}, which wants {first.wanted or 'no change'}"
    if first.decision is not None:
        yield "   decided already, in a way that leaves it open; change that decision:"
    for sentence in dict.fromkeys(text for v in entry.sites for text in v.because):
        yield f"   {sentence}"
    for wanted in entry.missing:
        yield f"   missing: {wanted}"
    for guard in first.guard:
        yield f"   {guard.told()}"
    for origin in first.origins:
        yield f"   from {origin}"
    yield f"   by {' -> '.join(f'{s.function} [{s.file}:{s.line}]' for s in first.chain)}"
    callbacks = {name: None for verdict in entry.sites for name in verdict.callbacks}
    if list(callbacks) != [first.site.function]:
        yield f"   serves {', '.join(callbacks)}"
    for verdict in entry.others:
        yield f"   would be decided as well: {_where(verdict)} ({verdict.cause.value})"


def _where(verdict: Verdict) -> str:
    constant, way = verdict.site.constant, verdict.site.way_out
    taken = "" if way.line == constant.line else f" (taken at line {way.line})"
    return f"{constant}{taken}"
