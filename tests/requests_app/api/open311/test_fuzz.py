"""Whatever is sent: a body that can be read, a status of the standard's, never a 500."""

import json
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.models import ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import BASE, FORM, read

pytestmark = pytest.mark.shows("11.10")

ARGUMENTS = [
    "service_request_id", "service_code", "start_date", "end_date", "updated_after", "updated_before", "status", "page",
    "page_size", "extensions", "lat", "long", "radius", "bbox", "locale", "jurisdiction_id", "api_key",
]  # fmt: skip
FIELDS = [
    "service_code", "lat", "long", "address_string", "address_id", "email", "phone", "first_name", "description", "media_url",
    "attribute[where]", "attribute[where][]", "attribute[damage]", "attribute[]", "attribute", "locale", "jurisdiction_id",
]  # fmt: skip
LIKELY = [
    "", "0", "-1", "1", "2", "1e400", "-0", "nan", "NaN", "inf", "40.5", "-69.0", "91", "99999999999999999999", "true", "open",
    "closed", "open,closed", "tree", "pothole", "lane", "2026-01-01", "2026-01-01T00:00:00Z", "2026-02-30T25:61:61+99:99",
    "0001-01-01T00:00:00+23:59", "9999-12-31", "1900-01-01", "2199-12-31T23:59:59-23:59", "-69.1,40.4,-68.9,40.6", ",", ",,,",
    "12 Elm St", "'; DROP TABLE--", "%", "\\", "\x00", "\u202e", "\ufffe", "\U0001f9a4", "é", "x" * 5000, "[", "{", "<!DOCTYPE x>",
    "ana@example.org", "5550100", "es", "rivermark.example",
]  # fmt: skip
values = st.sampled_from(LIKELY) | st.text(max_size=40)
anything = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
short, long = settings(anything, max_examples=60), settings(anything, max_examples=600)


def pairs(names: list[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(st.sampled_from(names) | st.text(max_size=12), values), max_size=8)


def encoded(fields: list[tuple[str, str]]) -> str:
    return urlencode([(name.encode(errors="replace"), value.encode(errors="replace")) for name, value in fields])


def holds(response: HttpResponse, *allowed: int) -> Any:
    """It can be read, in the same way whatever the format, and says no more than the standard's codes."""
    assert response.status_code in allowed, response.content
    body = read(response)
    if response.status_code != 200:
        assert body
        assert {str(error["code"]) for error in body} == {str(response.status_code)}
        assert all(error["description"] for error in body)
    return body


def reading(cast: factories.Rivermark, number: str, format: str, fields: list[tuple[str, str]]) -> None:
    client = Client()
    for path in (
        "requests",
        f"requests/{number}",
        f"services/{number}",
        f"tokens/{number}",
        "services",
        "discovery",
        "servicerequestupdates",
    ):
        holds(client.get(f"{BASE}{path}.{format}?{encoded(fields)}"), 200, 400, 404)


def sending(key: str, format: str, fields: list[tuple[str, str]]) -> None:
    before = ServiceRequest.objects.count()
    body = encoded([*fields, ("api_key", key)])
    answer = holds(Client().post(f"{BASE}requests.{format}", body, content_type=FORM), 200, 400, 404)
    made = ServiceRequest.objects.count() - before
    assert made <= 1
    assert not made or "service_notice" in answer[0]


def sending_json(key: str, document: Any) -> None:
    body = json.dumps(document)
    holds(Client().post(f"{BASE}requests.json?api_key={key}", body, content_type="application/json"), 200, 400, 404)


def sending_bytes(key: str, content_type: str, body: bytes) -> None:
    holds(Client().generic("POST", f"{BASE}requests.xml?api_key={key}", body, content_type), 200, 400, 404)


@pytest.fixture
def unlimited(settings: Any) -> None:
    settings.RATE_LIMITS = False


@pytest.fixture
def some_requests(cast: factories.Rivermark) -> None:
    factories.routed(cast.pothole, answers={"where": "lane"})
    factories.report(cast.tree)


paths = st.text(max_size=20).map(
    lambda text: quote_from_bytes(text.encode(errors="replace"), safe="")
) | st.sampled_from(["%00", "..", "%2e%2e%2f", "a.json", "%ff", "7K3M-9QWT", "pothole"])
formats = st.sampled_from(["xml", "json"])
documents = st.dictionaries(
    st.sampled_from([*FIELDS, "attribute"]) | st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | values,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=6,
)
types = st.sampled_from(
    [
        FORM,
        f"{FORM}; charset=latin-1",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "text/xml",
        "",
    ]
)
bodies = st.binary(max_size=200) | st.sampled_from(
    [
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="lat"\r\n\r\n1\r\n--b--',
        b"[" * 9999,
        b"a[b[c]]=%ff&=&&",
    ]
)


@short
@given(number=paths, format=formats, fields=pairs(ARGUMENTS))
def test_no_get_is_a_500(
    cast: factories.Rivermark,
    some_requests: None,
    unlimited: None,
    number: str,
    format: str,
    fields: list[tuple[str, str]],
) -> None:
    reading(cast, number, format, fields)


@short
@given(format=formats, fields=pairs(FIELDS))
def test_no_post_is_a_500(key: str, unlimited: None, format: str, fields: list[tuple[str, str]]) -> None:
    sending(key, format, fields)


@short
@given(document=documents)
def test_no_json_is_a_500(key: str, unlimited: None, document: Any) -> None:
    sending_json(key, document)


@short
@given(content_type=types, body=bodies)
def test_no_body_is_a_500(key: str, unlimited: None, content_type: str, body: bytes) -> None:
    sending_bytes(key, content_type, body)


@pytest.mark.slow
@long
@given(number=paths, format=formats, fields=pairs(ARGUMENTS))
def test_no_get_is_a_500_in_a_long_run(
    cast: factories.Rivermark, some_requests: None, number: str, format: str, fields: list[tuple[str, str]]
) -> None:
    reading(cast, number, format, fields)


@pytest.mark.slow
@long
@given(format=formats, fields=pairs(FIELDS), document=documents, content_type=types, body=bodies)
def test_no_post_is_a_500_in_a_long_run(
    key: str, unlimited: None, format: str, fields: list[tuple[str, str]], document: Any, content_type: str, body: bytes
) -> None:
    sending(key, format, fields)
    sending_json(key, document)
    sending_bytes(key, content_type, body)
