"""Which languages of reporters a member of staff said they write, so that the box for it is checked the next time.

Kept in the cache. Without it, the box is only unchecked.
"""

from django.core.cache import cache

from requests_app.models import User

KEPT_S = 90 * 24 * 60 * 60


def is_written_by(user: User, language: str) -> bool:
    return bool(cache.get(_key(user, language)))


def remember(user: User, language: str, *, is_written: bool) -> None:
    if is_written:
        cache.set(_key(user, language), True, KEPT_S)
    elif is_written_by(user, language):
        cache.delete(_key(user, language))


def _key(user: User, language: str) -> str:
    return f"own-language:{user.pk}:{language}"
