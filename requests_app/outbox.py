"""The outbox, a queue in a table: enqueue() in the caller's transaction, claim() a due row, finish() it. See worker/tasks.py.

Claiming a row (which counts the attempt) and doing the work are two transactions, so an attempt that kills its worker is
counted. Long work is protected by the row lock, not by the lease. Only parts of the lane "clock", which commit as they go, hold no
lock: lease_kept() renews their lease.
"""

import datetime as dt
import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from kombu import Connection
from kombu.pools import producers

from requests_app.clock import AppNow
from requests_app.core.cache import TIMEOUT_S, breaker
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Event, OutboxRow, ServiceRequest
from requests_app.models.outbox import LEAVING, PENDING
from requests_app.rules.shared import installation

# How long a claimed row is reserved, and so the delay after a worker was killed.
LEASE_S = 10
LEASE = f"{LEASE_S} seconds"
LEASE_RENEWED_EVERY_S = 3.0
# The same while somebody else's server is called, since no row is locked then.
CALL_LEASE = "30 seconds"
DATABASE_BACKOFF_CAP_S = 30
OUTSIDE_BACKOFF_FIRST_S = 30
OUTSIDE_BACKOFF_CAP_S = 3600
# Email and webhooks are given up by age; database work after this many errors raised by the handler.
OUTSIDE_GIVEN_UP_AFTER = dt.timedelta(hours=72)
DATABASE_ERRORS_ALLOWED = 8
# A part of the clock costs more, and its next period makes up for it: seen after a few minutes. A kill counts, too.
CLOCK_ERRORS_ALLOWED = 4
KILLED = "Killed"

# By name, because the tasks import the outbox.
DRAIN = "requests_app.worker.tasks.drain"

log = structlog.get_logger(__name__)


class OutsideTransaction(Exception):
    """enqueue() was called outside a transaction, so the row would not be tied to the change that caused it."""


@dataclass(frozen=True)
class Call:
    """What a handler returns that has somebody else's server to call, for up to CALL_LEASE, outside any transaction.

    note: in another transaction then, with what call() returned; returns what a handler returns.
    """

    call: Callable[[], Any]
    note: Callable[[Any], dt.datetime | None]


def enqueue(
    kind: str,
    *,
    lane: str,
    dedupe_key: str,
    ordering_key: str = "",
    service_request: ServiceRequest | None = None,
    event: Event | None = None,
    recipient_id: int | None = None,
    jurisdiction_id: int | None = None,
    due_at: dt.datetime | None = None,
) -> None:
    """Adds a row unless its dedupe_key exists already, and wakes a worker on commit. due_at: not before then.

    jurisdiction_id: the city of a row without a request and a recipient.
    """
    enqueue_rows(
        [
            new_row(
                kind,
                lane=lane,
                service_request=service_request,
                event=event,
                recipient_id=recipient_id,
                jurisdiction_id=jurisdiction_id,
                dedupe_key=dedupe_key,
                ordering_key=ordering_key,
                due_at=due_at,
            )
        ],
        lane=lane,
    )


def new_row(
    kind: str,
    *,
    lane: str,
    dedupe_key: str,
    ordering_key: str = "",
    service_request: ServiceRequest | None = None,
    event: Event | None = None,
    recipient_id: int | None = None,
    jurisdiction_id: int | None = None,
    due_at: dt.datetime | None = None,
) -> OutboxRow:
    """A row for enqueue_rows()."""
    return OutboxRow(
        **({"due_at": due_at} if due_at is not None else {}),
        kind=kind,
        lane=lane,
        service_request=service_request,
        event=event,
        recipient_id=recipient_id,
        jurisdiction_id=jurisdiction_id,
        dedupe_key=dedupe_key,
        ordering_key=ordering_key,
    )


