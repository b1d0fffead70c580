"""Filters and order of public reports, shared by the list, the map, its tiles and the feed."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.contrib.postgres.search import SearchQuery
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Func, Q, QuerySet, Value

from requests_app import paging
from requests_app.clock import AppNow
from requests_app.models import (
    OPEN,
    SMALLEST_RADIUS_M,
    Area,
    Asset,
    Category,
    Jurisdiction,
    SearchDocument,
    Service,
    ServiceRequest,
    Status,
)
from requests_app.places.addresses import box_around
from requests_app.places.public_place import EXACT, LISTED_BY_PLACE
from requests_app.rules.intake import clean_text

NAMES = ("q", "category", "service", "status", "area", "near", "asset", "older", "sort")
# The only valid values of these parameters; others are ignored.
ONLY = {"older": "1", "sort": "changed"}
WORDS_MAX = 140
# "near": latitude, longitude, meters. The minimum keeps people from watching a single house.
LEAST_M, MOST_M = SMALLEST_RADIUS_M, 5000
# To the public, closed looks like resolved.
ENDED = [Status.RESOLVED, Status.CLOSED]
STATES = {"open": OPEN, "ended": ENDED}
# Open and recent reports; older ones only on request (older=1).
LATELY = dt.timedelta(days=90)
# Search terms that are in half of all reports must not read all of these.
MOST_SAID = 1000
NOTHING = Q(pk__in=[])


class PublicFilter:
    """The chosen filters, from a query string. Unknown values match nothing."""

    def __init__(self, jurisdiction: Jurisdiction, query: Mapping[str, str]) -> None:
        self.jurisdiction = jurisdiction
        typed = {
            name: clean_text(query.get(name, "").replace("\x00", "\ufffd")[:WORDS_MAX]) for name in (*NAMES, "kind")
        }
        # One select of the form for two parameters: "category:streets", "service:pothole".
        name, _colon, code = typed.pop("kind").partition(":")
        if name in ("category", "service"):
            typed |= {"category": "", "service": "", name: code}
        self.chosen = {name: value for name, value in typed.items() if value and ONLY.get(name, value) == value}

    @property
    def with_older(self) -> bool:
        return "older" in self.chosen

    @property
    def by_change(self) -> bool:
        """Whether the most recently updated come first, not the newest."""
        return "sort" in self.chosen

    @property
    def query(self) -> str:
        """The filters as a query string: "category=streets&area=ward:5"."""
        return urlencode(self.chosen)

    def but(self, **others: str) -> "PublicFilter":
        """The filters with some values changed; "" removes one."""
        return PublicFilter(self.jurisdiction, {**self.chosen, **others})

    # --- Objects of the values -----------------------------------------------------------------------------------------

    @cached_property
    def category(self) -> Category | None:
        return Category.objects.filter(jurisdiction=self.jurisdiction, code=self.chosen["category"]).first()

    @cached_property
    def service(self) -> Service | None:
        code = self.chosen["service"]
        services = Service.objects.select_related("current").filter(current__isnull=False)
        return services.filter(jurisdiction=self.jurisdiction, service_code=code).first()

    @cached_property
    def area(self) -> Area | None:
        layer, _colon, code = self.chosen["area"].partition(":")
        return Area.objects.filter(jurisdiction=self.jurisdiction, layer=layer, code=code).defer("polygon").first()

    @cached_property
    def asset(self) -> Asset | None:
        number = self.chosen["asset"]
        return Asset.objects.filter(jurisdiction=self.jurisdiction, asset_id__iexact=number).first()

    @property
    def status(self) -> list[Status] | None:
        return STATES.get(self.chosen["status"])

    @cached_property
    def unknown(self) -> list[str]:
        """Names of filters with unknown values."""
        names = [name for name in ("category", "service", "status", "area", "near", "asset") if name in self.chosen]
        return [name for name in names if getattr(self, name) is None]

    # --- Matches -----------------------------------------------------------------------------------------------

    @property
    def order(self) -> paging.Order:
        return [("updated_at" if self.by_change else "submitted_at", "desc"), ("id", "desc")]

    def requests(self) -> QuerySet[ServiceRequest]:
        return self._fitting() if self.with_older else self._fitting().filter(self._lately | Q(status__in=OPEN))

    def in_turn(self) -> list[QuerySet[ServiceRequest]]:
        """The matches for paging.page_in_turn: recent ones, then older ones that are open.

        One after the other, so that a kind of which nothing came recently does not read ten years to find the open ones.
        """
        if self.unknown:
            return []
        if self.with_older:
            return [self._fitting()]
        lately = self._fitting().filter(self._lately)
        if self.chosen.get("status") == "ended":
            # Otherwise the database would search all closed requests for open ones.
            return [lately]
        return [lately, self._fitting().filter(self._before, status__in=OPEN)]

    def has_older(self) -> bool:
        """Whether older=1 would show more, that is, older closed reports."""
        if self.with_older or self.unknown or self.chosen.get("status") == "open":
            return False
        return self._fitting().filter(self._before, status__in=ENDED).exists()

    @property
    def _lately(self) -> Q:
        return Q(**{f"{self.order[0][0]}__gte": _days_ago()})

    @property
    def _before(self) -> Q:
        return Q(**{f"{self.order[0][0]}__lt": _days_ago()})

    def _fitting(self) -> QuerySet[ServiceRequest]:
        """All matches of any age."""
        found = ServiceRequest.objects.public().in_jurisdiction(self.jurisdiction)
        if self.unknown:
            return found.none()
        if words := self.chosen.get("q"):
            found = found.filter(pk__in=requests_with_words(self.jurisdiction, words))
        if "category" in self.chosen:
            # Literal ids, so that the planner can estimate rows and choose an index.
            services = Service.objects.filter(current__category=self.category)
            found = found.filter(service__in=list(services.values_list("pk", flat=True)))
        if "service" in self.chosen:
            found = found.filter(service=self.service)
        if "status" in self.chosen:
            found = found.filter(status__in=self.status or [])
        if "area" in self.chosen:
            found = found.filter(request_areas__area=self.area)
        if self.near:
            found = found.filter(LISTED_BY_PLACE, _within(self.near))
        if "asset" in self.chosen:
            # An asset has an exact location, so reports that only show their block don't match by asset.
            found = found.filter(LISTED_BY_PLACE, asset=self.asset, service_version__visibility__in=EXACT)
        return found

    @property
    def near(self) -> tuple[Point, int] | None:
        """The point and radius in meters; None if invalid."""
        parts = self.chosen.get("near", "").split(",")
        try:
            latitude, longitude, meters = (float(part) for part in parts)
        except ValueError:
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and meters > 0):
            return None
        return Point(longitude, latitude, srid=4326), int(min(max(meters, LEAST_M), MOST_M))


def _within(near: tuple[Point, int]) -> Q:
    """By the public place alone. The box comes first, since it is what the index knows."""
    point, meters = near
    return Q(public_point__bboverlaps=box_around(point, meters)) & Q(public_point__distance_lte=(point, D(m=meters)))


def _days_ago() -> ExpressionWrapper:
    return ExpressionWrapper(AppNow() - Value(LATELY, output_field=DurationField()), output_field=DateTimeField())


def requests_with_words(jurisdiction: Jurisdiction, words: str) -> QuerySet[SearchDocument, Any]:
    """The newest requests whose words match, in any of the city's languages.

    Each language by itself: a question that changes from row to row could not be answered by an index.
    """
    matching = NOTHING
    for language in jurisdiction.languages:
        asked = SearchQuery(
            Func(Value(words), function="without_accents"),
            config=Func(Value(language), function="search_dictionary"),
            search_type="websearch",
        )
        matching |= Q(language=language, vector=asked)
    documents = SearchDocument.objects.filter(jurisdiction=jurisdiction, kind=SearchDocument.Kind.REQUEST)
    return documents.filter(matching).order_by("-object_id").values("object_id")[:MOST_SAID]
