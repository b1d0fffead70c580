"""A developer's own keys: of one address and city, their use and errors without what was sent, replacing and ending."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from requests_app import api_errors, api_keys
from requests_app.clock import app_now
from requests_app.models import ApiKey, SetupChange, Webhook
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
PAGE = "/developers/account/"
DEV = "dev@example.org"
SECRET = r"lk_[\w-]{43}"


def sign_in(client: Client, email: str = DEV) -> str:
    """Returns the link that was used."""
    client.post(PAGE, {"email": email})
    tasks.drain("outside")
    found = re.search(r"http://[^/]+(/c/\S+)", mail.outbox[-1].body)
    assert found
    client.post(found[1])
    return found[1]


def call(plain: str, method: str, path: str, body: Any = None) -> HttpResponse:
    headers = {"Authorization": f"Bearer {plain}"}
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(Client(), method)(path, headers=headers, **data)


def test_a_link_opens_the_keys_of_an_address(client: Client, town: Rivermark) -> None:
    mine = api_keys.create(town.city, "Mine", contact="Dev@Example.org")[0]
    test = api_keys.create(town.city, "Trying", contact=DEV, is_test=True)[0]
    theirs = api_keys.create(town.city, "Theirs", contact="eve@example.org")[0]
    elsewhere = api_keys.create(factories.lakeside().city, "Elsewhere", contact=DEV)[0]
    assert "We’ll email you a link" in client.get(PAGE).content.decode()
    # An address without a key gets no link, and the same answer.
    client.post(PAGE, {"email": "nobody@example.org"})
    tasks.drain("outside")
    assert mail.outbox == []
    link = sign_in(client)
    page = client.get(PAGE).content.decode()
    assert "Mine" in page
    assert "Trying" in page
    assert "Theirs" not in page
    assert "Elsewhere" not in page
    for key, status in ((mine, 200), (test, 200), (theirs, 404), (elsewhere, 404)):
        assert client.get(f"{PAGE}{key.pk}/").status_code == status
        assert client.post(f"{PAGE}{key.pk}/end/", {}).status_code == (302 if status == 200 else 404)
        assert client.post(f"{PAGE}{key.pk}/replace/", {"hours": "0"}).status_code in (302, status)
    assert list(ApiKey.objects.filter(revoked_at=None)) == [theirs, elsewhere]
    # A link works once, and its session only in its city and for a time.
    assert Client().post(link, {"email": DEV}).status_code == 410
    assert client.get(f"{PAGE}{elsewhere.pk}/", headers={"host": "lakeside.example"}).status_code == 302
    assert Client().get(f"{PAGE}{mine.pk}/")["Location"] == PAGE


def test_another_mailbox_with_letters_that_look_alike_opens_nothing(client: Client, town: Rivermark) -> None:
    api_keys.create(town.city, "Mine", contact="kim@example.org")
    client.post(PAGE, {"email": "\u212aim@example.org"})
    tasks.drain("outside")
    assert mail.outbox == []


def test_what_a_session_may_do_after_half_an_hour(client: Client, town: Rivermark) -> None:
    key = api_keys.create(town.city, "Mine", contact=DEV)[0]
    sign_in(client)
    set_time(app_now() + dt.timedelta(minutes=31))
    assert client.get(f"{PAGE}{key.pk}/").status_code == 200
    for action in ("replace", "end"):
        again = client.post(f"{PAGE}{key.pk}/{action}/", {"hours": "0"})
        assert (again.status_code, f'action="{PAGE}"' in again.content.decode()) == (403, True)
    assert ApiKey.objects.get().revoked_at is None
    set_time(app_now() + dt.timedelta(days=30))
    assert client.get(f"{PAGE}{key.pk}/").status_code == 302


def test_a_replaced_key_is_shown_once(client: Client, town: Rivermark) -> None:
    key, plain = api_keys.create(town.city, "Mine", contact=DEV, created_by=town.ada)
    staff_key = api_keys.create(town.city, "Crew", contact=DEV, scopes=["staff"], acts_as=town.ada)[0]
    sign_in(client)
    assert client.post(f"{PAGE}{key.pk}/replace/", {"hours": "1"}).status_code == 422
    answer = client.post(f"{PAGE}{key.pk}/replace/", {"hours": "24"})
    found = re.search(SECRET, answer.content.decode())
    assert found
    assert "no-store" in answer["Cache-Control"]
    assert api_keys.find(found.group()) == api_keys.find(plain) == key
    assert SetupChange.objects.get().after["replaced"]
    assert not re.search(SECRET, client.get(f"{PAGE}{key.pk}/").content.decode())
    # A mailbox alone doesn't open what isn't public.
    assert "Ask the city to replace it" in client.get(f"{PAGE}{staff_key.pk}/").content.decode()
    assert client.post(f"{PAGE}{staff_key.pk}/replace/", {"hours": "24"}).status_code == 404


def test_calls_and_errors_without_what_was_sent(client: Client, town: Rivermark) -> None:
    key, plain = api_keys.create(town.city, "Mine", contact=DEV, is_test=True)
    Webhook.objects.create(api_key=key, url="https://hooks.example.org/", failing_since="2026-06-01T00:00Z")
    Webhook.objects.create(api_key=key, url="https://off.example.org/", ended_at="2026-06-01T00:00Z", end_reason="gone")
    secrets = ["Blenkinsop", "617-555-0173", "pat@example.org", "Harold's words", "my field"]
    body = {"service": "Blenkinsop", "description": secrets[1], "Harold's words": 1, "my field": 2, "place": secrets[2]}
    assert call(plain, "get", "/api/v1/services/pothole/").status_code == 200
    assert call(plain, "get", "/api/v1/services/lamp-of-Blenkinsop/").status_code == 404
    assert call(plain, "get", "/api/v1/requests/?status=Blenkinsop&pat@example.org=1").status_code == 400
    assert call(plain, "post", "/api/v1/requests/", body).status_code == 422
    assert call(plain, "get", "/open311/v2/requests.json?start_date=617-555-0173").status_code == 400
    factories.run_part("fold_api_usage")
    sign_in(client)
    page = client.get(f"{PAGE}{key.pk}/").content.decode()
    for words in (
        "GET /api/v1/services/{service_code}/</code>",
        "200: 1</span>",
        "404: 1</span>",
        "POST /api/v1/requests/",
        "422: 1</span>",
        "/developers/problems/invalid-body/",
        "invalid-parameter",
        "https://hooks.example.org/",
        "Failing",
        "answered “410 Gone”",
    ):
        assert words in page, words
    for secret in ("Blenkinsop", "617-555", "pat@", "Harold", "my field", "lamp-of"):
        assert secret not in page, secret
    # The newest first, and only so many.
    errors = api_errors.last(key)
    assert [error["status"] for error in errors] == [400, 422, 400, 404]
    assert errors[1]["answer"]["status"] == 422
    for _number in range(api_errors.KEPT_MOST + 1):
        call(plain, "get", "/api/v1/services/gone/")
    assert {error["status"] for error in api_errors.last(key)} == {404}
    assert len(api_errors.last(key)) == api_errors.KEPT_MOST


def test_of_a_large_body_only_the_kind_of_error_is_kept(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    key, plain = api_keys.create(town.city, "Mine", contact=DEV)
    monkeypatch.setattr(api_errors, "SENT_MOST", 20)
    for count in (20, 21):
        call(plain, "post", "/api/v1/requests/", {"service": [f"value {number}" for number in range(count)]})
    large, smaller = api_errors.last(key)
    assert set(large["answer"]) == {"type", "title", "status", "request_id"}
    assert smaller["answer"]["errors"]
