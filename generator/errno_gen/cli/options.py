# SPDX-License-Identifier: GPL-2.0-only
"""The options that commands share; all of them stand after the command's name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from errno_gen.errors import InputError
from errno_gen.policy import shipped_policies
from errno_gen.tools.cache import octets

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_POLICY = "einval"


def size(text: str) -> int:
    """A size as people write it, in octets: a type of option."""
    try:
        return octets(text)
    except InputError as error:
        raise click.BadParameter(str(error)) from error


def output_options(command: Command) -> Command:
    """``-v``, ``-q`` and ``--no-color``: what is shown, and how."""
    for option in (
        click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR set."),
        click.option("-q", "--quiet", is_flag=True, help="No notes and no progress."),
        click.option("-v", "--verbose", is_flag=True, help="Show every command that is run."),
    ):
        command = option(command)
    return command


def tree_option(command: Command) -> Command:
    """``--tree``: the git repository of the kernel."""
    return click.option(
        "--tree",
        "tree",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=Path(),
        help="Git repository of the kernel; may be bare. Default: this folder.",
    )(command)


def rev_option(command: Command) -> Command:
    """``--rev``: the revision to read."""
    return click.option(
        "--rev", metavar="REV", default="HEAD", help="Revision to read. Default: HEAD."
    )(command)


def policy_option(command: Command) -> Command:
    """``--policy``: a shipped policy or a file."""
    return click.option(
        "--policy",
        "policy",
        metavar="NAME|FILE",
        default=DEFAULT_POLICY,
        shell_complete=lambda _context, _parameter, typed: [
            name for name in shipped_policies() if name.startswith(typed)
        ],
        help=f"One of {', '.join(shipped_policies())}, or a TOML file. Default: {DEFAULT_POLICY}.",
    )(command)


def driver_option(command: Command) -> Command:
    """``--driver``, repeatable: only these drivers."""
    return click.option(
        "--driver",
        "drivers",
        metavar="NAME",
        multiple=True,
        help="Only this driver; may be given again. Default: all of them.",
    )(command)


def templates_option(command: Command) -> Command:
    """``--templates``: the user's own texts."""
    return click.option(
        "--templates",
        metavar="FOLDER",
        type=click.Path(path_type=Path),
        default=None,
        help="Templates (jinja2) that come before those of the same names that ship.",
    )(command)


def decisions_option(command: Command) -> Command:
    """``--decisions``: what a person settled."""
    return click.option(
        "--decisions",
        "decisions",
        metavar="FILE",
        type=click.Path(path_type=Path),
        default=None,
        help="Decisions on single sites, as TOML. Default: errno-gen/decisions.toml in the "
        "git directory, if it exists.",
    )(command)


def jobs_option(command: Command) -> Command:
    """``--jobs``: how much is done at once."""
    return click.option(
        "--jobs",
        metavar="N",
        type=click.IntRange(min=1),
        default=default_jobs(),
        show_default="one for each processor",
        help="How many drivers are worked on, or compilers run, at once.",
    )(command)


def default_jobs() -> int:
    """The number of processors this process may use."""
    return len(os.sched_getaffinity(0))
