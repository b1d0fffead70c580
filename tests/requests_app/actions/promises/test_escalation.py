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
from requests_app.models import Clock, Event, Leave, ServiceRequest, StaffNotice, User
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, plain
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]
SECOND = dt.timedelta(seconds=1)


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
    endings.resolve(made.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
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


def take(made: ServiceRequest, step: int) -> tuple[str, str, object]:
    """Takes this step, which is due now, and says whom it told."""
    clock = made.clocks.get(kind="resolve")
    Clock.objects.filter(pk=clock.pk).update(step=step, step_at=app_now())
    assert escalation.take_due_steps() == 1
    return told(made)[-1]


@pytest.mark.parametrize(("late", "is_told"), [(dt.timedelta(days=2) - SECOND, True), (dt.timedelta(days=2), False)])
def test_a_step_that_nobody_watched_is_told_within_two_days(
    town: Rivermark, made: ServiceRequest, late: dt.timedelta, is_told: bool
) -> None:
    clock = made.clocks.get(kind="resolve")
    now = clock.due_at + late
    set_time(now)
    # Only the second step, for its assignee.
    Clock.objects.filter(pk=clock.pk).update(step=1, step_at=clock.due_at)
    assert escalation.take_due_steps(at_most=1) == 1
    assert bool(told(made)) is is_told


def test_what_is_late_already_is_not_warned_of(town: Rivermark, made: ServiceRequest) -> None:
    clock = made.clocks.get(kind="resolve")
    for early, expected in ((SECOND, [("resolve", "", None)]), (dt.timedelta(), [])):
        Clock.objects.filter(pk=clock.pk).update(step=0, step_at=clock.due_at - dt.timedelta(hours=1))
        set_time(clock.due_at - early)
        escalation.take_due_steps(at_most=1)
        assert told(made)[len(told(made)) - len(expected) :] == expected
    assert len([one for one in told(made) if one[1] == ""]) == 1


def test_a_test_report_and_another_citys_people_are_left_alone(town: Rivermark, made: ServiceRequest) -> None:
    lakeside = factories.lakeside()
    test = factories.routed(town.pothole, answers={"where": "lane"}, is_test=True)
    theirs = factories.routed(lakeside.pothole)
    lakeside.streets.head = town.ada
    at(made.submitted_at, 108.1)
    assert told(test) == []
    # Each city’s supervisor gets notices of their own city alone.
    assert {reader for _kind, step, reader in told(theirs) if step} == {lakeside.sid.pk}
    assert lakeside.sid.pk not in [reader for _kind, _step, reader in told(made)]


@pytest.mark.parametrize(("where", "reader"), [("here", "Sue"), ("in another city", "Dev"), ("for good", "Sue")])
def test_without_an_assignee_who_is_there_the_supervisor_is_told(
    town: Rivermark, made: ServiceRequest, where: str, reader: str
) -> None:
    today = app_now().astimezone(town.city.zone).date()
    if where == "for good":
        User.objects.filter(pk=town.dev.pk).update(is_active=False)
    else:
        city = town.city if where == "here" else factories.lakeside().city
        Leave.objects.create(jurisdiction=city, user=town.dev, starts_on=today, ends_on=today)
    assert take(made, 1) == ("resolve", "assignee", User.objects.get(name=reader).pk)


@pytest.mark.parametrize(("is_active", "reader"), [(True, "Ada"), (False, "Sue")])
def test_a_head_who_left_is_not_told(town: Rivermark, made: ServiceRequest, is_active: bool, reader: str) -> None:
    User.objects.filter(pk=town.ada.pk).update(is_active=is_active)
    assert take(made, 3) == ("resolve", "head", User.objects.get(name=reader).pk)


def test_a_clock_that_was_met_put_on_hold_or_dated_again_takes_no_step(town: Rivermark, made: ServiceRequest) -> None:
    clock, now = Clock.objects.get(service_request=made, met_at=None), app_now()
    for columns, is_taken in (
        ({"met_at": now}, False),
        ({"met_at": None, "paused_at": now}, False),
        ({"paused_at": None, "step_at": now + SECOND}, False),
        ({"step_at": now}, True),
    ):
        Clock.objects.filter(pk=clock.pk).update(**{"step_at": now, **columns})
        assert escalation._take(clock.pk, made.pk) is is_taken
