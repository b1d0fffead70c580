"""What is unread, for each member of staff: a request with an event of somebody else that they haven't seen.

What is older than 30 days counts as read, opened or not. So nothing is stored about requests that nobody opened.
"""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from requests_app import event_kinds
from requests_app.models import Event, RequestRead, ServiceRequest, User

KEPT = dt.timedelta(days=30)
# What changes nothing that a list shows makes nothing unread again.
SILENT = event_kinds.where(lists="silent")

_NEWEST = Event.objects.filter(service_request=OuterRef("pk")).order_by("-id")
# Of a request: its newest event.
NEWEST_EVENT = Subquery(_NEWEST.values(row=JSONObject(id="id", at="at", user="user", kind="kind"))[:1])


def with_last_read(
    service_requests: "QuerySet[ServiceRequest]", user: User
) -> "QuerySet[ServiceRequest, ServiceRequest]":
    """Adds `read_event_id`: the last event that the user has seen; None if they didn't open the request."""
    own = RequestRead.objects.filter(user=user, service_request=OuterRef("pk"))
    return service_requests.annotate(read_event_id=Subquery(own.values("last_event_id")[:1]))


def is_unread(newest: dict[str, Any] | None, read_event_id: int | None, user: User, now: dt.datetime) -> bool:
    """newest: NEWEST_EVENT of the request."""
    if newest is None or newest["user"] == user.pk or dt.datetime.fromisoformat(newest["at"]) < now - KEPT:
        return False
    return read_event_id is None or (newest["id"] > read_event_id and newest["kind"] not in SILENT)
