# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen series``: a branch as mails, ready to send."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from errno_gen.cli import options, tables
from errno_gen.cli.console import Screen
from errno_gen.cli.session import CLEAN, NOT_CLEAN, begin
from errno_gen.errors import InputError
from errno_gen.stages.series import Made, SeriesOptions, make
from errno_gen.stages.series.recipients import Wishes
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.mail.message import people
from errno_gen.tools.mail.trailers import Trailer, parse_trailer
from errno_gen.tools.render import user_templates

_MAX_RECIPIENTS = 50


@click.command(short_help="Make patches and a cover letter, ready to send.")
@click.argument("branch", metavar="[BRANCH]", required=False)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    required=True,
    help="Where the mails go: a new or an empty folder.",
)
@click.option(
    "-v",
    "--reroll-count",
    "version",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Version of the series.",
)
@click.option(
    "-f", "--force", is_flag=True, help="Make a version that exists anew, and replace its patches."
)
@options.tree_option
@click.option(
    "--trailer",
    "trailers",
    metavar="TEXT",
    multiple=True,
    help='Trailer for every patch, as "Key: value"; may be given again.',
)
@click.option("--link", "links", metavar="URL", multiple=True, help="Short for a trailer Link.")
@click.option(
    "--suggested-by",
    "suggested",
    metavar="PERSON",
    multiple=True,
    help="Short for a trailer Suggested-by.",
)
@click.option(
    "--mbox",
    "mailbox",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True),
    help="Replies to the last version: its Reviewed-by, Acked-by and Tested-by are collected.",
)
@click.option("--to", "to", metavar="PERSON", multiple=True, help="Also to this person or list.")
@click.option("--cc", "cc", metavar="PERSON", multiple=True, help="Also Cc this person or list.")
@click.option(
    "--max-recipients",
    metavar="N",
    type=click.IntRange(min=1),
    default=_MAX_RECIPIENTS,
    show_default=True,
    help="Most recipients of one mail: lists and who has most patches stay.",
)
@click.option(
    "--maintainers/--no-maintainers",
    default=True,
    help="Ask the tree's scripts/get_maintainer.pl for recipients (default), or do not.",
)
@click.option(
    "--checkpatch/--no-checkpatch",
    default=True,
    help="Run the tree's scripts/checkpatch.pl --strict over the patches (default), or do not.",
)
@click.option(
    "--objects",
    is_flag=True,
    help="Say below the message of each patch what it changes in the objects, as build found.",
)
@click.option(
    "--cover-letter/--no-cover-letter",
    "cover",
    default=None,
    help="With a cover letter, or without. Default: with, if there are two patches or more.",
)
@click.option(
    "--subject-prefix",
    "prefix",
    metavar="TEXT",
    default="PATCH",
    show_default=True,
    help='What stands in brackets, such as "PATCH RFC".',
)
@options.templates_option
@click.option("--verbose", is_flag=True, help="Show every command that is run.")
@click.option("-q", "--quiet", is_flag=True, help="No notes and no progress.")
@click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR set.")
def series(
    branch: str | None,
    folder: Path,
    version: int,
    force: bool,
    tree: Path,
    trailers: tuple[str, ...],
    links: tuple[str, ...],
    suggested: tuple[str, ...],
    mailbox: Path | None,
    to: tuple[str, ...],
    cc: tuple[str, ...],
    max_recipients: int,
    maintainers: bool,
    checkpatch: bool,
    objects: bool,
    cover: bool | None,
    prefix: str,
    templates: Path | None,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Make the commits of BRANCH into mails: patches, a cover letter, recipients.

    BRANCH is one that apply made, by default the last, or BASE..BRANCH. It stays as it is.
    Reviews that the last version got are carried over where its patch did not change. The exit
    code is 1 if checkpatch finds something.

    \b
    errno-gen series -o outgoing/v1
    errno-gen series -v 2 -o outgoing/v2 --mbox replies.mbox
    git send-email outgoing/v2
    """
    screen = begin(verbose, quiet, no_color)
    wishes = Wishes(_persons(to, "--to"), _persons(cc, "--cc"), max_recipients)
    settings = SeriesOptions(
        version=version,
        force=force,
        cover=cover,
        prefix=_prefix(prefix),
        given=_given(trailers, links, suggested),
        wishes=wishes,
        mailbox=mailbox,
        maintainers=maintainers,
        checkpatch=checkpatch,
        objects=objects,
    )
    repo = Repository.open(tree)
    with user_templates(templates), screen.progress() as progress:
        made = make(repo, branch, folder, settings, progress)
    return _show(screen, made, folder, version, checkpatch)


def _show(screen: Screen, made: Made, folder: Path, version: int, checked: bool) -> int:
    for note in made.notes:
        screen.note(note)
    screen.table(tables.mail_table(made.mails))
    screen.line()
    screen.table(tables.recipient_table(made.mails))
    screen.line()
    for lost in made.lost:
        screen.line(f"dropped, {lost.why}: {lost.tag} ({lost.subject})")
    for kept in made.since.kept if made.since else ():
        screen.note(f"{kept.why}, its own message has a tag still: {kept.tag} ({kept.subject})")
    for mail in made.mails:
        if mail.addressed.cut:
            names = ", ".join(mail.addressed.cut)
            screen.note(f"too many recipients, {mail.file.name} does not go to {names}")
    for finding in made.findings:
        screen.line(str(finding))
    tags = f", {made.carried} tag{'s'[: made.carried != 1]} carried over" if made.since else ""
    count = sum(mail.number > 0 for mail in made.mails)
    screen.line(
        f"v{version} of {made.branch} in {folder}: {count} patch{'es' * (count != 1)}{tags}"
        + (f", checkpatch: {len(made.findings) or 'no'} findings" if checked else "")
    )
    screen.note(f"next: git send-email {shlex.quote(str(folder))}")
    return NOT_CLEAN if made.findings else CLEAN


def _given(
    trailers: Sequence[str], links: Sequence[str], suggested: Sequence[str]
) -> tuple[Trailer, ...] | None:
    """The trailers of the command line; None if there are none."""
    lines = (
        *(f"Suggested-by: {person}" for person in suggested),
        *trailers,
        *(f"Link: {link}" for link in links),
    )
    return tuple(parse_trailer(line) for line in lines) or None


def _persons(given: Sequence[str], option: str) -> tuple[str, ...]:
    found: list[str] = []
    for text in given:
        persons = people(text)
        if not persons or not all("@" in person for person in persons):
            raise InputError(f"{option} '{text}' is no mail address", "write Name <name@host>")
        found.extend(persons)
    return tuple(found)


def _prefix(text: str) -> str:
    if not text.strip() or any(sign in text for sign in "[]\n\r"):
        raise InputError(f"'{text}' is no subject prefix", 'give words such as "PATCH RFC"')
    return text.strip()
