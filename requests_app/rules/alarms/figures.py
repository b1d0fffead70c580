"""How many alarms there were by month, how fast somebody took them, and how many were needless."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.db.models.functions import TruncMonth

from requests_app.models.alarm import Alarm
from requests_app.models.jurisdiction import Jurisdiction


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class MonthOfAlarms:
    """month: its first day. minutes: the median until somebody took it, None if nobody took any. needless_share: in percent."""

    month: dt.date
    sent: int
    accepted: int
    minutes: int | None
    needless: int
    needless_share: int


def by_month(jurisdiction: Jurisdiction, *, since: dt.date) -> list[MonthOfAlarms]:
    """The months that had alarms, latest first, by the city's clock."""
    start = dt.datetime.combine(since, dt.time(), jurisdiction.zone)
    rows = (
        Alarm.objects.filter(jurisdiction=jurisdiction, started_at__gte=start)
        .annotate(month=TruncMonth("started_at", tzinfo=jurisdiction.zone))
        .values("month")
        .annotate(
            alarms=Count("id"),
            accepted=Count("id", filter=Q(accepted_at__isnull=False)),
            needless=Count("id", filter=Q(needless_at__isnull=False)),
            median=Median(F("accepted_at") - F("started_at")),
        )
        .order_by("-month")
    )
    return [
        MonthOfAlarms(
            month=row["month"].date(),
            sent=row["alarms"],
            accepted=row["accepted"],
            minutes=None if row["median"] is None else round(row["median"].total_seconds() / 60),
            needless=row["needless"],
            needless_share=round(100 * row["needless"] / row["alarms"]),
        )
        for row in rows
    ]
