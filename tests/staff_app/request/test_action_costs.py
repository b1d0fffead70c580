"""What each action costs as a POST: the statements of its POST, without those that open and end a transaction."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.10")]
LANE = {"where": "lane"}
SHORT, LONG = 12, 16


def cost(client: Client, made: ServiceRequest, verb: str, **data: Any) -> int:
    number = client.get(f"/staff/r/{made.reference}/").context["service_request"].last_event_id
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(f"/staff/r/{made.reference}/{verb}/", {"last_event": number, **data})
    assert answer.status_code == 302, verb
    statements = [query["sql"] for query in captured.captured_queries]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in statements)


def test_each_action_keeps_to_its_budget(town: Rivermark, tom: Client) -> None:
    one, two = (factories.routed(town.pothole, answers=LANE) for _ in range(2))
    costs = {
        "accept": cost(tom, one, "accept"),
        "assign": cost(tom, one, "assign", assignee=town.tom.pk),
        "set_priority": cost(tom, one, "set_priority", priority=3),
        "note": cost(tom, one, "note", text="See it.", audience="everyone"),
        "comment": cost(tom, one, "comment", text="We will come."),
        "resolve": cost(tom, one, "resolve", disposition="fixed", words="Done.", visited="yes"),
        "reopen": cost(tom, one, "reopen", words=""),
        "merge": cost(tom, one, "merge", reference=two.reference),
        "transfer": cost(tom, two, "transfer", department=town.tree.department_id, reason="Not ours."),
    }
    light = {"accept", "assign", "set_priority", "note", "comment"}
    budgets = {verb: SHORT if verb in light else LONG for verb in costs}
    # Priority 1 brings other clocks, or takes them away.
    budgets["set_priority"] += 1
    assert {verb: (number, budgets[verb]) for verb, number in costs.items() if number > budgets[verb]} == {}
