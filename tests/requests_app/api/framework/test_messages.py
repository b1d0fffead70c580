"""What an error says to a program's developer: what is wrong, in the API's own terms, and what to do about it."""

import json
from typing import Any

import pytest
from django.test import Client

from requests_app import api_keys
from requests_app.models.api_key import Scope
from tests import factories
from tests.requests_app.api.conftest import NO_KEY, WRONG_KEY

V1, OPEN311 = "/api/v1/", "/open311/v2/"
NO_BEARER = NO_KEY.replace("as api_key, or ", "")
# A body, its type, and what is said of it in English and in Spanish.
BODIES = [
    (b'{"a": ', "application/json", "isn’t valid JSON: see line 1, column 7.", "no es JSON válido: vea la línea 1, columna 7."),
    (b'{"a": "\xff"}', "application/json", "isn’t valid UTF-8. Send JSON in UTF-8.", "no es UTF-8 válido. Envíe el JSON en UTF-8."),
    (b'{"a":' * 10_000, "application/json", "At most 32 objects and lists", "Como máximo 32 objetos y listas"),
    (b"[" * 10_000 + b"]" * 10_000, "application/json", "At most 32 objects and lists", "Como máximo 32 objetos y listas"),
    (b'{"a": NaN}', "application/json", "NaN isn’t valid JSON. Send a number, or null.", "Envíe un número o null."),
    (json.dumps([0] * 500).encode(), "application/json", "Send at most 400.", "Envíe como máximo 400."),
    (b"x" * 3_000_000, "application/json", "Send at most 2.0\xa0MB of JSON or text", "Envíe como máximo 2,0\xa0MB de JSON"),
    (b"x", "multipart/form-data", "Send multipart/form-data with its boundary", "Envíe multipart/form-data con su “boundary”"),
    (
        b"--b--\r\n",
        "multipart/form-data; boundary=b",
        "Send the form field report once, with the JSON",
        "Envíe el campo de formulario report una sola vez",
    ),
    (b"<a/>", "text/xml", "can’t read text/xml. Send: application/json, multipart/form-data.", "no puede leer text/xml."),
    (b"{}", "", "The header Content-Type is missing. Send: application/json", "Falta el encabezado Content-Type."),
]  # fmt: skip
ADDRESSES = {
    f"{V1}requests": f"This URL doesn’t exist. Use {V1}requests/.",
    f"{V1}ogc/collections/": f"This URL doesn’t exist. Use {V1}ogc/collections.",
    V1: "This URL doesn’t exist. /api/openapi.json lists the endpoints, and /developers/ explains them.",
    "/api/v1/nothing/": "This URL doesn’t exist. /api/openapi.json lists the endpoints, and /developers/ explains them.",
    f"{OPEN311}requests": f"This URL doesn’t exist. Use {OPEN311}requests.xml.",
    f"{OPEN311}requests.json/": f"This URL doesn’t exist. Use {OPEN311}requests.json.",
    f"{OPEN311}services.html": f"This URL doesn’t exist. Use {OPEN311}services.xml.",
    OPEN311: "This URL doesn’t exist. /open311/discovery.json lists the endpoints, and /developers/ explains them.",
}


@pytest.mark.shows("15.3")
def test_a_body_that_is_not_read_is_answered_with_what_to_send_instead(cast: factories.Rivermark, key: str) -> None:
    for body, content_type, english, spanish in BODIES:
        for language, message in (("en", english), ("es", spanish)):
            headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
            answer = Client().generic("POST", f"{V1}requests/", body, content_type, headers=headers)
            assert message in answer.json()["detail"], (body[:20], answer.json())
            assert answer.status_code in (400, 413, 415)


@pytest.mark.shows("15.3")
def test_an_address_without_an_endpoint_names_the_one_that_was_meant(cast: factories.Rivermark) -> None:
    for address, message in ADDRESSES.items():
        answer = Client().get(address)
        assert answer.status_code == 404, address
        if address.startswith("/api"):
            assert answer.json()["detail"] == message
        elif address.endswith(".json/"):
            assert f"<description>{message}</description>" in answer.content.decode()


