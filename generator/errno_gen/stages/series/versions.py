# SPDX-License-Identifier: GPL-2.0-only
"""The versions of a series that were made, kept below the git directory.

The commits of a version, with the trailers that its mails had, stay reachable by the
reference ``refs/errno-gen/series/<branch>/v<number>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from errno_gen.tools import state
from errno_gen.tools.git.githistory import keep
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.mail.trailers import Trailer

_KIND = "series"

Site = tuple[str, str, str, str, str]
"""What is done at a site: driver, function, errno, guard, and what the errno becomes."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its commits ``base..tip``, and the Message-IDs of its mails.

    ``ids`` has one for each commit, ``cover`` is "" if there was no cover letter; ``given``
    are the trailers that the user asked for; ``sites`` is what the series did.
    """

    number: int
    base: str
    tip: str
    cover: str
    ids: tuple[str, ...]
    given: tuple[Trailer, ...]
    sites: tuple[Site, ...]


def versions(repo: Repository, branch: str) -> tuple[Version, ...]:
    """The versions of a branch's series, by number."""
    found = state.recall(repo.common_dir, _KIND, branch, tuple[Version, ...]) or ()
    return tuple(sorted(found, key=lambda version: version.number))


def remember(repo: Repository, branch: str, version: Version) -> None:
    """Keep a version; one of the same number is replaced."""
    keep(repo, f"series/{state.file_name(branch)}/v{version.number}", version.tip)

    def new(known: tuple[Version, ...] | None) -> tuple[Version, ...]:
        return (*(one for one in known or () if one.number != version.number), version)

    state.change(repo.common_dir, _KIND, branch, tuple[Version, ...], new)
