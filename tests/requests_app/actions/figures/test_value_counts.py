"""What the value report is counted from each night: reports by channel, duplicates, first contacts, and visits of the website."""

import datetime as dt
from typing import Any

import pytest

from requests_app.actions.contacts import contacts
from requests_app.actions.figures import value_counts
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import drafts
from requests_app.actions.work import merges
from requests_app.clock import app_now
from requests_app.models import Contact, Draft, Jurisdiction, Person, ServiceRequest, ValueCount
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
Outcome = Contact.Outcome
DAY = dt.timedelta(days=1)


def noon(city: Jurisdiction, days: int, hour: int = 12) -> dt.datetime:
    """So many days ago, by the city's clock."""
    return dt.datetime.combine(app_now().astimezone(city.zone).date() - days * DAY, dt.time(hour), city.zone)


def counted(city: Jurisdiction, measure: str) -> dict[tuple[int, str], int]:
    """By days ago and part."""
    today = app_now().astimezone(city.zone).date()
    rows = ValueCount.objects.filter(jurisdiction=city, measure=measure)
    return {((today - row.day).days, row.part): row.value for row in rows}


def report(cast: Rivermark, days: int, **columns: Any) -> ServiceRequest:
    request = factories.report(cast.tree)
    ServiceRequest.objects.filter(pk=request.pk).update(submitted_at=noon(cast.city, days), **columns)
    return request


def contact(
    cast: Rivermark, days: float, outcome: str = Outcome.ANSWERED, *, phone: str = "617-555-0142", **columns: Any
) -> None:
    made = contacts.start(cast.city, taker=cast.cal, caller_number=phone)
    contacts.close(made, outcome)
    Contact.objects.filter(pk=made.pk).update(started_at=noon(cast.city, 0) - days * DAY, **columns)


def test_reports_count_by_channel_on_their_day_of_the_city(cast: Rivermark) -> None:
    report(cast, 2)
    report(cast, 2, channel="staff", public_state="staff")
    report(cast, 2, channel="phone")
    report(cast, 3, channel="phone")
    # Late in the evening, which is the next day in Greenwich.
    ServiceRequest.objects.filter(pk=report(cast, 2, channel="phone").pk).update(submitted_at=noon(cast.city, 2, 23))
    report(cast, 2, is_test=True, public_state="test")
    report(cast, 2, public_state="unconfirmed")
    report(cast, 2, public_state="erased")
    # Today isn't over.
    factories.report(cast.tree)
    value_counts.record(cast.city)
    assert counted(cast.city, "report") == {(2, "web"): 1, (2, "staff"): 1, (2, "phone"): 2, (3, "phone"): 1}


def test_the_last_days_are_counted_again_and_older_ones_stay(cast: Rivermark) -> None:
    recent, old = report(cast, 14), report(cast, 15)
    value_counts.record(cast.city)
    assert counted(cast.city, "report") == {(14, "web"): 1, (15, "web"): 1}
    ServiceRequest.objects.filter(pk__in=[recent.pk, old.pk]).update(channel="phone")
    for _run in range(2):
        value_counts.record(cast.city)
        assert counted(cast.city, "report") == {(14, "phone"): 1, (15, "web"): 1}


def test_who_joined_counts_and_who_only_follows_does_not(cast: Rivermark) -> None:
    parent, child = factories.routed(cast.tree), factories.routed(cast.tree)
    for number in range(2):
        followers.join(
            parent.pk, reporter=Reporter(name=f"Ben {number}", email=f"b{number}@example.org"), language="en"
        )
    followers.join(parent.pk, reporter=Reporter(name="Cy", email="c@example.org"), language="en", role="follower")
    merges.merge(child.pk, parent=parent, actor=cast.tom)
    set_time(app_now() + DAY)
    value_counts.record(cast.city)
    assert counted(cast.city, "joined") == {(1, ""): 2}
    assert counted(cast.city, "merged") == {(1, ""): 1}
    merges.unmerge(child.pk, actor=cast.tom)
    value_counts.record(cast.city)
    assert counted(cast.city, "merged") == {}


