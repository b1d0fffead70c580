"""A bulk job's batches, its refusals and its undo, each at its bound."""

import datetime as dt

import pytest

from requests_app.actions.work import bulk_jobs, staff_actions
from requests_app.clock import app_now
from requests_app.models import BulkJob, BulkRow, Event, OutboxRow, ServiceRequest, User
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
NOTE = [{"verb": "note", "text": "Seen.", "audience": "department"}]
URGENT = [{"verb": "set_priority", "priority": 4}]
SECOND = dt.timedelta(seconds=1)


def potholes(town: Rivermark, count: int) -> list[ServiceRequest]:
    return [factories.routed(town.pothole, f"Hole {n}", answers={"where": "lane"}) for n in range(count)]


def start(town: Rivermark, made: list[ServiceRequest], steps: list[dict[str, object]] = URGENT) -> BulkJob:
    selected = ServiceRequest.objects.filter(pk__in=[one.pk for one in made])
    return bulk_jobs.start(town.city, selected, steps, actor=town.tom)


def done(job: BulkJob) -> BulkJob:
    tasks.drain_database()
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(("count", "batches"), [(1, 1), (2, 2), (3, 2), (4, 3)])
def test_a_full_batch_is_followed_by_another_and_the_last_one_finishes_it(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch, count: int, batches: int
) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    job = done(start(town, potholes(town, count)))
    assert (job.done, job.refused, job.total, job.batches) == (count, 0, count, batches)
    assert job.finished_at is not None


def test_as_many_as_one_may_and_one_more(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    made = potholes(town, 3)
    monkeypatch.setattr(bulk_jobs, "MOST", 2)
    assert start(town, made[:2]).total == 2
    with pytest.raises(bulk_jobs.TooMany):
        start(town, made)
    with pytest.raises(bulk_jobs.NothingSelected):
        bulk_jobs.start(town.city, ServiceRequest.objects.filter(pk=0), URGENT, actor=town.tom)


def test_two_jobs_run_beside_each_other_and_one_that_is_stopped_begins_nothing(town: Rivermark) -> None:
    made = potholes(town, 2)
    first, second = start(town, made[:1]), start(town, made[1:])
    bulk_jobs.stop(first.pk)
    assert (done(first).done, first.finished_at is not None) == (0, True)
    assert done(second).done == 1
    assert ServiceRequest.objects.get(pk=made[0].pk).priority != 4


def test_who_left_meanwhile_does_nothing_more(town: Rivermark) -> None:
    job = start(town, potholes(town, 1))
    User.objects.filter(pk=town.tom.pk).update(is_active=False)
    assert (done(job).done, job.refused) == (0, 1)
    assert BulkRow.objects.get(job=job).reason == "permission"


@pytest.mark.parametrize(
    ("after", "may"), [(dt.timedelta(seconds=30), True), (dt.timedelta(seconds=30) + SECOND, False)]
)
def test_it_can_be_undone_for_30_seconds_after_its_end(town: Rivermark, after: dt.timedelta, may: bool) -> None:
    job = start(town, potholes(town, 1))
    assert not bulk_jobs.may_undo(job)
    job = done(job)
    assert job.finished_at
    set_time(job.finished_at + after)
    assert bulk_jobs.may_undo(job) is may
    assert (bulk_jobs.undoable_since() is not None) is (after < dt.timedelta(seconds=30))
    if not may:
        with pytest.raises(staff_actions.TooLateToUndo):
            bulk_jobs.undo(job.pk)


def test_what_did_nothing_cannot_be_undone(town: Rivermark) -> None:
    made = potholes(town, 1)
    factories.mark_ended(made[0])
    job = done(start(town, made))
    assert (job.done, job.refused) == (0, 1)
    assert not bulk_jobs.may_undo(job)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_undoing_goes_batch_by_batch_and_once(town: Rivermark, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    made, other = potholes(town, count), potholes(town, 1)
    job = done(start(town, made))
    beside = done(start(town, other))
    bulk_jobs.undo(job.pk)
    assert not bulk_jobs.may_undo(BulkJob.objects.get(pk=job.pk))
    bulk_jobs.undo(job.pk)
    assert OutboxRow.objects.filter(kind="bulk_undo", done_at=None).count() == 1
    assert bulk_jobs.undoable_since() is not None
    assert (done(job).undone, job.undone_at is not None) == (count, True)
    assert {one.priority for one in ServiceRequest.objects.filter(pk__in=[one.pk for one in made])} == {2}
    # The other job's stay.
    assert ServiceRequest.objects.get(pk=other[0].pk).priority == 4
    assert BulkJob.objects.get(pk=beside.pk).undone == 0


def test_a_batch_that_was_given_up_ends_its_job_and_no_other(town: Rivermark) -> None:
    made = potholes(town, 2)
    first, second = start(town, made[:1]), start(town, made[1:])
    row = OutboxRow.objects.get(kind="bulk_job", dedupe_key__startswith=f"bulk_job:{first.pk}:")
    bulk_jobs.failed_row(row)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stopped_at, second.finished_at) == (first.finished_at, None)
    before = first.finished_at
    set_time(app_now() + SECOND)
    bulk_jobs.failed_row(row)
    first.refresh_from_db()
    assert first.finished_at == before


def test_what_changed_since_the_rows_were_shown_is_refused(town: Rivermark) -> None:
    made = potholes(town, 2)
    seen = bulk_jobs.newest_event()
    columns = {"jurisdiction": town.city, "kind": "priority_set", "user": town.dev, "data": {}}
    Event.objects.create(service_request=made[1], **columns)
    selected = ServiceRequest.objects.filter(pk__in=[one.pk for one in made])
    job = done(bulk_jobs.start(town.city, selected, URGENT, actor=town.tom, last_event_id=seen))
    assert [row.state for row in job.rows.order_by("service_request")] == ["done", "refused"]
    assert (job.done, job.refused) == (1, 1)
    # A new job knows of it.
    assert done(start(town, made[1:])).done == 1
