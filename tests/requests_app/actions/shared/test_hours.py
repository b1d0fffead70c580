"""The clocks of a request count in the hours of the department that has it, not in those of its service's."""

import datetime as dt
from collections.abc import Callable

import pytest

from requests_app.actions.alarms import alarms
from requests_app.actions.routing import routing
from requests_app.actions.work import assignment, endings, holds, reopenings
from requests_app.clock import app_now
from requests_app.models import Alarm, Calendar, Department, RoutingRule, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    """Of a service of Streets, which is open an hour a week; Parks, day and night, has it."""
    made = factories.routed(town.pothole, answers={"where": "lane"})
    rare = factories.calendar(town.city, "rare", always=False, hours={"mon": [["09:00", "10:00"]]})
    Department.objects.filter(pk=town.streets.pk).update(calendar=rare)
    assignment.transfer(made.pk, department=town.parks, reason="theirs", actor=town.tom)
    return ServiceRequest.objects.get(pk=made.pk)


def change_service(town: Rivermark, made: ServiceRequest) -> None:
    other = factories.service(town.city, "sign", of=town.streets)
    assignment.change_service(made.pk, version=other, actor=town.pia)


def set_priority(town: Rivermark, made: ServiceRequest) -> None:
    factories.service(town.city, "other")
    assignment.set_priority(made.pk, priority=4, actor=town.pia)


def reopen(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.pia)
    reopenings.reopen(made.pk, text="No.", actor=town.pia)


def resume(town: Rivermark, made: ServiceRequest) -> None:
    holds.hold(made.pk, reason="weather", until=app_now().date() + DAY, actor=town.pia)
    holds.resume(made.pk, actor=town.pia)


def alarm(town: Rivermark, made: ServiceRequest) -> None:
    locked = ServiceRequest.objects.locked(made.pk)
    alarms.raise_alarm(locked, reason=Alarm.Reason.STAFF, actor=town.pia)


def route_to_streets(town: Rivermark, made: ServiceRequest) -> None:
    routing.reroute(made.pk, actor=town.tom)


@pytest.mark.parametrize("act", [change_service, set_priority, reopen, resume, alarm])
def test_whatever_is_done_it_stays_due_in_days(
    town: Rivermark, made: ServiceRequest, act: Callable[[Rivermark, ServiceRequest], None]
) -> None:
    act(town, made)
    made.refresh_from_db()
    assert made.department == town.parks
    assert made.due_at is not None
    assert made.due_at <= app_now() + 4 * DAY


def test_what_goes_back_to_the_service_counts_in_its_hours_again(town: Rivermark, made: ServiceRequest) -> None:
    assert not RoutingRule.objects.exists()
    assert Calendar.objects.count() == 2
    route_to_streets(town, made)
    made.refresh_from_db()
    assert made.department == town.streets
    assert made.due_at is not None
    assert made.due_at > app_now() + 100 * DAY
