"""Celery tasks. All work comes from the outbox: HANDLERS maps each kind of row to its function, which must be idempotent."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
from celery import shared_task
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from requests_app import outbox
from requests_app.actions.alarms import calls
from requests_app.actions.answers import article_problems, article_reviews
from requests_app.actions.contacts import calls as phone_calls
from requests_app.actions.figures import map_cells
from requests_app.actions.people import staff_notices
from requests_app.actions.privacy import erasures
from requests_app.actions.programs import webhooks
from requests_app.actions.promises import suspensions
from requests_app.actions.publication import public_changes
from requests_app.actions.report import picture_hashes, referrals
from requests_app.actions.routing import routing, simulation
from requests_app.actions.setup import go_live, retirements, service_drafts
from requests_app.actions.shared import counters, search_index
from requests_app.actions.work import bulk_jobs
from requests_app.core import metrics
from requests_app.imports import layer_import
from requests_app.messages import (
    account_mail,
    alarm_messages,
    article_mail,
    collection_reminders,
    department_work,
    digest,
    email,
    go_live_mail,
    invitation_mail,
    key_mail,
    link_mail,
    notifications,
    referral_mail,
    staff_email,
    webhook_calls,
    webhook_mail,
)
from requests_app.models import OutboxRow
from requests_app.worker import away_pages, clock, heartbeats

log = structlog.get_logger(__name__)

# Returns when to be called again, None if the row is done, or a call to make outside the transaction.
Handler = Callable[[OutboxRow], dt.datetime | outbox.Call | None]

HANDLERS: dict[str, Handler] = {
    "route": routing.route_row,
    "index": search_index.index_row,
    "hash_photo": picture_hashes.hash_row,
    "recount_map": map_cells.recount_row,
    "erase": erasures.erase_row,
    "retire_service": retirements.retire_row,
    "bulk_job": bulk_jobs.run_row,
    "bulk_undo": bulk_jobs.undo_row,
    "suspend_clocks": suspensions.suspend_row,
    "layer_check": layer_import.check_row,
    "layer_apply": layer_import.apply_row,
    "layer_undo": layer_import.undo_row,
    "mail_owner": email.mail_owner,
    "mail_informed": email.mail_informed,
    "simulate_routing": simulation.simulate_row,
    "mail_draft": email.mail_draft,
    "mail_referral": referral_mail.mail_referral,
    "mail_link": link_mail.mail_link,
    "mail_invitation": invitation_mail.mail_invitation,
    "mail_password_guesses": account_mail.mail_guesses,
    "mail_access_back": account_mail.mail_access_back,
    "mail_second_step_reset": account_mail.mail_second_step_reset,
    article_problems.KIND: article_mail.mail_problem,
    article_reviews.KIND: article_mail.mail_reviews,
    "mail_key_declined": key_mail.mail_declined,
    "mail_key_ends": key_mail.mail_ends,
    "notify": notifications.notify,
    "match_subscriptions": notifications.match_subscriptions,
    "send_digest": digest.send_digest,
    "collection_reminder": collection_reminders.send_reminder,
    "notify_staff": staff_notices.notify_row,
    "email_staff_notice": staff_email.send_notice,
    "mail_department": department_work.mail_department,
    "staff_digest": staff_email.send_digest,
    "department_digest": staff_email.send_department_digest,
    "monday_digest": staff_email.send_monday_digest,
    "alert_next": calls.alert_row,
    phone_calls.MISSED: phone_calls.miss_row,
    "alarm_email": alarm_messages.send_email,
    "alarm_sms": alarm_messages.send_sms,
    "publish_service": service_drafts.publish_row,
    "match_webhooks": webhooks.match_row,
    "send_webhook": webhook_calls.send_row,
    "mail_webhook_ended": webhook_mail.mail_ended,
    go_live.ENDINGS: go_live_mail.mail_endings,
    "write_city_pages": away_pages.write_row,
    **{f"email_{name}": email.send_notification for name in set(notifications.EMAILS.values())},
}
# What else happens to the request when a row is given up.
DEAD_HANDLERS: dict[str, Handler] = {
    "route": routing.route_failed,
    "alert_next": calls.alert_failed,
    "bulk_job": bulk_jobs.failed_row,
    "layer_check": layer_import.failed_row,
    "layer_apply": layer_import.failed_row,
    "layer_undo": layer_import.failed_row,
    "alarm_email": calls.message_failed,
    "alarm_sms": calls.message_failed,
    "mail_referral": referrals.failed_row,
    "send_webhook": webhooks.failed_row,
}
# After this many rows a drain ends, so that others get a turn.
ROWS_A_DRAIN = 500
SECONDS_A_DRAIN = 20
# So many threads of a worker work on these lanes at once: programs that answer slowly leave the others to email, and recounts leave
# them to routing.
_THREADS = {OutboxRow.Lane.WEBHOOK: threading.Semaphore(3), OutboxRow.Lane.CLOCK: threading.Semaphore(2)}


def handle(row_id: int) -> None:
    """Handles one claimed row. The work and its completion are one transaction, but for calls; a failure is recorded in another."""
    with _recorded_result(row_id) as attempt:
        with transaction.atomic():
            row = outbox.lock(row_id)
            if row is None:
                return
            attempt.begin(row)
            result = HANDLERS[row.kind](row)
            if isinstance(result, outbox.Call):
                outbox.reserve(row_id)
            else:
                attempt.settle(result)
        if isinstance(result, outbox.Call):
            answer = result.call()
            with transaction.atomic():
                if outbox.lock(row_id) is not None:
                    attempt.settle(result.note(answer))


def handle_part(row_id: int) -> None:
    """Handles one claimed row of the lane "clock", without a transaction around its work: what the part commits is kept."""
    with _recorded_result(row_id) as attempt:
        row = outbox.begin(row_id)
        if row is None:
            return
        attempt.begin(row)
        began = time.monotonic()
        with outbox.lease_kept(row_id), _timed(row.kind), _noted_error(row, began):
            again_at = clock.run(row)
        if again_at is None:
            heartbeats.record_run(row, time.monotonic() - began)
            outbox.finish_part(row)
            attempt.result = "done"
            metrics.note_time(metrics.PART_DONE, time.time(), row.kind)
        else:
            outbox.postpone(row_id, again_at)
            attempt.result = "later"


@contextmanager
def _noted_error(row: OutboxRow, began: float) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # With a lost connection nothing is noted, and the part is tried again.
        with suppress(DatabaseError, InterfaceError):
            heartbeats.record_run(row, time.monotonic() - began, type(error).__name__)
        raise


@contextmanager
def _timed(part: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        metrics.observe(metrics.PART_SECONDS, time.monotonic() - began, part)


class _Attempt:
    """What is counted of an attempt at a row. Without a kind, there was none: it was done already, or another worker has it."""

    def __init__(self, row_id: int) -> None:
        self.row_id, self.kind, self.result = row_id, "", ""

    def begin(self, row: OutboxRow) -> None:
        self.kind = row.kind
        structlog.contextvars.bind_contextvars(trace_id=row.trace_id, outbox_id=row.pk, outbox_kind=row.kind)

    def settle(self, again_at: dt.datetime | None) -> None:
        if again_at is None:
            outbox.finish(self.row_id)
        else:
            outbox.postpone(self.row_id, again_at)
        self.result = "done" if again_at is None else "later"


@contextmanager
def _recorded_result(row_id: int) -> Iterator[_Attempt]:
    attempt = _Attempt(row_id)
    try:
        yield attempt
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, QueryCanceled):
            # It exceeded the role's statement_timeout. That counts as an error; otherwise it could block a worker forever.
            attempt.result = _failed(row_id, "QueryCanceled")
        else:
            # The connection was lost: the lease brings the row back, and it does not count as an error.
            connection.close()
            attempt.result = "database_lost"
            log.warning("outbox_connection_lost", outbox_id=row_id, error=type(error).__name__)
    except email.Undeliverable as error:
        if error.contact_point_id is not None:
            email.mark_bounced(error.contact_point_id)
        attempt.result = _failed(row_id, error.code, give_up=True)
    except Exception as error:
        attempt.result = _failed(row_id, email.error_code(error), exc_info=True)
    finally:
        structlog.contextvars.clear_contextvars()
        if attempt.kind and attempt.result:
            metrics.count(metrics.OUTBOX_ATTEMPTS, attempt.kind, attempt.result)


def _failed(row_id: int, code: str, *, give_up: bool = False, exc_info: bool = False) -> str:
    """Returns what it means for the row: failed, or dead."""
    log.warning("outbox_row_failed", outbox_id=row_id, error=code, exc_info=exc_info)
    # In one transaction with the consequence: a kill in between would leave a request that nobody routes or sees.
    with transaction.atomic():
        is_dead = outbox.fail(row_id, code, counts=True, give_up=give_up)
        if is_dead:
            dead = OutboxRow.objects.get(pk=row_id)
            if dead.kind in DEAD_HANDLERS:
                DEAD_HANDLERS[dead.kind](dead)
    return "dead" if is_dead else "failed"


@shared_task(name="requests_app.worker.tasks.drain")
def drain(lane: str) -> int:
    """Works on due rows of one lane. Returns how many it took."""
    work = handle_part if lane == OutboxRow.Lane.CLOCK else handle
    taken = 0
    began = time.monotonic()
    with _turn(lane) as may_work:
        while may_work and taken < ROWS_A_DRAIN and time.monotonic() - began < SECONDS_A_DRAIN:
            row_id = outbox.claim(lane)
            if row_id is None:
                break
            work(row_id)
            taken += 1
    if lane == OutboxRow.Lane.DATABASE:
        # Even if no row was due, because many changes (resolving, reopening) have counter deltas but no row in this lane.
        counters.fold()
        map_cells.fold()
        public_changes.number_all()
    return taken


@contextmanager
def _turn(lane: str) -> Iterator[bool]:
    """Whether this thread may work on the lane now. If not, those that do take its rows, or the next round of polling."""
    threads = _THREADS.get(OutboxRow.Lane(lane))
    if threads is None:
        yield True
        return
    may_work = threads.acquire(blocking=False)
    try:
        yield may_work
    finally:
        if may_work:
            threads.release()


def drain_database() -> None:
    while (row_id := outbox.claim(OutboxRow.Lane.DATABASE)) is not None:
        handle(row_id)


@shared_task(name="requests_app.worker.tasks.enqueue_due_parts")
def enqueue_due_parts() -> None:
    """Every minute: enqueues what is due by the clock (worker/clock.py)."""
    heartbeats.note(heartbeats.BEAT)
    clock.enqueue_due()
