# SPDX-License-Identifier: GPL-2.0-only
"""What people answered to a version: the review trailers in a mailbox."""

from __future__ import annotations

import contextlib
import gzip
import mailbox
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from errno_gen.errors import InputError
from errno_gen.stages.series.versions import Version
from errno_gen.tools.mail.message import decoded, parted
from errno_gen.tools.mail.trailers import REVIEW, Trailer

_TAG = re.compile(rf"^({'|'.join(REVIEW)}): *(\S.*<[^<>@\s]+@[^<>\s]+>.*?)\s*$", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s]+>")
_SUBJECT = re.compile(r"\[[^\]]*?(?:\bv(\d+)\b[^\]]*)?\]\s*(.*)", re.IGNORECASE)
_PATCH = re.compile(r"\s*\[[^\]]*\bPATCH\b", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_SPELLED = {key.lower(): key for key in REVIEW}


@dataclass(frozen=True, slots=True)
class Replies:
    """The tags for each patch of a version, and remarks on what was not taken.

    ``sent`` tells that somebody answered, so that the version's Message-IDs are public.
    """

    tags: tuple[tuple[Trailer, ...], ...]
    remarks: tuple[str, ...]
    sent: bool


def read_replies(path: Path, version: Version, subjects: Sequence[str]) -> Replies:
    """Collect the tags of replies to a version; ``subjects`` are those of its patches.

    A mail belongs to the patch that it answers, directly or by way of others, known by
    Message-ID or else by its subject; an answer to the cover letter is about all patches.
    A tag counts if the mail's sender gives it. Patches, which a whole thread has too, are no
    answers. Raises InputError if ``path`` is no mailbox.
    """
    tags: list[dict[tuple[str, str], Trailer]] = [{} for _ in version.ids]
    remarks: list[str] = []
    sent = False
    for mail in _mails(path):
        if _is_patch(mail, version):
            continue
        where, by_id = _patches(mail, version, subjects)
        sent = sent or by_id
        for tag in _tags(mail) if where else ():
            if not _is_by_sender(tag, mail):
                sender = decoded(mail.get("From", ""))
                remarks.append(f"not taken, since {sender} wrote it for somebody else: {tag}")
                continue
            for index in where:
                tags[index].setdefault(tag.same, tag)
    return Replies(tuple(tuple(each.values()) for each in tags), tuple(remarks), sent)


def _is_patch(mail: Message, version: Version) -> bool:
    own = mail.get("Message-ID", "").strip()
    subject = decoded(mail.get("Subject", ""))
    return own in (version.cover, *version.ids) or bool(_PATCH.match(subject))


def _patches(mail: Message, version: Version, subjects: Sequence[str]) -> tuple[range, bool]:
    """The patches that a mail is about, and whether it answers one of our Message-IDs."""
    refers = _ID.findall(f"{mail.get('References', '')} {mail.get('In-Reply-To', '')}")
    everything = range(len(version.ids))
    for known in reversed(refers):
        if known in version.ids:
            index = version.ids.index(known)
            return range(index, index + 1), True
        if known == version.cover:
            return everything, True
    match = _SUBJECT.search(decoded(mail.get("Subject", "")))
    if refers and match and int(match.group(1) or 1) == version.number:
        found = [n for n, subject in enumerate(subjects) if subject == match.group(2).strip()]
        if len(found) == 1:
            return range(found[0], found[0] + 1), False
    return range(0), False


def _tags(mail: Message) -> Iterator[Trailer]:
    """The tags that the mail itself says, not those that it quotes."""
    for line in _text(mail).splitlines():
        match = _TAG.match(line)
        if match:
            yield Trailer(_SPELLED[match.group(1).lower()], match.group(2))


def _is_by_sender(tag: Trailer, mail: Message) -> bool:
    name, sender = parted(decoded(mail.get("From", "")))
    theirs = parted(tag.person)[0]
    return tag.address == sender.lower() or (bool(name) and name.lower() == theirs.lower())


def _text(mail: Message) -> str:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    texts = []
    for part in parts[:1]:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
        if isinstance(payload, bytes):
            try:
                texts.append(payload.decode(charset, "replace"))
            except (LookupError, ValueError):  # UnicodeError is one
                texts.append(payload.decode("utf-8", "replace"))
    return "".join(texts)


def _mails(path: Path) -> Iterator[Message]:
    """The mails of an mbox file, which may be compressed with gzip, or of a maildir."""
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as scratch:
        try:
            if path.is_dir():
                yield from _parsed(mailbox.Maildir(path, create=False))
                return
            content = path.read_bytes()
            content = gzip.decompress(content) if content.startswith(_GZIP) else content
        except (OSError, EOFError, zlib.error, mailbox.Error) as error:
            raise InputError(f"cannot read the mailbox {path}: {error}") from error
        if content and not content.startswith(b"From "):
            raise InputError(f"{path} is no mailbox", "give an mbox file, as b4 mbox writes it")
        copy = Path(scratch, "mbox")
        copy.write_bytes(content)
        with contextlib.closing(mailbox.mbox(copy, create=False)) as box:
            yield from _parsed(box)


def _parsed(box: mailbox.Mailbox[mailbox.mboxMessage] | mailbox.Maildir) -> Iterator[Message]:
    for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its mails
        yield BytesParser().parsebytes(box.get_bytes(key))
