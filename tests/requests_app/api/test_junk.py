"""Junk for every parameter of both APIs: the right code, in the asked format, with each parameter named."""

import json
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.api.open311 import description as open311
from requests_app.api.v1.openapi import document
from requests_app.models import ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import BASE, Api, read
from tests.requests_app.api.v1.conftest import check

pytestmark = pytest.mark.shows("15.3")

JUNK: dict[str, bytes] = {
    "NUL": b"a\x00b",
    "invalid UTF-8": b"\xff\xfe",
    "half a surrogate pair": b"\xed\xa0\x80",
    "NaN": b"NaN",
    "10^30": b"1" + b"0" * 30,
    "1e400": b"1e400",
    "year 1": b"0001-01-01T00:00:00+14:00",
    "year 9999": b"9999-12-31T23:59:59-14:00",
    "10,000 ids": b",".join([b"7K3M9QWT"] * 10_000),
    "deep JSON": b"[" * 5_000,
    "another type": b'{"a": true}',
}
# No text at all: refused by name for every parameter.
NO_TEXT = ("NUL", "invalid UTF-8", "half a surrogate pair")
# Real ones, so that the parameters are read.
NAMES = {"service_code": "pothole", "layer": "ward", "area_code": "5", "number": "L00417", "collection": "requests"}


@pytest.fixture
def place(cast: factories.Rivermark, settings: Settings) -> ServiceRequest:
    settings.RATE_LIMITS = False
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    return factories.routed(cast.pothole, answers={"where": "lane"})


def reading_of_v1(place: ServiceRequest) -> dict[str, list[str]]:
    """The addresses that can be read without a key, with the names of their parameters."""
    found = {}
    for path, operations in document()["paths"].items():
        operation = operations.get("get")
        if path.startswith("/api/v1/") and operation and {} in operation["security"]:
            names = {"reference": place.reference, "article_code": "none", **NAMES}
            found[path.format_map(names)] = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
    return found


def sent(pairs: list[tuple[str, bytes]]) -> str:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)


@pytest.mark.parametrize("kind", JUNK)
def test_v1_names_each_parameter_of_which_it_makes_no_sense(place: ServiceRequest, kind: str) -> None:
    client = Client()
    for path, names in reading_of_v1(place).items():
        address = f"{path}?{sent([(name, JUNK[kind]) for name in names])}"
        answer = client.get(address)
        body = check(answer, "GET", path)
        where = f"{kind}: {path}"
        if kind in NO_TEXT:
            assert {one["field"]: one["code"] for one in body["errors"]} == dict.fromkeys(names, "not-text"), where
        # Some is a text like any other, where words are searched for.
        assert answer.status_code in ((400, 404) if kind in (*NO_TEXT, "10,000 ids") else (200, 400, 404)), where
        assert answer.status_code != 400 or body["errors"], where


def test_v1_names_what_is_unknown_repeated_or_empty(place: ServiceRequest) -> None:
    client = Client()
    for path, names in reading_of_v1(place).items():
        twice = [(name, b"x") for name in names for _ in range(2)]
        answer = client.get(f"{path}?{sent([*twice, ('nothing', b'1'), ('no[]', b'1')])}")
        wanted = dict.fromkeys(names, "repeated") | {"nothing": "unknown", "no[]": "unknown"}
        assert {one["field"]: one["code"] for one in check(answer, "GET", path)["errors"]} == wanted, path
        answer = client.get(f"{path}?{sent([(name, b'') for name in names])}")
        assert {one["field"]: one["code"] for one in check(answer, "GET", path)["errors"]} == dict.fromkeys(
            names, "empty"
        ), path


def test_v1_answers_a_wrong_method_at_every_address_with_those_that_it_has(place: ServiceRequest) -> None:
    client = Client()
    for path, operations in document()["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        others = {
            "article_code": "x",
            "webhook_id": 1,
            "delivery_id": 1,
            "verb": "accept",
            "task_id": 1,
            "photo_id": "x",
        }
        address = path.format_map({"reference": "x", **others, **NAMES})
        has = {method.upper() for method in operations}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - has:
            answer = client.generic(method, f"{address}?nothing=1", b"{", "application/json")
            assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json"), (method, path)
            assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == has, (method, path)


@pytest.mark.parametrize("kind", JUNK)
def test_open311_says_200_400_or_404_in_the_asked_format(api: Api, place: ServiceRequest, kind: str) -> None:
    names = {"service_request_id": place.reference, "service_code": "pothole", "token": "x"}
    for path, operations in open311.paths().items():
        parameters = [one["name"] for one in operations["get"]["parameters"] if one["in"] == "query"]
        # Not the name of a JavaScript function: NaN is one (test_jsonp.py).
        parameters.remove("callback")
        for number, name in enumerate(parameters):
            address = path.format_map(names).removesuffix("json") + ("json", "xml")[number % 2]
            answer = api.client.get(f"{address}?{sent([(name, JUNK[kind])])}")
            where = f"{kind}: {name} of {path}"
            assert answer.status_code in (200, 400, 404), where
            if answer.status_code != 200:
                said = read(answer)
                assert {str(one["code"]) for one in said} == {str(answer.status_code)}, where
                assert all(one["description"] for one in said), where


@pytest.mark.parametrize(
    "kind", ["NUL", "NaN", "10^30", "1e400", "10,000 ids", "deep JSON", "another type", "year 9999"]
)
def test_open311_refuses_a_report_of_junk_by_name(
    api: Api, place: ServiceRequest, pothole_form: dict[str, Any], kind: str
) -> None:
    stored = ServiceRequest.objects.count()
    junk = JUNK[kind].decode()
    for name in ("service_code", "lat", "long", "jurisdiction_id", "attribute[where]", "media_url", "email", "phone"):
        if name == "phone" and any(letter.isdigit() for letter in junk) and len(junk) < 60:
            continue
        body = urlencode({**pothole_form, name: junk, "api_key": api.key})
        answer = api.client.post(f"{BASE}requests.json", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (400, 404), (kind, name)
        told = " ".join(error["description"] for error in json.loads(answer.content))
        named = name.partition("[")[0] if "where" not in name else "where"
        assert named in told or "too large" in told, (kind, name, told)
    assert ServiceRequest.objects.count() == stored
