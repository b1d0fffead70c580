"""Clocks on hold: the time left stays the same, in the calendar of the target."""

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.actions.work import assignment, conversation, endings, holds, progress, staff_actions
from requests_app.clock import app_now
from requests_app.models import ServiceRequest, Target, User
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def travel() -> Iterator[Callable[[str], None]]:
    """Moves the database's clock to a time of day in the city."""

    def to(wall: str) -> None:
        wanted = dt.datetime.fromisoformat(wall).replace(tzinfo=NEW_YORK)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, false)", [wanted])
        assert abs(app_now() - wanted) < dt.timedelta(seconds=1)

    yield to
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', '', false)")


# The target, when it is put on hold and resumed, and when it is due then.
@pytest.mark.parametrize(
    ("value", "unit", "held", "resumed", "due"),
    [
        # Calendar days: weekends count, before the hold and after it.
        (3, "days", "2026-06-05T17:00", "2026-06-12T17:00", "2026-06-15T16:00"),
        # Office hours: 9 of them, one used on Friday.
        (9, "hours", "2026-06-05T17:00", "2026-06-10T08:00", "2026-06-10T16:00"),
        # Already late: it stays late by as much.
        (1, "hours", "2026-06-08T12:00", "2026-06-09T12:00", None),
        # When daylight saving time ends, a day has 25 hours; a target in days has 24 each.
        (3, "days", "2026-06-06T16:00", "2026-11-01T16:00", "2026-11-03T16:00"),
    ],
)
def test_after_a_hold_what_was_left_is_left(
    travel: Callable[[str], None], value: int, unit: str, held: str, resumed: str, due: str | None
) -> None:
    city = factories.jurisdiction()
    office = factories.calendar(city, "office", always=False, hours=OFFICE)
    version = factories.service(
        city, of=factories.department(city, calendar=office), acknowledge_hours=None, resolve_hours=None
    )
    Target.objects.create(
        service=version.service,
        kind="resolve",
        value=value,
        unit=unit,
        valid_from=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    travel("2026-06-05T16:00")
    made = factories.routed(version)
    tom = factories.staff("Tom", "triage", city, version.department)
    travel(held)
    late_by = app_now() - made.due_at if made.due_at else dt.timedelta()
    holds.hold(made.pk, reason="weather", until=dt.date(2027, 1, 1), actor=tom)
    travel(resumed)
    holds.resume(made.pk, actor=tom)
    made = ServiceRequest.objects.get(pk=made.pk)
    assert made.due_at is not None
    if due is None:
        assert dt.timedelta(0) < app_now() - made.due_at < late_by + dt.timedelta(seconds=2)
    else:
        assert abs(made.due_at - dt.datetime.fromisoformat(due).replace(tzinfo=NEW_YORK)) < dt.timedelta(seconds=5)


# --- Every hold, and every way out of it ------------------------------------------------------------------------------

WAITS = ("reporter", "other_group", "weather", "parts", "yearly_plan", "permit")
WAYS_OUT = ("resume", "day", "answer", "transfer", "triage", "schedule", "resolve", "withdraw", "change_service")
HOUR = dt.timedelta(hours=1)


def set_time(to: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, false)", [to])


def put_on_hold(made: ServiceRequest, reason: str, until: dt.date, actor: User) -> None:
    if reason == "reporter":
        conversation.ask(made.pk, question="Which lane?", until=until, actor=actor)
    else:
        holds.hold(made.pk, reason=reason, until=until, actor=actor)


def leave(made: ServiceRequest, way: str, town: Rivermark) -> None:
    person = made.participations.get(role="reporter").person
    ways: dict[str, Callable[[], object]] = {
        "resume": lambda: holds.resume(made.pk, actor=town.tom),
        "day": lambda: holds.end_overdue_holds(town.city),
        "answer": lambda: conversation.answer(made.pk, text="The right one.", actor=person),
        "transfer": lambda: assignment.transfer(made.pk, department=town.parks, reason="Theirs.", actor=town.tom),
        "triage": lambda: assignment.return_to_triage(made.pk, reason="Whose?", actor=town.tom),
        "schedule": lambda: progress.schedule(made.pk, on=app_now().date(), actor=town.tom),
        "resolve": lambda: endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom),
        "withdraw": lambda: endings.withdraw(made.pk, actor=person),
        "change_service": lambda: assignment.change_service(made.pk, version=town.tree, actor=town.tom),
    }
    ways[way]()


