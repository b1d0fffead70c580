"""Residents are called in whole hours of a line that is answered, and not at once."""

import datetime as dt

import pytest

from requests_app.models import DeskLine, Jurisdiction
from requests_app.rules.contacts.call_times import call_times
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
# A Monday, 9:29 in the city.
MORNING = dt.datetime(2026, 11, 30, 14, 29, tzinfo=dt.UTC)


def line(city: Jurisdiction, number: str, closes: str = "", **columns: bool) -> None:
    hours = {"mon": [["08:00", closes]]}
    calendar = factories.calendar(city, number, always=False, hours=hours) if closes else None
    DeskLine.objects.create(
        jurisdiction=city, number=number, phone=number, name={"en": number}, calendar=calendar, **columns
    )


def hours(city: Jurisdiction, minutes: int = 0) -> list[int]:
    times = call_times(city, MORNING + dt.timedelta(minutes=minutes))
    assert all(time.ends - time.begins == dt.timedelta(hours=1) for time in times)
    begins = [time.begins.astimezone(city.zone) for time in times]
    return [time.hour for time in begins if time.date() == MORNING.date()]


def test_whole_hours_of_this_citys_lines_that_are_switched_on(cast: Rivermark) -> None:
    line(factories.lakeside().city, "411", "20:00")
    line(cast.city, "511", "20:00", is_active=False)
    assert hours(cast.city) == []
    line(cast.city, "911")
    # Of 12:59, no whole hour is left from noon on. A line with hours comes before one that is always answered.
    line(cast.city, "311", "12:59")
    assert hours(cast.city) == [10, 11]
    # Half an hour ahead, and then the next hour.
    assert hours(cast.city, minutes=1) == [11]
