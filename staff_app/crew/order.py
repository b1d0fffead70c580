"""The order of a day's stops, the length of the drive in it, and where the drive begins."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.messages import wording
from requests_app.models import Jurisdiction
from requests_app.rules.work import driving_order
from staff_app.crew.stops import Stop

DRIVE, BY_DUE = "drive", "due"
ORDERS = {DRIVE: gettext_lazy("Shortest drive"), BY_DUE: gettext_lazy("By due date")}
KEPT_S = 600


@dataclass(frozen=True)
class Arranged:
    """order: its code; sentence: how long the drive is in it and in the other one, "" if there is no drive.

    stops: those without a place come last, `unplaced` of them.
    """

    order: str
    stops: list[Stop]
    sentence: str
    unplaced: int


def arrange(stops: list[Stop], city: Jurisdiction, *, order: str, start: Point | None = None) -> Arranged:
    """stops: by due date."""
    order = order if order in ORDERS else DRIVE
    placed = [stop for stop in stops if stop.point is not None]
    unplaced = [stop for stop in stops if stop.point is None]
    drive = _drive([stop.point for stop in placed if stop.point is not None], city, start)
    if order == DRIVE:
        placed = [placed[index] for index in drive.order]
    return Arranged(order, [*placed, *unplaced], _sentence(drive, order), len(unplaced))


def _drive(points: list[Point], city: Jurisdiction, start: Point | None) -> driving_order.Drive:
    if start is not None:
        # Where somebody is isn't kept, not even in a cache.
        return driving_order.shortest(city, points, start=start)
    places = hashlib.sha256(repr([point.coords for point in points]).encode()).hexdigest()
    key = f"drive:{city.pk}:{places}"
    kept: driving_order.Drive | None = cache.get(key)
    if kept is None:
        kept = driving_order.shortest(city, points)
        cache.set(key, kept, KEPT_S)
    return kept


def _sentence(drive: driving_order.Drive, order: str) -> str:
    """ "6.2 miles in this order, 9.8 miles by due date"."""
    shortest, by_due = wording.drive_words(drive.meters), wording.drive_words(drive.meters_as_given)
    if drive.meters_as_given < 1:
        return ""
    if shortest == by_due:
        return shortest
    if order == DRIVE:
        return _("%(length)s in this order, %(other)s by due date") % {"length": shortest, "other": by_due}
    return _("%(length)s in this order, %(other)s by the shortest drive") % {"length": by_due, "other": shortest}


def read_start(query: Mapping[str, str]) -> tuple[Point | None, bool]:
    """The place that lat and long name, and whether they name none although there is something."""
    if not query.get("lat") and not query.get("long"):
        return None, False
    try:
        lat, long = float(query.get("lat", "")), float(query.get("long", ""))
    except ValueError:
        return None, True
    if not (math.isfinite(lat) and math.isfinite(long) and abs(lat) <= 85 and abs(long) <= 180):
        return None, True
    return Point(long, lat, srid=4326), False
