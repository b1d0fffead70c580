"""On time is what was done before its due time, one request at a time: as the actions leave the rows."""

import datetime as dt

import pytest

from requests_app.actions.work import endings, merges, reopenings
from requests_app.models import Clock, ServiceRequest
from requests_app.rules.promises import on_time
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.6")]
LANE = {"where": "lane"}


def counted(made: ServiceRequest) -> tuple[bool, bool, bool]:
    """Whether it could be on time, is, and missed its due time."""
    row = ServiceRequest.objects.filter(pk=made.pk)
    rules = (on_time.could_be_on_time(), on_time.on_time(), on_time.missed())
    return tuple(row.filter(rule).exists() for rule in rules)  # type: ignore[return-value]


def late(made: ServiceRequest) -> None:
    for clock in Clock.objects.filter(service_request=made, kind="resolve"):
        clock.due_at -= dt.timedelta(days=900)
        clock.save(update_fields=["due_at"])


@pytest.mark.parametrize(
    ("disposition", "is_late", "in_bulk", "expected"),
    [
        ("fixed", False, False, (True, True, False)),
        ("action_taken", False, False, (True, True, False)),
        ("fixed", True, False, (True, False, True)),
        ("fixed", False, True, (True, False, False)),
        ("answered", False, False, (False, False, False)),
        ("answered", True, False, (False, False, True)),
    ],
)
def test_what_counts_as_on_time(
    town: Rivermark, disposition: str, is_late: bool, in_bulk: bool, expected: tuple[bool, bool, bool]
) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    assert counted(made) == (False, False, False)
    if is_late:
        late(made)
    endings.resolve(made.pk, disposition=disposition, text="Done.", actor=town.tom, bulk_job_id=7 if in_bulk else None)
    assert counted(made) == expected


def test_a_merged_request_is_neither_and_a_late_round_stays_late(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers=LANE) for _ in range(2))
    merges.merge(other.pk, parent=made, actor=town.tom)
    assert counted(other) == (False, False, False)
    late(made)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    reopenings.reopen(made.pk, text="It is back.", actor=town.tom)
    endings.resolve(made.pk, disposition="fixed", text="Done again.", actor=town.tom)
    assert counted(made) == (True, False, True)


def test_what_is_done_at_its_due_time_is_on_time_and_a_moment_later_is_not(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    clock = Clock.objects.get(service_request=made, kind="resolve")
    assert clock.met_at is not None
    for due_at, is_on_time in ((clock.met_at, True), (clock.met_at - dt.timedelta(microseconds=1), False)):
        Clock.objects.filter(pk=clock.pk).update(due_at=due_at)
        assert counted(made) == (True, is_on_time, not is_on_time)
