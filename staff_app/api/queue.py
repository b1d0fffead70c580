"""The queue by API: the filters of its page, by the same names."""

from typing import Any

from django.utils.translation import gettext as _

from requests_app import references
from requests_app.actions.privacy import privacy
from requests_app.api.framework.parameters import Choice, Names, Parameter, Query, Several
from requests_app.api.framework.problems import FieldError, invalid_cursor, invalid_parameter
from requests_app.core.paging import BadCursor, Page
from requests_app.models import Disposition, Jurisdiction, ServiceRequest, User
from requests_app.rules.shared import directory as directories
from staff_app.api.base import denied
from staff_app.queue import listing, search
from staff_app.queue.filters import (
    CHANNELS,
    FLAGS,
    PUBLIC_STATES,
    QUERY_MAX,
    SORTS,
    STATUSES,
    Pairs,
    QueueFilter,
)

PRIORITIES = ("1", "2", "3", "4")

CHOSEN: tuple[Parameter, ...] = (
    Names("status", "Only these.", example="routed,in_progress", values=tuple(STATUSES)),
    Names("outcome", "Only requests with this outcome.", example="fixed", values=tuple(Disposition.values)),
    Several("assignee", "Ids of members of staff, `me` and `nobody`.", example="me,nobody"),
    Several("team", "Ids of teams.", example="4"),
    Several("department", "Codes of departments.", example="PW"),
    Several("category", "Codes of categories.", example="streets"),
    Several("service", "Codes of services.", example="pothole"),
    Names("priority", "Only these.", example="1,2", values=PRIORITIES),
    Several("area", "Areas as `layer:code`.", example="ward:5"),
    Names("channel", "How they were sent.", example="phone,web", values=tuple(CHANNELS)),
    Several("language", "Codes of languages.", example="es"),
    Names("flag", "With one of these.", example="new_reply", values=tuple(FLAGS)),
    Names("public_state", "What the public sees.", example="public", values=tuple(PUBLIC_STATES)),
    Parameter("asset", "The number of one of the city’s assets.", example="L00417", most=60),
    Parameter("from", "Sent on this day or later.", example="2026-06-01", most=10),
    Parameter("to", "Sent on this day or earlier.", example="2026-06-30", most=10),
    Parameter("quiet", "At least this many days without a public update.", example="7", most=4),
    Choice("late", "`1` for requests past their due time.", example="1", values=("1",)),
    Parameter("ended", "Ended in this many last days.", example="30", most=4),
    Parameter("address", "Words in the address.", example="Elm", most=QUERY_MAX),
)
FILTERS: tuple[Parameter, ...] = (
    Parameter(
        "q",
        (
            "A number, text, an address or an asset. With the scope `contacts`, also a reporter’s email or phone, "
            "which is logged."
        ),
        example="elm st",
        most=QUERY_MAX,
    ),
    Choice(
        "tab",
        "A tab of the queue. Defaults to all open requests.",
        example="new",
        values=tuple(tab.code for tab in listing.TABS),
        default=listing.ALL,
    ),
    *CHOSEN,
    Choice("sort", "Defaults to urgent first.", example="due", values=tuple(SORTS)),
)


def page(
    user: User, city: Jurisdiction, query: Query, *, by_contact: bool
) -> tuple[Page[ServiceRequest], directories.Directory]:
    """by_contact: whether the search may look for reporters. Raises a 400 problem for what names nothing, and for a bad cursor."""
    filters = _read(user, city, query)
    tab = next((one for one in listing.tabs_for(user, city) if one.code == query["tab"]), None)
    if tab is None:
        raise denied("triage")
    at = listing.Moment.of(city)
    result = search.find(user, city, filters.q, by_contact=by_contact) if filters.q else search.Result()
    if reference := references.parse(filters.q):
        # Some have no digit, so that the search takes them for a word.
        result.ids |= set(ServiceRequest.objects.filter(reference=reference).values_list("pk", flat=True))
    if result.contacts:
        privacy.find_by_contact(result.contacts, actor=user)
    matching = listing.rows(user, city, tab, filters, at, result.ids)
    try:
        return listing.one_page(tab, matching, at, query["cursor"], filters, query["limit"]), filters.directory
    except BadCursor:
        raise invalid_cursor() from None


def _read(user: User, city: Jurisdiction, query: Query) -> QueueFilter:
    pairs: Pairs = [(name, query[name]) for name in ("q", "sort") if query[name]]
    for name in (parameter.name for parameter in CHOSEN):
        sent = query[name]
        values = [] if sent is None else [sent] if isinstance(sent, str) else sent
        pairs += [(name, _area_id(city, value) if name == "area" else value) for value in values]
    filters = QueueFilter.from_query(pairs, user, city)
    if filters.unknown:
        # Which ones? Each is asked once more by itself.
        names = dict.fromkeys(pair[0] for pair in pairs if QueueFilter.from_query([pair], user, city).unknown)
        raise invalid_parameter(
            [FieldError(name, "unknown-value", _("%(name)s was not found.") % {"name": name}) for name in names]
        )
    return filters


def _area_id(city: Jurisdiction, value: str) -> str:
    layer, _colon, code = value.partition(":")
    areas: Any = directories.of(city).areas
    return next((str(pk) for pk, area in areas.items() if (area.layer, area.code) == (layer, code)), "0")
