"""Clients as they are found in the wild: each reads what its kind reads, refuses what its kind refuses, over a real wire."""

import json
import re
import secrets
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import pytest

from requests_app import api_keys
from tests import factories
from tests.live import Site

pytestmark = pytest.mark.shows("7.6")

Pairs = Iterable[tuple[str, str]]


class ClientError(Exception):
    pass


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST is lost (LWP does not follow it) or becomes a GET (the others)."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def fetch(url: str, body: bytes | None = None, content_type: str = "") -> tuple[int, str, bytes]:
    """(status, content type, body)"""
    headers = {"Content-Type": content_type} if body is not None else {}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - the address is the test's own
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


class XmlReporter:
    """Like a reporting site that sends what its users report: XML, empty parameters, repeated attributes, more than is asked."""

    def __init__(self, endpoint: str, api_key: str) -> None:
        self.endpoint, self.api_key = endpoint, api_key

    def call(self, path: str, form: Pairs | None = None, **query: str) -> ET.Element:
        asked = urlencode({"jurisdiction_id": "", "api_key": "", **query})
        if form is None:
            status, content_type, body = fetch(f"{self.endpoint}{path}?{asked}")
        else:
            pairs = [("jurisdiction_id", ""), ("api_key", self.api_key), *form]
            url, body_sent = self.endpoint + path, urlencode(list(pairs)).encode()
            status, content_type, body = fetch(url, body_sent, "application/x-www-form-urlencoded; charset=utf-8")
        if (
            not content_type.startswith("text/xml")
            or not body.startswith(b"<?xml")
            or b'encoding="utf-8"' not in body[:60]
        ):
            raise ClientError(f"{content_type}: {body[:80]!r}")
        tree = ET.fromstring(body)  # noqa: S314 - it is our own
        if any(element.attrib or element.tag.startswith("{") for element in tree.iter()):
            raise ClientError("attributes and namespaces change the shape for simple readers")
        if status != 200:
            raise ClientError(f"{status}: {tree.findtext('error/description')}")
        return tree

    def fields(self, service_code: str) -> list[dict[str, Any]]:
        definition = self.call(f"services/{service_code}.xml")
        return [
            {
                "code": attribute.findtext("code"),
                "required": attribute.findtext("required") == "true",
                "variable": attribute.findtext("variable") == "true",
                "keys": [value.findtext("key") for value in attribute.iterfind("values/value")],
            }
            for attribute in definition.iterfind("attributes/attribute")
        ]

    def report(self, service_code: str, answers: Pairs, **fields: str) -> str:
        extra = {
            "deviceid": "web-1",
            "easting": "412345",
            "northing": "98765",
            "title": "Hole",
            "requested_datetime": "",
        }
        form = [("service_code", service_code), *extra.items(), *fields.items()]
        form += [(f"attribute[{code}]", value) for code, value in answers]
        (request,) = self.call("requests.xml", form).iterfind("request")
        number, token = request.findtext("service_request_id"), request.findtext("token")
        if number and token:
            raise ClientError("either a number or a token")
        if number or not token:
            return number or ""
        return self.call(f"tokens/{token}.xml").findtext("request/service_request_id") or ""

    def read(self, number: str) -> dict[str, Any]:
        (request,) = self.call(f"requests/{quote(number)}.xml").iterfind("request")
        return {child.tag: child.text for child in request}


