"""What somebody snoozed is hidden from their own lists, in this city, until its moment or until something matters."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import Event, ServiceRequest, Snooze, User
from requests_app.rules.work import snoozes
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db


def snooze(user: User, made: ServiceRequest, until: dt.datetime) -> Snooze:
    last = Event.objects.filter(service_request=made).latest("id").pk
    return Snooze.objects.create(user=user, service_request=made, until=until, last_event_id=last)


def hidden(user: User, city: object) -> list[int]:
    """As a new page reads it."""
    return snoozes.hidden_ids(User.objects.get(pk=user.pk), city)  # type: ignore[arg-type]


def test_only_ones_own_of_this_city_soonest_first(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    first, second = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    other = factories.routed(lakeside.pothole)
    now = app_now()
    snooze(town.tom, second, now + dt.timedelta(hours=1))
    snooze(town.tom, first, now + dt.timedelta(hours=2))
    snooze(town.tom, other, now + dt.timedelta(hours=3))
    snooze(town.dev, first, now + dt.timedelta(hours=3))
    assert hidden(town.tom, town.city) == [second.pk, first.pk]
    assert hidden(town.tom, lakeside.city) == [other.pk]
    assert hidden(town.dev, town.city) == [first.pk]


def test_it_ends_at_its_moment(town: Rivermark) -> None:
    made, until = factories.routed(town.pothole, answers={"where": "lane"}), app_now() + dt.timedelta(hours=1)
    snooze(town.tom, made, until)
    set_time(until - dt.timedelta(seconds=1))
    assert hidden(town.tom, town.city) == [made.pk]
    set_time(until)
    assert hidden(town.tom, town.city) == []


@pytest.mark.parametrize("kind", ["answered", "reopened", "priority_set", "alarm_raised", "escalated", "note_added"])
def test_what_matters_wakes_it_and_what_happened_before_does_not(town: Rivermark, kind: str) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    columns = {"jurisdiction": town.city, "kind": kind, "data": {}}
    Event.objects.create(service_request=made, **columns)
    snooze(town.tom, made, app_now() + dt.timedelta(hours=1))
    # Of another request.
    Event.objects.create(service_request=other, **columns)
    assert hidden(town.tom, town.city) == [made.pk]
    Event.objects.create(service_request=made, **columns)
    assert hidden(town.tom, town.city) == ([made.pk] if kind == "note_added" else [])


def test_the_days_that_are_offered_are_the_citys(town: Rivermark) -> None:
    town.city.time_zone = "America/Chicago"
    # Sunday evening there, Monday in London.
    set_time(dt.datetime(2027, 3, 1, 3, tzinfo=dt.UTC))
    assert snoozes.tomorrow(town.city) == dt.date(2027, 3, 1)
    assert snoozes.next_week(town.city) == dt.date(2027, 3, 1)
    assert snoozes.last_day(town.city) == dt.date(2028, 2, 28)
    assert snoozes.morning(town.city, dt.date(2027, 3, 1)) == dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)
    # On a Monday, the next one.
    set_time(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC))
    assert snoozes.next_week(town.city) == dt.date(2027, 3, 8)
