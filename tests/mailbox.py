"""A real mail server on this machine, which keeps what it is sent."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from participation.foundation.db import SettledFlask


class MailServer:
    """What a mail server on this machine has got."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.got.append((envelope.rcpt_tos, mail))
        return "250 OK"


@contextmanager
def receiving(app: SettledFlask) -> Iterator[MailServer]:
    """A mail server that the app is set to meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    before = {key: app.config.get(key) for key in ("SMTP_HOST", "SMTP_PORT", "MAIL_FROM")}
    try:
        app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=port, MAIL_FROM="svar@engelund.example")
        yield server
    finally:
        app.config.update(before)
        controller.stop()
