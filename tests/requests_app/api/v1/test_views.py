"""What holds at every address below /api/: errors as problem details, ETags, methods, and openness to browsers."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.db import OperationalError
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from requests_app.api.extensible import published
from requests_app.api.framework.deprecation import deprecated
from requests_app.api.openapi import document
from requests_app.api.v1 import base, city_views, service_requests
from requests_app.api.v1 import examples as shown
from requests_app.api.v1 import urls as v1_urls
from requests_app.api.v1.openapi import document as v1_document
from requests_app.rules.programs import webhook_events
from staff_app.api import urls as staff_urls
from tests import factories
from tests.requests_app.api.v1.conftest import V1, validator

pytestmark = pytest.mark.shows("15.3")


@pytest.mark.parametrize(
    "path", ["", "v1", "v1/", "v1/requests", "v2/requests/", "v1/%00/", "v1/\n", "openapi.html", "x/" * 400]
)
def test_every_other_address_is_a_problem_and_never_a_page(cast: factories.Rivermark, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = Client().generic(method, f"/api/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert json.loads(answer.content)["type"] == "http://testserver/developers/problems/not-found/"


@pytest.mark.parametrize("path", ["/api/v1/requests/", "/api/v1/requests/7K3M9QWT/"])
def test_a_wrong_method_is_405_with_what_is_allowed(anyone: V1, path: str) -> None:
    for method in ("PUT", "DELETE", "TRACE"):
        answer = anyone.client.generic(method, f"{path}?nothing=1", b"{", "application/json", HTTP_HOST="elsewhere")
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]
        assert json.loads(answer.content)["type"].endswith("/method-not-allowed/")


def test_an_answer_that_is_still_right_is_304(anyone: V1, cast: factories.Rivermark) -> None:
    factories.report(cast.tree)
    anyone.get("requests/")
    etag = anyone.last["ETag"]
    assert anyone.last["Cache-Control"] == "public, max-age=30"
    anyone.get("requests/", 304, headers={"If-None-Match": etag})
    anyone.get("requests/", 200, headers={"If-None-Match": etag}, lang="es")
    factories.report(cast.tree)
    anyone.get("requests/", 200, headers={"If-None-Match": etag})


def test_a_wrong_key_is_401_for_reading_too_and_never_looked_for_in_the_address(anyone: V1) -> None:
    anyone.get("city/", 401, headers={"Authorization": "Bearer lk_wrong"})
    assert anyone.last["WWW-Authenticate"] == "Bearer"
    assert anyone.get("city/", 400, api_key="lk_x")["errors"][0]["field"] == "api_key"


def test_a_browser_may_ask_from_any_page(anyone: V1, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        preflight = anyone.client.options("/api/v1/requests/?x=1", headers={"Origin": "https://app.example"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")


def test_what_fails_is_a_problem_too(anyone: V1, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(error: Exception) -> Any:
        def fail(*_arguments: Any) -> Any:
            raise error

        return fail

    anyone.client.raise_request_exception = False
    monkeypatch.setattr(service_requests, "page", failing(ZeroDivisionError("private detail")))
    assert anyone.get("requests/", 500)["type"].endswith("/server-error/")
    assert b"private detail" not in anyone.last.content
    monkeypatch.setattr(base, "find_jurisdiction", failing(OperationalError("gone")))
    assert anyone.get("requests/", 503)["type"].endswith("/unavailable/")
    assert anyone.last["Retry-After"] == "10"
    assert json.loads(anyone.client.get("/api/v1/requests/", HTTP_HOST="no host").content)["status"] == 400


# --- The document -----------------------------------------------------------------------------------------------------


def examples() -> Iterator[tuple[str, Any, Any]]:
    """Where it stands, its schema, and the example."""
    for path, operations in {**document()["paths"], **document()["webhooks"]}.items():
        for method, operation in operations.items():
            said = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for name, part in said.items():
                for media in part.get("content", {}).values():
                    several = {"": {"value": media["example"]}} if media.get("example") else media.get("examples", {})
                    for code, example in several.items():
                        yield f"{method} {path} {name} {code}", media["schema"], example["value"]


def test_the_document_is_one_of_openapi_3_1_and_its_examples_fit(cast: factories.Rivermark) -> None:
    validate_schema(document())
    validate_schema(published(document()))
    for where, schema, example in examples():
        problems = [error.message for error in validator(json.dumps(schema)).iter_errors(example)]
        assert not problems, where
    # The report that is sent answers the questions that are shown.
    Draft202012Validator(shown.SERVICE["answers_schema"]).validate(shown.NEW_REPORT["answers"])
    answer = Client().get("/api/openapi.json")
    assert answer.json() == json.loads(json.dumps(published(document())))
    assert Client().get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert yaml.safe_load(Client().get("/api/openapi.yaml").content) == answer.json()
    assert Client().post("/api/openapi.json").status_code == 405


def test_the_document_describes_every_operation_wholly(cast: factories.Rivermark) -> None:
    described = document()["paths"]
    ours = {path for path in described if path.startswith("/api/v1/")}
    assert len(ours) == len(v1_urls.urlpatterns) + len(staff_urls.urlpatterns)
    ids = [operation["operationId"] for path in described.values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    for path in ours:
        for method, operation in described[path].items():
            assert operation["summary"], path
            assert operation["description"], path
            assert {"400", "404", "405", "429", "500", "503"} <= operation["responses"].keys(), path
            success = next(part for status, part in operation["responses"].items() if status.startswith("2"))
            content = {media: said for media, said in success.get("content", {}).items() if media != "image/jpeg"}
            assert all("example" in said for said in list(content.values())[:1]), (method, path)


def test_the_document_lists_what_webhooks_send() -> None:
    sent = document()["webhooks"]
    assert list(sent) == list(webhook_events.NAMES)
    for name, methods in sent.items():
        example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
        assert example["type"] == name
        assert bool(example["data"]) == (name != webhook_events.TEST)


def test_an_operation_that_will_go_says_when_and_what_to_use(anyone: V1, monkeypatch: pytest.MonkeyPatch) -> None:
    since, sunset = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
    handler = city_views.City.get
    monkeypatch.setattr(handler, "deprecation", None, raising=False)
    deprecated(since, sunset, "cities")(handler)
    anyone.get("city/")
    assert anyone.last["Deprecation"] == "@1798761600"
    assert anyone.last["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert anyone.last["Link"] == '</developers/changes/#cities>; rel="deprecation"'
    assert v1_document.__wrapped__()["paths"]["/api/v1/city/"]["get"]["deprecated"] is True
