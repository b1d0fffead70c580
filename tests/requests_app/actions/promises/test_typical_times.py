"""Typical times in the database: which reports count, in which way, and what the worker stores."""

import datetime as dt

import pytest
from django.core.cache import cache

from requests_app import references
from requests_app.actions.promises import typical_times
from requests_app.clock import app_now
from requests_app.models import Area, RequestArea, ServiceRequest, TypicalTime
from requests_app.rules.promises.typical_times import STALE_DAYS, city_time, typical_time
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

WEEK = dt.timedelta(days=7)


def made(
    cast: Rivermark,
    count: int,
    disposition: str = "fixed",
    *,
    took: dt.timedelta | None = WEEK,
    ago: dt.timedelta = dt.timedelta(days=15),
    area: Area | None = None,
    **columns: object,
) -> None:
    """So many reports of a tree that came in so long ago and ended after so long (None: still open)."""
    now = app_now()
    requests = ServiceRequest.objects.bulk_create(
        ServiceRequest(
            reference=references.new_reference(),
            submitted_at=now - ago,
            updated_at=now,
            **{
                "jurisdiction": cast.city,
                "service": cast.tree.service,
                "service_version": cast.tree,
                "public_state": "public",
                "status": "routed" if took is None else "resolved",
                "disposition": "" if took is None else disposition,
                "resolved_at": None if took is None else now - ago + took,
                **columns,
            },
        )
        for _ in range(count)
    )
    if area is not None:
        RequestArea.objects.bulk_create(
            RequestArea(area=area, service_request=one, submitted_at=one.submitted_at, public_state="public")
            for one in requests
        )


def found(cast: Rivermark) -> TypicalTime | None:
    typical_times.record(cast.city)
    cache.clear()
    return typical_time(cast.tree.service)


@pytest.mark.parametrize("disposition", ["fixed", "action_taken", "answered", "not_found", "cannot_do"])
def test_an_outcome_that_a_resident_waited_for_counts(cast: Rivermark, disposition: str) -> None:
    made(cast, 20, disposition)
    usual = found(cast)
    assert usual is not None
    assert (usual.half, usual.most, usual.count) == (WEEK, WEEK, 20)


def test_the_city_s_is_of_what_everybody_may_read(cast: Rivermark) -> None:
    made(cast, 19)
    private = factories.service(cast.city, "private", visibility="private")
    made(cast, 60, took=dt.timedelta(hours=1), service=private.service, service_version=private, public_state="private")
    found(cast)
    assert city_time(cast.city) is None
    made(cast, 1)
    found(cast)
    whole = city_time(cast.city)
    assert whole is not None
    assert (whole.half, whole.count) == (WEEK, 20)


@pytest.mark.parametrize(
    ("what", "half"),
    [
        # Open, and closed in bulk without work: nobody got what they waited for.
        ({"took": None}, None),
        ({"disposition": "not_worked", "took": dt.timedelta(hours=2)}, None),
        # The wait ended for another reason: counts until then.
        ({"disposition": "withdrawn", "took": dt.timedelta(hours=2)}, WEEK),
        ({"disposition": "no_reply", "took": dt.timedelta(hours=2)}, WEEK),
        ({"disposition": "handed_over", "took": dt.timedelta(hours=2)}, WEEK),
        ({"disposition": "handed_over", "took": dt.timedelta(days=14)}, None),
        # Not counted at all.
        ({"disposition": "duplicate", "took": dt.timedelta(days=14)}, WEEK),
        ({"disposition": "removed", "took": dt.timedelta(days=14)}, WEEK),
        ({"took": dt.timedelta(seconds=30)}, WEEK),
        ({"took": None, "public_state": "pending_review"}, WEEK),
        ({"took": None, "public_state": "test", "is_test": True}, WEEK),
        ({"took": None, "ago": dt.timedelta(days=400)}, WEEK),
    ],
)
def test_what_else_happens_to_a_report(cast: Rivermark, what: dict[str, object], half: dt.timedelta | None) -> None:
    made(cast, 20)
    made(cast, 30, **what)  # type: ignore[arg-type]
    usual = found(cast)
    assert usual is not None
    assert usual.half == half


