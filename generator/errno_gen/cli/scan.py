# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen scan``: every callback, site, cause and reason."""

from __future__ import annotations

from pathlib import Path

import click

from errno_gen.cli import options, tables
from errno_gen.cli.console import Screen
from errno_gen.cli.session import (
    begin,
    read_decisions,
    read_kernel,
    report_failures,
    report_stale,
    report_undecided,
)
from errno_gen.model import Scan
from errno_gen.pipeline import scans
from errno_gen.pipeline.requests import Options
from errno_gen.policy import Policy, load_policy
from errno_gen.stages import report, undecided


@click.command(short_help="Show what each errno means, and what the policy makes of it.")
@options.tree_option
@options.rev_option
@options.policy_option
@options.driver_option
@options.decisions_option
@click.option(
    "--format",
    "style",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="A table to read, or JSON with all the evidence.",
)
@click.option("--why", is_flag=True, help="Paragraphs with the whole argument of each verdict.")
@click.option(
    "--undecided",
    "open_only",
    is_flag=True,
    help="Only what a person has to settle, most valuable first: a decision file to fill in.",
)
@click.option("--strict", is_flag=True, help="Count discouraged errnos as wrong ones.")
@options.jobs_option
@options.output_options
def scan(
    tree: Path,
    rev: str,
    policy: str,
    drivers: tuple[str, ...],
    decisions: Path | None,
    style: str,
    why: bool,
    open_only: bool,
    strict: bool,
    jobs: int,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Show what each errno that can leave a callback means, and what the policy makes of it.

    \b
    errno-gen scan --tree ~/linux
    errno-gen scan --tree ~/linux --rev v6.1 --driver omap --format json
    errno-gen scan --tree ~/linux --undecided > decisions.toml
    """
    screen = begin(verbose, quiet, no_color)
    chosen = load_policy(policy)
    kernel = read_kernel(screen, tree, rev)
    obeyed = read_decisions(screen, kernel, decisions)
    settings = Options(drivers=drivers, strict=strict, jobs=jobs, decisions=obeyed)
    with screen.progress() as progress:
        found = scans.scan(kernel, chosen, settings, progress)
    report_stale(screen, found.stale_decisions)
    if open_only:
        _show_undecided(screen, found, chosen, style)
    elif style == "json":
        screen.raw(report.scan_json(found))
    else:
        _show(screen, found, why)
    return report_failures(screen, found.failures)


def _show_undecided(screen: Screen, found: Scan, policy: Policy, style: str) -> None:
    entries = undecided.undecided(found, policy.reserved)
    if style == "json":
        verdicts = [verdict for entry in entries for verdict in entry.sites]
        screen.raw(report.scan_json(found, verdicts, undecided.remarks))
    elif entries:
        screen.raw(undecided.as_decisions(found, entries))
    else:
        screen.note(f"nothing is undecided under the policy {policy.name}")


def _show(screen: Screen, found: Scan, why: bool) -> None:
    rows = report.site_rows(found)
    if rows and why:
        screen.out.print(tables.explained(rows), end="")
    elif rows:
        wide = tables.site_table(rows, reasons=not screen.out.is_terminal)
        screen.table(wide if screen.fits(wide) else tables.narrow_site_table(rows))
        screen.line()
    version = f"Linux {found.tree.version} ({found.tree.commit[:12]}), policy {found.policy}"
    screen.line(f"{version}: {report.scan_summary(found)}")
    others = report.drivers_without_sites(found)
    if others:
        screen.line(f"without an errno of their own: {', '.join(d.name for d in others)}")
    if rows and screen.out.is_terminal and not why:
        screen.note("--why shows the argument of each verdict, --format json all of the evidence")
        report_undecided(screen, found)
