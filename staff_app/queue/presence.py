"""Colleagues on a request or a page of setup. Kept in the cache for less than a minute; only words on the page depend on it."""

import time
from collections.abc import Iterable
from urllib.parse import quote

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.models import Jurisdiction, User

# Two polls and a little: one that is late doesn't make somebody vanish.
TTL_S = 50
NAMES_SHOWN = 2

# The name and the time of each person, by id.
People = dict[int, tuple[str, float]]


# A request's id, or what editor() made.
Subject = int | str


def editor(jurisdiction: Jurisdiction, place: str) -> Subject:
    """place: of a page of the city's setup, as the page of a macro."""
    return f"setup:{jurisdiction.pk}:{quote(place)}"


def enter(user: User, subject: Subject) -> None:
    """Nobody enters as a role. Two who enter at once may lose one of them until the next poll."""
    if user.is_role:
        return
    now = time.time()
    people = _present(cache.get(_key(subject)), now)
    cache.set(_key(subject), {**people, user.pk: (str(user), now)}, TTL_S)


def leave(user: User, subject: Subject) -> None:
    people = _present(cache.get(_key(subject)), time.time())
    if people.pop(user.pk, None) is not None:
        cache.set(_key(subject), people, TTL_S)


def others(user: User, service_request_ids: Iterable[int]) -> dict[int, str]:
    """ "Pia is on this request", by request. One question to the cache for all of them."""
    keys = {_key(pk): pk for pk in service_request_ids}
    if not keys:
        return {}
    found = cache.get_many(list(keys)) or {}
    return {keys[key]: _sentence(names) for key, people in found.items() if (names := _others(user, people))}


def other_editors(user: User, subject: Subject) -> str:
    """ "Ben is editing this", or nothing."""
    names = _others(user, cache.get(_key(subject)))
    if len(names) <= 1:
        return _("%(name)s is editing this") % {"name": names[0]} if names else ""
    if len(names) == NAMES_SHOWN:
        return _("%(name)s and %(other)s are editing this") % {"name": names[0], "other": names[1]}
    more = len(names) - 1
    words = ngettext(
        "%(name)s and %(count)d other are editing this", "%(name)s and %(count)d others are editing this", more
    )
    return words % {"name": names[0], "count": more}


def _others(user: User, people: People | None) -> list[str]:
    return [name for pk, (name, _at) in sorted(_present(people, time.time()).items()) if pk != user.pk]


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


def _key(subject: Subject) -> str:
    return f"presence:{subject}"
