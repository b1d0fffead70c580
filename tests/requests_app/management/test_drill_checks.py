"""What a drill finds wrong in a restored copy: rows whose files the backup doesn't have."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.management.commands.drill_checks import Command
from requests_app.models import CallBack, Contact, Jurisdiction, LetterPage, Photo
from tests import factories

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=3)


def rows_with_files(city: Jurisdiction, name: str, at: dt.datetime) -> list[str]:
    """A photo, a page of a letter and a voicemail. Returns the names of their files."""
    Photo.objects.create(jurisdiction=city, name=f"photo-{name}", width=1, height=1, created_at=at)
    letter = Contact.objects.create(jurisdiction=city, channel="letter", number=name[:10])
    LetterPage.objects.create(contact=letter, number=1, name=f"page-{name}", width=1, height=1, added_at=at)
    voicemail = {"kind": CallBack.Kind.VOICEMAIL, "audio_name": f"call-{name}", "audio_type": "mp3"}
    CallBack.objects.create(jurisdiction=city, created_at=at, due_at=at, message_hash=name, **voicemail)
    pictures = (f"photo-{name}", f"page-{name}")
    return [f"{picture}{end}.jpg" for picture in pictures for end in ("", "-small")] + [f"call-{name}.mp3"]


def test_each_kind_of_file_that_is_missing_is_named_and_what_came_later_may_be() -> None:
    now = app_now()
    stored = {name for city in ("Rivermark", "Eastport") for name in rows_with_files(_city(city), city, now)}
    rows_with_files(_city("Northfield"), "late", now + LATER)
    CallBack.objects.create(jurisdiction=_city("Southfield"), created_at=now, due_at=now)
    assert Command().files(stored, now) == []
    missing = {"photo-Eastport-small.jpg", "page-Eastport.jpg", "call-Eastport.mp3"}
    assert Command().files(stored - missing, now) == [
        "1 photos have no file in the backup, such as photo-Eastport.",
        "1 pages of letters have no file in the backup, such as page-Eastport.",
        "1 voicemails have no file in the backup, such as call-Eastport.",
    ]
    assert Command().files(stored, now + LATER) == [
        "1 photos have no file in the backup, such as photo-late.",
        "1 pages of letters have no file in the backup, such as page-late.",
        "1 voicemails have no file in the backup, such as call-late.",
    ]


def _city(name: str) -> Jurisdiction:
    return factories.jurisdiction(name, hosts=[f"{name.lower()}.example"])
