"""Calls by month from a CSV file. All rows are stored, or none; a month that is sent again replaces the earlier count."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app.actions.shared.csv_rows import BadRows, Mistake, Row, Unreadable
from requests_app.clock import app_now
from requests_app.models import CallMonth, Jurisdiction
from requests_app.rules.figures import call_series
from requests_app.rules.figures.call_series import Gap

Line, Priority = CallMonth.Line, CallMonth.Priority
REQUIRED = ("month", "line", "calls")
# Fifty years of every line.
ROWS_MAX = 5000
CALLS_MAX = 100_000_000
OLDEST = 1968  # The year of the first 911 call.
LINES = {**{line.value: line for line in Line}, "non-emergency": Line.NON_EMERGENCY, "neighbor": Line.NEIGHBOR}
PRIORITIES = {**{priority.value: priority for priority in Priority}, "all": Priority.ALL}
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?\Z|(\d{1,2})/(\d{4})\Z")


@dataclass(frozen=True)
class Stored:
    """added and replaced: numbers of months. gaps: of each line and priority that was sent."""

    added: int
    replaced: int
    gaps: Mapping[tuple[str, str], Sequence[Gap]]


def read(jurisdiction: Jurisdiction, rows: Sequence[Row]) -> list[CallMonth]:
    """The rows as they would be stored. Raises BadRows with every mistake, and Unreadable if there are too many."""
    if len(rows) > ROWS_MAX:
        raise Unreadable(
            _("That’s %(count)d rows. Send at most %(most)d at a time.") % {"count": len(rows), "most": ROWS_MAX}
        )
    mistakes: list[Mistake] = []
    counts: dict[tuple[str, str, dt.date], CallMonth] = {}
    this_month = app_now().astimezone(jurisdiction.zone).date().replace(day=1)
    for at, row in enumerate(rows):
        fields = {name: str(row.get(name) or "").strip().lower() for name in (*REQUIRED, "priority")}
        month = _month(fields["month"])
        wrong = _wrong(fields, month, this_month)
        if month is None or wrong:
            mistakes += [Mistake(at, field, message) for field, message in wrong.items()]
            continue
        count = CallMonth(
            jurisdiction=jurisdiction,
            line=LINES[fields["line"]],
            priority=PRIORITIES[fields["priority"]],
            month=month,
            calls=int(fields["calls"]),
            received_at=app_now(),
        )
        key = (count.line, count.priority, count.month)
        if key in counts:
            mistakes.append(Mistake(at, "month", _("This month of the line is there twice.")))
        counts[key] = count
    if mistakes:
        raise BadRows(mistakes)
    return list(counts.values())


def _wrong(fields: Mapping[str, str], month: dt.date | None, this_month: dt.date) -> dict[str, str]:
    """What to correct, by field. month: as it was read; None if it's no month."""
    wrong = {}
    if month is None:
        wrong["month"] = _("Write the month as 2026-11.")
    elif month >= this_month:
        wrong["month"] = _("This month isn’t over yet.")
    if fields["line"] not in LINES:
        wrong["line"] = _("Write one of these: %(lines)s.") % {"lines": ", ".join(Line.values)}
    if fields["priority"] not in PRIORITIES:
        wrong["priority"] = _("Write high or low, or leave it empty for all calls.")
    elif fields["priority"] and fields["line"] in (Line.NON_EMERGENCY, Line.DESK, "non-emergency"):
        wrong["priority"] = _("Only 911 calls have a priority. Leave it empty.")
    calls = fields["calls"]
    if not (calls.isascii() and calls.isdecimal()) or len(calls) > 9 or int(calls) > CALLS_MAX:
        wrong["calls"] = _("Enter a whole number, 0 or more.")
    return wrong


def _month(sent: str) -> dt.date | None:
    match = _MONTH.match(sent)
    if match is None:
        return None
    year, month = (int(number) for number in (match[1] or match[4], match[2] or match[3]))
    return dt.date(year, month, 1) if 1 <= month <= 12 and year >= OLDEST else None


@transaction.atomic
def store(jurisdiction: Jurisdiction, counts: Sequence[CallMonth]) -> Stored:
    """counts: of read()."""
    mine = CallMonth.objects.filter(jurisdiction=jurisdiction)
    before = set(mine.values_list("line", "priority", "month"))
    replaced = sum((count.line, count.priority, count.month) in before for count in counts)
    CallMonth.objects.bulk_create(
        counts,
        update_conflicts=True,
        unique_fields=["jurisdiction", "line", "priority", "month"],
        update_fields=["calls", "received_at"],
    )
    every = call_series.by_line(mine)
    sent = {(count.line, count.priority) for count in counts}
    gaps = {key: call_series.gaps(every[key]) for key in sorted(sent)}
    return Stored(len(counts) - replaced, replaced, {key: value for key, value in gaps.items() if value})
