"""A city's information about an address: ward, districts, and fields of those areas (docs/cities.md)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.geos import Point

from requests_app.core.localized import localized
from requests_app.models import Area, Calendar, Jurisdiction
from requests_app.places import ownership
from requests_app.rules.answers.collection_days import CollectionDays, Pickup, collection_days
from requests_app.rules.promises.service_levels import WorkingHours, working_hours

# How a field is shown: text; a phone or email link; collection days with the next date.
KINDS = ("text", "phone", "email", "weekday")


@dataclass(frozen=True)
class Field:
    """One line. value: the city's text; for collection days also when they are, and the coming ones: those that a holiday
    cancels, then the next. may_move: a holiday is near, and the city hasn't said what it does."""

    label: str
    kind: str
    value: str
    # The name of the area's field.
    key: str = ""
    days: CollectionDays | None = None
    coming: list[Pickup] = field(default_factory=list)
    may_move: bool = False

    @property
    def next_on(self) -> dt.date | None:
        return self.coming[-1].on if self.coming else None

    @property
    def changes(self) -> list[Pickup]:
        return [one for one in self.coming if one.is_changed]


@dataclass(frozen=True)
class Part:
    """One area of the card."""

    label: str
    area: Area
    fields: list[Field] = field(default_factory=list)

    @property
    def collections(self) -> list[Field]:
        """Its fields with collection days."""
        return [one for one in self.fields if one.days is not None]


def card_at(jurisdiction: Jurisdiction, point: Point, today: dt.date) -> list[Part]:
    """The card of a point, in the city's order; if the city has configured none, the names of all areas there."""
    here = ownership.areas_at(jurisdiction, point)
    if not jurisdiction.address_card:
        return [Part("", area) for area in here]
    calendars = _calendars(jurisdiction)
    parts = []
    for said in jurisdiction.address_card:
        area = next((one for one in here if one.layer == said["layer"]), None)
        if area is not None:
            parts.append(_part(said, area, calendars, today))
    return parts


def answer_at(jurisdiction: Jurisdiction, point: Point, key: str, today: dt.date) -> Part | None:
    """The part of a point's card about this layer or with this field, which then comes first. None: nothing is known."""
    for part in card_at(jurisdiction, point, today):
        if part.area.layer == key or any(field.key == key for field in part.fields):
            return Part(part.label, part.area, sorted(part.fields, key=lambda field: field.key != key))
    return None


def part_of(jurisdiction: Jurisdiction, area: Area, today: dt.date) -> Part:
    """The card's part about one area."""
    return next(parts_of(jurisdiction, [area], today))


def parts_of(jurisdiction: Jurisdiction, areas: Iterable[Area], today: dt.date) -> Iterator[Part]:
    """The card's parts about these areas."""
    calendars = _calendars(jurisdiction)
    said = {one["layer"]: one for one in reversed(jurisdiction.address_card)}
    for area in areas:
        yield _part(said[area.layer], area, calendars, today) if area.layer in said else Part("", area)


def _part(entry: Mapping[str, Any], area: Area, calendars: Mapping[str, WorkingHours], today: dt.date) -> Part:
    lines = [_field(one, area.attributes, calendars, today) for one in entry.get("fields", [])]
    return Part(localized(entry["name"]), area, [line for line in lines if line is not None])


def _field(
    entry: Mapping[str, Any], attributes: Mapping[str, Any], calendars: Mapping[str, WorkingHours], today: dt.date
) -> Field | None:
    known = attributes.get(entry["key"])
    words = localized(known) if isinstance(known, Mapping) else str(known or "")
    if not words:
        return None
    label, kind = localized(entry["label"]), entry.get("kind", "text")
    hours = calendars.get(entry.get("calendar", ""))
    days = collection_days(entry, attributes, hours) if kind == "weekday" else None
    if days is None:
        return Field(label, "text" if kind == "weekday" else kind, words, entry["key"])
    coming = days.coming(today)
    may_move = "holiday_rule" not in entry and hours is not None and _has_holiday_before(coming, hours)
    return Field(label, kind, words, entry["key"], days, coming, may_move)


def _has_holiday_before(coming: list[Pickup], hours: WorkingHours) -> bool:
    """Whether there is one in the week of the next pickup, up to its day."""
    return any(
        hours.is_holiday(one.usual_on - dt.timedelta(days=back))
        for one in coming
        for back in range(one.usual_on.weekday() + 1)
    )


def _calendars(jurisdiction: Jurisdiction) -> dict[str, WorkingHours]:
    """Calendars whose holidays matter to the card."""
    named = {
        one["calendar"] for said in jurisdiction.address_card for one in said.get("fields", []) if "calendar" in one
    }
    if not named:
        return {}
    calendars = Calendar.objects.filter(jurisdiction=jurisdiction, code__in=named)
    return {calendar.code: working_hours(calendar, jurisdiction.zone) for calendar in calendars}
