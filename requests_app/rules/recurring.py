"""What comes back at a place: how often each kind of problem was reported there lately."""

from django.core.cache import cache
from django.db.models import Count, QuerySet

from requests_app.clock import app_now
from requests_app.localized import Words
from requests_app.models import Disposition, ServiceRequest
from requests_app.places.public_filter import LATELY
from requests_app.places.statement_timeout import TimeUpError, at_most

# Twice may be chance.
OFTEN = 3
MOST_KINDS = 3
KEPT_S = 900
# What takes the database longer than this is not said.
COUNT_MS = 1000


def recurring_problems(found: QuerySet[ServiceRequest], key: str) -> list[tuple[Words, int]]:
    """The services reported most, by name, with how often in the last 90 days. key: what they are kept under meanwhile."""
    key = f"recurring:{key}"
    kept = cache.get(key)
    if not isinstance(kept, tuple):
        kept = _count(found)
        cache.set(key, kept, timeout=KEPT_S)
    return list(kept)


def _count(found: QuerySet[ServiceRequest]) -> tuple[tuple[Words, int], ...]:
    counted = (
        found.filter(submitted_at__gte=app_now() - LATELY)
        # The same problem told twice did not come back.
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
