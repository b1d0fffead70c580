"""What the map plays: public requests by month and cell, from the cells and what was not folded in yet."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.figures import map_cells
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from requests_app.models.map_cells import MONTHS
from tests import factories

pytestmark = pytest.mark.django_db


def played(client: Client, query: str = "") -> list[list[Any]]:
    cache.clear()
    answer = client.get(f"/map/months.json?{query}")
    assert answer.status_code == 200
    found = answer.json()
    assert (len(found["months"]), found["months"][-1]) == (MONTHS, app_now().date().replace(day=1).isoformat())
    return found["cells"]


def in_month(cast: factories.Rivermark, ago: int, place: tuple[float, float] = factories.ELM_ST) -> ServiceRequest:
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    this = app_now().date().replace(day=15)
    month = this.year * 12 + this.month - 1 - ago
    at = dt.datetime(month // 12, month % 12 + 1, 15, 12, tzinfo=dt.UTC)
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=at, public_point=factories.at(*place))
    return made


@pytest.mark.parametrize("is_folded", [False, True])
def test_each_month_has_its_requests_open_and_closed(
    cast: factories.Rivermark, client: Client, is_folded: bool
) -> None:
    for ago in (1, 7, MONTHS - 1, MONTHS):
        in_month(cast, ago)
    closed = in_month(cast, 7)
    endings.resolve(closed.pk, disposition="fixed", text="Done.", actor=cast.tom)
    in_month(cast, 1, (-68.9, 40.6))
    if is_folded:
        map_cells.fold()
        assert map_cells.recount() == 0
    (long, lat, numbers), (_far_long, far_lat, far) = sorted(played(client), key=lambda cell: cell[1])
    assert (long, lat, far_lat) == (-69.0, 40.5, 40.6)
    by_age = dict(enumerate(reversed(numbers)))
    assert {ago: number for ago, number in by_age.items() if number} == {1: 1, 7: 2, MONTHS - 1: 1}
    assert sum(far) == 1
    (ended,) = played(client, "status=ended")
    assert sum(ended[2]) == 1
    assert played(client, "service=tree") == []
    assert played(client, "service=nothing") == []


def test_what_is_private_is_in_no_month(cast: factories.Rivermark, client: Client) -> None:
    made = in_month(cast, 2)
    assert played(client)
    ServiceRequest.objects.filter(pk=made.pk).update(public_state="private")
    assert played(client) == []


def test_what_is_listed_by_no_place_says_only_its_cell(cast: factories.Rivermark, client: Client) -> None:
    factories.report(
        factories.service(cast.city, "weeds", listed_by_place=False), point=factories.at(-69.0012, 40.5012)
    )
    ((long, lat, numbers),) = played(client)
    assert sum(numbers) == 1
    assert (long, lat) not in ((-69.0012, 40.5012), (-69.0, 40.5))
    assert abs(long + 69) < 0.011
    assert abs(lat - 40.5) < 0.011


@pytest.mark.parametrize("query", ["q=hole", "area=ward:5", "near=40.5,-69,500", "asset=L00417"])
def test_what_no_cell_knows_is_not_played(cast: factories.Rivermark, client: Client, query: str) -> None:
    factories.area(cast.city, "ward", "5")
    assert client.get(f"/map/months.json?{query}").status_code == 404
    assert "map-play" not in client.get(f"/map/?{query}").content.decode()
    assert 'id="map-play"' in client.get("/map/?service=tree&older=1").content.decode()
