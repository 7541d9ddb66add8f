# SPDX-License-Identifier: GPL-2.0-only
"""``apply --emit-smpl`` and ``--smpl-in-changelog``: the options, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from errno_gen.cli.options import Command
from errno_gen.model import Inexpressible, SemanticPatch
from errno_gen.tools.mail.outfolder import check_folder, write_folder

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """Where semantic patches shall go: a folder, or None, and the changelogs.

    With ``force``, files in the folder may be replaced. Raises InputError if the folder cannot
    be used.
    """

    folder: Path | None
    in_changelog: bool
    force: bool

    def __post_init__(self) -> None:
        if self.folder is not None:
            check_folder(self.folder, _is_semantic_patch, self.force)

    @property
    def any(self) -> bool:
        return self.folder is not None or self.in_changelog


def smpl_options(command: Command) -> Command:
    """``--emit-smpl`` and ``--smpl-in-changelog``."""
    for option in (
        click.option(
            "--smpl-in-changelog",
            is_flag=True,
            help="Show the semantic patch of a driver in its changelog, if it is short.",
        ),
        click.option(
            "--emit-smpl",
            metavar="FOLDER",
            type=click.Path(path_type=Path),
            default=None,
            help="Write each driver's change as a semantic patch for plain spatch.",
        ),
    ):
        command = option(command)
    return command


def emit(say: Say, note: Say, made: Sequence[SemanticPatch], wished: Wishes) -> None:
    """Write the semantic patches, tell how much they say, and name what they do not.

    Raises InputError if the folder cannot be written.
    """
    if wished.folder is not None and made:
        files = {one.file: one.text.encode("utf-8", "surrogateescape") for one in made}
        write_folder(wished.folder, files)
        others = sorted(filter(_is_semantic_patch, wished.folder.iterdir()))
        for other in others:
            if other.name not in files:
                note(f"{other} was there before, and stays as it was")
    if wished.folder is not None:
        expressed, total = sum(one.expressed for one in made), sum(one.total for one in made)
        tried = " and ".join(made[0].versions) if made else ""
        count = len(made)
        say(
            f"semantic patches in {wished.folder}: {count} file{'s'[: count != 1]}, "
            f"{expressed} of {total} edits, tried with spatch {tried}"
            if made
            else "no semantic patch was made"
        )
    for each in made:
        for missing in each.missing:
            say(f"not expressible: {_told(missing)}")
        for loose in each.imprecise:
            say(f"not precise: {_told(loose)}")
    for each in made if wished.in_changelog else ():
        if not each.short:
            note(f"the semantic patch of {each.driver} is not in its changelog: {each.unfit}")


def _is_semantic_patch(path: Path) -> bool:
    return path.suffix == ".cocci"


def _told(edits: Inexpressible) -> str:
    return f"{edits.function}() in {edits.file}:{edits.line}: {edits.why}"
