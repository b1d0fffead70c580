"""Due times, counted in the city's working hours."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.clock import app_now
from requests_app.models import Target
from requests_app.rules.promises import service_levels
from requests_app.rules.promises.service_levels import DayOff, WorkingHours, due_at, target_for
from tests import factories

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


def test_the_citys_own_day_off_is_no_business_day() -> None:
    founders = dataclasses.replace(OFFICE, extra={dt.date(2026, 6, 2): DayOff()})
    assert due_at(at("2026-06-01T10:00"), 1, "business_days", founders) == at("2026-06-03T10:00")
    assert due_at(at("2026-06-01T16:00"), 2, "hours", founders) == at("2026-06-03T09:00")


@pytest.mark.shows("13.4")
def test_a_day_off_every_year_needs_no_year() -> None:
    founders = dataclasses.replace(OFFICE, yearly={(6, 2): DayOff()})
    for year in (2026, 2027):
        assert due_at(at(f"{year}-06-01T10:00"), 1, "business_days", founders) == at(f"{year}-06-03T10:00")


@pytest.mark.shows("13.4")
def test_a_half_day_has_its_own_hours_and_goes_before_the_countrys_holiday() -> None:
    half = DayOff(hours=[["08:00", "12:00"]])
    office = dataclasses.replace(OFFICE, extra={dt.date(2026, 7, 3): half}, yearly={(12, 24): half, (7, 3): DayOff()})
    assert due_at(at("2026-12-24T11:00"), 2, "hours", office) == at("2026-12-28T09:00")
    assert due_at(at("2026-07-02T16:00"), 2, "hours", office) == at("2026-07-03T09:00")
    # December 24, 2027, is the day on which Christmas is observed; December 24, 2028, is a Sunday.
    assert due_at(at("2027-12-23T16:00"), 2, "hours", office) == at("2027-12-24T09:00")
    assert not office.spans(dt.date(2028, 12, 24))


def test_business_days_skip_the_weekend() -> None:
    assert due_at(at("2026-06-05T10:30"), 1, "business_days", OFFICE) == at("2026-06-08T10:30")


def test_the_office_opens_by_the_clock_on_the_wall_all_year() -> None:
    for day in ("2026-01-12", "2026-07-13"):
        assert due_at(at(f"{day}T06:00"), 1, "hours", OFFICE) == at(f"{day}T09:00")
        assert OFFICE.between(at(f"{day}T06:00"), at(f"{day}T23:00")) == 9 * 3600


# --- Which promise? ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("priority", "in_the_ward", "hours"), [(3, False, 10), (1, False, 20), (3, True, 30), (1, True, 30)]
)
def test_the_most_particular_promise_counts(priority: int, in_the_ward: bool, hours: int) -> None:
    city = factories.jurisdiction()
    ward = factories.area(city)
    service = factories.service(city, acknowledge_hours=None, resolve_hours=None).service
    for value, particular in ((10, {}), (20, {"priority": 1}), (30, {"area": ward})):
        Target.objects.create(service=service, kind="resolve", value=value, unit="hours", **particular)
    areas = [ward] if in_the_ward else []
    found = target_for(service, "resolve", priority=priority, areas=areas, at=app_now() + dt.timedelta(minutes=1))
    assert found is not None
    assert found.value == hours


@pytest.mark.django_db
def test_a_promise_counts_from_the_day_on_which_it_is_made() -> None:
    city, now = factories.jurisdiction(), app_now()
    service = factories.service(city, acknowledge_hours=None, resolve_hours=None).service
    for value, days in ((48, -30), (24, -1), (1, 1)):
        at_ = now + dt.timedelta(days=days)
        Target.objects.create(service=service, kind="resolve", value=value, unit="hours", valid_from=at_)
    for days, hours in ((-31, None), (-2, 48), (0, 24), (2, 1)):
        found = target_for(service, "resolve", priority=3, areas=[], at=now + dt.timedelta(days=days))
        assert (found.value if found else None) == hours


def test_calendar_days_pass_on_weekends_too() -> None:
    assert due_at(at("2026-06-05T16:00"), 3, "days", OFFICE) == at("2026-06-08T16:00")


def test_around_the_clock_hours_are_hours() -> None:
    assert due_at(at("2026-06-06T23:00"), 4, "hours", ALWAYS) == at("2026-06-07T03:00")


def test_working_time_is_real_time_when_the_clocks_change() -> None:
    nights = WorkingHours(zone=ZONE, always=False, hours={"sun": [["00:00", "06:00"]]})
    # On November 1, 2026, the hour from 1 to 2 occurs twice, so that night has 7 hours.
    assert nights.between(at("2026-11-01T00:00"), at("2026-11-01T06:00")) == 7 * 3600


def test_the_moment_of_closing_is_the_last_of_its_day() -> None:
    closing, opening = at("2026-06-01T17:00"), at("2026-06-02T08:00")
    assert due_at(at("2026-06-01T08:00"), 9, "hours", OFFICE) == closing
    assert OFFICE.between(at("2026-06-01T08:00"), closing) == 9 * 3600
    # What comes in then counts from the next opening.
    assert due_at(closing, 1, "business_days", OFFICE) == at("2026-06-03T08:00")
    assert OFFICE.add(closing, 0) == opening
    assert OFFICE.between(closing, closing) == OFFICE.between(closing, opening) == 0
    assert OFFICE.between(opening, closing) == 0


def test_hours_to_midnight_end_with_the_day() -> None:
    evenings = WorkingHours(zone=ZONE, always=False, hours={"mon": [["20:00", "24:00"]]})
    assert due_at(at("2026-06-01T23:00"), 2, "hours", evenings) == at("2026-06-08T21:00")
    assert not evenings.is_open(at("2026-06-02T00:00"))


def test_a_target_counts_from_its_moment_on_and_an_equal_one_is_no_more_specific() -> None:
    now = at("2026-06-01T08:00")
    old, new = (
        Target(pk=number, kind="resolve", value=number, valid_from=valid_from, service_id=1)
        for number, valid_from in ((1, now - dt.timedelta(days=1)), (2, now))
    )
    before = now - dt.timedelta(microseconds=1)
    for moment, target in ((now, new), (before, old)):
        assert service_levels.newest([old, new], "resolve", at=moment) == target
        assert service_levels.choose([old, new], priority=3, area_ids=set(), at=moment) == target
    assert not service_levels.is_more_specific(new, old)
    assert service_levels.is_more_specific(Target(priority=1, valid_from=before), new)
    # The service's own target for danger counts from its moment, too.
    urgent = Target(kind="resolve", priority=1, valid_from=now)
    urgency = service_levels.Urgency(priority=1, reason="", service_priority=3, targets=[urgent])
    assert not urgency.needs_city("resolve", now)
    assert urgency.needs_city("resolve", before)


@pytest.mark.django_db
def test_a_target_as_soon_as_the_citys_own_for_danger_stays() -> None:
    city = factories.jurisdiction(urgent_resolve_minutes=120)
    version = factories.service(city, resolve_hours=None)
    urgency = service_levels.Urgency(priority=1, reason="", service_priority=3)
    for minutes, is_own in ((120, True), (121, False)):
        target = Target(kind="resolve", value=minutes, unit="minutes", valid_from=app_now())
        promised = service_levels.promise(
            city, "resolve", target, None, urgency, department=version.department, at=app_now()
        )
        assert promised is not None
        assert (promised[0] is target) is is_own


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
