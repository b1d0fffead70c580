"""What v1 answers to a table of calls, mistakes above all, is what it answered before: a program reads it.

`answers.json` holds the answers. When one must change, save them again and read the difference:

    SAVE_ANSWERS=1 bin/test tests/requests_app/api/v1/test_answers.py
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from requests_app import links
from tests import factories
from tests.requests_app.api.v1.conftest import BASE, V1

SAVED = Path(__file__).with_name("answers.json")
LONG = "x" * 4001
POTHOLE: dict[str, Any] = {
    "service": "pothole",
    "description": "A hole as big as a plate.",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "lane"},
    "contact": {"name": "Ana Ortiz", "email": "ana@example.org", "phone": "(555) 010-0199"},
}
REPORTS: dict[str, Any] = {
    "right": POTHOLE,
    "no object": [],
    "empty": {},
    "a number as the service": {"service": 7},
    "true as the service": {"service": True},
    "a blank service": {"service": "  "},
    "a service that isn't": {"service": "nothing"},
    "a long service": {"service": "x" * 61},
    "every type wrong": {
        "service": "pothole", "description": [], "place": "here", "answers": [], "contact": 5, "emergency_confirmed": "yes",
        "photos": "a",
    },
    "inner types wrong": {
        "service": "pothole", "place": {"lat": "40.5", "long": True, "address": 1, "asset": [], "note": {}},
        "answers": {"where": 5}, "contact": {"name": 1, "email": [], "phone": False, "postal_address": {}},
    },
    "too long": {
        "service": "pothole", "description": LONG, "place": {"address": "a" * 301, "note": "n" * 301, "asset": "7" * 61},
        "contact": {"name": "n" * 201, "email": f"{'e' * 250}@example.org", "phone": "5" * 61, "postal_address": "p" * 301},
    },
    "unknown fields": POTHOLE | {
        "zone": 1, "a" * 70: 2, "place": {"lat": 40.5, "long": -69.0, "alt": 3}, "contact": {"fax": "1"},
        "answers": {"where": "lane", "colour": "red"},
    },
    "half a position": POTHOLE | {"place": {"lat": 40.5}},
    "the other half": POTHOLE | {"place": {"long": -69.0, "address": "12 Elm St"}},
    "half is null": POTHOLE | {"place": {"lat": None, "long": -69.0}},
    "nulls": POTHOLE | {
        "place": {"lat": 40.5, "long": -69.0, "note": None}, "contact": None, "photos": None, "emergency_confirmed": None,
    },
    "off the earth": POTHOLE | {"place": {"lat": 91, "long": -181}},
    "outside": POTHOLE | {"place": {"lat": 0, "long": 0}},
    "nowhere": {"service": "pothole", "answers": {"where": "lane"}},
    "an asset that isn't": POTHOLE | {"place": {"asset": "L9"}},
    "an address": POTHOLE | {"place": {"address": "12 Elm St", "note": "At the gate"}},
    "an email that isn't": POTHOLE | {"contact": {"email": "ana"}},
    "a phone without a digit": POTHOLE | {"contact": {"phone": "none"}},
    "an answer that isn't": POTHOLE | {"answers": {"where": "moon"}},
    "no answer": POTHOLE | {"answers": {}},
    "photos that aren't": POTHOLE | {"photos": ["a"]},
    "too many photos": POTHOLE | {"photos": list("abcdef")},
    "photos that are no names": POTHOLE | {"photos": [1]},
    "a danger": POTHOLE | {"description": "There is a gas leak in the hole."},
}  # fmt: skip
COMMENTS: dict[str, Any] = {
    "right": {"private_token": "TOKEN", "text": "It is deeper now."},
    "no object": "text",
    "empty": {},
    "blank": {"private_token": " ", "text": "\n"},
    "wrong types": {"private_token": 1, "text": []},
    "too long": {"private_token": "t" * 101, "text": LONG},
    "unknown": {"private_token": "TOKEN", "text": "a", "to": "b"},
    "another token": {"private_token": "1-x", "text": "a"},
}
EDITS: dict[str, Any] = {
    "no object": 1,
    "empty": {},
    "too long": {"private_token": "TOKEN", "description": LONG},
    "unknown": {"private_token": "TOKEN", "description": "a", "place": {}},
    "without If-Match": {"private_token": "TOKEN", "description": "a"},
}
FOLLOWERS: dict[str, Any] = {
    "right": {"email": "Ben@example.org", "name": "Ben"},
    "no object": [],
    "empty": {},
    "wrong": {"email": "x", "name": 5},
    "too long": {"email": f"{'e' * 250}@example.org", "name": "n" * 201},
    "unknown": {"email": "ben@example.org", "phone": "1"},
}
FOLLOWS: dict[str, Any] = {
    "right": {"email": "ana@example.org", "area": "ward:5", "cadence": "weekly"},
    "no object": None,
    "empty": {},
    "wrong": {"email": "x", "cadence": "never", "radius": 7, "area": 5},
    "wrong types": {"email": 1, "cadence": [], "radius": "200", "near": "40.5,-69.0,200"},
    "a flag as the radius": {"email": "a@example.org", "radius": True, "area": "ward:5"},
    "an area that isn't": {"email": "a@example.org", "area": "ward:99"},
    "unknown": {"email": "a@example.org", "area": "ward:5", "every": "day"},
    "too long": {"email": "a@example.org", "service": "s" * 141},
    "a place": {"email": "a@example.org", "near": "40.5,-69.0,200", "radius": 500},
}
LISTS = [
    "requests/", "requests/?limit=1", "requests/?limit=0", "requests/?limit=x&status=x&sort=x&near=1&older=2&q=",
    "requests/?page=2",
    "requests/?limit=1&limit=2", "requests/?q=%00", "requests/?q=%ff", "requests/?fields=reference,lat", "requests/?fields=x",
    "requests/?fields=reference,reference,status", "requests/?format=geojson", "requests/?format=geojson&fields=reference,lat",
    "requests/?format=xml", "requests/?area=ward:9", "requests/?cursor=x", f"requests/?q={'q' * 141}", "requests/?lang=xx",
    "requests/?lang=es", "requests/?lang=", "requests/?api_key=1", "requests/?%F0%9F%90%9B=1", "requests/REFERENCE/",
    "requests/REFERENCE/?a=1", "requests/0000-0000/",
]  # fmt: skip


def table(v1: V1, reference: str, token: str) -> dict[str, Any]:
    """By call: the answer's status and body, without what differs from run to run."""
    made = {}

    def add(name: str, body: Any) -> None:
        text = json.dumps(body, ensure_ascii=False)
        text = (
            text.replace(token, "TOKEN")
            .replace(reference, "REFERENCE")
            .replace(reference.replace("-", ""), "REFERENCE")
        )
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}[-+][\d:]{5}", "TIME", text)
        text = re.sub(r'"(reference|private_token|request_id|notice|next_step)": "[^"]*"', r'"\1": "…"', text)
        text = re.sub(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", "REFERENCE", text)
        text = re.sub(r"cursor=[\w%.-]+", "cursor=…", text)
        text = re.sub(r"(/(?:l|r|requests)/)[\w-]+/", r"\1…/", text)
        made[name] = [v1.last.status_code, json.loads(text)]

    def call(method: str, path: str, name: str, body: Any, language: str) -> None:
        text = json.dumps(body).replace("TOKEN", token)
        headers = v1.headers({"Accept-Language": language})
        address = BASE + path.replace("REFERENCE", reference)
        v1.last = v1.client.generic(method, address, text, "application/json", headers=headers)
        add(f"{language} {method} {path} {name}", json.loads(v1.last.content))

    for language in ("en", "es"):
        # Spanish says the same of the same mistakes, so one of each kind is enough.
        is_brief = language == "es"
        bodies = {"requests/": REPORTS, "requests/REFERENCE/comments/": COMMENTS, "requests/REFERENCE/followers/": FOLLOWERS,
                  "follows/": FOLLOWS}  # fmt: skip
        for path, table in bodies.items():
            for name, body in list(table.items())[-4 if is_brief else 0 :]:
                call("POST", path, name, body, language)
        for name, body in EDITS.items():
            call("PATCH", "requests/REFERENCE/", name, body, language)
        for path in LISTS[3:4] if is_brief else LISTS:
            address = BASE + path.replace("REFERENCE", reference)
            v1.last = v1.client.get(address, headers={"Accept-Language": language})
            add(f"{language} GET {path}", json.loads(v1.last.content))
        forms: list[tuple[str, dict[str, Any]]] = [
            ("photos/", {}), ("photos/", {"photo": "text"}), ("photos/", {"photo": file(), "alt": "a" * 301}),
            ("photos/", {"photo": file(), "alt": ["a", "b"], "x": "1"}), ("photos/", {"photo": [file(), file()]}),
            ("photos/", {"photo": file(), "picture": file()}), ("requests/REFERENCE/photos/", {"photo": file()}),
            ("requests/REFERENCE/photos/", {"photo": file(), "private_token": " ", "alt": "a"}),
            ("requests/REFERENCE/photos/", {"photo": file(), "private_token": "t" * 101}),
            ("requests/", {"report": "{}", "x": file()}), ("requests/", {"report": "{", "photos": file()}),
        ]  # fmt: skip
        for number, (path, form) in enumerate(forms[:3] if is_brief else forms):
            v1.last = v1.client.post(
                BASE + path.replace("REFERENCE", reference), form, headers=v1.headers({"Accept-Language": language})
            )
            add(f"{language} form {number} {path}", json.loads(v1.last.content))
    return made


def file() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg")


@pytest.mark.shows("15.3")
def test_no_answer_of_v1_has_changed(v1: V1, cast: factories.Rivermark, settings: Settings) -> None:
    settings.RATE_LIMITS = False
    factories.area(cast.city)
    tree = factories.routed(cast.tree, reporter=factories.ANA)
    answers = table(v1, tree.display_reference, links.token(tree.access_links.get()))
    if os.environ.get("SAVE_ANSWERS"):
        SAVED.write_text(json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    before = json.loads(SAVED.read_text())
    for name in answers.keys() | before.keys():
        assert answers.get(name) == before.get(name), name
