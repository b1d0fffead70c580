"""What every list of features takes by OGC API Features: a box, a time, and a limit that never fails by being high."""

import datetime as dt
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.api.framework.parameters import Integer, Parameter, Unfit, is_on_earth
from requests_app.api.v1.base import LIMIT_DEFAULT

LIMIT_MAX = 1000
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,15})?([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_OPEN = ("", "..")


class Period(NamedTuple):
    """From `since` until just before `until`; None: without an end there."""

    since: dt.datetime | None
    until: dt.datetime | None


@dataclass(frozen=True)
class AtMost(Integer):
    """More than the maximum is the maximum."""

    def read(self, value: str) -> int:
        if re.fullmatch(r"\d{1,9}", value, re.ASCII) and int(value) > self.high:
            return self.high
        return super().read(value)


@dataclass(frozen=True)
class Box(Parameter):
    """Four numbers, or six with heights, which count for nothing here. One polygon, or two if it crosses the 180th meridian."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}

    def read(self, value: str) -> tuple[Polygon, ...]:
        parts = [part.strip() for part in value.split(",")]
        if len(parts) not in (4, 6) or not all(map(_NUMBER.fullmatch, parts)):
            raise self._unfit
        numbers = [float(part) for part in parts]
        west, south = numbers[:2]
        east, north = numbers[len(numbers) // 2 :][:2]
        if not (is_on_earth(south, west) and is_on_earth(north, east) and south <= north):
            raise self._unfit
        if west <= east:
            return (_polygon(west, south, east, north),)
        return _polygon(west, south, 180, north), _polygon(-180, south, east, north)

    @property
    def _unfit(self) -> Unfit:
        return Unfit(_("%(name)s must be west,south,east,north in degrees.") % {"name": self.name})


@dataclass(frozen=True)
class During(Parameter):
    """A moment, a day of the city, or two of them with a slash between; `..` or nothing leaves an end open."""

    def read(self, value: str) -> Period:
        parts = value.split("/")
        if len(parts) > 2 or all(part in _OPEN for part in parts):
            raise self._unfit
        try:
            first, last = span(parts[0]), span(parts[-1])
        except (ValueError, OverflowError):
            raise self._unfit from None
        if len(parts) == 1 and parts[0] in _OPEN:
            raise self._unfit
        if first.since and last.until and first.since >= last.until:
            raise self._unfit
        return Period(first.since, last.until)

    @property
    def _unfit(self) -> Unfit:
        words = _("%(name)s must be a time like 2026-06-03T14:30:00Z, or two separated by /, the earlier one first.")
        return Unfit(words % {"name": self.name})


def span(text: str) -> Period:
    """The second or the day that is written. Raises ValueError, or OverflowError at the end of the calendar."""
    if text in _OPEN:
        return Period(None, None)
    if _DATE.fullmatch(text):
        day = dt.date.fromisoformat(text)
        zone = timezone.get_current_timezone()
        until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, zone)
        return Period(dt.datetime.combine(day, dt.time.min, zone), until)
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    # Times are answered to the second, so each second is one moment.
    at = dt.datetime.fromisoformat(text.upper()).replace(microsecond=0).astimezone(dt.UTC)
    return Period(at, at + dt.timedelta(seconds=1))


def in_boxes(lookup: str, boxes: Iterable[Polygon]) -> Q:
    """lookup: of a geometry, like point__bboverlaps."""
    return reduce(operator.or_, (Q(**{lookup: box}) for box in boxes))


def _polygon(west: float, south: float, east: float, north: float) -> Polygon:
    square = Polygon.from_bbox((west, south, east, north))
    square.srid = 4326
    return square


BBOX = Box(
    "bbox",
    "Only features that touch this box: west, south, east and north in degrees (CRS84).",
    example=[-69.1, 40.4, -68.9, 40.6],
)
DATETIME = During(
    "datetime",
    "Only features sent in this period: a time (RFC 3339), a day, or two separated by `/`. `..` leaves one end open. "
    "Features without a time always match.",
    example="2026-06-01T00:00:00Z/..",
)
LIMIT = AtMost(
    "limit",
    "How many to return. Values over the maximum are lowered to it.",
    default=LIMIT_DEFAULT,
    low=1,
    high=LIMIT_MAX,
    example=100,
)
