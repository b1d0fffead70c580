"""The ending chooses the format; the Accept header chooses nothing."""

import pytest

from tests import factories
from tests.requests_app.api.conftest import BASE, Api, read

ACCEPT = [
    "text/html", "application/json", "text/xml", "image/png", "*/*", "", "nonsense", "text/html;q=1, */*;q=0", "/;=,;/",
    "a/" * 5000, "application/json; indent=8", "application/json; charset=utf-16",
]  # fmt: skip
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


@pytest.mark.parametrize("accept", ACCEPT)
@pytest.mark.parametrize("format", TYPES)
def test_whatever_a_client_says_to_accept_it_gets_the_format_of_the_ending(
    api: Api, cast: factories.Rivermark, format: str, accept: str
) -> None:  # fmt: skip
    for method, path, status in (
        ("GET", "services", 200),
        ("HEAD", "services", 200),
        ("GET", "requests", 200),
        ("GET", "services/none", 404),
        ("GET", "nothing", 404),
        ("POST", "requests", 403),
        ("DELETE", "requests", 405),
        ("POST", "services", 405),
    ):
        plain = api.client.generic(method, f"{BASE}{path}.{format}")
        answer = api.client.generic(method, f"{BASE}{path}.{format}", headers={"Accept": accept})
        assert (answer.status_code, answer["Content-Type"]) == (status, TYPES[format])
        assert answer.content == plain.content
        assert "Accept" not in answer.get("Vary", "").replace("Accept-Encoding", "").replace("Accept-Language", "")


@pytest.mark.parametrize("format", TYPES)
def test_a_format_in_the_query_chooses_nothing_either(api: Api, cast: factories.Rivermark, format: str) -> None:
    for other in ("json", "xml", "html", "api"):
        answer = api.client.get(f"{BASE}services.{format}?format={other}")
        assert (answer.status_code, answer["Content-Type"]) == (200, TYPES[format])
        read(answer)
