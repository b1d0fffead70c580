"""The queue and its search box, which takes a reference number or keywords."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from requests_app import references
from requests_app.models import ServiceRequest
from requests_app.paging import BadCursor
from requests_app.rules import redaction
from staff_app import due
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import alarms, rows
from staff_app.queue import listing as queues
from staff_app.queue.filters import Pairs, QueueFilter


@staff_page
def queue(request: StaffRequest) -> HttpResponse:
    return _queue(request, request.GET.get("tab", queues.FIRST))


@staff_page
def mine(request: StaffRequest) -> HttpResponse:
    return _queue(request, "mine")


def _queue(request: StaffRequest, tab_code: str) -> HttpResponse:
    city, user = request.jurisdiction, request.user
    typed = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    if (service_request := _find_by_reference(request, typed)) is not None:
        return redirect("staff_app:detail", service_request.reference)
    tabs = queues.tabs_for(user, city)
    tab = next((one for one in tabs if one.code == tab_code), None)
    if tab is None:
        raise Http404
    filters = QueueFilter.from_query(request.GET, user, city)
    at = queues.Moment.of(city)
    matching = queues.rows(user, city, tab, filters, at)
    try:
        page = queues.one_page(tab, matching, at, request.GET.get("cursor"))
    except BadCursor:
        # An outdated link: show the first page.
        page = queues.one_page(tab, matching, at, None)
    redaction.redact_for(user, page.rows)
    waits = due.hold_words(city)
    numbers = queues.counts(tabs, lambda one: queues.rows(user, city, one, filters, at))
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [{"tab": one, "count": numbers.get(one.code), "url": _url(one.code, filters.query())} for one in tabs],
        "alarms": alarms.ringing(user, city),
        "rows": [rows.row(one, at, waits, city) for one in page.rows],
        "filters": filters,
        "chips": [{"chip": chip, "url": _url(tab.code, chip.query_without)} for chip in filters.chips()],
        "clear_url": _url(tab.code, []),
        "pager": page.urls(lambda cursor: _url(tab.code, [*filters.query(), ("cursor", cursor)])),
    }
    return render(request, "staff_app/queue/queue.html", context)


def _find_by_reference(request: StaffRequest, typed: str) -> ServiceRequest | None:
    """The request with this reference number, in any spelling, if the user may open it."""
    reference = references.parse(typed)
    if reference is None:
        return None
    visible = ServiceRequest.objects.in_jurisdiction(request.jurisdiction).visible_to(request.user)
    found = visible.filter(reference=reference).only("reference").first()
    if found is None and any(symbol.isdigit() for symbol in typed):
        messages.warning(request, _("You don’t have a request with reference number %(typed)s.") % {"typed": typed})
    return found


def _url(tab_code: str, query: Pairs) -> str:
    if tab_code == "mine":
        address = reverse("staff_app:mine")
    else:
        address = reverse("staff_app:queue")
        query = [("tab", tab_code), *query] if tab_code != queues.FIRST else query
    return f"{address}?{urlencode(query)}" if query else address
