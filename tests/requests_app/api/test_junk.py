"""Junk for every parameter and field of both APIs: the right code, in the asked format, with each of them named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.actions.programs import webhooks
from requests_app.actions.work import tasks
from requests_app.api.open311 import description as open311
from requests_app.api.openapi import document
from requests_app.models import Membership, ServiceRequest
from requests_app.models.api_key import Scope
from requests_app.web.developers.reference import inside, resolved
from tests import factories
from tests.requests_app.api.conftest import BASE, Api, read
from tests.requests_app.api.v1.conftest import check
from tests.saved import step

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
NAMES = {
    "service_code": "pothole",
    "layer": "ward",
    "area_code": "5",
    "number": "L00417",
    "collection": "requests",
    "article_code": "none",
    "photo_id": "none",
    "verb": "correct_place",
}


@dataclass(frozen=True)
class City:
    """What addresses may name, with a live key of all scopes and a test key."""

    reference: str
    test_reference: str
    names: dict[str, str]
    live: str
    test: str

    def of(self, path: str, operation: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """The address, and the headers of who may ask it."""
        is_sandbox = "/sandbox/" in path
        reference = self.test_reference if is_sandbox else self.reference
        key = self.test if is_sandbox else self.live
        bearer = {} if {} in operation["security"] else {"Authorization": f"Bearer {key}"}
        return path.format_map({**NAMES, **self.names, "reference": reference}), bearer


@pytest.fixture
def place(cast: factories.Rivermark, settings: Settings) -> ServiceRequest:
    settings.RATE_LIMITS = False
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    return factories.routed(cast.pothole, answers={"where": "lane"})


@pytest.fixture
def city(cast: factories.Rivermark, place: ServiceRequest) -> City:
    def build() -> City:
        Membership.objects.create(user=cast.tom, jurisdiction=cast.city, role=cast.cal.memberships.get().role)
        key, live = api_keys.create(cast.city, "All", scopes=Scope.values, acts_as=cast.tom)
        test_key, test = api_keys.create(cast.city, "Trying", is_test=True)
        webhook, _secret = webhooks.create(key, {"url": "https://example.org/hook"})
        task = tasks.add(place.pk, department=cast.streets, what="Fill it.", actor=cast.tom)
        tried = factories.report(cast.pothole, answers={"where": "lane"}, is_test=True, api_key=test_key)
        listener, _secret = webhooks.create(key, {})
        names = {
            "webhook_id": str(webhook.pk),
            "listener_id": str(listener.pk),
            "delivery_id": "1",
            "task_id": str(task.pk),
        }
        return City(place.reference, tried.reference, names, live, test)

    return step("city of junk", build)


def operations(method: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those of v1."""
    for path, methods in document()["paths"].items():
        if path.startswith("/api/v1/") and method in methods:
            yield path, methods[method]


