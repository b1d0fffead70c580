"""Keys are made by who may, shown once, and open nothing once revoked."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app import api_keys
from requests_app.models import ApiKey, User
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


@pytest.mark.shows("7.5")
def test_a_key_is_shown_once_and_only_its_hash_is_kept(town: Rivermark, ada: Client) -> None:
    answer = ada.post("/staff/api-keys/", {"name": "Street light app"})
    assert answer["Cache-Control"] == "private, no-store"
    plain = re.search(r"lk_[\w-]{43}", answer.content.decode())
    assert plain
    key = ApiKey.objects.get()
    assert api_keys.find(plain.group()) == key
    assert (key.name, key.jurisdiction, key.created_by, key.is_test) == ("Street light app", town.city, town.ada, False)
    assert plain.group() not in str(ApiKey.objects.values().get())
    again = ada.get("/staff/api-keys/").content.decode()
    assert plain.group() not in again
    assert key.prefix in again


def test_a_name_is_taken_until_its_key_is_revoked(ada: Client) -> None:
    ada.post("/staff/api-keys/", {"name": "App"})
    answer = ada.post("/staff/api-keys/", {"name": "App"})
    assert answer.status_code == 422
    assert "A key with this name already exists." in answer.content.decode()
    key = ApiKey.objects.get()
    assert ada.post(f"/staff/api-keys/{key.pk}/revoke/").status_code == 302
    assert ada.post("/staff/api-keys/", {"name": "App"}).status_code == 200
    assert ApiKey.objects.count() == 2


def test_a_revoked_key_opens_nothing(ada: Client, town: Rivermark) -> None:
    key, plain = api_keys.create(town.city, "App")
    assert api_keys.find(plain) == key
    ada.post(f"/staff/api-keys/{key.pk}/revoke/")
    assert api_keys.find(plain) is None


@pytest.mark.parametrize("wrong", ["", "lk_", "lk_" + "x" * 43, "lk_" + "x" * 5000, "nothing"])
def test_what_is_no_key_opens_nothing(town: Rivermark, wrong: str) -> None:
    _, plain = api_keys.create(town.city, "App")
    assert api_keys.find(wrong) is None
    assert api_keys.find(plain + "x") is None


def test_a_missing_name_is_said(ada: Client) -> None:
    answer = ada.post("/staff/api-keys/", {"name": " "})
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_it_is_for_administrators_alone(town: Rivermark, tom: Client, pia: Client, client: Client) -> None:
    key, _ = api_keys.create(town.city, "App")
    for who in (tom, pia):
        assert who.get("/staff/api-keys/").status_code == 403
        assert who.post("/staff/api-keys/", {"name": "Mine"}).status_code == 403
        assert who.post(f"/staff/api-keys/{key.pk}/revoke/").status_code == 403
    assert client.post("/staff/api-keys/", {"name": "Mine"}).status_code == 302
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


def test_another_citys_key_is_not_there(town: Rivermark, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    key, _ = api_keys.create(town.city, "Rivermark’s app")
    eve = signed_in(factories.staff("Eve", "administrator", elsewhere))
    assert "Rivermark’s app" not in eve.get("/staff/api-keys/", HTTP_HOST="eastport.example").content.decode()
    assert eve.post(f"/staff/api-keys/{key.pk}/revoke/", HTTP_HOST="eastport.example").status_code == 404


def test_use_is_noted_once_an_hour(town: Rivermark) -> None:
    _key, plain = api_keys.create(town.city, "App")
    used = api_keys.look_up(plain)
    assert used
    api_keys.mark_used(used)
    found = api_keys.find(plain)
    assert found
    assert found.last_used_at is not None
