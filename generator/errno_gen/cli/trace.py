# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen trace``: how an errno can come out of a function."""

from __future__ import annotations

from pathlib import Path

import click

from errno_gen.analysis.kernel.summaries import Chain, Trace
from errno_gen.cli import options
from errno_gen.cli.console import Screen
from errno_gen.cli.session import begin, read_kernel
from errno_gen.errors import InputError
from errno_gen.pipeline import scans


@click.command()
@click.argument("function")
@click.option("--errno", metavar="EFOO", help="Only this errno, for instance EINVAL.")
@options.tree_option
@options.rev_option
@options.output_options
def trace(
    function: str,
    errno: str | None,
    tree: Path,
    rev: str,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Show every chain of calls by which an errno can leave FUNCTION.

    Each block is one chain: the calls from outside in, and last the place that makes the errno.

    \b
    errno-gen trace pm_runtime_get_sync --errno EINVAL --tree ~/linux
    """
    screen = begin(verbose, quiet, no_color)
    kernel = read_kernel(screen, tree, rev)
    wanted = errno.removeprefix("-").upper() if errno else None
    found = scans.trace(kernel, function, wanted)
    if not found.roots:
        raise InputError(
            f"no definition of {function}() in this tree", "give the name of a C function or macro"
        )
    _show(screen, function, wanted, found)
    return 0


def _show(screen: Screen, function: str, errno: str | None, found: Trace) -> None:
    for chain in found.chains:
        screen.line(f"{chain.errno}:")
        for line in _lines(chain):
            screen.line(line)
        screen.line()
    what = errno or "an errno"
    if not found.chains:
        screen.line(f"{what} cannot leave {function}() by any chain that can be followed")
    else:
        errnos = sorted({chain.errno for chain in found.chains})
        count = len(found.chains)
        screen.line(f"{function}(): {count} chain{'s'[: count > 1]}, {', '.join(errnos)}")
    if not found.complete:
        screen.note("there are more chains than are listed; --errno narrows them down")
    for text in found.open:
        screen.line(f"not followed: {text}")


def _lines(chain: Chain) -> list[str]:
    """A chain as a tree: each callee one step further in."""
    lines = []
    for depth, step in enumerate(chain.steps):
        verb = "calls" if depth < len(chain.steps) - 1 else f"makes -{chain.errno}"
        lines.append(f"  {'  ' * depth}{step.function}()  {step.file}:{step.line} {verb}")
    return lines
