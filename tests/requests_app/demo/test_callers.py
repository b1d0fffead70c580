"""[Ring] in the demo: an invented caller rings at the reader's own desk, and nothing is counted."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from requests_app.demo import callers
from requests_app.models import CallBack, Contact, ContactCount, DeskLine, PhoneCall
from tests.factories import Rivermark
from tests.telephone import Seat

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo_urls")]


@pytest.fixture(autouse=True)
def _demo(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


def test_twelve_callers_ring_in_turn(cast: Rivermark) -> None:
    callers.load(cast.city)
    callers.load(cast.city)
    assert DeskLine.objects.get().phone == callers.LINE
    rung = [callers.ring(cast.city, cast.cal).story for _time in range(13)]
    assert len(set(rung[:12])) == len(callers.CALLERS) == 12
    assert rung[12] == rung[0]
    assert {caller.language for caller in callers.CALLERS} == {"en", "es"}


def test_a_caller_rings_is_answered_and_counts_nothing(cast: Rivermark) -> None:
    seat = Seat(cast.cal, cast.city)
    page = seat.client.get("/staff/desk/").content.decode()
    assert 'action="/demo/ring/"' in page
    seat.client.post("/demo/ring/")
    (call,) = seat.ringing()
    fields = dict(re.findall(r'name="(from|line|call)" value="([^"]*)"', seat.client.get(call["url"]).content.decode()))
    page = seat.client.post("/staff/desk/call/", fields, follow=True).content.decode()
    assert callers.BY_CODE[PhoneCall.objects.get().story].says.partition("’")[0] in page
    contact = Contact.objects.get()
    assert contact.is_practice
    seat.client.post(f"/staff/desk/{contact.number}/close/", {"outcome": "answered"})
    assert not ContactCount.objects.exists()
    assert not CallBack.objects.exists()
    tom = Client()
    tom.force_login(cast.tom)
    assert tom.post("/demo/ring/").status_code == 404
    with override("es"):
        assert Client().post("/demo/ring/").status_code == 302
