"""The published document takes what v1 may add to its answers, and still says what is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from requests_app.api.openapi import document
from requests_app.api.v1.request_serializers import REQUEST_ROW

pytestmark = pytest.mark.shows("15.8")


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/openapi.json").json()
    return answer


def answers(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema of what each operation of v1 answers, with its id."""
    for path, methods in document["paths"].items():
        for operation in methods.values() if path.startswith("/api/v1/") else ():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    yield operation["operationId"], content["schema"]


def is_valid(document: dict[str, Any], name: str, value: Any) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return bool(Draft202012Validator(schema).is_valid(value))


def test_a_later_answer_fits_what_is_published_and_not_our_own(published: dict[str, Any]) -> None:
    later = {**REQUEST_ROW, "tide": {"height": 3}, "status": "levitating", "outcome": "vanished"}
    for changed in (later, later | {"status": 7}, {name: later[name] for name in later if name != "reference"}):
        assert is_valid(published, "RequestRow", changed) == (changed is later)
        assert not is_valid(document(), "RequestRow", changed)
    assert is_valid(published, "RequestRow", {**later, "outcome": None})


def test_no_answer_is_closed_and_every_body_is(published: dict[str, Any]) -> None:
    schemas = published["components"]["schemas"]
    seen: set[str] = set()

    def closed(part: Any) -> Iterator[str]:
        """What would refuse more."""
        if isinstance(part, list):
            for value in part:
                yield from closed(value)
        elif isinstance(part, dict):
            if part.get("additionalProperties") is False or len(part.get("enum", ())) > 1:
                yield str(part)[:200]
            name = str(part.get("$ref", "")).rpartition("/schemas/")[2]
            if name and name not in seen and not name.startswith("Open311"):
                seen.add(name)
                yield from closed(schemas[name])
            for key, value in part.items():
                if key not in ("example", "examples"):
                    yield from closed(value)

    for operation, schema in answers(published):
        assert list(closed(schema)) == [], operation
    assert {"RequestRow", "Problem", "StaffRequest", "OgcRequest", "Webhook"} <= seen
    assert schemas["NewFollow"] == document()["components"]["schemas"]["NewFollow"]
    assert schemas["NewFollow"]["additionalProperties"] is False
    assert schemas["Open311Request"] == document()["components"]["schemas"]["Open311Request"]


def test_todays_codes_are_named_and_examples_stay(published: dict[str, Any]) -> None:
    state = published["components"]["schemas"]["WebhookDelivery"]["properties"]["state"]
    assert (state["type"], state["x-extensible-enum"]) == ("string", ["waiting", "delivered", "dead"])
    assert state["description"].endswith("One of waiting, delivered, dead, or a new one.")
    service = published["paths"]["/api/v1/services/{service_code}/"]["get"]["responses"]["200"]["content"]
    (content,) = service.values()
    assert content["example"]["answers_schema"]["additionalProperties"] is False
