# SPDX-License-Identifier: GPL-2.0-only
"""What a series does to each driver, and what it leaves alone, as lines for its cover letter."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.decisions import guard_text
from errno_gen.model import UNKNOWN_ERRNO, Action, Cause, Driver, Status, Verdict
from errno_gen.policy import PROPAGATE
from errno_gen.stages.series.record import Record
from errno_gen.stages.series.versions import Site
from errno_gen.tools.builds import Built
from errno_gen.tools.git import CommitInfo
from errno_gen.tools.render import WIDTH, listed

_CHANGES = (Action.REWRITE, Action.DROP_PRINT)
_CALLEE = "the callee's"


@dataclass(frozen=True, slots=True)
class Part:
    """A patch: its number from 1, its commit, its driver if it is known, what it changes."""

    number: int
    commit: CommitInfo
    driver: Driver | None
    verdicts: tuple[Verdict, ...]

    @property
    def name(self) -> str:
        return self.driver.name if self.driver else self.commit.subject.partition(":")[0]

    @property
    def title(self) -> str:
        """What the subject says behind the name, if the name is its prefix."""
        return self.commit.subject.removeprefix(f"{self.name}: ")

    @property
    def sites(self) -> int:
        """How many errnos change or lose their message, each constant counted once."""
        return len({(v.site.constant.file, v.site.constant.start) for v in self.verdicts})


def parts(record: Record, commits: Sequence[CommitInfo]) -> tuple[Part, ...]:
    """The patches of a series, each with what the record says of its driver."""
    owners = {path: driver for driver in record.drivers for path in driver.files}
    found = []
    seen: set[str] = set()
    for number, commit in enumerate(commits, start=1):
        found_in = () if commit.subject == record.rules else commit.files
        driver = next((owners[path] for path in found_in if path in owners), None)
        fresh = driver is not None and driver.name not in seen
        verdicts = tuple(
            v
            for v in record.verdicts
            if fresh and driver is not None and v.driver == driver.name and v.action in _CHANGES
        )
        seen.update([driver.name] if driver else [])
        found.append(Part(number, commit, driver, verdicts))
    return tuple(found)


def driver_count(series: Iterable[Part]) -> int:
    """How many drivers the patches change."""
    return len({part.driver.name for part in series if part.driver})


def sites(series: Iterable[Part]) -> tuple[Site, ...]:
    """What the patches do, site by site."""
    return tuple(
        (v.driver, v.site.function, v.site.errno, guard_text(v.guard), _new(v))
        for part in series
        for v in part.verdicts
    )


def table(series: Sequence[Part]) -> list[str]:
    """The drivers and sites as a table of at most 75 columns."""
    rows = [("", "driver", "sites", "change")]
    for part in series:
        change = _summary(part.verdicts) if part.driver else part.title
        rows.append((str(part.number), part.name, str(part.sites or ""), change))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for number, name, count, change in rows:
        head = f"  {number:>{widths[0]}}  {name:<{widths[1]}}  {count:>{widths[2]}}  "
        lines += hanging(change, head, " " * len(head))
    return lines


def left_alone(record: Record, series: Sequence[Part]) -> list[tuple[str, list[str]]]:
    """What the series does not touch though it is no clear case: headings with their lines."""
    served = {part.driver.name for part in series if part.driver}
    known = sorted(record.verdicts, key=lambda v: v.driver)
    unserved = [v for v in known if v.driver not in served and v.action in _CHANGES]
    failed = {failure.driver: failure.message for failure in record.failures}
    refused = {(v.driver, v.site) for v in record.left}
    open_ones = [
        v for v in known if v.action is Action.REVIEW and (v.driver, v.site) not in refused
    ]
    decided = [v for v in known if v.action is Action.KEEP and v.decision]
    handed = [
        v
        for v in known
        if v.cause is Cause.KAPI
        and v.action is Action.KEEP
        and not v.decision
        and v.site.errno in record.reserved
    ]
    discouraged = [v for v in known if v.action is Action.DISCOURAGED]
    found = [
        ("The code does not decide what these mean", list(_reasons(open_ones))),
        ("These come from kernel functions and are handed on", list(_handed_on(handed))),
        (
            "These are not what the convention would choose, but cannot be mistaken for "
            f"{record.errno} either",
            list(_rather(discouraged)),
        ),
        ("These were judged by hand to be right", list(_reasons(decided))),
        ("These would change, but have no patch here", list(_rather(unserved))),
        (
            "These could not be handled",
            [line for name, why in failed.items() for line in _item(f"{name}: {why}")],
        ),
        ("These could not be rewritten", list(_reasons(record.left, last=True))),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def build_table(series: Sequence[Part], built: dict[int, tuple[Built, ...]]) -> list[str]:
    """How each patch compiled, by its number; [] if nothing is known of any."""
    if not any(built.values()):
        return []
    width = max(len(part.name) for part in series)
    digits = len(str(len(series)))
    lines = []
    for part in series:
        head = f"  {part.number:>{digits}}  {part.name:<{width}}  "
        lines += hanging(_builds(built[part.number]), head, " " * len(head))
    return lines


def differences(old: Sequence[Site], new: Sequence[Site], driver: str) -> Iterator[str]:
    """What a new version does to a driver that the old one did not, as clauses."""
    before = Counter(site for site in old if site[0] == driver)
    after = Counter(site for site in new if site[0] == driver)
    gone = {site[:4]: site for site in (before - after)}
    for site in after - before:
        _, function, errno, _, becomes = site
        other = gone.pop(site[:4], None)
        instead = f" (was {_result(other[2], other[4])})" if other else ""
        yield f"{errno} of {function}() {_becomes(errno, becomes)}{instead}"
    for _, function, errno, _, _ in gone.values():
        yield f"{errno} of {function}() is left alone"


def _builds(results: Sequence[Built]) -> str:
    if not results:
        return "not compiled"
    words = []
    for one in results:
        where = f"{one.architecture} {one.configuration}".strip()
        if one.status is Status.NOT_BUILT:
            words.append(f"not built: {one.proof}")
        else:
            words.append(where if one.status is Status.PASS else f"{where} FAILS")
    return ", ".join(words)


def _summary(verdicts: Sequence[Verdict]) -> str:
    """What happens to a driver's errnos, and to its messages."""
    kinds: dict[str, list[str]] = {}
    for v in _each_constant(verdicts):
        if v.action is Action.REWRITE:
            kinds.setdefault(_new(v), []).append(v.site.errno)
    words = []
    for new, old in kinds.items():
        times = f" ({len(old)} times)" if len(old) > 1 else ""
        words.append(f"{listed(tuple(dict.fromkeys(old)))} to {new}{times}")
    messages = len({place for v in verdicts for place in v.prints})
    if messages:
        words.append("a message goes" if messages == 1 else f"{messages} messages go")
    return ", ".join(words) or "see the patch"


