"""A report that begins with photos: stores them, and decides whether the draft takes the place where they were taken.

The camera's place is used as the draft's place, asked about, or left out with the reason (`photo_place` in the draft), and stored
nowhere else.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from requests_app import photos
from requests_app.actions.report import drafts
from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.forms import place_input
from requests_app.forms.photo_uploads import take_photos
from requests_app.messages.wording import long_date
from requests_app.models import Draft, Jurisdiction
from requests_app.places import boundary

# An older photo may show another problem, or have been taken of something that was fixed since.
NEW_FOR = dt.timedelta(days=30)
# A camera without a time zone may have been set in any other one.
ZONES = dt.timedelta(hours=14)
# As for the location of a phone (js/use-location.js): beyond this, it would mislead.
TOO_ROUGH_M = 1000
# What js/photo-first.js read from the photo before it made it smaller, with the names of photo_decoder.
SENT_ALONG = {
    "photo_lat": "lat",
    "photo_long": "long",
    "photo_at": "taken",
    "photo_offset": "offset",
    "photo_off_m": "off_m",
}
# Which answer counts when several photos differ: the first of these.
ORDER = ("", "old", "future", "outside", "rough", "none")


def take(request: CityRequest, draft: Draft) -> list[str]:
    """Stores the photos sent with the first page. Returns translated errors, by file name. The draft has its place then."""
    told: list[photos.Taken] = []

    def add(upload: Any, key: str) -> None:
        drafts.add_photo(draft, upload, size=upload.size or 0, key=key, tell=told.append)

    refused = take_photos(request, add, room=photos.PHOTOS_MAX, most=photos.PHOTOS_MAX)
    if told and not draft.typed.get("place"):
        drafts.save(draft, **_place(request.jurisdiction, [*_sent_along(request), *told]))
    return refused


def _sent_along(request: CityRequest) -> list[photos.Taken]:
    decoded: dict[str, Any] = {name: request.POST.get(sent, "")[:40] for sent, name in SENT_ALONG.items()}
    try:
        numbers = {name: float(decoded[name] or 0) for name in ("lat", "long", "off_m")}
    except ValueError:
        return []
    return [photos.taken({**decoded, **numbers}, request.jurisdiction)]


def _place(jurisdiction: Jurisdiction, told: list[photos.Taken]) -> dict[str, Any]:
    """What the draft stores: the place, or why it has none."""
    why, one = min(((_doubt(jurisdiction, one), one) for one in told), key=lambda pair: ORDER.index(pair[0]))
    if why not in ("", "old", "future") or one.point is None:
        return {"photo_place": {"why": why}}
    place = place_input.of_point(jurisdiction, one.point) | {"from_photo": True}
    if not why:
        return {"place": place_input.marked_on_water(jurisdiction, place)}
    day = one.at.astimezone(jurisdiction.zone).date().isoformat() if one.at else ""
    return {"photo_place": {"why": why, "place": place, "day": day}}


def _doubt(jurisdiction: Jurisdiction, taken: photos.Taken) -> str:
    """Why the place can't be taken as it is; empty if it can."""
    if taken.point is None:
        return "none"
    if not boundary.inside(jurisdiction, taken.point):
        return "outside"
    if taken.off_m > TOO_ROUGH_M:
        return "rough"
    now = app_now()
    if taken.at is not None and taken.at > now + ZONES:
        return "future"
    return "old" if taken.at is not None and taken.at < now - NEW_FOR else ""


def question(draft: Draft) -> dict[str, Any]:
    """What the place page says and asks about the photo's place; empty if there is nothing to say."""
    photo_place = draft.typed.get("photo_place") or {}
    if not photo_place or draft.typed.get("place"):
        return {}
    why = photo_place["why"]
    if why == "outside":
        sentence = _("Your photo was taken outside %(city)s, so we didn’t use its place.") % {
            "city": draft.jurisdiction.name
        }
    elif why == "rough":
        sentence = _("Your photo only says roughly where it was taken.")
    elif why == "none":
        sentence = _("Your photo doesn’t say where it was taken.")
    else:
        day = long_date(dt.date.fromisoformat(photo_place["day"]))
        sentence = {
            "old": _("Your photo is from %(day)s. Is the problem still at this place?"),
            "future": _("Your photo has a date in the future, %(day)s. Was it taken at this place?"),
        }[why] % {"day": day}
    return {"sentence": sentence, "place": photo_place.get("place")}
