"""Danger, wherever it is typed and whichever page is skipped: asked once at the POST that leads there, counted, and enforced."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.actions.privacy import expiry
from requests_app.actions.report import drafts, emergency_question
from requests_app.clock import app_now
from requests_app.forms.place_input import OWN_WORDS
from requests_app.messages import wording
from requests_app.models import Draft, EmergencyPhrase, ScreeningCount, ServiceRequest
from requests_app.rules.report.path import Path
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.report.test_start import photo, stopping
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.2")]
GAS = "I smell gas by the hole"


def counts() -> dict[tuple[str, str, str], int]:
    return {(one.service_code, one.reason, one.step): one.value for one in ScreeningCount.objects.all()}


def with_words(cast: Rivermark) -> None:
    words = factories.question("more", "text", text="What else?")
    factories.service(cast.city, "words", questions=[words], duplicate_policy="never")


# --- Wherever it is typed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("where", ["text", "changed text", "address", "place note", "details", "answer", "photo"])
def test_danger_is_heard_wherever_it_is_typed(cast: Rivermark, client: Client, where: str, prefix: str) -> None:
    with_words(cast)
    walk = Walk(client, prefix)
    said = {where: GAS if prefix else "Huele a gas en la calle"}
    walk.begin(said.get("text", TEXT), service="words")
    if where == "changed text":
        walk.on("problem", text=said[where])
    if where not in ("text", "changed text"):
        address = said.get("address", "12 Elm St")
        walk.on("location", address=address, note=said.get("place note", ""))
    if where == "address" and walk.at == "location/choose":
        walk.on("location/choose", choice=OWN_WORDS)
    if where in ("details", "answer", "photo"):
        more: dict[str, Any] = {}
        if where == "photo":
            walk.on("details/1", text=TEXT, q_more="", add_photos="1", photos=[photo("one.jpg")])
            more = {f"alt_{walk.draft.photos.get().name}": said["photo"]}
        walk.on("details/1", text=said.get("details", TEXT), q_more=said.get("answer", ""), **more)
    assert walk.at == "emergency"
    assert walk.draft.warning == "shown"
    # No page behind it opens, and nothing is sent.
    assert walk.on("contact", none="1").at == "emergency"
    assert walk.send().at == "emergency"
    assert not ServiceRequest.objects.exists()


def test_the_last_post_hears_it_though_every_page_was_skipped(walk: Walk) -> None:
    walk.to_check()
    Draft.objects.update(typed={**walk.draft.typed, "text": GAS})
    assert walk.send().at == "emergency"
    assert walk.draft.warning == "shown"
    assert not ServiceRequest.objects.exists()


def test_words_added_to_the_list_count_for_drafts_that_stand_at_the_check(cast: Rivermark, walk: Walk) -> None:
    walk.to_check()
    EmergencyPhrase.objects.create(jurisdiction=cast.city, language="vi", phrase="hole in the road")
    assert walk.get("check").at == "emergency"
    assert walk.send().at == "emergency"
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("A12")
def test_an_answer_that_stops_cannot_be_sent_by_going_straight_to_the_end(cast: Rivermark, walk: Walk) -> None:
    stopping(cast)
    walk.begin(service="wire").on("location", address="12 Elm St").on("details/1", text=TEXT, q_danger="no")
    walk.on("contact", none="1")
    Draft.objects.update(typed={**walk.draft.typed, "answers": {"danger": "yes"}})
    assert walk.send().at == "emergency"
    assert not ServiceRequest.objects.exists()


def test_who_is_in_danger_is_not_sent_to_follow_an_earlier_report(cast: Rivermark, walk: Walk) -> None:
    earlier = factories.report(cast.pothole, "Deep hole", answers={"where": "lane"})
    walk.to_details()
    Draft.objects.update(typed={**walk.draft.typed, "text": GAS})
    assert walk.on("duplicates", follow=earlier.reference).at == "emergency"
    assert walk.draft.service_request is None
    earlier.refresh_from_db()
    assert earlier.people_count == 1


def test_going_on_keeps_everything_that_was_typed(walk: Walk) -> None:
    walk.to_check()
    typed = walk.draft.typed
    walk.on("details/1", text=GAS, q_where="lane", q_damage="a bent rim").on("emergency", go_on="1")
    assert walk.at == "check"
    kept = walk.draft.typed
    assert {name: kept[name] for name in typed if name != "text"} == {
        name: typed[name] for name in typed if name != "text"
    }
    walk.send()
    made = ServiceRequest.objects.get()
    assert made.after_warning
    assert made.description == GAS


def test_a_no_that_is_sent_twice_counts_once(walk: Walk) -> None:
    """As two clicks do, of which the second waited for the first."""
    draft = walk.begin(GAS).draft
    reasons = Path(draft).warnings
    emergency_question.answer_no(draft, reasons)
    once = counts()
    assert sum(once.values()) == 2, "asked, and went on"
    emergency_question.answer_no(draft, reasons)
    assert counts() == once


def test_who_changes_the_words_is_not_waited_for_any_more(walk: Walk) -> None:
    walk.begin(GAS).on("problem", text=TEXT)
    assert walk.at == "service"
    assert walk.draft.warning == ""
    # A draft that continued once stays marked, however its text changes.
    walk.on("problem", text=GAS).on("emergency", go_on="1").on("problem", text="I want to die")
    assert walk.draft.warning == "shown"
    walk.on("problem", text=TEXT)
    assert walk.draft.warning == "went_on"


def test_reading_the_question_page_writes_nothing(walk: Walk) -> None:
    walk.begin(GAS)
    before = Draft.objects.values().get(), counts()
    for _ in range(3):
        assert walk.get("emergency").status == 200
    assert (Draft.objects.values().get(), counts()) == before


# --- After a day ------------------------------------------------------------------------------------------------------


def test_a_draft_that_stopped_at_the_question_goes_after_a_day_and_others_after_seven(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = walk.begin(GAS).draft
    went_on = walk.begin(GAS).on("emergency", go_on="1").draft
    asked_again = walk.begin(GAS).on("emergency", go_on="1").on("problem", text="I want to die").draft
    changed = walk.begin(GAS).on("problem", text=TEXT).draft
    now = app_now()

    def after(**time: int) -> set[Draft]:
        monkeypatch.setattr(expiry, "app_now", lambda: now + dt.timedelta(**time))
        expiry.sweep()
        return set(Draft.objects.all())

    assert after(hours=23, minutes=55) == {stopped, went_on, asked_again, changed}
    assert after(hours=24, minutes=1) == {went_on, changed}
    assert after(days=6, hours=23) == {went_on, changed}
    assert after(days=7, minutes=1) == set()


def test_the_question_page_says_until_when_what_was_typed_is_kept(walk: Walk) -> None:
    walk.begin(GAS)
    assert "We’ll keep what you typed. After the call, you can come back and finish." in walk.html
    assert walk.draft.expires_at - app_now() <= dt.timedelta(hours=24)
    day = wording.long_time(walk.draft.expires_at, walk.draft.jurisdiction.zone)
    assert wording.one_stop(f"We’ll keep it until {day}.") in walk.html


# --- Counted ----------------------------------------------------------------------------------------------------------


def test_being_asked_and_going_on_count_once_each(walk: Walk) -> None:
    walk.begin(GAS)
    assert counts() == {("", "red_flag", "asked"): 1}
    walk.get("emergency")
    walk.on("service", service="pothole")
    assert counts()[("", "red_flag", "asked")] == 1
    for _ in range(2):
        walk.client.post(f"/report/{walk.draft.pk}/emergency/", {"go_on": "1"})
    assert counts()[("pothole", "red_flag", "went_on")] == 1
    assert sum(counts().values()) == 2


def test_each_reason_counts_by_its_own_name(cast: Rivermark, walk: Walk) -> None:
    walk.begin().on("service", service="unknown")
    assert counts() == {("unknown", "service", "asked"): 1}
    stopping(cast)
    walk.begin(service="wire").on("location", address="12 Elm St").on("details/1", text=TEXT, q_danger="yes")
    assert counts()[("wire", "answer", "asked")] == 1


def test_a_city_that_always_asks_counts_that(cast: Rivermark, walk: Walk) -> None:
    cast.city.always_ask_emergency = True
    cast.city.save()
    walk.begin()
    assert counts() == {("", "always", "asked"): 1}


def test_a_press_on_the_number_counts_once_and_says_nothing_about_whom(walk: Walk) -> None:
    walk.begin(GAS)
    called = f"/report/{walk.draft.pk}/called/"
    assert f'data-called="{called}"' in walk.html
    assert 'href="tel:911"' in walk.html
    for _ in range(3):
        assert walk.client.post(called).status_code == 204
    assert counts()[("", "red_flag", "called")] == 1
    assert walk.client.get(called).status_code == 405
    assert Client().post(called).status_code == 404
    kept = json.dumps(list(ScreeningCount.objects.values()), default=str)
    assert "gas" not in kept
    assert str(walk.draft.pk) not in kept


def test_a_press_counts_nothing_where_nothing_is_asked(walk: Walk) -> None:
    walk.begin()
    assert walk.client.post(f"/report/{walk.draft.pk}/called/").status_code == 204
    assert counts() == {}


@pytest.mark.shows("5.36")
def test_presses_are_limited_by_address(walk: Walk, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    walk.begin(GAS)
    answers = [walk.client.post(f"/report/{walk.draft.pk}/called/").status_code for _ in range(61)]
    assert answers[0] == 204
    assert answers[-1] == 429


def test_a_service_code_that_nobody_offers_is_not_kept_in_the_counts(cast: Rivermark) -> None:
    draft = drafts.create(cast.city, visitor="v", language="en", text=GAS, service="call 617-555-0142")
    emergency_question.question_shown(draft)
    assert counts() == {("", "red_flag", "asked"): 1}


def test_the_question_page_needs_no_script_and_keeps_its_two_buttons(walk: Walk) -> None:
    walk.begin(GAS)
    form = re.search(r'<form class="equal-buttons".*?</form>', walk.html, re.DOTALL)
    assert form is not None
    assert 'name="go_on"' in form[0]
    assert "No, no one is in danger" in form[0]
