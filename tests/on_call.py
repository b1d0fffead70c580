"""Rosters for tests, and what reached the people on them."""

import datetime as dt
import re
import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend

from requests_app.clock import app_now
from requests_app.messages import sms
from requests_app.models import Department, Jurisdiction, OnCall
from requests_app.worker import tasks
from tests.shifted_clock import set_time

GAS = "I smell gas in the hall"


def on_call(city: Jurisdiction, department: Department | None, name: str = "", **columns: Any) -> OnCall:
    """A line of a roster: an outside contact with an address of its own, or user=…."""
    if name and "email" not in columns and "phone" not in columns:
        columns["email"] = f"{name.lower().replace(' ', '.')}@on-call.example"
    return OnCall.objects.create(jurisdiction=city, department=department, name=name, **columns)


def texts_to(folder: Path, configured: Any) -> None:
    """Sends text messages to files, as the demo does."""
    configured.SMS_BACKEND, configured.SMS_FOLDER = "requests_app.messages.sms.write_to_file", folder


def work() -> None:
    """What the workers do now: routing, the next step of each alarm, and its messages."""
    tasks.drain("database")
    tasks.drain("alarm")
    # A message that failed may have made the next step due.
    tasks.drain("database")
    tasks.drain("alarm")


def minutes_later(minutes: float) -> None:
    set_time(app_now() + dt.timedelta(minutes=minutes))
    work()


def alarm_emails() -> list[EmailMessage]:
    return [one for one in mail.outbox if one.extra_headers.get("X-Lamplighter-Event") == "alarm"]


def emailed() -> list[str]:
    """The names of those who got an alarm by email, in order."""
    return [str(one.to[0]).partition("@")[0] for one in alarm_emails()]


def texted() -> list[str]:
    """The numbers that got an alarm by text message, in order."""
    return [one.to for one in reversed(sms.latest())] if settings.SMS_BACKEND else []


def link_in(text: str) -> str:
    """The path of the link in a message."""
    found = re.search(r"https?://[^/\s]+(/alarm/\S+)", text)
    assert found is not None, text
    return found[1]


# --- Bad mail servers and gateways (EMAIL_BACKEND, SMS_BACKEND) -----------------------------------------------------------


class RefusesNightCrew(LocmemBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            if message.to[0].startswith("night.crew"):
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


class RefusesEverybody(LocmemBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such user")})


class IsAway(LocmemBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError


def refuses(to: str, text: str) -> None:
    raise sms.Undeliverable("400")


def fails(to: str, text: str) -> None:
    raise ConnectionResetError


def is_slow(to: str, text: str) -> None:
    raise TimeoutError


def sends_twice(to: str, text: str) -> None:
    sms.write_to_file(to, text)
    sms.write_to_file(to, text)
