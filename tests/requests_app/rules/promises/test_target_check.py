"""Targets that don't fit: over twice the time in which 8 of 10 are finished, or under 0.7 of it."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import TypicalTime
from requests_app.rules.promises import target_check
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.8")]


@pytest.mark.parametrize(
    ("hours", "ratio"),
    [
        # The pothole's target is 72 hours, by day and night.
        (35, 2.06),
        (36, None),
        (72, None),
        (102, None),
        (104, 0.69),
        # Fewer than 8 of 10 are finished in any time that one can see.
        (None, 0.0),
    ],
)
def test_a_target_is_listed_if_it_is_over_twice_or_under_seven_tenths(
    town: Rivermark, hours: int | None, ratio: float | None
) -> None:
    now = app_now()
    columns = {
        "jurisdiction": town.city, "service": town.pothole.service, "computed_at": now, "count": 40, "days": 90, "factor": 1.0
    }  # fmt: skip
    today = now.astimezone(town.city.zone).date()
    took = dt.timedelta(hours=hours) if hours else None
    TypicalTime.objects.create(**columns, day=today, half=None, most=took)
    # What was usual the day before, and in a part of the city, doesn't count.
    TypicalTime.objects.create(**columns, day=today - dt.timedelta(days=1), half=None, most=dt.timedelta(hours=1))
    found = target_check.misfits(town.city, [town.pothole.service_id, town.tree.service_id])
    assert [round(one.ratio, 2) for one in found] == ([] if ratio is None else [ratio])
    assert [one.is_too_long for one in found] == ([] if ratio is None else [ratio > 1])


def test_only_this_citys_services_by_times_of_the_last_week(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    today = app_now().astimezone(town.city.zone).date()

    def took(service: object, city: object, day: dt.date) -> None:
        TypicalTime.objects.all().delete()
        columns = {"jurisdiction": city, "service": service, "count": 40, "days": 90, "factor": 1.0}
        TypicalTime.objects.create(**columns, computed_at=app_now(), day=day, most=dt.timedelta(hours=1))

    ids = [town.pothole.service_id, lakeside.pothole.service_id]
    for service, city, ago, count in (
        (town.pothole.service, town.city, target_check.STALE_DAYS, 1),
        (town.pothole.service, town.city, target_check.STALE_DAYS + 1, 0),
        (lakeside.pothole.service, lakeside.city, 0, 0),
    ):
        took(service, city, today - dt.timedelta(days=ago))
        assert len(target_check.misfits(town.city, ids)) == count


def test_exactly_twice_as_long_is_not_too_long(town: Rivermark) -> None:
    hour = dt.timedelta(hours=1)
    misfits = [target_check.Misfit(town.pothole.service, target, hour, 40) for target in (2 * hour, 2.1 * hour)]
    assert [one.is_too_long for one in misfits] == [False, True]
