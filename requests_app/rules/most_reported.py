"""Which services people report most: of the last 90 days, by the counters, with no link to anybody."""

import datetime as dt
from collections.abc import Sequence

from django.core.cache import cache
from django.db.models import Sum

from requests_app.clock import app_now
from requests_app.models import Counter, Jurisdiction, ServiceVersion

DAYS, SERVICES = 90, 6
# The order of three months' sums hardly changes in a day, and they are thousands of rows.
CACHED_S = 3600


def most_reported(jurisdiction: Jurisdiction, offered: Sequence[ServiceVersion]) -> list[ServiceVersion]:
    """Of the offered services, those that show their reports to everyone and take photos; in a new city, the first ones."""
    shown = [
        version
        for version in offered
        if version.visibility == ServiceVersion.Visibility.PUBLIC
        and version.photo_policy != ServiceVersion.PhotoPolicy.NONE
    ]
    counts = _counts(jurisdiction)
    # Sorting keeps the city's own order where the counts are equal.
    return sorted(shown, key=lambda version: -counts.get(version.service_id, 0))[:SERVICES]


def _counts(jurisdiction: Jurisdiction) -> dict[int, int]:
    """Reports of the last DAYS days by service. Cached for an hour."""
    key = f"most_reported:{jurisdiction.pk}"
    counts: dict[int, int] | None = cache.get(key)
    if counts is None:
        since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=DAYS)
        counted = Counter.objects.filter(jurisdiction=jurisdiction, measure="submitted", day__gte=since)
        counts = dict(counted.values_list("service").annotate(count=Sum("value")))
        cache.set(key, counts, timeout=CACHED_S)
    return counts
