"""How long people can reopen their resolved report: 30 days, or 14 if we couldn't find the problem.

What was closed because we got no answer is reopened by the answer, however late it comes.
"""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import Disposition, ServiceRequest

REOPEN_WITHIN = dt.timedelta(days=30)
STILL_THERE_WITHIN = dt.timedelta(days=14)


def days_to_reopen(disposition: str) -> int:
    """0 means never."""
    if disposition == Disposition.REMOVED:
        return 0
    return (STILL_THERE_WITHIN if disposition == Disposition.NOT_FOUND else REOPEN_WITHIN).days


def last_day(service_request: ServiceRequest) -> dt.datetime | None:
    """Last moment to reopen it; None while it is open, and if there is no such limit."""
    if service_request.resolved_at is None or service_request.disposition == Disposition.NO_REPLY:
        return None
    return service_request.resolved_at + dt.timedelta(days=days_to_reopen(service_request.disposition))


def is_in_time(service_request: ServiceRequest) -> bool:
    """Whether residents may still reopen what was resolved."""
    until = last_day(service_request)
    return until is None or app_now() <= until


def may_reopen(service_request: ServiceRequest, *, own: bool) -> bool:
    """Whether one of its people may reopen it now. own: they reported it; only they can reopen a withdrawn report."""
    if service_request.resolved_at is None or (service_request.disposition == Disposition.WITHDRAWN and not own):
        return False
    return is_in_time(service_request)
