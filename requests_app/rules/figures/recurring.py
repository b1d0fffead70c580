"""Recurring problems at a place: how often each service was reported there recently."""

from django.core.cache import cache
from django.db.models import Count, QuerySet

from requests_app.clock import app_now
from requests_app.core.localized import LocalizedText
from requests_app.models import Disposition, ServiceRequest
from requests_app.places.public_filter import LATELY
from requests_app.places.statement_timeout import TimeUpError, at_most

# Twice may be chance.
OFTEN = 3
MOST_KINDS = 3
CACHED_S = 900
# Give up if the database takes longer.
COUNT_MS = 1000


def recurring_problems(service_requests: QuerySet[ServiceRequest], key: str) -> list[tuple[LocalizedText, int]]:
    """The most reported services by name, with counts for the last 90 days. key: identifies the place in the cache."""
    key = f"recurring:{key}"
    counts = cache.get(key)
    if not isinstance(counts, tuple):
        counts = _count(service_requests)
        cache.set(key, counts, timeout=CACHED_S)
    return list(counts)


def _count(service_requests: QuerySet[ServiceRequest]) -> tuple[tuple[LocalizedText, int], ...]:
    counted = (
        service_requests.filter(submitted_at__gte=app_now() - LATELY)
        # A duplicate isn't a recurrence.
        .exclude(disposition=Disposition.DUPLICATE)
        .order_by()
        .values("service__current__name")
        .annotate(times=Count("id"))
        .filter(times__gte=OFTEN)
        .order_by("-times", "service__current__name")
        .values_list("service__current__name", "times")
    )
    try:
        with at_most(COUNT_MS):
            return tuple(counted[:MOST_KINDS])
    except TimeUpError:
        return ()
