"""What a client sent, read leniently: empty is absent, lists by comma or repetition, every form of attribute[CODE]."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from requests_app.api.framework.parsers import NOT_TEXT

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\d*\])?")
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{0,40})?([eE][+-]?\d{1,2})?", re.ASCII)
# A blank before the offset is a plus sign that was not escaped in the address.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)( ?Z| ?[+-]\d\d:?\d\d| \d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
YEARS = range(1900, 2200)


class Parameters:
    def __init__(self, *sources: Mapping[str, list[str]]) -> None:
        """Earlier sources come first: the body of a POST before its query string."""
        self._values: dict[str, list[str]] = {}
        for source in sources:
            for name, values in source.items():
                self._values.setdefault(name, []).extend(values)

    def _of(self, name: str) -> list[str]:
        values = [value.strip() for value in self._values.get(name, [])]
        if any(NOT_TEXT.search(value) for value in values):
            raise ValidationError(_("%(name)s contains invalid characters.") % {"name": name})
        return [value for value in values if value]

    def first(self, name: str) -> str:
        """The first value that says something; "" if there is none."""
        return next(iter(self._of(name)), "")

    def all(self, name: str) -> list[str]:
        """Each different value, if it is repeated; with and without []."""
        return list(dict.fromkeys([*self._of(name), *self._of(f"{name}[]")]))

    def many(self, name: str) -> list[str] | None:
        """All values, comma delimited or repeated; None if the parameter is absent."""
        values = self._of(name)
        if not values:
            return None
        return list(dict.fromkeys(one.strip() for value in values for one in value.split(",") if one.strip()))

    def attributes(self) -> dict[str, list[str]]:
        """The answers by question code, from attribute[CODE], attribute[CODE][] and repeated keys alike."""
        found: dict[str, list[str]] = {}
        for name in self._values:
            if (match := _ATTRIBUTE.fullmatch(name)) and (values := self._of(name)):
                found.setdefault(match[1], []).extend(values)
        return found

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.first(name)
        if not value:
            return None
        if not _NUMBER.fullmatch(value) or not low <= float(value) <= high:
            raise ValidationError(
                _("%(name)s must be a number from %(low)s to %(high)s.")
                % {"name": name, "low": f"{low:g}", "high": f"{high:g}"},
            )
        return float(value)

    def integer(self, name: str, default: int) -> int:
        value = self.first(name)
        if not value:
            return default
        if not re.fullmatch(r"\d{1,18}", value, re.ASCII):
            raise ValidationError(_("%(name)s must be a whole number.") % {"name": name})
        return int(value)

    def is_true(self, name: str) -> bool:
        return self.first(name).lower() in ("true", "1", "yes")

    def moment(self, name: str, zone: ZoneInfo, *, end_of_day: bool = False) -> dt.datetime | None:
        """A W3C date and time, to the second. Without an offset it is the city's time; a day alone is all that day."""
        value = self.first(name)
        if not value:
            return None
        try:
            return _moment(value, zone, end_of_day)
        except ValueError:
            raise ValidationError(
                _("%(name)s must be a date and time like 2026-06-03T14:30:00-04:00.") % {"name": name}
            ) from None

    def items(self, *, without: Iterable[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
        """Everything, in one order: what makes two bodies the same body."""
        return sorted((name, tuple(values)) for name, values in self._values.items() if name not in without)


def _moment(value: str, zone: ZoneInfo, end_of_day: bool) -> dt.datetime:
    """Raises ValueError."""
    match = _MOMENT.fullmatch(value)
    if match is None or int(value[:4]) not in YEARS:
        raise ValueError(value)
    day, time, offset = match.groups()
    if time is None:
        time = "23:59:59" if end_of_day else "00:00:00"
    offset = (offset or "").strip().upper()
    if offset[:1].isdigit():
        offset = f"+{offset}"
    read = dt.datetime.fromisoformat(f"{day}T{time.replace(',', '.')}{offset}").replace(microsecond=0)
    # In UTC: the database knows no offset beyond 16 hours.
    return (read if offset else read.replace(tzinfo=zone)).astimezone(dt.UTC)
