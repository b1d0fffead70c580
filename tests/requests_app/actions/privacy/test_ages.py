"""What is kept for a time stays to its last moment, and goes right after it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import models

from requests_app.actions.privacy import expiry
from requests_app.actions.work import request_reads
from requests_app.clock import app_now
from requests_app.models import (
    ApiKeyRequest,
    BulkJob,
    CitySwitch,
    CrewResult,
    DigestItem,
    Draft,
    Erasure,
    Event,
    IdempotencyKey,
    LimitCount,
    LogoutToken,
    OneTimeLink,
    OutboxRow,
    Photo,
    PublicChange,
    RequestRead,
    RequestVote,
    SafetyNote,
    ServiceDraftLink,
    ServiceRequest,
    SignInProvider,
    StaffNotice,
    StaffSession,
    Subscription,
    UndoState,
    WebhookDelivery,
)
from tests.planted import Planted, kept_for_a_module
from tests.twin import plant_twins

NONE, HOUR, DAY = dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(days=1)
# How long each is kept, from the moment that a column tells, and what else must hold.
AGES: list[tuple[type[models.Model], str, dt.timedelta, dict[str, Any]]] = [
    (ApiKeyRequest, "created_at", 7 * DAY, {"state": "unproved", "decided_at": None}),
    (ApiKeyRequest, "decided_at", 365 * DAY, {"state": "refused"}),
    (BulkJob, "started_at", 30 * DAY, {}),
    (CitySwitch, "expires_at", HOUR, {}),
    (CrewResult, "created_at", 14 * DAY, {}),
    (DigestItem, "created_at", 40 * DAY, {}),
    (Draft, "expires_at", NONE, {}),
    (Erasure, "erased_at", 60 * DAY, {}),
    (IdempotencyKey, "created_at", 14 * DAY, {}),
    (LimitCount, "expires_at", NONE, {}),
    (LogoutToken, "expires_at", NONE, {}),
    (OneTimeLink, "expires_at", 30 * DAY, {}),
    (OutboxRow, "done_at", 30 * DAY, {}),
    (Photo, "created_at", HOUR, {"draft": None, "service_request": None}),
    (PublicChange, "at", 90 * DAY, {}),
    (RequestRead, "read_at", 30 * DAY, {}),
    (RequestVote, "created_at", 365 * DAY, {}),
    (SafetyNote, "ends_at", 90 * DAY, {}),
    (ServiceDraftLink, "expires_at", NONE, {}),
    (ServiceRequest, "submitted_at", 30 * DAY, {"public_state": "unconfirmed"}),
    (Session, "expire_date", NONE, {}),
    (StaffNotice, "created_at", 90 * DAY, {}),
    (StaffSession, "created_at", 14 * DAY, {}),
    (Subscription, "created_at", 7 * DAY, {"confirmed_at": None, "unsubscribed_at": None}),
    (Subscription, "unsubscribed_at", 30 * DAY, {}),
    (UndoState, "created_at", HOUR, {}),
    (WebhookDelivery, "created_at", 30 * DAY, {}),
]


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def add_what_is_not_planted(planted: Planted) -> None:
    """One of each kind that the planted city has none of."""
    now, public, sue = app_now(), planted.public, planted.staff["sue"]
    event = Event.objects.filter(service_request=public).latest("pk")
    StaffNotice.objects.all().delete()
    Erasure.objects.create(person_id=1, person_created_at=now, reports_too=True)
    CrewResult.objects.create(
        service_request=public, user=sue, key="6f9619ff-8b86-d011-b42d-00c04fc964ff", state="done", seen=0
    )
    contact_point = planted.subscription.contact_point
    DigestItem.objects.get_or_create(
        contact_point=contact_point, event=event, defaults={"service_request": public, "cadence": "daily"}
    )
    IdempotencyKey.objects.create(scope="s", key="k", body_hash="h", service_request=public)
    provider = SignInProvider.objects.create(jurisdiction=planted.cast.city)
    LogoutToken.objects.create(provider=provider, jti="j", expires_at=now)
    RequestRead.objects.get_or_create(service_request=public, user=sue, defaults={"last_event_id": event.pk})
    RequestVote.objects.create(service_request=public, kind="thanks", device="d")
    StaffNotice.objects.create(
        jurisdiction=planted.cast.city, user=sue, service_request=public, event=event, kind="assigned"
    )
    UndoState.objects.get_or_create(event=event, defaults={"service_request": public, "columns": {}, "clocks": {}})
    for key in ("one", "two"):
        LimitCount.objects.create(key=key, value=1, expires_at=now)
        Session.objects.create(session_key=key, session_data="", expire_date=now)
        StaffSession.objects.create(session_key=key, user=sue)


def test_each_goes_right_after_its_time(planted: Planted, db: None) -> None:
    add_what_is_not_planted(planted)
    plant_twins()
    now = app_now()
    wrong = []
    for model, column, kept, other in AGES:
        rows = model._default_manager.filter(**other) if model is ServiceRequest else model._default_manager.all()
        # They stay as long as their session, and as their bulk job can be undone.
        if model in (StaffSession, UndoState):
            (Session if model is StaffSession else BulkJob).objects.all().delete()
        first, last = rows.order_by("pk").first(), rows.order_by("pk").last()
        assert first is not None
        assert last is not None
        assert first.pk != last.pk, model
        for row, age in ((first, kept), (last, kept + dt.timedelta(microseconds=1))):
            model._default_manager.filter(pk=row.pk).update(**other, **{column: now - age})
        expiry.sweep()
        request_reads.delete_old()
        left = set(model._default_manager.filter(pk__in=[first.pk, last.pk]).values_list("pk", flat=True))
        if left != {first.pk}:
            wrong.append((model.__name__, column, "kept too long" if last.pk in left else "gone too soon"))
    assert wrong == []
