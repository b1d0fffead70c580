"""Voicemail comes as email: the recording is known by its content, kept for 30 days, and danger in its transcript is heard."""

import datetime as dt
import io
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError

from requests_app.actions.contacts import call_back_tries, retention, voicemail
from requests_app.exports import own_data
from requests_app.models import CallBack, Contact, DeskLine, Jurisdiction, Person, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time
from tests.voicemail import MP3, OGG, PHONE, wav
from tests.voicemail import voicemail as email_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def received(city: Jurisdiction, content: bytes) -> CallBack:
    return voicemail.receive(city, content)


def files() -> list[str]:
    try:
        folders = default_storage.listdir("voicemail")[0]
    except FileNotFoundError:
        return []
    return sorted(name for folder in folders for name in default_storage.listdir(f"voicemail/{folder}")[1])


def test_the_recording_is_known_by_its_content_and_an_email_without_one_waits_too(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = wav(0.3)
    monkeypatch.setattr(voicemail, "AUDIO_MAX_BYTES", len(longest))
    cases = [
        (wav(), "a.txt", "text/plain", "wav"),
        (MP3, "invoice.pdf", "application/pdf", "mp3"),
        (b"ID3" + MP3, "a.mp3", "audio/mpeg", "mp3"),
        (MP3[:4], "a.mp3", "audio/mpeg", "mp3"),
        (OGG, "a.ogg", "application/octet-stream", "ogg"),
        (longest, "a.wav", "audio/wav", "wav"),
        (b"<script>alert(1)</script>", "a.wav", "audio/wav", ""),
        (b"RIFF....AVI ", "a.wav", "audio/wav", ""),
        # A frame of a layer, and one of a bit rate, that don't exist.
        (b"\xff\xf8\x90\x00", "a.mp3", "audio/mpeg", ""),
        (b"\xff\xfb\xf0\x00", "a.mp3", "audio/mpeg", ""),
        (longest + b"\0", "a.wav", "audio/wav", ""),
        (None, "", "", ""),
    ]
    for number, (audio, name, kind, expected) in enumerate(cases):
        content = email_of("Please call me.", audio=audio, name=name, kind=kind, message_id=f"<{number}@pbx.example>")
        row = received(cast.city, content)
        assert (row.audio_type, bool(row.audio_name)) == (expected, bool(expected)), name
        assert (row.kind, row.phone, row.normalized_phone) == ("voicemail", PHONE, "+16175550142")
        assert row.transcript == "Please call me."
        if expected:
            with default_storage.open(voicemail.path_of(row)) as file:
                assert file.read() == audio
    assert len(files()) == 6


def test_an_email_counts_once_in_each_city_by_its_id_or_its_content(cast: Rivermark) -> None:
    beside = factories.lakeside()
    first = received(cast.city, email_of(audio=wav()))
    assert received(cast.city, email_of("Sent again with other words.")) == first
    assert received(beside.city, email_of()) != first
    without = received(cast.city, email_of(message_id=""))
    assert received(cast.city, email_of(message_id="")) == without != first
    assert CallBack.objects.count() == 3
    assert len(files()) == 1


def test_the_number_is_the_callers_and_none_of_the_citys(cast: Rivermark) -> None:
    for city, number in ((cast.city, "617-555-0100"), (factories.lakeside().city, "617-555-0199")):
        DeskLine.objects.create(
            jurisdiction=city, number=number, phone=f"+1{number}".replace("-", ""), name={"en": "311"}
        )
    cases = {
        "(617) 555-0100 got a call from +1 617.555.0199": "+1 617.555.0199",
        "Message for 617-555-0100": "",
        "Voicemail from Unknown, 0:14": "",
    }
    for number, (subject, expected) in enumerate(cases.items()):
        content = f"From: pbx@rivermark.example\nMessage-ID: <{number}>\nSubject: {subject}\n\nHello".encode()
        assert received(cast.city, content).phone == expected
    encoded = b"From: =?utf-8?q?Jos=C3=A9_617-555-0199?= <a@b.example>\nMessage-ID: <9>\nSubject: =?nope?q?x?=\n\nHola"
    assert received(cast.city, encoded).phone == "617-555-0199"


def test_anything_that_comes_is_somebody_who_waits(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = b"".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'.encode() for n in range(400))
    html = (
        b"Content-Type: text/html; charset=nope\nMessage-ID: <h>\n\n<style>p{}</style><p>Call<br>me &amp; her\x00</p>"
    )
    for content in (b"", b"\x00\xff" * 500, nested, b"Content-Transfer-Encoding: base64\n\n%%%", html):
        row = received(cast.city, content)
        assert (row.kind, row.audio_name) == ("voicemail", "")
    assert "Call" in row.transcript
    assert "<" not in row.transcript
    monkeypatch.setattr(voicemail, "MESSAGE_MAX_BYTES", len(html))
    received(cast.city, html)
    with pytest.raises(voicemail.Refused):
        received(cast.city, html + b"\0")


def test_danger_in_a_transcript_becomes_a_private_report_with_its_alarm(cast: Rivermark) -> None:
    row = received(cast.city, email_of("I smell gas in the hall, please hurry.", audio=wav()))
    made = ServiceRequest.objects.get()
    assert row.service_request == made
    assert (row.due_at, made.public_state, made.channel, made.priority) == (row.created_at, "private", "phone", 1)
    assert made.alarms.filter(state="ringing").count() == 1
    assert made.review_reason == "transfer"
    # What the system says of the message isn't the caller's word; a city without such a service has the row alone, due at once.
    for number, text in enumerate(("A message is attached.", "New voicemail! The message is attached: call me.")):
        row = received(cast.city, email_of(text, message_id=f"<b{number}>"))
        assert (row.service_request, row.due_at > row.created_at) == (None, True), text
    beside = factories.lakeside()
    row = received(beside.city, email_of("I smell gas in the hall, please hurry."))
    assert (row.service_request, row.due_at) == (None, row.created_at)
    assert ServiceRequest.objects.count() == 1


def test_recordings_go_after_30_days_and_numbers_after_90_to_the_second(
    cast: Rivermark, django_capture_on_commit_callbacks: Any
) -> None:
    row = received(cast.city, email_of("Call me.", audio=wav()))
    kept = CallBack.objects.filter(pk=row.pk)
    for days, seconds, expected in (
        (30, -1, ("wav", "Call me.", PHONE, "")),
        (30, 0, ("", "", PHONE, "")),
        (90, -1, ("", "", PHONE, "")),
        (90, 0, ("", "", "", "not_reached")),
    ):
        set_time(row.created_at + dt.timedelta(days=days, seconds=seconds))
        with django_capture_on_commit_callbacks(execute=True):
            retention.forget()
        assert kept.values_list("audio_type", "transcript", "phone", "outcome").get() == expected
        assert len(files()) == bool(expected[0])


def test_a_file_without_a_row_is_deleted_after_a_day(cast: Rivermark) -> None:
    row = received(cast.city, email_of(audio=wav()))
    for name, hours in (("older", 24.1), ("younger", 23.9)):
        path = default_storage.path(default_storage.save(f"voicemail/ab/{name}.wav", io.BytesIO(wav())))
        os.utime(path, (time.time() - hours * 3600,) * 2)
    retention.forget()
    assert files() == sorted([f"{row.audio_name}.wav", "younger.wav"])


# --- The command ------------------------------------------------------------------------------------------------------


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes, **options: object) -> int:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    try:
        call_command("receive_voicemail", stdout=io.StringIO(), **options)
    except CommandError as error:
        return error.returncode
    return 0


def test_a_mail_server_learns_whether_to_send_it_again(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = factories.lakeside()
    city = beside.city.jurisdiction_id
    assert piped(monkeypatch, email_of(), jurisdiction=city) == 0
    assert CallBack.objects.get().jurisdiction == beside.city
    assert piped(monkeypatch, bytes(voicemail.MESSAGE_MAX_BYTES + 1), jurisdiction=city) == os.EX_DATAERR
    # Which city isn't said.
    assert piped(monkeypatch, email_of()) == 1
    monkeypatch.setattr(voicemail, "MOST_PER_HOUR", 1)
    monkeypatch.setattr(voicemail.limits, "allow_key", lambda name, *, most, per_s: most > 1)
    assert piped(monkeypatch, email_of(message_id="<2>"), jurisdiction=city) == os.EX_TEMPFAIL
    assert piped(monkeypatch, email_of(), jurisdiction=city) == 0, "the same email again isn't one more"

    def broken(*args: object) -> CallBack:
        raise OperationalError("connection is bad")

    monkeypatch.setattr(voicemail, "receive", broken)
    assert piped(monkeypatch, email_of(message_id="<3>"), jurisdiction=city) == os.EX_TEMPFAIL


def test_erasing_a_person_erases_what_they_left_and_their_copy_names_it(
    cast: Rivermark, django_capture_on_commit_callbacks: Any
) -> None:
    made = factories.report(cast.pothole, answers={"where": "lane"})
    person = made.participations.get().person
    row = received(cast.city, email_of("Call me about the pothole.", audio=wav()))
    other = received(cast.city, email_of("Somebody else.", audio=wav(), message_id="<2@pbx.example>"))
    taken = call_back_tries.take(row.pk, taker=cast.cal)
    Contact.objects.filter(pk=taken.call_id).update(person=person)
    copied = own_data._call_backs(Person.objects.filter(pk=person.pk))
    assert [own_data._call_back(one)["transcript"] for one in copied] == ["Call me about the pothole."]
    with django_capture_on_commit_callbacks(execute=True):
        retention.forget_people([person])
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.phone, row.transcript, row.audio_name) == ("", "", "")
    assert (other.phone, other.transcript) == (PHONE, "Somebody else.")
    assert files() == [f"{other.audio_name}.wav"]
