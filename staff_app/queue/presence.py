"""Which request each colleague has open. Kept in the cache for less than a minute; only words on the page depend on it."""

import time
from collections.abc import Iterable

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.models import User

# Two polls and a little: one that is late doesn't make somebody vanish.
TTL_S = 50
NAMES_SHOWN = 2

# The name and the time of each person, by id.
People = dict[int, tuple[str, float]]


def enter(user: User, service_request_id: int) -> None:
    """Two who enter at once may lose one of them until the next poll."""
    now = time.time()
    people = _present(cache.get(_key(service_request_id)), now)
    cache.set(_key(service_request_id), {**people, user.pk: (str(user), now)}, TTL_S)


def others(user: User, service_request_ids: Iterable[int]) -> dict[int, str]:
    """ "Pia is on this request", by request. One question to the cache for all of them."""
    keys = {_key(pk): pk for pk in service_request_ids}
    if not keys:
        return {}
    now = time.time()
    sentences: dict[int, str] = {}
    for key, people in (cache.get_many(list(keys)) or {}).items():
        names = [name for pk, (name, _at) in sorted(_present(people, now).items()) if pk != user.pk]
        if names:
            sentences[keys[key]] = _sentence(names)
    return sentences


def _sentence(names: list[str]) -> str:
    if len(names) == 1:
        return _("%(name)s is on this request") % {"name": names[0]}
    if len(names) == NAMES_SHOWN:
        return _("%(name)s and %(other)s are on this request") % {"name": names[0], "other": names[1]}
    more = len(names) - 1
    words = ngettext(
        "%(name)s and %(count)d other are on this request", "%(name)s and %(count)d others are on this request", more
    )
    return words % {"name": names[0], "count": more}


def _present(people: People | None, now: float) -> People:
    return {pk: (name, at) for pk, (name, at) in (people or {}).items() if now - at < TTL_S}


def _key(service_request_id: int) -> str:
    return f"presence:{service_request_id}"
