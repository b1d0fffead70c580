"""What every list of features takes by OGC API Features: a box, a time, and a limit that never fails by being high."""

import datetime as dt
import operator
import re
from collections.abc import Iterable
from functools import reduce
from typing import Any, ClassVar, NamedTuple

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from requests_app.api.framework.fields import MOMENT
from requests_app.api.framework.query_fields import IntegerParameter, Parameter, TextParameter, is_on_earth
from requests_app.api.v1.base import LIMIT_DEFAULT, PageQuerySerializer

LIMIT_MAX = 1000
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,15})?([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OPEN = ("", "..")


class Period(NamedTuple):
    """From `since` until just before `until`; None: without an end there."""

    since: dt.datetime | None
    until: dt.datetime | None


class AtMostParameter(IntegerParameter):
    """More than the maximum is the maximum."""

    def to_internal_value(self, data: str) -> int:
        if re.fullmatch(r"\d{1,9}", data, re.ASCII) and int(data) > LIMIT_MAX:
            return LIMIT_MAX
        return super().to_internal_value(data)


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6})
class BoxParameter(Parameter):
    """Four numbers, or six with heights, which count for nothing here. One polygon, or two if it crosses the 180th meridian."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("%(name)s must be west,south,east,north in degrees.")
    }

    def to_internal_value(self, data: str) -> tuple[Polygon, ...]:
        parts = [part.strip() for part in data.split(",")]
        if len(parts) not in (4, 6) or not all(map(_NUMBER.fullmatch, parts)):
            self.fail("invalid")
        numbers = [float(part) for part in parts]
        west, south = numbers[:2]
        east, north = numbers[len(numbers) // 2 :][:2]
        if not (is_on_earth(south, west) and is_on_earth(north, east) and south <= north):
            self.fail("invalid")
        if west <= east:
            return (_polygon(west, south, east, north),)
        return _polygon(west, south, 180, north), _polygon(-180, south, east, north)


class DuringParameter(TextParameter):
    """A moment, a day of the city, or two of them with a slash between; `..` or nothing leaves an end open."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("%(name)s must be a time like 2026-06-03T14:30:00Z, or two separated by /, the earlier one first.")
    }

    def to_internal_value(self, data: str) -> Period:
        parts = data.split("/")
        if len(parts) > 2 or all(part in _OPEN for part in parts):
            self.fail("invalid")
        try:
            first, last = span(parts[0]), span(parts[-1])
        except (ValueError, OverflowError):
            self.fail("invalid")
        if first.since and last.until and first.since >= last.until:
            self.fail("invalid")
        return Period(first.since, last.until)


def span(text: str) -> Period:
    """The second or the day that is written. Raises ValueError, or OverflowError at the end of the calendar."""
    if text in _OPEN:
        return Period(None, None)
    if _DATE.fullmatch(text):
        day = dt.date.fromisoformat(text)
        zone = timezone.get_current_timezone()
        until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, zone)
        return Period(dt.datetime.combine(day, dt.time.min, zone), until)
    if not MOMENT.fullmatch(text):
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


def box_parameter() -> BoxParameter:
    return BoxParameter(
        help_text="Only features that touch this box: west, south, east and north in degrees (CRS84).",
        example=[-69.1, 40.4, -68.9, 40.6],
    )


class FeaturesQuerySerializer(PageQuerySerializer):
    """A page of features."""

    bbox = box_parameter()
    datetime = DuringParameter(
        help_text="Only features sent in this period: a time (RFC 3339), a day, or two separated by `/`. `..` leaves one "
        "end open. Features without a time always match.",
        example="2026-06-01T00:00:00Z/..",
    )
    limit = AtMostParameter(
        min_value=1,
        max_value=LIMIT_MAX,
        default=LIMIT_DEFAULT,
        help_text="How many to return. Values over the maximum are lowered to it.",
        example=100,
    )
