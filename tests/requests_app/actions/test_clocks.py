"""Clocks on hold: the time left stays the same, in the calendar of the target."""

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from requests_app.actions import progress
from requests_app.clock import app_now
from requests_app.models import ServiceRequest, Target
from tests import factories

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
    progress.hold(made.pk, reason="weather", until=dt.date(2027, 1, 1), actor=tom)
    travel(resumed)
    progress.resume(made.pk, actor=tom)
    made = ServiceRequest.objects.get(pk=made.pk)
    assert made.due_at is not None
    if due is None:
        assert dt.timedelta(0) < app_now() - made.due_at < late_by + dt.timedelta(seconds=2)
    else:
        assert abs(made.due_at - dt.datetime.fromisoformat(due).replace(tzinfo=NEW_YORK)) < dt.timedelta(seconds=5)
