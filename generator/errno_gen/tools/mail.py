# SPDX-License-Identifier: GPL-2.0-only
"""Mails as bytes: headers are read, encoded and added, nothing else is touched.

A patch is bytes in the encoding of the sources, so a mail is never parsed and written anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.header import Header
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import formataddr, getaddresses, parseaddr

_WIDTH = 76
_MIME = (
    b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
)
_ENDS = b"\n\n"


def header_of(mail: bytes, name: str) -> str:
    """A header's value, decoded and on one line; "" if there is none."""
    head = _head(mail)
    found = BytesHeaderParser(policy=default).parsebytes(head).get(name, "")
    return " ".join(str(found).split())


def address(person: str) -> str:
    """The bare address of ``Name <address>``, in lower case."""
    return parseaddr(person)[1].lower()


def people(text: str) -> tuple[str, ...]:
    """The persons of a list parted by commas, as ``Name <address>`` or a bare address."""
    return tuple(f"{n} <{a}>" if n else a for n, a in getaddresses([text]) if a)


def encoded(name: str, value: str) -> bytes:
    """A header of any text, RFC 2047 where it is not ASCII, folded."""
    coding = "us-ascii" if value.isascii() else "utf-8"
    made = Header(value, coding, maxlinelen=_WIDTH, header_name=name)
    return f"{name}: {made.encode()}\n".encode("ascii")


def address_header(name: str, persons: Sequence[str]) -> bytes:
    """A header of persons, one a line as git writes them; b"" for nobody."""
    if not persons:
        return b""
    # formataddr encodes and quotes the names as they need it.
    shown = (formataddr(parseaddr(person), "utf-8") for person in persons)
    return f"{name}: {f',{chr(10)} '.join(shown)}\n".encode("ascii")


def with_headers(mail: bytes, more: bytes) -> bytes:
    """The mail with header lines behind its subject, declared as 8 bit where it is."""
    head, body = mail.split(_ENDS, 1)
    lines = re.split(rb"\n(?![ \t])", head)
    subject = next(n for n, line in enumerate(lines) if line.lower().startswith(b"subject:"))
    before, after = lines[: subject + 1], lines[subject + 1 :]
    declared = any(line.lower().startswith(b"content-type:") for line in lines)
    mime = b"" if declared or body.isascii() else _MIME
    added = [line for line in ((more + mime).rstrip(b"\n"),) if line]
    return b"\n".join((*before, *added, *after)) + _ENDS + body


def replaced(mail: bytes, name: str, value: bytes) -> bytes:
    """The mail with another line, or folded lines, for one of its headers."""
    head, body = mail.split(_ENDS, 1)
    lines = re.split(rb"\n(?![ \t])", head)
    wanted = f"{name}:".encode().lower()
    kept = [value.rstrip(b"\n") if one.lower().startswith(wanted) else one for one in lines]
    return b"\n".join(kept) + _ENDS + body


def with_remark(patch: bytes, remark: str) -> bytes:
    """The patch with text between its message and the diffstat, where git am drops it."""
    if not remark:
        return patch
    head, rest = patch.split(b"\n---\n", 1)
    return head + b"\n---\n" + remark.rstrip().encode("utf-8", "surrogateescape") + b"\n\n" + rest


def _head(mail: bytes) -> bytes:
    first, _, rest = mail.partition(b"\n")
    return (rest if first.startswith(b"From ") else mail).split(_ENDS, 1)[0] + _ENDS
