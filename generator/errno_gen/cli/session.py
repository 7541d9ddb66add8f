# SPDX-License-Identifier: GPL-2.0-only
"""The first steps that commands have in common."""

from __future__ import annotations

import logging
from pathlib import Path

from errno_gen.cli.console import CommandLog, Screen
from errno_gen.decisions import Decisions
from errno_gen.errors import InputError
from errno_gen.model import Failure, Scan, StaleDecision, Verdict
from errno_gen.pipeline.requests import Kernel, decisions_for, open_kernel
from errno_gen.stages.report import failure_text, left_text, stale_text, undecided_text

CLEAN = 0
NOT_CLEAN = 1


def begin(verbose: bool, quiet: bool, no_color: bool) -> Screen:
    """The screen for one run; with ``verbose`` it shows every external command."""
    if verbose and quiet:
        raise InputError("-v and -q contradict each other", "give one of them")
    screen = Screen.make(no_color=no_color, quiet=quiet)
    if verbose:
        logging.getLogger("errno_gen").addHandler(CommandLog(screen))
    return screen


def read_kernel(screen: Screen, folder: Path, rev: str) -> Kernel:
    """The kernel at a revision, with a note where the work tree holds something else."""
    kernel = open_kernel(folder, rev)
    if kernel.repo.has_uncommitted_changes():
        screen.note(f"{folder} has uncommitted changes; they are not seen, {rev} is read")
    return kernel


def read_decisions(screen: Screen, kernel: Kernel, path: Path | None) -> Decisions:
    """The decisions to obey, with a note where nobody named their file."""
    found = decisions_for(kernel, path)
    if path is None and found.items:
        screen.note(f"obeying the decisions in {found.file}")
    return found


def report_stale(screen: Screen, stale: tuple[StaleDecision, ...]) -> None:
    """Name each decision that matches nothing. The exit code does not follow from them."""
    for decision in stale:
        screen.note(stale_text(decision))


def report_left(screen: Screen, left: tuple[Verdict, ...]) -> None:
    """Name each site that could not be rewritten. It is one more to review, no failure."""
    for verdict in left:
        screen.note(left_text(verdict))


def report_undecided(screen: Screen, scan: Scan) -> None:
    """Say how many sites need a person, if any do."""
    text = undecided_text(scan)
    if text:
        screen.note(text)


def report_failures(screen: Screen, failures: tuple[Failure, ...]) -> int:
    """Name each driver that failed; the exit code that follows from them."""
    for failure in failures:
        screen.failure(*failure_text(failure))
    return NOT_CLEAN if failures else CLEAN
