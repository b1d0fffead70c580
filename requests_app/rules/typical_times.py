"""Typical times: how long reports of a service, in an area or in the city take, as the worker computes it every night."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connection
from django.db.models import DateField
from django.db.models.functions import Cast

from requests_app.clock import AppNow
from requests_app.models import Area, Department, Jurisdiction, Service, Target, TypicalTime
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules import service_levels

# How far back an area's page counts reports.
DAYS = 90
CACHED_S = 900
# If no worker ran for so long, pages show the target instead.
STALE_DAYS = 7
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
    key = f"typical:{service.pk}"
    by_area = cache.get(key)
    if not isinstance(by_area, dict):
        by_area = _latest(service=service)
        cache.set(key, by_area, timeout=CACHED_S)
    here = [by_area[area.pk] for area in areas if area.pk in by_area]
    whole: TypicalTime | None = by_area.get(None)
    return min(here, key=lambda one: one.count, default=whole)


def city_time(jurisdiction: Jurisdiction) -> TypicalTime | None:
    """Of all reports that everybody may read. None: too few. Cached as long as typical_time()."""
    key = f"typical-city:{jurisdiction.pk}"
    found = cache.get(key)
    if not isinstance(found, dict):
        found = _latest(service=None, area=None, jurisdiction=jurisdiction)
        cache.set(key, found, timeout=CACHED_S)
    whole: TypicalTime | None = found.get(None)
    return whole


def _latest(**which: Service | Area | Jurisdiction | None) -> dict[int | None, TypicalTime]:
    """The rows of the last day on which there are any, by area."""
    since = Cast(AppNow() - dt.timedelta(days=STALE_DAYS), DateField())
    found = list(TypicalTime.objects.filter(**which, day__gte=since).order_by("-day"))
    return {one.area_id: one for one in found if one.day == found[0].day}


def misses_target(usual: TypicalTime, target: Target, department: Department, zone: ZoneInfo) -> bool:
    """Whether most reports take longer than this target, so that pages say first what is usual."""
    if usual.half is None:
        return True
    hours = service_levels.hours_for(target, department, zone, target.unit)
    # Working time depends on the day of the week: the mean over a week.
    starts = [usual.computed_at - dt.timedelta(days=days) for days in range(7)]
    lengths = [service_levels.due_at(start, target.value, target.unit, hours) - start for start in starts]
    return usual.half > sum(lengths, dt.timedelta()) / len(lengths)


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
