"""Check and send: what one may not want to show to everyone is pointed out, and one tap takes it out and nothing else."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Draft, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.report.test_start import photo
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.17")]


def say(walk: Walk, text: str, **answers: Any) -> Walk:
    walk.to_details().on("details/1", text=text, q_where="lane", **answers)
    return walk.on("contact", none="1")


def findings(page: str) -> list[dict[str, str]]:
    """The buttons of the check page: what each would send, and what it is called."""
    found = []
    for form in re.findall(r'<form method="post" action="[^"]*/remove-text/">.*?</form>', page, re.DOTALL):
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'name="(where|start|words)" value="([^"]*)"', form)
        }
        kind = re.search(r"<p>([^:]+):", form)
        found.append({**fields, "kind": kind[1] if kind else ""})
    return found


def take_out(walk: Walk, number: int = 0) -> Walk:
    one = findings(walk.html)[number]
    return walk.on("remove-text", where=one["where"], start=one["start"], words=one["words"])


@pytest.mark.shows("A10")
@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        ("Call me at 617-555-0142 please", "Phone number", "Call me at please"),
        ("Deep hole. Write to ana@example.org.", "Email address", "Deep hole. Write to."),
        ("A van, plate ABC-1234, blocks the lane", "License plate", "A van, plate, blocks the lane"),
        ("Mr. Alvarez dug a hole in the lane", "Possible name", "dug a hole in the lane"),
        ("Hoyo grande. Me llamo José Pérez.", "Possible name", "Hoyo grande. Me llamo."),
    ],
)
def test_one_tap_takes_it_out_and_leaves_all_else(walk: Walk, text: str, kind: str, left: str) -> None:
    say(walk, text, q_damage="a bent rim")
    assert walk.at == "check"
    (one,) = findings(walk.html)
    assert one["kind"] == kind
    assert f"<mark>{one['words']}</mark>" in walk.html
    take_out(walk)
    assert walk.at == "check"
    assert f"We removed “{one['words']}” and left everything else as you typed it." in html.unescape(walk.html)
    assert findings(walk.html) == []
    typed = walk.draft.typed
    assert typed["text"] == left
    assert typed["answers"] == {"where": "lane", "damage": "a bent rim"}
    assert typed["place"]["note"] == "by the bus stop"
    walk.send()
    assert ServiceRequest.objects.get().description == left


def test_ordinary_words_raise_no_alarm(walk: Walk) -> None:
    say(walk, "Lamp 1044-22 at 12 5th Street is out since 11/25/2026. I told 311, case 101004512. It cost me $1,200.")
    assert walk.at == "check"
    assert "Do you want this to be public?" not in walk.html
    assert "<mark>" not in walk.html


def test_nothing_is_taken_out_unasked(walk: Walk) -> None:
    text = "Call 617-555-0142 or ana@example.org"
    say(walk, text).send()
    assert ServiceRequest.objects.get().description == text


def test_everything_that_everyone_sees_is_looked_through_and_nothing_else(cast: Rivermark, walk: Walk) -> None:
    questions = [
        factories.question("seen", "text", text="Seen?", visibility="public"),
        factories.question("hidden", "text", text="Hidden?", visibility="department"),
    ]
    factories.service(cast.city, "words", questions=questions, duplicate_policy="never")
    walk.begin("Deep hole", service="words").on("location", address="12 Elm St", note="ring 617-555-0101")
    walk.on("details/1", text=TEXT, photos=[photo("one.jpg")], add_photos="1")
    alt = f"alt_{walk.draft.photos.get().name}"
    walk.on(
        "details/1",
        text="617-555-0102",
        q_seen="617-555-0103",
        q_hidden="617-555-0104",
        **{alt: "617-555-0105 on a sign"},
    )
    walk.on("contact", phone="617-555-0106", language="en")
    assert walk.at == "check"
    assert [one["words"] for one in findings(walk.html)] == ["617-555-0102", "617-555-0103", "617-555-0105"]
    for left in (["617-555-0102", "617-555-0103"], ["617-555-0102"]):
        take_out(walk, len(left))
        assert [one["words"] for one in findings(walk.html)] == left
    assert walk.draft.photos.get().alt == "on a sign"
    assert walk.draft.typed["answers"]["seen"] == ""
    assert walk.draft.typed["answers"]["hidden"] == "617-555-0104"
    # Without any words left, the page that asks for them comes again.
    take_out(walk)
    assert walk.at == "details/1"
    assert "We removed “617-555-0102” and" in html.unescape(walk.html)


def test_a_confidential_report_shows_everyone_nothing_and_warns_of_nothing(cast: Rivermark, walk: Walk) -> None:
    factories.service(cast.city, "secret", visibility="private", duplicate_policy="never")
    walk.begin("Call 617-555-0142", service="secret").on("location", address="12 Elm St").on(
        "details/1", text="Call 617-555-0142"
    )
    walk.on("contact", none="1")
    assert walk.at == "check"
    assert findings(walk.html) == []
    assert walk.on("remove-text", where="text", start="5", words="617-555-0142").at == "check"
    assert walk.draft.typed["text"] == "Call 617-555-0142"


def test_of_the_same_words_twice_the_one_that_was_meant_goes(walk: Walk) -> None:
    say(walk, "617-555-0142 by day, by night 617-555-0142 too")
    take_out(walk, 1)
    assert walk.draft.typed["text"] == "617-555-0142 by day, by night too"
    # A second POST, or one from an old tab, finds what is left of it; then nothing is left, and the page says so.
    take_out(walk)
    assert walk.draft.typed["text"] == "is by day, by night too".removeprefix("is ")
    walk.on("remove-text", where="text", start="0", words="617-555-0142")
    assert "That’s already gone from your report." in walk.html


@pytest.mark.parametrize(
    "forged",
    [
        {"where": "text", "words": "hole"},
        {"where": "note", "words": "617-555-0142"},
        {"where": "answer:nosuch", "words": "617-555-0142"},
        {"where": "photo:nosuch", "words": "617-555-0142"},
        {"where": "", "words": ""},
        {"where": "text", "words": "617-555-0142", "start": "9" * 4000},
        {"where": "contact", "words": "617-555-0142"},
    ],
)
def test_only_what_was_found_can_be_taken_out(walk: Walk, forged: dict[str, str]) -> None:
    say(walk, "A hole. Call 617-555-0142")
    walk.on("remove-text", **forged)
    assert walk.at == "check"
    assert walk.draft.typed["text"] == ("A hole. Call" if len(forged) == 3 else "A hole. Call 617-555-0142")


def test_another_browser_takes_nothing_out(walk: Walk) -> None:
    say(walk, "A hole. Call 617-555-0142")
    path = f"/report/{walk.draft.pk}/remove-text/"
    assert Client().post(path, {"where": "text", "start": "13", "words": "617-555-0142"}).status_code == 404
    assert walk.client.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walk.client.cookies
    assert strict.post(path, {"where": "text", "start": "13", "words": "617-555-0142"}).status_code == 403
    assert Draft.objects.get().typed["text"] == "A hole. Call 617-555-0142"


def test_a_telephone_book_is_shown_ten_at_a_time(walk: Walk) -> None:
    say(walk, "\n".join(f"617-555-{number:04}" for number in range(14)))
    assert len(findings(walk.html)) == 10
    assert "4 more will appear as you remove these." in walk.html


def test_markup_in_what_was_found_does_not_come_alive(walk: Walk) -> None:
    say(walk, 'My name is O"><script>alert(1)</script> <b>617-555-0142</b>')
    assert "<script>alert" not in walk.html
    assert "<b>617" not in walk.html


# --- What it costs -----------------------------------------------------------------------------------------------------

NEARBY = {"lat": factories.ELM_ST[1], "long": factories.ELM_ST[0]}


@pytest.mark.parametrize(
    ("service", "place", "contact", "statements"),
    [
        ("pothole", {"address": "12 Elm St"}, {"email": "ana@example.org"}, 24),
        ("pothole", NEARBY, {"none": "1"}, 24),
        ("outreach", NEARBY, {"none": "1"}, 22),
        ("tree", NEARBY, {"email": "ana@example.org", "phone": "(555) 010-0199"}, 22),
    ],
)
def test_sending_takes_at_most_25_statements(
    cast: Rivermark, walk: Walk, service: str, place: Any, contact: Any, statements: int
) -> None:
    """Those that begin and end the transaction are among them."""
    walk.begin().on("service", service=service).on("location", **place)
    walk.on("details/1", text=TEXT, q_where="lane").on("contact", language="en", **contact)
    assert walk.at == "check"
    with CaptureQueriesContext(connection) as captured:
        assert walk.client.post(f"/report/{walk.draft_id}/check/")["Location"].endswith("/sent/")
    assert len(captured) == statements <= 25
