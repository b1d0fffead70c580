"""Celery tasks. All work comes from the outbox: HANDLERS maps each kind of row to its function, which must be idempotent."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from requests_app import api_usage, outbox
from requests_app.actions import (
    alarm_calls,
    article_counts,
    bulk_jobs,
    conversation,
    counters,
    daily_load,
    ending_checks,
    endings,
    escalation,
    holds,
    housekeeping,
    map_cells,
    picture_hashes,
    privacy,
    referrals,
    retirement,
    routing,
    routing_simulation,
    routing_versions,
    search_index,
    service_drafts,
    sign_ins,
    silence,
    staff_notices,
    suspensions,
    typical_times,
    webhooks,
)
from requests_app.imports import layer_import
from requests_app.messages import (
    alarm_messages,
    collection_reminders,
    department_work,
    digest,
    email,
    invitation_mail,
    key_mail,
    link_mail,
    notifications,
    password_mail,
    referral_mail,
    staff_email,
    webhook_calls,
    webhook_mail,
)
from requests_app.models import Jurisdiction, OutboxRow

log = structlog.get_logger(__name__)

# Returns when to be called again, or None if the row is done.
Handler = Callable[[OutboxRow], dt.datetime | None]

HANDLERS: dict[str, Handler] = {
    "route": routing.route_row,
    "index": search_index.index_row,
    "hash_photo": picture_hashes.hash_row,
    "recount_map": map_cells.recount_row,
    "erase": privacy.erase_row,
    "retire_service": retirement.retire_row,
    "bulk_job": bulk_jobs.run_row,
    "bulk_undo": bulk_jobs.undo_row,
    "suspend_clocks": suspensions.suspend_row,
    "layer_check": layer_import.check_row,
    "layer_apply": layer_import.apply_row,
    "layer_undo": layer_import.undo_row,
    "mail_owner": email.mail_owner,
    "mail_informed": email.mail_informed,
    "simulate_routing": routing_simulation.simulate_row,
    "mail_draft": email.mail_draft,
    "mail_referral": referral_mail.mail_referral,
    "mail_link": link_mail.mail_link,
    "mail_invitation": invitation_mail.mail_invitation,
    "mail_password_guesses": password_mail.mail_guesses,
    "mail_key_declined": key_mail.mail_declined,
    "notify": notifications.notify,
    "match_subscriptions": notifications.match_subscriptions,
    "send_digest": digest.send_digest,
    "collection_reminder": collection_reminders.send_reminder,
    "notify_staff": staff_notices.notify_row,
    "email_staff_notice": staff_email.send_notice,
    "mail_department": department_work.mail_department,
    "staff_digest": staff_email.send_digest,
    "department_digest": staff_email.send_department_digest,
    "alert_next": alarm_calls.alert_row,
    "alarm_email": alarm_messages.send_email,
    "alarm_sms": alarm_messages.send_sms,
    "publish_service": service_drafts.publish_row,
    "match_webhooks": webhooks.match_row,
    "send_webhook": webhook_calls.send_row,
    "mail_webhook_ended": webhook_mail.mail_ended,
    **{f"email_{name}": email.send_notification for name in set(notifications.EMAILS.values())},
}
# What else happens to the request when a row is given up.
DEAD_HANDLERS: dict[str, Handler] = {
    "route": routing.route_failed,
    "alert_next": alarm_calls.alert_failed,
    "bulk_job": bulk_jobs.failed_row,
    "layer_check": layer_import.failed_row,
    "layer_apply": layer_import.failed_row,
    "layer_undo": layer_import.failed_row,
    "alarm_email": alarm_calls.message_failed,
    "alarm_sms": alarm_calls.message_failed,
    "mail_referral": referrals.failed_row,
    "send_webhook": webhooks.failed_row,
}
# After this many rows a drain ends, so that others get a turn.
ROWS_A_DRAIN = 500
SECONDS_A_DRAIN = 20
# So many threads of a worker send webhooks at once: programs that answer slowly leave the others to email.
_webhook_threads = threading.Semaphore(3)


def handle(row_id: int) -> None:
    """Handles one claimed row. The work and its completion are one transaction; a failure is recorded in another."""
    try:
        with transaction.atomic():
            row = outbox.lock(row_id)
            if row is None:
                return
            structlog.contextvars.bind_contextvars(trace_id=row.trace_id, outbox_id=row.pk, outbox_kind=row.kind)
            again_at = HANDLERS[row.kind](row)
            if again_at is None:
                outbox.finish(row_id)
            else:
                outbox.postpone(row_id, again_at)
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, QueryCanceled):
            # It exceeded the role's statement_timeout. That counts as an error; otherwise it could block a worker forever.
            _failed(row_id, "QueryCanceled")
        else:
            # The connection was lost: the lease brings the row back, and it does not count as an error.
            connection.close()
            log.warning("outbox_connection_lost", outbox_id=row_id, error=type(error).__name__)
    except email.Undeliverable as error:
        if error.contact_point_id is not None:
            email.mark_bounced(error.contact_point_id)
        _failed(row_id, error.code, give_up=True)
    except Exception as error:
        _failed(row_id, type(error).__name__, exc_info=True)
    finally:
        structlog.contextvars.clear_contextvars()


def _failed(row_id: int, code: str, *, give_up: bool = False, exc_info: bool = False) -> None:
    log.warning("outbox_row_failed", outbox_id=row_id, error=code, exc_info=exc_info)
    # In one transaction with the consequence: a kill in between would leave a request that nobody routes or sees.
    with transaction.atomic():
        if outbox.fail(row_id, code, counts=True, give_up=give_up):
            dead = OutboxRow.objects.get(pk=row_id)
            if dead.kind in DEAD_HANDLERS:
                DEAD_HANDLERS[dead.kind](dead)


@shared_task(name="requests_app.worker.tasks.drain")
def drain(lane: str) -> int:
    """Works on due rows of one lane. Returns how many it took."""
    taken = 0
    began = time.monotonic()
    with _turn(lane) as may_work:
        while may_work and taken < ROWS_A_DRAIN and time.monotonic() - began < SECONDS_A_DRAIN:
            row_id = outbox.claim(lane)
            if row_id is None:
                break
            handle(row_id)
            taken += 1
    if lane == OutboxRow.Lane.DATABASE:
        # Even if no row was due, because many changes (resolving, reopening) have counter deltas but no row in this lane.
        counters.fold()
        map_cells.fold()
    return taken


@contextmanager
def _turn(lane: str) -> Iterator[bool]:
    """Whether this thread may work on the lane now. If not, those that do take its rows, or the next round of polling."""
    if lane != OutboxRow.Lane.WEBHOOK:
        yield True
        return
    may_work = _webhook_threads.acquire(blocking=False)
    try:
        yield may_work
    finally:
        if may_work:
            _webhook_threads.release()


def drain_database() -> None:
    while (row_id := outbox.claim(OutboxRow.Lane.DATABASE)) is not None:
        handle(row_id)


@shared_task(name="requests_app.worker.tasks.hourly")
def hourly() -> None:
    """Closes old requests, ends holds, reminds of questions, sends due digests and deletes expired data."""
    endings.close_resolved()
    holds.end_overdue_holds()
    holds.end_waits()
    conversation.remind_reporters()
    # Events that were not expanded yet belong in today's digests.
    drain_database()
    notifications.send_due_digests()
    staff_email.enqueue_digests()
    housekeeping.sweep()
    routing_versions.count_caught()


@shared_task(name="requests_app.worker.tasks.check_sign_ins")
def check_sign_ins() -> None:
    """Asks each city's single sign-on, every half hour, whether those who came through it are still there."""
    sign_ins.check_due()


@shared_task(name="requests_app.worker.tasks.check_clocks")
def check_clocks() -> None:
    """Warns of clocks that are about to run out, and escalates those that have, every five minutes; counts the use of API keys."""
    escalation.take_due_steps()
    api_usage.fold()


@shared_task(name="requests_app.worker.tasks.remind_of_collections")
def remind_of_collections() -> None:
    """Enqueues the emails about tomorrow's collections, from 6 p.m. of each city on, every quarter of an hour."""
    collection_reminders.enqueue_due()


@shared_task(name="requests_app.worker.tasks.nightly")
def nightly() -> None:
    """Deletes orphaned files, recounts (a difference points to a write that bypassed its action), and computes typical times."""
    housekeeping.sweep_files()
    layer_import.delete_expired()
    counters.recount()
    for jurisdiction in Jurisdiction.objects.defer("boundary").order_by("id"):
        typical_times.record(jurisdiction)
        daily_load.record(jurisdiction)
    map_cells.recount()
    escalation.date_undated()
    silence.ask()
    ending_checks.draw_due()
    ending_checks.note_reopened()
    api_usage.delete_old()
    article_counts.forget_searches()
