# SPDX-License-Identifier: GPL-2.0-only
"""What a series leaves alone, and why, in as many lines as a cover letter bears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.analysis.causes.missing import missing
from errno_gen.model import SUCCESS, TO_CHANGE, UNKNOWN_ERRNO, Action, Cause, Verdict
from errno_gen.stages.series.contents import Part, hanging, new_errno
from errno_gen.stages.series.record import Record
from errno_gen.tools.render import listed

_MOST_LINES = 25

Item = list[str]
"""The lines of one thing in a list."""

Shown = tuple[str, list[Item]]
"""A heading, and what is listed below it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands below it: in full, or short where that is too long."""

    heading: str
    items: list[Item]
    short: list[Item]
    short_heading: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """Headings with their lines; ``whole`` tells that nothing was shortened."""

    sections: list[tuple[str, list[str]]]
    whole: bool


def left_alone(record: Record, series: Sequence[Part]) -> Left:
    """What the series does not touch though it is no clear case.

    In full it names functions and reasons of each driver. Beyond 25 lines it names drivers
    by the kind of reason, and if that is too long, too, only the first of a list.
    """
    found = [section for section in _sections(record, series) if section.items]
    full = [(one.heading, one.items) for one in found]
    if _lines(full) <= _MOST_LINES:
        return Left(_flat(full), whole=True)
    short = [(one.short_heading or one.heading, one.short) for one in found]
    kept = [len(one.short) for one in found]
    while _lines(_cut(short, kept)) > _MOST_LINES and max(kept) > 1:
        kept[kept.index(max(kept))] -= 1
    return Left(_flat(_cut(short, kept)), whole=False)


def _flat(sections: Sequence[Shown]) -> list[tuple[str, list[str]]]:
    return [(heading, [line for item in items for line in item]) for heading, items in sections]


def _lines(sections: Sequence[Shown]) -> int:
    """How many lines there are with headings, without the blank lines between."""
    headings = sum(len(hanging(f"{heading}:", "", "")) for heading, _ in sections)
    return headings + sum(len(item) for _, items in sections for item in items)


def _cut(sections: Sequence[Shown], kept: Sequence[int]) -> list[Shown]:
    """The first items of each list, and how many more there are."""
    made: list[Shown] = []
    for (heading, items), count in zip(sections, kept, strict=True):
        more = len(items) - count
        made.append((heading, [*items[:count], *([[f"- and {more} more"]] if more else [])]))
    return made


def _sections(record: Record, series: Sequence[Part]) -> Iterator[Section]:
    served = {name for part in series for name in part.drivers}
    known = sorted(record.verdicts, key=lambda v: v.driver)
    unserved = [v for v in known if v.driver not in served and v.action in TO_CHANGE]
    failed = {failure.driver: failure.message for failure in record.failures}
    refused = {(v.driver, v.site) for v in record.left}
    open_ones = [
        v for v in known if v.action is Action.REVIEW and (v.driver, v.site) not in refused
    ]
    harmed = [v for v in open_ones if _known(v)]
    open_ones = [v for v in open_ones if not _known(v)]
    decided = list(_reasons(v for v in known if v.action is Action.KEEP and v.decision))
    handed = [
        v
        for v in known
        if v.cause is Cause.KAPI
        and v.action is Action.KEEP
        and not v.decision
        and v.site.errno in record.reserved
    ]
    discouraged = [v for v in known if v.action is Action.DISCOURAGED]
    unable = [_item(f"{name}: {why}") for name, why in failed.items()]
    stubborn = list(_reasons(record.left, lambda v: v.because[-1]))
    yield Section(
        "The code does not decide what these mean",
        list(_reasons(open_ones)),
        list(_by_what_is_missing(open_ones)),
        "The code lacks what would decide these",
    )
    yield Section(
        "Others know these by the errno that they have",
        list(_reasons(harmed, _known)),
        list(_by_driver(harmed)),
    )
    yield Section(
        "These come from kernel functions and are handed on",
        list(_handed_on(handed)),
        list(_by_driver(handed)),
    )
    yield Section(
        "These are not what the convention would choose, but cannot be mistaken for "
        f"{record.errno} either",
        list(_rather(discouraged)),
        list(_by_errno(discouraged)),
    )
    yield Section("These were judged by hand to be right", decided, decided)
    yield Section(
        "These would change, but have no patch here",
        list(_rather(unserved)),
        list(_by_errno(unserved)),
    )
    documents = [_item(each) for each in record.remarks]
    yield Section("On the documentation", documents, documents)
    yield Section("These could not be handled", unable, unable)
    yield Section("These could not be rewritten", stubborn, stubborn)


def _known(verdict: Verdict) -> str:
    """The sentences on those who would be wrong if the errno changed, where that is the reason."""
    because = verdict.because
    return " ".join(each.text for each in verdict.mentions if each.harmed and each.text in because)


def _reasons(
    verdicts: Iterable[Verdict], reason: Callable[[Verdict], str] = lambda v: v.because[0]
) -> Iterator[Item]:
    """``driver: ERRNO in function(). Why``; what has the same reason in one."""
    grouped: dict[tuple[str, str], list[Verdict]] = {}
    for v in verdicts:
        why = reason(v) if v.because else ""
        grouped.setdefault((v.driver, why), []).append(v)
    for (driver, why), alike in grouped.items():
        errnos = dict.fromkeys(_named(v.site.errno) for v in alike)
        functions = dict.fromkeys(f"{v.site.function}()" for v in alike)
        where = f"{listed(tuple(errnos))} in {listed(tuple(functions))}"
        yield _item(f"{driver}: {where}. {why}")


def _by_what_is_missing(verdicts: Iterable[Verdict]) -> Iterator[Item]:
    """``what is missing: ERRNO in driver``, all that miss the same in one."""
    grouped: dict[str, list[Verdict]] = {}
    for v in verdicts:
        grouped.setdefault(missing(v).replace(" here", " there"), []).append(v)
    for what, alike in grouped.items():
        yield _item(f"{what}: {'; '.join(_in_drivers(alike))}")


def _by_driver(verdicts: Sequence[Verdict]) -> Iterator[Item]:
    for where in _in_drivers(verdicts):
        yield _item(where)


def _in_drivers(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """``ERRNO and ERRNO in driver and driver``, drivers with the same errnos in one."""
    errnos: dict[str, dict[str, None]] = {}
    for v in verdicts:
        errno = {UNKNOWN_ERRNO: "a value", SUCCESS: "success"}.get(v.site.errno, v.site.errno)
        errnos.setdefault(v.driver, {})[errno] = None
    drivers: dict[tuple[str, ...], list[str]] = {}
    for driver, names in errnos.items():
        drivers.setdefault(tuple(names), []).append(driver)
    for alike, where in drivers.items():
        yield f"{listed(alike)} in {listed(tuple(where))}"


def _handed_on(verdicts: Iterable[Verdict]) -> Iterator[Item]:
    """``driver: ERRNO of callee() in function()``, all callees of a function in one."""
    grouped: dict[tuple[str, str, str], dict[str, None]] = {}
    for v in verdicts:
        key = (v.driver, v.site.errno, v.site.function)
        grouped.setdefault(key, {})[f"{v.callee}()" if v.callee else ""] = None
    for (driver, errno, function), callees in grouped.items():
        named = tuple(name for name in callees if name)
        of = f" of {listed(named)}" if named else ""
        yield _item(f"{driver}: {_named(errno)}{of} in {function}()")


def _rather(verdicts: Iterable[Verdict]) -> Iterator[Item]:
    """``driver: ERRNO rather than ERRNO in function()``, all functions of a driver in one."""
    grouped: dict[tuple[str, str], dict[str, None]] = {}
    for v in verdicts:
        grouped.setdefault((v.driver, _instead(v)), {})[f"{v.site.function}()"] = None
    for (driver, what), functions in grouped.items():
        yield _item(f"{driver}: {what} in {listed(tuple(functions))}")


def _by_errno(verdicts: Iterable[Verdict]) -> Iterator[Item]:
    """``ERRNO rather than ERRNO in driver``, all drivers in one."""
    grouped: dict[str, dict[str, None]] = {}
    for v in verdicts:
        grouped.setdefault(_instead(v), {})[v.driver] = None
    for what, drivers in grouped.items():
        yield _item(f"{what} in {listed(tuple(drivers))}")


def _instead(verdict: Verdict) -> str:
    new = new_errno(verdict)
    return f"{verdict.site.errno}{f' rather than {new}' if new else ' with a message'}"


def _named(errno: str) -> str:
    return {UNKNOWN_ERRNO: "an errno that may be any", SUCCESS: "success"}.get(errno, errno)


def _item(text: str) -> Item:
    return hanging(text, "- ", "  ")
