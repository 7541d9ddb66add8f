# SPDX-License-Identifier: GPL-2.0-only
"""Trailers of commit messages: read and added by ``git interpret-trailers``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from errno_gen.errors import InputError
from errno_gen.tools.git.gitobjects import text
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.mail.message import address

REVIEW = ("Reviewed-by", "Acked-by", "Tested-by")
"""What people say of a patch, and of no other version of it."""

_KEY = re.compile(r"[A-Z][A-Za-z]*(-[A-Za-z]+)*")
_PERSON = re.compile(r"[^<>]*[^<>\s] <[^<>@\s]+@[^<>@\s]+>( .*)?")
_URL = re.compile(r"https?://\S+")
_FIXES = re.compile(r'[0-9a-f]{12,40} \(".+"\)')


@dataclass(frozen=True, slots=True)
class Trailer:
    """A line ``key: value`` at the end of a commit message."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"

    @property
    def person(self) -> str:
        """``Name <address>``, or "" if the value names nobody."""
        match = re.match(r"([^<>]*<[!-;=?-~]+@[!-;=?-~]+>)", self.value)
        return match.group(1).strip() if match else ""

    @property
    def address(self) -> str:
        """The mail address in lower case, or ""."""
        return address(self.person) if self.person else ""

    @property
    def same(self) -> tuple[str, str]:
        """What two trailers have in common that say the same."""
        return self.key.lower(), self.address or self.value


def parse_trailer(line: str) -> Trailer:
    """The trailer that a user wrote. Raises InputError if it has not the kernel's form."""
    key, colon, value = line.partition(":")
    key, value = key.strip(), value.strip()
    if not colon or not _KEY.fullmatch(key) or not value or "\n" in line or "\r" in line:
        raise InputError(f"'{line}' is no trailer", 'write it as "Key: value" on one line')
    person = key.lower().endswith("-by") or key.lower() == "cc"
    if person and not _PERSON.fullmatch(value):
        raise InputError(
            f"the trailer {key} names nobody: '{value}'",
            f'write it as "{key}: Name <name@example.org>"',
        )
    if key in ("Link", "Closes") and not _URL.match(value):
        raise InputError(f"the trailer {key} has no address: '{value}'", "give one with https://")
    if key == "Fixes" and not _FIXES.fullmatch(value):
        hint = 'write it as Fixes: 123456789abc ("The subject of that commit")'
        raise InputError(f"the trailer Fixes names no commit: '{value}'", hint)
    return Trailer(key, value)


def trailers_of(repo: Repository, message: str) -> tuple[Trailer, ...]:
    """The trailers at the end of a commit message, in their order."""
    found = _interpret(repo, message, "--parse", "--no-divider")
    parted = (line.partition(":") for line in found.splitlines())
    return tuple(Trailer(key.strip(), value.strip()) for key, colon, value in parted if colon)


def with_trailers(repo: Repository, message: str, more: Iterable[Trailer]) -> str:
    """The message with trailers before those that it has, so that a sign-off stays last.

    What it says already is not said again.
    """
    known = {trailer.same for trailer in trailers_of(repo, message)}
    fresh = {one.same: one for one in more if one.same not in known}
    if not fresh:
        return message
    # git puts each one at the very start.
    added = [f"--trailer={one}" for one in reversed(fresh.values())]
    places = ("--where=start", "--if-exists=add", "--if-missing=add", "--no-divider")
    return _interpret(repo, f"{message.rstrip()}\n", *places, *added).rstrip("\n")


def without(
    repo: Repository, message: str, keys: Sequence[str], lines: Collection[str] = ()
) -> str:
    """The message without its trailers of some keys, and without those that are ``lines``."""
    own = trailers_of(repo, message)
    gone = {str(one) for one in own if one.key in keys or str(one) in lines}
    kept = [line for line in message.split("\n") if line.strip() not in gone]
    return "\n".join(kept).rstrip()


def _interpret(repo: Repository, message: str, *options: str) -> str:
    given = message.encode("utf-8", "surrogateescape")
    return text(repo.plumbing("interpret-trailers", *options, stdin=given))
