"""What a telephone system tells of its calls, in any order, from whichever number."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.contacts import calls, contacts
from requests_app.actions.contacts.calls import Caller
from requests_app.clock import app_now
from requests_app.models import CallBack, Contact, DeskLine, DeskPhone, OutboxRow, PhoneCall, User
from tests import factories
from tests.factories import Rivermark
from tests.resident import run_outbox
from tests.shifted_clock import set_time
from tests.telephone import Seat, Switch

pytestmark = pytest.mark.django_db


@pytest.fixture
def switch(cast: Rivermark) -> Switch:
    return Switch(cast.city, cast.ada)


def missed() -> list[tuple[str, str]]:
    """Who waits, half a minute later."""
    OutboxRow.objects.filter(kind=calls.MISSED).update(due_at=app_now())
    run_outbox()
    return sorted(CallBack.objects.values_list("kind", "phone"))


@pytest.mark.parametrize("as_form", [False, True], ids=["json", "form"])
def test_a_call_rings_is_answered_and_ends(cast: Rivermark, as_form: bool) -> None:
    switch = Switch(cast.city, cast.ada, as_form=as_form)
    DeskLine.objects.create(jurisdiction=cast.city, number="(617) 555-0100", phone="+16175550100", name={"en": "311"})
    call = {"from": "+1 617-555-0142", "to": "16175550100"}
    assert switch.send("newCall", "c1", user="Cal", **call) == {}
    assert switch.send("answer", "c1", answeringNumber=cast.cal.email, user="Somebody else", **call) == {}
    contact = Contact.objects.get()
    assert (contact.taker, contact.caller_number, contact.caller_phone) == (cast.cal, "617-555-0142", "+16175550142")
    assert (contact.line, contact.call_id, contact.ended_at, contact.outcome) == ("(617) 555-0100", "c1", None, "")
    assert switch.send("hangup", "c1", cause="normalClearing", **call) == {}
    contact.refresh_from_db()
    assert contact.ended_at is not None
    assert contact.closed_at is None
    assert missed() == []


# Each order ends with one contact of Cal that has ended, or with one missed call.
ORDERS: dict[str, tuple[list[str], bool]] = {
    "in order": (["newCall", "answer", "hangup"], True),
    "everything twice": (["newCall", "newCall", "answer", "answer", "hangup", "hangup"], True),
    "the end first": (["hangup", "newCall", "answer"], True),
    "the answer last": (["newCall", "hangup", "answer"], True),
    "no ring": (["answer", "hangup"], True),
    "nobody answers": (["newCall", "hangup"], False),
    "nobody answers, and twice": (["newCall", "hangup", "newCall", "hangup"], False),
    "nothing but an end": (["hangup"], False),
}


@pytest.mark.parametrize(("events", "is_answered"), ORDERS.values(), ids=ORDERS)
def test_events_come_in_any_order(cast: Rivermark, switch: Switch, events: list[str], is_answered: bool) -> None:
    for event in events:
        switch.send(event, "c1", answeringNumber="cal" if event == "answer" else None, cause="cancel")
    assert Contact.objects.filter(taker=cast.cal, ended_at__isnull=False).count() == (1 if is_answered else 0)
    assert missed() == ([] if is_answered else [("missed_call", "617-555-0142")])
    assert Seat(cast.cal, cast.city).ringing() == []


def test_a_call_that_never_ends_stops_ringing_and_is_forgotten(cast: Rivermark, switch: Switch) -> None:
    switch.send("newCall", "c1")
    switch.send("newCall", "c2")
    switch.send("answer", "c2", answeringNumber="cal")
    began = app_now()
    seat = Seat(cast.cal, cast.city)
    assert [one["id"] for one in seat.ringing()] == ["c1", "c2"]
    set_time(began + dt.timedelta(minutes=9, seconds=50))
    assert [one["id"] for one in seat.ringing()] == ["c1"]
    set_time(began + dt.timedelta(minutes=10, seconds=10))
    assert seat.ringing() == []
    set_time(began + dt.timedelta(hours=23))
    factories.run_part("forget_phone_calls")
    assert PhoneCall.objects.count() == 2
    set_time(began + dt.timedelta(hours=25))
    factories.run_part("forget_phone_calls")
    factories.run_part("forget_contacts")
    assert not PhoneCall.objects.exists()
    assert Contact.objects.get().outcome == "dropped"


def test_a_call_that_is_transferred_goes_to_who_answers_it_next(cast: Rivermark, switch: Switch) -> None:
    eva = factories.staff("Eva", "call_taker", cast.city)
    for number in ("cal", "eva"):
        switch.send("answer", "c1", answeringNumber=number)
    assert Contact.objects.get().taker == eva


def test_a_number_that_the_caller_wants_forgotten_does_not_come_back(cast: Rivermark, switch: Switch) -> None:
    switch.send("answer", "c1", answeringNumber="cal")
    contact = Contact.objects.get()
    contacts.change(contact, keep_number=False)
    contacts.close(contact, "answered")
    assert PhoneCall.objects.get().caller_number == ""
    switch.send("hangup", "c1")
    assert (PhoneCall.objects.get().caller_number, Contact.objects.get().caller_number) == ("", "")


CALLERS: dict[str, Caller] = {
    "16175550142": Caller("617-555-0142"),
    "+1 (617) 555-0142": Caller("617-555-0142"),
    "617.555.0142 x12": Caller("617-555-0142 ext. 12"),
    "+16175550142;ext=7": Caller("617-555-0142 ext. 7"),
    '"Ana" <sip:+16175550142@pbx.example;user=phone>': Caller("617-555-0142"),
    "tel:+16175550142": Caller("617-555-0142"),
    "71116175550142": Caller("617-555-0142", by_relay=True),
    "711": Caller(by_relay=True),
    "+34 612 345 678": Caller("+34 612 345 678"),
    "anonymous": Caller(is_withheld=True),
    "Anonymous@anonymous.invalid": Caller(is_withheld=True),
    "Restricted": Caller(is_withheld=True),
    "": Caller(is_withheld=True),
    "\x00\u202e": Caller(is_withheld=True),
}


def test_who_calls_is_read_from_whatever_is_sent() -> None:
    assert {sent: calls.read_caller(sent) for sent in CALLERS} == CALLERS


def test_who_hides_their_number_or_uses_a_relay_is_answered_and_never_called_back(
    cast: Rivermark, switch: Switch
) -> None:
    switch.send("answer", "c1", **{"from": "anonymous"}, answeringNumber="cal")
    switch.send("answer", "c2", **{"from": "711-617-555-0142"}, answeringNumber="cal")
    hidden, relayed = Contact.objects.order_by("call_id")
    assert (hidden.caller_number, hidden.no_person, hidden.by_relay) == ("", "withheld", False)
    assert (relayed.caller_phone, relayed.no_person, relayed.by_relay) == ("+16175550142", "not_asked", True)
    switch.send("hangup", "c3", **{"from": "anonymous"}, cause="cancel")
    switch.send("hangup", "c4", **{"from": "711"}, cause="cancel")
    switch.send("hangup", "c5", cause="forwarded")
    switch.send("hangup", "c6", answeringNumber="42", cause="normalClearing")
    assert missed() == []


def test_a_taker_is_known_by_extension_address_and_name(cast: Rivermark) -> None:
    eva, tim = (factories.staff(name, "call_taker", cast.city) for name in ("Eva", "Tim"))
    beside = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    User.objects.filter(pk=factories.staff("Ina", "call_taker", cast.city).pk).update(is_active=False)
    calls.set_phone(cast.city, eva, "42")
    # The city next door has the same numbers, and Eva works there, too.
    for user, extension in ((factories.staff("Eva", "call_taker", beside), "42"), (eva, "77")):
        calls.set_phone(beside, user, extension)
    means = {"42": [eva], "sip:42@pbx": [eva], "EVA": [eva], eva.email: [eva], "Tim": [tim], "99": [], "Pia": []}
    assert {name: calls.takers_of(cast.city, [name]) for name in means} == means
    assert {*calls.takers_of(cast.city)} == {cast.cal, eva, tim}
    # Another one sits down there.
    calls.set_phone(cast.city, tim, "42")
    assert calls.takers_of(cast.city, ["42"]) == [tim]
    calls.set_phone(cast.city, tim, "")
    assert calls.takers_of(cast.city, ["42"]) == []
    assert set(DeskPhone.objects.values_list("jurisdiction", "extension")) == {(beside.pk, "42"), (beside.pk, "77")}


def test_a_call_rings_where_the_telephone_system_says(cast: Rivermark, switch: Switch) -> None:
    eva = factories.staff("Eva", "call_taker", cast.city)
    calls.set_phone(cast.city, eva, "42")
    seats = {user: Seat(user, cast.city) for user in (cast.cal, eva)}
    switch.send("newCall", "all")
    switch.send("newCall", "evas", user=["Eva", "99"])
    switch.send("newCall", "direct", to="42")
    switch.send("newCall", "elsewhere", user="The mayor")
    switch.send("newCall", "out", direction="out", user="Cal")
    assert {user: [one["id"] for one in seat.ringing()] for user, seat in seats.items()} == {
        cast.cal: ["all"],
        eva: ["all", "evas", "direct"],
    }
    assert seats[cast.cal].ringing()[0]["text"] == "617-555-0142 is calling 311"
    # Two of one name: nobody knows which of them answered.
    factories.staff("Ben", "call_taker", cast.city)
    ben = factories.staff("Ben2", "call_taker", cast.city)
    ben.name = "Ben"
    ben.save()
    switch.send("answer", "all", user="Ben")
    assert not Contact.objects.exists()
    assert [one["id"] for one in seats[cast.cal].ringing()] == []


BAD: dict[str, dict[str, Any]] = {
    "event is not newCall, answer or hangup.": {"event": "ring"},
    "Invalid direction!": {"direction": "sideways"},
    "callId is missing.": {"callId": " \x00"},
}


def test_what_is_no_event_is_refused_in_the_same_shape(cast: Rivermark, switch: Switch) -> None:
    good = {"event": "newCall", "callId": "c1", "from": "1", "to": "2", "direction": "in"}
    for error, wrong in BAD.items():
        answer = switch.post(good | wrong)
        assert (answer.status_code, answer.json()) == (422, {"error": error})
    for body in (b"{", b"[]", b'"a"', b"\xff", b"[" * 10_000, b"{" + b" " * 20_001 + b"}"):
        answer = switch.client.post(f"/api/v1/cti/{switch.token}", body, content_type="application/json")
        assert answer.status_code == 422, body[:20]
    # What has another type than a text is left out.
    switch.send("newCall", "c2", **{"from": {"number": 1}}, user=[None, ["a"], True, 5])
    assert not PhoneCall.objects.get().caller_number
    assert switch.client.get(f"/api/v1/cti/{switch.token}").status_code == 405
    # A long id is the same call each time, and two of them are two. The longest that is stored as it is.
    for call_id in ("x" * 300 + "a", "x" * 300 + "a", "x" * 300 + "b", "y" * calls.CALL_ID_MAX):
        switch.send("newCall", call_id)
    assert PhoneCall.objects.count() == 4
    assert PhoneCall.objects.filter(call_id="y" * calls.CALL_ID_MAX).exists()


def test_an_address_is_one_citys_until_it_is_replaced(cast: Rivermark, switch: Switch, settings: Any) -> None:
    settings.RATE_LIMITS = False
    lakeside = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    eve = factories.staff("Eve", "call_taker", lakeside)
    theirs = Switch(lakeside, eve)
    theirs.send("newCall", "c1")
    switch.send("newCall", "c1")
    assert set(PhoneCall.objects.values_list("jurisdiction", "call_id")) == {(lakeside.pk, "c1"), (cast.city.pk, "c1")}
    first, body = switch.token, {"event": "newCall", "callId": "c2", "from": "1", "to": "2", "direction": "in"}
    assert first not in str(list(type(cast.city).objects.filter(pk=cast.city.pk).values("telephone_link__token_hash")))
    switch.token = Switch(cast.city, cast.ada).token
    assert switch.post(body).status_code == 200
    for wrong in (first, "a", "x" * 200):
        answer = Client().post(f"/api/v1/cti/{wrong}", body)
        assert (answer.status_code, answer.json()) == (404, {"error": "Not found."})
    settings.RATE_LIMITS = True
    statuses = [Client().post("/api/v1/cti/wrong", body).status_code for _try in range(62)]
    assert statuses == [404] * 60 + [429] * 2
    # The right one isn't kept out by somebody else's guesses.
    assert switch.post(body).status_code == 200
