# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen cache``: the sources and build folders that compile checks keep."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

import click
import platformdirs
from rich.table import Table
from rich.text import Text

from errno_gen.cli import options
from errno_gen.cli.session import CLEAN, begin
from errno_gen.cli.tables import size_text
from errno_gen.tools import cache as caches
from errno_gen.tools.cache import FOLDER

_DAY_SECONDS = 86400.0


@click.group()
def cache() -> None:
    """Show and clean the sources and build folders that compile checks and workers keep."""


@cache.command("show")
@options.output_options
def show_cache(verbose: bool, quiet: bool, no_color: bool) -> int:
    """Show what is kept and when it was used last, the least recently used first."""
    screen = begin(verbose, quiet, no_color)
    place = platformdirs.user_cache_path("errno-gen")
    found = caches.kept(place)
    if found:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in ("KERNEL", "KEPT", "SIZE", "USED", ""):
            table.add_column(column, no_wrap=True)
        for one in found:
            used = datetime.fromtimestamp(one.used).strftime("%Y-%m-%d %H:%M")
            state = "in use" if one.busy else ""
            cells = (one.kernel or "-", _name(one), size_text(one.size), used, state)
            table.add_row(*(Text(cell) for cell in cells))
        screen.table(table)
        screen.line()
    screen.line(f"{place / FOLDER}: {_total(one for one in found if not one.worker)}")
    if any(one.worker for one in found):
        total = _total(one for one in found if one.worker)
        screen.line(f"{place / caches.WORKERS}: {total}")
    return CLEAN


@cache.command("prune")
@click.option(
    "--keep",
    "limit",
    metavar="SIZE",
    type=options.size,
    help="Leave this much of what was used most recently, as 5G. Default: nothing.",
)
@click.option(
    "--older-than",
    "days",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    help="Remove what was not used for so long; without --keep just that.",
)
@options.output_options
def prune_cache(
    limit: int | None, days: float | None, verbose: bool, quiet: bool, no_color: bool
) -> int:
    """Remove kept sources and build folders. What a run uses now always stays.

    Everything that is removed is made again when a compile check needs it.
    """
    screen = begin(verbose, quiet, no_color)
    place = platformdirs.user_cache_path("errno-gen")
    before = None if days is None else time.time() - days * _DAY_SECONDS
    if limit is None:
        limit = 0 if days is None else sum(one.size for one in caches.kept(place))
    removed = caches.trim(place, limit, before)
    left = caches.kept(place)
    screen.line(f"removed {_total(removed)}; {_total(left)} left")
    if busy := sorted({_owner(one) for one in left if one.busy}):
        screen.note(f"in use and left alone: {', '.join(busy)}")
    return CLEAN


def _name(one: caches.Kept) -> str:
    name = "commits" if one.name == caches.STORE else one.name or "source"
    return f"{_owner(one)}: {name}" if one.worker else name


def _owner(one: caches.Kept) -> str:
    """Who uses it: a worker, or a run that compiles that kernel."""
    return f"worker {one.worker.name}" if one.worker else one.kernel


def _total(found: Iterable[caches.Kept]) -> str:
    return size_text(sum(one.size for one in found))
