# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen build``: the compile check of each commit."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import click

from errno_gen.cli import options, tables
from errno_gen.cli.console import Screen
from errno_gen.cli.session import CLEAN, NOT_CLEAN, begin
from errno_gen.errors import InputError
from errno_gen.model import BuildResult, Commit, Status
from errno_gen.stages import report
from errno_gen.stages.annotations import build_annotations
from errno_gen.stages.build import BuildOptions
from errno_gen.stages.build import build as check
from errno_gen.tools import ranges
from errno_gen.tools.compile.warnings import Checks
from errno_gen.tools.containers.engine import ENGINES
from errno_gen.tools.crew import builds
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.objects import objecttext
from errno_gen.tools.settings import settings

_report_file = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Compile each commit, before and after.")
@click.argument("revisions", metavar="[RANGE]", required=False)
@options.tree_option
@options.driver_option
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="Where to compile; host is without a container.",
)
@click.option(
    "--executor",
    metavar="dask://HOST:PORT",
    default="",
    help="Compile on the workers of this Dask scheduler, with --jobs on each. Default: here.",
)
@click.option(
    "--arch",
    "architectures",
    metavar="ARCH",
    multiple=True,
    help="Only this architecture; may be given again. Default: all that are known.",
)
@click.option(
    "--config",
    "config",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compile with this .config instead; its head, or --arch, says for what.",
)
@click.option(
    "--defconfig",
    "defconfigs",
    metavar="NAME[,FRAGMENT]",
    multiple=True,
    help="Compile with this configuration of the tree instead; may be given again.",
)
@click.option(
    "--cache-size",
    "cache_limit",
    metavar="SIZE",
    type=options.size,
    envvar="ERRNO_GEN_CACHE_SIZE",
    default=settings().cache,
    show_default=True,
    show_envvar=True,
    help="What kept sources and build folders may take after the run.",
)
@click.option("--warnings", is_flag=True, help="Also what make W=1 warns of, if it is new.")
@click.option("--sparse", is_flag=True, help="Also what sparse warns of, if it is new.")
@click.option("--werror-new", is_flag=True, help="A new warning fails the commit.")
@click.option(
    "--strict-objects",
    is_flag=True,
    help="Exit with 1 if code differs that the commit's edits do not explain.",
)
@click.option("--json", "json_file", type=_report_file, help="Write all results as JSON.")
@click.option("--junit", "junit_file", type=_report_file, help="Write all results as JUnit XML.")
@options.jobs_option
@options.output_options
def build(
    revisions: str | None,
    tree: Path,
    drivers: tuple[str, ...],
    engine: str,
    executor: str,
    architectures: tuple[str, ...],
    config: Path | None,
    defconfigs: tuple[str, ...],
    cache_limit: int,
    warnings: bool,
    sparse: bool,
    werror_new: bool,
    strict_objects: bool,
    json_file: Path | None,
    junit_file: Path | None,
    jobs: int,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Compile each commit of RANGE, before and after, where its driver is enabled.

    RANGE is BASE..TIP, a branch that apply made, or one commit; by default the branch that apply
    made last. The sources are mounted read-only in a container without network. The exit code is
    1 if a commit does not compile, or cannot be compiled by any configuration.

    For each object it is told which functions differ before and after. What the edits of the
    commit do not explain is flagged; warnings are shown if the commit brings them.

    \b
    errno-gen build
    errno-gen build master..errno-gen/einval --junit results.xml
    errno-gen build --defconfig multi_v7_defconfig --arch arm
    errno-gen build --defconfig allyesconfig --defconfig defconfig,debug.config
    """
    screen = begin(verbose, quiet, no_color)
    for file in (json_file, junit_file):
        if file is not None and not file.absolute().parent.is_dir():
            raise InputError(f"cannot write {file}: there is no folder {file.parent}")
    repo = Repository.open(tree)
    wanted = ranges.made_range(repo, revisions)
    commits = ranges.commits_of(repo, wanted, drivers)
    wishes = BuildOptions(
        engine=engine,
        architectures=architectures,
        # Workers have processors of their own, so that this machine's number says nothing.
        jobs=jobs if _is_given("jobs") or not executor else 0,
        checks=Checks(warnings, sparse),
        werror_new=werror_new,
        config=config,
        defconfigs=defconfigs,
        cache_limit=cache_limit,
        executor=executor,
    )
    with screen.progress() as progress:
        results = check(repo, commits, wishes, progress)
    builds.remember(repo.common_dir, commits, results)
    if json_file is not None:
        json_file.write_text(report.build_json(commits, results), encoding="utf-8")
    if junit_file is not None:
        junit_file.write_text(report.build_junit(commits, results), encoding="utf-8")
    clean = _show(screen, wanted, commits, results)
    return NOT_CLEAN if strict_objects and objecttext.flags(results) else clean


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is not click.core.ParameterSource.DEFAULT


def _show(
    screen: Screen, wanted: str, commits: Sequence[Commit], results: Sequence[BuildResult]
) -> int:
    if not commits:
        screen.line(f"{_short(wanted)} has no commit to compile")
        return CLEAN
    screen.table(tables.commit_table(report.commit_rows(commits, results), builds=True))
    screen.line()
    for result in results:
        for line in report.trouble(result):
            screen.line(line)
    for line in (*objecttext.object_lines(results), *objecttext.warning_lines(results)):
        screen.line(line)
    screen.line(f"{_short(wanted)}: {report.build_summary(results)}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in build_annotations(commits, results):
            screen.line(line)
    return CLEAN if all(result.status is Status.PASS for result in results) else NOT_CLEAN


def _short(revisions: str) -> str:
    """A range for people: full commit ids and names of branches shortened."""
    return re.sub(r"\b([0-9a-f]{12})[0-9a-f]{28,}\b|\brefs/heads/", r"\1", revisions)
