"""Anyone asks for a key by a proved address; an administrator answers; the key is shown once by a link."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.actions.privacy import housekeeping
from requests_app.models import ApiKey, ApiKeyRequest, OneTimeLink, Person
from requests_app.worker import tasks
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
ASK = "/developers/keys/"
FORM: dict[str, Any] = {
    "name": "Bus app",
    "purpose": "Riders report broken shelters.",
    "scopes": ["report", "updates"],
    "email": "dev@example.org",
}


def link_in_mail() -> str:
    tasks.drain("outside")
    found = re.search(r"http://[^/]+(/c/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


@pytest.fixture
def ada(town: Rivermark) -> Client:
    ada = Client()
    ada.force_login(town.ada, backend="django.contrib.auth.backends.ModelBackend")
    return ada


@pytest.mark.shows("15.5")
def test_somebody_asks_is_approved_and_sees_the_key_once(client: Client, ada: Client) -> None:
    assert "Check your email" in client.post(ASK, FORM).content.decode()
    asked = ApiKeyRequest.objects.get()
    assert "Bus app" not in ada.get("/staff/api-keys/").content.decode()
    proves = link_in_mail()
    assert mail.outbox[-1].to == ["dev@example.org"]
    # Opening the link changes nothing: mail scanners do that, too.
    assert "Select the button to send your request" in client.get(proves).content.decode()
    assert client.post(proves).status_code == 200
    assert client.post(proves).status_code == 410
    page = f"/staff/api-keys/requests/{asked.pk}/"
    assert page in ada.get("/staff/api-keys/").content.decode()
    assert "Riders report broken shelters." in ada.get(page).content.decode()
    terms = {"name": "Bus app", "contact": "dev@example.org", "scopes": ["report"], "calls_a_minute": "60"}
    assert ada.post(page, {**terms, "approve": "1", "networks": "junk"}).status_code == 422
    approved = ada.post(page, {**terms, "approve": "1"}, follow=True).content.decode()
    assert "Approved." in approved
    assert not re.search(r"lk_[\w-]{43}", approved)
    key = ApiKey.objects.get()
    assert (key.scopes, key.calls_a_minute, key.contact) == (["report"], 60, "dev@example.org")
    shows = link_in_mail()
    assert "Show my key" in client.get(shows).content.decode()
    answer = client.post(shows)
    found = re.search(r"lk_[\w-]{43}", answer.content.decode())
    assert found
    assert api_keys.find(found.group()) == key
    assert "no-store" in answer["Cache-Control"]
    again = client.post(shows)
    assert again.status_code == 410
    assert not re.search(r"lk_[\w-]{43}", again.content.decode())
    # A second answer, as by a colleague on an old page, changes nothing.
    assert (
        "Someone else already answered it"
        in ada.post(page, {"decline": "1", "reply": "No"}, follow=True).content.decode()
    )
    # Another link ends the key that was shown.
    ada.post(page, {"again": "1"})
    renewed = re.search(r"lk_[\w-]{43}", client.post(link_in_mail()).content.decode())
    assert renewed
    assert api_keys.find(found.group()) is None
    ada.post(page, {"again": "1"})
    last = link_in_mail()
    api_keys.revoke(key)
    assert client.post(last).status_code == 410


def test_a_declined_request_is_answered_with_words(client: Client, ada: Client, town: Rivermark) -> None:
    client.post(f"/es{ASK}", FORM)
    client.post(link_in_mail())
    asked = ApiKeyRequest.objects.get()
    page = f"/staff/api-keys/requests/{asked.pk}/"
    assert ada.post(page, {"decline": "1", "reply": " "}).status_code == 422
    ada.post(page, {"decline": "1", "reply": "Please use the public list."})
    tasks.drain("outside")
    assert "Please use the public list." in mail.outbox[-1].body
    assert "no puede darle" in mail.outbox[-1].body
    assert not ApiKey.objects.exists()
    ApiKeyRequest.objects.update(decided_at="2020-01-01T00:00Z")
    OneTimeLink.objects.all().delete()
    housekeeping.sweep()
    assert not ApiKeyRequest.objects.exists()
    assert not Person.objects.exists()


def test_who_did_not_ask_cancels_it(client: Client, town: Rivermark) -> None:
    client.post(ASK, FORM)
    client.post(link_in_mail(), {"not_me": "1"})
    assert not ApiKeyRequest.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Enter the name of your program."),
        ({"purpose": ""}, "Say in a sentence or two"),
        ({"purpose": "x" * 1001}, "1"),
        ({"scopes": ["staff"]}, "staff"),
        ({"email": "dev"}, "Enter an email address like name@example.com."),
    ],
    ids=["name", "purpose", "long", "scope", "email"],
)
def test_what_cannot_be_asked_is_said(client: Client, town: Rivermark, wrong: dict[str, Any], words: str) -> None:
    answer = client.post(ASK, {**FORM, **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ApiKeyRequest.objects.exists()


def test_nobody_floods_an_address(client: Client, town: Rivermark, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    assert [client.post(ASK, FORM).status_code for _ in range(4)] == [200, 200, 200, 429]
