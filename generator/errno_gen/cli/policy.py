# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen policy``: the policies that ship, and checks of those that do not."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from errno_gen.cli import options
from errno_gen.cli.session import CLEAN, begin
from errno_gen.model import Fate
from errno_gen.policy import load_policy, shipped_policies

_MESSAGES = {Fate.DROP: "goes", Fate.DEBUG: "becomes debug", Fate.KEEP: "stays"}


@click.group()
def policy() -> None:
    """List, show and validate policies."""


@policy.command("list")
@options.output_options
def list_policies(verbose: bool, quiet: bool, no_color: bool) -> int:
    """List the policies that ship."""
    screen = begin(verbose, quiet, no_color)
    table = _table("POLICY", "MEANING")
    for name in shipped_policies():
        table.add_row(Text(name), Text(load_policy(name).title))
    screen.table(table)
    return CLEAN


@policy.command("show")
@click.argument("name", metavar="NAME|FILE", default=options.DEFAULT_POLICY)
@options.output_options
def show_policy(name: str, verbose: bool, quiet: bool, no_color: bool) -> int:
    """Show what a policy says: which callback, and which errno for which cause."""
    screen = begin(verbose, quiet, no_color)
    chosen = load_policy(name)
    screen.line(f"{chosen.name}: {chosen.title}")
    named = (f"{each.member} of struct {each.struct}" for each in chosen.roles.tables)
    screen.line(f"callback: {' or '.join(named)}")
    screen.line()
    table = _table("CAUSE", "ERRNO", "MESSAGE")
    for cause, errno in chosen.causes.items():
        message = _MESSAGES[chosen.fate(cause)]
        table.add_row(Text(cause.value), Text(errno), Text(message))
    screen.table(table)
    screen.line()
    reserved = ", ".join(sorted(chosen.reserved)) or "none"
    fate = "are rewritten" if chosen.rewrite_reserved else "are left alone"
    screen.line(f"reserved for incompatible: {reserved}; other uses of it {fate}")
    screen.line()
    screen.out.print(Text(chosen.why))
    return CLEAN


@policy.command("validate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.output_options
def validate_policies(files: tuple[str, ...], verbose: bool, quiet: bool, no_color: bool) -> int:
    """Check policy files; the first mistake is named with file, line and key."""
    screen = begin(verbose, quiet, no_color)
    for file in files:
        screen.line(f"{file}: valid, policy '{load_policy(file).name}'")
    return CLEAN


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
