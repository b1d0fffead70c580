"""The mails that the demo wrote to files instead of sending them, newest first."""

import email
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# As Django's file backend names them; anything else is not ours to open.
FILE_NAME = re.compile(r"^[0-9]{8}-[0-9]{6}-[0-9]+\.log$")
# Django puts this line after each mail of a file.
BETWEEN = re.compile(rb"^-{79}$", re.MULTILINE)
SHOWN = 100


@dataclass(frozen=True)
class Mail:
    name: str
    to: str
    subject: str
    date: str
    event: str
    text: str


def newest(about: str = "") -> list[Mail]:
    """The last hundred; `about` keeps those with this text in subject or address."""
    found: list[Mail] = []
    for path in sorted(_folder().glob("*.log"), key=lambda one: one.name, reverse=True):
        if len(found) >= SHOWN:
            break
        mail = _read(path)
        if mail is not None and about.lower() in f"{mail.subject} {mail.to}".lower():
            found.append(mail)
    return found


def one(name: str) -> Mail | None:
    return _read(_folder() / name) if FILE_NAME.match(name) else None


def _folder() -> Path:
    return Path(settings.MAIL_FOLDER)


def _read(path: Path) -> Mail | None:
    if not FILE_NAME.match(path.name):
        return None
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    message = email.message_from_bytes(BETWEEN.split(raw)[0].rstrip(b"\n"), policy=email.policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        name=path.name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=str(message["Date"] or ""),
        event=str(message["X-Lamplighter-Event"] or ""),
        text=str(body.get_content()) if body is not None else "",
    )
