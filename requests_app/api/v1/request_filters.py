"""The filters of v1's lists of requests: those of the website, several values at once, periods, boxes and orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from requests_app.api.framework.problems import FieldError, invalid_parameter, unknown_values
from requests_app.api.framework.query_fields import (
    ChoiceParameter,
    ChoicesParameter,
    CircleParameter,
    TextParameter,
    TextsParameter,
    fields_parameter,
)
from requests_app.api.framework.serializers import QuerySerializer
from requests_app.api.v1.base import PageQuerySerializer
from requests_app.api.v1.moments import MomentParameter
from requests_app.api.v1.ogc_parameters import box_parameter, in_boxes
from requests_app.api.v1.place_serializers import GeoJSONQuerySerializer
from requests_app.api.v1.request_serializers import ROW_FIELDS
from requests_app.core import paging
from requests_app.models import OPEN, Area, Jurisdiction, PublicState, RequestArea, Service, ServiceRequest, Status
from requests_app.places.public_filter import ENDED, STATES, WORDS_MAX, PublicFilter
from requests_app.places.public_place import unlisted_versions

MOST_VALUES = 20
# Which column each period is about.
PERIODS = {"submitted": "submitted_at", "updated": "updated_at", "ended": "resolved_at"}
# Besides "changed", which the website has, too.
ORDERS: dict[str, paging.Order] = {
    "newest": [("submitted_at", "desc"), ("id", "desc")],
    "oldest": [("submitted_at", "asc"), ("id", "asc")],
    "changed": [("updated_at", "desc"), ("id", "desc")],
    "ended": [("resolved_at", "desc"), ("id", "desc")],
}


def _several(words: str, example: str) -> TextsParameter:
    return TextsParameter(
        max_length=WORDS_MAX * MOST_VALUES, most_values=MOST_VALUES, help_text=words, example=[example]
    )


def _after(verb: str) -> MomentParameter:
    return MomentParameter(
        help_text=f"Only requests {verb} at this moment or later, whatever their age.", example="2026-06-01"
    )


def _before(verb: str) -> MomentParameter:
    return MomentParameter(
        help_text=f"Only requests {verb} before this moment, whatever their age.", example="2026-07-01"
    )


class WebsiteFiltersSerializer(QuerySerializer):
    """The filters of the website."""

    q = TextParameter(
        max_length=WORDS_MAX, help_text="Words in the description, the address or the service.", example="pothole"
    )
    category = TextParameter(max_length=WORDS_MAX, help_text="The code of a category.", example="streets")
    service = _several("The code of a service, or several, comma-separated.", "pothole")
    status = ChoicesParameter(
        choices=[*STATES, *Status.values],
        help_text="Only `open` or only `ended` requests, or only those with one of these statuses.",
        example=["open"],
    )
    area = _several("An area as `layer:code`, or several, comma-separated: in any of them.", "ward:5")
    near = CircleParameter(help_text="Around a place: `latitude,longitude,meters`.", example="40.5,-69.0,500")
    asset = TextParameter(max_length=WORDS_MAX, help_text="The number of one of the city’s assets.", example="L00417")
    older = ChoiceParameter(
        choices=["1"], help_text="`1` includes those that ended more than three months ago.", example="1"
    )


class RequestsQuerySerializer(WebsiteFiltersSerializer, GeoJSONQuerySerializer, PageQuerySerializer):
    submitted_after = _after("sent")
    submitted_before = _before("sent")
    updated_after = _after("last updated")
    updated_before = _before("last updated")
    ended_after = _after("ended")
    ended_before = _before("ended")
    bbox = box_parameter()
    sort = ChoiceParameter(
        choices=list(ORDERS),
        default="newest",
        help_text="`newest` or `oldest` by when they were sent; `changed`: the most recently updated first; `ended`: only "
        "ended ones of any age, the last to end first.",
        example="changed",
    )
    fields = fields_parameter(ROW_FIELDS)  # type: ignore[assignment]


@dataclass(frozen=True)
class Chosen:
    """segments: the matches, one after the other, each in `order` (see paging.page_of_segments)."""

    website: PublicFilter
    order: paging.Order
    conditions: Q = field(default_factory=Q)

    @property
    def segments(self) -> list[QuerySet[ServiceRequest]]:
        turns = self.website.in_turn()
        # The older ones, which are the second part on the website, come first.
        in_order = turns[::-1] if self.order == ORDERS["oldest"] else turns
        return [segment.filter(self.conditions) for segment in in_order]


def choose(city: Jurisdiction, sent: Mapping[str, Any]) -> Chosen:
    """sent: by the names of RequestsQuerySerializer, as they were read; None is not sent. Raises a 400 problem for a value that
    names nothing, and for a period that ends before it begins."""
    sent = {name: value for name, value in sent.items() if value is not None}
    sort = sent.get("sort", "newest")
    conditions = Q()
    texts: dict[str, str] = {name: sent[name] for name in ("q", "category", "near", "asset", "older") if name in sent}
    if "service" in sent:
        conditions &= _of_services(city, sent["service"], texts)
    if "area" in sent:
        conditions &= _in_areas(city, sent["area"], texts)
    if "status" in sent or sort == "ended":
        conditions &= _with_status(sent.get("status", ["ended"]), texts)
    if boxes := sent.get("bbox"):
        # What is about somebody's home is found by no place.
        conditions &= in_boxes("public_point__bboverlaps", boxes) & ~Q(service_version__in=unlisted_versions(city))
    periods = _in_periods(sent)
    if periods or sort == "ended":
        # A time that is asked for means all of it.
        texts["older"] = "1"
        conditions &= periods
    if sort == "ended":
        conditions &= Q(resolved_at__isnull=False)
    if sort == "changed":
        texts["sort"] = sort
    website = PublicFilter(city, texts)
    if website.unknown:
        raise unknown_values(website.unknown)
    return Chosen(website, ORDERS[sort], conditions)


def _of_services(city: Jurisdiction, codes: list[str], texts: dict[str, str]) -> Q:
    if len(codes) == 1:
        texts["service"] = codes[0]
        return Q()
    services = Service.objects.filter(jurisdiction=city, current__isnull=False, service_code__in=codes)
    by_code = dict(services.values_list("service_code", "pk"))
    if by_code.keys() != set(codes):
        raise unknown_values(["service"])
    return Q(service__in=list(by_code.values()))


def _in_areas(city: Jurisdiction, names: list[str], texts: dict[str, str]) -> Q:
    if len(names) == 1:
        texts["area"] = names[0]
        return Q()
    pairs = [name.partition(":")[::2] for name in names]
    any_of_them = Q()
    for layer, code in pairs:
        any_of_them |= Q(layer=layer, code=code)
    areas = Area.objects.filter(any_of_them, jurisdiction=city).values_list("pk", "layer", "code")
    if {(layer, code) for _pk, layer, code in areas} != set(pairs):
        raise unknown_values(["area"])
    inside = RequestArea.objects.filter(
        service_request=OuterRef("pk"), area__in=[pk for pk, *_ in areas], public_state=PublicState.PUBLIC
    )
    # Not a join: a request may be in two of them.
    return Q(Exists(inside))


def _with_status(names: list[str], texts: dict[str, str]) -> Q:
    statuses = {status for name in names for status in STATES.get(name, [name])}
    if statuses.isdisjoint(OPEN):
        texts["status"] = "ended"
    elif statuses.isdisjoint(ENDED):
        texts["status"] = "open"
    is_exact = statuses in ({*ENDED}, {*OPEN}, {*ENDED, *OPEN})
    return Q() if is_exact else Q(status__in=sorted(statuses))


def _in_periods(sent: Mapping[str, Any]) -> Q:
    within, errors = Q(), []
    for name, column in PERIODS.items():
        after, before = sent.get(f"{name}_after"), sent.get(f"{name}_before")
        if after is not None and before is not None and after >= before:
            message = _("%(first)s must be earlier than %(second)s.")
            message %= {"first": f"{name}_after", "second": f"{name}_before"}
            errors.append(FieldError(f"{name}_before", "invalid", message))
        if after is not None:
            within &= Q(**{f"{column}__gte": after})
        if before is not None:
            within &= Q(**{f"{column}__lt": before})
    if errors:
        raise invalid_parameter(errors)
    return within
