"""How the operator is reached: by email and by text message, without Django, since that may be what is broken."""

import base64
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

from config.lampctl import shell
from config.lampctl.place import Place

TIMEOUT_S = 10
TEXT_MAX = 300


def senders(settings: Mapping[str, str], place: Place) -> dict[str, Callable[[str, str], None]]:
    """By channel, what sends (subject, text) to the operator and raises if it can't; without those that aren't set up."""
    by_channel: dict[str, Callable[[str, str], None]] = {}
    if settings.get("OPERATOR_EMAIL") and settings.get("ANYMAIL_SERVICE"):
        by_channel["email"] = partial(_by_service, settings, place)
    elif settings.get("OPERATOR_EMAIL") and settings.get("EMAIL_URL"):
        by_channel["email"] = partial(_by_smtp, settings)
    if settings.get("OPERATOR_PHONE") and settings.get("SMS_URL"):
        by_channel["text"] = partial(_by_gateway, settings)
    return by_channel


def _by_smtp(settings: Mapping[str, str], subject: str, text: str) -> None:
    """By EMAIL_URL, as settings.py reads it. Raises OSError, which SMTPException is, or ValueError."""
    url = urlsplit(settings["EMAIL_URL"])
    sender = settings.get("DEFAULT_FROM_EMAIL") or settings["OPERATOR_EMAIL"]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, settings["OPERATOR_EMAIL"], subject
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "lamplighter")
    message["Auto-Submitted"] = "auto-generated"
    message["X-Lamplighter-Event"] = "watch"
    message.set_content(text)
    is_secured = url.scheme in ("smtps", "smtp+tls")
    host = url.hostname or "localhost"
    if url.scheme == "smtp+ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_S)
    with server:
        if is_secured:
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _by_service(settings: Mapping[str, str], place: Place, subject: str, text: str) -> None:
    """By the email service's API, which only Django's settings know how to call."""
    code = (
        "import sys, django; django.setup(); from django.conf import settings; from django.core.mail import send_mail; "
        "send_mail(sys.argv[1], sys.stdin.read(), None, [settings.OPERATOR_EMAIL or sys.argv[2]])"
    )
    folder = place.current.resolve()
    command: list[str | Path] = [folder / ".venv/bin/python", "-c", code, subject, settings["OPERATOR_EMAIL"]]
    environment = {**shell.environment(place, "worker"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    try:
        shell.run(shell.as_user(place, "worker", command), env=environment, folder=folder, text=text)
    except shell.Refusal as refusal:
        raise OSError("the email service refused it") from refusal


def _by_gateway(settings: Mapping[str, str], _subject: str, text: str) -> None:
    """As requests_app/messages/sms.py posts it. Raises OSError."""
    secret = base64.b64encode(f"{settings.get('SMS_USER', '')}:{settings.get('SMS_PASSWORD', '')}".encode()).decode()
    fields = {"To": settings["OPERATOR_PHONE"], "From": settings.get("SMS_FROM", ""), "Body": text[:TEXT_MAX]}
    request = Request(settings["SMS_URL"], urlencode(fields).encode(), {"Authorization": f"Basic {secret}"})  # noqa: S310
    with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310  (the operator's own)
        return
