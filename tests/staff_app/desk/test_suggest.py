"""What the desk's box suggests while somebody types."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Contact
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def suggested(client: Client, typed: str, **more: Any) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = client.get("/staff/desk/suggest.json", {"q": typed}, **more).json()
    return rows


def test_numbers_services_addresses_and_answers_are_suggested_and_a_service_is_chosen_at_once(cast: Rivermark) -> None:
    factories.article(cast.city, "holidays", "Holiday trash collection", "One day later.")
    factories.index_catalog(cast.city)
    public, private = factories.report(cast.pothole, answers={"where": "lane"}), factories.report(cast.outreach)
    call = Call(cast.cal)
    service = {"label": "Pothole", "choice": "Service: Pothole", "pick": "service:pothole"}
    assert suggested(call.client, "poth")[0] == service
    assert "12 Elm St" in [row["label"] for row in suggested(call.client, "12 elm")]
    assert "Answer: Holiday trash collection" in [row["choice"] for row in suggested(call.client, "holiday trash")]
    assert [row["label"] for row in suggested(call.client, public.reference.lower())] == [public.display_reference]
    # Not even that there is one.
    assert private.display_reference not in str(suggested(call.client, private.reference))
    assert suggested(call.client, call.number)[0]["choice"].startswith("Contact C-")
    assert suggested(call.client, "a hole " * 20) == []
    with CaptureQueriesContext(connection) as profile:
        call.client.get("/staff/profile/")
    with CaptureQueriesContext(connection) as captured:
        suggested(call.client, "12 elm")
    assert len(captured) <= len(profile) + 9
    call.to("box", box="Pothole", pick="service:pothole")
    draft = Contact.objects.get().draft
    assert draft is not None
    assert (call.step, draft.typed["service"]) == ("location", "pothole")
    # A service that nobody offers is read as what was typed.
    assert Call(cast.cal).to("box", box="A hole", pick="service:nothing").step == "service"


def test_another_citys_taker_sees_nothing_of_this_one(cast: Rivermark) -> None:
    beside = factories.lakeside()
    number = Call(cast.cal).number
    client = Client()
    client.force_login(factories.staff("Lia", "call_taker", beside.city))
    assert number[1:] not in str(suggested(client, number, HTTP_HOST="lakeside.example"))
    client.force_login(cast.tom)
    assert client.get("/staff/desk/suggest.json", {"q": "poth"}).status_code == 403
