"""A request next to the list: fetched without a trace, and marked as read once somebody has it before them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.work import assignment, conversation, request_reads
from requests_app.clock import app_now
from requests_app.models import Event, Photo, RequestRead, SafetyNoteReading, StaffNotice, User
from staff_app.queue import presence
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time
from tests.staff_app.queue.test_queue import pothole

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def unread(client: Client, path: str = "/staff/") -> set[int]:
    rows = re.findall(r'<tr role="row" data-request="(\d+)"[^>]* data-unread>', client.get(path).content.decode())
    return {int(pk) for pk in rows}


def test_it_says_what_one_needs_and_fetching_it_leaves_no_trace(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, "A hole as deep as a knee.", answers={"where": "lane"}, reporter=factories.ANA)
    Photo.objects.create(service_request=one, jurisdiction=town.city, name="b2", width=9, height=9)
    assignment.assign(one.pk, assignee=town.tom, actor=town.cal)
    factories.run_worker()
    events, notices = Event.objects.count(), StaffNotice.objects.filter(user=town.tom, read_at=None).count()
    assert notices
    page = tom.get(f"/staff/r/{one.reference}/peek/").content.decode()
    for text in (
        "A hole as deep as a knee.",
        "/photos/b2-small.jpg",
        "Assigned to Tom",
        'data-act="accept"',
        'id="composer"',
    ):
        assert text in page
    assert Event.objects.count() == events
    assert StaffNotice.objects.filter(user=town.tom, read_at=None).count() == notices
    assert (RequestRead.objects.count(), SafetyNoteReading.objects.count()) == (0, 0)
    assert presence.others(town.dev, [one.pk]) == {}
    assert one.pk in unread(tom)
    # Now it is before somebody.
    assert tom.post(f"/staff/r/{one.reference}/peek/").status_code == 204
    assert StaffNotice.objects.filter(user=town.tom, read_at=None).count() == 0
    assert presence.others(town.dev, [one.pk]) == {one.pk: "Tom is on this request"}
    assert unread(tom) == set()


def test_unread_is_each_persons_own_and_comes_back_with_what_others_do(
    town: Rivermark, tom: Client, signed_in: SignIn
) -> None:
    one, other = pothole(town), pothole(town)
    tess = signed_in(factories.staff("Tess", "triage", town.city, town.streets))
    tom.get(f"/staff/r/{one.reference}/")
    tom.get(f"/staff/r/{one.reference}/")
    assert RequestRead.objects.count() == 1
    assert (unread(tom), unread(tess)) == ({other.pk}, {one.pk, other.pk})
    # Their own action is nothing new; a colleague's is.
    conversation.comment(other.pk, text="We’ll look.", actor=town.tom)
    assert unread(tom) == set()
    conversation.comment(one.pk, text="We’ll look.", actor=town.cal)
    assert unread(tom) == {one.pk}
    # A note changes nothing in the list.
    tom.get(f"/staff/r/{one.reference}/")
    conversation.note(one.pk, text="See it.", audience="department", actor=town.cal)
    assert unread(tom) == set()


def test_after_thirty_days_it_is_forgotten(town: Rivermark, tom: Client) -> None:
    one, opened = pothole(town), pothole(town)
    tom.get(f"/staff/r/{opened.reference}/")
    newest = max(Event.objects.filter(service_request=one).values_list("at", flat=True))
    month = dt.timedelta(days=30)
    set_time(newest + month)
    assert one.pk in unread(tom)
    set_time(newest + month + dt.timedelta(seconds=1))
    assert one.pk not in unread(tom)
    RequestRead.objects.update(read_at=app_now() - month)
    request_reads.delete_old()
    assert RequestRead.objects.count() == 1
    RequestRead.objects.update(read_at=app_now() - month - dt.timedelta(seconds=1))
    request_reads.delete_old()
    assert RequestRead.objects.count() == 0


def test_nobody_sees_beside_the_list_what_they_may_not_open(
    town: Rivermark, tom: Client, pia: Client, signed_in: SignIn
) -> None:
    one = pothole(town)
    path = f"/staff/r/{one.reference}/peek/"
    assert [pia.get(path).status_code, pia.post(path).status_code] == [404, 404]
    assert RequestRead.objects.count() == 0
    # A contractor reads it without names.
    named = factories.routed(town.pothole, "Call me at 555-0142, Ana Ruiz.", answers={"where": "lane"})
    gus = factories.staff("Gus", "contractor", town.city, town.streets)
    assignment.assign(named.pk, assignee=gus, actor=town.tom)
    page = signed_in(gus).get(f"/staff/r/{named.reference}/peek/").content.decode()
    assert "555-0142" not in page
    assert tom.get("/staff/r/ABCD2345/peek/").status_code == 404


@pytest.mark.shows("14.10")
def test_it_costs_at_most_twelve_statements(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, "A hole.", answers={"where": "lane"}, reporter=factories.ANA)
    for number in range(3):
        Photo.objects.create(service_request=one, jurisdiction=town.city, name=f"b{number}", width=9, height=9)
        conversation.comment(one.pk, text=f"We’ll look, {number}.", actor=town.cal)
    assignment.assign(one.pk, assignee=town.dev, actor=town.cal)
    costs: list[Any] = []
    for _ in range(2):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert tom.get(f"/staff/r/{one.reference}/peek/").status_code == 200
        costs.append(len(captured.captured_queries))
    assert costs[1] <= 12, [query["sql"][:200] for query in captured.captured_queries]
