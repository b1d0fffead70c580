"""Digests of staff and departments: whose they are, what counts in them, and what may not be in them."""

import datetime as dt
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.mail import EmailMultiAlternatives

from requests_app.actions.people.staff_notices import save_preferences
from requests_app.messages import staff_email
from requests_app.models import Leave, Membership, OutboxRow, ServiceRequest, StaffNotice, User
from requests_app.rules.people.staff_notices import MONDAY as MONDAY_EMAIL
from requests_app.rules.people.staff_notices import Choice
from requests_app.worker.tasks import HANDLERS
from staff_app.queue import listing
from tests import factories
from tests.factories import Lakeside, Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)
# Monday at 9 in the morning.
NOW = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)


@pytest.fixture
def lakeside(town: Rivermark) -> Lakeside:
    set_time(NOW)
    return factories.lakeside()


def assigned(town: Rivermark, user: User, **columns: Any) -> ServiceRequest:
    made = factories.routed(town.pothole, "WORDCANARY", answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=user, **columns)
    return made


def test_each_person_gets_the_digest_of_the_city_whose_work_they_have(town: Rivermark, lakeside: Lakeside) -> None:
    # Dev works in both cities, and has work in one.
    Membership.objects.create(
        user=town.dev,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=factories.role(lakeside.city, "crew"),
    )
    assigned(town, town.dev)
    ServiceRequest.objects.filter(pk=factories.routed(lakeside.pothole).pk).update(assignee=lakeside.lou)
    assert staff_email._who_gets_digest(town.city, MONDAY) == [town.dev.pk]
    assert staff_email._who_gets_digest(lakeside.city, MONDAY) == [lakeside.lou.pk]


def works_elsewhere(user: User, lakeside: Lakeside) -> None:
    role = factories.role(lakeside.city, "crew")
    Membership.objects.create(user=user, jurisdiction=lakeside.city, department=lakeside.streets, role=role)


