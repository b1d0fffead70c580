"""Which months a series of calls has: only those in which all that it adds up was counted."""

import datetime as dt

from requests_app.models import CallMonth
from requests_app.rules.figures.call_series import Gap, by_line, control, gaps, series

JANUARY, FEBRUARY, MARCH, MAY = (dt.date(2025, month, 1) for month in (1, 2, 3, 5))


def row(line: str, month: dt.date, calls: int, priority: str = "") -> CallMonth:
    return CallMonth(line=line, priority=priority, month=month, calls=calls)


def test_all_911_calls_are_as_counted_or_the_sum_of_both_priorities() -> None:
    counts = by_line(
        [
            row("911", JANUARY, 50, "high"), row("911", JANUARY, 30, "low"),
            row("911", FEBRUARY, 60, "high"),
            row("911", MARCH, 40, "high"), row("911", MARCH, 20, "low"), row("911", MARCH, 70),
            row("neighbor_911", JANUARY, 9, "high"), row("neighbor_911", JANUARY, 8, "low"),
        ]
    )  # fmt: skip
    assert series("emergency", counts) == {JANUARY: 80, MARCH: 70}
    assert series("emergency_high", counts) == {JANUARY: 50, FEBRUARY: 60, MARCH: 40}
    assert series("emergency_low", counts) == {JANUARY: 30, MARCH: 20}
    assert control("emergency", counts) == {JANUARY: 17}
    assert control("emergency_low", counts) == {JANUARY: 8}
    assert control("all_lines", counts) == {}


def test_all_lines_together_need_every_line_once_it_is_there() -> None:
    counts = by_line(
        [
            row("911", JANUARY, 100), row("911", FEBRUARY, 90), row("911", MARCH, 80), row("911", MAY, 70),
            row("non_emergency", JANUARY, 10), row("non_emergency", MARCH, 11), row("non_emergency", MAY, 12),
            row("311", MARCH, 30),
        ]
    )  # fmt: skip
    # February has no count of the non-emergency line, and in May 311 wasn't counted; in January it didn't exist.
    assert series("all_lines", counts) == {JANUARY: 110, MARCH: 121}
    assert series("non_emergency", counts) == {JANUARY: 10, MARCH: 11, MAY: 12}
    without = by_line([row("911", JANUARY, 100), row("311", FEBRUARY, 5), row("911", FEBRUARY, 90)])
    assert series("all_lines", without) == {JANUARY: 100, FEBRUARY: 95}
    assert series("non_emergency", without) == {}


def test_gaps_are_the_months_between_two_that_were_counted() -> None:
    assert gaps({JANUARY: 1, FEBRUARY: 1}) == []
    assert gaps({JANUARY: 1, FEBRUARY: 1, MAY: 1}) == [Gap(MARCH, dt.date(2025, 4, 1))]
    assert gaps({JANUARY: 1, MARCH: 1}) == [Gap(FEBRUARY, FEBRUARY)]
