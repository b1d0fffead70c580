"""How many calls came, by line and half hour: the telephone system's own counts, by file or API.

All rows are stored, or none. A half hour that is sent again replaces the earlier one, so that a running one can be sent every few
minutes.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app.actions.people.reporters import normalized_phone
from requests_app.actions.shared.csv_rows import BadRows, Mistake, Row, Unreadable
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import CallCount, DeskLine, Jurisdiction
from requests_app.models.desk import HALF_HOUR_S
from requests_app.rules.promises import service_levels

# A year of one line.
ROWS_MAX = 20_000
NUMBER_MAX = 1_000_000_000
GAPS_SHOWN = 10
# Until when a wait is worth saying, from the end of what was counted.
FRESH_FOR = dt.timedelta(minutes=10)
# Clocks differ a little.
AHEAD_BY = dt.timedelta(minutes=1)
REQUIRED = ("line", "starts_at", "offered", "answered", "abandoned")
# With what counts if nothing is sent.
OPTIONAL = {
    "seconds": HALF_HOUR_S, "abandoned_early": 0, "answered_in_time": 0, "target_s": 20, "wait_s": 0, "handle_s": 0,
}  # fmt: skip
NUMBERS = ("offered", "answered", "abandoned", *OPTIONAL)
_US_TIMES = ("%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p")


@dataclass(frozen=True)
class Gap:
    """Half hours of a line between two others that nobody counted, though it was open."""

    line: DeskLine
    begins: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class Stored:
    """added and replaced: numbers of half hours."""

    added: int
    replaced: int
    gaps: Sequence[Gap]


def read(jurisdiction: Jurisdiction, rows: Sequence[Row]) -> list[CallCount]:
    """The rows as they would be stored. Raises BadRows with every mistake, and Unreadable if there are too many rows."""
    if len(rows) > ROWS_MAX:
        raise Unreadable(
            _("That’s %(count)d rows. Send at most %(most)d at a time.") % {"count": len(rows), "most": ROWS_MAX}
        )
    reader = _Reader(jurisdiction, rows)
    counts = [reader.read(at, row) for at, row in enumerate(rows)]
    if reader.mistakes:
        raise BadRows(reader.mistakes)
    return [count for count in counts if count is not None]


class _Reader:
    def __init__(self, jurisdiction: Jurisdiction, rows: Iterable[Row]) -> None:
        self.city, self.zone, self.now = jurisdiction, jurisdiction.zone, app_now()
        self.mistakes: list[Mistake] = []
        lines = list(DeskLine.objects.filter(jurisdiction=jurisdiction))
        self.lines = {name: line for line in lines for name in (localized(line.name).casefold(), line.phone) if name}
        # In the hour that the clock repeats, a file in the order of time has each local time twice.
        self.repeated = Counter((_key(row), _text(row, "starts_at")) for row in rows)
        self.passed: Counter[tuple[str, str]] = Counter()
        self.taken: dict[tuple[int, dt.datetime], int] = {}

    def read(self, at: int, row: Row) -> CallCount | None:
        before = len(self.mistakes)
        line, starts_at = self._line(at, row), self._starts_at(at, row)
        numbers = {name: self._number(at, row, name) for name in NUMBERS}
        if len(self.mistakes) == before:
            self._check_numbers(at, numbers)
        if line is None or starts_at is None or len(self.mistakes) > before:
            return None
        earlier = self.taken.setdefault((line.pk, starts_at), at)
        if earlier != at:
            self._mistake(at, "starts_at", _("This half hour of the line is there twice."))
        if starts_at + dt.timedelta(seconds=numbers["seconds"]) > self.now + AHEAD_BY:
            self._mistake(
                at, "starts_at", _("This half hour isn’t over yet. Send “seconds”, how much of it is counted.")
            )
        return CallCount(jurisdiction=self.city, line=line, starts_at=starts_at, received_at=self.now, **numbers)

    def _mistake(self, at: int, field: str, message: str) -> None:
        self.mistakes.append(Mistake(at, field, message))

    def _line(self, at: int, row: Row) -> DeskLine | None:
        sent = _text(row, "line")
        line = self.lines.get(sent.casefold()) or self.lines.get(normalized_phone(sent))
        if line is None:
            self._mistake(at, "line", _("The desk has no line “%(line)s”.") % {"line": sent[:40]})
        return line

    def _starts_at(self, at: int, row: Row) -> dt.datetime | None:
        sent = _text(row, "starts_at")
        read = _time(sent)
        if read is None:
            self._mistake(at, "starts_at", _("Write the time as 2026-12-01T10:30."))
            return None
        if read.minute not in (0, 30) or read.second or read.microsecond:
            self._mistake(at, "starts_at", _("It begins on the hour or on the half hour."))
            return None
        if read.tzinfo is not None:
            return read.astimezone(dt.UTC)
        first, second = (read.replace(tzinfo=self.zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
        if first.astimezone(self.zone).replace(tzinfo=None) != read:
            self._mistake(at, "starts_at", _("The clock was set forward: there was no such time that day."))
            return None
        if first == second:
            return first
        key = (_key(row), sent)
        self.passed[key] += 1
        if self.repeated[key] < 2:
            self._mistake(
                at,
                "starts_at",
                _("The clock was set back: this time came twice that day. Add the offset, such as -04:00."),
            )
            return None
        return first if self.passed[key] == 1 else second

    def _number(self, at: int, row: Row, name: str) -> int:
        sent = _text(row, name)
        if not sent and name in OPTIONAL:
            return OPTIONAL[name]
        if not (sent.isascii() and sent.isdecimal()) or len(sent) > 10 or int(sent) > NUMBER_MAX:
            self._mistake(at, name, _("Enter a whole number, 0 or more."))
            return 0
        return int(sent)

    def _check_numbers(self, at: int, numbers: Mapping[str, int]) -> None:
        if not 1 <= numbers["seconds"] <= HALF_HOUR_S:
            self._mistake(at, "seconds", _("A half hour has 1 to 1,800 seconds."))
        if numbers["answered"] + numbers["abandoned"] > numbers["offered"]:
            self._mistake(at, "offered", _("More calls were answered and abandoned than came."))
        if numbers["abandoned_early"] > numbers["abandoned"]:
            self._mistake(at, "abandoned_early", _("More calls were abandoned early than at all."))
        if numbers["answered_in_time"] > numbers["answered"]:
            self._mistake(at, "answered_in_time", _("More calls were answered in time than at all."))


def _key(row: Row) -> str:
    return _text(row, "line").casefold()


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return str(value).strip() if value is not None else ""


def _time(sent: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(sent) if len(sent) > len("2026-12-01") else None
    except ValueError:
        pass
    for style in _US_TIMES:
        try:
            return dt.datetime.strptime(sent.upper(), style)
        except ValueError:
            continue
    return None


@transaction.atomic
def store(jurisdiction: Jurisdiction, counts: Sequence[CallCount]) -> Stored:
    """counts: of read(). Callers wait as long as the newest of them say, as soon as they're stored."""
    times = {count.starts_at for count in counts}
    there = CallCount.objects.filter(jurisdiction=jurisdiction, starts_at__in=times).values_list("line", "starts_at")
    before = set(there)
    replaced = sum((count.line_id, count.starts_at) in before for count in counts)
    CallCount.objects.bulk_create(
        counts,
        update_conflicts=True,
        unique_fields=["line", "starts_at"],
        update_fields=[*NUMBERS, "received_at"],
        batch_size=1000,
    )
    _note_wait(jurisdiction)
    return Stored(len(counts) - replaced, replaced, _gaps(jurisdiction, counts))


