"""Filters and order of public reports, shared by the list, the map, its tiles and the feed."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import DateTimeField, Func, Q, QuerySet

from requests_app.core import paging
from requests_app.models import (
    OPEN,
    SMALLEST_RADIUS_M,
    Area,
    Asset,
    Category,
    Jurisdiction,
    PublicState,
    RequestArea,
    Service,
    ServiceRequest,
    Status,
)
from requests_app.places.addresses import box_around
from requests_app.places.public_place import EXACT, unlisted_versions
from requests_app.places.request_search import MOST_FOUND, as_rows, requests_with_words
from requests_app.rules.shared.intake import clean_text

NAMES = ("q", "category", "service", "status", "area", "near", "asset", "older", "sort")
# The only valid values of these parameters; others are ignored.
ONLY = {"older": "1", "sort": "changed"}
WORDS_MAX = 140
# "near": latitude, longitude, meters. The minimum keeps people from watching a single house.
LEAST_M, MOST_M = SMALLEST_RADIUS_M, 5000
# To the public, closed looks like resolved.
ENDED = [Status.RESOLVED, Status.CLOSED]
STATES = {"open": OPEN, "ended": ENDED}
# Open and recent reports; older ones only on request (older=1). Recent begins with a month, since the map counts by month.
LATELY = dt.timedelta(days=90)
RECENT_SINCE = f"date_trunc('month', app_now() - interval '{LATELY.days} days', 'UTC')"

# A tile of a neighborhood or more looks among so many requests of an area. With all of them, a tile that touches the area at a
# corner only would read ten years of it.
MOST_OF_AREA = 4000


class RecentSince(Func):
    """The start of the month (UTC) that was running 90 days ago."""

    template = RECENT_SINCE
    output_field = DateTimeField()


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

    # --- The map's counts (places/tiles.py) ------------------------------------------------------------------------------

    @property
    def has_cells(self) -> bool:
        """Whether the map's cells are counted for these filters. They know the service, the state and the month only."""
        if {"q", "area", "near", "asset"} & set(self.chosen):
            return False
        # By the month of the last update, none are counted.
        return self.with_older or not self.by_change or self.chosen.get("status") == "open"

    @cached_property
    def service_ids(self) -> list[int] | None:
        """The chosen services; None: all."""
        if "service" in self.chosen:
            service = self.service
            if service is None or service.current is None:
                return []
            is_other = "category" in self.chosen and service.current.category != self.category
            return [] if is_other else [service.pk]
        if "category" in self.chosen:
            return list(Service.objects.filter(current__category=self.category).values_list("pk", flat=True))
        return None

    # --- Matches -----------------------------------------------------------------------------------------------

    @property
    def order(self) -> paging.Order:
        return [("updated_at" if self.by_change else "submitted_at", "desc"), ("id", "desc")]

    def requests(self) -> QuerySet[ServiceRequest]:
        return self._fitting() if self.with_older else self._fitting().filter(self._lately | Q(status__in=OPEN))

    def in_turn(self, *, newest_of_area: bool = False, in_box: bool = False) -> list[QuerySet[ServiceRequest]]:
        """The matches for paging.page_in_turn: recent ones, then older ones that are open.

        One after the other, so that a kind of which nothing came recently does not read ten years to find the open ones.
        newest_of_area: of an area, only the newest (see MOST_OF_AREA). in_box: in the box around the place, for tiles, which
        measure the distance later, and of fewer.
        """
        if self.unknown:
            return []
        if self.with_older:
            return [self._fitting(newest_of_area=newest_of_area, in_box=in_box)]
        lately = self._fitting(newest_of_area=newest_of_area, in_box=in_box).filter(self._lately)
        if self.chosen.get("status") == "ended":
            # Otherwise the database would search all closed requests for open ones.
            return [lately]
        return [lately, self._fitting(still_open=True, in_box=in_box).filter(self._before)]

    def has_older(self) -> bool:
        """Whether older=1 would show more, that is, older closed reports."""
        if self.with_older or self.unknown or self.chosen.get("status") == "open":
            return False
        return self._fitting().filter(self._before, status__in=ENDED).exists()

    @property
    def has_more_words(self) -> bool:
        """Whether there may be more requests with these words than a search finds."""
        return "q" in self.chosen and not self.unknown and len(self._ids_by_words) == MOST_FOUND

    @cached_property
    def _ids_by_words(self) -> list[int]:
        """Searched once for all queries of a page."""
        return requests_with_words(self.jurisdiction, self.chosen["q"])

    @property
    def _lately(self) -> Q:
        return Q(**{f"{self.order[0][0]}__gte": RecentSince()})

    @property
    def _before(self) -> Q:
        return Q(**{f"{self.order[0][0]}__lt": RecentSince()})

    def _fitting(
        self, *, still_open: bool = False, newest_of_area: bool = False, in_box: bool = False
    ) -> QuerySet[ServiceRequest]:
        """All matches of any age."""
        matches = ServiceRequest.objects.public().in_jurisdiction(self.jurisdiction)
        if self.unknown:
            return matches.none()
        if "q" in self.chosen:
            matches = matches.filter(pk__in=as_rows(self._ids_by_words))
        if self.service_ids is not None:
            # Literal ids, so that the planner can estimate rows and choose an index.
            matches = matches.filter(service__in=self.service_ids)
        if "status" in self.chosen:
            matches = matches.filter(status__in=self.status or [])
        if still_open:
            matches = matches.filter(status__in=OPEN)
        if "area" in self.chosen and newest_of_area:
            of_area = RequestArea.objects.filter(area=self.area, public_state=PublicState.PUBLIC)
            newest = of_area.order_by("-submitted_at", "-service_request")[:MOST_OF_AREA]
            matches = matches.filter(pk__in=newest.values("service_request"))
        elif "area" in self.chosen:
            # The area's own copy of the state, since an index has it.
            copies = {"request_areas__is_open": True} if still_open else {}
            matches = matches.filter(
                request_areas__area=self.area, request_areas__public_state=PublicState.PUBLIC, **copies
            )
        if self.near:
            within = Q(public_point__bboverlaps=box_around(*self.near)) if in_box else _within(self.near)
            matches = matches.filter(within).exclude(service_version__in=self._unlisted)
        if "asset" in self.chosen:
            # An asset has an exact location, so reports that only show their block don't match by asset.
            matches = matches.filter(asset=self.asset, service_version__visibility__in=EXACT)
            matches = matches.exclude(service_version__in=self._unlisted)
        return matches

    @cached_property
    def _unlisted(self) -> list[int]:
        return unlisted_versions(self.jurisdiction)

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
