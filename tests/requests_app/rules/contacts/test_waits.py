"""How long callers wait is said until its moment, and in whole minutes."""

import datetime as dt

import pytest

from requests_app.models import Jurisdiction
from requests_app.rules.contacts import waits

NOW = dt.datetime(2026, 11, 30, 17, 0, tzinfo=dt.UTC)
MOMENT = dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("seconds", "until", "minutes"),
    [
        (59, NOW + MOMENT, 0),
        (60, NOW + MOMENT, 1),
        (61, NOW + MOMENT, 2),
        (60, NOW, None),
        (None, NOW + MOMENT, None),
        (60, None, None),
    ],
)
def test_a_wait_is_said_until_its_moment(
    monkeypatch: pytest.MonkeyPatch, seconds: int | None, until: dt.datetime | None, minutes: int | None
) -> None:
    monkeypatch.setattr(waits.timezone, "now", lambda: NOW)
    assert waits.minutes(Jurisdiction(desk_wait_s=seconds, desk_wait_until=until)) == minutes


def test_nobody_waits_outside_of_a_city() -> None:
    assert waits.minutes(None) is None
