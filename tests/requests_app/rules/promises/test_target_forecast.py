"""What a target or a calendar would have meant: of which reports it speaks, and each bound to the moment."""

import datetime as dt
from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.models import Clock, Service, ServiceRequest, Target
from requests_app.rules.promises import service_levels, target_forecast
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 31, 9, tzinfo=dt.UTC)
MOMENT, HOUR, DAY = dt.timedelta(microseconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def trees(town: Rivermark) -> list[ServiceRequest]:
    """Reports of trees in Parks, of this moment, with 72 hours to be done."""
    first = factories.routed(town.tree)
    set_time(NOW)
    made = [first, *factories.copies(first, 7)]
    for one in made:
        change(one, ago=dt.timedelta(0))
    return made


def change(
    made: ServiceRequest, *, ago: dt.timedelta, took: dt.timedelta | None = None, clock: dict[str, Any] | None = None,
    **columns: Any,
) -> None:  # fmt: skip
    """ago: when it came in. took: until it was done."""
    start = app_now() - ago
    ended = {"status": "resolved", "disposition": "fixed", "resolved_at": start + took} if took is not None else {}
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=start, **ended, **columns)
    met_at = {"met_at": start + took} if took is not None else {}
    times = {"started_at": start, "due_at": start + 72 * HOUR, **met_at, **(clock or {})}
    Clock.objects.filter(service_request=made, kind="resolve").update(**times)


def remove_others(made: list[ServiceRequest], count: int) -> list[ServiceRequest]:
    ServiceRequest.objects.filter(pk__in=[one.pk for one in made[count:]]).update(is_test=True, public_state="test")
    return made[:count]


def of_target(town: Rivermark, **columns: Any) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    defaults = {"kind": "resolve", "value": 24, "unit": "hours", "valid_from": NOW}
    return counts(target_forecast.of_target(Target(service=town.tree.service, **{**defaults, **columns})))


def counts(forecast: target_forecast.Forecast) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return tuple((one.count, one.hit, one.hit_now) for one in (forecast.open, forecast.ended))  # type: ignore[return-value]


def test_what_is_due_in_this_moment_is_not_late(town: Rivermark, trees: list[ServiceRequest]) -> None:
    for made, ago in zip(
        remove_others(trees, 4), (24 * HOUR, 24 * HOUR + MOMENT, 72 * HOUR, 72 * HOUR + MOMENT), strict=True
    ):
        change(made, ago=ago)
    assert of_target(town) == ((4, 3, 1), (0, 0, 0))


def test_what_was_done_at_its_due_time_was_on_time(town: Rivermark, trees: list[ServiceRequest]) -> None:
    for made, took in zip(
        remove_others(trees, 4), (24 * HOUR, 24 * HOUR + MOMENT, 72 * HOUR, 72 * HOUR + MOMENT), strict=True
    ):
        change(made, ago=80 * DAY, took=took)
    assert of_target(town) == ((0, 0, 0), (4, 1, 3))


def test_the_last_ninety_days_count(town: Rivermark, trees: list[ServiceRequest]) -> None:
    for made, ago in zip(remove_others(trees, 2), (90 * DAY, 90 * DAY + MOMENT), strict=True):
        change(made, ago=ago, took=dt.timedelta(0))
    assert of_target(town)[1] == (1, 1, 1)


def test_a_priority_of_its_own_and_what_the_city_or_an_answer_set(town: Rivermark, trees: list[ServiceRequest]) -> None:
    plain, urgent, by_city, answered, no_clock, unsorted, moved, other = trees
    ServiceRequest.objects.filter(pk__in=[urgent.pk, by_city.pk]).update(priority=1)
    words = service_levels.urgent_words(town.city, "resolve")
    change(by_city, ago=dt.timedelta(0), clock={"target": None, "target_words": words})
    change(answered, ago=dt.timedelta(0), clock={"target": None})
    no_clock.clocks.all().delete()
    change(unsorted, ago=dt.timedelta(0), department=None)
    # Nobody works in Streets, so that what it has is due at once; and the report is no real one.
    never = factories.calendar(town.city, "never", always=False, hours={})
    town.streets.calendar = never
    town.streets.save(update_fields=["calendar"])
    change(moved, ago=HOUR, department=town.streets)
    change(other, ago=5 * DAY, is_test=True, public_state="test")
    assert of_target(town)[0] == (5, 1, 0), "all but the city's own, the answer's and the test"
    assert of_target(town, priority=1)[0] == (2, 0, 0), "the urgent one and the city's own"
    assert plain.priority not in (None, 1)


