# SPDX-License-Identifier: GPL-2.0-only
"""A mail server on loopback that keeps what it gets."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What the server got: sender, recipients and bytes of each mail, in order."""

    got: list[tuple[str, set[str], bytes]] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content
        assert content is not None
        recipients = {name.lower() for name in envelope.rcpt_tos}
        self.got.append((str(envelope.mail_from), recipients, content))
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        made = (email.message_from_bytes(raw, policy=email.policy.default) for *_, raw in self.got)
        return [mail for mail in made if isinstance(mail, EmailMessage)]


@contextmanager
def mail_sink() -> Iterator[tuple[Sink, int]]:
    """A mail server on loopback, and its port."""
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()
