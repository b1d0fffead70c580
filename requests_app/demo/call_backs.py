"""Who waits for the demo's desk: promised calls, one of them late, missed calls and a voicemail that can be played."""

import datetime as dt
import io
import math
import struct
import wave
from email.message import EmailMessage

from requests_app.actions.contacts import call_back_tries, call_backs, transfers_911, voicemail
from requests_app.clock import app_now
from requests_app.demo.staff import demo_user
from requests_app.models import CallBack, Jurisdiction

Kind = CallBack.Kind
LINE = "311"
RATE = 8000
# Kind, number, language, what it is about, and in how many minutes it's due.
PROMISED = (
    ("555-0118", "en", "Asks for the inspector.", -25),
    ("555-0146", "en", "Cut off twice. Wants to know about her bulky pickup.", 20),
    ("555-0133", "es", "Pregunta por su factura del agua.", 150),
    ("555-0190", "en", "Tree permit: needs the arborist.", 1200),
)
MISSED = ("555-0177", "555-0162")
TRANSCRIPT = (
    "Hi, this is Dana on Birch Street. Our recycling was not picked up on Monday. "
    "Please call me back in the afternoon. Thank you."
)


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing if somebody waits already."""
    taker = demo_user(jurisdiction, "call_taker")
    if taker is None or CallBack.objects.filter(jurisdiction=jurisdiction).exists():
        return
    now = app_now()
    for number, language, reason, minutes in PROMISED:
        row = call_backs.promise(
            jurisdiction,
            kind=Kind.CALL_BACK,
            phone=number,
            at=now + dt.timedelta(minutes=minutes),
            language=language,
            reason=reason,
            line=LINE,
        )
        if row is not None:
            CallBack.objects.filter(pk=row.pk).update(created_at=now - dt.timedelta(minutes=90))
    for number in MISSED:
        call_backs.promise(jurisdiction, kind=Kind.MISSED_CALL, phone=number, line=LINE)
    voicemail.receive(jurisdiction, _email())
    tried = CallBack.objects.filter(jurisdiction=jurisdiction, kind=Kind.MISSED_CALL).latest("id")
    call_back_tries.take(tried.pk, taker=taker)
    call_back_tries.no_answer(tried.pk, actor=taker, again_at=now + dt.timedelta(minutes=45))
    transfers_911.add_missing(jurisdiction)


def _email() -> bytes:
    message = EmailMessage()
    message["From"] = "Voicemail <voicemail@rivermark.example>"
    message["Subject"] = "Voicemail from 555-0184"
    message["Message-ID"] = "<demo-voicemail@rivermark.example>"
    message.set_content(TRANSCRIPT)
    message.add_attachment(_tone(), maintype="audio", subtype="wav", filename="message.wav")
    return message.as_bytes()


def _tone(seconds: float = 1.5) -> bytes:
    """Two beeps, as an answering machine gives them."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = (
            int(9000 * math.sin(2 * math.pi * 440 * at / RATE)) if at % RATE < RATE // 3 else 0
            for at in range(int(RATE * seconds))
        )
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()
