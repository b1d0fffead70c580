"""Danger as data: what receipts, comments, edits and suggestions say about whom to call, in the asked language."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from requests_app.models import EmergencyPhrase, ServiceRequest
from tests import factories
from tests.requests_app.api.v1.conftest import V1

pytestmark = pytest.mark.django_db
SPANISH = {"Accept-Language": "es"}
SUICIDE, GAS, HOLE = "I want to kill myself", "I smell gas in the hall", "A hole as big as a plate."
# Perhaps only, and still about a person.
BEATEN = "My husband beats me every night, please help me. There is a pothole in front."
POTHOLE: dict[str, Any] = {
    "service": "pothole",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "lane"},
}


def asked_by(way: str, v1: V1, text: str, headers: dict[str, str] | None = None) -> Any:
    """The `emergency` of the answer to this text."""
    if way == "suggestions":
        return v1.get("suggestions/", headers=headers, q=text)["emergency"]
    if way == "report":
        return v1.send("requests/", POTHOLE | {"description": text}, headers=headers)["emergency"]
    # Another one each time: the same words would be the same report, which may be private by then.
    sent = v1.send("requests/", POTHOLE | {"description": f"{HOLE} {ServiceRequest.objects.count()}"})
    path, token = f"requests/{sent['reference'].replace('-', '')}/", {"private_token": sent["private_token"]}
    if way == "comment":
        return v1.send(f"{path}comments/", token | {"text": text}, headers=headers)["emergency"]
    v1.get(path, headers=headers)
    edit = {"If-Match": v1.last["ETag"], **(headers or {})}
    return v1.send(path, token | {"description": text}, 200, headers=edit, method="PATCH")["emergency"]


WAYS = ["report", "comment", "edit", "suggestions"]


@pytest.mark.parametrize("way", WAYS)
def test_every_answer_has_whom_to_call(v1: V1, way: str) -> None:
    found = asked_by(way, v1, SUICIDE)
    assert (found["kind"], found["is_sure"]) == ("self_harm", True)
    assert [one["dialed"] for one in found["numbers"]] == ["911", settings.HOTLINES["self_harm"]]
    assert [one["name"] for one in found["numbers"]] == [None, "988 Suicide & Crisis Lifeline"]
    assert "Call or text 988" in found["words"]
    spanish = asked_by(way, v1, SUICIDE, SPANISH)
    assert spanish["words"].startswith("¿Piensa en hacerse daño")
    assert asked_by(way, v1, HOLE) is None


@pytest.mark.parametrize("way", WAYS)
def test_distress_that_is_only_perhaps_is_answered_too(v1: V1, way: str) -> None:
    found = asked_by(way, v1, BEATEN)
    assert found["kind"] == "domestic_violence"
    assert settings.HOTLINES["domestic_violence"] in [one["number"] for one in found["numbers"]]


def test_the_suggestions_say_nothing_else_where_it_is_sure(v1: V1, cast: factories.Rivermark) -> None:
    found = v1.get("suggestions/", q=f"pothole in my street. {SUICIDE}")
    assert found["emergency"]["is_sure"]
    assert (found["services"], found["articles"]) == ([], [])
    found = v1.get("suggestions/", q="pothole in my street")
    assert found["emergency"] is None
    assert [one["code"] for one in found["services"]][:1] == ["pothole"]


def test_two_dangers_name_both_who_can_help(v1: V1) -> None:
    found = asked_by("report", v1, f"{GAS}. {SUICIDE}")
    numbers = [one["number"] for one in found["numbers"]]
    assert found["kind"] == "self_harm"
    assert numbers[:2] == ["911", "988"]
    assert len(numbers) == len(set(numbers))


def test_each_city_has_its_own_number_and_phrases(v1: V1, cast: factories.Rivermark) -> None:
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    EmergencyPhrase.objects.create(jurisdiction=other, language="en", kind="trafficking", phrase="purple pelican")
    cast.city.emergency_number = "112"
    cast.city.save()
    assert asked_by("suggestions", v1, "The purple pelican") is None
    EmergencyPhrase.objects.create(jurisdiction=cast.city, language="en", kind="trafficking", phrase="purple pelican")
    found = asked_by("suggestions", v1, "The purple pelican")
    assert (found["kind"], found["numbers"][0]["number"]) == ("trafficking", "112")


def test_danger_in_the_words_of_a_photo_is_heard(v1: V1) -> None:
    photo = v1.upload(
        "photos/", {"photo": SimpleUploadedFile("photo.jpg", factories.jpeg(), "image/jpeg"), "alt": SUICIDE}
    )
    receipt = v1.send("requests/", POTHOLE | {"description": HOLE, "photos": [photo["id"]]})
    assert receipt["emergency"]["kind"] == "self_harm"


def stopping(cast: factories.Rivermark) -> dict[str, Any]:
    yes = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": {"stop": True}}
    question = factories.question("hurt", "single", options=[yes, "no"])
    factories.service(cast.city, "asking", questions=[question])
    return {"service": "asking", "place": {"lat": 40.5, "long": -69.0}, "answers": {"hurt": "yes"}}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "If no one is in danger, send it again with emergency_confirmed=true."),
        (SPANISH, "Si nadie está en peligro, envíelo de nuevo con emergency_confirmed=true."),
    ],
)
def test_an_answer_that_stops_can_be_confirmed(
    v1: V1, cast: factories.Rivermark, headers: dict[str, str], words: str
) -> None:
    report = stopping(cast)
    problem = v1.send("requests/", report, 422, headers=headers)
    assert problem["type"].endswith("/emergency/")
    assert problem["detail"].endswith(words)
    assert [one["number"] for one in problem["emergency"]["numbers"]] == ["911"]
    v1.send("requests/", report | {"emergency_confirmed": False}, 422)
    v1.send("requests/", report | {"emergency_confirmed": "true"}, 422)
    assert not ServiceRequest.objects.exists()
    v1.send("requests/", report | {"emergency_confirmed": True}, headers=headers)
    made = ServiceRequest.objects.get()
    assert (made.after_warning, made.priority) == (True, 1)
    assert [(one.reason, one.state) for one in made.alarms.all()] == [("answer", "ringing")]


def test_a_confirmation_without_danger_marks_nothing(v1: V1) -> None:
    v1.send("requests/", POTHOLE | {"description": HOLE, "emergency_confirmed": True})
    made = ServiceRequest.objects.get()
    assert not made.after_warning
    assert not made.alarms.exists()