def test_of_a_calendar_what_is_counted_in_it_alone(
    town: Rivermark, trees: list[ServiceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    lakeside = factories.lakeside()
    theirs = factories.routed(lakeside.pothole)
    changed = factories.calendar(town.city, "parks")
    town.parks.calendar = changed
    town.parks.save(update_fields=["calendar"])
    plain, no_clock, no_target, in_days, moved, unsorted, test, own = trees
    no_clock.clocks.all().delete()
    change(no_target, ago=HOUR, clock={"target": None})
    change(in_days, ago=HOUR, clock={"target_words": {"value": 3, "unit": "days"}})
    change(moved, ago=HOUR, department=town.streets)
    change(unsorted, ago=HOUR, department=None)
    ServiceRequest.objects.filter(pk=test.pk).update(is_test=True, public_state="test")
    # A target that is counted in another calendar, whichever department has the request.
    other = factories.calendar(town.city, "other")
    theirs_too = Target.objects.create(
        service=town.tree.service, kind="resolve", value=5, unit="hours", calendar=other, priority=4
    )
    change(own, ago=HOUR, clock={"target": theirs_too})
    change(plain, ago=HOUR)
    hole = factories.routed(town.pothole, answers={"where": "lane"})
    changed.always, changed.hours = False, {}
    monkeypatch.setattr(target_forecast, "SAMPLE", 8)
    assert counts(target_forecast.of_calendar(changed))[0] == (2, 2, 0), "the plain one, and the one in no department"
    monkeypatch.setattr(target_forecast, "SAMPLE", 80)
    # A service of Streets whose own target is counted in it.
    Target.objects.filter(service=town.pothole.service, kind="resolve").update(calendar=changed)
    change(hole, ago=HOUR)
    assert counts(target_forecast.of_calendar(changed))[0] == (3, 3, 0)
    assert theirs.clocks.exists()
    Service.objects.filter(pk=town.tree.service_id).update(active=False)
    assert counts(target_forecast.of_calendar(changed))[0] == (1, 1, 0)


def test_a_sample_is_named_so_where_a_service_has_as_many_as_are_read(
    town: Rivermark, trees: list[ServiceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed = Target(service=town.tree.service, kind="resolve", value=1, unit="hours", valid_from=NOW)
    for most, is_sample, count in ((9, False, 8), (8, True, 8), (7, True, 7)):
        monkeypatch.setattr(target_forecast, "SAMPLE", most)
        forecast = target_forecast.of_target(proposed)
        assert (forecast.is_sample, forecast.open.count) == (is_sample, count)
    assert len(trees) == 8


def test_a_ward_of_its_own_and_a_target_that_goes_before_it(town: Rivermark, trees: list[ServiceRequest]) -> None:
    here, there = (factories.area(town.city, code=code, polygon=factories.square(0, 0, 1, 1)) for code in "56")
    for ward, made in ((here, trees[:2]), (there, trees[2:5])):
        for one in made:
            one.areas.add(ward, through_defaults={"submitted_at": one.submitted_at, "public_state": one.public_state})
    assert of_target(town, area=here)[0][0] == 2
    assert of_target(town)[0][0] == 8
    Target.objects.create(service=town.tree.service, kind="resolve", value=9, unit="days", area=here)
    assert of_target(town)[0][0] == 6
    assert of_target(town, area=here)[0][0] == 2
