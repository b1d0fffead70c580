"""The filters that the public list, the map beside it, its tiles and the feed share, and the order of what they find."""

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
# What may follow these names; anything else is as if it were not there, since it would choose nothing.
ONLY = {"older": "1", "sort": "changed"}
LONGEST = 140
# "near": latitude, longitude, meters. Nobody can ask for less than this, or one house could be watched.
LEAST_M, MOST_M = SMALLEST_RADIUS_M, 5000
# To the public, closed looks like resolved.
ENDED = [Status.RESOLVED, Status.CLOSED]
STATES = {"open": OPEN, "ended": ENDED}
# What is open, and what was reported lately; the rest by choice (older=1), or ten years would bury the present.
LATELY = dt.timedelta(days=90)
# Words that half of all reports hold must not read half of all reports.
MOST_SAID = 1000
NOTHING = Q(pk__in=[])


class PublicFilter:
    """What a reader chose, from an address's query. A value that the city does not have finds nothing."""

    def __init__(self, jurisdiction: Jurisdiction, query: Mapping[str, str]) -> None:
        self.jurisdiction = jurisdiction
        typed = {name: clean_text(query.get(name, "").replace("\x00", "\ufffd")[:LONGEST]) for name in (*NAMES, "kind")}
        # One choice of the form, for two names: "category:streets", "service:pothole".
        name, _colon, code = typed.pop("kind").partition(":")
        if name in ("category", "service"):
            typed |= {"category": "", "service": "", name: code}
        self.chosen = {name: said for name, said in typed.items() if said and ONLY.get(name, said) == said}

    @property
    def with_older(self) -> bool:
        return "older" in self.chosen

    @property
    def by_change(self) -> bool:
        """The last change first, and not the newest report."""
        return "sort" in self.chosen

    @property
    def query(self) -> str:
        """The same choice as an address's query: "category=streets&area=ward:5"."""
        return urlencode(self.chosen)

    def but(self, **others: str) -> "PublicFilter":
        """The same choice with some values changed; "" takes one away."""
        return PublicFilter(self.jurisdiction, {**self.chosen, **others})

    # --- What the values name -----------------------------------------------------------------------------------------

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
        """The names whose value is nothing that the city has."""
        asked = [name for name in ("category", "service", "status", "area", "near", "asset") if name in self.chosen]
        return [name for name in asked if getattr(self, name) is None]

    # --- What they find -----------------------------------------------------------------------------------------------

    @property
    def order(self) -> paging.Order:
        return [("updated_at" if self.by_change else "submitted_at", "desc"), ("id", "desc")]

    def requests(self) -> QuerySet[ServiceRequest]:
        return self._fitting() if self.with_older else self._fitting().filter(self._lately | Q(status__in=OPEN))

    def in_turn(self) -> list[QuerySet[ServiceRequest]]:
        """The same, for paging.page_in_turn: what is of late, then what is open from before.

        One after the other, so that a kind of which nothing came lately does not read ten years to find the open ones.
        """
        if self.unknown:
            return []
        if self.with_older:
            return [self._fitting()]
        lately = self._fitting().filter(self._lately)
        if self.chosen.get("status") == "ended":
            # The database would look through all that is over for what is open.
            return [lately]
        return [lately, self._fitting().filter(self._before, status__in=OPEN)]

    def has_older(self) -> bool:
        """Whether older=1 would show more: something closed that is of long ago."""
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
        """All that fit, however old."""
        found = ServiceRequest.objects.public().in_jurisdiction(self.jurisdiction)
        if self.unknown:
            return found.none()
        if words := self.chosen.get("q"):
            found = found.filter(pk__in=_said(self.jurisdiction, words))
        if "category" in self.chosen:
            # The numbers themselves: with them the database knows how many to expect, and which index to take.
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
            # A thing tells exactly where it is: what shows only its block is not told by it.
            found = found.filter(LISTED_BY_PLACE, asset=self.asset, service_version__visibility__in=EXACT)
        return found

    @property
    def near(self) -> tuple[Point, int] | None:
        """The place and the meters around it; None for what is no place."""
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


def _said(jurisdiction: Jurisdiction, words: str) -> QuerySet[SearchDocument, Any]:
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