def test_a_first_contact_is_resolved_only_if_nobody_came_again_about_the_same(cast: Rivermark) -> None:
    # Again after exactly seven days, and a moment later.
    contact(cast, 20, phone="617-555-0001")
    contact(cast, 13, phone="617-555-0001")
    contact(cast, 20, phone="617-555-0002")
    contact(cast, 13 - 1 / 86400, phone="617-555-0002")
    # About something else; and without a topic, which may be the same.
    contact(cast, 19, phone="617-555-0003", topic="trash")
    contact(cast, 18, phone="617-555-0003", topic="taxes")
    contact(cast, 17, phone="617-555-0004", topic="trash")
    contact(cast, 16, phone="617-555-0004")
    # The same person from another number, and the same address.
    ana = Person.objects.create(jurisdiction=cast.city, name="Ana")
    contact(cast, 12, phone="617-555-0007", person=ana)
    contact(cast, 11, phone="", person=ana)
    contact(cast, 15, phone="617-555-0005", address="12 Elm St")
    contact(cast, 14, phone="617-555-0006", address="12 elm st ")
    value_counts.record(cast.city)
    found = counted(cast.city, "first_contact")
    assert (found[20, "repeat"], found[20, "resolved"]) == (1, 1)
    assert (found[19, "resolved"], found[18, "resolved"]) == (1, 1)
    assert (found[17, "repeat"], found[16, "resolved"]) == (1, 1)
    assert (found[15, "repeat"], found[14, "resolved"]) == (1, 1)
    assert (found[12, "repeat"], found[11, "resolved"]) == (1, 1)


def test_who_cannot_be_recognized_cannot_be_told_and_a_transfer_is_not_closed(cast: Rivermark) -> None:
    contact(cast, 10, phone="")
    contact(cast, 10, Outcome.CALL_BACK, phone="617-555-0001")
    contact(cast, 10, Outcome.DROPPED, phone="")
    contact(cast, 10, Outcome.REQUEST_MADE, phone="617-555-0002")
    contact(cast, 10, Outcome.TEST, phone="617-555-0003")
    contact(cast, 10, phone="617-555-0004", is_practice=True)
    # Seven days aren't over for what was today a week ago.
    contact(cast, 7, phone="617-555-0005")
    contact(cast, 8, phone="617-555-0006")
    value_counts.record(cast.city)
    assert counted(cast.city, "first_contact") == {
        (10, "cant_tell"): 1,
        (10, "passed_on"): 2,
        (10, "resolved"): 1,
        (8, "resolved"): 1,
    }


def begun(cast: Rivermark, days: int, **columns: Any) -> Draft:
    draft = drafts.create(cast.city, visitor="v", language="en", text="A hole", **columns.pop("typed", {}))
    at = noon(cast.city, days)
    Draft.objects.filter(pk=draft.pk).update(**{"created_at": at, "updated_at": at, **columns})
    return draft


def test_what_was_begun_on_the_website_was_sent_answered_or_left(cast: Rivermark) -> None:
    begun(cast, 1, service_request=factories.report(cast.tree))
    begun(cast, 1, service_request=factories.report(cast.tree), saw_answer=True)
    begun(cast, 1, saw_answer=True)
    begun(cast, 1)
    begun(cast, 1, typed={"referred": {"email": "power@example.org"}})
    # A second report of the same visit, a test, and one of the desk are no visit.
    begun(cast, 1, typed={"together": [1]})
    begun(cast, 1, tester=cast.ada)
    begun(cast, 1, taker=cast.cal)
    # Still at it.
    begun(cast, 1, updated_at=app_now() - value_counts.LEFT_AFTER + dt.timedelta(seconds=5))
    begun(cast, 0)
    value_counts.record(cast.city)
    assert counted(cast.city, "intake") == {
        (1, "sent"): 2, (1, "left_after_answer"): 1, (1, "left"): 1, (1, "referred"): 1,
    }  # fmt: skip


def test_a_day_is_not_counted_again_once_its_drafts_begin_to_expire(cast: Rivermark) -> None:
    assert drafts.EXPIRES_AFTER.days - 1 == value_counts.INTAKE_DAYS
    for days in (6, 7):
        begun(cast, days)
        ValueCount.objects.create(
            jurisdiction=cast.city, measure="intake", part="left", value=5, day=noon(cast.city, days).date()
        )
    value_counts.record(cast.city)
    assert counted(cast.city, "intake") == {(6, "left"): 1, (7, "left"): 5}
