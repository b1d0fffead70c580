"""Who waits for the desk: late right after the promised moment, counted from the first moment to the last, and of this city."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import CallBack, Jurisdiction, Membership, ServiceRequest, User
from requests_app.rules.contacts import call_backs
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MOMENT, HOUR = dt.timedelta(microseconds=1), dt.timedelta(hours=1)
ZERO = dt.timedelta()


def waits(city: Jurisdiction, **columns: object) -> CallBack:
    return CallBack.objects.create(
        **{"jurisdiction": city, "kind": "call_back", "phone": "617-555-0142", "due_at": app_now(), **columns}
    )


def test_it_is_late_right_after_its_time_unless_somebody_had_taken_it(cast: Rivermark) -> None:
    now = app_now()
    for due, taken, is_late in (
        (ZERO, None, False),
        (-MOMENT, None, True),
        (-HOUR, -HOUR, False),
        (-HOUR, -HOUR + MOMENT, True),
    ):
        row = waits(cast.city, due_at=now + due, taken_at=now + taken if taken is not None else None)
        assert call_backs.is_late(row, now) == is_late, (due, taken)
        assert CallBack.objects.filter(call_backs.late(now), pk=row.pk).exists() == is_late, (due, taken)


def test_promises_count_from_the_first_moment_up_to_but_not_at_the_last(cast: Rivermark) -> None:
    until = app_now() - HOUR
    since = until - HOUR
    for promised_at, tried_after in ((since - MOMENT, ZERO), (since, ZERO), (since, MOMENT), (until, ZERO)):
        waits(cast.city, promised_at=promised_at, first_tried_at=promised_at + tried_after)
    waits(factories.lakeside().city, promised_at=since, first_tried_at=since)
    counted = call_backs.promises_kept(cast.city, since, until)
    assert (counted.kept, counted.due, counted.left_out) == (1, 2, 0)
    # Right now there is still time to call.
    waits(cast.city, promised_at=app_now())
    counted = call_backs.promises_kept(cast.city, app_now(), app_now() + HOUR)
    assert (counted.kept, counted.due, counted.left_out) == (0, 0, 1)


def test_who_supervises_this_city_is_notified_else_who_takes_calls_too_else_administrators(cast: Rivermark) -> None:
    beside = factories.lakeside()
    factories.staff("Sky", "supervisor", beside.city)
    supervisor = factories.role(cast.city, "supervisor")

    def notified() -> list[User]:
        return call_backs.supervisors(cast.city)

    # Pia supervises Parks, and takes no calls; Ada alone administers.
    assert notified() == [cast.ada]
    Membership.objects.filter(user=cast.ada).update(role=factories.role(cast.city, "crew"))
    assert notified() == []
    supervisor.permissions = [*supervisor.permissions, "submit_for_others"]
    supervisor.save()
    assert notified() == [cast.pia]
    sue = factories.staff("Sue", "supervisor", cast.city)
    assert notified() == [sue]
    User.objects.filter(pk=sue.pk).update(is_active=False)
    assert notified() == [cast.pia]


def test_what_911_passed_on_waits_while_it_is_private_for_that_reason(cast: Rivermark) -> None:
    made = factories.report(cast.pothole, answers={"where": "lane"})
    row = waits(cast.city, kind="transfer_911", service_request=made)
    beside = factories.lakeside()
    waits(beside.city)
    waits(beside.city, kind="transfer_911", service_request=factories.report(beside.pothole))
    for reason, state, it_waits in (
        ("transfer", "private", True),
        ("transfer", "public", False),
        ("threat", "private", False),
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(review_reason=reason, public_state=state)
        assert list(call_backs.waiting(cast.city)) == [row] * it_waits, (reason, state)
        assert list(call_backs.reviewed(cast.city)) == [row] * (not it_waits), (reason, state)
