"""What has had its time goes, and nothing else does."""

import datetime as dt
import io
import os
import threading
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from requests_app import photos, tasks
from requests_app.actions import drafting, housekeeping
from requests_app.clock import app_now
from requests_app.models import Draft, IdempotencyKey, Jurisdiction, OutboxRow, Photo
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def draft_with_photo(city: Jurisdiction) -> tuple[Draft, Photo]:
    draft = drafting.begin(city, visitor="v", language="en", text="A hole")
    content = factories.jpeg()
    return draft, photos.take(io.BytesIO(content), size=len(content), jurisdiction=city, draft=draft)


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*.jpg"))


def test_an_expired_draft_goes_with_its_photos_and_a_fresh_one_stays(media: Path) -> None:
    city = factories.jurisdiction()
    old, _ = draft_with_photo(city)
    fresh, kept = draft_with_photo(city)
    Draft.objects.filter(pk=old.pk).update(expires_at=app_now() - dt.timedelta(seconds=1))
    housekeeping.sweep()
    assert list(Draft.objects.all()) == [fresh]
    assert list(Photo.objects.all()) == [kept]
    assert files(media) == sorted([f"{kept.name}.jpg", f"{kept.name}-small.jpg"])


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_being_sent_keeps_its_photos(media: Path) -> None:
    draft, photo = draft_with_photo(factories.jurisdiction())
    Draft.objects.update(expires_at=app_now() - dt.timedelta(seconds=1))
    held, swept = threading.Event(), threading.Event()

    def send() -> None:
        with transaction.atomic():
            Draft.objects.select_for_update().get(pk=draft.pk)
            held.set()
            swept.wait(20)
        connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    assert held.wait(20)
    housekeeping.sweep()
    swept.set()
    thread.join()
    assert Photo.objects.get() == photo
    assert len(files(media)) == 2


def test_a_file_that_no_row_knows_goes_after_a_day(media: Path) -> None:
    _, kept = draft_with_photo(factories.jurisdiction())
    _, orphan = draft_with_photo(kept.jurisdiction)
    _, fresh = draft_with_photo(kept.jurisdiction)
    Photo.objects.filter(pk__in=[orphan.pk, fresh.pk]).delete()
    two_days_ago = time.time() - 2 * 86400
    for photo in (kept, orphan):
        for path in (photo.path, photo.small_path):
            os.utime(default_storage.path(path), (two_days_ago, two_days_ago))
    tasks.nightly()
    assert {name[:32] for name in files(media)} == {kept.name, fresh.name}


def test_a_city_without_a_photo_has_nothing_to_sweep() -> None:
    assert housekeeping.sweep_files() == 0


def test_old_keys_done_rows_and_ended_sessions_go() -> None:
    town = factories.rivermark()
    made = factories.routed(town.pothole, answers={"where": "lane"})
    now = app_now()
    for days in (13, 15):
        key = IdempotencyKey.objects.create(scope="s", key=str(days), body_hash="h", service_request=made)
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=now - dt.timedelta(days=days))
    OutboxRow.objects.filter(kind="route").update(done_at=now - dt.timedelta(days=31))
    OutboxRow.objects.filter(kind="index").update(done_at=now - dt.timedelta(days=29))
    waiting = OutboxRow.objects.filter(done_at=None).count()
    for key, days in (("ended", -1), ("running", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + dt.timedelta(days=days))
    tasks.hourly()
    assert IdempotencyKey.objects.get().key == "13"
    assert not OutboxRow.objects.filter(kind="route").exists()
    assert OutboxRow.objects.filter(kind="index").exists()
    assert OutboxRow.objects.filter(done_at=None).count() == waiting, "what waits is never swept"
    assert Session.objects.get().session_key == "running"
