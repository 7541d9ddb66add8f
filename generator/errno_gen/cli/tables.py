# SPDX-License-Identifier: GPL-2.0-only
"""Rows as tables: folded to the width of a terminal, one line per row in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from errno_gen.model import Action, Status
from errno_gen.stages.report import CommitRow, SiteRow

if TYPE_CHECKING:
    from errno_gen.stages.series import Mail

_SHORT_ID = 12
_MIB, _GIB = 1 << 20, 1 << 30
_ACTION_STYLES = {
    Action.REWRITE: "yellow",
    Action.DROP_PRINT: "yellow",
    Action.DEBUG_PRINT: "yellow",
    Action.REVIEW: "magenta",
    Action.DISCOURAGED: "cyan",
    Action.KEEP: "dim",
}
_MESSAGES = {"goes": "no message", "becomes debug": "debug message"}
_STATUS_STYLES = {Status.PASS: "green", Status.FAIL: "bold red", Status.NOT_BUILT: "yellow"}


def site_table(rows: Sequence[SiteRow], *, reasons: bool) -> Table:
    """Verdicts; with ``reasons`` each has the sentence that says why."""
    table = _table("DRIVER", "ERRNO", "BECOMES", "MESSAGE", "CAUSE", "ACTION", "FUNCTION", "WHERE")
    if reasons:
        table.add_column("WHY", overflow="fold", ratio=1)
    for row in rows:
        style = _ACTION_STYLES[row.action]
        cells: list[str | Text] = [
            row.driver,
            row.errno,
            Text(row.becomes, style),
            Text(row.message, style),
            row.cause,
            Text(row.action.value, style),
            row.function,
            row.where,
        ]
        if reasons:
            cells.append(" ".join(row.because[:1]))
        table.add_row(*(_plain(cell) for cell in cells))
    return table


def narrow_site_table(rows: Sequence[SiteRow]) -> Table:
    """Verdicts where there is little room: what each becomes, and where it is."""
    table = _table("DRIVER", "ERRNO", "BECOMES", "CAUSE")
    table.add_column("WHERE", overflow="fold")
    for row in rows:
        style = _ACTION_STYLES[row.action]
        becomes = row.becomes or (_MESSAGES.get(row.message) or row.action.value)
        line = row.where.rpartition(":")[2]
        cells = (row.driver, row.errno, Text(becomes, style), row.cause, f"{row.function}:{line}")
        table.add_row(*(_plain(cell) for cell in cells))
    return table


def explained(rows: Sequence[SiteRow]) -> Text:
    """Verdicts as paragraphs: what, where, and the whole argument."""
    text = Text()
    for row in rows:
        text.append(f"{row.where}: {row.function}: ", "bold")
        text.append(row.errno)
        if row.becomes:
            text.append(f" becomes {row.becomes}", _ACTION_STYLES[row.action])
        text.append(f" ({row.cause}, {row.action.value}")
        text.append(f", its message {row.message})\n" if row.message else ")\n")
        if row.decision:
            text.append(f"  decided: {row.decision}\n")
        argued = tuple(sentence for sentence in row.because if sentence != row.decision)
        for label, sentences in (
            ("", argued),
            ("known: ", row.known),
            ("", row.guard),
            ("from ", row.origins),
        ):
            for sentence in sentences:
                text.append(f"  {label}{sentence}\n")
        if row.chain:
            text.append(f"  by {row.chain}\n", "dim")
        text.append("\n")
    return text


def commit_table(rows: Sequence[CommitRow], *, builds: bool) -> Table:
    """Commits, oldest first; with ``builds`` each has its build results."""
    table = _table("COMMIT")
    if builds:
        for name in ("STATUS", "BUILDS"):
            table.add_column(name, no_wrap=True)
    table.add_column("SUBJECT", overflow="fold")
    for row in rows:
        cells: list[str | Text] = [row.commit[:_SHORT_ID]]
        if builds:
            cells += [status_text(row.status), row.builds]
        table.add_row(*(_plain(cell) for cell in (*cells, row.subject)))
    return table


def mail_table(mails: Sequence[Mail]) -> Table:
    """The mails of a series, in the order in which they are sent."""
    table = _table("FILE")
    table.add_column("SUBJECT", overflow="fold")
    for mail in mails:
        table.add_row(_plain(mail.file.name), _plain(mail.subject))
    return table


def recipient_table(mails: Sequence[Mail]) -> Table:
    """Who gets which mail of a series."""
    gets: dict[str, list[str]] = {}
    for mail in mails:
        number = str(mail.number) if mail.number else "cover"
        for header, persons in (("To", mail.addressed.to), ("Cc", mail.addressed.cc)):
            for person in persons:
                gets.setdefault(f"{header} {person}", []).append(number)
    table = _table("RECIPIENT")
    table.add_column("MAILS", overflow="fold")
    for person in sorted(gets, key=lambda one: (one.startswith("Cc"), -len(gets[one]), one)):
        table.add_row(_plain(person), _plain(", ".join(gets[person])))
    return table


def status_text(status: Status | None) -> Text:
    """A build status in its colour; "-" for none."""
    return Text("-") if status is None else Text(status.value, _STATUS_STYLES[status])


def size_text(octets: int) -> str:
    """A size for people, in powers of 1024."""
    return f"{octets / _GIB:.1f} GiB" if octets >= _GIB else f"{octets / _MIB:.0f} MiB"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


def _plain(cell: str | Text) -> Text:
    """Text in which square brackets are no markup."""
    return cell if isinstance(cell, Text) else Text(cell)
