"""How many takers each half hour needs: the forecast's days, gaps, clock changes, and the city's target."""

import datetime as dt
from collections.abc import Callable

import pytest

from requests_app.models import CallCount, DeskLine, Jurisdiction
from requests_app.rules.figures import call_demand, erlang_c
from requests_app.rules.figures.call_demand import Demand
from tests import factories
from tests.shifted_clock import set_local_time

pytestmark = pytest.mark.django_db
# A Monday, three weeks after the clocks were set back, and the first of eight weeks of counts.
TODAY = dt.date(2026, 11, 23)
WEEKS = 8
DAY = dt.timedelta(days=1)
# By half hour: 20 is 10 a.m.
CALLS = {16: 10, 20: 40, 21: 20}
Calls = Callable[[dt.date], dict[int, int]]


def weekdays(day: dt.date) -> dict[int, int]:
    return CALLS if day.weekday() < 5 else {}


def counted(
    city: Jurisdiction, calls: Calls = weekdays, *, weeks: int = WEEKS, number: str = "311", handle_s: int = 180
) -> None:
    line = DeskLine.objects.create(jurisdiction=city, number=number, phone=number, name={"en": number})
    rows = []
    for back in range(1, weeks * 7 + 1):
        day = TODAY - back * DAY
        midnight = dt.datetime.combine(day, dt.time(), city.zone)
        for half, offered in calls(day).items():
            at = midnight.replace(hour=half // 2, minute=half % 2 * 30)
            rows.append(
                CallCount(
                    jurisdiction=city, line=line, starts_at=at, offered=offered, answered=offered - 1, abandoned=1,
                    answered_in_time=offered - 1, handle_s=handle_s * (offered - 1),
                )
            )  # fmt: skip
    CallCount.objects.bulk_create(rows)


@pytest.fixture
def city() -> Jurisdiction:
    city = factories.jurisdiction()
    set_local_time(city.zone, TODAY, 9)
    return city


def demand_of(city: Jurisdiction) -> Demand:
    demand = call_demand.demand(city)
    assert demand is not None
    return demand


def calls_of(demand: Demand, day: int = 0) -> dict[int, float]:
    return {one.number: round(one.calls, 6) for one in demand.days[day].half_hours if one.calls}


def test_an_even_history_is_the_next_week_and_its_takers_are_erlangs(city: Jurisdiction) -> None:
    counted(city)
    counted(factories.lakeside().city, lambda _day: {20: 500}, number="411", handle_s=999)
    demand = demand_of(city)
    assert [one.day for one in demand.days] == [TODAY + number * DAY for number in range(7)]
    for number in range(5):
        assert calls_of(demand, number) == {16: 10, 20: 40, 21: 20}
    assert calls_of(demand, 5) == calls_of(demand, 6) == {}
    assert (demand.weeks, demand.filled, demand.calls) == (WEEKS, 0, WEEKS * 5 * 70)
    assert (demand.target.percent, demand.target.seconds, demand.target.handle_s) == (90, 20, 180)
    most = demand.days[0].most
    assert most is not None
    assert (most.begins, most.takers) == (dt.time(10), erlang_c.takers_for(4.0, share=0.9, seconds=20, handle_s=180))
    assert most.answered >= 0.9 > erlang_c.answered_in((most.takers or 0) - 1, 4.0, 20, 180)
    assert demand.days[6].most is None


def test_lines_add_up_and_the_citys_own_target_and_handle_time_count(city: Jurisdiction) -> None:
    counted(city)
    counted(city, number="312", handle_s=60)
    assert calls_of(demand_of(city)) == {16: 20, 20: 80, 21: 40}
    assert demand_of(city).target.handle_s == 120
    few = demand_of(city).days[0].half_hours[20].takers
    Jurisdiction.objects.filter(pk=city.pk).update(takers_percent=99, takers_answer_s=5, takers_handle_s=600)
    city.refresh_from_db()
    demand = demand_of(city)
    assert (demand.is_handle_set, demand.target.handle_s) == (True, 600)
    assert demand.days[0].half_hours[20].takers == erlang_c.takers_for(80 / 3, share=0.99, seconds=5, handle_s=600)
    assert (demand.days[0].half_hours[20].takers or 0) > (few or 0)


def test_too_few_weeks_or_no_handle_time_give_no_number(city: Jurisdiction) -> None:
    assert call_demand.demand(city) is None
    counted(city, weeks=4)
    assert call_demand.demand(city) is None
    CallCount.objects.all().delete()
    counted(city, weeks=5, number="312", handle_s=0)
    assert call_demand.demand(city) is None
    city.takers_handle_s = 200
    assert demand_of(city).weeks == 5


def test_a_day_without_counts_or_with_half_of_them_is_a_usual_one(city: Jurisdiction) -> None:
    """A Tuesday is missing, and of a Wednesday only the first half hour is there."""
    tuesday, wednesday = TODAY - 6 * DAY, TODAY - 12 * DAY
    assert (tuesday.weekday(), wednesday.weekday()) == (1, 2)

    def calls(day: dt.date) -> dict[int, int]:
        return {} if day == tuesday else {16: 10} if day == wednesday else weekdays(day)

    counted(city, calls)
    demand = demand_of(city)
    assert demand.filled == 2
    assert calls_of(demand, 1) == calls_of(demand, 2) == {16: 10, 20: 40, 21: 20}


def test_an_hour_that_comes_twice_is_averaged_and_one_that_is_skipped_is_none(city: Jurisdiction) -> None:
    """In 2026, clocks are set back on November 1, a Sunday: 1 a.m. comes twice."""
    counted(city, lambda day: {2: 6} if day.weekday() == 6 else weekdays(day))
    again = dt.datetime(2026, 11, 1, 1, 0, fold=1, tzinfo=city.zone)
    before = CallCount.objects.get(starts_at=again.replace(fold=0))
    assert again.astimezone(dt.UTC) - before.starts_at == dt.timedelta(hours=1)
    CallCount.objects.create(
        jurisdiction=city, line=before.line, starts_at=again, offered=6, answered=6, abandoned=0, handle_s=6 * 180
    )
    demand = demand_of(city)
    assert set(calls_of(demand, 6)) == {2}
    profile = call_demand._recent(city, TODAY).by_day[dt.date(2026, 11, 1)]
    assert profile == {2: 6}


def test_a_load_that_no_desk_can_answer_is_said_and_does_not_fail(city: Jurisdiction) -> None:
    counted(city, lambda _day: {20: 60_000})
    half = demand_of(city).days[0].half_hours[20]
    assert (half.takers, round(half.calls)) == (None, 60_000)
