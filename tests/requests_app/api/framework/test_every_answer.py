"""What every answer below /open311/ and /api/ carries, also where no view answers, and what a shared cache may keep of it."""

import re

import pytest
from django.test import Client

from requests_app.api.framework import throttling
from tests import factories
from tests.requests_app.api.conftest import FORM

OPEN311, V1 = "/open311/v2/", "/api/v1/"
ANSWERS = [
    ("GET", f"{OPEN311}services.json", 200),
    ("GET", f"{OPEN311}requests.xml?status=x", 400),
    ("POST", f"{OPEN311}requests.json", 403),
    ("DELETE", f"{OPEN311}requests.xml", 405),
    ("GET", f"{OPEN311}tokens/x.json", 404),
    ("GET", f"{OPEN311}nothing.json", 404),
    ("PUT", "/open311/nothing", 404),
    ("GET", f"{V1}city/", 200),
    ("GET", f"{V1}city/?x=1", 400),
    ("POST", f"{V1}requests/", 401),
    ("PUT", f"{V1}requests/", 405),
    ("GET", f"{V1}requests/7K3M9QWT/", 404),
    ("GET", f"{V1}nothing/", 404),
    ("PATCH", "/api/", 404),
    ("GET", "/api/openapi.html", 404),
    ("POST", "/api/openapi.yaml", 405),
]
UNCOUNTED = [
    ("GET", "/api/openapi.json", 200),
    ("OPTIONS", f"{V1}nothing/", 404),
    ("OPTIONS", f"{OPEN311}requests.json", 204),
]


@pytest.mark.shows("15.5")
def test_every_answer_has_a_request_id_is_open_to_browsers_and_says_the_limit(cast: factories.Rivermark) -> None:
    for number, (method, address, status) in enumerate(ANSWERS + UNCOUNTED):
        answer = Client(REMOTE_ADDR="10.0.0.1").generic(method, address)
        where = f"{method} {address}"
        assert answer.status_code == status, where
        assert re.fullmatch(r"[0-9a-f]{32}", answer["Request-Id"]), where
        assert answer["Access-Control-Allow-Origin"] == "*", where
        if number < len(ANSWERS):
            assert answer["RateLimit-Policy"] == '"calls";q=300;w=60', where
            # What is left is the client's own: no cache may tell it to others.
            assert ("RateLimit" in answer) != answer["Cache-Control"].startswith("public"), where
            left = re.match(r'"calls";r=(\d+);t=\d+$', answer.get("RateLimit", ""))
            assert left is None or int(left[1]) == 299 - number, where
        else:
            assert "RateLimit" not in answer, where
    offered = Client().get(f"{V1}nothing/", headers={"X-Request-Id": "a-proxys-own-id"})
    assert offered["Request-Id"] == "a-proxys-own-id"


@pytest.mark.shows("15.5")
def test_an_answer_to_a_key_is_for_nobody_else(cast: factories.Rivermark, key: str) -> None:
    bearer = {"Authorization": f"Bearer {key}"}
    for address in (f"{OPEN311}requests.json", f"{OPEN311}services.xml", f"{V1}requests/", f"{V1}ogc/"):
        anonymous, known = Client().get(address), Client().get(address, headers=bearer)
        age = anonymous["Cache-Control"].partition("max-age=")[2]
        assert (anonymous["Cache-Control"], known["Cache-Control"]) == (
            f"public, max-age={age}",
            f"private, max-age={age}",
        )
        assert known["RateLimit-Policy"] == '"calls";q=600;w=60'
        assert known["RateLimit"].startswith('"calls";r=')
        assert "Authorization" in anonymous["Vary"]
        again = Client().get(address, headers=bearer | {"If-None-Match": known["ETag"]})
        assert (again.status_code, again["Cache-Control"]) == (304, f"private, max-age={age}")
    # Open311's own way, where the key is part of the address.
    in_address = Client().get(f"{OPEN311}requests.json?api_key={key}")
    assert in_address["Cache-Control"].startswith("private")


@pytest.mark.shows("15.5")
def test_addresses_that_do_not_exist_count_and_are_refused_in_the_asked_format(
    cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "WITHOUT_KEY_A_MINUTE", 1)
    monkeypatch.setattr(throttling.CallThrottle, "per_s", 3600)
    client = Client(REMOTE_ADDR="10.0.0.2")
    assert client.get("/api/nothing/")["RateLimit"].startswith('"calls";r=0;t=')
    for address, media_type in (
        ("/api/nothing/", "application/problem+json"),
        ("/open311/nothing.json", "application/json; charset=utf-8"),
        ("/open311/nothing", "text/xml; charset=utf-8"),
        (f"{V1}city/", "application/problem+json"),
    ):
        answer = client.post(address, "a=b", content_type=FORM) if "nothing" in address else client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (429, media_type)
        assert 0 < int(answer["Retry-After"]) <= 3600
