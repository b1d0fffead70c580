"""When residents can be called back: whole hours in which one of the desk's lines is answered."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from requests_app.models import DeskLine, Jurisdiction
from requests_app.rules.promises.service_levels import WorkingHours, working_hours

SHOWN_MAX = 12
# Nobody is promised a call that would have to be made at once.
AHEAD = dt.timedelta(minutes=30)
DAYS = 7
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class CallTime:
    """The call comes between them. code: for the form."""

    begins: dt.datetime
    ends: dt.datetime

    @property
    def code(self) -> str:
        return f"{self.begins.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"


def call_times(jurisdiction: Jurisdiction, now: dt.datetime) -> list[CallTime]:
    """The next ones, the earliest first; empty if the desk has no line. A line without a calendar is answered day and night."""
    lines = DeskLine.objects.filter(jurisdiction=jurisdiction, is_active=True).select_related("calendar")
    line = lines.order_by(F("calendar").asc(nulls_last=True), "id").first()
    if line is None:
        return []
    hours = WorkingHours(jurisdiction.zone, always=True, hours={})
    if line.calendar is not None:
        hours = working_hours(line.calendar, jurisdiction.zone)
    begins = (now + AHEAD).replace(minute=0, second=0, microsecond=0) + HOUR
    times: list[CallTime] = []
    for number in range(DAYS * 24):
        at = begins + number * HOUR
        if hours.is_open(at) and hours.is_open(at + HOUR - dt.timedelta(minutes=1)):
            times.append(CallTime(at, at + HOUR))
        if len(times) == SHOWN_MAX:
            break
    return times
