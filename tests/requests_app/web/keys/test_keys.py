"""Anyone gets a test key by a proved address; an administrator approves a live key as asked. Each is shown once by a link."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import api_keys, links
from requests_app.actions.privacy import expiry
from requests_app.actions.programs import api_key_requests
from requests_app.models import ApiKey, ApiKeyRequest, ModerationTerm, OneTimeLink, Person, ServiceRequest
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
ASK_TEST = "/developers/keys/"
TEST = {"name": "Bus app", "email": "dev@example.org"}
ASK = "/developers/keys/live/"
SECRET = r"lk_[\w-]{43}"
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
    # Neither more nor another kind of key than what was asked for.
    more = {"scopes": ["report", "contacts"], "is_test": "on", "contact": "eve@example.org", "acts_as": "1"}
    terms = {"name": "Bus app", "calls_a_minute": "60", **more}
    assert ada.post(page, {**terms, "approve": "1", "networks": "junk"}).status_code == 422
    approved = ada.post(page, {**terms, "approve": "1"}, follow=True).content.decode()
    assert "Approved." in approved
    assert not re.search(SECRET, approved)
    key = ApiKey.objects.get()
    assert (key.scopes, key.is_test, key.calls_a_minute, key.contact) == (
        ["report", "updates"],
        False,
        60,
        "dev@example.org",
    )
    shows = link_in_mail()
    assert "Show my key" in client.get(shows).content.decode()
    answer = client.post(shows)
    found = re.search(SECRET, answer.content.decode())
    assert found
    assert api_keys.find(found.group()) == key
    assert "no-store" in answer["Cache-Control"]
    again = client.post(shows)
    assert again.status_code == 410
    assert not re.search(SECRET, again.content.decode())
    # A second answer, as by a colleague on an old page, changes nothing.
    assert (
        "Someone else already answered it"
        in ada.post(page, {"decline": "1", "reply": "No"}, follow=True).content.decode()
    )
    # Another link ends the key that was shown.
    ada.post(page, {"again": "1"})
    renewed = re.search(SECRET, client.post(link_in_mail()).content.decode())
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
    expiry.sweep()
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
    # Test keys have limits of their own, by address and by client.
    assert [client.post(ASK_TEST, TEST).status_code for _ in range(6)] == [200] * 5 + [429]
    others = [client.post(ASK_TEST, {**TEST, "email": f"dev{n}@example.org"}).status_code for n in range(5)]
    assert others == [200] * 4 + [429]


def test_a_test_key_comes_at_once(client: Client, town: Rivermark) -> None:
    page = client.post(ASK_TEST, TEST).content.decode()
    assert "it shows your test key" in page
    link = link_in_mail()
    assert "Show my test key" in client.get(link).content.decode()
    assert not ApiKey.objects.exists()
    answer = client.post(link)
    found = re.search(SECRET, answer.content.decode())
    assert found
    assert "no-store" in answer["Cache-Control"]
    key = ApiKey.objects.get()
    assert api_keys.find(found.group()) == key
    assert (key.is_test, key.scopes, key.contact) == (
        True,
        ["read", "report", "updates", "webhooks"],
        "dev@example.org",
    )
    again = client.post(link)
    assert (again.status_code, re.search(SECRET, again.content.decode())) == (410, None)
    # What was shown can be copied and works, and nobody at the city gets a report.
    sent = client.post(
        "/api/v1/requests/",
        json.dumps(
            {
                "service": "pothole",
                "place": {"lat": 40.5, "long": -69.0},
                "description": "A hole.",
                "answers": {"where": "lane"},
            }
        ),
        content_type="application/json",
        headers={"Authorization": f"Bearer {found.group()}"},
    )
    assert sent.status_code == 201, sent.content
    assert ServiceRequest.objects.get().is_test
    # They are signed in: the page of their keys is a link away.
    assert "Bus app" in client.get("/developers/account/").content.decode()


def test_an_address_has_up_to_five_test_keys(client: Client, town: Rivermark) -> None:
    asked = {"name": "Bus app", "language": "en", "visitor_hash": ""}
    address = {"email": "dev@example.org"}
    for _number in range(6):
        api_key_requests.ask_for_test(town.city, **address, **asked)
    urls = [links.one_time_url(link).removeprefix("http://testserver") for link in OneTimeLink.objects.order_by("pk")]
    # All with one name: strangers choose it.
    assert [client.post(url, address).status_code for url in urls] == [200] * 5 + [409]
    assert "You already have 5 test keys" in client.post(urls[5], address).content.decode()
    # Ending one makes room for the link that waits. Live keys and other addresses don't count.
    newest = ApiKey.objects.latest("pk")
    assert client.post(f"/developers/account/{newest.pk}/end/").status_code == 302
    api_keys.create(town.city, "Live", contact="dev@example.org")
    assert client.post(urls[5], address).status_code == 200
    client.post(ASK_TEST, {**TEST, "email": "other@example.org"})
    assert client.post(link_in_mail()).status_code == 200
    assert ApiKey.objects.filter(is_test=True, revoked_at=None).count() == 6


def test_a_test_link_opens_only_where_it_should(client: Client, town: Rivermark) -> None:
    client.post(ASK_TEST, TEST)
    link = link_in_mail()
    # Another device has to name the address.
    other = Client()
    assert "in a different browser" in other.get(link).content.decode()
    assert other.post(link, {"email": "eve@example.org"}).status_code == 422
    # Another city doesn't know it.
    factories.jurisdiction("Elm", hosts=["elm.example"])
    assert other.post(link, {"email": "dev@example.org"}, headers={"host": "elm.example"}).status_code == 404
    assert not ApiKey.objects.exists()
    # Blocked since it was asked, and before.
    ModerationTerm.objects.create(jurisdiction=town.city, kind="address", value="@example.org")
    assert client.post(link).status_code == 403
    assert client.post(ASK_TEST, TEST).status_code == 422
    ModerationTerm.objects.all().delete()
    OneTimeLink.objects.update(expires_at="2020-01-01T00:00Z")
    assert client.post(link).status_code == 410
    OneTimeLink.objects.update(expires_at="2099-01-01T00:00Z")
    assert other.post(link, {"email": "Dev@example.org"}).status_code == 200
    assert ApiKey.objects.get().is_test


def test_a_key_is_of_the_kind_that_was_asked_for_on_the_setup_page_and_by_command(town: Rivermark, ada: Client) -> None:
    terms = {"name": "Setup", "scopes": ["read"], "calls_a_minute": "60"}
    for more in ({"is_test": "on"}, {}):
        assert re.search(SECRET, ada.post("/staff/api-keys/new/", {**terms, **more}).content.decode())
    for more in (["--test"], []):
        call_command("create_api_key", "Shell", *more, stdout=StringIO())
    assert list(ApiKey.objects.order_by("pk").values_list("name", "is_test")) == [
        ("Setup", True),
        ("Setup", False),
        ("Shell", True),
        ("Shell", False),
    ]
    # Later edits leave it so.
    key = ApiKey.objects.get(name="Setup", is_test=True)
    ada.post(f"/staff/api-keys/{key.pk}/edit/", {**terms, "name": "Edited", "is_test": ""})
    assert ApiKey.objects.get(pk=key.pk).is_test


def test_a_key_of_the_wrong_kind_is_told_where_to_get_the_right_one(client: Client, town: Rivermark) -> None:
    live = api_keys.create(town.city, "Live")[1]
    test_key, test = api_keys.create(town.city, "Test", is_test=True)
    report = factories.report(town.pothole, answers={"where": "lane"})

    def get(plain: str, path: str) -> tuple[int, str]:
        answer = client.get(path, headers={"Authorization": f"Bearer {plain}"})
        return answer.status_code, answer.content.decode()

    status, answer = get(live, "/api/v1/sandbox/requests/")
    assert (status, "/developers/keys/" in answer) == (403, True)
    # A real request that isn't public is nothing to a test key.
    assert get(test, f"/api/v1/requests/{report.reference}/")[0] in (200, 404)
    api_keys.revoke(test_key)
    status, answer = get(test, "/api/v1/sandbox/requests/")
    assert (status, "This test key has ended" in answer) in ((401, True), (403, True))


@pytest.mark.parametrize("is_test", [True, False])
def test_approving_grants_what_was_asked(town: Rivermark, is_test: bool) -> None:
    asked = api_key_requests.ask(
        town.city, email="a@example.org", name="A", purpose="A test", scopes=["webhooks"], language="en"
    )
    ApiKeyRequest.objects.update(state="waiting", is_test=is_test)
    key = api_key_requests.approve(asked.pk, {"name": "B", "calls_a_minute": 5}, actor=town.ada)
    assert (key.is_test, key.scopes, key.contact) == (is_test, ["webhooks"], "a@example.org")
    # Showing it by the email's link, and replacing it, leave it so.
    api_key_requests.show(OneTimeLink.objects.get(purpose="show_key"))
    key.refresh_from_db()
    assert key.is_test == is_test
    waits = api_key_requests.ask(town.city, email="a@example.org", name="C", purpose="", scopes=["read"], language="en")
    ApiKeyRequest.objects.filter(pk=waits.pk).update(state="waiting")
    for more in ({"is_test": not is_test}, {"scopes": ["staff"]}, {"contact": "eve@example.org"}):
        with pytest.raises(TypeError):
            api_key_requests.approve(waits.pk, {"name": "C", **more}, actor=town.ada)


def test_an_administrator_sees_what_was_asked(client: Client, ada: Client) -> None:
    client.post(ASK, FORM)
    assert "Live key: what it sends are real reports" in client.post(ASK, FORM).content.decode()
    link = link_in_mail()
    for page in (client.get(link), client.post(ASK, FORM)):
        for words in ("Live key", "Send reports; Post updates on reports", "Riders report broken shelters."):
            assert words in page.content.decode()
    client.post(link)
    asked = ApiKeyRequest.objects.get(state="waiting")
    page = ada.get(f"/staff/api-keys/requests/{asked.pk}/").content.decode()
    for words in ("Live key", "Send reports; Post updates on reports", "Riders report broken shelters."):
        assert words in page
    assert 'name="scopes"' not in page
    assert 'name="is_test"' not in page
