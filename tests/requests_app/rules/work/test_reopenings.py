"""Until when a resolved report can be reopened, to the second, and by whom."""

import datetime as dt

import pytest

from requests_app.models import ServiceRequest, Status
from requests_app.rules.work import reopenings
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
ENDED = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def ended(town: Rivermark, disposition: str) -> ServiceRequest:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    made.status, made.disposition, made.resolved_at = Status.RESOLVED, disposition, ENDED
    return made


@pytest.mark.parametrize(
    ("disposition", "days"), [("fixed", 30), ("action_taken", 30), ("cannot_do", 30), ("not_found", 14)]
)
def test_the_last_moment_counts_and_the_next_second_does_not(town: Rivermark, disposition: str, days: int) -> None:
    made, last = ended(town, disposition), ENDED + dt.timedelta(days=days)
    assert reopenings.last_day(made) == last
    set_time(last - SECOND)
    assert reopenings.may_reopen(made, own=False)
    assert not reopenings.is_over(made)
    set_time(last + SECOND)
    assert not reopenings.may_reopen(made, own=True)
    assert reopenings.is_over(made)


def test_no_reply_has_no_last_day_and_what_was_removed_none_at_all(town: Rivermark) -> None:
    set_time(ENDED + dt.timedelta(days=400))
    unanswered, removed = ended(town, "no_reply"), ended(town, "removed")
    assert (reopenings.last_day(unanswered), reopenings.may_reopen(unanswered, own=False)) == (None, True)
    set_time(ENDED + SECOND)
    assert not reopenings.may_reopen(removed, own=True)
    assert not reopenings.is_over(removed)


def test_only_its_reporter_reopens_what_was_withdrawn_and_nobody_what_is_open(town: Rivermark) -> None:
    set_time(ENDED + SECOND)
    made = ended(town, "withdrawn")
    assert reopenings.may_reopen(made, own=True)
    assert not reopenings.may_reopen(made, own=False)
    made.resolved_at = None
    assert not reopenings.may_reopen(made, own=True)
    assert not reopenings.is_over(made)


@pytest.mark.parametrize(
    ("disposition", "is_reopened"),
    [("fixed", True), ("action_taken", True), ("not_found", True), ("cannot_do", False), ("answered", False)],
)
def test_no_reopens_only_what_was_said_to_be_done_and_in_time(
    town: Rivermark, disposition: str, is_reopened: bool
) -> None:
    made = ended(town, disposition)
    set_time(ENDED + dt.timedelta(days=13))
    assert reopenings.is_reopened_by_no(made) is is_reopened
    set_time(ENDED + dt.timedelta(days=31))
    assert not reopenings.is_reopened_by_no(made)
