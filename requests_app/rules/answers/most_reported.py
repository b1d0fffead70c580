"""Which services people report most, by the counters, with no link to anybody."""

import datetime as dt
from collections.abc import Sequence

from django.core.cache import cache
from django.db.models import Sum

from requests_app.clock import app_now
from requests_app.models import Counter, Jurisdiction, ServiceVersion
from requests_app.places.public_place import LISTED

DAYS, SERVICES = 90, 6
POPULAR_DAYS, POPULAR = 30, 4
# What fewer people reported isn't popular.
FEWEST = 5
# The order of so many days' sums hardly changes in a day, and they are thousands of rows.
CACHED_S = 3600


def most_reported(jurisdiction: Jurisdiction, offered: Sequence[ServiceVersion]) -> list[ServiceVersion]:
    """In the last 90 days: of the offered services, those that show their reports to everyone and take photos.

    In a new city, the first ones.
    """
    shown = [
        version
        for version in offered
        if version.visibility == ServiceVersion.Visibility.PUBLIC
        and version.photo_policy != ServiceVersion.PhotoPolicy.NONE
    ]
    counts = _counts(jurisdiction, DAYS)
    # Sorting keeps the city's own order where the counts are equal.
    return sorted(shown, key=lambda version: -counts.get(version.service_id, 0))[:SERVICES]


def popular(jurisdiction: Jurisdiction, offered: Sequence[ServiceVersion]) -> list[ServiceVersion]:
    """In the last 30 days: of the offered services whose reports everyone may read. In a new city, none."""
    counts = _counts(jurisdiction, POPULAR_DAYS)
    shown = [
        version for version in offered if version.visibility in LISTED and counts.get(version.service_id, 0) >= FEWEST
    ]
    return sorted(shown, key=lambda version: -counts[version.service_id])[:POPULAR]


def _counts(jurisdiction: Jurisdiction, days: int) -> dict[int, int]:
    """Reports of the last days by service. Cached for an hour."""
    key = f"most_reported:{jurisdiction.pk}:{days}"
    counts: dict[int, int] | None = cache.get(key)
    if counts is None:
        since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=days)
        counted = Counter.objects.filter(jurisdiction=jurisdiction, measure="submitted", day__gte=since)
        counts = dict(counted.values_list("service").annotate(count=Sum("value")))
        cache.set(key, counts, timeout=CACHED_S)
    return counts
