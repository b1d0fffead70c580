"""Which suspensions stop a request's clocks: in this city, for its service and place, begun, and not over for too long."""

import datetime as dt

import pytest

from requests_app.models import Area, Clock, ClockSuspension, Service, ServiceRequest, Status
from requests_app.rules.promises import suspensions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
SECOND, HOUR, WEEK = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=7)


def span(first: int, last: int) -> tuple[dt.datetime, dt.datetime]:
    return NOW + first * HOUR, NOW + last * HOUR


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([span(3, 4), span(1, 2)], [span(1, 2), span(3, 4)]),
        # They touch.
        ([span(1, 2), span(2, 3)], [span(1, 3)]),
        ([span(1, 5), span(2, 3)], [span(1, 5)]),
        ([span(1, 3), span(2, 5), span(6, 7)], [span(1, 5), span(6, 7)]),
        ([], []),
    ],
)
def test_spans_that_overlap_or_touch_are_one(spans: list[suspensions.Span], expected: list[suspensions.Span]) -> None:
    assert suspensions.merged(spans) == expected


def add(
    town: Rivermark,
    start: dt.datetime = NOW - HOUR,
    end: dt.datetime = NOW + HOUR,
    *,
    services: tuple[Service, ...] = (),
    areas: tuple[Area, ...] = (),
) -> ClockSuspension:
    made = ClockSuspension.objects.create(
        jurisdiction=town.city, reason={"en": "Snow"}, starts_at=start, ends_at=end, created_by=town.ada
    )
    made.services.set(services)
    made.areas.set(areas)
    return made


def of(made: ServiceRequest) -> list[ClockSuspension]:
    return suspensions.of_request(made, now=NOW)


def test_it_has_begun_and_ended_less_than_a_week_ago(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    late = add(town, NOW - 2 * WEEK, NOW - WEEK + SECOND)
    begun = add(town, NOW)
    add(town, NOW - 2 * WEEK, NOW - WEEK)
    add(town, NOW + SECOND)
    assert of(made) == [late, begun]


def test_of_this_city_for_this_service_and_this_place(town: Rivermark) -> None:
    near = factories.area(town.city, code="5", polygon=factories.square(-69.01, 40.49, -68.99, 40.51))
    far = factories.area(town.city, code="6", polygon=factories.square(-69.05, 40.45, -69.04, 40.46))
    lakeside = factories.lakeside()
    made = factories.routed(town.pothole, answers={"where": "lane"})
    theirs = factories.routed(lakeside.pothole)
    own, other = town.pothole.service, town.tree.service
    fitting = [
        add(town),
        add(town, services=(own,)),
        add(town, services=(other, own)),
        add(town, areas=(far, near)),
        add(town, services=(own,), areas=(near,)),
    ]
    add(town, services=(other,))
    add(town, areas=(far,))
    add(town, services=(own,), areas=(far,))
    assert of(made) == fitting
    assert of(theirs) == []
    assert suspensions.of_request(made, now=NOW, areas=[far.pk])[-1].areas.count() == 1


def test_one_that_a_running_clock_names_counts_however_old_it_is(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    old = add(town, NOW - 4 * WEEK, NOW - 3 * WEEK)
    clock = made.clocks.get(kind="resolve")
    Clock.objects.filter(pk=clock.pk).update(suspension=old)
    assert (of(made), of(other)) == ([old], [])
    Clock.objects.filter(pk=clock.pk).update(met_at=NOW)
    assert of(made) == []


def test_the_clocks_to_stop_are_the_running_ones_of_open_requests_of_this_city(town: Rivermark) -> None:
    near = factories.area(town.city, code="5", polygon=factories.square(-69.01, 40.49, -68.99, 40.51))
    lakeside = factories.lakeside()
    factories.routed(lakeside.pothole)
    made, ended = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    tree = factories.routed(town.tree, point=factories.at(-69.04, 40.46))
    factories.mark_ended(ended)
    made.clocks.filter(kind="acknowledge").update(met_at=NOW)

    def stopped(suspension: ClockSuspension) -> set[tuple[int, str]]:
        return set(suspensions.running_clocks(suspension).values_list("service_request", "kind"))

    hers, trees = {(made.pk, "resolve")}, {(tree.pk, "resolve"), (tree.pk, "acknowledge")}
    assert stopped(add(town)) == hers | trees
    assert stopped(add(town, services=(town.pothole.service,))) == hers
    assert stopped(add(town, areas=(near,))) == hers
    assert stopped(add(town, services=(town.tree.service,), areas=(near,))) == set()


def test_what_pauses_a_target_is_read_only_of_open_requests_without_a_due_time(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    snow = add(town)
    made.clocks.filter(kind="acknowledge").update(suspension=snow)
    due_at, made.due_at = made.due_at, None
    assert suspensions.pausing(made) is None
    made.clocks.filter(kind="resolve").update(suspension=snow)
    assert suspensions.pausing(made) == snow
    made.due_at = due_at
    assert suspensions.pausing(made) is None
    made.due_at, made.status = None, Status.RESOLVED
    assert suspensions.pausing(made) is None
