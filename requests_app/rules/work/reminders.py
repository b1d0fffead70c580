"""When a reporter is reminded of our question: a week before its day, or halfway if there is less time."""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import Event, ServiceRequest, Status

BEFORE_DEADLINE = dt.timedelta(days=7)


def remind_on(asked_on: dt.date, until: dt.date) -> dt.date | None:
    """The day of the reminder; None if the question is closed on the day after it was asked."""
    day = until - BEFORE_DEADLINE
    if day <= asked_on:
        day = asked_on + dt.timedelta(days=-(-(until - asked_on).days // 2))
    return day if day < until else None


def question_to_remind_of(service_request: ServiceRequest) -> Event | None:
    """The event of the question that its reporter should be reminded of now; None if there is none, or they were."""
    if service_request.status != Status.ON_HOLD or service_request.hold_until is None:
        return None
    last = service_request.events.filter(kind__in=("asked", "reminded", "put_on_hold")).order_by("-id").first()
    if last is None or last.kind != "asked":
        return None
    zone = service_request.jurisdiction.zone
    day, today = (
        remind_on(last.at.astimezone(zone).date(), service_request.hold_until),
        app_now().astimezone(zone).date(),
    )
    return last if day is not None and day <= today < service_request.hold_until else None
