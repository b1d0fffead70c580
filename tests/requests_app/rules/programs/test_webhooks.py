"""What a webhook may know and wants, and until when a key opens anything."""

import datetime as dt
from typing import Any

import pytest

from requests_app.api_keys import Scope
from requests_app.clock import app_now
from requests_app.models import ApiKey, ServiceRequest, User, Webhook
from requests_app.rules.programs import api_keys, webhooks
from tests import factories
from tests.factories import Rivermark

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MOMENT = dt.timedelta(microseconds=1)


def hook(town: Rivermark, *scopes: str, acts_as: User | None = None, is_test: bool = False, **columns: Any) -> Webhook:
    key = ApiKey(pk=7, jurisdiction=town.city, scopes=list(scopes), acts_as=acts_as, is_test=is_test)
    return Webhook(api_key=key, created_at=NOW, **columns)


@pytest.mark.django_db
def test_it_knows_what_everyone_may_and_what_its_member_of_staff_may(town: Rivermark) -> None:
    first = factories.routed(town.pothole, answers={"where": "lane"})
    public, private, test, own_test = (first, *factories.copies(first, 3))
    for made, columns in (
        (private, {"public_state": "private"}),
        (test, {"is_test": True, "public_state": "test"}),
        (own_test, {"is_test": True, "public_state": "test"}),
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(**columns)
    gus = factories.staff("Gus", "supervisor", town.city, town.streets)
    sue = factories.staff("Sue", "supervisor", town.city, town.streets)
    gus.is_active = False
    every = [ServiceRequest.objects.get(pk=one.pk) for one in (public, private, test, own_test)]
    every[3].api_key_id = 7
    known = {
        name: [webhooks.may_know(one, made) for made in every]
        for name, one in (
            ("everyone", hook(town)),
            ("staff", hook(town, Scope.STAFF, acts_as=sue)),
            ("without the scope", hook(town, acts_as=sue)),
            ("who left", hook(town, Scope.STAFF, acts_as=gus)),
            ("of Parks", hook(town, Scope.STAFF, acts_as=town.pia)),
            ("a test key", hook(town, is_test=True)),
        )
    }
    assert known == {
        "everyone": [True, False, False, False],
        "staff": [True, True, False, False],
        "without the scope": [True, False, False, False],
        "who left": [True, False, False, False],
        "of Parks": [True, False, False, False],
        "a test key": [False, False, False, True],
    }
    contacts = {
        name: [webhooks.may_read_contact(one, made) for made in every]
        for name, one in (
            ("of staff", hook(town, Scope.STAFF, Scope.CONTACTS, acts_as=sue, payload="full")),
            ("a short one", hook(town, Scope.STAFF, Scope.CONTACTS, acts_as=sue, payload="minimal")),
            ("without contacts", hook(town, Scope.STAFF, acts_as=sue, payload="full")),
            ("without staff", hook(town, Scope.CONTACTS, acts_as=sue, payload="full")),
            ("who left", hook(town, Scope.STAFF, Scope.CONTACTS, acts_as=gus, payload="full")),
            ("a crew's", hook(town, Scope.STAFF, Scope.CONTACTS, acts_as=town.dev, payload="full")),
        )
    }
    assert contacts == {
        "of staff": [True, True, False, True],
        "a short one": [False] * 4,
        "without contacts": [False] * 4,
        "without staff": [False, False, False, True],
        "who left": [False, False, False, True],
        "a crew's": [False, False, False, True],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        ({}, True),
        ({"event_types": ["request.created"]}, True),
        ({"event_types": ["request.ended"]}, False),
        ({"services": ["tree", "pothole"]}, True),
        ({"services": ["tree"]}, False),
        ({"departments": ["PW"]}, True),
        ({"departments": ["PK"]}, False),
        ({"areas": ["ward:5", "ward:6"]}, True),
        ({"areas": ["ward:6"]}, False),
    ],
)
def test_it_wants_what_each_of_its_filters_names(town: Rivermark, wanted: dict[str, Any], is_wanted: bool) -> None:
    made = ServiceRequest(jurisdiction=town.city, service=town.pothole.service, department=town.streets)
    assert webhooks.wants(hook(town, **wanted), "request.created", made, {"ward:5"}) is is_wanted
    nowhere = ServiceRequest(jurisdiction=town.city, service=town.pothole.service)
    assert not webhooks.wants(hook(town, departments=["PW"]), "request.created", nowhere, set())


def test_a_listener_is_unread_after_ten_minutes() -> None:
    read = Webhook(created_at=NOW - dt.timedelta(days=1), read_at=NOW, url="")
    assert read.is_listener
    later = NOW + webhooks.UNREAD_FOR
    assert webhooks.is_unread(read, later)
    assert not webhooks.is_unread(read, later - MOMENT)
    assert webhooks.is_unread(Webhook(created_at=NOW, url=""), later)
    assert not webhooks.is_unread(Webhook(created_at=NOW, url="https://x.example/"), later)


def test_a_key_ends_at_its_moment_and_the_one_before_it_a_day_later() -> None:
    key = ApiKey(expires_at=NOW)
    assert api_keys.is_expired(key, NOW)
    assert not api_keys.is_expired(key, NOW - MOMENT)
    assert not api_keys.is_expired(ApiKey(), NOW)
    for previous_until, refusal in ((NOW + MOMENT, ""), (NOW, api_keys.REPLACED), (None, api_keys.REPLACED)):
        replaced = ApiKey(previous_until=previous_until)
        replaced.by_previous, replaced.now = True, NOW  # type: ignore[attr-defined]
        assert api_keys.refusal(replaced, "203.0.113.9") == refusal


@pytest.mark.django_db
def test_an_address_finds_the_keys_of_its_own_city(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    ours, theirs = (
        ApiKey.objects.create(jurisdiction=city, name="Bot", contact="Dev@x.example", prefix=prefix, key_hash=prefix)
        for city, prefix in ((town.city, "a"), (lakeside.city, "b"))
    )
    assert list(api_keys.keys_of(town.city, " DEV@x.example ")) == [ours]
    assert list(api_keys.keys_of(lakeside.city, "dev@x.example")) == [theirs]
    assert not api_keys.keys_of(town.city, "").exists()


@pytest.mark.django_db
def test_a_key_that_reaches_only_what_is_open_may_be_replaced_by_its_contact(town: Rivermark) -> None:
    every = list(api_keys.OPEN_SCOPES)
    for scopes, may in ((every, True), (every[:1], True), ([], True), ([*every, Scope.CONTACTS], False)):
        assert api_keys.may_be_replaced_by_contact(ApiKey(scopes=scopes)) is may
    day = app_now().astimezone(town.city.zone).date()
    assert api_keys.end_of(day, town.city).date() == day + dt.timedelta(days=1)
