"""What Celery runs: thin, named, an id in and safe to run twice. HANDLERS says who does which outbox row."""

import time
from collections.abc import Callable

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from requests_app import outbox
from requests_app.actions import counters, housekeeping, privacy, progress, routing, search_index
from requests_app.messages import digest, email, link_mail, notifications
from requests_app.models import OutboxRow

log = structlog.get_logger(__name__)

Handler = Callable[[OutboxRow], None]

HANDLERS: dict[str, Handler] = {
    "route": routing.route_row,
    "index": search_index.index_row,
    "erase": privacy.erase_row,
    "mail_owner": email.mail_owner,
    "mail_supervisor": email.mail_supervisor,
    "mail_draft": email.mail_draft,
    "mail_link": link_mail.mail_link,
    "notify": notifications.notify,
    "match_subscriptions": notifications.match_subscriptions,
    "send_digest": digest.send_digest,
    **{f"email_{name}": email.send_notification for name in set(notifications.EMAILS.values())},
}
# What a dead row means for its request, if anything beyond being visible in the outbox.
WHEN_DEAD: dict[str, Handler] = {"route": routing.give_to_triage}
# One drain works off so many rows at most and then lets another worker have a turn.
ROWS_A_DRAIN = 500
SECONDS_A_DRAIN = 20


def work(row_id: int) -> None:
    """Does one claimed row: the work and its mark in one transaction, or the failure in a second one."""
    try:
        with transaction.atomic():
            row = outbox.lock(row_id)
            if row is None:
                return
            structlog.contextvars.bind_contextvars(trace_id=row.trace_id, outbox_id=row.pk, outbox_kind=row.kind)
            HANDLERS[row.kind](row)
            outbox.finish(row_id)
    except (OperationalError, InterfaceError) as error:
        if isinstance(error.__cause__, QueryCanceled):
            # Too slow for the role's statement_timeout: the work's own fault, or it would keep a worker busy for ever.
            _failed(row_id, "QueryCanceled")
        else:
            # The connection went: the lease brings the row back, and nobody is to blame.
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
    # With its consequence in one transaction: a kill between the two would leave a request that nobody routes or sees.
    with transaction.atomic():
        if outbox.fail(row_id, code, counts=True, give_up=give_up):
            dead = OutboxRow.objects.get(pk=row_id)
            if dead.kind in WHEN_DEAD:
                WHEN_DEAD[dead.kind](dead)


@shared_task(name="requests_app.worker.tasks.drain")
def drain(lane: str) -> int:
    """Works off what is due in one lane; how many rows it took."""
    taken = 0
    began = time.monotonic()
    while taken < ROWS_A_DRAIN and time.monotonic() - began < SECONDS_A_DRAIN:
        if lane == OutboxRow.Lane.OUTSIDE:
            # A slow mail server must not keep a worker from routing: between two mails, what is due in the database goes first.
            drain_database()
        row_id = outbox.claim(lane)
        if row_id is None:
            break
        work(row_id)
        taken += 1
    if lane == OutboxRow.Lane.DATABASE:
        # Also when nothing was due: most of what is counted (an end, a reopening) puts nothing into this lane.
        counters.fold()
    return taken


def drain_database() -> None:
    while (row_id := outbox.claim(OutboxRow.Lane.DATABASE)) is not None:
        work(row_id)


@shared_task(name="requests_app.worker.tasks.hourly")
def hourly() -> None:
    """Closes what was resolved 30 days ago, sends gathered mails whose hour has come, and sweeps what has had its time."""
    progress.close_old()
    notifications.send_due_digests()
    housekeeping.sweep()


@shared_task(name="requests_app.worker.tasks.nightly")
def nightly() -> None:
    """Sweeps files that no row knows, and counts everything again: a difference is an alarm, since a write went past its action."""
    housekeeping.sweep_files()
    counters.recount()
