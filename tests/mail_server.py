"""An SMTP server for tests that stores the messages it receives."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from requests_app.worker import tasks
from tests import factories


class Mailbox:
    """The messages received, and the errors to respond with."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.rcpt_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.mails if message["To"] == address]


@contextmanager
def serving(settings: Any) -> Iterator[Mailbox]:
    """Directs Django's email to the server while it runs."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def deliver(*, later: bool = True) -> None:
    """Sends everything due, in as many drains as needed. later: 30 seconds after what staff did."""
    if later:
        factories.thirty_seconds_later()
    for _ in range(10):
        if not (tasks.drain("database") + tasks.drain("outside")):
            break


def make_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET due_at = app_now() - interval '1 s' WHERE done_at IS NULL")


def plain(mail: EmailMessage) -> str:
    return _part(mail, "plain")


def html(mail: EmailMessage) -> str:
    return _part(mail, "html")


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None, f"no {kind} part"
    return str(body.get_content())
