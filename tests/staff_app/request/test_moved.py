"""The place of a request corrected by staff: it is routed once more where the rules differ, with one email, and undone as one."""

import re
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.report import submission
from requests_app.actions.routing import place_corrections
from requests_app.models import OutboxRow, RoutingDecision, ServiceRequest
from requests_app.rules.routing.routing import Decision
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.4")]
LANE = {"where": "lane"}
EAST = (-68.96, 40.5)


@pytest.fixture
def one(town: Rivermark) -> ServiceRequest:
    place = submission.Place(factories.at(), "12 Elm St", source="address")
    return factories.routed(town.pothole, answers=LANE, place=place)


def moved(client: Client, made: ServiceRequest) -> Any:
    page = client.get(f"/staff/r/{made.reference}/correct_place/").content.decode()
    assert "data-place-map" in page
    assert "data-start-lat" in page
    data = {"address": "1 East St", "latitude": EAST[1], "longitude": EAST[0], "note": ""}
    answer = client.post(f"/staff/r/{made.reference}/correct_place/", data, follow=True)
    assert answer.status_code == 200
    made.refresh_from_db()
    return answer


def emails(made: ServiceRequest) -> list[str]:
    return [
        row.event.kind
        for row in OutboxRow.objects.filter(service_request=made, kind="notify", done_at=None)
        if row.event
    ]


def test_where_the_rules_are_the_same_it_stays_with_one_email(
    town: Rivermark, tom: Client, one: ServiceRequest
) -> None:
    moved(tom, one)
    assert one.department == town.streets
    assert RoutingDecision.objects.filter(service_request=one).count() == 1
    assert emails(one) == ["place_corrected"]


def test_where_they_differ_it_is_routed_once_with_one_email_and_undone_as_one(
    town: Rivermark, signed_in: Any, one: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_place(made: ServiceRequest) -> Decision:
        is_east = made.point is not None and made.point.x > -68.98
        return Decision(town.tree.department if is_east else town.streets, "rule")

    monkeypatch.setattr(place_corrections, "decide", by_place)
    client = signed_in(town.tom)
    answer = moved(client, one)
    assert one.department == town.tree.department
    assert one.events.filter(kind="routed").count() == 2
    assert emails(one) == ["routed"]
    undo = re.search(r"/staff/undo/\d+/", answer.content.decode())
    assert undo
    client.post(undo.group())
    one.refresh_from_db()
    assert (one.department, one.address) == (town.streets, "12 Elm St")
    assert emails(one) == []
