"""Bulk jobs: the same steps on many requests, batch by batch in a worker; stopping, and undoing all of it.

The requests are fixed when the job starts. A batch is one transaction with its outbox row, so a worker that is killed repeats it
as if nothing had happened: each request is done once. Email and webhooks wait until the job is finished, and 30 seconds longer.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Q, QuerySet

from requests_app import events, outbox
from requests_app.actions.people import staff_notices
from requests_app.actions.work import merges, staff_actions, steps
from requests_app.clock import app_now
from requests_app.models import BulkJob, BulkRow, Event, Jurisdiction, OutboxRow, ServiceRequest, UndoState, User
from requests_app.rules.work.staff_actions import UNDO_FOR
from requests_app.rules.work.steps import Definition, Refused, Step, check, loaded

KIND, UNDO_KIND = "bulk_job", "bulk_undo"
# Requests in one transaction, whose locks nobody should notice.
BATCH = 20
MOST = 10_000
# How long email waits at most if a job never ends. Longer than a weekend without a worker.
HELD_FOR = dt.timedelta(days=4)

State = BulkRow.State
log = structlog.get_logger(__name__)


class TooMany(Exception):
    """More requests than MOST."""


class NothingSelected(Exception):
    """No request that this user may see."""


@transaction.atomic
def start(
    city: Jurisdiction,
    selected: QuerySet[ServiceRequest],
    steps: Sequence[Definition],
    *,
    actor: User,
    last_event_id: int | None = None,
    name: str = "",
    query: str = "",
) -> BulkJob:
    """Fixes which requests the job is about, in one statement, and starts it.

    last_event_id: the newest event when the rows were shown; None: now. Raises TooMany, NothingSelected and Refused.
    """
    check(steps)
    loaded(steps, city, actor)
    job = BulkJob.objects.create(
        jurisdiction=city,
        user=actor,
        steps=list(steps),
        name=name,
        query=query,
        last_event_id=newest_event() if last_event_id is None else last_event_id,
        started_at=app_now(),
    )
    sql, values = selected.order_by().values("id")[: MOST + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO requests_app_bulkrow (job_id, service_request_id) SELECT %s, found.id FROM ({sql}) AS found",  # noqa: S608
            [job.pk, *values],
        )
        job.total = cursor.rowcount
    if not job.total:
        raise NothingSelected
    if job.total > MOST:
        raise TooMany
    job.save(update_fields=["total"])
    _enqueue(job, KIND)
    return job


def newest_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def run_row(row: OutboxRow) -> None:
    """Does the next batch, in the transaction that finishes the outbox row."""
    job = _locked(_id(row)).filter(finished_at=None).first()
    if job is None:
        return
    batch: list[BulkRow] = []
    if job.stopped_at is None:
        waiting = BulkRow.objects.select_for_update().filter(job=job, state=State.WAITING)
        # In order of the requests' id, as everybody locks.
        batch = list(waiting.order_by("service_request")[:BATCH])
    if batch:
        try:
            todo: list[Step] | Refused = loaded(job.steps, job.jurisdiction, job.user)
        except Refused as error:
            # What the steps name is gone by now, or the user's access is.
            todo = error
        merged_into = [step.row.pk for step in todo if step.verb == "merge"] if isinstance(todo, list) else []
        _lock_requests([*(one.service_request_id for one in batch), *merged_into])
        for one in batch:
            _do(job, one, todo)
        BulkRow.objects.bulk_update(batch, ["state", "reason", "changes", "events"])
        _hold_email(job, batch)
        job.done += sum(one.state == State.DONE for one in batch)
        job.refused += sum(one.state == State.REFUSED for one in batch)
    job.batches += 1
    if len(batch) == BATCH:
        _enqueue(job, KIND)
    else:
        _finish(job)
    job.save(update_fields=["done", "refused", "batches", "finished_at"])


def _lock_requests(ids: Iterable[int]) -> None:
    """All at once and in order of id: a colleague who merges one of them meanwhile waits, instead of a deadlock."""
    list(ServiceRequest.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _do(job: BulkJob, row: BulkRow, todo: list[Step] | Refused) -> None:
    """One request: all of the steps, or none and the reason."""
    try:
        if isinstance(todo, Refused):
            raise todo
        if not job.user.is_active:
            raise Refused("permission")
        with transaction.atomic():
            event = steps.perform(
                row.service_request_id, todo, actor=job.user, last_event_id=job.last_event_id, bulk_job_id=job.pk
            )
        row.state = State.DONE
        row.events = list(UndoState.objects.get(event=event).events) if event else []
    except staff_actions.Changed as error:
        row.state, row.reason, row.changes = State.REFUSED, "changed", [change.pk for change in error.changes]
    except Refused as error:
        row.state, row.reason = State.REFUSED, error.reason
    except merges.CannotMerge:
        row.state, row.reason = State.REFUSED, "merge"
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # One request must not hold up the others.
        log.exception("item_failed", item_id=row.pk)
        row.state, row.reason = State.REFUSED, "error"


def _hold_email(job: BulkJob, batch: Sequence[BulkRow]) -> None:
    recorded = [event for row in batch for event in row.events]
    waiting = OutboxRow.objects.filter(event__in=recorded, kind__in=events.WAITING_REACTIONS, done_at=None, attempts=0)
    waiting.update(due_at=app_now() + HELD_FOR)


def _finish(job: BulkJob) -> None:
    job.finished_at = app_now()
    _set_due(job, job.finished_at + UNDO_FOR)
    staff_notices.notify_job(job)


def _set_due(job: BulkJob, due_at: dt.datetime) -> None:
    """When the job's email leaves. Not what was released because something happened after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET due_at = %s WHERE kind = ANY(%s) AND done_at IS NULL AND attempts = 0 "
            "AND due_at > app_now() AND event_id IN (SELECT unnest(events) FROM requests_app_bulkrow WHERE job_id = %s)",
            [due_at, sorted(events.WAITING_REACTIONS), job.pk],
        )


