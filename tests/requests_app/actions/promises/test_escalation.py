"""A clock warns before it runs out, and then tells more people, each step once."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from requests_app.actions.promises import escalation
from requests_app.actions.work import endings, holds, progress
from requests_app.clock import app_now
from requests_app.models import Clock, Event, ServiceRequest, StaffNotice
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, plain
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]


def at(start: dt.datetime, hours: float) -> None:
    set_time(start + dt.timedelta(hours=hours))
    factories.run_part("escalate")
    factories.run_part("escalate")


def told(made: ServiceRequest) -> list[tuple[str, str, object]]:
    found = Event.objects.filter(service_request=made, kind__in=("due_soon", "escalated")).order_by("id")
    return [(event.data["clock_kind"], event.data.get("step", ""), event.data.get("assignee_id")) for event in found]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    """Accepted at once, so that only the clock of the work runs: 72 hours. Dev has it; Sue supervises, and Ada is the head."""
    made = factories.routed(town.pothole, answers={"where": "lane"})
    factories.staff("Sue", "supervisor", town.city, town.streets)
    town.streets.head = town.ada
    town.streets.save()
    progress.accept(made.pk, actor=town.tom)
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=town.dev)
    made.refresh_from_db()
    return made


def test_each_step_tells_the_next_person_once(town: Rivermark, made: ServiceRequest) -> None:
    start, sue = made.submitted_at, type(town.dev).objects.get(name="Sue")
    at(start, 57)
    assert told(made) == []
    expected: list[tuple[str, str, object]] = [("resolve", "", None)]
    at(start, 57.7)
    assert told(made) == expected
    for hours, step, reader in ((72.1, "assignee", town.dev), (108.1, "supervisor", sue), (144.1, "head", town.ada)):
        at(start, hours)
        expected.append(("resolve", step, reader.pk))
        assert told(made) == expected
    at(start, 1000)
    assert told(made) == expected
    made.refresh_from_db()
    assert made.assignee == town.dev


def test_a_hold_moves_the_steps_and_an_end_stops_them(town: Rivermark, made: ServiceRequest) -> None:
    start = made.submitted_at
    at(start, 50)
    holds.hold(made.pk, reason="weather", until=dt.date(2040, 1, 1), actor=town.tom)
    at(start, 100)
    holds.resume(made.pk, actor=town.tom)
    at(start, 107)
    assert told(made) == []
    at(start, 107.7)
    assert told(made) == [("resolve", "", None)]
    endings.resolve(made.pk, disposition="fixed", words="Filled.", visited=True, actor=town.tom)
    at(start, 500)
    assert len(told(made)) == 1


def test_each_step_is_a_notice_and_an_email_without_the_residents_words(
    town: Rivermark, made: ServiceRequest, mailbox: Mailbox
) -> None:
    at(made.submitted_at, 72.1)
    mail_server.deliver()
    assert StaffNotice.objects.get(user=town.dev, kind=StaffNotice.Kind.ESCALATED).service_request == made
    (sent,) = mailbox.to(town.dev.email)
    assert reverse("staff_app:detail", args=[made.reference]) in plain(sent)
    assert "as big as a plate" not in plain(sent)


def test_old_clocks_are_dated_without_a_flood(town: Rivermark, made: ServiceRequest) -> None:
    Clock.objects.update(step=0, step_at=None)
    set_time(made.submitted_at + dt.timedelta(hours=110))
    assert escalation.date_undated() == 1
    factories.run_part("escalate")
    assert told(made) == []
    at(made.submitted_at, 144.1)
    assert told(made) == [("resolve", "head", town.ada.pk)]


def test_finding_what_is_due_reads_a_small_index(town: Rivermark, made: ServiceRequest) -> None:
    due = Clock.objects.filter(met_at=None, step_at__lte=app_now()).order_by("step_at", "id")[:10]
    with connection.cursor() as cursor:
        # With one clock, reading any index and sorting costs the same.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = due.explain()
    assert "clock_next_step" in plan
    assert "Sort" not in plan