def test_what_no_view_answers_is_in_the_asked_language_too(cast: factories.Rivermark) -> None:
    spanish = {"Accept-Language": "es-MX, en;q=0.5"}
    for method, address, detail in (
        ("GET", f"{V1}requests", "Esta URL no existe. Use /api/v1/requests/."),
        ("PUT", f"{V1}city/", "Use GET, HEAD aquí."),
        ("GET", "/api/openapi.html", "Esta URL no existe."),
        ("POST", "/api/openapi.json", "Use GET o HEAD aquí."),
    ):
        answer = Client().generic(method, address, headers=spanish)
        assert (answer["Content-Language"], answer.json()["detail"][: len(detail)]) == ("es", detail)
        assert Client().generic(method, f"{address}?lang=en", headers=spanish)["Content-Language"] == "en"


@pytest.mark.shows("7.4", "15.5")
def test_a_refused_key_says_how_to_send_it_or_what_it_lacks(cast: factories.Rivermark, key: str) -> None:
    def said(path: str, plain: str = "", **headers: str) -> str:
        sent = {"Authorization": f"Bearer {plain}", **headers} if plain else headers
        detail: str = Client().post(V1 + path, "{}", "application/json", headers=sent).json()["detail"]
        return detail

    advance = "sandbox/requests/7K3M9QWT/advance/"
    assert said("requests/") == NO_BEARER
    # As Open311's clients send it, and in a scheme of others.
    assert said(f"requests/?api_key={key}") == said("requests/", Authorization=f"Token {key}") == NO_BEARER
    assert said("requests/", "lk_wrong") == WRONG_KEY
    assert said(advance, key) == "This is a live key. The sandbox takes test keys only. Get one at /developers/keys/."
    trying = api_keys.create(cast.city, "Trying", scopes=[Scope.STAFF], acts_as=cast.tom, is_test=True)[1]
    assert (
        said("staff/requests/", trying)
        == "This is a test key. Requests are real: use a live key with the scope “staff”."
    )
    assert said("staff/requests/", key) == (
        "This API key doesn’t have the scope “staff”. It has: read, report. Ask the city for one that does."
    )
    cast.city.hosts = ["testserver"]
    cast.city.save()
    elsewhere = api_keys.create(factories.jurisdiction("Milford", hosts=["311.milford.example"]), "App")[1]
    assert said("requests/", elsewhere).startswith("This API key is for Milford. Send it to http://311.milford.example")


def test_a_staff_action_names_its_fields_and_not_the_boxes_of_a_page(cast: factories.Rivermark) -> None:
    plain = api_keys.create(cast.city, "Dispatch", scopes=[Scope.STAFF], acts_as=cast.tom)[1]
    made = factories.routed(cast.pothole, answers={"where": "lane"}, language="es")

    def said(verb: str, body: Any) -> list[tuple[str, str, str]]:
        path, headers = f"{V1}staff/requests/{made.reference}/actions/{verb}/", {"Authorization": f"Bearer {plain}"}
        answer = Client().post(path, json.dumps(body), "application/json", headers=headers)
        assert answer.status_code == 422, answer.content
        return [(one["field"], one["code"], one["message"]) for one in answer.json()["errors"]]

    assert said("hold", {"reason": "no", "until": "soon"}) == [
        ("until", "invalid", "until must be a date like 2026-06-09."),
        ("reason", "unknown-value", "reason was not found."),
    ]
    assert said("hold", {"until": "2020-01-01"}) == [
        ("until", "invalid", "until: Choose a day after today."),
        ("reason", "missing", "reason is required."),
    ]
    assert said("ask", {"text": "Where?"}) == [
        ("language_checked", "invalid",
         "The text must be in the reporter’s language, Spanish. If it is, send language_checked: true."),
    ]  # fmt: skip
    for body in (None, 7, "assignee"):
        assert ("", "wrong-type", "Send a JSON object.") in said("assign", body)
    assert said("note", {"text": "x" * 4001}) == [("text", "too-long", "text is longer than 4000 characters.")]
