"""Trying an integration once, through the path that real messages take, and saying what happened."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from urllib.error import HTTPError, URLError

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import api_keys
from requests_app.messages import sms
from requests_app.messages.email import sender
from requests_app.models import Jurisdiction, User
from requests_app.rules.programs import api_keys as rules
from requests_app.rules.shared import installation

ANSWER_MAX = 300
REFUSALS = {
    rules.REVOKED: gettext_lazy("This key was revoked. Create a new one."),
    rules.ENDED: gettext_lazy("This test key has ended. Get a new one at /developers/keys/."),
    rules.REPLACED: gettext_lazy("This key was replaced by a new one. Use that."),
    rules.EXPIRED: gettext_lazy("This key has expired. Edit it or create a new one."),
}


@dataclass(frozen=True)
class Outcome:
    """message: what happened and what to do. answer: the other side's own words, if it gave any."""

    worked: bool
    message: str
    answer: str = ""


def try_email(jurisdiction: Jurisdiction, user: User) -> Outcome:
    """Sends an email to the user, by the mail server or service that residents' email takes."""
    if installation.is_copy():
        return Outcome(False, _("This is a copy of another site. Nothing leaves it."))
    message = EmailMultiAlternatives(
        _("Test email from %(city)s") % {"city": jurisdiction.name},
        _("This is a test from setup. If you can read it, email works."),
        sender(jurisdiction),
        [user.email],
        headers={"X-Lamplighter-Event": "test", "Auto-Submitted": "auto-generated"},
    )
    names = {"address": user.email}
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return Outcome(False, _("The mail server refused the address %(address)s.") % names, _answer(code, answer))
    except smtplib.SMTPAuthenticationError as error:
        words = _("The mail server didn’t accept our user name and password. Check EMAIL_URL.")
        return Outcome(False, words, _answer(error.smtp_code, error.smtp_error))
    except smtplib.SMTPSenderRefused as error:
        words = _("The mail server doesn’t let us send as %(sender)s. Check DEFAULT_FROM_EMAIL.")
        return Outcome(
            False, words % {"sender": settings.DEFAULT_FROM_EMAIL}, _answer(error.smtp_code, error.smtp_error)
        )
    except smtplib.SMTPResponseException as error:
        return Outcome(False, _("The mail server didn’t accept the email."), _answer(error.smtp_code, error.smtp_error))
    except AnymailError as error:
        return Outcome(False, _("The email service didn’t accept the email."), str(error)[:ANSWER_MAX])
    except ssl.SSLError as error:
        return Outcome(
            False,
            _("The mail server’s certificate or encryption doesn’t match our settings. Check EMAIL_URL."),
            str(error),
        )
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(
            False, _("We couldn’t reach the mail server. Check its name and port in EMAIL_URL."), _why(error)
        )
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return Outcome(True, _("The email is in a file: no mail server is set up, so nothing is sent."))
    return Outcome(
        True,
        _(
            "The mail server accepted an email to %(address)s. If it isn’t there in a few minutes, check the spam "
            "folder."
        )
        % names,
    )


def try_text(jurisdiction: Jurisdiction, number: str) -> Outcome:
    """Sends a text message by the gateway that alarms take."""
    if installation.is_copy():
        return Outcome(False, _("This is a copy of another site. Nothing leaves it."))
    if not settings.SMS_BACKEND:
        return Outcome(False, _("No gateway is set up. Set SMS_URL, SMS_USER, SMS_PASSWORD and SMS_FROM."))
    try:
        sms.send(number, _("Test from %(city)s. Text messages work.") % {"city": jurisdiction.name})
    except sms.Undeliverable as error:
        return Outcome(False, _("The gateway refused the message or our account."), error.code)
    except HTTPError as error:
        return Outcome(False, _("The gateway failed. Try again in a few minutes."), str(error.code))
    except (URLError, OSError) as error:
        return Outcome(False, _("We couldn’t reach the gateway. Check SMS_URL."), _why(error))
    if settings.SMS_BACKEND.endswith("write_to_file"):
        return Outcome(True, _("The text message is in a file: no gateway is set up, so nothing is sent."))
    return Outcome(True, _("The gateway accepted a text message to %(number)s.") % {"number": number})


def try_key(jurisdiction: Jurisdiction, plain: str) -> Outcome:
    """Whether a key would be let in. It is neither stored nor logged, and it doesn't count as used."""
    key = api_keys.look_up(plain)
    if key is None or key.jurisdiction_id != jurisdiction.pk:
        return Outcome(False, _("This isn’t a key of this city. Create a new one."))
    if (refusal := rules.refusal(key, "")) in REFUSALS:
        return Outcome(False, str(REFUSALS[refusal]))
    words = _("It works. It’s a test key: %(name)s.") if key.is_test else _("It works: %(name)s.")
    return Outcome(True, words % {"name": key.name})


def _answer(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(words.split())}"[:ANSWER_MAX]


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, socket.gaierror):
        return _("Its host name wasn’t found.")
    if isinstance(reason, ConnectionRefusedError):
        return _("Nothing answers at that port.")
    if isinstance(reason, TimeoutError):
        return _("It didn’t answer in time.")
    return str(reason)[:ANSWER_MAX]
