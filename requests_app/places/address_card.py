"""A city's information about an address: ward, districts, and fields of those areas (docs/cities.md)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.geos import Point

from requests_app.localized import localized
from requests_app.models import Area, Calendar, Jurisdiction
from requests_app.places import ownership
from requests_app.rules.service_levels import WorkingHours, working_hours

# In the order of date.weekday().
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# How a field is shown: text; a phone or email link; a day of the week with its next date.
KINDS = ("text", "phone", "email", "weekday")


@dataclass(frozen=True)
class Field:
    """One line. value: the city's text; for a weekday also its next date, and whether a holiday may move it."""

    label: str
    kind: str
    value: str
    # The name of the area's field.
    key: str = ""
    next_on: dt.date | None = None
    may_move: bool = False


@dataclass(frozen=True)
class Part:
    """One area of the card."""

    label: str
    area: Area
    fields: list[Field] = field(default_factory=list)


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
    said = next((one for one in jurisdiction.address_card if one["layer"] == area.layer), None)
    return _part(said, area, _calendars(jurisdiction), today) if said is not None else Part("", area)


def _part(said: Mapping[str, Any], area: Area, calendars: Mapping[str, WorkingHours], today: dt.date) -> Part:
    lines = [_field(one, area.attributes, calendars, today) for one in said.get("fields", [])]
    return Part(localized(said["name"]), area, [line for line in lines if line is not None])


def _field(
    said: Mapping[str, Any], attributes: Mapping[str, Any], calendars: Mapping[str, WorkingHours], today: dt.date
) -> Field | None:
    known = attributes.get(said["key"])
    words = localized(known) if isinstance(known, Mapping) else str(known or "")
    if not words:
        return None
    label, kind = localized(said["label"]), said.get("kind", "text")
    # Data has English weekday names; the page translates them.
    day = str(known.get("en", "") if isinstance(known, Mapping) else known).casefold()
    if kind != "weekday" or day not in WEEKDAYS:
        return Field(label, "text" if kind == "weekday" else kind, words, said["key"])
    next_on = today + dt.timedelta(days=(WEEKDAYS.index(day) - today.weekday()) % 7)
    hours = calendars.get(said.get("calendar", ""))
    # A holiday earlier in the week can move later days too.
    week = [next_on - dt.timedelta(days=days) for days in range(next_on.weekday() + 1)]
    return Field(
        label, kind, words, said["key"], next_on, may_move=hours is not None and any(map(hours.is_holiday, week))
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
