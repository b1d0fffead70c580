"""What the door notices of who sends a report: a flood from one network or person, and what only a program does.

Nobody is refused for it. Such a report is taken, routed and worked on like any other, and waits for a look before everybody can
read it (rules.holding): libraries and shelters share addresses, and some people fill in what nobody sees.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from requests_app import limits
from requests_app.places.addresses import search_key

# More than a library's readers send, and than one person sees on a long walk.
FROM_ONE_NETWORK_AN_HOUR, BY_ONE_PERSON_A_DAY = 30, 30
# Who reports one address again and again may be after whoever lives there.
ABOUT_ONE_PLACE_A_DAY = 5
# What people do not see and programs fill in. No browser fills in a field of this name by itself.
TRAP, STAMP = "subject", "opened"
_SALT = "first-page"
# Whoever comes back to an open page after this long was no program in a hurry; and a number of seconds stays a number.
LONG_S = 3600


def stamp() -> str:
    """When the first page was made, signed: it comes back with the form."""
    return signing.dumps(time.time(), salt=_SALT)


def noticed(sent: QueryDict) -> dict[str, Any]:
    """What the first page's form says of who filled it in, as the draft keeps it."""
    found: dict[str, Any] = {"by_robot": True} if is_trapped(sent) else {}
    try:
        at = float(signing.loads(sent.get(STAMP, ""), salt=_SALT))
    except signing.BadSignature:
        # A page from before this was asked, or from a key that is not used any more: it says nothing.
        return found
    return {**found, "looked_s": min(max(0.0, time.time() - at), LONG_S)}


def is_trapped(sent: QueryDict) -> bool:
    return bool(sent.get(TRAP, "").strip())


def over_limit(request: HttpRequest, typed: Mapping[str, Any]) -> bool:
    """Counts one more report by this network, by each address of this person, and by them about this place.

    True once there were too many. Without Redis nobody is over a limit.
    """
    contact = typed.get("contact") or {}
    people = [limits.hidden(str(contact[name]).lower()) for name in ("email", "phone") if contact.get(name)]
    network = limits.network_of(request)
    # Each is counted, also after one of them was too much.
    within = [limits.within(f"report:{network}", most=FROM_ONE_NETWORK_AN_HOUR, per_s=limits.HOUR)]
    within += [limits.within(f"report-by:{one}", most=BY_ONE_PERSON_A_DAY, per_s=limits.DAY) for one in people]
    if place := _place(typed):
        within += [
            limits.within(f"report-about:{one}:{place}", most=ABOUT_ONE_PLACE_A_DAY, per_s=limits.DAY)
            for one in [network, *people]
        ]
    return not all(within)


def _place(typed: Mapping[str, Any]) -> str:
    """The address, or the spot to some ten metres."""
    place = typed.get("place") or {}
    if address := search_key(str(place.get("address", ""))):
        return limits.hidden(address)
    try:
        return limits.hidden(f"{float(place['lat']):.4f},{float(place['long']):.4f}")
    except (KeyError, TypeError, ValueError):
        return ""
