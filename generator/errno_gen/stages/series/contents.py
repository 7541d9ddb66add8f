# SPDX-License-Identifier: GPL-2.0-only
"""What a series does to each driver, as lines for its cover letter."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from errno_gen.decisions import guard_text
from errno_gen.model import MESSAGES_ONLY, Action, Fate, Status, Verdict
from errno_gen.policytables import PROPAGATE
from errno_gen.stages.series.record import Deed, Record
from errno_gen.stages.series.versions import Site
from errno_gen.tools.crew.builds import Built
from errno_gen.tools.git.repository import CommitInfo
from errno_gen.tools.render import WIDTH, listed, prose

_FATES = {Fate.DROP: ("goes", "go"), Fate.DEBUG: ("becomes debug", "become debug")}
_DEBUG = "debug message"
_CALLEE = "the callee's"
_WIDEST = 24


@dataclass(frozen=True, slots=True)
class Part:
    """A patch: its number from 1, its commit, its drivers if known, what it changes in them."""

    number: int
    commit: CommitInfo
    drivers: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def name(self) -> str:
        """The driver, or what the subject begins with where that is none, or several."""
        return self.drivers[0] if len(self.drivers) == 1 else self.commit.subject.partition(":")[0]

    @property
    def title(self) -> str:
        """What the subject says behind the name, if the name is its prefix."""
        return self.commit.subject.removeprefix(f"{self.name}: ")

    @property
    def sites(self) -> int:
        """How many errnos change or lose their message, each constant counted once."""
        return len({(v.site.constant.file, v.site.constant.start) for v in self.verdicts})


def parts(record: Record, commits: Sequence[CommitInfo]) -> tuple[Part, ...]:
    """The patches of a series, each with what the record says of it.

    A commit is known again by its subject, or by its files where somebody gave it another
    one. One that was made by hand has no verdicts; its driver is that of its files.
    """
    owners = {path: driver.name for driver in record.drivers for path in driver.files}
    by_subject = _known_again(record.deeds, commits)
    found = []
    for number, commit in enumerate(commits, start=1):
        deed = by_subject.get(number)
        if deed is not None:
            found.append(Part(number, commit, deed.drivers, deed.verdicts))
        else:
            drivers = tuple(dict.fromkeys(owners[p] for p in commit.files if p in owners))[:1]
            found.append(Part(number, commit, drivers, ()))
    return tuple(found)


def _known_again(deeds: Sequence[Deed], commits: Sequence[CommitInfo]) -> dict[int, Deed]:
    """The deeds by the numbers of the commits that do them."""
    left = list(deeds)
    found: dict[int, Deed] = {}
    for alike in (_same_subject, _same_files):
        for number, commit in enumerate(commits, start=1):
            deed = next((one for one in left if alike(one, commit)), None)
            if number not in found and deed is not None:
                left.remove(deed)
                found[number] = deed
    return found


def _same_subject(deed: Deed, commit: CommitInfo) -> bool:
    return deed.subject == commit.subject


def _same_files(deed: Deed, commit: CommitInfo) -> bool:
    return set(deed.files) == set(commit.files)


def driver_count(series: Iterable[Part]) -> int:
    """How many drivers the patches change."""
    return len({name for part in series for name in part.drivers})


def sites(series: Iterable[Part]) -> tuple[Site, ...]:
    """What the patches do, site by site."""
    return tuple(
        (v.driver, v.site.function, v.site.errno, guard_text(v.guard), new_errno(v))
        for part in series
        for v in part.verdicts
    )


def table(series: Sequence[Part]) -> list[str]:
    """The drivers and sites as a table of at most 75 columns."""
    rows = [("", "driver", "sites", "change")]
    for part in series:
        change = _summary(part.verdicts) if part.drivers else part.title
        if len(part.drivers) > 1:
            change = f"{listed(part.drivers)}: {change}"
        rows.append((str(part.number), part.name, str(part.sites or ""), change))
    numbers, names, counts = (_width(row[column] for row in rows) for column in range(3))
    lines = []
    for number, name, count, change in rows:
        start, end = f"  {number:>{numbers}}  ", f"  {count:>{counts}}  "
        lines += _row(start, name, names, end, change)
    return lines


def build_table(series: Sequence[Part], built: Mapping[str, tuple[Built, ...]]) -> list[str]:
    """How each patch compiled (``built`` is by tree); [] if nothing is known of any."""
    if not any(built.get(part.commit.tree) for part in series):
        return []
    width = _width(part.name for part in series)
    digits = len(str(len(series)))
    lines = []
    for part in series:
        start = f"  {part.number:>{digits}}  "
        lines += _row(start, part.name, width, "  ", _builds(built.get(part.commit.tree, ())))
    return lines


def _width(cells: Iterable[str]) -> int:
    """The width of a column; a cell that is longer than most gets a line of its own."""
    return max((len(cell) for cell in cells if len(cell) <= _WIDEST), default=0)


def _row(start: str, name: str, width: int, end: str, text: str) -> list[str]:
    """A row of a table, its last cell wrapped; a name that is too wide stands above the rest."""
    fits = len(name) <= width
    head = f"{start}{name:<{width}}{end}" if fits else " " * (len(start) + width) + end
    return [*([] if fits else [start + name]), *hanging(text, head, " " * len(head))]


def differences(
    old: Sequence[Site], new: Sequence[Site], drivers: Collection[str]
) -> Iterator[tuple[Site, str]]:
    """What a new version does to drivers that the old one did not: sites, told in clauses."""
    before = Counter(site for site in old if site[0] in drivers)
    after = Counter(site for site in new if site[0] in drivers)
    gone = {site[:4]: site for site in (before - after)}
    for site in after - before:
        _, function, errno, _, becomes = site
        other = gone.pop(site[:4], None)
        instead = f" (was {_result(other[2], other[4])})" if other else ""
        yield site, f"{errno} of {function}() {_becomes(errno, becomes)}{instead}"
    for site in gone.values():
        yield site, f"{site[2]} of {site[1]}() is left alone"


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
            kinds.setdefault(new_errno(v), []).append(v.site.errno)
    words = []
    for new, old in kinds.items():
        times = f" ({len(old)} times)" if len(old) > 1 else ""
        words.append(f"{listed(tuple(dict.fromkeys(old)))} to {new}{times}")
    for fate, (one, many) in _FATES.items():
        messages = len({place for v in verdicts if v.messages is fate for place in v.prints})
        if messages:
            words.append(f"a message {one}" if messages == 1 else f"{messages} messages {many}")
    return ", ".join(words) or "see the patch"


def _each_constant(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    seen: set[tuple[str, int, str]] = set()
    for v in verdicts:
        key = (v.site.constant.file, v.site.constant.start, new_errno(v))
        if key not in seen:
            seen.add(key)
            yield v


def new_errno(verdict: Verdict) -> str:
    """What an errno becomes, "" if only its message goes, or _DEBUG if that is turned down."""
    if verdict.action in MESSAGES_ONLY:
        return "" if verdict.action is Action.DROP_PRINT else _DEBUG
    return _CALLEE if verdict.wanted == PROPAGATE else str(verdict.wanted)


def _becomes(errno: str, new: str) -> str:
    if new == _DEBUG:
        return "has its message for debugging only"
    return f"becomes {_result(errno, new)}" if new else "loses its message"


def _result(errno: str, new: str) -> str:
    return errno if new in ("", _DEBUG) else new


def hanging(text: str, first: str, others: str) -> list[str]:
    """The text as lines of at most 75 columns, the first and the others with their indent."""
    return textwrap.wrap(
        prose(text),
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
