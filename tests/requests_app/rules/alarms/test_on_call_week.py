"""When nobody is on call: not for a moment between two shifts that meet, nor at the end of a whole week."""

import datetime as dt

import pytest

from requests_app.models import OnCall
from requests_app.rules.alarms.on_call_week import DAY, WEEK, Gap, gaps


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([("08:00", "20:00"), ("20:00", "08:00")], []),
        ([(None, None)], []),
        ([("09:00", "09:00")], []),
        ([], [Gap(0, WEEK)]),
        ([("00:00", "23:59")], [Gap(day * DAY - 1, day * DAY) for day in range(1, 8)]),
    ],
)
def test_gaps_are_only_where_nobody_is_on_call(times: list[tuple[str | None, str | None]], expected: list[Gap]) -> None:
    def time(typed: str | None) -> dt.time | None:
        return dt.time.fromisoformat(typed) if typed else None

    entries = [OnCall(pk=pk, starts_at=time(starts), ends_at=time(ends)) for pk, (starts, ends) in enumerate(times, 1)]
    assert gaps(entries, [one.pk for one in entries]) == expected
    # Nobody can be alerted.
    assert gaps(entries, []) == [Gap(0, WEEK)]
