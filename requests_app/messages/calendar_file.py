"""A calendar file (RFC 5545) of the collection days of an area, which calendar programs download and subscribe to."""

import datetime as dt

import icalendar
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages.collection_words import change_words
from requests_app.models import Jurisdiction
from requests_app.places.address_card import Field, Part
from requests_app.rules.answers.collection_days import Pickup

# A year ahead, and the last month, so that a calendar doesn't lose what just was.
BEFORE, AHEAD = dt.timedelta(days=31), dt.timedelta(days=366)
A_DAY = dt.timedelta(days=1)


def collection_calendar(jurisdiction: Jurisdiction, part: Part, today: dt.date, *, url: str) -> bytes:
    """In the active language. The same all day long."""
    name = " · ".join([part.area.label, *(field.label for field in part.collections)])
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Lamplighter//Collection days//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, icalendar.vText(name))
    calendar.add("x-wr-timezone", icalendar.vText(jurisdiction.time_zone))
    calendar.add("refresh-interval", icalendar.vDuration(A_DAY, params={"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", icalendar.vDuration(A_DAY))
    for field in part.collections:
        if field.days is not None:
            for pickup in field.days.between(today - BEFORE, today + AHEAD):
                calendar.add_component(_event(jurisdiction, part, field, pickup, today, url))
    return calendar.to_ical(sorted=False)


def _event(
    jurisdiction: Jurisdiction, part: Part, field: Field, pickup: Pickup, today: dt.date, url: str
) -> icalendar.Event:
    """An all-day event. It keeps its UID when its day changes, since that has the week, in which there is only one."""
    day = pickup.on or pickup.usual_on
    year, week, _weekday = pickup.usual_on.isocalendar()
    summary = field.label
    if pickup.on is None:
        summary = _("No %(label)s: %(holiday)s") % {"label": field.label, "holiday": _holiday(pickup)}
    elif pickup.is_changed:
        summary = _("%(label)s (moved: %(holiday)s)") % {"label": field.label, "holiday": _holiday(pickup)}
    event = icalendar.Event()
    event.add("uid", f"{part.area.layer}-{part.area.code}-{field.key}-{year}-W{week:02}@{jurisdiction.jurisdiction_id}")
    event.add("dtstamp", dt.datetime(today.year, today.month, today.day, tzinfo=dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + A_DAY)
    event.add("summary", summary, parameters={"LANGUAGE": get_language() or "en"})
    if pickup.is_changed:
        event.add("description", change_words(pickup))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    return event


def _holiday(pickup: Pickup) -> str:
    return localized(pickup.holiday) or _("Holiday")
