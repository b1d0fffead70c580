"""What an action in the queue answers in place of a redirect: the row as it is now, and what to say."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.models import ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app import due
from staff_app.decorators import StaffRequest
from staff_app.queue import columns, listing, rows
from staff_app.queue.filters import QueueFilter
from staff_app.queue.list_position import ListPosition


def answer(
    request: StaffRequest, service_request: ServiceRequest, *, now: dt.datetime | None = None, is_snoozed: bool = False
) -> HttpResponse:
    """The row, unless the request has left the list that it was opened from, and the messages of this request.

    service_request: as the action left it, if the caller has it so. now: the time of the action, if the caller has it.
    """
    context: dict[str, Any] = {"service_request": service_request}
    position = ListPosition.of(request)
    if position is not None and not is_snoozed and permissions.can(request.user, "view", service_request):
        context |= _row(request, service_request.pk, position, now)
    return render(request, "staff_app/queue/acted.html", context)


def _row(request: StaffRequest, pk: int, position: ListPosition, now: dt.datetime | None) -> dict[str, Any]:
    """One statement."""
    user, city = request.user, request.jurisdiction
    filters = QueueFilter.from_query(position.pairs, user, city)
    tab, at = listing.tab_of(filters, user, city), listing.Moment.of(city, now)
    # A search isn't done again: what it found stays where it is. What is in sight isn't snoozed.
    matching = listing.rows(user, city, tab, filters, at, [pk] if filters.q else None, with_snoozed=True)
    current = list(listing.with_row(matching.filter(pk=pk), user))
    listing.fill(current, city, filters.directory)
    redaction.redact_for(user, current)
    waits = due.listed_hold_words(filters.directory.holds)
    chosen = columns.shown(request, filters)
    shown = [rows.row(one, at, waits, city, user) for one in current]
    return {"tab": tab, "columns": chosen, "rows": rows.cells(shown, position, chosen)}
