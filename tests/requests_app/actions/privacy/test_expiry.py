"""Housekeeping deletes expired data and nothing else."""

import datetime as dt
import io
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from requests_app import photos
from requests_app.actions.privacy import expiry
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import (
    ContactPoint,
    DigestItem,
    Draft,
    IdempotencyKey,
    Jurisdiction,
    OneTimeLink,
    OutboxRow,
    Person,
    Photo,
    Subscription,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def draft_with_photo(city: Jurisdiction) -> tuple[Draft, Photo]:
    draft = drafts.create(city, visitor="v", language="en", text="A hole")
    content = factories.jpeg()
    return draft, photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=city, draft=draft)


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*.jpg"))


def test_an_expired_draft_goes_with_its_photos_and_a_fresh_one_stays(media: Path) -> None:
    city = factories.jurisdiction()
    old, _ = draft_with_photo(city)
    fresh, kept = draft_with_photo(city)
    Draft.objects.filter(pk=old.pk).update(expires_at=app_now() - dt.timedelta(seconds=1))
    expiry.sweep()
    assert list(Draft.objects.all()) == [fresh]
    assert list(Photo.objects.all()) == [kept]
    assert files(media) == sorted([f"{kept.name}.jpg", f"{kept.name}-small.jpg"])


def test_a_photo_that_nobody_claimed_goes_after_an_hour_and_all_others_stay(media: Path) -> None:
    city = factories.jurisdiction()

    def photo(**of: Any) -> Photo:
        content = factories.jpeg()
        made = photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=city, **of)
        Photo.objects.filter(pk=made.pk).update(created_at=app_now() - dt.timedelta(minutes=61))
        return made

    unclaimed, fresh = photo(), photo()
    reported = photo(service_request=factories.report(factories.service(city, "pothole")))
    drafted = photo(draft=drafts.create(city, visitor="v", language="en", text="A hole"))
    Photo.objects.filter(pk=fresh.pk).update(created_at=app_now() - dt.timedelta(minutes=59))
    expiry.sweep()
    assert set(Photo.objects.all()) == {fresh, reported, drafted}
    assert f"{unclaimed.name}.jpg" not in files(media)
    assert f"{unclaimed.name}-small.jpg" not in files(media)
    assert len(files(media)) == 6


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
    expiry.sweep()
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
    factories.run_part("sweep_files")
    assert {name[:32] for name in files(media)} == {kept.name, fresh.name}


def test_a_city_without_a_photo_has_nothing_to_sweep() -> None:
    assert expiry.sweep_files() == 0


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
    factories.run_part("sweep")
    assert IdempotencyKey.objects.get().key == "13"
    assert not OutboxRow.objects.filter(kind="route").exists()
    assert OutboxRow.objects.filter(kind="index").exists()
    assert OutboxRow.objects.filter(done_at=None).count() == waiting, "what waits is never swept"
    assert Session.objects.get().session_key == "running"


def wish(city: Jurisdiction, email: str, **columns: Any) -> Subscription:
    person = Person.objects.create(jurisdiction=city)
    contact_point = ContactPoint.objects.create(person=person, kind="email", value=email, normalized=email)
    return Subscription.objects.create(jurisdiction=city, contact_point=contact_point, label="Pothole", **columns)


def test_news_that_nobody_confirmed_or_somebody_stopped_is_forgotten_with_the_address() -> None:
    city, now = factories.jurisdiction(), app_now()
    long_ago = now - dt.timedelta(days=31)
    never = wish(city, "never@example.org", created_at=now - dt.timedelta(days=8))
    stopped = wish(city, "stopped@example.org", confirmed_at=long_ago, unsubscribed_at=long_ago)
    fresh = wish(city, "fresh@example.org")
    kept = wish(city, "kept@example.org", confirmed_at=long_ago, created_at=long_ago)
    still = wish(city, "still@example.org", created_at=now - dt.timedelta(days=8))
    OneTimeLink.objects.create(
        jurisdiction=city, purpose="sign_in", contact_point=still.contact_point, expires_at=now + dt.timedelta(hours=1)
    )
    expiry.sweep()
    assert set(Subscription.objects.all()) == {fresh, kept}
    assert set(ContactPoint.objects.values_list("normalized", flat=True)) == {
        "fresh@example.org",
        "kept@example.org",
        "still@example.org",
    }
    assert never.contact_point_id != stopped.contact_point_id


def test_whoever_reported_something_stays_when_their_news_is_forgotten() -> None:
    cast = factories.rivermark()
    made = factories.report(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    ana = made.participations.get()
    Subscription.objects.create(
        jurisdiction=cast.city,
        contact_point=ana.contact_point,
        label="Pothole",
        unsubscribed_at=app_now() - dt.timedelta(days=31),
    )
    expiry.sweep()
    assert not Subscription.objects.exists()
    assert Person.objects.filter(pk=ana.person_id).exists()


@pytest.mark.shows("5.21")
def test_what_mails_were_about_and_used_links_go_after_their_time() -> None:
    cast, now = factories.rivermark(), app_now()
    made = factories.report(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    contact_point = made.participations.get().contact_point
    event = made.events.first()
    assert event is not None
    assert contact_point is not None
    item = DigestItem.objects.create(
        contact_point=contact_point, service_request=made, event=event, cadence="weekly", created_at=now
    )
    link = OneTimeLink.objects.create(
        jurisdiction=cast.city, purpose="sign_in", contact_point=contact_point, expires_at=now - dt.timedelta(days=29)
    )
    expiry.sweep()
    assert DigestItem.objects.filter(pk=item.pk).exists(), "it may still wait for its Monday"
    assert OneTimeLink.objects.filter(pk=link.pk).exists(), "its page still says that it is too old"
    DigestItem.objects.update(created_at=now - dt.timedelta(days=41))
    OneTimeLink.objects.update(expires_at=now - dt.timedelta(days=31))
    expiry.sweep()
    assert not DigestItem.objects.exists()
    assert not OneTimeLink.objects.exists()
    assert ContactPoint.objects.filter(pk=contact_point.pk).exists()
