"""How long people can reopen their resolved report: 30 days, or 14 if we couldn't find the problem.

What was closed because we got no answer is reopened by the answer, however late it comes.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from requests_app import event_kinds
from requests_app.clock import app_now
from requests_app.models import Disposition, Event, Person, ServiceRequest

# What counts as reopened in the figures.
REOPENED_WITHIN = dt.timedelta(days=30)
REOPEN_WITHIN = dt.timedelta(days=30)
STILL_THERE_WITHIN = dt.timedelta(days=14)
# After these, "No" to "Is it fixed?" reopens the request with that press. After others, the question is another one.
REOPENED_BY_NO = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.NOT_FOUND)
# Nobody acts on a request by these.
NO_ACTS = event_kinds.where(work="untouched")


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


def is_over(service_request: ServiceRequest) -> bool:
    """Whether it ended too long ago to be reopened, so that its reporter has to report it again."""
    never = service_request.disposition == Disposition.REMOVED
    return service_request.resolved_at is not None and not never and not is_in_time(service_request)


def is_reopened_by_no(service_request: ServiceRequest) -> bool:
    """Whether "No" to "Is it fixed?" reopens it now."""
    return service_request.disposition in REOPENED_BY_NO and is_in_time(service_request)


def reopening_to_undo(service_request: ServiceRequest, person: Person) -> Event | None:
    """The reopening that this person may still undo: the last thing that happened, and without any words."""
    if not service_request.is_open or not service_request.reopened_count:
        return None
    last = service_request.events.exclude(kind__in=NO_ACTS).order_by("-id").first()
    if last is None or last.kind != "reopened" or last.person_id != person.pk or last.data.get("comment_id"):
        return None
    return last if last.data.get("disposition") in REOPENED_BY_NO and last.data.get("ended_at") else None


def lasting(ids: Collection[int]) -> defaultdict[int, list[dt.datetime]]:
    """When these requests were reopened, oldest first, without what was undone by staff or by the resident."""
    reopened: defaultdict[int, list[Event]] = defaultdict(list)
    kinds = ("reopened", "reopening_undone", "undone")
    for event in Event.objects.filter(service_request__in=ids, kind__in=kinds).order_by("id"):
        if event.service_request_id is None:
            continue
        events = reopened[event.service_request_id]
        if event.kind == "reopened":
            events.append(event)
        elif event.kind == "reopening_undone":
            del events[-1:]
        else:
            events[:] = [one for one in events if one.pk != event.data.get("event_id")]
    return defaultdict(list, {pk: [event.at for event in events] for pk, events in reopened.items()})
