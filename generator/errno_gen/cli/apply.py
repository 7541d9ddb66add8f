# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen apply``: rewrite, prove, and commit per driver on a new branch."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from errno_gen.cli import options, semantic, tables
from errno_gen.cli.console import Screen
from errno_gen.cli.session import (
    begin,
    read_decisions,
    read_kernel,
    report_failures,
    report_left,
    report_stale,
    report_undecided,
)
from errno_gen.errors import InputError
from errno_gen.model import Action, Division
from errno_gen.pipeline import order
from errno_gen.pipeline.requests import Kernel, Options, Rewritten, Target
from errno_gen.policy import Policy, load_policy
from errno_gen.stages import report
from errno_gen.stages.series.prep import Prepared
from errno_gen.tools.git.textdiff import diff_of
from errno_gen.tools.render import user_templates


@click.command(short_help="Rewrite what breaks the policy, one commit per driver.")
@options.tree_option
@options.rev_option
@options.policy_option
@options.driver_option
@options.decisions_option
@options.templates_option
@click.option(
    "--branch",
    metavar="NAME",
    default=None,
    help="Branch to make. Default: errno-gen/ and the policy's name.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Print one diff and write nothing.")
@click.option(
    "-f", "--force", is_flag=True, help="Move the branch if it exists; its reflog has the old tip."
)
@click.option("-s", "--signoff", is_flag=True, help="Add your Signed-off-by, as git commit does.")
@click.option(
    "--split",
    "division",
    type=click.Choice([each.value for each in Division]),
    default=Division.DRIVER.value,
    show_default=True,
    help="One commit for each driver, for each kind of cause, or for each of both.",
)
@click.option(
    "--b4",
    is_flag=True,
    help="Make a prep branch of b4's: cover letter and tracking are there, b4 prep and b4 send "
    "go on. With --force the letter, the recipients and the version of the branch stay.",
)
@click.option("--strict", is_flag=True, help="Rewrite discouraged errnos as well.")
@click.option(
    "--rules/--no-rules",
    default=None,
    help="Begin with a commit that documents the policy's rules. Default: unless --driver picks "
    "some drivers.",
)
@semantic.smpl_options
@options.jobs_option
@options.output_options
def apply(
    tree: Path,
    rev: str,
    policy: str,
    drivers: tuple[str, ...],
    decisions: Path | None,
    templates: Path | None,
    branch: str | None,
    dry_run: bool,
    force: bool,
    signoff: bool,
    b4: bool,
    strict: bool,
    rules: bool | None,
    division: str,
    emit_smpl: Path | None,
    smpl_in_changelog: bool,
    jobs: int,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Rewrite what breaks the policy, prove each rewrite, and make one commit per driver.

    Before them comes a commit that adds the policy's rules to the kernel's own documentation, if
    it does not have them yet.

    The commits start at --rev and go to a new branch; your work tree, index and HEAD stay as they
    are. A driver that cannot be handled is reported and left out, the others go on, and the exit
    code is 1.

    \b
    errno-gen apply --policy einval --dry-run | git apply --check
    errno-gen apply --policy einval --branch errno-gen/einval -s
    errno-gen apply --branch iommu-errnos -s --b4
    """
    screen = begin(verbose, quiet, no_color)
    chosen = load_policy(policy)
    kernel = read_kernel(screen, tree, rev)
    obeyed = read_decisions(screen, kernel, decisions)
    wished = semantic.Wishes(emit_smpl, smpl_in_changelog, force)
    if smpl_in_changelog and division != Division.DRIVER:
        raise InputError(
            "--smpl-in-changelog goes with --split driver alone: a semantic patch is about all "
            "of a driver's changes"
        )
    settings = Options(
        drivers=drivers,
        strict=strict,
        jobs=jobs,
        decisions=obeyed,
        rules=not drivers if rules is None else rules,
        division=Division(division),
        smpl=wished.any,
    )
    if dry_run:
        with user_templates(templates):
            return _dry_run(screen, kernel, chosen, settings, rev, wished)
    target = Target(branch or default_branch(chosen), force, signoff, smpl_in_changelog, b4)
    with user_templates(templates), screen.progress() as progress:
        applied = order.apply(kernel, chosen, target, settings, progress)
    report_stale(screen, applied.rewritten.scan.stale_decisions)
    report_left(screen, applied.rewritten.left)
    failed = report_failures(screen, applied.rewritten.failures)
    for remark in applied.rewritten.documented.remarks:
        screen.line(f"rules: {remark}")
    if not applied.commits:
        screen.line(f"{_nothing(applied.rewritten, chosen, rev)}; no branch was made")
        return failed
    screen.table(tables.commit_table(report.commit_rows(applied.commits), builds=False))
    screen.line()
    count = len(applied.commits)
    screen.line(
        f"branch {target.branch}: {count} commit{'s'[: count > 1]} on {kernel.tree.commit[:12]}"
    )
    if not applied.rewritten.patches:
        screen.line(
            f"{_nothing(applied.rewritten, chosen, rev)}; the one commit documents the rules"
        )
    semantic.emit(screen.line, screen.note, applied.rewritten.semantic, wished)
    if applied.prepared is not None:
        _show_prepared(screen, applied.prepared)
    for one in applied.gone:
        screen.note(
            f"the former branch had {one.oid[:12]} ({one.subject}), which errno-gen did not make: "
            "git cherry-pick takes it over"
        )
    report_undecided(screen, applied.rewritten.scan)
    where = "" if tree == Path() else f"--tree {shlex.quote(str(tree))} "
    screen.note(f"next: errno-gen build {where}{shlex.quote(target.branch)}")
    if b4:
        screen.note(f"then: git switch {shlex.quote(target.branch)}, b4 prep --auto-to-cc, b4 send")
    return failed


def _show_prepared(screen: Screen, prepared: Prepared) -> None:
    tags = prepared.carried
    kept = f", {tags} tag{'s'[: tags != 1]} kept" if tags else ""
    screen.line(f"prep branch of b4: v{prepared.revision} of {prepared.change_id}{kept}")
    for lost in prepared.lost:
        screen.line(f"dropped, {lost.why}: {lost.tag} ({lost.subject})")
    for note in prepared.notes:
        screen.note(note)


def default_branch(policy: Policy) -> str:
    """The branch that ``apply`` makes when it is told no other."""
    return f"errno-gen/{policy.name}"


def _dry_run(
    screen: Screen,
    kernel: Kernel,
    policy: Policy,
    settings: Options,
    rev: str,
    wished: semantic.Wishes,
) -> int:
    with screen.progress() as progress:
        done = order.rewritten(kernel, policy, settings, progress)
    report_stale(screen, done.scan.stale_decisions)
    report_left(screen, done.left)
    for remark in done.documented.remarks:
        screen.note(f"rules: {remark}")
    patched = [change for patch in done.patches for change in patch.changes]
    screen.raw(diff_of([*done.documented.changes, *patched]))
    # Standard output has the diff alone.
    semantic.emit(screen.note, screen.note, done.semantic, wished)
    if not done.patches:
        screen.note(_nothing(done, policy, rev))
    return report_failures(screen, done.failures)


def _nothing(done: Rewritten, policy: Policy, rev: str) -> str:
    """Why there is nothing to commit: all is as it should be, or nobody knows, or it failed."""
    if done.failures or done.left:
        return f"nothing was changed: what breaks the policy {policy.name} needs a person"
    waiting = sum(verdict.action is Action.REVIEW for verdict in done.scan.verdicts)
    if waiting:
        sites = "1 site waits" if waiting == 1 else f"{waiting} sites wait"
        return f"nothing was changed: {sites} for review under the policy {policy.name}"
    return f"nothing to change: {rev} obeys the policy {policy.name}"
