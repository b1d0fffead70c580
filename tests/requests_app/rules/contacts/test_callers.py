"""Who may be calling: nobody by a part of a number, by a report that they only follow, or one that's over for long."""

import datetime as dt
from dataclasses import replace

import pytest

from requests_app.actions.contacts import contacts
from requests_app.clock import app_now
from requests_app.models import (
    Contact,
    ContactPoint,
    ContactRequest,
    Participation,
    Person,
    ServiceRequest,
    SharedPhone,
)
from requests_app.rules.contacts import callers
from requests_app.rules.contacts.callers import TooMany
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(microseconds=1)
ROLE = ContactRequest.Role


@pytest.fixture
def call(cast: Rivermark) -> Contact:
    return contacts.start(cast.city, taker=cast.cal)


def follow(service_request: ServiceRequest, person: Person) -> None:
    Participation.objects.create(service_request=service_request, person=person, role=Participation.Role.FOLLOWER)


def test_a_number_has_seven_digits_at_least() -> None:
    for phone in ("+123456", "+1234567"):
        assert callers.number_of(Contact(caller_phone=phone)) == phone * (len(phone) > 7)


def test_who_knows_a_private_reports_number_may_be_its_reporter_if_they_asked_for_it(
    cast: Rivermark, call: Contact
) -> None:
    private = factories.report(cast.outreach)
    reporter = private.participations.get().person

    def named() -> list[Person]:
        return [one.person for one in callers.of_contact(call, cast.cal).candidates]

    for role in (ROLE.MADE, ROLE.JOINED):
        contacts.link(call, private, role)
        assert named() == []
    contacts.link(call, private, ROLE.ASKED)
    assert named() == [reporter]
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="test")
    assert named() == []


def test_their_own_reports_are_open_or_ended_within_the_last_days(cast: Rivermark, call: Contact) -> None:
    own, over, tried = (factories.report(cast.pothole, answers={"where": "lane"}) for _ in range(3))
    followed = factories.report(cast.tree, reporter=replace(ANA, name="Ben"))
    person = own.participations.get().person
    Participation.objects.filter(service_request__in=[over, tried]).update(person=person)
    follow(followed, person)
    ServiceRequest.objects.filter(pk=tried.pk).update(public_state="test")
    contacts.change(call, person=person, checked="reference")

    def listed() -> set[ServiceRequest]:
        checked = callers.of_contact(call, cast.cal).checked
        return {one.service_request for one in checked.requests} if checked is not None else set()

    for earlier in (dt.timedelta(), MOMENT):
        factories.mark_ended(over, at=app_now() - callers.ENDED_FOR - earlier)
        assert listed() == ({own} if earlier else {own, over})


def test_the_reports_of_one_name_and_number_are_theirs_whatever_the_next_city_knows_of_it(
    cast: Rivermark, call: Contact
) -> None:
    other = replace(ANA, email="ana2@example.org")
    own = [factories.report(cast.pothole, answers={"where": "lane"}, reporter=one) for one in (ANA, other)]
    beside = factories.lakeside().city
    for name in ("Ben", "Cleo", "Dan"):
        person = Person.objects.create(jurisdiction=beside, name=name)
        ContactPoint.objects.create(person=person, kind="phone", value=ANA.phone, normalized="+15550100199")
    contacts.change(call, person=own[0].participations.get().person, checked="reference")
    # First many use it there, then it's marked there.
    for _there in range(2):
        checked = callers.of_contact(call, cast.cal).checked
        assert checked is not None
        assert {one.service_request for one in checked.requests} == set(own)
        SharedPhone.objects.get_or_create(jurisdiction=beside, phone="+15550100199")


def test_a_name_is_looked_for_in_this_city_by_three_letters_while_the_caller_is_there(
    cast: Rivermark, call: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = factories.report(cast.pothole, answers={"where": "lane"}, reporter=replace(ANA, name="Ana"))
    factories.report(factories.lakeside().pothole, reporter=replace(ANA, name="Ana"))
    # Fay lives elsewhere, and follows what Ana reported.
    fay = (
        factories.report(cast.tree, reporter=replace(ANA, name="Fay"), address="9 Oak Ave").participations.get().person
    )
    follow(report, fay)
    monkeypatch.setattr(callers, "PEOPLE_MAX", 1)

    def search(name: str, **more: str) -> list[str]:
        return [one.name for one in callers.search(call, cast.cal, name=name, **more)]

    assert (search("Ana"), search("An"), search("Fay", street="Elm")) == (["Ana"], [], [])
    Person.objects.create(jurisdiction=cast.city, name="Anabel")
    with pytest.raises(TooMany):
        search("Ana")
    for columns in ({"is_practice": True}, {"ended_at": app_now()}):
        for name, value in columns.items():
            setattr(call, name, value)
        assert search("Ana") == []
        call.is_practice = False
