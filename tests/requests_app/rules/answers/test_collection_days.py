"""Collection days: which days they are by the city's words, and what each holiday rule does to them."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from requests_app.rules.answers.collection_days import CollectionDays, collection_days
from requests_app.rules.promises.service_levels import DayOff, WorkingHours

pytestmark = pytest.mark.shows("4.33")

ZONE = ZoneInfo("America/New_York")
THANKSGIVING = dt.date(2026, 11, 26)


def closed(*days: dt.date) -> WorkingHours:
    off = {day: DayOff({"en": f"Holiday {day.day}"}) for day in days}
    return WorkingHours(zone=ZONE, always=True, hours={}, extra=off)


def days(words: str, *, hours: WorkingHours | None = None, own: str = "", **said: Any) -> CollectionDays:
    attributes = {"day": {"en": words, "es": "día"}, "own_weeks": own}
    found = collection_days({"key": "day", **said}, attributes, hours)
    assert found is not None
    return found


def dates(found: CollectionDays, first: dt.date, last: dt.date) -> list[str]:
    return [f"{one.on:%m-%d}" if one.on else f"no {one.usual_on:%m-%d}" for one in found.between(first, last)]


NOVEMBER = dt.date(2026, 11, 1), dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("words", "said", "expected"),
    [
        ("Tuesday", {}, ["11-03", "11-10", "11-17", "11-24"]),
        ("tuesdays", {}, ["11-03", "11-10", "11-17", "11-24"]),
        ("first and third Monday of the month", {}, ["11-02", "11-16"]),
        ("1st, 3rd and 5th Monday", {}, ["11-02", "11-16", "11-30"]),
        ("Last Friday of each month", {}, ["11-27"]),
        # ISO weeks 45 to 49.
        ("Tuesday", {"weeks": "even"}, ["11-10", "11-24"]),
        ("Tuesday", {"weeks": "odd"}, ["11-03", "11-17"]),
        ("Tuesday", {"weeks": "2026-01-09"}, ["11-10", "11-24"]),
        ("Tuesday", {"weeks": "2026-01-05"}, ["11-10", "11-24"]),
        ("Tuesday", {"weeks": "2027-01-05"}, ["11-10", "11-24"]),
        ("Tuesday", {"months": "4-10"}, []),
        ("Tuesday", {"months": "11-3"}, ["11-03", "11-10", "11-17", "11-24"]),
    ],
)
def test_the_days_are_what_the_citys_words_say(words: str, said: dict[str, str], expected: list[str]) -> None:
    assert dates(days(words, **said), *NOVEMBER) == expected


def test_an_area_may_have_weeks_of_its_own() -> None:
    said = {"weeks": "even", "weeks_key": "own_weeks"}
    assert dates(days("Tuesday", own="odd", **said), *NOVEMBER) == ["11-03", "11-17"]
    assert dates(days("Tuesday", own="2026-11-02", **said), *NOVEMBER) == ["11-03", "11-17"]
    # What can't be read leaves the city's.
    assert dates(days("Tuesday", own="whenever", **said), *NOVEMBER) == ["11-10", "11-24"]


def test_two_odd_weeks_meet_at_the_end_of_a_year_with_53_and_a_date_has_none_of_that() -> None:
    new_year = dt.date(2026, 12, 21), dt.date(2027, 1, 17)
    assert dates(days("Friday", weeks="odd"), *new_year) == ["01-01", "01-08"]
    assert dates(days("Friday", weeks="2026-12-25"), *new_year) == ["12-25", "01-08"]


@pytest.mark.parametrize("words", ["", "twice a week", "Monday and Thursday", "Caturday", "first and third"])
def test_other_words_are_no_days(words: str) -> None:
    assert collection_days({"key": "day"}, {"day": words}, None) is None


@pytest.mark.parametrize(
    ("rule", "weekday", "expected"),
    [
        ("next_day", "Wednesday", "11-25"),
        ("next_day", "Thursday", "11-27"),
        ("next_day", "Friday", "11-28"),
        ("next_day", "Monday", "11-23"),
        ("only_that_day", "Thursday", "11-27"),
        ("only_that_day", "Friday", "11-27"),
        ("canceled", "Thursday", "no 11-26"),
        ("canceled", "Friday", "11-27"),
        ("none", "Thursday", "11-26"),
    ],
)
def test_a_holiday_does_what_the_rule_says(rule: str, weekday: str, expected: str) -> None:
    found = days(weekday, hours=closed(THANKSGIVING), holiday_rule=rule)
    assert dates(found, dt.date(2026, 11, 23), dt.date(2026, 11, 29)) == [expected]


def test_a_pickup_is_never_moved_to_a_holiday() -> None:
    found = days("Thursday", hours=closed(THANKSGIVING, dt.date(2026, 11, 27)), holiday_rule="next_day")
    (moved,) = found.between(dt.date(2026, 11, 23), dt.date(2026, 11, 29))
    assert (moved.on, moved.usual_on, moved.holiday) == (dt.date(2026, 11, 28), THANKSGIVING, {"en": "Holiday 26"})
    # A holiday at the weekend changes nothing before it.
    sunday = closed(dt.date(2026, 11, 29))
    assert dates(days("Friday", hours=sunday, holiday_rule="next_day"), *NOVEMBER)[-1] == "11-27"


def test_a_half_day_is_no_holiday() -> None:
    half = WorkingHours(
        zone=ZONE, always=True, hours={}, extra={THANKSGIVING: DayOff({"en": "Half"}, [["08:00", "12:00"]])}
    )
    assert dates(days("Thursday", hours=half, holiday_rule="next_day"), *NOVEMBER)[-1] == "11-26"


def test_what_comes_next_is_the_moved_one_until_its_day_is_over() -> None:
    found = days("Thursday", hours=closed(THANKSGIVING), holiday_rule="next_day")
    for today in (dt.date(2026, 11, 20), THANKSGIVING, dt.date(2026, 11, 27)):
        assert [one.on for one in found.coming(today)] == [dt.date(2026, 11, 27)]
    assert [one.on for one in found.coming(dt.date(2026, 11, 28))] == [dt.date(2026, 12, 3)]


def test_what_is_canceled_is_told_before_the_next_one() -> None:
    found = days("Thursday", hours=closed(THANKSGIVING), holiday_rule="canceled")
    assert [one.on for one in found.coming(dt.date(2026, 11, 20))] == [None, dt.date(2026, 12, 3)]
    # Over the winter, the next one is far away.
    season = days("Thursday", months="4-11")
    assert [one.on for one in season.coming(dt.date(2026, 11, 27))] == [dt.date(2027, 4, 1)]
    assert days("first Thursday", weeks="", hours=closed(), holiday_rule="none", months="2-2").coming(THANKSGIVING)


def test_the_evening_before_announces_what_comes_and_what_does_not() -> None:
    moved = days("Thursday", hours=closed(THANKSGIVING), holiday_rule="next_day")
    said = {day: [one.on for one in moved.announced(dt.date(2026, 11, day))] for day in (19, 25, 26, 27, 28)}
    friday = dt.date(2026, 11, 27)
    assert said == {19: [dt.date(2026, 11, 19)], 25: [], 26: [friday], 27: [friday], 28: []}
    canceled = days("Thursday", hours=closed(THANKSGIVING), holiday_rule="canceled")
    assert [one.on for one in canceled.announced(THANKSGIVING)] == [None]


@pytest.mark.parametrize(
    ("months", "seen"),
    [
        ("11-11", ["11-03", "11-24"]),
        ("10-11", ["10-06", "11-24"]),
        ("11-12", ["11-03", "12-29"]),
        ("12-10", ["10-06", "12-29"]),
    ],
)
def test_both_months_belong_to_the_season(months: str, seen: list[str]) -> None:
    found = dates(days("Tuesday", months=months), dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert [found[0], found[-1]] == seen


def test_the_first_and_the_last_day_count() -> None:
    tuesday = dt.date(2026, 11, 3)
    assert dates(days("Tuesday"), tuesday, tuesday) == ["11-03"]


def test_a_pickup_is_moved_by_two_weeks_at_most() -> None:
    """After so many holidays in a row, nobody would know anymore which pickup it was."""
    long_closed = closed(*(THANKSGIVING + dt.timedelta(days=number) for number in range(30)))
    found = days("Thursday", hours=long_closed, holiday_rule="only_that_day")
    (first, *_others) = found.between(THANKSGIVING, THANKSGIVING + dt.timedelta(days=14))
    assert (first.usual_on, first.on) == (THANKSGIVING, THANKSGIVING + dt.timedelta(days=14))


def test_what_comes_is_looked_for_in_five_weeks_and_then_in_more_than_a_year() -> None:
    today = dt.date(2026, 11, 3)
    for months, coming in (("1-1", [dt.date(2027, 1, 5)]), ("2-2", [dt.date(2027, 2, 2)])):
        assert [one.on for one in days("Tuesday", months=months).coming(today)] == coming
    assert [one.on for one in days("Tuesday").coming(today)] == [today]
