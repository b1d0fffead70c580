"""Alarms through the door: which reports raise one, who is alerted when, and what ends it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from requests_app.models import Alarm, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.on_call import GAS, alarm_emails, emailed, link_in, minutes_later, on_call, texts_to, work
from tests.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Any, tmp_path: Path) -> None:
    texts_to(tmp_path, settings)


@pytest.fixture
def rostered(cast: Rivermark) -> Rivermark:
    """Streets has a night crew and Dev, the desk an operator; Sue supervises Streets."""
    cast.city.desk_night_number = "555-0199"
    cast.city.save()
    on_call(cast.city, cast.streets, "Night Crew", order=1)
    on_call(cast.city, cast.streets, user=cast.dev, order=2)
    on_call(cast.city, None, "Operator", order=1)
    factories.staff("Sue", "supervisor", cast.city, cast.streets)
    return cast


def sent_all_the_same(walk: Walk, text: str = GAS, service: str = "pothole") -> ServiceRequest:
    """Danger in the words, the question answered with no, and sent."""
    walk.begin(text)
    assert walk.at == "emergency"
    walk.on("emergency", go_on="1").on("service", service=service).on("location", address="12 Elm St", note="")
    walk.on("details/1", text=text, q_where="lane", q_damage="").on("contact", email="", phone="", language="en").send()
    assert walk.at == "sent", walk.at
    return ServiceRequest.objects.get()


def test_danger_sent_all_the_same_alerts_the_first_on_call_who_takes_it(rostered: Rivermark, walk: Walk) -> None:
    service_request = sent_all_the_same(walk)
    assert (service_request.priority, service_request.priority_reason) == (1, "danger")
    # In the transaction of the report, before any worker ran.
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.reason, alarm.service_request) == ("ringing", "words", service_request)
    work()
    assert emailed() == ["night.crew"]
    (message,) = alarm_emails()
    assert service_request.display_reference in message.subject
    path, stranger = link_in(str(message.body)), Client()
    page = stranger.get(path)
    assert page.status_code == 200
    for needed in (service_request.display_reference, GAS, "12 Elm St", "I have it"):
        assert needed in page.content.decode()
    # Opening changes nothing.
    alarm.refresh_from_db()
    assert alarm.state == "ringing"
    page = stranger.post(path)
    assert "You have it" in page.content.decode()
    alarm.refresh_from_db()
    assert alarm.state == "accepted"
    assert alarm.accepted_call is not None
    assert alarm.accepted_call.name == "Night Crew"
    minutes_later(60)
    assert emailed() == ["night.crew"]
