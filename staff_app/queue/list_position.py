"""Where in a list a request was opened: its page leads to the one before and after it, and an action goes on to the next.

A position is the key of the row, not a list of ids: it still says what comes next once the row itself has left the list.
"""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.core.paging import BadCursor, Page, reversed_cursor
from requests_app.models import AfterAction, Jurisdiction, ServiceRequest, User
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.queue.filters import Pairs, QueueFilter

# The parameter of a request's page, and the hidden field of the forms on it.
NAME = "list"
LONGEST = 4000
# Inside it, after the list's own filters: the row's key, and its id.
AT, ROW = "at", "row"


@dataclass
class OpenList:
    """A page of the queue, from which its rows are opened."""

    tab: str
    filters: QueueFilter
    page: Page[ServiceRequest]

    @property
    def query(self) -> Pairs:
        return [("tab", self.tab), *self.filters.query()]

    @cached_property
    def _encoded_query(self) -> str:
        return urlencode(self.query)

    def parameter_of(self, service_request: ServiceRequest) -> str:
        """What the address of one of its rows ends with: "?list=…"."""
        position = (
            f"{self._encoded_query}&{AT}={quote(self.page.cursor_of(service_request))}&{ROW}={service_request.pk}"
        )
        return f"?{NAME}={quote_plus(position)}"


@dataclass(frozen=True)
class ListPosition:
    value: str

    @classmethod
    def of(cls, request: HttpRequest) -> "ListPosition | None":
        """From the address, from a form that was on such a page, or from the page that htmx loads a form into."""
        value = request.POST.get(NAME) or request.GET.get(NAME) or ""
        if not value and request.headers.get("HX-Request"):
            value = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query).get(NAME, [""])[0]
        return cls(value) if value and len(value) <= LONGEST else None

    @property
    def pairs(self) -> Pairs:
        try:
            return parse_qsl(self.value, max_num_fields=200)
        except ValueError:
            return []

    @property
    def parameter(self) -> str:
        return urlencode({NAME: self.value})

    def parameter_of(self, service_request: ServiceRequest) -> str:
        """As OpenList's. A row that an action changed keeps its place as long as the page is open."""
        return f"?{self.parameter}"

    @property
    def list_url(self) -> str:
        return f"{reverse('staff_app:queue')}?{urlencode([pair for pair in self.pairs if pair[0] not in (AT, ROW)])}"

    @property
    def next_url(self) -> str:
        return f"{reverse('staff_app:step')}?{urlencode({'to': 'next', NAME: self.value})}"

    @property
    def previous_url(self) -> str:
        return f"{reverse('staff_app:step')}?{urlencode({'to': 'previous', NAME: self.value})}"

    def step(self, user: User, city: Jurisdiction, *, backward: bool = False) -> str | None:
        """The address of the next request in the list, opened from there. Raises BadCursor."""
        pairs = dict(self.pairs)
        filters = QueueFilter.from_query(self.pairs, user, city)
        tab = listing.tab_of(filters, user, city)
        at = listing.Moment.of(city)
        rows = listing.rows(user, city, tab, filters, at)
        if (pk := pairs.get(ROW, "")).isascii() and pk.isdecimal() and len(pk) < 19:
            # An action may have moved it to a later place.
            rows = rows.exclude(pk=int(pk))
        cursor = pairs.get(AT, "")
        page = listing.one_page(tab, rows, at, reversed_cursor(cursor) if backward else cursor, filters, size=1)
        if not page.rows:
            return None
        found = page.rows[0]
        address = reverse("staff_app:detail", args=[found.reference])
        return address + OpenList(tab.code, filters, page).parameter_of(found)


@staff_page
def step(request: StaffRequest) -> HttpResponseBase:
    """Redirects to the next or previous request of a list; at its end, to the list. Looked up when it is asked for, so that the
    page of a request costs nothing more for having been opened from a list."""
    position = ListPosition.of(request)
    if position is None:
        return redirect("staff_app:queue")
    return _go(request, position, backward=request.GET.get("to") == "previous")


def next_or(request: StaffRequest, otherwise: HttpResponseBase) -> HttpResponseBase:
    """The next request of the list that this one was opened from, or else the usual answer."""
    position = ListPosition.of(request)
    return otherwise if position is None else _go(request, position)


def after_action(
    request: StaffRequest, service_request: ServiceRequest, otherwise: HttpResponseBase
) -> HttpResponseBase:
    """Where its user goes on after an action on a request that was opened from a list: as they chose in their profile.

    otherwise: the usual answer, without a list.
    """
    position, choice = ListPosition.of(request), request.user.after_action
    if position is None:
        return otherwise
    if choice == AfterAction.LIST:
        return redirect(position.list_url)
    if choice == AfterAction.STAY and permissions.can(request.user, "view", service_request):
        return redirect(
            f"{reverse('staff_app:detail', args=[service_request.reference])}{position.parameter_of(service_request)}"
        )
    return _go(request, position)


def _go(request: StaffRequest, position: ListPosition, *, backward: bool = False) -> HttpResponseBase:
    try:
        url = position.step(request.user, request.jurisdiction, backward=backward)
    except BadCursor:
        # An outdated link, or one that somebody changed.
        return redirect(position.list_url)
    if url is None:
        messages.info(
            request, _("This is the start of the list.") if backward else _("That was the last in this list.")
        )
        return redirect(position.list_url)
    return redirect(url)
