"""Signals of spam: a flood from one network or person, and what only a program does.

Nothing is refused because of them. Such a report is routed and worked on like any other, and reviewed before the public can
read it (rules.review): libraries and shelters share addresses, and some people fill in hidden fields.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from requests_app.core import limits
from requests_app.places.address_words import search_key

# More than a library's visitors send, or one person on a long walk.
FROM_ONE_NETWORK_AN_HOUR, BY_ONE_PERSON_A_DAY = 30, 30
# Repeated reports about one address may be meant to harass the people who live there.
ABOUT_ONE_PLACE_A_DAY = 5
# The hidden field that bots fill in (browsers do not autofill this name), and the field with the page's timestamp.
TRAP, STAMP = "subject", "opened"
_SALT = "first-page"
# The longest time recorded: a form sent after this long was not sent by a bot in a hurry.
LONG_S = 3600


def stamp() -> str:
    """The time the first page was rendered, signed. It comes back with the form."""
    return signing.dumps(time.time(), salt=_SALT)


def noticed(sent: QueryDict) -> dict[str, Any]:
    """The signals in the first page's form, as the draft stores them."""
    signals: dict[str, Any] = {"by_robot": True} if is_trapped(sent) else {}
    try:
        at = float(signing.loads(sent.get(STAMP, ""), salt=_SALT))
    except signing.BadSignature:
        # A page from before this field existed, or signed with a retired key: no signal.
        return signals
    return {**signals, "looked_s": min(max(0.0, time.time() - at), LONG_S)}


def is_trapped(sent: QueryDict) -> bool:
    return bool(sent.get(TRAP, "").strip())


def over_limit(request: HttpRequest, typed: Mapping[str, Any]) -> bool:
    """Counts a report against the limits of its network, of each contact address, and of these for its place.

    True if a limit is exceeded. Without Redis, no limit applies.
    """
    contact = typed.get("contact") or {}
    people = [limits.hashed(str(contact[name]).lower()) for name in ("email", "phone") if contact.get(name)]
    network = limits.network_key(request)
    # Count against every limit, even after one is exceeded.
    within = [limits.allow_key(f"report:{network}", most=FROM_ONE_NETWORK_AN_HOUR, per_s=limits.HOUR)]
    within += [limits.allow_key(f"report-by:{person}", most=BY_ONE_PERSON_A_DAY, per_s=limits.DAY) for person in people]
    if place := _place(typed):
        within += [
            limits.allow_key(f"report-about:{sender}:{place}", most=ABOUT_ONE_PLACE_A_DAY, per_s=limits.DAY)
            for sender in [network, *people]
        ]
    return not all(within)


def _place(typed: Mapping[str, Any]) -> str:
    """A hash of the address, or else of the point to about ten meters."""
    place = typed.get("place") or {}
    if address := search_key(str(place.get("address", ""))):
        return limits.hashed(address)
    try:
        return limits.hashed(f"{float(place['lat']):.4f},{float(place['long']):.4f}")
    except (KeyError, TypeError, ValueError):
        return ""
