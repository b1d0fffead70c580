"""A client of v1 that checks each answer against the OpenAPI document."""

import json
import random
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from jsonschema import Draft202012Validator, FormatChecker

from requests_app.api.framework.schema import HEADERS
from requests_app.api.openapi import document
from tests import factories

BASE = "/api/v1/"
# In any answer, and of an operation that a test announces as deprecated.
NOT_SAID = {"Allow", "Content-Language", "Link"}


@cache
def validator(name: str) -> Draft202012Validator:
    """name: of a component, or the JSON of a schema."""
    schema = {"$ref": f"#/components/schemas/{name}"} if not name.startswith("{") else json.loads(name)
    return Draft202012Validator({**schema, "components": document()["components"]}, format_checker=FormatChecker())


def described(path: str) -> str:
    """The path as the document writes it: "/api/v1/requests/{reference}/"."""
    found = resolve(path)
    return "/" + "".join(
        f"{{{part.partition(':')[2].rstrip('>')}}}" if part.startswith("<") else part for part in _parts(found.route)
    )


def _parts(route: str) -> list[str]:
    parts = route.replace("<", "\0<").replace(">", ">\0").split("\0")
    return [part for part in parts if part]


def check(response: HttpResponse, method: str, address: str) -> Any:
    """The body. Fails where the answer is not one that the document describes."""
    path = urlsplit(address).path
    content_type = response.get("Content-Type", "").partition(";")[0]
    if response.status_code in (204, 304):
        assert not response.content
        return None
    body = json.loads(response.content)
    operations = document()["paths"].get(described(path), {})
    operation = operations.get(method.lower())
    if operation is None:
        assert response.status_code in (404, 405), (method, path, response.status_code)
        schema = {"$ref": "#/components/schemas/Problem"}
        assert content_type == "application/problem+json"
    else:
        answer = operation["responses"][str(response.status_code)]
        assert {name for name in HEADERS if name in response} <= answer["headers"].keys() | NOT_SAID
        schema = answer["content"][content_type]["schema"]
    validator(json.dumps(schema)).validate(body)
    if response.status_code >= 400:
        assert body["status"] == response.status_code
        assert body["instance"] == path
        assert body["request_id"] == response["X-Request-Id"]
        assert response["Cache-Control"] == "no-store"
        assert body["detail"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    return body


class V1:
    """`.get()` and `.send()` answer the body; `.last` is the response itself."""

    last: HttpResponse

    def __init__(self, key: str = "") -> None:
        self.key = key
        # A network of its own, so that the limits by network are those of this test alone.
        network = ".".join(str(random.randrange(1, 255)) for _ in range(3))
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=f"10.{network}")

    def headers(self, more: dict[str, str] | None) -> dict[str, str]:
        return {**({"Authorization": f"Bearer {self.key}"} if self.key else {}), **(more or {})}

    def get(self, path: str, status: int = 200, /, headers: dict[str, str] | None = None, **query: Any) -> Any:
        address = path if path.startswith(("/", "http")) else BASE + path
        if query:
            address += f"?{urlencode(query, doseq=True)}"
        self.last = self.client.get(address, headers=self.headers(headers))
        assert self.last.status_code == status, self.last.content
        return check(self.last, "GET", address)

    def send(
        self, path: str, body: Any, status: int = 201, /, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> Any:
        address, data = BASE + path, body if isinstance(body, bytes) else json.dumps(body)
        self.last = self.client.generic(method, address, data, "application/json", headers=self.headers(headers))
        assert self.last.status_code == status, self.last.content
        return check(self.last, method, address)

    def status(self, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> int:
        """Whatever it is: of two calls at once, nobody knows which comes first."""
        data = json.dumps(body)
        self.last = self.client.generic(method, BASE + path, data, "application/json", headers=self.headers(headers))
        check(self.last, method, BASE + path)
        return self.last.status_code

    def upload(
        self, path: str, form: dict[str, Any], status: int = 201, /, headers: dict[str, str] | None = None
    ) -> Any:
        address = BASE + path
        self.last = self.client.post(address, form, headers=self.headers(headers))
        assert self.last.status_code == status, self.last.content
        return check(self.last, "POST", address)


@pytest.fixture
def v1(cast: factories.Rivermark, key: str) -> V1:
    return V1(key)


@pytest.fixture
def anyone(cast: factories.Rivermark) -> V1:
    return V1()
