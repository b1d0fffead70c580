"""The counts of the queue's tabs, kept for half a minute for each user, and counted again after an act of the user's own."""

from collections.abc import Callable

from django.core.cache import cache

from requests_app.models import Jurisdiction, User

KEPT_S = 30
# Sets of filters whose counts are kept for one user.
KEPT_MAX = 8
Counts = dict[str, str]


def kept(user: User, jurisdiction: Jurisdiction, filters: str, count: Callable[[], Counts]) -> Counts:
    """filters: names what is counted."""
    key = _key(user, jurisdiction)
    known: dict[str, Counts] = cache.get(key) or {}
    if filters not in known:
        known = {**dict(list(known.items())[-KEPT_MAX:]), filters: count()}
        cache.set(key, known, KEPT_S)
    return known[filters]


def forget(user: User, jurisdiction: Jurisdiction) -> None:
    cache.delete(_key(user, jurisdiction))


def _key(user: User, jurisdiction: Jurisdiction) -> str:
    return f"tab-counts:{jurisdiction.pk}:{user.pk}"
