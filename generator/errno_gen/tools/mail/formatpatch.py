# SPDX-License-Identifier: GPL-2.0-only
"""Patches as mails, by ``git format-patch``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from errno_gen.tools.git.repository import Repository

# Each says what a user's or repository's configuration may have changed.
_STYLE = (
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-notes",
    "--no-attach",
    "--no-from",
    "--no-to",
    "--no-cc",
    "--no-add-header",
    "--no-signoff",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=3",
    "--abbrev=12",
    "--encode-email-headers",
    "--suffix=.patch",
)


@dataclass(frozen=True, slots=True)
class Form:
    """How patches are numbered: the version, the words in brackets, with a cover or without."""

    version: int
    prefix: str = "PATCH"
    cover: bool = True


def format_patches(
    repo: Repository, base: str, tip: str, folder: Path, form: Form
) -> tuple[Path, ...]:
    """Write one mail for each commit of ``base..tip`` into ``folder``; the files in order.

    With a cover letter, which git leaves to be filled in, that is the first. The mails
    have Message-IDs and are a thread. Raises ToolError when git fails.
    """
    sender = repo.identity("committer")
    who = {"GIT_COMMITTER_NAME": sender.name, "GIT_COMMITTER_EMAIL": sender.email}
    version = (f"-v{form.version}",) if form.version > 1 else ()
    cover = "--cover-letter" if form.cover else "--no-cover-letter"
    git = repo.plumbing("version").decode().split()[2]
    listed = repo.plumbing(
        "format-patch",
        *_STYLE,
        f"--signature={git}",
        *version,
        cover,
        "--thread=shallow",
        "--numbered" if form.cover else "--no-numbered",
        f"--base={base}",
        f"--subject-prefix={form.prefix}",
        f"--output-directory={folder}",
        f"{base}..{tip}",
        env=who,
        writes=f"files to {folder}",
    )
    return tuple(Path(os.fsdecode(line)) for line in listed.splitlines())