def _note_wait(jurisdiction: Jurisdiction) -> None:
    """Of the newest half hour of each line that is still fresh, weighted by the calls that were answered."""
    now = app_now()
    # A half hour that began earlier ended too long ago.
    since = now - dt.timedelta(seconds=HALF_HOUR_S) - FRESH_FOR
    rows = CallCount.objects.filter(jurisdiction=jurisdiction, starts_at__gt=since, line__is_active=True)
    newest = {row.line_id: row for row in rows.order_by("starts_at")}
    ends = {row: row.starts_at + dt.timedelta(seconds=row.seconds) for row in newest.values()}
    fresh = [row for row, end in ends.items() if end + FRESH_FOR > now and row.answered]
    answered = sum(row.answered for row in fresh)
    wait_s = round(sum(row.wait_s for row in fresh) / answered) if answered else None
    until = min(ends[row] for row in fresh) + FRESH_FOR if fresh else None
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(desk_wait_s=wait_s, desk_wait_until=until)


def _gaps(jurisdiction: Jurisdiction, counts: Sequence[CallCount]) -> list[Gap]:
    gaps: list[Gap] = []
    for line in {count.line for count in counts}:
        own = [count.starts_at for count in counts if count.line_id == line.pk]
        there = set(
            CallCount.objects.filter(line=line, starts_at__range=(min(own), max(own))).values_list(
                "starts_at", flat=True
            )
        )
        hours = service_levels.working_hours(line.calendar, jurisdiction.zone) if line.calendar is not None else None
        gaps += _gaps_of(line, there, hours)
    return sorted(gaps, key=lambda gap: gap.begins)[:GAPS_SHOWN]


def _gaps_of(line: DeskLine, there: set[dt.datetime], hours: service_levels.WorkingHours | None) -> list[Gap]:
    gaps: list[Gap] = []
    half_hour = dt.timedelta(seconds=HALF_HOUR_S)
    at = min(there)
    while at < max(there):
        if at not in there and (hours is None or hours.is_open(at)):
            if gaps and gaps[-1].ends == at:
                gaps[-1] = Gap(line, gaps[-1].begins, at + half_hour)
            else:
                gaps.append(Gap(line, at, at + half_hour))
        at += half_hour
    return gaps
