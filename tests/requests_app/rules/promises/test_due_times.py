"""Due times against a slow reference that looks at each minute, over weekends, holidays and clock changes."""

import datetime as dt
import itertools
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.rules.promises import escalation, suspensions
from requests_app.rules.promises.service_levels import DayOff, WorkingHours, due_at

pytestmark = pytest.mark.shows("14.7")
MINUTE = dt.timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Clocks change on March 8 and November 1, 2026, at night; Thanksgiving is November 26, and the city closes at noon on the 25th.
ZONES = [ZoneInfo("America/New_York"), ZoneInfo("America/Phoenix"), ZoneInfo("Australia/Lord_Howe")]
SPANS = [
    [["08:00", "17:00"]],
    [["07:00", "11:30"], ["12:15", "16:00"]],
    [["00:00", "24:00"]],
    # Over the hour that is skipped or comes twice.
    [["00:30", "04:00"]],
    [],
]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingHours:
    hours = {day: draw(st.sampled_from(SPANS)) for day in DAYS}
    hours["mon"] = SPANS[0]
    return WorkingHours(
        zone=draw(st.sampled_from(ZONES)),
        always=draw(st.sampled_from([False, False, False, True])),
        hours=hours,
        country="US",
        extra={dt.date(2026, 11, 25): DayOff(hours=[["08:00", "12:00"]]), dt.date(2026, 3, 9): DayOff()},
        yearly={(11, 2): DayOff()},
    )


STARTS = st.one_of(
    st.integers(min_value=0, max_value=9 * 24 * 60).map(lambda n: dt.datetime(2026, 3, 4, tzinfo=dt.UTC) + n * MINUTE),
    st.integers(min_value=0, max_value=9 * 24 * 60).map(
        lambda n: dt.datetime(2026, 10, 28, tzinfo=dt.UTC) + n * MINUTE
    ),
    st.integers(min_value=0, max_value=9 * 24 * 60).map(
        lambda n: dt.datetime(2026, 11, 20, tzinfo=dt.UTC) + n * MINUTE
    ),
)


# --- The reference ----------------------------------------------------------------------------------------------------


# Federal holidays in these months, the city's own, and every November 2.
CLOSED = {
    dt.date.fromisoformat(day)
    for day in (
        "2026-03-09", "2026-05-25", "2026-10-12", "2026-11-02", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01",
        "2027-01-18", "2027-02-15",
    )
}  # fmt: skip
HALF_DAY = dt.date(2026, 11, 25)


def spans_of(hours: WorkingHours, day: dt.date) -> list[list[str]]:
    usual = hours.hours[DAYS[day.weekday()]]
    if day in CLOSED or not usual:
        return []
    return [["08:00", "12:00"]] if day == HALF_DAY else usual


def is_open(hours: WorkingHours, at: dt.datetime) -> bool:
    """Whether the minute that begins at `at` is worked, read off the clock on the wall."""
    if hours.always:
        return True
    wall = at.astimezone(hours.zone)
    text = wall.strftime("%H:%M")
    return any(opens <= text < closes for opens, closes in spans_of(hours, wall.date()))


def minutes(start: dt.datetime) -> Iterator[dt.datetime]:
    while True:
        yield start
        start += MINUTE


def slow_add(hours: WorkingHours, start: dt.datetime, worked: int) -> dt.datetime:
    for at in minutes(start):
        if is_open(hours, at):
            worked -= 1
            if worked == 0:
                return at + MINUTE
    raise AssertionError


def slow_between(hours: WorkingHours, start: dt.datetime, end: dt.datetime) -> int:
    count = 0
    for at in minutes(start):
        if at >= end:
            return count
        count += is_open(hours, at)
    raise AssertionError


def slow_business_days(hours: WorkingHours, start: dt.datetime, days: int) -> dt.datetime:
    """The same wall time that many working days later, within that day's hours."""
    first = next(at for at in minutes(start) if is_open(hours, at)).astimezone(hours.zone)
    day = first.date()
    while days:
        day += dt.timedelta(days=1)
        days -= bool(spans_of(hours, day))
    spans = spans_of(hours, day)
    wall = dt.datetime.combine(day, first.time(), hours.zone)
    opens = dt.datetime.combine(day, dt.time.fromisoformat(spans[0][0]), hours.zone)
    last = spans[-1][1]
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), hours.zone)
    closes = midnight if last == "24:00" else dt.datetime.combine(day, dt.time.fromisoformat(last), hours.zone)
    return min(max(wall.astimezone(dt.UTC), opens.astimezone(dt.UTC)), closes.astimezone(dt.UTC))


# --- The rules --------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(calendars(), STARTS, st.integers(min_value=1, max_value=1500))
def test_hours_and_minutes_are_those_on_the_wall(hours: WorkingHours, start: dt.datetime, worked: int) -> None:
    due = due_at(start, worked, "minutes", hours)
    assert due == slow_add(hours, start, worked)
    assert hours.between(start, due) == worked * 60
    assert slow_between(hours, start, due) == worked


@settings(max_examples=60, deadline=None)
@given(calendars(), STARTS, st.integers(min_value=1, max_value=6))
def test_business_days_skip_what_is_closed(hours: WorkingHours, start: dt.datetime, days: int) -> None:
    if hours.always:
        assert due_at(start, days, "business_days", hours) == start + dt.timedelta(days=days)
    else:
        assert due_at(start, days, "business_days", hours) == slow_business_days(hours, start, days)


@settings(max_examples=40, deadline=None)
@given(
    calendars(),
    STARTS,
    st.integers(min_value=5, max_value=300).map(lambda n: n * 10),
    st.sampled_from(escalation.STEPS),
)
def test_steps_are_taken_at_their_share_of_the_working_time(
    hours: WorkingHours, start: dt.datetime, target: int, step: escalation.Step
) -> None:
    due = slow_add(hours, start, target)
    at = escalation.step_at(step, started_at=start, runs_since=start, due_at=due, waited_s=0, hours=hours)
    assert at == slow_add(hours, start, round(target * step.share))


TIMES = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(TIMES, max_size=6))
def test_overlapping_suspensions_are_one(pairs: list[tuple[int, int]]) -> None:
    zero = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    spans = suspensions.merged((zero + a * MINUTE, zero + b * MINUTE) for a, b in pairs)
    covered = {n for a, b in pairs for n in range(a, b)}
    assert {n for n in range(100) if any(a <= zero + n * MINUTE < b for a, b in spans)} == covered
    assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))
