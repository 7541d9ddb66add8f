# SPDX-License-Identifier: GPL-2.0-only
"""Mails as bytes: headers are read, encoded and added, nothing else is touched.

A patch is bytes in the encoding of the sources, so a mail is never parsed and written anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.header import Header, decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import formataddr, getaddresses

from errno_gen.errors import InputError

_WIDTH = 76
_MIME = (
    b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
)
_ENDS = b"\n\n"
_PERSON = re.compile(r"(.*?)\s*<([^<>]+)>")


def header_of(mail: bytes, name: str) -> str:
    """A header's value, decoded and on one line; "" if there is none."""
    found = BytesHeaderParser().parsebytes(_head(mail)).get(name, "")
    return decoded(found)


def decoded(value: object) -> str:
    """A header's value as text on one line; one that is encoded badly as it is."""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError):
        text = str(value)
    return " ".join(text.split())


def parted(person: str) -> tuple[str, str]:
    """Name and address of ``Name <address>`` as git writes it, where a name may have commas.

    A name in quotation marks loses them; without an address it is ("", the text).
    """
    match = _PERSON.fullmatch(person.strip())
    if match is None:
        return "", person.strip()
    name = match.group(1).strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, match.group(2)


def address(person: str) -> str:
    """The bare address of ``Name <address>``, in lower case."""
    return parted(person)[1].lower()


def people(text: str) -> tuple[str, ...]:
    """The persons of a list parted by commas, as ``Name <address>`` or a bare address."""
    return tuple(f"{n} <{a}>" if n else a for n, a in getaddresses([text]) if a)


def encoded(name: str, value: str) -> bytes:
    """A header of any text, RFC 2047 where it is not ASCII, folded."""
    coding = "us-ascii" if value.isascii() else "utf-8"
    made = Header(value, coding, maxlinelen=_WIDTH, header_name=name)
    return f"{name}: {made.encode()}\n".encode("ascii")


def address_header(name: str, persons: Sequence[str]) -> bytes:
    """A header of persons, one a line as git writes them; b"" for nobody.

    Raises InputError for an address that is not ASCII, which mail programs do not take.
    """
    if not persons:
        return b""
    pairs = [parted(person) for person in persons]
    odd = next((address for _, address in pairs if not address.isascii()), None)
    if odd is not None:
        raise InputError(f"the mail address {odd} is not ASCII", "write its host in punycode")
    # formataddr encodes and quotes the names as they need it.
    shown = (formataddr(pair, "utf-8") for pair in pairs)
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