def enqueue_rows(rows: list[OutboxRow], *, lane: str, wakes: bool = True) -> None:
    """Adds rows of one lane, skipping those whose dedupe_key exists already. wakes: a worker, on commit."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(lane)
    trace_id = str(structlog.contextvars.get_contextvars().get("trace_id", ""))[:40]
    for row in rows:
        row.trace_id = trace_id
    OutboxRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    if wakes:
        _wake_on_commit(lane)


def release(service_request: ServiceRequest, kinds: Collection[str]) -> None:
    """Makes rows of these kinds due that wait for the end of UNDO_FOR."""
    waiting = OutboxRow.objects.filter(service_request=service_request, kind__in=kinds, done_at=None, attempts=0)
    waiting.filter(due_at__gt=AppNow()).update(due_at=AppNow())


def cancel(events: Collection[int], kinds: Collection[str]) -> bool:
    """Cancels the rows of these kinds and events. Returns False, and cancels nothing, if a worker has begun with any of them.

    Call it in a transaction: workers skip the rows it locks.
    """
    rows = OutboxRow.objects.select_for_update(of=("self",)).filter(event__in=events, kind__in=kinds)
    if any(row.attempts or row.done_at for row in rows):
        return False
    rows.update(done_at=AppNow(), last_error="undone")
    return True


def _wake_on_commit(lane: str) -> None:
    # A lambda, because functools.partial has no __qualname__, which Django logs for robust callbacks.
    transaction.on_commit(lambda: wake(lane), robust=True)


def wake(lane: str) -> None:
    """Notifies the workers. If Redis is down, this costs a quarter of a second once; the scheduled drain does the work."""

    def publish() -> None:
        try:
            with producers[_broker()].acquire(block=True, timeout=TIMEOUT_S) as producer:
                current_app.send_task(DRAIN, args=[lane], queue=lane, producer=producer, retry=False, expires=60)
        except Exception as error:
            # kombu wraps Redis errors in many classes; for the breaker they all mean unreachable.
            raise ConnectionError(type(error).__name__) from error

    breaker.call(publish, None)


@cache
def _broker() -> Connection:
    """A connection for wake-ups only: unlike a worker, a resident must not wait for Redis."""
    options = {
        "socket_timeout": TIMEOUT_S,
        "socket_connect_timeout": TIMEOUT_S,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "connect_retries_timeout": TIMEOUT_S,
    }
    return current_app.connection_for_write(transport_options=options)


CLAIM = f"""
UPDATE requests_app_outboxrow SET attempts = attempts + 1, due_at = app_now() + interval '{LEASE}'
WHERE id = (
  SELECT row.id FROM requests_app_outboxrow row
  WHERE row.lane = %s AND row.due_at <= app_now()
    AND row.done_at IS NULL AND row.dead_at IS NULL AND row.paused_at IS NULL
    AND (row.ordering_key = '' OR NOT EXISTS (
      SELECT 1 FROM requests_app_outboxrow earlier
      -- The second condition is the index's own: without it the planner cannot know that the index holds all it seeks.
      WHERE earlier.ordering_key = row.ordering_key AND earlier.ordering_key <> '' AND earlier.id < row.id
        AND earlier.done_at IS NULL AND earlier.dead_at IS NULL AND earlier.paused_at IS NULL))
  ORDER BY row.due_at, row.id
  FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id
"""


def claim(lane: str) -> int | None:
    """Claims one due row and counts the attempt, in one statement that commits itself. Returns None if nothing is due.

    From a copy of another installation's database nothing leaves.
    """
    if lane in LEAVING and installation.is_copy():
        return None
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [lane])
        row = cursor.fetchone()
    return int(row[0]) if row else None


_LOCKED = Prepared(
    lambda: (
        OutboxRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("service_request", "event")
        .filter(pk=Parameter("row"), done_at=None, dead_at=None, paused_at=None)
    )
)


def lock(row_id: int) -> OutboxRow | None:
    """Locks a claimed row for its work, and reads its request and event. Returns None if it is done or another worker has it."""
    return _LOCKED.first(row=row_id)


def begin(row_id: int) -> OutboxRow | None:
    """Begins the work of a claimed row of the lane "clock", which holds no lock. Returns None if it is done or given up.

    Until the work ends, the row says that it was killed; if that is still there at the next try, it counts as an error.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET errors = errors + (last_error = %s)::int, last_error = %s "
            "WHERE id = %s AND done_at IS NULL AND dead_at IS NULL AND paused_at IS NULL",
            [KILLED, KILLED, row_id],
        )
        if not cursor.rowcount:
            return None
    row = OutboxRow.objects.annotate(began_at=AppNow()).get(pk=row_id)
    if row.errors >= CLOCK_ERRORS_ALLOWED:
        fail(row_id, KILLED, counts=False, give_up=True)
        return None
    return row


