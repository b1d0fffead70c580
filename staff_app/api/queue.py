"""The queue by API: the filters of its page, by the same names."""

from collections.abc import Mapping
from typing import Any

from requests_app import references
from requests_app.actions.privacy import reporter_views
from requests_app.api.framework.problems import unknown_values
from requests_app.api.framework.query_fields import (
    ChoiceParameter,
    ChoicesParameter,
    TextParameter,
    TextsParameter,
    fields_parameter,
)
from requests_app.api.v1.base import PageQuerySerializer
from requests_app.core.paging import Page
from requests_app.models import Disposition, Jurisdiction, ServiceRequest, User
from requests_app.rules.shared import directory as directories
from staff_app.api.base import denied
from staff_app.api.serializers import ROW_FIELDS
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


class StaffQueueQuerySerializer(PageQuerySerializer):
    q = TextParameter(
        max_length=QUERY_MAX,
        help_text="A number, text, an address or an asset. With the scope `contacts`, also a reporter’s email or phone, "
        "which is logged.",
        example="elm st",
    )
    tab = ChoiceParameter(
        choices=[tab.code for tab in listing.TABS],
        default=listing.ALL,
        help_text="A tab of the queue. Defaults to all open requests.",
        example="new",
    )
    status = ChoicesParameter(choices=list(STATUSES), help_text="Only these.", example=["routed", "in_progress"])
    outcome = ChoicesParameter(
        choices=Disposition.values, help_text="Only requests with this outcome.", example=["fixed"]
    )
    assignee = TextsParameter(help_text="Ids of members of staff, `me` and `nobody`.", example=["me", "nobody"])
    team = TextsParameter(help_text="Ids of teams.", example=["4"])
    department = TextsParameter(help_text="Codes of departments.", example=["PW"])
    category = TextsParameter(help_text="Codes of categories.", example=["streets"])
    service = TextsParameter(help_text="Codes of services.", example=["pothole"])
    priority = ChoicesParameter(choices=PRIORITIES, help_text="Only these.", example=["1", "2"])
    area = TextsParameter(help_text="Areas as `layer:code`.", example=["ward:5"])
    channel = ChoicesParameter(choices=list(CHANNELS), help_text="How they were sent.", example=["phone", "web"])
    language = TextsParameter(help_text="Codes of languages.", example=["es"])
    flag = ChoicesParameter(choices=list(FLAGS), help_text="With one of these.", example=["new_reply"])
    public_state = ChoicesParameter(choices=list(PUBLIC_STATES), help_text="What the public sees.", example=["public"])
    asset = TextParameter(max_length=60, help_text="The number of one of the city’s assets.", example="L00417")
    from_day = TextParameter(max_length=10, help_text="Sent on this day or later.", example="2026-06-01")
    to = TextParameter(max_length=10, help_text="Sent on this day or earlier.", example="2026-06-30")
    quiet = TextParameter(max_length=4, help_text="At least this many days without a public update.", example="7")
    late = ChoiceParameter(choices=["1"], help_text="`1` for requests past their due time.", example="1")
    ended = TextParameter(max_length=4, help_text="Ended in this many last days.", example="30")
    address = TextParameter(max_length=QUERY_MAX, help_text="Words in the address.", example="Elm")
    sort = ChoiceParameter(choices=list(SORTS), help_text="Defaults to urgent first.", example="due")
    fields = fields_parameter(ROW_FIELDS)  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        # "from" is a word of Python.
        return {{"from_day": "from"}.get(name, name): field for name, field in super().get_fields().items()}


# Those that narrow the queue, by the names of its page.
CHOSEN = [
    name
    for name in StaffQueueQuerySerializer().get_fields()
    if name not in ("q", "tab", "sort", "fields", "cursor", "limit", "lang")
]


def page(
    user: User, city: Jurisdiction, query: Mapping[str, Any], *, by_contact: bool
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
        reporter_views.find_by_contact(result.contacts, actor=user)
    matching = listing.rows(user, city, tab, filters, at, result.ids)
    return listing.one_page(tab, matching, at, query["cursor"], filters, query["limit"]), filters.directory


def _read(user: User, city: Jurisdiction, query: Mapping[str, Any]) -> QueueFilter:
    pairs: Pairs = [(name, query[name]) for name in ("q", "sort") if query[name]]
    for name in CHOSEN:
        sent = query[name]
        values = [] if sent is None else [sent] if isinstance(sent, str) else sent
        pairs += [(name, _area_id(city, value) if name == "area" else value) for value in values]
    filters = QueueFilter.from_query(pairs, user, city)
    if filters.unknown:
        # Which ones? Each is asked once more by itself.
        names = dict.fromkeys(pair[0] for pair in pairs if QueueFilter.from_query([pair], user, city).unknown)
        raise unknown_values(names)
    return filters


def _area_id(city: Jurisdiction, value: str) -> str:
    layer, _colon, code = value.partition(":")
    areas: Any = directories.of(city).areas
    return next((str(pk) for pk, area in areas.items() if (area.layer, area.code) == (layer, code)), "0")
