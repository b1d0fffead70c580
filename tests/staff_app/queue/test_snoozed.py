"""A snoozed request leaves one person's lists until its day, or until something happens that can't wait."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from requests_app.actions.work import conversation, progress
from requests_app.clock import app_now
from requests_app.models import Membership, ServiceRequest, Snooze, User
from requests_app.rules.work import snoozes
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers={"where": "lane"}, reporter=factories.ANA)


def is_listed(client: Client, service_request: ServiceRequest, query: str = "") -> bool:
    return f"/staff/r/{service_request.reference}/" in client.get(f"/staff/{query}").content.decode()


def snooze(client: Client, service_request: ServiceRequest, **typed: str) -> str:
    url = f"/staff/r/{service_request.reference}/snooze/"
    return client.post(url, {"until": "tomorrow", **typed}, follow=True).content.decode()


def test_it_leaves_my_lists_and_nobody_elses(
    tom: Client, hole: ServiceRequest, town: Rivermark, signed_in: Callable[[User], Client]
) -> None:
    tess = signed_in(factories.staff("Tess", "triage", town.city, town.streets))
    snooze(tom, hole)
    assert not is_listed(tom, hole)
    assert re.search(
        r'href="/staff/snoozed/">Snoozed <span class="count">1</span>', tom.get("/staff/").content.decode()
    )
    assert is_listed(tess, hole)
    # A search finds it.
    assert is_listed(tom, hole, "?q=plate")
    assert f"/staff/r/{hole.reference}/" in tom.get("/staff/snoozed/").content.decode()


def test_it_comes_back_by_itself(tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    snooze(tom, hole)
    until = Snooze.objects.get().until
    assert until.astimezone(town.city.zone).time() == dt.time()
    set_time(until - dt.timedelta(seconds=1))
    assert not is_listed(tom, hole)
    set_time(until)
    assert is_listed(tom, hole)


def test_as_many_as_one_may_and_none_more(
    town: Rivermark,
    tom: Client,
    hole: ServiceRequest,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[..., Client],
) -> None:
    monkeypatch.setattr(snoozes, "MAX", 2)
    second, third = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    for one in (hole, second):
        assert "is hidden from your lists" in snooze(tom, one)
    assert "You’ve snoozed 2 requests." in snooze(tom, third)
    assert is_listed(tom, third)
    # One of them again, or somebody else's, is no third.
    assert "is hidden from your lists" in snooze(tom, hole)
    assert "is hidden from your lists" in snooze(signed_in(town.dev), third)


def test_undo_in_its_message_brings_it_back(tom: Client, hole: ServiceRequest) -> None:
    page = snooze(tom, hole)
    undo = re.search(r'action="(/staff/r/[0-9A-Z]+/unsnooze/)" class="undo"', page)
    assert undo
    tom.post(undo[1])
    assert is_listed(tom, hole)


def test_a_reply_brings_it_back_early_and_a_comment_does_not(
    tom: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    progress.accept(hole.pk, actor=town.tom)
    conversation.ask(hole.pk, question="Which lane?", actor=town.tom)
    snooze(tom, hole)
    conversation.comment(hole.pk, text="We’ll look on Monday.", actor=town.tom)
    assert not is_listed(tom, hole)
    conversation.answer(hole.pk, text="The left one.", actor=town.tom)
    assert is_listed(tom, hole)


@pytest.mark.parametrize("day", ["", "2020-01-01", "2031-01-01", "soon"])
def test_a_wrong_date_is_said_and_snoozes_nothing(tom: Client, hole: ServiceRequest, day: str) -> None:
    url = f"/staff/r/{hole.reference}/snooze/"
    answer = tom.post(url, {"until": day})
    assert answer.status_code == 422
    assert not Snooze.objects.exists()


def test_a_day_from_tomorrow_to_a_year_from_now_is_taken(tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    url = f"/staff/r/{hole.reference}/snooze/"
    tomorrow, last, day = snoozes.tomorrow(town.city), snoozes.last_day(town.city), dt.timedelta(days=1)
    answered = {
        at: tom.post(url, {"until": at.isoformat()}).status_code for at in (tomorrow - day, last + day, tomorrow, last)
    }
    assert list(answered.values()) == [422, 422, 302, 302]
    # "Tomorrow" is one day on, whatever day the server has.
    tom.post(url, {"until": "tomorrow"})
    assert Snooze.objects.get().until == snoozes.morning(town.city, tomorrow)


def test_what_is_snoozed_is_listed_only_as_long_as_it_is_seen(
    tom: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    there = factories.lakeside()
    Membership.objects.create(user=town.tom, jurisdiction=there.city, role=factories.role(there.city, "supervisor"))
    elsewhere = factories.routed(there.pothole)
    for service_request in (hole, elsewhere):
        Snooze.objects.create(
            user=town.tom, service_request=service_request, until="2999-01-01T00:00Z", last_event_id=10**12
        )
    page = tom.get("/staff/snoozed/").content.decode()
    assert hole.reference in page
    assert elsewhere.reference not in page
    ServiceRequest.objects.filter(pk=hole.pk).update(department=town.parks)
    assert hole.reference not in tom.get("/staff/snoozed/").content.decode()


def test_it_goes_on_to_the_next_of_the_list(tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    following = factories.routed(town.pothole, "Another.", answers={"where": "lane"})
    row = re.search(rf'href="/staff/r/{hole.reference}/\?list=([^"]+)"', tom.get("/staff/").content.decode())
    assert row
    page = tom.get(f"/staff/r/{hole.reference}/?list={row[1]}").content.decode()
    link = re.search(rf'href="/staff/r/{hole.reference}/snooze/\?list=([^"]+)"', page)
    assert link
    answer = tom.post(f"/staff/r/{hole.reference}/snooze/?list={link[1]}", {"until": "next week"})
    assert answer["Location"].startswith(f"/staff/r/{following.reference}/?list=")
    assert Snooze.objects.get().until > app_now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(isodow FROM until AT TIME ZONE %s) FROM requests_app_snooze", [str(town.city.zone)]
        )
        assert cursor.fetchone() == (1,)


def test_another_departments_request_is_a_404(pia: Client, hole: ServiceRequest) -> None:
    assert pia.post(f"/staff/r/{hole.reference}/snooze/", {"until": "tomorrow"}).status_code == 404
    assert not Snooze.objects.exists()
