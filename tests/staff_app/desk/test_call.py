"""A call that rings at a taker's telephone, and the address that opens it."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Contact, ContactCount, PhoneCall
from tests import factories
from tests.factories import Rivermark
from tests.telephone import Seat, Switch

pytestmark = pytest.mark.django_db

ADDRESS = "/staff/desk/call/?from=16175550142&line=311&call=c1"


def fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(from|line|call)" value="([^"]*)"', html))


def test_opening_a_call_changes_nothing_and_its_button_leads_to_one_contact(cast: Rivermark) -> None:
    seat, eva = Seat(cast.cal, cast.city), Client()
    eva.force_login(factories.staff("Eva", "call_taker", cast.city))
    page = seat.client.get(ADDRESS).content.decode()
    assert "617-555-0142" in page
    assert not PhoneCall.objects.exists()
    seat.client.get(ADDRESS)
    sent = fields(page)
    first = seat.client.post("/staff/desk/call/", sent)
    contact = Contact.objects.get()
    assert (contact.taker, contact.caller_number, contact.line) == (cast.cal, "617-555-0142", "311")
    assert first["Location"] == f"/staff/desk/{contact.number}/"
    # The same button again, the address again, and a colleague's.
    assert seat.client.post("/staff/desk/call/", sent)["Location"] == first["Location"]
    assert seat.client.get(ADDRESS)["Location"] == first["Location"]
    assert "Cal has answered this call." in eva.post("/staff/desk/call/", sent, follow=True).content.decode()
    assert (Contact.objects.get().taker, PhoneCall.objects.count()) == (cast.cal, 1)


def test_a_call_without_a_name_is_one_by_its_page(cast: Rivermark) -> None:
    cal = Client()
    cal.force_login(cast.cal)
    pages = [fields(cal.get("/staff/desk/call/?from=anonymous").content.decode()) for _time in range(2)]
    for sent in (pages[0], pages[0], pages[1]):
        cal.post("/staff/desk/call/", sent)
    assert Contact.objects.count() == 2


def test_only_takers_of_the_city_open_calls_and_only_by_the_page(cast: Rivermark) -> None:
    tom, stranger, cal = Client(), Client(), Client(enforce_csrf_checks=True)
    tom.force_login(cast.tom)
    cal.force_login(cast.cal)
    assert [one.post("/staff/desk/call/", {"call": "c1"}).status_code for one in (tom, stranger, cal)] == [
        403,
        302,
        403,
    ]
    assert tom.get(ADDRESS).status_code == 403
    assert not Contact.objects.exists()


def test_what_rings_is_seen_until_somebody_answers_and_then_the_contact(cast: Rivermark) -> None:
    switch, seat = Switch(cast.city, cast.ada), Seat(cast.cal, cast.city)
    other = Seat(factories.staff("Eva", "call_taker", cast.city), cast.city)
    assert seat.ringing() == []
    switch.send("newCall", "c1")
    (call,) = seat.ringing()
    assert (call["text"], call["action"]) == ("617-555-0142 is calling 311", "Answer")
    # Without a script, the same on the page.
    assert "617-555-0142 is calling 311" in seat.client.get("/staff/desk/").content.decode()
    assert "617-555-0142" in seat.client.get(call["url"]).content.decode()
    switch.send("answer", "c1", answeringNumber="cal")
    (call,) = seat.ringing()
    assert (call["action"], call["url"]) == ("Open", f"/staff/desk/{Contact.objects.get().number}/")
    assert other.ringing() == []
    switch.send("hangup", "c1")
    assert seat.ringing() == []


def test_the_question_costs_one_statement_and_no_session(cast: Rivermark) -> None:
    seat = Seat(cast.cal, cast.city)
    Switch(cast.city, cast.ada).send("newCall", "c1")
    seat.ringing()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(seat.ringing()) == 1
    assert len(asked) == 1


def test_the_address_ends_with_the_session_and_is_nobody_elses(cast: Rivermark) -> None:
    seat, second = Seat(cast.cal, cast.city), Seat(cast.cal, cast.city)
    lakeside = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    Switch(cast.city, cast.ada).send("newCall", "c1")
    assert len(seat.ringing()) == len(second.ringing()) == 1
    user, session, signature = seat.address.rstrip("/").rpartition("/")[2].split("-")
    others = [
        f"{cast.ada.pk}-{session}-{signature}",
        f"{user}-{session[::-1]}-{signature}",
        f"{user}-{session}-",
        "x",
        "9" * 30,
    ]
    for token in others:
        assert Client().get(f"/staff/desk/ring/{token}/").status_code == 404, token
    assert Client(HTTP_HOST=lakeside.hosts[0]).get(seat.address).status_code == 404
    seat.client.post("/accounts/logout/")
    assert Client().get(seat.address).status_code == 404
    assert len(second.ringing()) == 1
    Session.objects.update(expire_date="2026-01-01T00:00:00Z")
    assert Client().get(second.address).status_code == 404


def test_a_test_ring_is_practice_at_the_own_desk_alone(cast: Rivermark) -> None:
    seat, other = Seat(cast.cal, cast.city), Seat(factories.staff("Eva", "call_taker", cast.city), cast.city)
    assert seat.client.post("/staff/desk/phone/", {"extension": "42"})["Location"] == "/staff/desk/"
    seat.client.post("/staff/desk/phone/", {"test": "1"})
    (call,) = seat.ringing()
    assert other.ringing() == []
    seat.client.post("/staff/desk/call/", fields(seat.client.get(call["url"]).content.decode()))
    contact = Contact.objects.get()
    assert contact.is_practice
    seat.client.post(f"/staff/desk/{contact.number}/close/", {"outcome": "answered"})
    assert not ContactCount.objects.exists()
