"""For how long an ended report can be opened again by its people: 30 days, or 14 where we looked and did not find it."""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import Disposition, ServiceRequest

REOPEN_WITHIN = dt.timedelta(days=30)
STILL_THERE_WITHIN = dt.timedelta(days=14)


def days_to_reopen(disposition: str) -> int:
    """0: never."""
    if disposition == Disposition.REMOVED:
        return 0
    return (STILL_THERE_WITHIN if disposition == Disposition.NOT_FOUND else REOPEN_WITHIN).days


def may_reopen(service_request: ServiceRequest, *, own: bool) -> bool:
    """By one of its people, now. own: they reported it themselves; what one took back, nobody else brings back."""
    if service_request.resolved_at is None or (service_request.disposition == Disposition.WITHDRAWN and not own):
        return False
    ended_ago = app_now() - service_request.resolved_at
    return ended_ago <= dt.timedelta(days=days_to_reopen(service_request.disposition))
