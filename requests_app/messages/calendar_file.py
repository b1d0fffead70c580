"""A calendar file (RFC 5545) of the collection days of an area, which calendar programs download and subscribe to."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages.collection_words import change_words
from requests_app.models import Jurisdiction
from requests_app.places.address_card import Field, Part
from requests_app.rules.answers.collection_days import Pickup

# Octets in a line, without its end.
LINE_MAX = 75
# A year ahead, and the last month, so that a calendar doesn't lose what just was.
BEFORE, AHEAD = dt.timedelta(days=31), dt.timedelta(days=366)


def collection_calendar(jurisdiction: Jurisdiction, part: Part, today: dt.date, *, url: str) -> bytes:
    """In the active language. The same all day long."""
    name = " · ".join([part.area.label, *(field.label for field in part.collections)])
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lamplighter//Collection days//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{jurisdiction.time_zone}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
    ]
    for field in part.collections:
        if field.days is not None:
            for pickup in field.days.between(today - BEFORE, today + AHEAD):
                lines += _event(jurisdiction, part, field, pickup, today, url)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(
    jurisdiction: Jurisdiction, part: Part, field: Field, pickup: Pickup, today: dt.date, url: str
) -> Iterable[str]:
    """An all-day event. It keeps its UID when its day changes, since that has the week, in which there is only one."""
    day = pickup.on or pickup.usual_on
    year, week, _weekday = pickup.usual_on.isocalendar()
    uid = f"{part.area.layer}-{part.area.code}-{field.key}-{year}-W{week:02}@{jurisdiction.jurisdiction_id}"
    summary = field.label
    if pickup.on is None:
        summary = _("No %(label)s: %(holiday)s") % {"label": field.label, "holiday": _holiday(pickup)}
    elif pickup.is_changed:
        summary = _("%(label)s (moved: %(holiday)s)") % {"label": field.label, "holiday": _holiday(pickup)}
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(uid)}"
    yield f"DTSTAMP:{today:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY;LANGUAGE={get_language() or 'en'}:{escaped(summary)}"
    if pickup.is_changed:
        yield f"DESCRIPTION:{escaped(change_words(pickup))}"
    yield f"URL:{url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _holiday(pickup: Pickup) -> str:
    return localized(pickup.holiday) or _("Holiday")


def escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> bytes:
    """Lines of at most 75 octets that end in CRLF, and continue with a space (RFC 5545, 3.1). Never cuts a letter."""
    return b"\r\n ".join(_pieces(line)) + b"\r\n"


def _pieces(line: str) -> Iterator[bytes]:
    piece, most = b"", LINE_MAX
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > most:
            yield piece
            # The space counts, too.
            piece, most = b"", LINE_MAX - 1
        piece += encoded
    yield piece