def readings(city: City) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Each address that can be read, the headers of who may, and the names of its parameters."""
    for path, operation in operations("get"):
        yield *city.of(path, operation), [one["name"] for one in operation["parameters"] if one["in"] == "query"]


def sent(pairs: list[tuple[str, bytes]]) -> str:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)


@pytest.mark.parametrize("kind", JUNK)
def test_v1_names_each_parameter_of_which_it_makes_no_sense(city: City, kind: str) -> None:
    client = Client()
    for path, bearer, names in readings(city):
        address = f"{path}?{sent([(name, JUNK[kind]) for name in names])}"
        answer = client.get(address, headers=bearer)
        body = check(answer, "GET", path)
        where = f"{kind}: {path}"
        if kind in NO_TEXT:
            assert {one["field"]: one["code"] for one in body["errors"]} == dict.fromkeys(names, "not-text"), where
        # Some is a text like any other, where words are searched for.
        assert answer.status_code in ((400, 404) if kind in (*NO_TEXT, "10,000 ids") else (200, 400, 404)), where
        assert answer.status_code != 400 or body["errors"], where


def test_v1_names_what_is_unknown_repeated_or_empty(city: City) -> None:
    client = Client()
    for path, bearer, names in readings(city):
        twice = [(name, b"x") for name in names for _ in range(2)]
        answer = client.get(f"{path}?{sent([*twice, ('nothing', b'1'), ('no[]', b'1')])}", headers=bearer)
        wanted = dict.fromkeys(names, "repeated") | {"nothing": "unknown", "no[]": "unknown"}
        assert {one["field"]: one["code"] for one in check(answer, "GET", path)["errors"]} == wanted, path
        answer = client.get(f"{path}?{sent([(name, b'') for name in names])}", headers=bearer)
        assert {one["field"]: one["code"] for one in check(answer, "GET", path)["errors"]} == dict.fromkeys(
            names, "empty"
        ), path


def test_v1_names_a_cursor_that_is_not_of_this_list(cast: factories.Rivermark, city: City) -> None:
    factories.report(cast.tree)
    ours = Client().get("/api/v1/requests/?limit=1").json()["next"].partition("cursor=")[2]
    lists = 0
    for path, bearer, names in readings(city):
        if "cursor" not in names:
            continue
        of_another = [] if "/requests/" in path else [ours]
        for cursor in ("x", f"{ours[:-2]}AA", *of_another):
            answer = Client().get(f"{path}?cursor={cursor}", headers=bearer)
            body = check(answer, "GET", path)
            # A listener's is a short number, so one of a list is too long for it.
            types = {"invalid-cursor", *(["invalid-parameter"] if path.endswith("/events/") else [])}
            assert answer.status_code == 400, (path, cursor)
            assert body["type"].split("/")[-2] in types, (path, cursor)
            assert [one["field"] for one in body["errors"]] == ["cursor"], path
        lists += 1
    assert lists >= 6


def test_v1_reads_no_unknown_parameter_in_the_address_of_a_change(city: City) -> None:
    for method in ("post", "patch", "delete"):
        for path, operation in operations(method):
            address, bearer = city.of(path, operation)
            answer = Client().generic(method.upper(), f"{address}?nothing=1", b"{}", "application/json", headers=bearer)
            assert answer.status_code == 400, (method, path)
            assert {one["field"] for one in check(answer, method, address)["errors"]} == {"nothing"}, (method, path)


# What a field of a body is sent instead of its value.
WRONG: dict[str, Any] = {
    "another type": {"a": [True]},
    "10^30": 10**30,
    "year 1": "0001-01-01T00:00:00+14:00",
    "10,000 letters": "x" * 10_000,
    "NUL": "a\x00b",
    "half a surrogate pair": "\ud800",
}
# By what it is, what is refused by name whatever the field: text may be any text.
ALWAYS_WRONG: dict[str, set[str]] = {
    "string": {"another type", "10^30", "10,000 letters", *NO_TEXT},
    "boolean": {*WRONG},
    "integer": {*WRONG},
    "number": {*WRONG},
    "array": {*WRONG},
    "object": {*WRONG} - {"another type"},
}


def fields_of(schema: dict[str, Any], within: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each field of a body, also of objects in it, with its type."""
    schema = resolved(schema)
    for name, one in schema.get("properties", {}).items():
        of_one = inside(one)[0] if "items" not in resolved(one) else resolved(one)
        kinds = of_one.get("type", "object")
        kind = next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")
        yield (*within, name), kind
        if kind == "object":
            yield from fields_of(of_one, (*within, name))


def with_fields(body: Any, paths: list[tuple[str, ...]], value: Any) -> Any:
    """The same body with another value at each path."""
    changed = json.loads(json.dumps(body))
    for *within, name in paths:
        held = changed
        for part in within:
            held = held.setdefault(part, {})
        held[name] = value
    return changed


@pytest.mark.parametrize("kind", WRONG)
def test_v1_names_each_field_of_a_body_of_which_it_makes_no_sense(city: City, kind: str) -> None:
    """All of them in one answer."""
    client, tried = Client(), 0
    for method in ("post", "patch"):
        for path, operation in operations(method):
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            fields = [field for field, type_ in fields_of(content["schema"]) if kind in ALWAYS_WRONG[type_]]
            # A value in place of an object leaves no room for what is in it.
            paths = [field for field in fields if not any(other[: len(field)] == field != other for other in fields)]
            if not paths:
                continue
            address, bearer = city.of(path, operation)
            body = json.dumps(with_fields(content["example"], paths, WRONG[kind]))
            headers = {**bearer, "If-Match": "*"}
            answer = client.generic(method.upper(), address, body, "application/json", headers=headers)
            where = f"{kind}: {method} {path}"
            named = {one["field"] for one in check(answer, method, address)["errors"]}
            assert answer.status_code == (400 if kind in NO_TEXT else 422), where
            wanted = {".".join(field) for field in paths}
            if kind in NO_TEXT:
                # The body can't be read, so its first mistake is its only one.
                assert len(named) == 1, where
                assert named <= wanted, where
            else:
                missing = {one for one in wanted if not any(name.startswith(one) for name in named)}
                assert not missing, (where, named)
            tried += 1
    assert tried > 4


def test_v1_answers_a_wrong_method_at_every_address_with_those_that_it_has(place: ServiceRequest) -> None:
    client = Client()
    for path, operations in document()["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        address = path.format_map(
            {"reference": "x", "webhook_id": 1, "listener_id": 1, "delivery_id": 1, "task_id": 1, **NAMES}
        )
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
