"""Emails that the demo wrote to files instead of sending, newest first."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

# Names given by Django's file backend; no other file may be opened.
FILE_NAME = re.compile(r"^[0-9]{8}-[0-9]{6}-[0-9]+\.log$")
# Django writes this line after each email in a file.
SEPARATOR = re.compile(rb"^-{79}$", re.MULTILINE)
LATEST_MAX = 100


@dataclass(frozen=True)
class Email:
    name: str
    to: str
    subject: str
    date: str
    event: str
    text: str
    html: str


def latest(about: str = "") -> list[Email]:
    """The latest emails, at most LATEST_MAX; `about` filters by subject and address."""
    emails: list[Email] = []
    for path in sorted(_folder().glob("*.log"), key=lambda path: path.name, reverse=True):
        if len(emails) >= LATEST_MAX:
            break
        message = _read(path)
        if message is not None and about.lower() in f"{message.subject} {message.to}".lower():
            emails.append(message)
    return emails


def get(name: str) -> Email | None:
    return _read(_folder() / name) if FILE_NAME.match(name) else None


def _folder() -> Path:
    return Path(settings.MAIL_FOLDER)


def _read(path: Path) -> Email | None:
    if not FILE_NAME.match(path.name):
        return None
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    message: EmailMessage = email.message_from_bytes(SEPARATOR.split(raw)[0].rstrip(b"\n"), policy=email.policy.default)
    return Email(
        name=path.name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=str(message["Date"] or ""),
        event=str(message["X-Lamplighter-Event"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body is not None else ""