def failed_row(row: OutboxRow) -> None:
    """A batch was given up: the job ends where it is, so that its email isn't kept forever."""
    job = _locked(_id(row)).first()
    if job is not None and job.finished_at is None:
        _finish(job)
        job.stopped_at = job.finished_at
        job.save(update_fields=["finished_at", "stopped_at"])


@transaction.atomic
def stop(job_id: int) -> None:
    """What is done stays done; nothing more is begun."""
    BulkJob.objects.filter(pk=job_id, stopped_at=None, finished_at=None).update(stopped_at=app_now())


def undoable_since() -> dt.datetime | None:
    """When the first job began that can still be undone, or None. What undoing needs is kept as long."""
    ends = Q(finished_at__isnull=True) | Q(finished_at__gt=app_now() - UNDO_FOR)
    is_undone_now = Q(undo_asked_at__isnull=False, undone_at__isnull=True)
    first: dt.datetime | None = BulkJob.objects.filter(ends | is_undone_now).aggregate(first=Min("started_at"))["first"]
    return first


def may_undo(job: BulkJob) -> bool:
    if job.finished_at is None or job.undo_asked_at is not None or not job.done:
        return False
    return app_now() - job.finished_at <= UNDO_FOR


@transaction.atomic
def undo(job_id: int) -> None:
    """Undoes all that the job did, in a worker. Raises staff_actions.TooLateToUndo."""
    job = _locked(job_id).get()
    if job.undo_asked_at is not None:
        return
    if not may_undo(job):
        raise staff_actions.TooLateToUndo
    job.undo_asked_at = app_now()
    job.save(update_fields=["undo_asked_at"])
    # The email that still waits must not leave while this runs.
    _set_due(job, job.undo_asked_at + HELD_FOR)
    _enqueue(job, UNDO_KIND)


def undo_row(row: OutboxRow) -> None:
    """Undoes the next batch, in the transaction that finishes the outbox row."""
    job = _locked(_id(row)).filter(undone_at=None).first()
    if job is None:
        return
    done = BulkRow.objects.select_for_update().filter(job=job, state=State.DONE)
    batch = list(done.order_by("service_request")[:BATCH])
    parents = UndoState.objects.filter(
        event__in=[item.events[0] for item in batch if item.events], parent__isnull=False
    )
    _lock_requests([*(item.service_request_id for item in batch), *parents.values_list("parent", flat=True)])
    for item in batch:
        try:
            with transaction.atomic():
                if item.events:
                    staff_actions.undo(item.events[0], actor=job.user, until=app_now())
            item.state = State.UNDONE
        except staff_actions.Changed as error:
            item.state, item.reason, item.changes = (
                State.KEPT,
                "changed",
                [change.pk for change in error.changes],
            )
        except staff_actions.TooLateToUndo:
            item.state, item.reason = State.KEPT, "emailed"
    BulkRow.objects.bulk_update(batch, ["state", "reason", "changes"])
    job.undone += sum(item.state == State.UNDONE for item in batch)
    job.batches += 1
    if len(batch) == BATCH:
        _enqueue(job, UNDO_KIND)
    else:
        job.undone_at = app_now()
        _set_due(job, app_now())
        staff_notices.notify_job(job)
    job.save(update_fields=["undone", "batches", "undone_at"])


def _locked(job_id: int) -> QuerySet[BulkJob]:
    return BulkJob.objects.select_for_update(of=("self",)).select_related("jurisdiction", "user").filter(pk=job_id)


def _id(row: OutboxRow) -> int:
    return int(row.dedupe_key.split(":")[1])


def _enqueue(job: BulkJob, kind: str) -> None:
    outbox.enqueue(
        kind,
        lane=OutboxRow.Lane.DATABASE,
        jurisdiction_id=job.jurisdiction_id,
        dedupe_key=f"{kind}:{job.pk}:{job.batches}",
    )
