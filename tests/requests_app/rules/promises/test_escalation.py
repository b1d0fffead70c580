"""When a step of an escalation is due, also where the office is closed at that moment."""

import datetime as dt

from requests_app.rules.promises import escalation
from requests_app.rules.promises.escalation import STEPS
from requests_app.rules.promises.service_levels import WorkingHours

WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = WorkingHours(zone=dt.UTC, always=False, hours={day: [["08:00", "18:00"]] for day in WEEK})  # type: ignore[arg-type]
WARNING, ASSIGNEE, SUPERVISOR, HEAD = STEPS


def at(hour: int, day: int = 1) -> dt.datetime:
    """Monday is the first."""
    return dt.datetime(2027, 3, day, hour, tzinfo=dt.UTC)


def reached(
    step: escalation.Step, due_at: dt.datetime, runs_since: dt.datetime, started_at: dt.datetime | None = None
) -> dt.datetime:
    return escalation.step_at(
        step, started_at=started_at or at(8), runs_since=runs_since, due_at=due_at, waited_s=0, hours=OFFICE
    )


def test_who_has_it_is_notified_at_the_due_time_itself_also_at_night() -> None:
    assert reached(ASSIGNEE, at(18), at(8)) == at(18)
    assert reached(ASSIGNEE, at(21), at(8)) == at(21)
    assert reached(SUPERVISOR, at(18), at(8)) == at(13, day=2)
    assert reached(HEAD, at(18), at(8)) == at(18, day=2)


def test_a_warning_comes_not_before_the_clock_runs_again() -> None:
    assert reached(WARNING, at(18), at(8)) == at(16)
    assert reached(WARNING, at(9, day=2), at(20)) == at(20)
    # Of no time at all, the step comes as it begins, although the office is closed.
    assert reached(WARNING, at(20), at(20), started_at=at(20)) == at(20)
