"""Due times, counted in the city's working hours."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.rules.service_levels import WorkingHours, due_at

ZONE = ZoneInfo("America/New_York")
OFFICE = WorkingHours(
    zone=ZONE,
    always=False,
    hours={day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    country="US",
)
ALWAYS = WorkingHours(zone=ZONE, always=True, hours={})


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_hours_stop_at_night_and_over_the_weekend() -> None:
    assert due_at(at("2026-06-05T16:00"), 2, "hours", OFFICE) == at("2026-06-08T09:00")


def test_business_days_keep_the_time_of_day() -> None:
    assert due_at(at("2026-06-01T10:30"), 3, "business_days", OFFICE) == at("2026-06-04T10:30")


def test_a_report_at_night_counts_from_the_next_opening() -> None:
    assert due_at(at("2026-06-01T22:00"), 1, "business_days", OFFICE) == at("2026-06-03T08:00")


@pytest.mark.shows("2.6")
def test_a_holiday_is_no_business_day() -> None:
    # Thursday, July 2. Independence Day is observed on Friday, July 3, 2026.
    assert due_at(at("2026-07-02T10:00"), 1, "business_days", OFFICE) == at("2026-07-06T10:00")


def test_calendar_days_pass_on_weekends_too() -> None:
    assert due_at(at("2026-06-05T16:00"), 3, "days", OFFICE) == at("2026-06-08T16:00")


def test_around_the_clock_hours_are_hours() -> None:
    assert due_at(at("2026-06-06T23:00"), 4, "hours", ALWAYS) == at("2026-06-07T03:00")


def test_working_time_is_real_time_when_the_clocks_change() -> None:
    nights = WorkingHours(zone=ZONE, always=False, hours={"sun": [["00:00", "06:00"]]})
    # On November 1, 2026, the hour from 1 to 2 occurs twice, so that night has 7 hours.
    assert nights.between(at("2026-11-01T00:00"), at("2026-11-01T06:00")) == 7 * 3600


def test_a_calendar_without_a_working_hour_ends_somewhere() -> None:
    never = WorkingHours(zone=ZONE, always=False, hours={})
    start = at("2026-06-01T10:00")
    assert due_at(start, 2, "hours", never) == start
    assert due_at(start, 2, "business_days", never) == start + dt.timedelta(days=2)


@given(
    st.datetimes(min_value=dt.datetime(2025, 1, 1), max_value=dt.datetime(2027, 12, 31)),
    st.integers(min_value=0, max_value=400 * 3600),
)
def test_what_is_added_is_what_lies_between(start: dt.datetime, seconds: int) -> None:
    begin = start.replace(tzinfo=dt.UTC)
    assert round(OFFICE.between(begin, OFFICE.add(begin, seconds))) == seconds