@contextmanager
def lease_kept(row_id: int) -> Iterator[None]:
    """Renews the row's lease as long as the work inside takes. If the worker is killed, the lease runs out."""
    ended = threading.Event()
    thread = threading.Thread(target=_renew, args=[row_id, ended], name=f"lease-{row_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(row_id: int, ended: threading.Event) -> None:
    while not ended.wait(LEASE_RENEWED_EVERY_S):
        try:
            _set(row_id, f"due_at = app_now() + interval '{LEASE}'", [])
        except DatabaseError as error:
            log.warning("outbox_lease_not_renewed", outbox_id=row_id, error=type(error).__name__)
        finally:
            # This thread's own.
            connection.close()


def finish_part(row: OutboxRow) -> None:
    """Marks a row of the lane "clock" done, and those of the same part that waited for it: what they are for is done."""
    began_at = row.began_at  # type: ignore[attr-defined]
    own = OutboxRow.objects.filter(PENDING, ordering_key=row.ordering_key, created_at__lte=began_at)
    own.update(done_at=AppNow(), last_error="")


def finish(row_id: int) -> None:
    """Marks the row done, in the transaction of its work."""
    _set(row_id, "done_at = app_now(), last_error = ''", [])


def postpone(row_id: int, until: dt.datetime) -> None:
    """Tries again then, in the transaction of its work. Its handler says for how long; neither errors nor age count."""
    _set(row_id, "due_at = %s, last_error = ''", [until])


def reserve(row_id: int) -> None:
    """Nobody else takes the row for CALL_LEASE. Until the call has ended, the row says that it was killed."""
    _set(row_id, f"due_at = app_now() + interval '{CALL_LEASE}', last_error = %s", [KILLED])


def hurry(rows: QuerySet[OutboxRow]) -> None:
    """Makes those of the rows due now that wait for their next try, and wakes a worker on commit. Not those that a worker has or
    may have: their lease would end, and another one would do the same work."""
    waiting = rows.filter(PENDING, due_at__gt=AppNow() + dt.timedelta(seconds=LEASE_S)).exclude(last_error=KILLED)
    locked = list(waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", "lane"))
    OutboxRow.objects.filter(pk__in=[pk for pk, _lane in locked]).update(due_at=AppNow())
    for lane in {lane for _pk, lane in locked}:
        _wake_on_commit(lane)


def fail(row_id: int, error: str, *, counts: bool, give_up: bool = False) -> bool:
    """Schedules a retry, or gives the row up. Returns whether it is dead now.

    error: a class name or a code, never text from a server.
    counts: whether the handler itself raised the error (a lost connection does not count).
    """
    with transaction.atomic():
        row = OutboxRow.objects.select_for_update().filter(pk=row_id, done_at=None).first()
        if row is None:
            # The work outlasted the lease, and another worker has finished it.
            return False
        errors = row.errors + (1 if counts else 0)
        if row.lane == OutboxRow.Lane.DATABASE:
            dead = give_up or errors >= DATABASE_ERRORS_ALLOWED
            wait = min(DATABASE_BACKOFF_CAP_S, 2 ** min(row.attempts, 10))
        elif row.lane == OutboxRow.Lane.CLOCK:
            dead = give_up or errors >= CLOCK_ERRORS_ALLOWED
            wait = OUTSIDE_BACKOFF_FIRST_S * 2 ** max(errors - 1, 0)
        else:
            dead = give_up or _age(row) > OUTSIDE_GIVEN_UP_AFTER
            wait = min(OUTSIDE_BACKOFF_CAP_S, OUTSIDE_BACKOFF_FIRST_S * 2 ** min(max(row.attempts - 1, 0), 10))
        # Jitter, so that rows that failed together are not all retried at once.
        wait_s = wait * random.uniform(0.8, 1.2)  # noqa: S311  (no secret)
        _set(
            row_id,
            "errors = %s, last_error = %s, due_at = app_now() + make_interval(secs => %s), "
            "dead_at = CASE WHEN %s THEN app_now() END",
            [errors, error[:80], wait_s, dead],
        )
    if dead:
        log.error("outbox_row_dead", outbox_id=row_id, kind=row.kind, error=error[:80])
    return dead


def retry(rows: QuerySet[OutboxRow]) -> int:
    """Requeues those of the rows that are dead or paused. Returns how many."""
    with transaction.atomic():
        stopped = rows.filter(done_at=None).exclude(dead_at=None, paused_at=None)
        # Workers lock one row at a time, so the order doesn't matter.
        locked = list(stopped.select_for_update(of=("self",)).values_list("pk", "lane"))
        OutboxRow.objects.filter(pk__in=[pk for pk, _lane in locked]).update(
            dead_at=None,
            paused_at=None,
            errors=0,
            attempts=0,
            due_at=AppNow(),
            # The 72 hours start over; otherwise the next failure would kill the row at once.
            created_at=AppNow(),
        )
        for lane in sorted({lane for _pk, lane in locked}):
            _wake_on_commit(lane)
    return len(locked)


def settle(rows: QuerySet[OutboxRow]) -> int:
    """Marks those of the rows that are dead as done, without doing them. Their last error stays. Returns how many."""
    return rows.filter(done_at=None).exclude(dead_at=None).update(done_at=AppNow(), dead_at=None)


def pause(rows: QuerySet[OutboxRow]) -> int:
    """Stops those of the rows that aren't done, until staff send or discard them. Returns how many."""
    return rows.filter(PENDING).update(paused_at=AppNow())


def discard(rows: QuerySet[OutboxRow]) -> int:
    """Marks those of the rows that are paused as done, without doing them. Returns how many."""
    paused = rows.filter(done_at=None).exclude(paused_at=None)
    return paused.update(done_at=AppNow(), paused_at=None, last_error="discarded")


def _age(row: OutboxRow) -> dt.timedelta:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_now() - created_at FROM requests_app_outboxrow WHERE id = %s", [row.pk])
        row_age = cursor.fetchone()
    age: dt.timedelta = row_age[0] if row_age else dt.timedelta()
    return age


def _set(row_id: int, assignments: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE requests_app_outboxrow SET {assignments} WHERE id = %s", [*values, row_id])
