"""Typical times: how long reports of a service, in an area or in the city take, as the worker computes it every night."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import DateField, OuterRef, Subquery
from django.db.models.functions import Cast

from requests_app.clock import AppNow
from requests_app.models import Area, Jurisdiction, Service, TypicalTime
from requests_app.places.statement_timeout import TimeUpError, at_most

# How far back an area's page counts reports.
DAYS = 90
CACHED_S = 900
# If no worker ran for so long, pages show the target instead.
STALE_DAYS = 7
ByArea = dict[int | None, TypicalTime]
# Give up if the database takes longer.
MOST_MS = 2000
# One index: public requests of an area, newest first.
REPORTED = """
SELECT count(*) FROM requests_app_requestarea
WHERE area_id = %s AND public_state = 'public' AND submitted_at > app_now() - make_interval(days => %s)
"""


def typical_time(service: Service, areas: Iterable[Area] = ()) -> TypicalTime | None:
    """Of the one of these areas with the fewest reports, if it has enough; else of the whole city. None: too few reports.

    Cached for 15 minutes, since it changes once a day and many pages show it.
    """
    return smallest(by_area([service.pk])[service.pk], [area.pk for area in areas])


def by_area(service_ids: Iterable[int]) -> dict[int, ByArea]:
    """Of each of these services: its typical times by area (id), and for None that of the whole city. Cached as typical_time()."""
    keys = {f"typical:{pk}": pk for pk in service_ids}
    cached = cache.get_many(list(keys))
    found: dict[int, ByArea] = {pk: cached[key] for key, pk in keys.items() if isinstance(cached.get(key), dict)}
    missing = {pk: ByArea() for pk in keys.values() if pk not in found}
    if missing:
        of_service = TypicalTime.objects.filter(service=OuterRef("service"), day__gte=_since())
        newest = Subquery(of_service.order_by("-day").values("day")[:1])
        for one in TypicalTime.objects.filter(service__in=missing, day=newest):
            missing[one.service_id or 0][one.area_id] = one
        cache.set_many({f"typical:{pk}": times for pk, times in missing.items()}, timeout=CACHED_S)
    return found | missing


def smallest(of_service: ByArea, area_ids: Iterable[int]) -> TypicalTime | None:
    """Of the area with the fewest reports, else of the whole city."""
    here = [of_service[pk] for pk in area_ids if pk in of_service]
    return min(here, key=lambda one: one.count, default=of_service.get(None))


def city_time(jurisdiction: Jurisdiction) -> TypicalTime | None:
    """Of all reports that everybody may read. None: too few. Cached as long as typical_time()."""
    key = f"typical-city:{jurisdiction.pk}"
    found = cache.get(key)
    if not isinstance(found, dict):
        found = _latest(service=None, area=None, jurisdiction=jurisdiction)
        cache.set(key, found, timeout=CACHED_S)
    whole: TypicalTime | None = found.get(None)
    return whole


def _since() -> Cast:
    return Cast(AppNow() - dt.timedelta(days=STALE_DAYS), DateField())


def _latest(**which: Area | Jurisdiction | None) -> ByArea:
    """The rows of the last day on which there are any, by area."""
    found = list(TypicalTime.objects.filter(**which, day__gte=_since()).order_by("-day"))
    return {one.area_id: one for one in found if one.day == found[0].day}


@dataclass(frozen=True)
class AreaNumbers:
    """Public reports made in an area in the last 90 days, and their typical time if there are enough."""

    reported: int
    usual: TypicalTime | None


def area_numbers(area: Area) -> AreaNumbers | None:
    """None if the database was too slow. Cached as long as typical_time()."""
    key = f"typical-in:{area.pk}"
    numbers = cache.get(key)
    if not isinstance(numbers, AreaNumbers):
        try:
            with at_most(MOST_MS), connection.cursor() as cursor:
                cursor.execute(REPORTED, [area.pk, DAYS])
                numbers = AreaNumbers(cursor.fetchone()[0], _latest(service=None, area=area).get(area.pk))
        except TimeUpError:
            return None
        cache.set(key, numbers, timeout=CACHED_S)
    return numbers
