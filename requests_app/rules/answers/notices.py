"""The notices that residents see on a page, such as "City Hall is closed Thursday".

Pages of a city without a notice ask nothing: its row says until when there is one. The others read a list that is cached.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from requests_app.models import Jurisdiction, Notice

# Seconds. Saving a notice forgets the list at once, and a notice that begins later is found within this time.
CACHED_FOR = 60
# The pages of reporting have "report" in their address, the other ones a name.
REPORT_PAGES = {"report", "problem", "emergency", "service", "answered", "location", "choose_location", "choose_asset"}
REPORT_PAGES |= {"owner", "duplicates", "details", "other", "contact", "check", "later"}


@dataclass(frozen=True)
class Shown:
    """A notice as pages need it. service, area: codes, the area's as "layer:code"."""

    text: dict[str, str]
    kind: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    service: str = ""
    area: str = ""

    def is_for(self, page: str, arguments: dict[str, Any], service: str) -> bool:
        if self.place == Notice.Place.HOME:
            return page == "home"
        if self.place == Notice.Place.REPORT:
            return page in REPORT_PAGES
        if self.place == Notice.Place.SERVICE:
            return self.service == (service or arguments.get("service_code"))
        if self.place == Notice.Place.AREA:
            return page == "area" and self.area == f"{arguments.get('layer')}:{arguments.get('code')}"
        return True


def on_page(request: HttpRequest, service: str = "") -> list[Shown]:
    """The notices of this page, warnings first. service: the code of the one that the page is about, if its address doesn't say."""
    jurisdiction: Jurisdiction | None = getattr(request, "jurisdiction", None)
    now = timezone.now()
    if jurisdiction is None or jurisdiction.notices_until is None or jurisdiction.notices_until <= now:
        return []
    match = request.resolver_match
    page, arguments = (match.url_name or "", match.kwargs) if match else ("", {})
    return [
        notice
        for notice in _cached(jurisdiction)
        if notice.starts_at <= now < notice.ends_at and notice.is_for(page, arguments, service)
    ]


def forget(jurisdiction: Jurisdiction) -> None:
    cache.delete(_key(jurisdiction))


def _cached(jurisdiction: Jurisdiction) -> list[Shown]:
    found: list[Shown] | None = cache.get(_key(jurisdiction))
    if found is None:
        found = _current(jurisdiction)
        cache.set(_key(jurisdiction), found, timeout=CACHED_FOR)
    return found


def _current(jurisdiction: Jurisdiction) -> list[Shown]:
    """Those that have not ended."""
    rows = (
        Notice.objects.filter(jurisdiction=jurisdiction, ends_at__gt=timezone.now())
        .select_related("service", "area")
        .only("words", "kind", "place", "starts_at", "ends_at", "service__service_code", "area__layer", "area__code")
        .order_by("-kind", "-starts_at", "-id")
    )
    return [
        Shown(
            text=row.words,
            kind=row.kind,
            place=row.place,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            service=row.service.service_code if row.service else "",
            area=f"{row.area.layer}:{row.area.code}" if row.area else "",
        )
        for row in rows
    ]


def _key(jurisdiction: Jurisdiction) -> str:
    return f"current-notices:{jurisdiction.pk}"