@pytest.fixture
def real_time() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', '', false)")


@pytest.mark.shows("5.70")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    waits=st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=20),
            st.sampled_from(WAITS),
            st.integers(min_value=1, max_value=40 * 24),
            st.sampled_from(WAYS_OUT),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_it_waits_for_no_clock_stays_paused_and_none_counts_the_wait(
    town: Rivermark, real_time: None, waits: list[tuple[int, str, int, str]]
) -> None:
    """Each hold: the hours of work before it, what it waits for, how many hours, and how it ends."""
    now = dt.datetime(2027, 3, 1, 15, tzinfo=dt.UTC)
    set_time(now)
    made = factories.routed(town.pothole, answers={"where": "lane"})
    assert made.due_at is not None
    left, was_on_hold = made.due_at - app_now(), False
    for hours, reason, waited, way in waits:
        if not made.is_open:
            break
        now += hours * HOUR
        set_time(now)
        left -= dt.timedelta() if was_on_hold else hours * HOUR
        until = now.astimezone(NEW_YORK).date() + dt.timedelta(days=1)
        put_on_hold(made, reason, until, town.tom)
        now += waited * HOUR
        set_time(now)
        leave(made, way, town)
        made = ServiceRequest.objects.get(pk=made.pk)
        was_on_hold = made.status == "on_hold"
        paused = made.clocks.filter(met_at=None).exclude(paused_at=None)
        assert paused.exists() == was_on_hold
        if not made.is_open:
            assert not made.clocks.filter(met_at=None).exists()
        elif not was_on_hold:
            assert made.due_at is not None
            assert abs(made.due_at - app_now() - left) < dt.timedelta(seconds=len(waits) * 2)
    if made.status == "on_hold":
        # Whatever it is, its day comes.
        set_time(now + dt.timedelta(days=400))
        holds.end_overdue_holds(town.city)
        made = ServiceRequest.objects.get(pk=made.pk)
        assert made.status != "on_hold"
        assert not made.clocks.filter(met_at=None).exclude(paused_at=None).exists()


def test_a_new_priority_brings_its_targets_counted_from_the_start(cast: Rivermark) -> None:
    urgent = Target.objects.create(service=cast.pothole.service, kind="resolve", value=4, unit="hours", priority=1)
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    assert made.due_at == made.submitted_at + dt.timedelta(hours=72)
    assignment.set_priority(made.pk, priority=1, actor=cast.tom)
    made.refresh_from_db()
    clock = made.clocks.get(kind="resolve")
    assert (clock.target, clock.target_words) == (urgent, {"value": 4, "unit": "hours"})
    assert made.due_at == clock.due_at == clock.started_at + dt.timedelta(hours=4)


def test_two_steps_of_one_action_see_each_others_clocks(cast: Rivermark) -> None:
    """Accepting stops a clock that was read with the lock; the department it goes to doesn't start it again."""
    made = factories.routed(cast.pothole, answers={"where": "lane"})

    def accept_and_transfer() -> None:
        progress.accept(made.pk, actor=cast.tom)
        assignment.transfer(made.pk, department=cast.parks, reason="A tree.", actor=cast.tom)

    staff_actions.perform(made.pk, accept_and_transfer, form="macro", actor=cast.tom)
    made.refresh_from_db()
    assert made.acknowledge_due_at is None
    assert made.due_at == made.clocks.get(kind="resolve", met_at=None).due_at
