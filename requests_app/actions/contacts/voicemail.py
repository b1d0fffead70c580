"""Voicemail, as telephone systems send it: an email with a recording, and often with its transcript as text.

The recording's kind is read from its first bytes: neither its name nor what the email calls it counts. An email without one is
still somebody who waits.
"""

import email
import email.policy
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message

import phonenumbers
import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.html import strip_tags
from phonenumbers import Leniency, PhoneNumberMatcher

from requests_app.actions.people.reporters import Reporter, normalized_phone
from requests_app.actions.report import submission
from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.models import UNKNOWN_SERVICE, CallBack, Channel, DeskLine, Jurisdiction, Service
from requests_app.rules.alarms import screening
from requests_app.rules.contacts.call_backs import UNPROMISED_WITHIN
from requests_app.rules.shared import intake

log = structlog.get_logger(__name__)

FOLDER = "voicemail"
# An email, and a recording: ten minutes of WAV as telephones record it.
MESSAGE_MAX_BYTES, AUDIO_MAX_BYTES = 25_000_000, 12_000_000
TRANSCRIPT_MAX = 4000
PARTS_MAX = 30
MOST_PER_HOUR = 300
HOUR_S = 3600
AUDIO_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg"}


class Refused(Exception):
    """The email is too large. Sent again, it would be too large again."""


class TooMany(Exception):
    """The city got its most in an hour. The mail server tries again later."""


@dataclass(frozen=True)
class Recording:
    """kind: one of AUDIO_TYPES."""

    kind: str
    content: bytes


@dataclass(frozen=True)
class Email:
    """What is read of an email."""

    message_hash: str
    subject: str
    sender: str
    text: str
    recording: Recording | None


# --- Reading ----------------------------------------------------------------------------------------------------------


def audio_kind(content: bytes) -> str:
    """One of AUDIO_TYPES by the first bytes; empty for everything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[:4] == b"OggS":
        return "ogg"
    return "mp3" if content[:3] == b"ID3" or _is_mp3_frame(content) else ""


def _is_mp3_frame(content: bytes) -> bool:
    """The header of a frame: its first eleven bits, layer III, and a bit rate and a sampling rate that exist."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    version, layer = content[1] >> 3 & 3, content[1] >> 1 & 3
    return version != 1 and layer == 1 and content[2] >> 4 not in (0, 15) and content[2] >> 2 & 3 != 3


def read(content: bytes) -> Email:
    """Whatever comes is an email, if perhaps an empty one."""
    # The policy that reads headers as they are: the newer one fails at some that are malformed.
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    texts: list[str] = []
    recording = None
    for part in _parts(message):
        body = _body(part)
        kind = audio_kind(body)
        if kind and recording is None and len(body) <= AUDIO_MAX_BYTES:
            recording = Recording(kind, body)
        elif not kind and part.get_content_type() in ("text/plain", "text/html") and not part.get_filename():
            texts.append(_text(part, body))
    named = _header(message, "Message-ID")
    return Email(
        message_hash=hashlib.sha256(named.encode() if named else content).hexdigest(),
        subject=_header(message, "Subject"),
        sender=_header(message, "From"),
        # As a rule, the second one says the same in HTML.
        text=next((text for text in texts if text), ""),
        recording=recording,
    )


