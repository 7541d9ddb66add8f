# SPDX-License-Identifier: GPL-2.0-only
"""What a person sees: results on standard output, everything else on standard error.

Colours, progress and truncation are for terminals only. In a pipe a table has one
line per row, whatever its length, and the other stream stays quiet.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from errno_gen.errors import ErrnoGenError, ToolError

_LOG_TAIL_LINES = 15
_PIPE_WIDTH = 100_000


class _Console(Console):
    """A console that leaves it to the program what happens when its reader went away."""

    def on_broken_pipe(self) -> None:
        """Called while BrokenPipeError is handled; the default would exit with 1."""
        raise  # noqa: PLE0704


@dataclass(frozen=True, slots=True)
class Screen:
    """The two streams and how talkative they are."""

    out: Console
    err: Console
    quiet: bool = False

    @classmethod
    def make(cls, *, no_color: bool = False, quiet: bool = False) -> Screen:
        """Consoles for the present standard streams; NO_COLOR and TERM=dumb are honoured."""
        plain = no_color or bool(os.environ.get("NO_COLOR"))
        # Bold and dim are colours to whoever asks for none.
        colours: Literal["auto"] | None = None if plain else "auto"
        return cls(
            out=_Console(
                file=sys.stdout,
                color_system=colours,
                highlight=False,
                emoji=False,  # a line number between colons may be the name of one
                width=None if sys.stdout.isatty() else _PIPE_WIDTH,
            ),
            err=_Console(
                file=sys.stderr, color_system=colours, highlight=False, emoji=False, soft_wrap=True
            ),
            quiet=quiet,
        )

    def line(self, text: str = "") -> None:
        """One line of the result, never wrapped."""
        self.out.print(text, markup=False, soft_wrap=True)

    def raw(self, text: str) -> None:
        """Text for another program: exactly as it is."""
        sys.stdout.write(text)

    def note(self, text: str) -> None:
        """A remark that is no part of the result."""
        if not self.quiet:
            self.err.print(f"note: {text}", markup=False)

    def table(self, table: Table) -> None:
        """A table, without the blanks that pad its last column."""
        with self.out.capture() as capture:
            self.out.print(table)
        for line in capture.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")

    def fits(self, table: Table) -> bool:
        """Is there room for every cell of the table on one line?"""
        roomy = self.out.options.update(width=_PIPE_WIDTH)
        return Measurement.get(self.out, roomy, table).maximum <= self.out.width

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int, str], None]]:
        """A callback ``(stage, done, total, what)`` that draws on a terminal only."""
        if self.quiet or not self.err.is_terminal:
            yield lambda _stage, _done, _total, _what: None
            return
        columns = (
            TextColumn("{task.description:<9}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}", markup=False),
        )
        with Progress(*columns, console=self.err, transient=True) as bar:
            tasks = {}

            def show(stage: str, done: int, total: int, what: str) -> None:
                if stage not in tasks:
                    tasks[stage] = bar.add_task(stage, total=None, what="")
                bar.update(tasks[stage], completed=done, total=total or None, what=what)

            yield show

    def error(self, error: ErrnoGenError) -> None:
        """An expected error: one line, for a tool its command and log, and what to do."""
        self._labelled("error", error.message, "bold red")
        if isinstance(error, ToolError):
            if error.argv:
                self.err.print(f"  command: {shlex.join(error.argv)}", markup=False)
            if error.log:
                self._log(error.log)
        if error.hint:
            self._labelled("hint", error.hint, "bold")

    def failure(self, what: str, message: str) -> None:
        """One driver that could not be handled."""
        self._labelled("failed", f"{what}: {message}", "bold red")

    def _labelled(self, label: str, text: str, style: str) -> None:
        self.err.print(f"{label}:", style=style, end=" ", markup=False)
        self.err.print(text, markup=False)

    def _log(self, log: str) -> None:
        lines = log.splitlines()
        if len(lines) == 1:
            self.err.print(f"  log: {lines[0]}", markup=False)
            return
        self.err.print("  log, its last lines:", markup=False)
        for line in lines[-_LOG_TAIL_LINES:]:
            self.err.print(f"    {line}", markup=False)


class CommandLog(logging.Handler):
    """Shows every external command on standard error (``-v``)."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.DEBUG)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        self._screen.err.print(record.getMessage(), style="dim", markup=False)


class RecentLog(logging.Handler):
    """Keeps the last records, for the log of a crash."""

    def __init__(self, keep: int = 200) -> None:
        super().__init__(logging.DEBUG)
        self._keep = keep
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        del self.lines[: -self._keep]
