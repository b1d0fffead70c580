"""What a key opens, from where, until when and how often, asked of Open311."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.exceptions import PermissionDenied

from requests_app import api_keys, api_usage
from requests_app.api.framework import throttling
from requests_app.api.framework.permissions import HasScope
from requests_app.core import cache
from requests_app.models import ApiKey, ApiKeyUsage, ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import BASE, WRONG_KEY, Api

Form = dict[str, Any]
DAY = dt.timedelta(days=1)


def said(answer: Any) -> str:
    return str(answer[0]["description"])


@pytest.mark.shows("15.5")
def test_a_key_opens_only_what_its_scopes_name(cast: factories.Rivermark, pothole_form: Form) -> None:
    reader = Api(api_keys.create(cast.city, "Reader", scopes=["read"])[1])
    assert (
        said(reader.post(pothole_form, 403))
        == "This API key doesn’t have the scope “report”. It has: read. Ask the city for one that does."
    )
    assert str(reader.post(pothole_form, 403, path="requests.xml")[0]["code"]) == "403"
    assert not ServiceRequest.objects.exists()
    assert reader.get("requests.json", api_key=reader.key) == []
    key, plain = api_keys.create(cast.city, "Sender", scopes=["report"])
    assert (key.allows("report"), key.allows("read"), key.allows("updates")) == (True, False, False)
    Api(plain).post(pothole_form)
    assert ServiceRequest.objects.get().api_key == key


@pytest.mark.shows("15.5")
def test_a_key_ends_by_its_date_its_networks_and_its_revocation(cast: factories.Rivermark, pothole_form: Form) -> None:
    now = timezone.now()
    ended = Api(api_keys.create(cast.city, "Ended", expires_at=now - DAY)[1])
    assert said(ended.post(pothole_form, 403)) == "This API key has expired. Ask the city for a new one."
    Api(api_keys.create(cast.city, "Lasting", expires_at=now + DAY)[1]).post(pothole_form)
    foreign = Api(api_keys.create(cast.city, "Foreign", networks=["192.0.2.0/24", "2001:db8::/32"])[1])
    assert (
        said(foreign.post(pothole_form, 403))
        == "This API key can’t be used from this network. Ask the city to add your address."
    )
    for address in ("192.0.2.7", "::ffff:192.0.2.9", "2001:db8:1::5"):
        form = {**pothole_form, "api_key": foreign.key, "description": address}
        assert Client(REMOTE_ADDR=address).post(f"{BASE}requests.json", form).status_code == 200
    key, plain = api_keys.create(cast.city, "Gone")
    api_keys.revoke(key)
    assert said(Api(plain).post(pothole_form, 403)) == "This API key was revoked. Ask the city for a new one."
    # What is public stays open to all of them.
    assert len(Api().get("requests.json", api_key=plain)) == 4


def test_a_replaced_secret_is_valid_until_its_end_and_one_more_rotation_ends_it(
    cast: factories.Rivermark, pothole_form: Form
) -> None:
    key, first = api_keys.create(cast.city, "App")
    second = api_keys.replace_secret(key, earlier_until=timezone.now() + DAY)
    for number, plain in enumerate((first, second)):
        Api(plain).post({**pothole_form, "description": f"Hole {number}"})
    third = api_keys.replace_secret(key, earlier_until=timezone.now() + DAY)
    assert said(Api(first).post(pothole_form, 403)) == WRONG_KEY
    Api(second).post({**pothole_form, "description": "By the second"})
    ApiKey.objects.update(previous_until=timezone.now() - DAY)
    assert said(Api(second).post(pothole_form, 403)) == "This API key was replaced by a new one. Use that."
    Api(third).post({**pothole_form, "description": "By the third"})
    at_once = api_keys.replace_secret(key, earlier_until=None)
    assert said(Api(third).post(pothole_form, 403)) == WRONG_KEY
    assert api_keys.find(at_once) == key


def test_a_key_that_acts_for_somebody_needs_them(cast: factories.Rivermark) -> None:
    permission = HasScope()
    key, _plain = api_keys.create(cast.city, "Crew app", scopes=["staff"])
    request = type("Request", (), {"method": "GET", "auth": key, "user": cast.tom})()
    view = type(
        "View", (), {"jurisdiction": cast.city, "required_scopes": ["staff"], "permission_classes": [HasScope]}
    )()
    with pytest.raises(PermissionDenied, match="no longer works here"):
        permission.has_permission(request, view)
    key.acts_as = cast.tom
    assert permission.has_permission(request, view)
    request.user = type("Nobody", (), {"is_authenticated": False})()
    with pytest.raises(PermissionDenied, match="no longer works here"):
        permission.has_permission(request, view)


# --- Limits -------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("15.5")
def test_each_answer_says_what_is_left_and_a_429_when_to_try_again(
    api: Api, pothole_form: Form, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(throttling, "WITHOUT_KEY_A_MINUTE", 2)
    monkeypatch.setattr(throttling.CallThrottle, "per_s", 3600)
    ApiKey.objects.update(calls_a_minute=4, reports_a_day=2)
    anonymous = Api()
    anonymous.get("services.json")
    assert anonymous.last["RateLimit-Policy"] == '"calls";q=2;w=3600'
    assert "RateLimit" not in anonymous.last, "a shared cache may keep it"
    assert "RateLimit, RateLimit-Policy, Request-Id" in anonymous.last["Access-Control-Expose-Headers"]
    assert anonymous.last["Request-Id"] == anonymous.last["X-Request-Id"]
    # A call that is refused counts and says so, too; a browser's question doesn't.
    anonymous.post(pothole_form, 403)
    assert anonymous.last["RateLimit"].startswith('"calls";r=0;t=')
    assert anonymous.client.options(f"{BASE}services.json").status_code == 204
    assert str(anonymous.get("services.xml", 429)[0]["code"]) == "429"
    assert 0 < int(anonymous.last["Retry-After"]) <= 3600
    assert anonymous.last["RateLimit"].startswith('"calls";r=0;t=')
    # A key has limits of its own.
    api.get("services.json", api_key=api.key)
    assert api.last["RateLimit-Policy"] == '"calls";q=4;w=3600'
    for number in range(2):
        api.post({**pothole_form, "description": f"Hole {number}"})
    assert '"reports";q=2;w=86400' in api.last["RateLimit-Policy"]
    assert '"reports";r=0;t=' in api.last["RateLimit"]
    assert said(api.post({**pothole_form, "description": "One more"}, 429)).startswith(
        "Too many requests. Try again in "
    )
    assert ServiceRequest.objects.count() == 2
    monkeypatch.setattr(cache.breaker, "open_until", float("inf"))
    anonymous.get("services.json")
    settings.RATE_LIMITS = False
    anonymous.get("services.json")
    assert "RateLimit" not in anonymous.last


# --- Use ----------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("15.5")
def test_calls_are_counted_by_day_and_remembered_without_what_they_said(
    api: Api, pothole_form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ApiKey.objects.get()
    (made,) = api.post(pothole_form)
    api.post({"service_code": "nothing", "description": "Ana’s secret"}, 404)
    api.get(f"requests/{made['service_request_id']}.json", api_key=api.key)
    Api().get("services.json")
    calls = api_usage.last_calls(key)
    assert [(call["method"], call["path"], call["status"]) for call in calls] == [
        ("GET", "/open311/v2/requests/{number}.json", 200),
        ("POST", "/open311/v2/requests.json", 404),
        ("POST", "/open311/v2/requests.json", 200),
    ]
    assert calls[0]["id"] == api.last["Request-Id"]
    assert set(calls[0]) == {"at", "method", "path", "status", "ms", "id"}
    api_usage.fold()
    api_usage.fold()
    usage = ApiKeyUsage.objects.get()
    assert (usage.api_key, usage.calls, usage.errors) == (key, 3, 1)
    api.get("services.json", api_key=api.key)
    api_usage.fold()
    assert [(calls, errors) for _day, calls, errors in api_usage.by_day(key, usage.day, 2)] == [(0, 0), (4, 1)]
    used = ApiKey.objects.get().last_used_at
    assert used
    assert (used.minute, used.second) == (0, 0)
    monkeypatch.setattr(api_usage, "CALLS_KEPT_MOST", 2)
    api.get("services.json", api_key=api.key)
    assert len(api_usage.last_calls(key)) == 2
    # Without Redis, all goes on and nothing is counted.
    monkeypatch.setattr(cache.breaker, "open_until", float("inf"))
    api.get("services.json", api_key=api.key)
    api_usage.fold()
    assert (api_usage.last_calls(key), ApiKeyUsage.objects.get().calls) == ([], 4)
