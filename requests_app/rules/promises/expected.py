"""When a report will probably be finished, and its place in line, both from what happened to others like it."""

import datetime as dt
from dataclasses import dataclass

from requests_app.models import ServiceRequest, Status, TypicalTime

# The last 90 days' endings ran nearly oldest first: a rank correlation of at least this (actions/promises/typical_times.py).
IN_ORDER = 0.8
# A longer line isn't counted.
LONGEST_LINE = 300


@dataclass(frozen=True)
class Line:
    """place: 1 is next; length: how many wait."""

    place: int
    length: int


def finished_by(service_request: ServiceRequest, usual: TypicalTime, now: dt.datetime) -> dt.datetime | None:
    """By when 8 in 10 like it were finished. None: nobody can say, there's a date already, it waits, or that time is past."""
    if usual.most is None or not service_request.is_open or service_request.scheduled_for:
        return None
    if service_request.status == Status.ON_HOLD:
        return None
    at = service_request.submitted_at + usual.most
    return at if at > now else None


def place_in_line(service_request: ServiceRequest, usual: TypicalTime | None) -> Line | None:
    """Among the open public reports of its kind. None unless they're nearly finished in that order, or if the line is long."""
    if usual is None or usual.order is None or usual.order < IN_ORDER:
        return None
    if not service_request.is_open or not service_request.is_public:
        return None
    waiting = (
        ServiceRequest.objects.public()
        .open()
        .filter(service=service_request.service_id)
        .order_by("-submitted_at", "-id")
        .values_list("pk", flat=True)[: LONGEST_LINE + 1]
    )
    newest_first = list(waiting)
    if len(newest_first) > LONGEST_LINE or service_request.pk not in newest_first:
        return None
    return Line(len(newest_first) - newest_first.index(service_request.pk), len(newest_first))
