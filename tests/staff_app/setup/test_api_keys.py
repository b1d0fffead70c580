"""Keys are made by who may, shown once, edited, replaced and revoked, and their use is seen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app import api_keys, api_usage
from requests_app.models import ApiKey, Jurisdiction, SetupChange, User
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NEW = "/staff/api-keys/new/"
FORM: dict[str, Any] = {"name": "App", "scopes": ["read", "report"], "calls_a_minute": "600"}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def secret(answer: Any) -> str:
    found = re.search(r"lk_[\w-]{43}", answer.content.decode())
    assert found
    return found.group()


@pytest.mark.shows("7.5")
def test_a_key_is_shown_once_and_only_its_hash_is_kept(town: Rivermark, ada: Client) -> None:
    answer = ada.post(NEW, {**FORM, "name": "Street light app"})
    assert answer["Cache-Control"] == "private, no-store"
    plain = secret(answer)
    key = ApiKey.objects.get()
    assert api_keys.find(plain) == key
    assert (key.name, key.jurisdiction, key.created_by, key.is_test) == ("Street light app", town.city, town.ada, False)
    assert plain not in str(ApiKey.objects.values().get())
    assert plain not in str(list(SetupChange.objects.values()))
    again = ada.get(f"/staff/api-keys/{key.pk}/").content.decode()
    assert plain not in again
    assert key.prefix in again


def test_a_name_is_taken_until_its_key_is_revoked(ada: Client) -> None:
    ada.post(NEW, FORM)
    answer = ada.post(NEW, FORM)
    assert answer.status_code == 422
    assert "A key with this name already exists." in answer.content.decode()
    key = ApiKey.objects.get()
    assert ada.post(f"/staff/api-keys/{key.pk}/revoke/").status_code == 302
    assert ada.post(NEW, FORM).status_code == 200
    assert ApiKey.objects.count() == 2


def test_a_revoked_key_opens_nothing_and_stays_as_it_was(ada: Client, town: Rivermark) -> None:
    key, plain = api_keys.create(town.city, "App")
    assert api_keys.find(plain) == key
    ada.post(f"/staff/api-keys/{key.pk}/revoke/")
    assert api_keys.find(plain) is None
    page = ada.post(f"/staff/api-keys/{key.pk}/replace/", {"hours": "24"}, follow=True).content.decode()
    assert "This key was revoked. Create a new one." in page
    assert "Revoked " in page
    assert "/edit/" not in page
    ada.post(f"/staff/api-keys/{key.pk}/edit/", {**FORM, "name": "Other"})
    assert ApiKey.objects.get().name == "App"


@pytest.mark.parametrize("wrong", ["", "lk_", "lk_" + "x" * 43, "lk_" + "x" * 5000, "nothing"])
def test_what_is_no_key_opens_nothing(town: Rivermark, wrong: str) -> None:
    _, plain = api_keys.create(town.city, "App")
    assert api_keys.find(wrong) is None
    assert api_keys.find(plain + "x") is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Enter who will use the key."),
        ({"scopes": ["king"]}, "king"),
        ({"scopes": []}, "Choose at least one."),
        ({"networks": "192.0.2.0/24\n10.0.0.0/99"}, "“10.0.0.0/99” is not a network."),
        ({"expires_on": "2020-01-01"}, "This day has passed."),
        ({"expires_on": "9999-12-31"}, "Enter a day before the year 9999."),
        ({"scopes": ["staff"]}, "Choose whose permissions apply"),
        ({"contact": "nobody"}, "Enter an email address"),
        ({"calls_a_minute": "0"}, "greater than or equal to 1"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(ada: Client, wrong: dict[str, Any], words: str) -> None:
    answer = ada.post(NEW, {**FORM, "name": "My app", **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="error-summary"' in page
    assert words in page
    assert "name" in wrong or 'value="My app"' in page
    assert not ApiKey.objects.exists()


@pytest.mark.shows("15.5")
def test_terms_are_given_changed_and_recorded(ada: Client, town: Rivermark) -> None:
    terms = {
        "name": "Crew  app", "scopes": ["staff", "report"], "acts_as": str(town.tom.pk), "contact": "dev@example.org",
        "calls_a_minute": "90", "reports_a_day": "50", "expires_on": "2099-12-31", "networks": "192.0.2.7/24, 2001:db8::1",
    }  # fmt: skip
    ada.post(NEW, terms)
    key = ApiKey.objects.get()
    assert (key.name, key.scopes, key.acts_as) == ("Crew app", ["report", "staff"], town.tom)
    assert (key.calls_a_minute, key.reports_a_day) == (90, 50)
    assert key.networks == ["192.0.2.0/24", "2001:db8::1/128"]
    assert key.expires_at
    assert key.expires_at.astimezone(town.city.zone).isoformat()[:16] == "2100-01-01T00:00"
    edit = f"/staff/api-keys/{key.pk}/edit/"
    form = ada.get(edit).content.decode()
    assert 'value="2099-12-31"' in form
    assert ada.post(edit, {**FORM, "name": "Crew app", "networks": ""}).status_code == 302
    key.refresh_from_db()
    assert (key.scopes, key.acts_as, key.networks, key.expires_at) == (["read", "report"], None, [], None)
    assert [change.action for change in SetupChange.objects.filter(kind="api_key").order_by("id")] == [
        "added",
        "changed",
    ]
    assert "dev@example.org" not in str(list(SetupChange.objects.values()))
    assert "Crew app" in ada.get("/staff/api-keys/?q=crew").content.decode()
    other, _plain = api_keys.create(town.city, "Other")
    assert ada.post(f"/staff/api-keys/{other.pk}/edit/", {**FORM, "name": "Crew app"}).status_code == 422


@pytest.mark.shows("15.5")
def test_a_replaced_key_goes_on_for_the_chosen_time(ada: Client, town: Rivermark) -> None:
    key, first = api_keys.create(town.city, "App")
    replace = f"/staff/api-keys/{key.pk}/replace/"
    assert ada.post(replace, {"hours": "5"}).status_code == 422
    answer = ada.post(replace, {"hours": "24"})
    second = secret(answer)
    assert "The key before it" in answer.content.decode()
    assert api_keys.find(first) == api_keys.find(second) == key
    third = secret(ada.post(replace, {"hours": "0"}))
    assert (api_keys.find(first), api_keys.find(second), api_keys.find(third)) == (None, None, key)


@pytest.mark.shows("15.5")
def test_the_page_of_a_key_shows_its_use(ada: Client, town: Rivermark) -> None:
    key, plain = api_keys.create(town.city, "App")
    form = {
        "api_key": plain, "service_code": "pothole", "lat": "40.5", "long": "-69.0", "description": "A hole",
        "attribute[where]": "lane",
    }  # fmt: skip
    sent = Client().post("/open311/v2/requests.json", form)
    assert sent.status_code == 200
    Client().post("/open311/v2/requests.json", {**form, "service_code": "nothing"})
    factories.run_part("fold_api_usage")
    page = ada.get(f"/staff/api-keys/{key.pk}/").content.decode()
    assert "2 calls, of which 1 failed." in page
    assert "POST /open311/v2/requests.json" in page
    assert sent["Request-Id"] in page
    number = sent.json()[0]["service_request_id"]
    assert number in page
    request_page = ada.get(f"/staff/r/{number.replace('-', '')}/").content.decode()
    assert f'href="/staff/api-keys/{key.pk}/">App</a>' in request_page
    assert len(api_usage.last_calls(key)) == 2


def test_the_test_keys_of_strangers_hide_no_other_key(town: Rivermark, ada: Client) -> None:
    api_keys.create(town.city, "Stranger", is_test=True, contact="dev@example.org")
    api_keys.create(town.city, "Ours", is_test=True, created_by=town.ada)
    api_keys.create(town.city, "Live")
    for query, shown in (("", 0), ("?tests=1", 1), ("?q=stranger", 1), ("?q=dev@", 1)):
        page = ada.get(f"/staff/api-keys/{query}").content.decode()
        assert page.count("<strong>Stranger</strong>") == shown, query
    page = ada.get("/staff/api-keys/").content.decode()
    assert "<strong>Ours</strong>" in page
    assert "<strong>Live</strong>" in page


@pytest.mark.slow
def test_ten_thousand_keys_are_paged(ada: Client, town: Rivermark, django_assert_max_num_queries: Any) -> None:
    keys = [
        ApiKey(jurisdiction=town.city, name=f"Key {number:05}", prefix="lk_x", key_hash=f"{number:064}")
        for number in range(10_000)
    ]
    ApiKey.objects.bulk_create(keys)
    ada.get("/staff/api-keys/")
    with django_assert_max_num_queries(8):
        page = ada.get("/staff/api-keys/?sort=name").content.decode()
    assert page.count("Key 00") == 50
    assert "Key 09999" in ada.get("/staff/api-keys/?q=09999").content.decode()


def test_it_is_for_administrators_alone(town: Rivermark, tom: Client, pia: Client, client: Client) -> None:
    key, _ = api_keys.create(town.city, "App")
    for who in (tom, pia):
        assert who.get("/staff/api-keys/").status_code == 403
        assert who.post(NEW, FORM).status_code == 403
        for does in ("", "edit/"):
            assert who.get(f"/staff/api-keys/{key.pk}/{does}").status_code == 403
        for does in ("revoke/", "replace/"):
            assert who.post(f"/staff/api-keys/{key.pk}/{does}", {"hours": "0"}).status_code == 403
    assert client.post(NEW, FORM).status_code == 302
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


def test_who_only_manages_keys_gives_no_others_permissions(town: Rivermark, signed_in: SignIn) -> None:
    city: Jurisdiction = town.city
    role = factories.role(city, "administrator")
    role.permissions = ["view", "manage_api_keys"]
    role.save()
    keeper = signed_in(factories.staff("Kim", "administrator", city))
    for terms in ({"scopes": ["contacts"]}, {"scopes": ["staff"], "acts_as": str(town.tom.pk)}):
        assert keeper.post(NEW, {**FORM, **terms}).status_code == 422
    assert not ApiKey.objects.exists()
    assert keeper.post(NEW, FORM).status_code == 200


def test_another_citys_key_is_not_there(town: Rivermark, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    key, _ = api_keys.create(town.city, "Rivermark’s app")
    eve = signed_in(factories.staff("Eve", "administrator", elsewhere))
    assert "Rivermark’s app" not in eve.get("/staff/api-keys/", HTTP_HOST="eastport.example").content.decode()
    for does in ("revoke/", "replace/"):
        assert eve.post(f"/staff/api-keys/{key.pk}/{does}", HTTP_HOST="eastport.example").status_code == 404
    assert eve.get(f"/staff/api-keys/{key.pk}/", HTTP_HOST="eastport.example").status_code == 404


def test_use_is_noted_once_an_hour(town: Rivermark, django_assert_num_queries: Any) -> None:
    _key, plain = api_keys.create(town.city, "App")
    used = api_keys.look_up(plain)
    assert used
    api_keys.mark_used(used)
    found = api_keys.look_up(plain)
    assert found
    assert found.last_used_at is not None
    with django_assert_num_queries(0):
        api_keys.mark_used(found)
