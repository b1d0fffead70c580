"""Contacts begin with a number of their own, are parked, linked and closed once, and count what they ended with."""

import datetime as dt

import pytest
from django.db import IntegrityError

from requests_app import references
from requests_app.actions.contacts import contacts, counts, retention
from requests_app.actions.privacy import erasures
from requests_app.clock import app_now
from requests_app.models import (
    CallBack,
    Contact,
    ContactCount,
    ContactRequest,
    Draft,
    Event,
    Jurisdiction,
    Participation,
    Person,
    ServiceRequest,
    SharedPhone,
)
from requests_app.rules.contacts import contacts as contact_rules
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
Outcome = Contact.Outcome


def begun(cast: Rivermark, **columns: object) -> Contact:
    return contacts.start(cast.city, taker=cast.cal, caller_number="(617) 555-0142", line="311", **columns)  # type: ignore[arg-type]


def counted(city: Jurisdiction) -> dict[tuple[str, ...], int]:
    rows = ContactCount.objects.filter(jurisdiction=city)
    return {(one.channel, one.topic, one.article_code, one.outcome): one.value for one in rows}


def test_a_number_is_read_aloud_in_digits_and_is_never_a_report_number(cast: Rivermark) -> None:
    first, second = begun(cast), begun(cast)
    shown = references.display_contact(first.number)
    assert (len(shown), shown[0], first.number == second.number) == (11, "C", False)
    for typed in (shown, shown.lower(), shown.replace("-", " "), first.number):
        assert contact_rules.find(cast.city, typed) == first
        assert references.parse(typed) is None
    assert contact_rules.find(factories.lakeside().city, shown) is None
    assert contact_rules.find(cast.city, "C-0000-000") is None


