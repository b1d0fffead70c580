"""Calendars are shaped in the browser, and shown as due dates are counted."""

import datetime as dt
import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import Calendar, Clock, ServiceRequest, SetupChange
from requests_app.rules.promises.service_levels import WEEKDAYS, working_hours
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
NEW = "/staff/setup/calendars/new/"


def fields(*days: dict[str, str], **more: Any) -> dict[str, Any]:
    """Monday to Friday, 8 to 5; days: rows of days off."""
    hours = {day: "8-17" if day not in ("sat", "sun") else "" for day in WEEKDAYS}
    rows = {f"days-{number}-{name}": value for number, row in enumerate(days) for name, value in row.items()}
    forms = {"days-TOTAL_FORMS": str(len(days)), "days-INITIAL_FORMS": "0"}
    return {"code": "office", **hours, "country": "US", "subdivision": "", **forms, **rows, **more}


@pytest.fixture
def office(town: Rivermark) -> Calendar:
    hours = {day: [["08:00", "17:00"]] for day in WEEKDAYS[:5]}
    old = [{"date": "2020-06-08", "name": {"en": "Founders’ Day"}}]
    holidays = {"country": "US", "extra": [*old, {"date": "2026-12-24", "every_year": True, "hours": "08:00-12:00"}]}
    made = Calendar.objects.create(jurisdiction=town.city, code="town-hall", hours=hours, holidays=holidays)
    type(town.parks).objects.filter(pk=town.parks.pk).update(calendar=made)
    return made


def test_a_calendar_is_added_with_yearly_holidays_and_half_days(town: Rivermark, ada: Client) -> None:
    days = [
        {
            "date": "2027-12-24",
            "name_en": "Christmas Eve",
            "name_es": "Nochebuena",
            "every_year": "on",
            "hours": "8-12",
        },
        {"date": "2027-06-14", "name_en": "Founders’ Day"},
        {"date": ""},
    ]
    assert ada.post(NEW, fields(*days, sat="9:00-12:00, 13:00-15:00")).status_code == 302
    made = Calendar.objects.get(code="office")
    assert made.hours["sat"] == [["09:00", "12:00"], ["13:00", "15:00"]]
    assert "sun" not in made.hours
    assert made.holidays == {
        "country": "US",
        "extra": [
            {"date": "2027-06-14", "name": {"en": "Founders’ Day"}},
            {
                "date": "2027-12-24",
                "name": {"en": "Christmas Eve", "es": "Nochebuena"},
                "every_year": True,
                "hours": "08:00-12:00",
            },
        ],
    }
    assert SetupChange.objects.get().after == {"hours": {**_written(made)}, "holidays": made.holidays}


def test_hours_on_a_day_that_is_closed_anyway_are_refused_where_they_are_typed(town: Rivermark, ada: Client) -> None:
    saturday = {"date": "2026-12-26", "name_en": "Open house", "name_es": "Puertas abiertas", "hours": "8-12"}
    page = ada.post(NEW, fields(saturday))
    assert page.status_code == 422
    assert "It’s closed on a Saturday." in html.unescape(page.content.decode())
    assert not Calendar.objects.filter(code="office").exists()
    for fine in (saturday | {"date": "2026-12-28"}, saturday | {"every_year": "on"}):
        assert ada.post(NEW, fields(fine)).status_code == 302
        Calendar.objects.get(code="office").delete()
    assert ada.post(NEW, fields(saturday, sat="9:00-15:00")).status_code == 302


def _written(calendar: Calendar) -> dict[str, list[str]]:
    return {day: [f"{opens}-{closes}" for opens, closes in spans] for day, spans in calendar.hours.items()}


@pytest.mark.parametrize(
    ("days", "more", "words"),
    [
        ([], dict.fromkeys(WEEKDAYS, ""), "Enter working hours for at least one day"),
        ([], {"mon": "22:00-06:00"}, "Write it on both days: 22:00–24:00 on the first"),
        ([], {"mon": "8-12, 11-15"}, "These hours overlap"),
        ([], {"code": ""}, "Enter a short name"),
        ([], {"code": "always"}, "is taken"),
        ([], {"subdivision": "ZZ"}, "We don’t know this state’s holidays"),
        ([{"date": "2027-12-24", "hours": "22-6"}], {}, "goes past midnight"),
        ([{"date": "", "name_en": "Eve"}], {}, "Enter the day."),
        ([{"date": "2027-12-24"}, {"date": "2027-12-24"}], {}, "This day is listed twice."),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(
    town: Rivermark, ada: Client, days: list[dict[str, str]], more: dict[str, str], words: str
) -> None:
    answer = ada.post(NEW, fields(*days, **more))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Calendar.objects.filter(code="office").exists()


def test_the_months_show_what_due_dates_count(town: Rivermark, ada: Client, office: Calendar) -> None:
    path = reverse("staff_app:calendar", args=[office.pk])
    answer = ada.get(f"{path}?month=2026-11")
    grid, hours = answer.context["grid"], working_hours(office, town.city.zone)
    kinds = {day.day: day.kind for month in grid.months for week in month.weeks for day in week if day}
    assert len(kinds) == 30 + 31 + 31
    assert {day for day, kind in kinds.items() if kind in ("open", "half")} == {
        day for day in kinds if hours.spans(day)
    }
    assert kinds[dt.date(2026, 12, 24)] == "half"
    assert kinds[dt.date(2026, 11, 26)] == "holiday"
    html = answer.content.decode()
    assert "Thanksgiving Day: closed" in html
    assert "?month=2026-08" in html
    assert "?month=2027-02" in html
    for month in ("nonsense", "9999-12", "2026-13"):
        assert ada.get(f"{path}?month={month}").context["grid"].months[0].weeks


def test_a_change_is_saved_after_its_preview_and_old_days_off_stay(
    town: Rivermark, ada: Client, office: Calendar
) -> None:
    clock = Clock.objects.get(service_request=factories.report(town.tree), kind="resolve")
    start = app_now() - dt.timedelta(days=7)
    due = app_now() + dt.timedelta(days=1)
    Clock.objects.filter(pk=clock.pk).update(started_at=start, due_at=due, target_words={"value": 30, "unit": "hours"})
    ServiceRequest.objects.filter(pk=clock.service_request_id).update(submitted_at=start)
    path = reverse("staff_app:calendar", args=[office.pk])
    given = fields(**dict.fromkeys(WEEKDAYS, "0-24"), country="", seen=ada.get(path).context["seen"])
    del given["code"]
    answer = ada.post(path, {**given, "save": "1"})
    html = answer.content.decode()
    assert "With this, 1 of the 1 open report would be late." in html
    assert "Open reports keep the due dates they have" in html
    office.refresh_from_db()
    assert office.holidays["country"] == "US"
    previewed = answer.context["form"]["previewed"].value()
    # What was not previewed is not saved.
    assert ada.post(path, {**given, "mon": "8-9", "previewed": previewed, "save": "1"}).status_code == 200
    assert ada.post(path, {**given, "previewed": previewed, "save": "1"}).status_code == 302
    office.refresh_from_db()
    assert office.hours["sun"] == [["00:00", "24:00"]]
    assert office.holidays == {"extra": [{"date": "2020-06-08", "name": {"en": "Founders’ Day"}}]}
    clock.refresh_from_db()
    assert clock.due_at == due
    # It was changed since: what both changed is asked before its preview.
    assert ada.post(path, {**given, "mon": "8-9"}).status_code == 409
