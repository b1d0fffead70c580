"""Each day's load: what came in, what ended and what was open, by department, service and day of the city."""

import datetime as dt

import pytest

from requests_app.actions.figures import daily_load
from requests_app.clock import app_now
from requests_app.models import DailyLoad, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.8")]


def days_ago(cast: Rivermark, days: int, hour: int = 12) -> dt.datetime:
    day = app_now().astimezone(cast.city.zone).date() - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), cast.city.zone)


def made(cast: Rivermark, submitted: int, ended: int | None = None, **columns: object) -> ServiceRequest:
    """A report of a tree, so many days ago."""
    report = factories.report(cast.tree)
    values = {"submitted_at": days_ago(cast, submitted), "department": cast.parks, **columns}
    if ended is not None:
        values |= {"status": "closed", "disposition": "fixed", "resolved_at": days_ago(cast, ended)}
    ServiceRequest.objects.filter(pk=report.pk).update(**values)
    return report


def on(cast: Rivermark, days: int, **columns: object) -> tuple[int, ...]:
    """(submitted, ended, open by age) of a day, summed."""
    day = days_ago(cast, days).date()
    rows = DailyLoad.objects.filter(jurisdiction=cast.city, day=day, **columns)
    names = ("submitted", "ended", *daily_load.OPEN_COLUMNS)
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def test_a_request_counts_on_its_days_and_stands_open_in_between(cast: Rivermark) -> None:
    made(cast, 40, ended=3)
    daily_load.record(cast.city)
    assert on(cast, 40) == (1, 0, 1, 0, 0, 0)
    assert on(cast, 20) == (0, 0, 0, 1, 0, 0)
    assert on(cast, 5) == (0, 0, 0, 0, 1, 0)
    assert on(cast, 3) == (0, 1, 0, 0, 0, 0)
    assert on(cast, 2) == (0, 0, 0, 0, 0, 0)


def test_an_evening_counts_on_the_day_of_the_city(cast: Rivermark) -> None:
    made(cast, 2, submitted_at=days_ago(cast, 2, hour=23))
    daily_load.record(cast.city)
    assert on(cast, 2)[0] == 1


def test_the_last_days_are_corrected_and_a_second_run_changes_nothing(cast: Rivermark) -> None:
    report = made(cast, 5, ended=2)
    daily_load.record(cast.city)
    assert on(cast, 2, department=cast.parks)[1] == 1
    # Reopened and transferred.
    ServiceRequest.objects.filter(pk=report.pk).update(
        status="routed", disposition="", resolved_at=None, department=cast.streets
    )
    for _run in range(2):
        daily_load.record(cast.city)
        assert on(cast, 2, department=cast.parks) == (0, 0, 0, 0, 0, 0)
        assert on(cast, 2, department=cast.streets) == (0, 0, 1, 0, 0, 0)


def test_tests_and_unconfirmed_reports_never_count_and_confidential_ones_count_apart(cast: Rivermark) -> None:
    made(cast, 3, public_state="test", is_test=True)
    made(cast, 3, public_state="unconfirmed")
    made(cast, 3, public_state="private")
    made(cast, 3)
    daily_load.record(cast.city)
    assert on(cast, 3, is_confidential=True)[0] == on(cast, 3, is_confidential=False)[0] == 1


def test_the_days_before_today_are_there_and_today_is_not(cast: Rivermark) -> None:
    made(cast, 0, submitted_at=app_now() - dt.timedelta(seconds=1))
    daily_load.record(cast.city)
    assert not DailyLoad.objects.filter(day__gte=days_ago(cast, 0).date()).exists()


def test_a_day_stays_so_long_and_those_of_other_cities_are_left_alone(cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    ages = (daily_load.KEPT_DAYS, daily_load.KEPT_DAYS + 1)
    for city, service in ((cast.city, cast.tree.service), (lakeside.city, lakeside.pothole.service)):
        for age in ages:
            DailyLoad.objects.create(jurisdiction=city, service=service, day=days_ago(cast, age).date(), submitted=1)
    daily_load.record(cast.city)
    left = [(city, age) for city in (cast.city, lakeside.city) for age in ages]
    kept = [DailyLoad.objects.filter(jurisdiction=city, day=days_ago(cast, age).date()).exists() for city, age in left]
    assert kept == [True, False, True, True]
