# SPDX-License-Identifier: GPL-2.0-only
"""The cover letter: what and why, which drivers, what was left alone, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from errno_gen.model import Action, Cause
from errno_gen.stages.series.contents import (
    Part,
    build_table,
    differences,
    driver_count,
    hanging,
    sites,
    table,
)
from errno_gen.stages.series.left import left_alone
from errno_gen.stages.series.record import Record
from errno_gen.stages.series.tags import Since
from errno_gen.stages.series.versions import Site
from errno_gen.tools.crew.builds import Built
from errno_gen.tools.kernel.subjects import shared
from errno_gen.tools.mail import message as mail
from errno_gen.tools.render import WIDTH, render

_SUBJECT, _BLURB = "*** SUBJECT HERE ***", b"*** BLURB HERE ***"
_BASE = b"\nbase-commit: "


@dataclass(frozen=True, slots=True)
class Letter:
    """The texts of a cover letter; ``range_diff`` is "" for a first version."""

    subject: str
    body: str
    range_diff: str


def letter(
    record: Record,
    series: Sequence[Part],
    built: Mapping[str, tuple[Built, ...]],
    since: Since | None,
    sent: str = "",
    *,
    alone: bool = False,
) -> Letter:
    """Write the letter; ``sent`` is the last version's Message-ID if it is public.

    With ``alone`` it stands below the message of the only patch, and does not repeat that.
    """
    left = left_alone(record, series)
    rendered = render(
        "cover-letter.txt.j2",
        subject=subject(record, series),
        why="" if alone else record.why,
        member=record.member,
        drivers=driver_count(series),
        rules=any(part.commit.subject == record.rules for part in series),
        sites=sum(part.sites for part in series),
        table=[] if alone else table(series),
        left=left.sections,
        whole=left.whole,
        builds=build_table(series, built),
        since=since.version.number if since else 0,
        changes=_listed(changes(since, series)) if since else [],
        sent=sent.strip("<>"),
    )
    first, _, body = rendered.partition("\n")
    shown = f"Range-diff against v{since.version.number}:\n{since.shown}" if since else ""
    return Letter(first.strip(), body.strip("\n"), shown.rstrip())


def subject(record: Record, series: Sequence[Part]) -> str:
    """The subject of the whole series, in at most 75 columns."""
    if not driver_count(series):
        return series[0].commit.subject
    prefix = shared([part.commit.subject for part in series])
    where = f"{prefix}: " if prefix else ""
    only = "only " if record.only and _is_settled(record) else ""
    long = f"Make {record.member} return {record.errno} {only}for an incompatible domain"
    fitting = [long, f"Return {record.errno} {only}for an incompatible domain"]
    return next((f"{where}{text}" for text in fitting if len(where + text) <= WIDTH), fitting[-1])


def _is_settled(record: Record) -> bool:
    """Whether nothing but an incompatible domain is told by the errno any more."""
    return all(
        v.site.errno != record.errno or v.cause is Cause.INCOMPATIBLE or v.action is Action.REWRITE
        for v in record.verdicts
    )


def filled(cover: bytes, text: Letter, sender: str, headers: bytes) -> bytes:
    """git's cover letter with the texts in it, and with headers for its recipients."""
    encode = ("utf-8", "surrogateescape")
    body = cover.replace(_BLURB, text.body.encode(*encode), 1)
    if text.range_diff:
        rest, base, end = body.rpartition(_BASE)
        body = rest.rstrip(b"\n") + b"\n\n" + text.range_diff.encode(*encode) + b"\n" + base + end
    title = mail.header_of(cover, "Subject").replace(_SUBJECT, text.subject)
    named = mail.replaced(body, "Subject", mail.encoded("Subject", title))
    named = mail.replaced(named, "From", mail.address_header("From", [sender]))
    return mail.with_headers(named, headers)


def changes(since: Since, series: Sequence[Part]) -> Iterator[str]:
    """One sentence for each patch that is new, other or gone; one if there is none."""
    fresh = {part.number - 1: part for part in series}
    pairs = list(_matched(since, fresh))
    now = sites(series)
    unchanged = 0
    for old, new, same in pairs:
        if same:
            unchanged += 1
        elif new is None:
            yield f"dropped: {since.old[old or 0].subject}"
        elif old is None:
            yield f"new: {fresh[new].commit.subject}"
        else:
            part = fresh[new]
            told = [
                clause
                for site, clause in differences(since.version.sites, now, part.drivers)
                if _is_told_at(part, series, site)
            ]
            plain = "the patch is another one" + (", the sites are the same" * bool(part.drivers))
            yield f"{part.commit.subject}: {'; '.join(told) or plain}"
    if unchanged == len(pairs):
        yield "no patch changed"
    elif unchanged:
        yield f"{'one patch is' if unchanged == 1 else f'{unchanged} patches are'} unchanged"


def _is_told_at(part: Part, series: Sequence[Part], site: Site) -> bool:
    """Whether a difference is this patch's: it has the site, or no patch of the driver has."""
    having = [each for each in series if site in sites([each])]
    own = having or [each for each in series if site[0] in each.drivers]
    return part in own[:1]


def remark(since: Since, series: Sequence[Part]) -> str:
    """The same for a patch without a cover letter, to stand below its message."""
    lines = (f"Changes since v{since.version.number}:", *_listed(changes(since, series)))
    return "\n".join(lines)


def _listed(sentences: Iterable[str]) -> list[str]:
    return [line for one in sentences for line in hanging(one, "- ", "  ")]


def _matched(since: Since, fresh: dict[int, Part]) -> Iterator[tuple[int | None, int | None, bool]]:
    """The pairs of old and new patches; git may see none where much of a patch changed.

    Then two that touch the same files are a pair.
    """
    lone = [pair.old for pair in since.pairs if pair.new is None and pair.old is not None]
    for pair in since.pairs:
        if pair.old is not None and pair.new is not None:
            yield pair.old, pair.new, pair.same
        elif pair.new is not None:
            files = set(fresh[pair.new].commit.files)
            alike = [n for n in lone if files & set(since.old[n].files)]
            if alike:
                lone.remove(alike[0])
            yield (alike[0] if alike else None), pair.new, False
    for index in lone:
        yield index, None, False
