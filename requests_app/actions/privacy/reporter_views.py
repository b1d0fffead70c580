"""The log of staff who viewed a reporter's name and contact, each time with a reason."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from requests_app import events
from requests_app.clock import app_now
from requests_app.models import Event, ServiceRequest, User

# Why staff look at a reporter's name and contact.
VIEW_REASONS: dict[str, str | Promise] = {
    "reply": gettext_lazy("to call or write back"),
    "find_place": gettext_lazy("to find the place"),
    "records_request": gettext_lazy("for a records request"),
    "safety": gettext_lazy("someone may be in danger"),
    "other": gettext_lazy("another reason"),
}
# Not chosen from the list: the request was found by the reporter's phone or email; or a program that acts for them was sent it.
FOUND_BY_CONTACT = "found_by_contact"
BY_WEBHOOK = "webhook"
FOUND_ONCE_IN = dt.timedelta(hours=1)


@transaction.atomic
def view_reporter(service_request: ServiceRequest, *, reason: str, actor: User) -> None:
    """reason: one of VIEW_REASONS, or BY_WEBHOOK."""
    events.record(service_request, "reporter_viewed", actor=actor, reason=reason)


@transaction.atomic
def find_by_contact(pks: Iterable[int], *, actor: User) -> None:
    """Logs that somebody found these requests by their reporter's phone or email: who knows the address now knows whose they are.
    Once an hour for each, since a page is often loaded again."""
    since = app_now() - FOUND_ONCE_IN
    recently = Event.objects.filter(
        service_request__in=list(pks), kind="reporter_viewed", user=actor, data__reason=FOUND_BY_CONTACT, at__gt=since
    )
    logged = set(recently.values_list("service_request", flat=True))
    for service_request in ServiceRequest.objects.filter(pk__in=set(pks) - logged).order_by("pk"):
        events.record(service_request, "reporter_viewed", actor=actor, reason=FOUND_BY_CONTACT)