class JsonBrowser:
    """Like a script that finds its way from discovery: JSON, letter-perfect names, one format for times, no wrong types."""

    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)")

    def __init__(self, discovery: str) -> None:
        found = self.get(discovery)
        endpoints = [
            one for one in found["endpoints"] if one["specification"] == "http://wiki.open311.org/GeoReport_v2"
        ]
        if not endpoints or "application/json" not in endpoints[0]["formats"]:
            raise ClientError("no endpoint for me")
        datetime.fromisoformat(found["changeset"])
        self.endpoint = endpoints[0]["url"]

    def get(self, url: str) -> Any:
        status, content_type, body = fetch(url)
        if not content_type.startswith("application/json"):
            raise ClientError(content_type)
        if status != 200:
            raise ClientError(f"{status}: {json.loads(body)[0]['description']}")
        return json.loads(body)

    def services(self) -> dict[str, bool]:
        services = self.get(urljoin(self.endpoint, "services.json"))
        for service in services:
            if type(service["metadata"]) is not bool or not isinstance(service["keywords"], str):
                raise ClientError("wrong types")
        return {service["service_code"]: service["metadata"] for service in services}

    def photo_report(self, api_key: str, photo: bytes, **fields: str) -> str:
        """Multipart, with the file in `media` and the key in the address."""
        boundary = secrets.token_hex(8)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n'
        body = "".join(parts).encode() + head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + photo
        body += f"\r\n--{boundary}--\r\n".encode()
        url = urljoin(self.endpoint, f"requests.json?api_key={api_key}&jurisdiction_id=")
        status, _type, answer = fetch(url, body, f"multipart/form-data; boundary={boundary}")
        if status >= 300:
            raise ClientError(f"{status}: {answer!r}")
        (made,) = json.loads(answer)
        return str(made["service_request_id"])

    def requests(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(urljoin(self.endpoint, f"requests.json?{urlencode(query)}"))
        for one in found:
            if one["status"] not in ("open", "closed") or not isinstance(one["service_request_id"], str):
                raise ClientError("wrong values")
            if one["lat"] is not None and not isinstance(one["lat"], float | int):
                raise ClientError("lat is no number")
            for name in ("requested_datetime", "updated_datetime"):
                if not self.moment.fullmatch(one[name]):
                    raise ClientError(one[name])
        return found


@pytest.fixture
def city(live_site: Site) -> tuple[str, str]:
    """(endpoint, a key) of the running site."""
    cast = factories.rivermark()
    factories.service(
        cast.city,
        "litter",
        questions=[factories.question("kinds", "multi", required=True, options=["glass", "needles", "paper"])],
    )
    return f"{live_site.url}/open311/v2/", api_keys.create(cast.city, "A client")[1]


def test_a_reporting_site_sends_and_follows_a_report_in_xml(city: tuple[str, str]) -> None:
    site = XmlReporter(*city)
    codes = [service.findtext("service_code") for service in site.call("services.xml").iterfind("service")]
    assert "litter" in codes
    assert site.fields("litter") == [
        {"code": "kinds", "required": True, "variable": True, "keys": ["glass", "needles", "paper"]}
    ]
    number = site.report(
        "litter", [("kinds", "glass"), ("kinds", "paper")],
        lat="40.5", long="-69.0", description="Vidrio & papel <aquí>\nñ", email="ana@example.org", first_name="Ana",
    )  # fmt: skip
    # Readable at once; and a worker sends it on its way.
    assert site.read(number)["description"] == "Vidrio & papel <aquí>\nñ"
    factories.run_worker()
    found = site.read(number)
    assert found["status_notes"] == "Sent to Streets"
    assert found["service_request_id"] == number
    assert datetime.fromisoformat(found["requested_datetime"]).tzinfo is not None
    assert "ana@example.org" not in str(found)


def test_a_reporting_site_gets_no_token_for_a_private_report_and_is_told_why_it_failed(city: tuple[str, str]) -> None:
    site = XmlReporter(*city)
    assert site.report("outreach", [], lat="40.5", long="-69.0", description="By the bridge") == ""
    with pytest.raises(ClientError, match=r"400: attribute\[kinds\]: Answer this question"):
        site.report("litter", [], lat="40.5", long="-69.0")
    with pytest.raises(ClientError, match="403: This API key isn’t valid"):
        XmlReporter(city[0], "lk_old").report("litter", [], lat="40.5", long="-69.0")


def test_a_script_finds_its_way_from_discovery_in_json(city: tuple[str, str], live_site: Site) -> None:
    script = JsonBrowser(f"{live_site.url}/open311/discovery.json")
    assert script.services()["litter"] is True
    fields = {"service_code": "litter", "attribute[kinds][]": "glass", "address_string": "12 Elm St"}
    number = script.photo_report(city[1], factories.jpeg(), **fields)
    (found,) = script.requests(start_date="2020-01-01T00:00:00Z", service_request_id=number)
    assert found["address"] == "12 Elm St"
    assert found["media_url"].startswith(f"{live_site.url}/photos/")
    today = found["requested_datetime"][:10]
    assert [one["service_request_id"] for one in script.requests(start_date=f"{today}T00:00:00Z", status="open")] == [
        number
    ]
    assert script.requests(page="2", page_size="50") == []
