"""A copy of another installation's database is silent: nothing leaves it, and every staff page says so."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import models
from django.test import Client

from requests_app import outbox
from requests_app.actions.setup import copied_addresses, restores
from requests_app.models import ContactPoint, Installation, OutboxRow, Webhook
from requests_app.models.outbox import LEAVING, PENDING
from tests.factories import Rivermark
from tests.planted import Planted, kept_for_a_module

pytestmark = pytest.mark.django_db
OWN, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def copy(settings: Any) -> Installation:
    settings.INSTALLATION_ID = OWN
    cache.clear()
    return Installation.objects.create(installation_id=OTHER, marked_at=dt.datetime(2026, 11, 30, 18, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def put(lane: str, key: str) -> None:
    outbox.enqueue("probe", lane=lane, dedupe_key=key)


def claimed(lane: str) -> int:
    count = 0
    while outbox.claim(lane) is not None:
        count += 1
    return count


def test_nothing_is_claimed_that_leaves_a_copy_and_the_rest_goes_on(copy: Installation) -> None:
    for lane in OutboxRow.Lane.values:
        put(lane, f"{lane}-1")
        put(lane, f"{lane}-2")
    assert {lane: claimed(lane) for lane in OutboxRow.Lane.values} == {
        "database": 2, "clock": 2, "outside": 0, "webhook": 0, "alarm": 0,
    }  # fmt: skip
    Installation.objects.update(installation_id=OWN)
    assert {lane: claimed(lane) for lane in LEAVING} == {"outside": 2, "webhook": 2, "alarm": 2}


def test_without_an_id_in_the_settings_no_database_is_a_copy(settings: Any) -> None:
    settings.INSTALLATION_ID = ""
    Installation.objects.create(installation_id=OTHER)
    put("outside", "one")
    assert claimed("outside") == 1


def test_a_database_without_an_owner_gets_one_and_a_copy_keeps_its_own(settings: Any) -> None:
    settings.INSTALLATION_ID = OWN
    restores.begin_installation()
    assert Installation.objects.get().installation_id == OWN
    settings.INSTALLATION_ID = OTHER
    restores.begin_installation()
    restores.mark()
    assert Installation.objects.get().installation_id == OWN


def test_what_is_sent_while_a_page_waits_stays_too(copy: Installation, town: Rivermark, client: Client) -> None:
    EmailAddress.objects.create(user=town.ada, email=town.ada.email, primary=True, verified=True)

    def ask() -> int:
        client.post("/accounts/password/reset/", {"email": town.ada.email})
        return len(mail.outbox)

    assert ask() == 0
    Installation.objects.update(installation_id=OWN)
    assert ask() == 1


@pytest.mark.parametrize("path", ["/staff/", "/staff/outbox/"])
def test_every_staff_page_says_that_it_is_a_copy(copy: Installation, town: Rivermark, path: str) -> None:
    staff = Client()
    staff.force_login(town.ada, backend="django.contrib.auth.backends.ModelBackend")
    page = staff.get(path).content.decode()
    assert "Copy from November 30" in page
    assert "lampctl restore --here --as-copy" in page
    Installation.objects.update(installation_id=OWN)
    cache.clear()
    assert "Copy from" not in staff.get(path).content.decode()


def emails(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.fields if isinstance(field, models.EmailField)]


def test_a_copy_for_trying_things_out_has_no_address_of_anybody(settings: Any, planted: Planted) -> None:
    settings.INSTALLATION_ID = OWN
    copied_addresses.replace()
    left = {
        (model.__name__, name, value)
        for model in apps.get_models()
        for name in emails(model)
        for value in model._default_manager.exclude(**{name: ""}).values_list(name, flat=True)
        if not value.endswith("@copy.invalid")
    }
    assert not left
    values = ContactPoint.objects.values_list("kind", "value", "normalized")
    assert {kind for kind, _value, _normalized in values} == {"email", "phone"}
    for kind, value, normalized in values:
        assert value == normalized
        assert value.endswith("@copy.invalid") if kind == "email" else value.startswith("+1555")
    assert not Webhook.objects.filter(ended_at=None).exists()
    assert not OutboxRow.objects.filter(PENDING, lane__in=LEAVING).exists()
