"""A small city with an API client of its own, and a way to ask in both formats."""

import datetime as dt
import json
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from requests_app import api_keys
from requests_app.models import Jurisdiction, ServiceRequest
from tests import factories
from tests.saved import repeatable

BASE = "/open311/v2/"
FORM = "application/x-www-form-urlencoded"
# The elements that only group a repeated child: arrays in JSON.
GROUPS = {
    "services", "service_requests", "errors", "attributes", "values", "endpoints", "formats", "notes", "areas", "media_urls",
    "service_request_updates",
}  # fmt: skip
NO_KEY = "This needs an API key. Send it as api_key, or in the header “Authorization: Bearer KEY”. Get one at /developers/keys/."
WRONG_KEY = "This API key isn’t valid. Check that you sent all of it: it begins with lk_."
Form = dict[str, Any] | list[tuple[str, Any]]


class Api:
    """A client of the standard. `.get()` and `.post()` answer what JSON holds; `.last` is the response itself."""

    last: HttpResponse

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.client = Client()

    def get(self, path: str, status: int = 200, /, host: str = "testserver", **parameters: Any) -> Any:
        query = urlencode(parameters, doseq=True)
        address = path if path.startswith("/") else BASE + path
        self.last = self.client.get(address + (f"?{query}" if query else ""), HTTP_HOST=host)
        assert self.last.status_code == status, self.last.content
        return read(self.last)

    def post(
        self, form: Form, status: int = 200, /, path: str = "requests.json", headers: dict[str, str] | None = None
    ) -> Any:
        pairs = list(form.items()) if isinstance(form, dict) else list(form)
        if self.key and not any(name == "api_key" for name, _ in pairs):
            pairs.append(("api_key", self.key))
        self.last = self.client.post(BASE + path, urlencode(pairs, doseq=True), content_type=FORM, headers=headers)
        assert self.last.status_code == status, self.last.content
        return read(self.last)


def read(response: HttpResponse) -> Any:
    if response["Content-Type"] == "application/json; charset=utf-8":
        return json.loads(response.content)
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return plain(ET.fromstring(response.content))  # noqa: S314 - it is our own


def plain(element: ET.Element) -> Any:
    """XML by the standard's conversion: groups are lists, everything else text."""
    assert not element.attrib
    if element.tag in GROUPS:
        return [plain(child) for child in element]
    if len(element):
        return {child.tag: plain(child) for child in element}
    return element.text or ""


def as_texts(data: Any) -> Any:
    """JSON's data as XML must say it."""
    if isinstance(data, dict):
        return {name: as_texts(value) for name, value in data.items()}
    if isinstance(data, list):
        return [as_texts(value) for value in data]
    if isinstance(data, bool):
        return "true" if data else "false"
    return "" if data is None else str(data)


def sent_at(service_request: ServiceRequest, at: dt.datetime) -> ServiceRequest:
    """As if it had been sent then, and not touched since."""
    ServiceRequest.objects.filter(pk=service_request.pk).update(submitted_at=at, updated_at=at)
    service_request.refresh_from_db()
    return service_request


@repeatable
def new_key(city: Jurisdiction, name: str, **options: bool) -> str:
    return api_keys.create(city, name, **options)[1]


@pytest.fixture
def key(cast: factories.Rivermark) -> str:
    return new_key(cast.city, "Fix It app")


@pytest.fixture
def test_key(cast: factories.Rivermark) -> str:
    return new_key(cast.city, "Fix It app, trying", is_test=True)


@pytest.fixture
def api(key: str) -> Api:
    return Api(key)


@pytest.fixture
def now(db: None) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_now()")
        at: dt.datetime = cursor.fetchone()[0]
    return at


@pytest.fixture
def pothole_form() -> dict[str, Any]:
    return {
        "service_code": "pothole",
        "lat": "40.5",
        "long": "-69.0",
        "description": "A hole as big as a plate.",
        "attribute[where]": "lane",
    }
