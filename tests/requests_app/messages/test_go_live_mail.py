"""Administrators hear two weeks and a day before an approval of emergency words ends; the service goes on."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from requests_app.actions.setup import go_live
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, OutboxRow, Service, ServiceApproval
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]


@contextmanager
def on(day: dt.date, town: Rivermark, hour: int = 3, minute: int = 0) -> Iterator[None]:
    """At an hour of the day in the city."""
    at = dt.datetime.combine(day, dt.time(hour, minute), town.city.zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [at])
        yield
        cursor.execute("SELECT set_config('lamplighter.time_shift', '', true)")


@pytest.fixture
def last_day(town: Rivermark) -> dt.date:
    """Of the approvals of two services, given today for forty days."""
    day = app_now().astimezone(town.city.zone).date() + dt.timedelta(days=40)
    for code in ("outreach", "pothole"):
        service = Service.objects.select_related("jurisdiction").get(service_code=code)
        words = rules.emergency_words(written_service(service), town.city)
        go_live.store_approval(
            go_live.new_approval(service, approver="Lt. Ruiz", review_by=day, approved=words, actor=town.ada)
        )
    return day


def told(town: Rivermark, day: dt.date, hour: int = 3, minute: int = 0) -> list[str]:
    """The recipients of what the night of this day sends."""
    mail.outbox.clear()
    with on(day, town, hour, minute):
        for city in Jurisdiction.objects.all():
            go_live.notify_of_endings(city)
        tasks.drain("outside")
    return [address for message in mail.outbox for address in message.to]


def test_they_are_notified_once_two_weeks_before_and_once_a_day_before(town: Rivermark, last_day: dt.date) -> None:
    before = dt.timedelta(days=1)
    assert told(town, last_day - 15 * before, 23, 59) == []
    assert told(town, last_day - 14 * before, 0, 0) == [town.ada.email]
    message = mail.outbox[0]
    assert message.subject == "2 emergency checks have to be read again"
    assert "Pothole: until" in message.body
    assert "/staff/setup/go-live/" in message.body
    assert told(town, last_day - 14 * before, 5) == []
    assert told(town, last_day - 2 * before) == []
    assert told(town, last_day - before) == [town.ada.email]
    assert told(town, last_day) == []
    assert told(town, last_day + before) == []


def test_a_night_that_was_missed_is_made_up_for(town: Rivermark, last_day: dt.date) -> None:
    assert told(town, last_day - dt.timedelta(days=9)) == [town.ada.email]
    assert told(town, last_day) == [town.ada.email]
    # After its last day, it's on the list, and no email says that it ends.
    ServiceApproval.objects.update(notified_on=None)
    assert told(town, last_day + dt.timedelta(days=1)) == []


def test_the_service_goes_on_and_stays_on_the_list(town: Rivermark, last_day: dt.date) -> None:
    client = Client()
    client.force_login(town.ada)
    service = Service.objects.select_related("jurisdiction", "current").get(service_code="outreach")
    with on(last_day, town, 23, 59):
        assert "emergency" not in {check.code for check in rules.missing(service)}
        assert "should read its emergency check again by" in client.get("/staff/setup/go-live/").content.decode()
    with on(last_day + dt.timedelta(days=1), town, 0, 0):
        assert "emergency" in {check.code for check in rules.missing(service)}
        assert "Emergency check" in client.get("/staff/setup/go-live/").content.decode()
        assert "outreach" in Client().get("/open311/v2/services.json").content.decode()
    assert Service.objects.get(service_code="outreach").active


def test_who_approved_it_again_is_not_told(town: Rivermark, last_day: dt.date) -> None:
    day = last_day - dt.timedelta(days=14)
    with on(day, town):
        go_live.notify_of_endings(town.city)
        assert OutboxRow.objects.filter(kind=go_live.ENDINGS).count() == 1
        for approval in ServiceApproval.objects.all():
            approval.review_by = last_day + dt.timedelta(days=365)
            go_live.store_approval(approval)
        mail.outbox.clear()
        tasks.drain("outside")
    assert mail.outbox == []


def test_who_approves_for_a_week_knows_that_it_is_short(town: Rivermark, last_day: dt.date) -> None:
    given = last_day - dt.timedelta(days=7)
    ServiceApproval.objects.update(at=dt.datetime.combine(given, dt.time(12), town.city.zone))
    assert told(town, given) == []
    assert told(town, last_day - dt.timedelta(days=1)) == [town.ada.email]


def test_only_the_city_s_own_administrators_and_only_of_services_in_use(town: Rivermark, last_day: dt.date) -> None:
    other = factories.jurisdiction("Marlbury", hosts=["marlbury.example"])
    factories.staff("Zoe", "administrator", other)
    eve = factories.staff("Eve", "administrator", town.city)
    Service.objects.filter(service_code="pothole").update(active=False)
    assert sorted(told(town, last_day - dt.timedelta(days=14))) == sorted([town.ada.email, eve.email])
    assert mail.outbox[0].subject == "An emergency check has to be read again"