def _each_constant(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    seen: set[tuple[str, int, str]] = set()
    for v in verdicts:
        key = (v.site.constant.file, v.site.constant.start, _new(v))
        if key not in seen:
            seen.add(key)
            yield v


def _new(verdict: Verdict) -> str:
    if verdict.action is Action.DROP_PRINT:
        return ""
    return _CALLEE if verdict.wanted == PROPAGATE else str(verdict.wanted)


def _becomes(errno: str, new: str) -> str:
    return f"becomes {_result(errno, new)}" if new else "loses its message"


def _result(errno: str, new: str) -> str:
    return new or errno


def _reasons(verdicts: Iterable[Verdict], *, last: bool = False) -> Iterator[str]:
    """``driver: ERRNO in function(). Why``; what has the same reason in one."""
    grouped: dict[tuple[str, str], list[Verdict]] = {}
    for v in verdicts:
        why = (v.because[-1] if last else v.because[0]) if v.because else ""
        grouped.setdefault((v.driver, why), []).append(v)
    for (driver, why), alike in grouped.items():
        errnos = dict.fromkeys(_named(v.site.errno) for v in alike)
        functions = dict.fromkeys(f"{v.site.function}()" for v in alike)
        where = f"{listed(tuple(errnos))} in {listed(tuple(functions))}"
        yield from _item(f"{driver}: {where}. {why}")


def _handed_on(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """``driver: ERRNO of callee() in function()``, all callees of a function in one."""
    grouped: dict[tuple[str, str, str], dict[str, None]] = {}
    for v in verdicts:
        key = (v.driver, v.site.errno, v.site.function)
        grouped.setdefault(key, {})[f"{v.callee}()" if v.callee else ""] = None
    for (driver, errno, function), callees in grouped.items():
        named = tuple(name for name in callees if name)
        of = f" of {listed(named)}" if named else ""
        yield from _item(f"{driver}: {_named(errno)}{of} in {function}()")


def _named(errno: str) -> str:
    return "an errno that may be any" if errno == UNKNOWN_ERRNO else errno


def _rather(verdicts: Iterable[Verdict]) -> Iterator[str]:
    grouped: dict[tuple[str, str, str], dict[str, None]] = {}
    for v in verdicts:
        grouped.setdefault((v.driver, v.site.errno, _new(v)), {})[f"{v.site.function}()"] = None
    for (driver, errno, new), functions in grouped.items():
        rather = f" rather than {new}" if new else " with a message"
        yield from _item(f"{driver}: {errno}{rather} in {listed(tuple(functions))}")


def _item(text: str) -> list[str]:
    return hanging(text, "- ", "  ")


def hanging(text: str, first: str, others: str) -> list[str]:
    """The text as lines of at most 75 columns, the first and the others with their indent."""
    return textwrap.wrap(
        text,
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