def test_a_ward_with_enough_has_its_own_and_the_ward_with_the_fewest_wins(cast: Rivermark) -> None:
    ward, district, small = (
        factories.area(cast.city, layer, code) for layer, code in (("ward", "5"), ("district", "1"), ("block", "9"))
    )
    made(cast, 50, took=dt.timedelta(days=2), area=ward)
    RequestArea.objects.bulk_create(
        RequestArea(area=district, service_request_id=pk, submitted_at=app_now(), public_state="public")
        for pk in ServiceRequest.objects.values_list("pk", flat=True)
    )
    made(cast, 40, took=dt.timedelta(days=9), area=district)
    made(cast, 49, took=dt.timedelta(days=14), area=small)
    assert found(cast) is not None
    half = {
        name: usual.half.days if (usual := typical_time(cast.tree.service, areas)) and usual.half else None
        for name, areas in {"ward": [district, ward], "district": [district], "small": [small], "none": []}.items()
    }
    assert half == {"ward": 2, "district": 2, "small": 9, "none": 9}


def test_an_area_has_one_for_all_its_services(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    made(cast, 12, area=ward)
    made(cast, 12, area=ward, service=cast.pothole.service, service_version=cast.pothole)
    typical_times.record(cast.city)
    # And the city.
    assert {(row.service, row.area, row.count, row.half) for row in TypicalTime.objects.all()} == {
        (None, ward, 24, WEEK),
        (None, None, 24, WEEK),
    }


def test_the_night_computes_it_and_the_next_one_corrects_it(cast: Rivermark) -> None:
    """Yesterday's page said one day, for reports that took a week."""
    made(cast, 95)
    TypicalTime.objects.create(
        jurisdiction=cast.city,
        service=cast.tree.service,
        day=app_now().astimezone(cast.city.zone).date() - dt.timedelta(days=20),
        computed_at=app_now() - dt.timedelta(days=20),
        count=20,
        days=21,
        half=dt.timedelta(days=1),
        most=dt.timedelta(days=1),
        factor=1,
    )
    factories.run_part("typical_times")
    factories.run_part("typical_times")
    row = TypicalTime.objects.get(service=cast.tree.service, day__gt=app_now().date() - dt.timedelta(days=2))
    assert (row.factor, row.half, row.most) == (2.0, WEEK, 2 * WEEK)


def test_old_rows_go_and_stale_ones_are_not_shown(cast: Rivermark) -> None:
    made(cast, 20)
    assert found(cast) is not None
    TypicalTime.objects.update(day=app_now().astimezone(cast.city.zone).date() - dt.timedelta(days=STALE_DAYS + 1))
    cache.clear()
    assert typical_time(cast.tree.service) is None
    TypicalTime.objects.update(day=app_now().astimezone(cast.city.zone).date() - dt.timedelta(days=401))
    typical_times.record(cast.city)
    # The service's, and the city's.
    assert TypicalTime.objects.count() == 2


def test_a_city_counts_its_own_and_leaves_those_of_others(cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    made(cast, 95)
    theirs = lakeside.pothole
    made(cast, 95, service=theirs.service, service_version=theirs, jurisdiction=lakeside.city)
    # What the other city said is long over, and was wrong, which corrects nothing here. Neither does a run of today.
    today = app_now().astimezone(cast.city.zone).date()
    for city, service, day, days in (
        (lakeside.city, None, today - dt.timedelta(days=20), 20),
        (lakeside.city, None, today - dt.timedelta(days=401), 401),
        (cast.city, cast.tree.service, today, 20),
    ):
        TypicalTime.objects.create(
            jurisdiction=city,
            service=service,
            day=day,
            computed_at=app_now() - dt.timedelta(days=days),
            count=20,
            days=21,
            half=dt.timedelta(days=1),
            most=dt.timedelta(days=1),
            factor=1,
        )
    assert typical_times.record(cast.city) == 2
    assert set(TypicalTime.objects.filter(jurisdiction=cast.city).values_list("service", "factor")) == {
        (cast.tree.service_id, 1.0),
        (None, 1.0),
    }
    assert TypicalTime.objects.filter(jurisdiction=lakeside.city).count() == 2
