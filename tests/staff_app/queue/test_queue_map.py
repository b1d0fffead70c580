"""The map of the queue shows exactly the rows of its list."""

from typing import Any

import pytest
from django.test import Client

from requests_app.models import ServiceRequest
from staff_app.queue import queue_map
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
LANE = {"where": "lane"}


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers=LANE)


def shown(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/staff/map.json?{query}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    features: list[dict[str, Any]] = answer.json()["features"]
    return [feature["properties"]["number"] for feature in features]


def test_it_shows_the_rows_that_the_filters_show(tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    assert shown(tom) == [hole.display_reference]
    assert shown(tom, "service=pothole&tab=new") == [hole.display_reference]
    assert shown(tom, "service=tree") == []
    assert shown(tom, "tab=late") == []


def test_another_department_and_confidential_places_are_not_on_it(
    pia: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    factories.routed(town.outreach, "Someone sleeps by the library.")
    assert shown(pia) == []


def test_only_the_frame_is_loaded_and_it_says_if_there_is_more(
    tom: Client, hole: ServiceRequest, town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hole.point is not None
    x, y = hole.point.x, hole.point.y
    assert shown(tom, f"frame={x - 1},{y - 1},{x + 1},{y + 1}") == [hole.display_reference]
    assert shown(tom, f"frame={x + 1},{y + 1},{x + 2},{y + 2}") == []
    monkeypatch.setattr(queue_map, "SHOWN_MAX", 1)
    assert tom.get("/staff/map.json").json()["more"] is False
    factories.routed(town.pothole, "Another.", answers=LANE)
    answer = tom.get("/staff/map.json").json()
    assert (len(answer["features"]), answer["more"]) == (1, True)


@pytest.mark.parametrize("frame", ["nonsense", "1,2,3", "nan,0,1,1", "5,5,1,1", "-999,0,1,1", "inf,0,1,1"])
def test_a_wrong_frame_is_a_400(tom: Client, frame: str) -> None:
    assert tom.get("/staff/map.json", {"frame": frame}).status_code == 400
