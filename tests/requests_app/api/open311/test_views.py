"""Keys, jurisdictions, formats, methods and errors: what is settled before any question is answered."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.api.framework import renderers, throttling
from requests_app.api.open311 import catalog, errors, views
from requests_app.models import ApiKey, Jurisdiction, ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import BASE, FORM, NO_KEY, WRONG_KEY, Api, as_texts, read

Form = dict[str, Any]
EVERY_PATH = [
    "/open311/discovery", "/open311/v2/discovery", BASE + "services", BASE + "services/pothole", BASE + "requests",
    BASE + "requests/7K3M-9QWT", BASE + "tokens/x",
]  # fmt: skip


# --- Keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("7.4")
@pytest.mark.parametrize("sent", ["", "wrong", "lk_wrong", "lk_" + "x" * 5000, "lk_é"])
def test_without_a_good_key_a_post_is_403_before_all_else(api: Api, pothole_form: Form, sent: str) -> None:
    bad = {"service_code": "nothing", "jurisdiction_id": "nowhere", "lat": "x", "api_key": sent}
    (error,) = api.post(bad, 403)
    assert error == {"code": 403, "description": WRONG_KEY if sent else NO_KEY}
    assert api.post(bad, 403, path="requests.xml") == as_texts([error])
    api.post(pothole_form | {"api_key": sent}, 403)
    assert not ServiceRequest.objects.exists()


def test_a_revoked_key_is_403(api: Api, pothole_form: Form) -> None:
    api_keys.revoke(ApiKey.objects.get())
    api.post(pothole_form, 403)


def test_a_key_may_come_in_the_query_or_as_a_bearer(api: Api, pothole_form: Form) -> None:
    anonymous = Api()
    anonymous.post(pothole_form, path=f"requests.json?api_key={api.key}")
    anonymous.post(pothole_form | {"description": "b"}, headers={"Authorization": f"Bearer {api.key}"})
    anonymous.post(pothole_form | {"description": "c", "api_key": ""}, path=f"requests.json?api_key={api.key}")
    assert ServiceRequest.objects.count() == 3


def test_a_wrong_key_does_not_matter_for_reading(api: Api, cast: factories.Rivermark) -> None:
    assert api.get("requests.json", api_key="wrong") == []
    assert len(api.get("services.json", api_key="")) == 4


def test_too_many_writes_with_one_key_are_429(
    api: Api, test_key: str, pothole_form: Form, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(throttling.WriteThrottle, "most", 2)
    monkeypatch.setattr(throttling.WriteThrottle, "per_s", 3600)
    for _ in range(2):
        api.post(pothole_form)
    (error,) = api.post(pothole_form, 429)
    assert error["code"] == 429
    assert 0 < int(api.last["Retry-After"]) <= 3600
    assert api.post(pothole_form, 429, path="requests.xml")[0]["code"] == "429"
    api.post(pothole_form | {"api_key": test_key})
    settings.RATE_LIMITS = False
    api.post(pothole_form)


# --- Jurisdictions ----------------------------------------------------------------------------------------------------


def test_one_city_needs_no_jurisdiction_id(api: Api, cast: factories.Rivermark) -> None:
    for given in (
        {},
        {"jurisdiction_id": ""},
        {"jurisdiction_id": "rivermark.example"},
        {"jurisdiction_id": "Rivermark.Example"},
    ):
        assert len(api.get("services.json", **given)) == 4


def test_an_unknown_jurisdiction_id_is_404(api: Api, pothole_form: Form) -> None:
    for path in ("services.json", "services/pothole.json", "requests.json", "requests/7K3M9QWT.json", "tokens/x.json"):
        assert api.get(path, 404, jurisdiction_id="atlantis.example") == [
            {"code": 404, "description": "jurisdiction_id was not found."}
        ]
    api.post(pothole_form | {"jurisdiction_id": "atlantis.example"}, 404)
    api.get("services.json", 400, jurisdiction_id="a\x00b")


@pytest.fixture
def two(cast: factories.Rivermark) -> Jurisdiction:
    """Rivermark has a neighbor now, and each its own host."""
    cast.city.hosts = ["311.rivermark.example"]
    cast.city.save()
    milford = factories.jurisdiction("Milford", hosts=["311.milford.example"])
    factories.report(factories.service(milford, "fountain"))
    factories.report(cast.tree)
    cache.clear()
    return milford


def test_of_several_cities_the_host_or_the_id_chooses(api: Api, two: Jurisdiction) -> None:
    def codes(**arguments: str) -> set[str]:
        found = {one["service_code"] for one in api.get("services.json", **arguments)}
        assert {one["service_code"] for one in api.get("requests.json", **arguments)} <= found
        return found

    assert codes(host="311.milford.example") == {"fountain"}
    assert "tree" in codes(host="311.rivermark.example:8311")
    assert codes(host="county.example", jurisdiction_id="milford.example") == {"fountain"}
    assert codes(host="311.rivermark.example", jurisdiction_id="milford.example") == {"fountain"}


def test_of_several_cities_one_must_be_named(api: Api, two: Jurisdiction, pothole_form: Form) -> None:
    (error,) = api.get("services.json", 400, host="county.example")
    assert error["description"].startswith("jurisdiction_id was not provided.")
    assert api.get("requests.xml", 400, host="county.example")[0]["code"] == "400"
    assert api.post(pothole_form, 400)[0]["description"].startswith("jurisdiction_id was not provided.")


@pytest.mark.shows("2.1")
def test_nothing_crosses_from_one_city_to_the_other(api: Api, two: Jurisdiction, pothole_form: Form) -> None:
    ours = ServiceRequest.objects.get(service__service_code="tree")
    theirs = ServiceRequest.objects.get(service__service_code="fountain")
    api.get(f"requests/{theirs.reference}.json", 404, host="311.rivermark.example")
    api.get(f"requests/{ours.reference}.json", 404, host="311.milford.example")
    both = f"{ours.reference},{theirs.reference}"
    assert len(api.get("requests.json", host="311.milford.example", service_request_id=both)) == 1
    api.get("services/tree.json", 404, host="311.milford.example")
    api.post(pothole_form | {"service_code": "fountain", "jurisdiction_id": "rivermark.example"}, 404)
    (error,) = api.post(pothole_form | {"service_code": "fountain", "jurisdiction_id": "milford.example"}, 403)
    assert error["description"] == "This API key is for Rivermark. Send it to http://311.rivermark.example:8311."
    api.post(pothole_form | {"jurisdiction_id": "rivermark.example"})


def test_each_city_is_found_at_its_own_host(api: Api, two: Jurisdiction) -> None:
    found = api.get("discovery.json", jurisdiction_id="milford.example")
    assert found["endpoints"][0]["url"] == "http://311.milford.example:8311/open311/v2/"


def test_before_any_city_is_set_up_it_is_503(db: None) -> None:
    assert Api().get("services.json", 503)[0]["code"] == 503


# --- Formats, addresses and methods -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EVERY_PATH)
def test_any_page_may_read_every_answer(api: Api, cast: factories.Rivermark, path: str) -> None:
    for format in ("xml", "json"):
        answer = api.client.get(f"{path}.{format}", headers={"Origin": "https://app.example"})
        assert answer.status_code in (200, 404)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert not answer.cookies
        read(answer)


def test_a_browser_may_post_after_asking(api: Api, pothole_form: Form) -> None:
    asking = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    preflight = api.client.options(BASE + "requests.json", headers=asking)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert "idempotency-key" in preflight["Access-Control-Allow-Headers"].lower()
    for form, status in ((pothole_form, 200), ({}, 400), ({"api_key": "x"}, 403)):
        api.post(form, status, headers={"Origin": "https://app.example"})
        assert api.last["Access-Control-Allow-Origin"] == "*"


def test_it_needs_no_csrf_token_and_no_cookie(api: Api, pothole_form: Form) -> None:
    api.client = Client(enforce_csrf_checks=True)
    api.post(pothole_form)
    assert not api.last.cookies


@pytest.mark.shows("7.4")
@pytest.mark.parametrize("path", EVERY_PATH)
def test_errors_come_in_the_asked_format(api: Api, cast: factories.Rivermark, path: str) -> None:
    for format in ("xml", "json"):
        answer = api.client.delete(f"{path}.{format}")
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]
        assert str(read(answer)[0]["code"]) == "405"
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.shows("15.2")
@pytest.mark.parametrize(
    "path",
    ["", "v2/", "v2", "v2/services", "v2/services/", "v2/services.json/", "v2/services.html", "v2/requests/a/b.json",
     "v3/services.json", "v2/%00.json", "v2/requests/.json", "x.json", "\n.xml", "v2/%0a", "%0a", "v2/%0d%0a/x"],
)  # fmt: skip
def test_every_other_address_is_404_and_never_a_redirect(api: Api, cast: factories.Rivermark, path: str) -> None:
    for method in (api.client.get, api.client.post):
        answer = method(f"/open311/{path}")
        assert answer.status_code == 404
        wanted = "application/json" if path.endswith(".json") else "text/xml"
        assert answer["Content-Type"] == f"{wanted}; charset=utf-8"
        assert str(read(answer)[0]["code"]) == "404"


def test_a_second_slash_is_forgiven(api: Api, cast: factories.Rivermark) -> None:
    endpoint = api.get("discovery.json")["endpoints"][0]["url"].removeprefix("http://127.0.0.1:8311")
    for path in ("services.json", "/services.json", "/services/pothole.json", "/requests.json"):
        assert api.client.get(endpoint + path).status_code == 200


def test_the_extension_decides_and_not_accept(api: Api, cast: factories.Rivermark) -> None:
    answer = api.client.get(BASE + "services.xml", headers={"Accept": "application/json"})
    assert answer["Content-Type"] == "text/xml; charset=utf-8"


def test_head_says_what_get_says_without_a_body(api: Api, cast: factories.Rivermark) -> None:
    answer = api.client.head(BASE + "services.xml")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"


@pytest.mark.shows("6.7")
def test_in_the_demo_every_answer_carries_its_header(api: Api, cast: factories.Rivermark, settings: Settings) -> None:
    settings.DEMO = True
    for path, status in (("services.json", 200), ("requests/x.xml", 404), ("nothing.json", 404)):
        api.get(path, status)
        assert api.last["X-Lamplighter-Demo"] == "true"


# --- When we fail -----------------------------------------------------------------------------------------------------


def fail(error: Exception) -> Any:
    def failing(*_arguments: Any) -> Any:
        raise error

    return failing


@pytest.mark.parametrize("format", ["xml", "json"])
def test_a_lost_database_is_503_in_the_asked_format(
    api: Api, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch, format: str, pothole_form: Form
) -> None:
    monkeypatch.setattr(views, "find_jurisdiction", fail(OperationalError("gone")))
    assert str(api.get(f"services.{format}", 503)[0]["code"]) == "503"
    assert api.last["Retry-After"] == "10"
    assert api.last["Access-Control-Allow-Origin"] == "*"
    assert api.last["Cache-Control"] == "no-store"
    assert str(api.post(pothole_form, 503, path=f"requests.{format}")[0]["code"]) == "503"


def test_an_error_of_ours_is_500_in_the_asked_format(
    api: Api, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "_service", fail(ZeroDivisionError("private detail")))
    assert api.get("services.json", 500)[0]["code"] == 500
    assert api.get("services.xml", 500)[0]["code"] == "500"
    assert b"private detail" not in api.last.content


def test_too_many_parameters_are_400(api: Api, cast: factories.Rivermark) -> None:
    answer = api.client.get(BASE + "requests.json?" + "a=1&" * 1000)
    assert (answer.status_code, json.loads(answer.content)[0]["code"]) == (400, 400)
    answer = api.client.post(BASE + "requests.json", "a=1&" * 1000, content_type=FORM)
    assert answer.status_code in (400, 403)


def test_the_clock_of_answers_is_the_citys(api: Api, cast: factories.Rivermark) -> None:
    factories.report(cast.tree)
    read_at = dt.datetime.fromisoformat(api.get("requests.json")[0]["requested_datetime"])
    assert read_at.utcoffset() == dt.datetime.now(cast.city.zone).utcoffset()


@pytest.mark.parametrize("format", ["xml", "json"])
def test_what_fails_before_or_after_any_view_is_told_in_the_asked_format_too(
    api: Api, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    api.client.raise_request_exception = False
    answer = api.client.get(f"{BASE}services.{format}", HTTP_HOST="no host")
    assert (answer.status_code, str(read(answer)[0]["code"])) == (400, "400")
    monkeypatch.setattr(renderers, "CHILD", {"errors": "error"})
    monkeypatch.setattr(catalog, "services", lambda city: [{"services": [object()]}])
    answer = api.client.get(f"{BASE}services.{format}")
    assert (answer.status_code, str(read(answer)[0]["code"])) == (500, "500")
    assert answer["Access-Control-Allow-Origin"] == "*"
    for status in (400, 404, 500, 503):
        for address in (f"/open311/v2/x.{format}", f"/open311/{format}"):
            told = errors.answer(RequestFactory().get(address), status)
            assert "html" not in told["Content-Type"]
            assert str(read(told)[0]["code"]) == str(status)


def test_language_and_clock_of_one_answer_do_not_reach_the_next(api: Api, cast: factories.Rivermark) -> None:
    before = timezone.get_current_timezone_name(), translation.get_language()
    api.get("services.json", locale="es")
    assert api.last["Content-Language"] == "es"
    api.get("requests.json", 400, locale="es", status="x")
    assert api.last["Content-Language"] == "es"
    assert (timezone.get_current_timezone_name(), translation.get_language()) == before
    api.get("services.json")
    assert api.last["Content-Language"] == "en"


def test_a_signed_in_member_of_staff_is_nobody_here(api: Api, cast: factories.Rivermark, pothole_form: Form) -> None:
    api.client.force_login(cast.tom)
    api.key = ""
    assert api.post(pothole_form, 403)[0]["description"] == NO_KEY


@pytest.mark.parametrize("path", EVERY_PATH)
def test_a_wrong_method_is_405_before_key_city_and_body(api: Api, cast: factories.Rivermark, path: str) -> None:
    wrong = ["DELETE", "PUT", "PATCH", "TRACE", "PROPFIND", *([] if path.endswith("v2/requests") else ["POST"])]
    for method in wrong:
        sent = api.client.generic(
            method, f"{path}.json?jurisdiction_id=atlantis&api_key=x", b"{", "application/json", HTTP_HOST="elsewhere"
        )
        assert (sent.status_code, json.loads(sent.content)[0]["code"]) == (405, 405)
        assert sent["Allow"] == ("GET, POST, HEAD, OPTIONS" if path.endswith("v2/requests") else "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", EVERY_PATH)
def test_a_preflight_asks_neither_database_nor_key(api: Api, path: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        preflight = api.client.options(f"{path}.xml?jurisdiction_id=atlantis&api_key=x")
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight["Access-Control-Max-Age"] == "86400"