def test_what_waits_for_the_morning_is_of_one_city(
    town: Rivermark, lakeside: Lakeside, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    works_elsewhere(town.dev, lakeside)
    waiting = {"user": town.dev, "kind": "reopened", "email": StaffNotice.Email.MORNING}
    there = factories.routed(lakeside.pothole)
    elsewhere = StaffNotice.objects.create(jurisdiction=lakeside.city, service_request=there, **waiting)
    assert staff_email._who_gets_digest(town.city, MONDAY) == []
    assert staff_email._who_gets_digest(lakeside.city, MONDAY) == [town.dev.pk]
    made = factories.routed(town.pothole, answers={"where": "lane"})
    StaffNotice.objects.create(jurisdiction=town.city, service_request=made, **waiting)
    (mail,) = send("staff_digest", town.city, town.dev.pk, mailoutbox)
    assert made.display_reference in mail.body
    assert there.display_reference not in mail.body
    elsewhere.refresh_from_db()
    assert elsewhere.emailed_at is None
    # Of a city that is gone, nothing.
    gone = type(town.city)(pk=4_000_000)
    assert [send(kind, gone, town.pia.pk, mailoutbox) for kind in ("staff_digest", "monday_digest")] == [[], []]


def test_more_is_said_only_of_more_than_are_listed(
    town: Rivermark, lakeside: Lakeside, mailoutbox: list[EmailMultiAlternatives], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_email, "REQUESTS_LISTED", 2)
    monkeypatch.setattr(staff_email, "COUNT_MAX", 2)
    for count, title, counted in ((2, "2 open requests", "2"), (3, "More than 2 open requests", "2+")):
        while ServiceRequest.objects.filter(assignee=town.dev).count() < count:
            assigned(town, town.dev)
        (mail,) = send("staff_digest", town.city, town.dev.pk, mailoutbox)
        assert mail.subject == f"This morning: {title}"
        assert staff_email._count(ServiceRequest.objects.filter(assignee=town.dev)) == counted


@pytest.mark.parametrize("why", ["ended", "away", "gone", "closed"])
def test_nobody_gets_one_who_has_nothing_or_does_not_work_that_day(
    town: Rivermark, lakeside: Lakeside, why: str
) -> None:
    made = assigned(town, town.dev)
    Leave.objects.create(jurisdiction=lakeside.city, user=town.dev, starts_on=MONDAY, ends_on=MONDAY)
    assert staff_email._who_gets_digest(town.city, MONDAY) == [town.dev.pk]
    match why:
        case "ended":
            factories.mark_ended(made)
        case "away":
            Leave.objects.create(jurisdiction=town.city, user=town.dev, starts_on=MONDAY, ends_on=MONDAY)
        case "gone":
            User.objects.filter(pk=town.dev.pk).update(is_active=False)
        case "closed":
            hours = factories.calendar(town.city, "sundays", always=False, hours={})
            type(town.streets).objects.filter(pk=town.streets.pk).update(calendar=hours)
            # Where they work elsewhere, it is open.
            works_elsewhere(town.dev, lakeside)
    assert staff_email._who_gets_digest(town.city, MONDAY) == []


def test_the_list_is_ones_own_open_requests_of_this_city_without_tests(town: Rivermark, lakeside: Lakeside) -> None:
    own = assigned(town, town.dev)
    assigned(town, town.tom)
    factories.mark_ended(assigned(town, town.dev))
    test = factories.routed(town.pothole, answers={"where": "lane"}, is_test=True)
    ServiceRequest.objects.filter(pk=test.pk).update(assignee=town.dev)
    theirs = factories.routed(lakeside.pothole)
    ServiceRequest.objects.filter(pk=theirs.pk).update(assignee=town.dev)
    Membership.objects.create(
        user=town.dev,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=factories.role(lakeside.city, "crew"),
    )
    dev = User.objects.get(pk=town.dev.pk)
    assert staff_email._open_of(dev, town.city) == [own]
    assert staff_email._open_of(dev, lakeside.city) == [theirs]


def send(kind: str, city: Any, pk: int, mailoutbox: list[EmailMultiAlternatives]) -> list[EmailMultiAlternatives]:
    mailoutbox.clear()
    row = OutboxRow(kind=kind, dedupe_key=f"{kind}:{city.pk}:{MONDAY}:{pk}")
    HANDLERS[kind](row)
    return mailoutbox


def test_a_digest_has_no_residents_words_or_names(
    town: Rivermark, lakeside: Lakeside, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    made = assigned(town, town.dev)
    private = factories.routed(town.outreach, "SECRETCANARY")
    ServiceRequest.objects.filter(pk=private.pk).update(assignee=town.dev, address="1 Secret St")
    (mail,) = send("staff_digest", town.city, town.dev.pk, mailoutbox)
    assert mail.to == [town.dev.email]
    for text in (f"{mail.subject}\n{mail.body}", *(str(content) for content, _type in mail.alternatives)):
        assert made.display_reference in text
        assert [one for one in ("WORDCANARY", "SECRETCANARY", "Secret St", "Ana", "010-0199") if one in text] == []


def test_a_departments_digest_goes_to_its_inbox(
    town: Rivermark, lakeside: Lakeside, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    factories.routed(town.tree, "WORDCANARY")
    # Another department's, and a test.
    factories.routed(town.pothole, answers={"where": "lane"})
    factories.routed(town.tree, is_test=True)
    departments = type(town.parks).objects.filter(pk=town.parks.pk)
    departments.update(weekly_email=True)
    assert send("department_digest", town.city, town.parks.pk, mailoutbox) == []
    departments.update(email="parks@city.example")
    (mail,) = send("department_digest", town.city, town.parks.pk, mailoutbox)
    assert mail.to == ["parks@city.example"]
    assert numbers(mail)["Open"] == "1"
    assert "WORDCANARY" not in mail.body + str(mail.alternatives)
    # Of another city's key, switched off, or closed: none.
    assert send("department_digest", lakeside.city, town.parks.pk, mailoutbox) == []
    departments.update(active=False)
    assert send("department_digest", town.city, town.parks.pk, mailoutbox) == []
    departments.update(active=True, weekly_email=False)
    assert send("department_digest", town.city, town.parks.pk, mailoutbox) == []


def numbers(mail: EmailMultiAlternatives) -> dict[str, str]:
    """The counts of an email, and the address of the rows of each."""
    return dict(re.findall(r"^([A-Z][^:\n]*): (\d+)$", str(mail.body), re.MULTILINE))


def test_the_email_of_mondays_counts_what_its_links_open(
    town: Rivermark, lakeside: Lakeside, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    second, silent, day = dt.timedelta(seconds=1), dt.timedelta(days=town.city.silent_days), dt.timedelta(days=1)
    first = factories.routed(town.tree, "WORDCANARY")
    rows = [first, *factories.copies(first, 5)]
    # Not Parks', a test, and another city's.
    factories.routed(town.pothole, answers={"where": "lane"})
    factories.routed(town.tree, is_test=True)
    for made, columns in zip(
        rows,
        (
            {"due_at": NOW - second, "submitted_at": NOW - silent - second},
            {"due_at": None, "submitted_at": NOW - 2 * silent, "status": "on_hold", "hold_reason": "weather"},
            {"due_at": NOW, "submitted_at": NOW - silent, "assignee": town.pia},
            {"due_at": NOW + day, "submitted_at": NOW - 2 * silent, "last_public_message_at": NOW - second},
            {"due_at": NOW + day - second, "submitted_at": NOW, "bounces": 2},
            {"due_at": None, "submitted_at": NOW, "bounces": 1},
        ),
        strict=True,
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(**columns)
    (mail,) = send("monday_digest", town.city, town.pia.pk, mailoutbox)
    assert mail.to == [town.pia.email]
    assert numbers(mail) == {
        "Open": "6", "Alarms that nobody has taken": "0", "Late": "1", "Due within 24 hours": "2",
        "No public update for too long": "1", "No person or team": "5", "Transferred twice or more": "1",
    }  # fmt: skip
    html = str(mail.alternatives[0][0])
    for url, count in re.findall(r'href="[^"]*/staff/\?([^"]*)">[^<]*<strong>(\d+)</strong>', html):
        pairs = parse_qsl(unescape(url))
        assert ("department", town.parks.code) in pairs
        assert listing.matching(pairs, User.objects.get(pk=town.pia.pk), town.city).count() == int(count), pairs
    assert "WORDCANARY" not in str(mail.body) + html
    # Of the whole city, and in another one nobody's, where she is on a crew.
    lea = factories.staff("Lea", "supervisor", town.city, None)
    works_elsewhere(lea, lakeside)
    factories.routed(lakeside.pothole)
    (mail,) = send("monday_digest", town.city, lea.pk, mailoutbox)
    assert numbers(mail)["Open"] == "7"
    assert send("monday_digest", lakeside.city, town.pia.pk, mailoutbox) == []
    assert send("monday_digest", lakeside.city, lea.pk, mailoutbox) == []
    # Nobody who doesn't supervise gets one, nor anybody who doesn't want it.
    assert send("monday_digest", town.city, town.dev.pk, mailoutbox) == []
    save_preferences(town.pia, {MONDAY_EMAIL: Choice(False, StaffNotice.Email.NEVER)})
    assert send("monday_digest", town.city, town.pia.pk, mailoutbox) == []


def test_who_is_written_to_on_mondays(town: Rivermark, lakeside: Lakeside) -> None:
    away = factories.staff("Gus", "supervisor", town.city, town.parks)
    Leave.objects.create(jurisdiction=town.city, user=away, starts_on=MONDAY, ends_on=MONDAY)
    gone = factories.staff("Ned", "supervisor", town.city, town.parks)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    supervise = Membership.objects.filter(jurisdiction=town.city, role__permissions__contains=["supervise"])
    wanted = set(supervise.values_list("user", flat=True)) - {away.pk, gone.pk}
    assert town.pia.pk in wanted
    assert set(staff_email._supervisors(town.city, MONDAY)) == wanted
    save_preferences(town.pia, {MONDAY_EMAIL: Choice(False, StaffNotice.Email.NEVER)})
    assert set(staff_email._supervisors(town.city, MONDAY)) == wanted - {town.pia.pk}
    assert set(staff_email._supervisors(town.city, MONDAY + dt.timedelta(days=1))) == wanted - {town.pia.pk} | {away.pk}


def test_digests_are_enqueued_once_a_day_by_city(town: Rivermark, lakeside: Lakeside) -> None:
    type(town.streets).objects.update(weekly_email=False)
    for city in (town, lakeside):
        type(town.streets).objects.filter(pk=city.streets.pk).update(weekly_email=True)
    assigned(town, town.dev)
    people = [len(staff_email._supervisors(one.city, MONDAY)) for one in (town, lakeside)]
    assert all(people)
    assert staff_email.enqueue_digests(town.city) == 2 + people[0]
    assert staff_email.enqueue_digests(town.city) == 0
    assert staff_email.enqueue_digests(lakeside.city) == 1 + people[1]
    keys = set(OutboxRow.objects.filter(kind="department_digest").values_list("dedupe_key", flat=True))
    assert keys == {f"department_digest:{one.city.pk}:{MONDAY}:{one.streets.pk}" for one in (town, lakeside)}
    # On a Tuesday, people's alone.
    set_time(NOW + dt.timedelta(days=1))
    assert staff_email.enqueue_digests(town.city) == 1
