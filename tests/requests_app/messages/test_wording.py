"""The public's words: dates and distances."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from requests_app.core import units
from requests_app.messages import moderation_notes, progress_steps, street_work_words, timeline, wording
from requests_app.models import (
    Calendar,
    Department,
    Event,
    Jurisdiction,
    Photo,
    ServiceRequest,
    ServiceVersion,
    StreetWork,
    TypicalTime,
)
from requests_app.rules.promises.promises import Promise

MOMENT, HOUR = dt.timedelta(microseconds=1), dt.timedelta(hours=1)
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
STREETS = Department(pk=1, name={"en": "Streets"}, calendar=Calendar(always=True))


def unsaved(**columns: Any) -> ServiceRequest:
    """An open request of Streets that came in at noon."""
    version = ServiceVersion(name={"en": "Pothole"}, department=STREETS, priority=3)
    city = Jurisdiction(name="Rivermark", time_zone="UTC", languages=["en"])
    made = ServiceRequest(jurisdiction=city, service_version=version, submitted_at=NOON)
    for name, value in {"status": "routed", "department": STREETS, **columns}.items():
        setattr(made, name, value)
    return made


def test_a_date_carries_its_year_if_it_is_not_this_one() -> None:
    this_year = timezone.localdate().year
    assert wording.long_date(dt.date(this_year, 6, 3)).endswith("day, June 3")
    assert wording.long_date(dt.date(2025, 6, 3)) == "Tuesday, June 3, 2025"
    at = dt.datetime(2025, 6, 3, 20, 30, tzinfo=dt.UTC)
    assert wording.long_time(at, dt.UTC) == "Tuesday, June 3, 2025, 8:30 p.m."
    assert wording.long_time(at.replace(year=this_year), dt.UTC).endswith("day, June 3, 8:30 p.m.")
    with translation.override("es"):
        assert wording.long_date(dt.date(2025, 6, 3)) == "martes 3 de junio de 2025"
        assert wording.long_time(at, dt.UTC) == "martes 3 de junio de 2025, 8:30 p.m."
        assert wording.long_time(at.replace(month=5), dt.UTC) == "sábado 3 de mayo de 2025, 8:30 p.m."
        # A language may write the time with letters of its own.
        assert wording._formatted(at, "j/n/Y, H:i") == "3/6/2025, 20:30"


@pytest.mark.parametrize(
    ("meters", "words"),
    [
        (200, "660 feet (200 meters)"),
        (304, "1000 feet (304 meters)"),
        (500, "0.3 miles (500 meters)"),
        (1000, "0.6 miles (1000 meters)"),
    ],
)
def test_distances_are_in_feet_and_in_miles_from_1000_feet_on(meters: int, words: str) -> None:
    assert wording.distance_words(meters) == words


@pytest.mark.parametrize(("meters", "words"), [(999, "999 meters"), (1000, "1.0 kilometers"), (1500, "1.5 kilometers")])
def test_a_metric_city_reads_kilometers_from_1000_meters_on(meters: int, words: str) -> None:
    with units.override(units.METRIC):
        assert wording.distance_words(meters) == words


@pytest.mark.parametrize(
    ("meters", "words"),
    [
        (0, "At the same location"),
        (9, "30 feet (9 meters) away"),
        (304, "997 feet (304 meters) away"),
        (648, "0.4 miles away"),
    ],
)
def test_what_is_farther_away_is_in_miles(meters: int, words: str) -> None:
    assert wording.away(meters) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [(47 * HOUR, "47 hours"), (48 * HOUR, "2 days"), (48 * HOUR - MOMENT, "2 days"), (HOUR / 2, "1 hour")],
)
def test_a_length_is_in_days_from_two_days_on(length: dt.timedelta, words: str) -> None:
    assert wording.how_long(length) == words


def test_now_lasts_less_than_a_minute() -> None:
    minute = HOUR / 60
    assert [wording.ago(NOON - age, NOON) for age in (minute - MOMENT, minute)] == ["just now", "1\xa0minute ago"]


def test_a_plan_counts_to_the_end_of_its_day() -> None:
    for day, words in ((1, "Scheduled for"), (31, "Was scheduled for")):
        planned = unsaved(status="in_progress", scheduled_for=dt.date(2026, 6 if day == 1 else 5, day))
        assert wording.status_words(planned, now=NOON).startswith(words)
        assert ("This is a plan" in wording.next_step(planned, Promise(), now=NOON).sentence) == (day == 1)


def test_what_no_department_has_is_received_and_with_the_center() -> None:
    nobodys = unsaved(department=None, in_triage=True)
    assert wording.status_words(nobodys) == "Received"
    assert wording.department_words(nobodys) == "The 311 Center"
    parks = Department(pk=2, name={"en": "Parks"})
    assert wording.department_words(unsaved(department=parks)) == "Parks"
    assert wording.department_words(unsaved(department=None)) == "Streets"


@pytest.mark.parametrize(
    ("late", "reviewed", "fixed"),
    [(-MOMENT, "will", "Target:"), (0 * HOUR, "will", "Target:"), (MOMENT, "planned", "Our target was")],
)
def test_a_time_is_missed_once_it_is_past(late: dt.timedelta, reviewed: str, fixed: str) -> None:
    promise = Promise(review_by=NOON, target=NOON)
    first, second = wording._promises(unsaved(), promise, NOON + late)
    assert f"Streets {reviewed}" in first.sentence
    assert second.sentence.startswith(fixed)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (2 * HOUR - MOMENT, "Half are fixed within 2 hours."), (2 * HOUR, "8 in 10 are fixed within 5 hours."),
        (5 * HOUR - MOMENT, "8 in 10 are fixed within 5 hours."), (5 * HOUR, ""),
    ],
)  # fmt: skip
def test_what_is_usual_is_said_until_it_is_past(age: dt.timedelta, words: str) -> None:
    promise = Promise(target=NOON, usual=TypicalTime(half=2 * HOUR, most=5 * HOUR), is_usually_missed=True)
    assert wording._history(unsaved(), promise, NOON + age) == words
    assert wording._history(unsaved(), Promise(target=NOON), NOON + age) == ""


@pytest.mark.parametrize(
    ("hour", "review", "words"),
    [
        (9, None, ""), (8, None, "Streets is closed. They’ll see your report when they open "),
        (8, -1, "Streets is closed now."), (8, 0, "Streets is closed. They’ll see"),
    ],
)  # fmt: skip
def test_at_night_it_says_when_they_open_unless_somebody_looks_before(
    monkeypatch: pytest.MonkeyPatch, hour: int, review: int | None, words: str
) -> None:
    at = NOON.replace(hour=hour)
    monkeypatch.setattr(wording, "app_now", lambda: at)
    hours = {"mon": [["09:00", "17:00"]]}
    streets = Department(pk=1, name={"en": "Streets"}, calendar=Calendar(always=False, hours=hours, holidays={}))
    due = NOON.replace(hour=9) + review * MOMENT if review is not None else None
    told = wording.read_later(unsaved(department=streets, acknowledge_due_at=due))
    assert told.startswith(words)
    assert bool(told) == bool(words)
    # The service's own department is open day and night.
    assert wording.read_later(unsaved()) == ""


def test_work_that_begins_today_is_going_on() -> None:
    today = timezone.localdate()
    work = StreetWork(starts_on=today, ends_on=today + dt.timedelta(days=3))
    assert street_work_words.period_words(work).startswith("Until ")
    work.starts_on = today + dt.timedelta(days=1)
    assert " to " in street_work_words.period_words(work)


def test_the_steps_are_done_current_and_ahead() -> None:
    reviewed = unsaved(acknowledged_at=NOON)
    assert [one.state for one in progress_steps.steps(reviewed)] == ["done", "current", "ahead", "ahead"]
    planned = unsaved(acknowledged_at=NOON, scheduled_for=dt.date(2026, 6, 2))
    assert [one.state for one in progress_steps.steps(planned)] == ["done", "done", "current", "ahead"]


def test_two_alike_within_an_hour_are_one_line() -> None:
    first, second = (Event(kind="edited", person_id=1, service_request_id=1, at=NOON) for _ in range(2))
    for age, alike in ((HOUR - MOMENT, True), (HOUR, False)):
        second.at = NOON + age
        assert timeline._is_alike(first, second) is alike


def test_only_what_staff_hid_has_a_note() -> None:
    assert moderation_notes.photo_note(Photo()) == ""
    assert moderation_notes.photo_note(Photo(hidden_at=NOON, hidden_reason="unchecked")) == ""
    assert "threat" in moderation_notes.photo_note(Photo(hidden_at=NOON, hidden_reason="threat"))
    assert moderation_notes.hidden_note(unsaved(public_state="public")) == ""