def test_another_contacts_number_is_not_given_again(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = begun(cast).number
    numbers = iter([taken, "C00000001"])
    monkeypatch.setattr(references, "new_contact_number", lambda: next(numbers))
    assert begun(cast).number == "C00000001"
    monkeypatch.setattr(references, "new_contact_number", lambda: taken)
    with pytest.raises(IntegrityError):
        begun(cast)


def test_three_calls_wait_at_most_and_their_waiting_adds_up(cast: Rivermark) -> None:
    began = app_now()
    calls = [begun(cast) for _ in range(4)]
    for call in calls[:3]:
        contacts.park(call)
    with pytest.raises(contacts.TooManyParked):
        contacts.park(calls[3])
    # Of the other city's calls, none count here.
    beside = factories.lakeside()
    contacts.park(contacts.start(beside.city, taker=cast.cal))
    set_time(began + dt.timedelta(seconds=70))
    # Parked already, and for as long as before.
    contacts.park(calls[0])
    contacts.resume(calls[0], taker=cast.cal)
    contacts.park(calls[3])
    assert 69 <= Contact.objects.get(pk=calls[0].pk).parked_s <= 70
    assert list(contact_rules.open_of(cast.cal, cast.city)) == calls
    assert list(contact_rules.of_same_number(calls[0])) == [calls[3], calls[2], calls[1]]


def test_an_outcome_is_written_down_and_counted_once_with_the_articles_version(cast: Rivermark) -> None:
    article = factories.article(cast.city, "holidays", "Holidays", version=4)
    call = begun(cast, channel="counter")
    draft = contacts.begin_draft(call, text="A hole")
    contacts.close(call, Outcome.ANSWERED, article=article)
    with pytest.raises(contacts.Closed):
        contacts.close(call, Outcome.DROPPED)
    with pytest.raises(contacts.Closed):
        contacts.change(call, language="es")
    contacts.change(call, note="Asked for July 4.")
    stored = Contact.objects.get(pk=call.pk)
    assert (stored.article_code, stored.article_version, stored.note) == ("holidays", 4, "Asked for July 4.")
    assert stored.ended_at == stored.closed_at is not None
    assert not Draft.objects.filter(pk=draft.pk).exists()
    contacts.close(begun(cast, is_practice=True), Outcome.ANSWERED)
    assert counted(cast.city) == {("counter", "", "holidays", "answered"): 1}


def test_a_number_that_the_caller_wants_deleted_goes_with_the_call(cast: Rivermark) -> None:
    call, other = begun(cast), begun(cast)
    contacts.change(call, keep_number=False)
    for one in (call, other):
        contacts.close(one, Outcome.ANSWERED)
    assert list(Contact.objects.order_by("id").values_list("caller_number", "caller_phone")) == [
        ("", ""),
        ("(617) 555-0142", "+16175550142"),
    ]


def test_counts_are_put_right_every_night_in_each_city_by_itself(cast: Rivermark) -> None:
    beside = factories.lakeside()
    for city, taker, outcome in (
        (cast.city, cast.cal, Outcome.ANSWERED),
        (cast.city, cast.cal, Outcome.ANSWERED),
        (cast.city, cast.cal, Outcome.DROPPED),
        (beside.city, beside.sid, Outcome.ANSWERED),
    ):
        contacts.close(contacts.start(city, taker=taker), outcome)
    begun(cast)
    right = {("phone", "", "", "answered"): 2, ("phone", "", "", "dropped"): 1}
    assert counted(cast.city) == right
    assert counts.recount(cast.city) == 0
    ContactCount.objects.update(value=7)
    ContactCount.objects.create(
        jurisdiction=cast.city, day=app_now().date(), channel="counter", outcome="answered", value=1
    )
    factories.run_part("recount_contacts")
    assert counted(cast.city) == right
    assert counted(beside.city) == {("phone", "", "", "answered"): 1}


@pytest.mark.parametrize(
    ("kept", "columns"),
    [
        (retention.TAKER_KEPT, ["taker"]),
        (retention.NUMBER_KEPT, ["caller_number", "caller_phone", "call_id"]),
        (retention.NOTE_KEPT, ["note", "address", "point"]),
    ],
)
def test_each_goes_at_its_time_and_not_a_moment_before(cast: Rivermark, kept: dt.timedelta, columns: list[str]) -> None:
    now = app_now()
    older, younger = begun(cast, call_id="ext-1"), begun(cast, call_id="ext-2")
    for call, age in ((older, kept), (younger, kept - dt.timedelta(seconds=2))):
        contacts.set_place(call, "12 Elm St", factories.at())
        contacts.change(call, note="A dog barks at night.")
        contacts.close(call, Outcome.ANSWERED)
        Contact.objects.filter(pk=call.pk).update(started_at=now - age)
    factories.run_part("forget_contacts")
    (old,), (young,) = (Contact.objects.filter(pk=call.pk).values() for call in (older, younger))
    for column in columns:
        name = "taker_id" if column == "taker" else column
        assert (bool(old[name]), bool(young[name])) == (False, True), name
    # What a length is counted from.
    assert (old["line"], old["outcome"], old["ended_at"] is None) == ("311", "answered", False)


def test_a_call_that_never_ends_is_closed_after_a_day_as_what_was_done_in_it(cast: Rivermark) -> None:
    made, asked, empty, fresh = (begun(cast) for _ in range(4))
    report = factories.report(cast.pothole, answers={"where": "lane"})
    contacts.link(made, report)
    contacts.link(made, report, ContactRequest.Role.MADE)
    contacts.link(asked, report)
    aged = Contact.objects.filter(pk__in=[made.pk, asked.pk, empty.pk])
    aged.update(started_at=app_now() - dt.timedelta(days=1))
    factories.run_part("forget_contacts")
    ended = [Contact.objects.get(pk=one.pk) for one in (made, asked, empty, fresh)]
    assert [one.outcome for one in ended] == ["request_made", "status_given", "dropped", ""]
    # How long it was, nobody knows.
    assert [one.ended_at for one in ended] == [None] * 4


def test_what_was_said_is_erased_with_the_person_and_no_event_ever_has_it(cast: Rivermark) -> None:
    report: ServiceRequest = factories.report(cast.pothole, answers={"where": "lane"})
    person = report.participations.get().person
    calls = [begun(cast) for _ in range(3)]
    for call in calls:
        contacts.change(call, note="Her mother is ill.", relation="family")
        contacts.link(call, report)
    contacts.change(calls[0], person=person)
    contacts.change(calls[2], caller_number="617-555-0199")
    erasures.erase(person.contact_points.get(kind="email"), reports_too=False)
    notes = list(Contact.objects.order_by("id").values_list("note", "caller_number", "relation"))
    # The number was never proved to be hers, so other calls from it stay.
    assert notes[0] == ("", "", "")
    assert [note for note, _number, _relation in notes[1:]] == ["Her mother is ill."] * 2
    assert not [event for event in Event.objects.all() if "ill" in str(event.data) or "0142" in str(event.data)]


def test_what_somebody_said_of_a_report_that_they_follow_or_asked_about_stays_theirs(cast: Rivermark) -> None:
    report = factories.report(cast.pothole, answers={"where": "lane"})
    person = report.participations.get().person
    follower = Person.objects.create(jurisdiction=cast.city, name="Ben")
    Participation.objects.create(service_request=report, person=follower, role=Participation.Role.FOLLOWER)
    made, asked = begun(cast), begun(cast)
    for call, role in ((made, ContactRequest.Role.MADE), (asked, ContactRequest.Role.ASKED)):
        contacts.change(call, note="Her mother is ill.")
        contacts.link(call, report, role)

    def notes() -> list[str]:
        return list(Contact.objects.order_by("id").values_list("note", flat=True))

    retention.forget_people([follower])
    assert notes() == ["Her mother is ill."] * 2
    retention.forget_people([person])
    assert notes() == ["", "Her mother is ill."]


def test_a_mark_that_was_taken_off_and_who_called_back_are_forgotten_at_their_time(cast: Rivermark) -> None:
    now, moment = app_now(), dt.timedelta(microseconds=1)
    of = {"jurisdiction": cast.city, "kind": "call_back", "phone": "617-555-0142", "due_at": now, "owner": cast.cal}
    for number, younger in enumerate((dt.timedelta(), moment)):
        SharedPhone.objects.create(
            jurisdiction=cast.city, phone=f"+161755501{number}", unmarked_at=now - retention.NUMBER_KEPT + younger
        )
        created_at = now - retention.TAKER_KEPT + younger
        CallBack.objects.create(**of, created_at=created_at, closed_at=now)
        CallBack.objects.create(**of, created_at=created_at)
    retention.forget()
    assert [mark.phone for mark in SharedPhone.objects.all()] == ["+1617555011"]
    assert [row.owner for row in CallBack.objects.order_by("id")] == [None, cast.cal, cast.cal, cast.cal]


def test_the_last_five_of_a_number_are_this_citys_and_of_the_same_kind(cast: Rivermark) -> None:
    first, *others = (begun(cast) for _ in range(7))
    contacts.start(factories.lakeside().city, taker=cast.cal, caller_number="(617) 555-0142")
    begun(cast, is_practice=True)
    assert list(contact_rules.of_same_number(first)) == others[:0:-1]


def test_who_made_a_request_is_its_caller_and_nobody_who_follows_it(cast: Rivermark) -> None:
    call = begun(cast)
    report = factories.report(cast.pothole, answers={"where": "lane"})
    own = report.participations.get()
    role = Participation.Role
    for who in (role.CALLER, role.FOLLOWER):
        person = Person.objects.create(jurisdiction=cast.city, name=who)
        Participation.objects.create(service_request=report, person=person, role=who)
    draft = contacts.begin_draft(call, text="A hole")
    contacts.made(call, draft, report)
    call.refresh_from_db()
    assert call.person is not None
    assert (call.person.name, call.person == own.person) == ("caller", False)


def test_the_last_35_days_are_counted_again_from_their_first_moment_on(cast: Rivermark) -> None:
    today = app_now().astimezone(cast.city.zone).date()
    first = dt.datetime.combine(today - dt.timedelta(days=counts.CORRECTED_DAYS), dt.time(), cast.city.zone)
    for started_at in (first, first - dt.timedelta(microseconds=1)):
        call = begun(cast)
        Contact.objects.filter(pk=call.pk).update(started_at=started_at)
        call.refresh_from_db()
        contacts.close(call, Outcome.ANSWERED)
    ContactCount.objects.update(value=7)
    assert counts.recount(cast.city) == 1
    assert list(ContactCount.objects.order_by("day").values_list("value", flat=True)) == [7, 1]


def test_the_last_five_of_a_person_are_this_citys(cast: Rivermark) -> None:
    person = factories.report(cast.pothole, answers={"where": "lane"}).participations.get().person
    first, *others = (begun(cast) for _ in range(7))
    theirs = contacts.start(factories.lakeside().city, taker=cast.cal)
    begun(cast)
    Contact.objects.filter(pk__in=[one.pk for one in (first, *others, theirs)]).update(person=person)
    assert list(contact_rules.of_people(first, [person])) == others[:0:-1]