def _parts(message: Message) -> Iterator[Message]:
    """The first ones without parts of their own, however deep they are nested."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS_MAX:
        part = waiting.pop(0)
        seen += 1
        if part.is_multipart():
            inner = part.get_payload()
            waiting[:0] = [one for one in inner if isinstance(one, Message)][:PARTS_MAX]
        else:
            yield part


def _body(part: Message) -> bytes:
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError):
        return b""
    return body if isinstance(body, bytes) else b""


def _text(part: Message, body: bytes) -> str:
    try:
        text = body.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        text = body.decode(errors="replace")
    if part.get_content_type() == "text/html":
        text = strip_tags(re.sub(r"(?is)<(style|script).*?</\1>|<br[^>]*>|</p>", "\n", text))
    return intake.clean_text(text)[:TRANSCRIPT_MAX].strip()


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))[:1000]
    try:
        parts = decode_header(value)
        value = "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii", errors="replace")
            for part, charset in parts
        )
    except (ValueError, LookupError, MessageError):
        pass
    return intake.clean_text(value).strip()


def caller_of(jurisdiction: Jurisdiction, message: Email) -> str:
    """The caller's number as the email names it, but none of the city's own; empty if it names none."""
    own = {normalized_phone(number) for number in _own_numbers(jurisdiction)}
    for text in (message.subject, message.sender.partition("<")[0], message.text):
        for match in PhoneNumberMatcher(text, "US", leniency=Leniency.POSSIBLE):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            if number not in own:
                return str(match.raw_string)
    return ""


def _own_numbers(jurisdiction: Jurisdiction) -> list[str]:
    lines = DeskLine.objects.filter(jurisdiction=jurisdiction).values_list("number", flat=True)
    return [jurisdiction.desk_number, jurisdiction.desk_long_number, jurisdiction.all_night_number, *lines]


# --- Keeping ----------------------------------------------------------------------------------------------------------


def path_of(row: CallBack) -> str:
    return f"{FOLDER}/{row.audio_name[:2]}/{row.audio_name}.{row.audio_type}"


def receive(jurisdiction: Jurisdiction, content: bytes) -> CallBack:
    """Puts the caller on the list of who waits. The same email again is the same row. Raises Refused and TooMany.

    A transcript that tells of danger also becomes a report, which raises the alarm as any other does, and makes the row due now.
    """
    if len(content) > MESSAGE_MAX_BYTES:
        raise Refused
    message = read(content)
    before = _received(jurisdiction, message)
    if before is not None:
        return before
    if not limits.allow_key(f"voicemail:{jurisdiction.pk}", most=MOST_PER_HOUR, per_s=HOUR_S):
        raise TooMany
    phone = caller_of(jurisdiction, message)
    now = app_now()
    row = CallBack(
        jurisdiction=jurisdiction,
        kind=CallBack.Kind.VOICEMAIL,
        phone=phone[:60],
        normalized_phone=normalized_phone(phone) if phone else "",
        language=jurisdiction.languages[0],
        created_at=now,
        due_at=now + UNPROMISED_WITHIN,
        transcript=message.text,
        message_hash=message.message_hash,
    )
    recording = message.recording
    if recording is not None:
        row.audio_name, row.audio_type = secrets.token_hex(16), recording.kind
        row.audio_bytes = len(recording.content)
        # Before the row: a crash in between leaves a file that nobody knows, which the nightly job deletes.
        default_storage.save(path_of(row), ContentFile(recording.content))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _hear_danger(row)
    except IntegrityError:
        if recording is not None:
            default_storage.delete(path_of(row))
        if (before := _received(jurisdiction, message)) is None:
            raise
        return before
    return row


def _received(jurisdiction: Jurisdiction, message: Email) -> CallBack | None:
    return CallBack.objects.filter(jurisdiction=jurisdiction, message_hash=message.message_hash).first()


# What systems write around a transcript, in pieces: "You have a new voicemail. The message is attached."
_PIECES = re.compile(r"[^.!?:\n]+[.!?:]*")
_OF_THE_SYSTEM = re.compile(
    r"\bvoice ?mail|\bvoice message|\bcorreo de voz|\bmensaje de voz"
    r"|\b(message|recording|audio|file|mensaje|grabación|archivo)\b.*\b(attached|adjunt)",
    re.IGNORECASE,
)


def spoken(text: str) -> str:
    """The text without what the telephone system says of the message itself."""
    return " ".join(piece.strip() for piece in _PIECES.findall(text) if not _OF_THE_SYSTEM.search(piece))


def _hear_danger(row: CallBack) -> None:
    """Makes a report of a transcript that surely tells of danger, in the transaction that keeps it.

    Nobody wrote it for everyone, so it's private as what a 911 center passes on. Phrases of danger count in the whole text.
    """
    phrases = screening.red_flags(row.jurisdiction, row.transcript)
    danger = screening.assessed(phrases, spoken(row.transcript)).danger
    if danger is None or danger.level != screening.Level.SURE:
        return
    row.due_at = row.created_at
    row.save(update_fields=["due_at"])
    service = Service.objects.select_related("current").filter(
        jurisdiction=row.jurisdiction, service_code=UNKNOWN_SERVICE, active=True
    ).first()  # fmt: skip
    if service is None or service.current is None:
        log.error("voicemail_of_danger_without_report", row=row.pk, code="service")
        return
    report = submission.NewReport(
        jurisdiction=row.jurisdiction,
        version=service.current,
        description=row.transcript,
        language=row.language,
        place=submission.Place(),
        answers=intake.Answers(),
        reporter=Reporter(phone=row.phone),
        channel=Channel.PHONE,
        is_transfer=True,
    )
    try:
        row.service_request = submission.submit(report).service_request
    except submission.Refused as refused:
        log.error("voicemail_of_danger_without_report", row=row.pk, code=refused.code)
        return
    row.save(update_fields=["service_request"])
