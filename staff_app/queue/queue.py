"""The queue and its search box, which takes a reference number or keywords."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app import access, references
from requests_app.actions.privacy import reporter_views
from requests_app.core.paging import BadCursor
from requests_app.models import ServiceRequest
from requests_app.rules.contacts import contacts
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app import due
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import columns, export, filter_form, list_context, rows, search
from staff_app.queue import listing as queues
from staff_app.queue.filters import COLUMNS, SORTS, Pairs, QueueFilter
from staff_app.queue.list_position import OpenList


@staff_page
def queue(request: StaffRequest) -> HttpResponse:
    return _queue(request, request.GET.get("tab", queues.FIRST))


@staff_page
def mine(request: StaffRequest) -> HttpResponse:
    return _queue(request, "mine")


def _queue(request: StaffRequest, tab_code: str) -> HttpResponse:
    city, user = request.jurisdiction, request.user
    filters = QueueFilter.from_query(request.GET, user, city)
    if (service_request := _find_by_reference(request, filters.q)) is not None:
        return redirect("staff_app:detail", service_request.reference)
    if (
        permissions.can_in_city(user, "submit_for_others", city)
        and (contact := contacts.find(city, filters.q)) is not None
    ):
        return redirect("staff_app:contact", contact.number)
    tabs = queues.tabs_for(user, city)
    tab = next((one for one in tabs if one.code == tab_code), None)
    if tab is None:
        raise Http404
    if any(not value for _name, values in request.GET.lists() for value in values):
        # A form sends its empty fields too; the address to keep and to share is without them.
        return redirect(_url(tab.code, filters.query()))
    at = queues.Moment.of(city)
    result = _search(request, filters)
    matching = queues.rows(user, city, tab, filters, at, result.ids)
    keys = queues.keys_of_found(matching) if result.ids and tab.code == queues.ALL else None
    try:
        page = queues.one_page(tab, matching, at, request.GET.get("cursor"), filters, keys=keys, reader=user)
    except BadCursor:
        # An outdated link: show the first page.
        page = queues.one_page(tab, matching, at, None, filters, keys=keys, reader=user)
    queues.fill(page.rows, city, filters.directory)
    redaction.redact_for(user, page.rows)
    waits = due.listed_hold_words(filters.directory.holds)

    def count(tab: queues.Tab) -> queues.Rows:
        return queues.rows(user, city, tab, filters, at, result.ids)

    # A search says itself where it found something.
    numbers = {} if filters.q else queues.kept_counts(user, city, filters, tabs, count)
    filter_fields, kept_by_form = filter_form.rendered(filters)
    open_list = OpenList(tab.code, filters, page)
    chosen_columns = columns.shown(request, filters)
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [{"tab": one, "count": numbers.get(one.code), "url": _url(one.code, filters.query())} for one in tabs],
        "rows": rows.cells((rows.row(one, at, waits, city, user) for one in page.rows), open_list, chosen_columns),
        "filters": filters,
        "chips": [{"chip": chip, "url": _url(tab.code, chip.query_without)} for chip in filters.chips()],
        "filter_fields": filter_fields,
        "kept": kept_by_form,
        "kept_by_search": [pair for pair in filters.query() if pair[0] != "q"],
        "sorts": _sorts(tab, filters),
        "sort_name": SORTS.get(filters.sort, _("Urgent first")),
        "columns": chosen_columns,
        "column_choices": COLUMNS,
        "address": request.get_full_path(),
        "where": _where(keys),
        "incomplete": result.incomplete,
        "export_kinds": export.KINDS.items(),
        "export_query": urlencode([("tab", tab.code), *filters.query()]),
        "clear_url": _url(tab.code, []),
        "pager": page.urls(lambda cursor: _url(tab.code, [*filters.query(), ("cursor", cursor)])),
    }
    context |= list_context.around(request, open_list)
    return render(request, "staff_app/queue/queue.html", context)


def _search(request: StaffRequest, filters: QueueFilter) -> search.Result:
    if not filters.q:
        return search.Result()
    result = search.find(request.user, request.jurisdiction, filters.q)
    if result.contacts:
        reporter_views.find_by_contact(result.contacts, actor=request.user)
    return result


def _where(keys: list[queues.Key] | None) -> str:
    """How many of the found are open, and how many have ended: "2 open · 1 resolved"."""
    number_ended = sum(turn for turn, *_rest in keys or [])
    number_open = len(keys or []) - number_ended
    return " · ".join(
        words % {"n": f"{queues.COUNT_MAX}+" if number > queues.COUNT_MAX else number}
        for number, words in (
            (number_open, ngettext("%(n)s open", "%(n)s open", number_open)),
            (number_ended, ngettext("%(n)s resolved", "%(n)s resolved", number_ended)),
        )
        if number
    )


def _sorts(tab: queues.Tab, filters: QueueFilter) -> list[dict[str, Any]]:
    pairs = filters.query(sort=False)
    choices = {"": _("Urgent first"), **SORTS}
    return [
        {"name": words, "url": _url(tab.code, [*pairs, ("sort", code)] if code else pairs), "on": code == filters.sort}
        for code, words in choices.items()
    ]


def _find_by_reference(request: StaffRequest, typed: str) -> ServiceRequest | None:
    """The request with this reference number, in any spelling, if the user may open it."""
    if references.parse(typed) is None:
        return None
    found = access.find(request.user, typed, jurisdiction=request.jurisdiction)
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
