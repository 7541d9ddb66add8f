# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen image``: the container image with the kernel's toolchains."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from errno_gen.cli import options
from errno_gen.cli.session import CLEAN, NOT_CLEAN, begin
from errno_gen.cli.tables import size_text
from errno_gen.tools.containers import image as images
from errno_gen.tools.containers.engine import CONTAINER_ENGINES

_engine_option = click.option(
    "--engine",
    type=click.Choice(("auto", *CONTAINER_ENGINES)),
    default="auto",
    show_default=True,
    help="The container engine; auto takes what works, podman first.",
)


@click.group()
def image() -> None:
    """Make and show the container image with the kernel's toolchains."""


@image.command("build")
@_engine_option
@click.option(
    "--method",
    type=click.Choice(images.METHODS),
    default="auto",
    show_default=True,
    help="From a registry's base image, from Debian's archive, or whichever can be reached.",
)
@options.output_options
def build_image(engine: str, method: str, verbose: bool, quiet: bool, no_color: bool) -> int:
    """Make the image, unless it is there already."""
    screen = begin(verbose, quiet, no_color)
    status = images.build(engine, screen.note, method)
    screen.line(f"{status.engine} has {status.reference}, {size_text(status.size)}")
    return CLEAN


@image.command("show")
@_engine_option
@options.output_options
def show_image(engine: str, verbose: bool, quiet: bool, no_color: bool) -> int:
    """Show which engines have the image, and what is in it. Exit code 1 if none has."""
    screen = begin(verbose, quiet, no_color)
    found = images.show(engine)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("ENGINE", "IMAGE", "SIZE", "ID"):
        table.add_column(column, no_wrap=True)
    for status in found:
        size = size_text(status.size) if status.image_id else "not made"
        cells = (status.engine, status.reference, size, status.image_id[:12])
        table.add_row(*(Text(cell) for cell in cells))
    screen.table(table)
    screen.line()
    screen.out.print(Text(f"packages: {' '.join(found[0].packages)}"))
    return CLEAN if any(status.image_id for status in found) else NOT_CLEAN


@image.command("prune")
@_engine_option
@options.output_options
def prune_images(engine: str, verbose: bool, quiet: bool, no_color: bool) -> int:
    """Remove images of other recipes than this version's. What a run uses now stays.

    Sources and build folders are cleaned by: errno-gen cache prune
    """
    screen = begin(verbose, quiet, no_color)
    done = images.prune(engine)
    for where, reference in done.removed:
        screen.line(f"{where}: removed {reference}")
    for where, reference in done.kept:
        screen.line(f"{where}: {reference} is in use and left alone")
    if not done.removed and not done.kept:
        screen.line("there is no image of another recipe")
    return CLEAN
