"""Until when reporters may change their words: each reason why it's too late, and what is none."""

from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.models import Event, ServiceRequest, Status
from requests_app.rules.report import corrections
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def reason(made: ServiceRequest, **columns: Any) -> str:
    one = ServiceRequest.objects.get(pk=made.pk)
    for name, value in columns.items():
        setattr(one, name, value)
    return corrections.too_late(one)


def test_each_reason_by_itself(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    assert reason(made) == ""
    assert reason(made, status=Status.RECEIVED) == ""
    assert reason(made, duplicate_of_id=other.pk, status=Status.RESOLVED) == "joined"
    assert reason(made, status=Status.RESOLVED, people_count=2) == "ended"
    assert reason(made, people_count=1) == ""
    assert reason(made, people_count=2, status=Status.IN_PROGRESS) == "shared"
    assert reason(made, status=Status.IN_PROGRESS) == "started"
    assert reason(made, acknowledged_at=app_now()) == "started"
    assert reason(made, reopened_count=1) == "started"


def test_what_staff_did_to_this_request_counts_unless_it_reviewed_nothing(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    columns = {"jurisdiction": town.city, "user": town.tom, "data": {}}
    Event.objects.create(service_request=other, kind="priority_set", **columns)
    for kind in ("submitted", "reporter_viewed", "note_added"):
        Event.objects.create(service_request=made, kind=kind, **columns)
    assert reason(made) == ""
    Event.objects.create(service_request=made, kind="priority_set", **columns)
    assert reason(made) == "started"
