"""Late: the target of an open request has passed.

`due_at` is set only while the clock runs: not on hold, during a suspension or after the end (`actions/shared/clocks.py`).
So nothing else needs to be asked.
"""

import datetime as dt

from django.db.models import Q

from requests_app.models import ServiceRequest


def is_late(service_request: ServiceRequest, now: dt.datetime) -> bool:
    return service_request.due_at is not None and service_request.due_at < now


def late_rows(now: dt.datetime) -> Q:
    return Q(due_at__lt=now)


def due_rows(now: dt.datetime, until: dt.datetime) -> Q:
    """Not late yet, and due before `until`."""
    return Q(due_at__gte=now, due_at__lt=until)
