"""What Lamplighter does by the clock: each part is a row of the outbox, once in its period, in a lane of its own.

The row's dedupe_key names the part, the city if it goes by city, and the period, so that two beats make it once. After a time
without beat or worker, one row makes up for all periods that were missed. Its work isn't one transaction: what a part commits as it
goes is kept, and a part whose worker was killed goes on 10 seconds later.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from requests_app import api_usage, outbox
from requests_app.actions.answers import article_counts, article_feedback, article_reviews
from requests_app.actions.contacts import calls as phone_calls
from requests_app.actions.contacts import counts as contact_counts
from requests_app.actions.contacts import late_call_backs
from requests_app.actions.contacts import retention as contact_retention
from requests_app.actions.figures import daily_load, map_cells, value_counts
from requests_app.actions.people import sign_ins
from requests_app.actions.privacy import expiry
from requests_app.actions.programs import unused_keys
from requests_app.actions.promises import escalation, silence, typical_times
from requests_app.actions.routing import versions
from requests_app.actions.setup import go_live
from requests_app.actions.shared import counters, search_index
from requests_app.actions.truth import ending_checks
from requests_app.actions.work import conversation, endings, holds, request_reads
from requests_app.clock import app_now
from requests_app.imports import layer_import
from requests_app.messages import collection_reminders, notifications, staff_email
from requests_app.models import Jurisdiction, OutboxRow
from requests_app.models.outbox import PENDING
from requests_app.worker import away_pages

CLOCK = OutboxRow.Lane.CLOCK
# The night begins at this hour of a city's clock. No city sets its clock back past it, so each date comes once.
NIGHT_HOUR = 3
# For what goes by no city: the same hour in the east of the United States.
NIGHT_HOUR_UTC = 8
# A part that has to wait for other work asks again after this time.
ASKED_AGAIN = dt.timedelta(seconds=5)
# What is due in the lane "database" and may still add to a digest.
EXPANDING = ("notify", "match_subscriptions", "notify_staff")

# From the local time to the name of the period it is in.
Period = Callable[[dt.datetime], str]


def every(minutes: int) -> Period:
    """By UTC, which has each hour once, also when a city's clock is set back."""

    def period(now: dt.datetime) -> str:
        at = now.astimezone(dt.UTC)
        return f"{at:%Y-%m-%dT%H}:{at.minute // minutes * minutes:02}"

    return period


def night(local: dt.datetime) -> str:
    """The date of the night that began last. By what the clock on the wall shows, so that an hour it skips takes none away."""
    hour = NIGHT_HOUR if local.tzinfo is not dt.UTC else NIGHT_HOUR_UTC
    return (local.replace(tzinfo=None) - dt.timedelta(hours=hour)).date().isoformat()


@dataclass(frozen=True)
class Part:
    """work: of a city if by_city; its result doesn't matter. It may be repeated at any time, and does then what is left to do.

    records: it records events. sends_digests: it runs after those, and after the events before it are expanded.
    """

    work: Callable[..., Any]
    period: Period
    by_city: bool = False
    records: bool = False
    sends_digests: bool = False


HOUR = every(60)
# In the order in which they run if they are due together.
PARTS: dict[str, Part] = {
    "escalate": Part(escalation.take_due_steps, every(5)),
    "late_call_backs": Part(late_call_backs.notify, every(5), by_city=True),
    "fold_api_usage": Part(api_usage.fold, every(5)),
    "check_sign_ins": Part(sign_ins.check_due, every(10)),
    # At 6 p.m. in every time zone, also in those whose hours begin at a quarter.
    "remind_of_collections": Part(collection_reminders.enqueue_due, every(15), by_city=True),
    "close_resolved": Part(endings.close_resolved, HOUR, records=True),
    "end_holds": Part(holds.end_overdue_holds, HOUR, by_city=True, records=True),
    "end_waits": Part(holds.end_waits, HOUR, records=True),
    "remind_reporters": Part(conversation.remind_reporters, HOUR, by_city=True, records=True),
    "send_digests": Part(notifications.send_due_digests, HOUR, by_city=True, sends_digests=True),
    "send_staff_digests": Part(staff_email.enqueue_digests, HOUR, by_city=True, sends_digests=True),
    "sweep": Part(expiry.sweep, HOUR),
    # Also after a change of services or of our own files.
    "write_away_pages": Part(away_pages.write, HOUR, by_city=True),
    "count_routing": Part(versions.count_caught, HOUR),
    "sweep_files": Part(expiry.sweep_files, night),
    "delete_layer_rows": Part(layer_import.delete_expired, night),
    "recount": Part(counters.recount, night),
    "typical_times": Part(typical_times.record, night, by_city=True),
    "daily_load": Part(daily_load.record, night, by_city=True),
    "recount_map_cells": Part(map_cells.recount, night),
    "date_clocks": Part(escalation.date_undated, night),
    "ask_silence": Part(silence.ask, night, by_city=True),
    "draw_checks": Part(ending_checks.draw_due, night, by_city=True),
    "note_reopened": Part(ending_checks.note_reopened, night),
    "delete_api_usage": Part(api_usage.delete_old, night),
    "end_unused_keys": Part(unused_keys.end_unused, night),
    "forget_searches": Part(article_counts.forget_searches, night),
    "forget_contacts": Part(contact_retention.forget, night),
    "forget_phone_calls": Part(phone_calls.forget, night),
    "recount_contacts": Part(contact_counts.recount, night, by_city=True),
    "forget_article_feedback": Part(article_feedback.delete_old, night),
    "remind_of_reviews": Part(article_reviews.remind_owners, night, by_city=True),
    "value_counts": Part(value_counts.record, night, by_city=True),
    "index_expired": Part(search_index.index_expired, night),
    "forget_reads": Part(request_reads.delete_old, night),
    "notify_of_approvals": Part(go_live.notify_of_endings, night, by_city=True),
}
RECORDING = [name for name, part in PARTS.items() if part.records]
# Those that enqueue what reaches people, by themselves or by the events that they record.
SENDING = [
    name
    for name, part in PARTS.items()
    if part.records or part.sends_digests or name in ("escalate", "late_call_backs", "remind_of_collections")
]


def enqueue_due() -> int:
    """Adds a row for each part whose period has begun, unless one waits already, which makes up for it. Returns how many."""
    now = app_now()
    cities = list(Jurisdiction.objects.defer("boundary").order_by("id"))
    rows = [
        _row(name, city, part.period(now.astimezone(city.zone if city else dt.UTC)))
        for name, part in PARTS.items()
        for city in (cities if part.by_city else [None])
    ]
    waiting = set(OutboxRow.objects.filter(PENDING, lane=CLOCK).values_list("ordering_key", flat=True))
    keys = [row.dedupe_key for row in rows]
    known = set(OutboxRow.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    missing = [row for row in rows if row.dedupe_key not in known and row.ordering_key not in waiting]
    if missing:
        with transaction.atomic():
            outbox.enqueue_rows(missing, lane=CLOCK)
    return len(missing)


def _row(name: str, city: Jurisdiction | None, period: str) -> OutboxRow:
    city_id = city.pk if city else None
    part = f"clock:{name}:{city_id or ''}"
    return outbox.new_row(name, lane=CLOCK, jurisdiction_id=city_id, dedupe_key=f"{part}:{period}", ordering_key=part)


def run(row: OutboxRow) -> dt.datetime | None:
    """Does the part. Returns when to ask again, if it has to wait for other work."""
    part = PARTS.get(row.kind)
    if part is None:
        # Of a version that had it.
        return None
    if part.sends_digests and _has_events_before(row):
        return app_now() + ASKED_AGAIN
    if row.jurisdiction_id is not None:
        part.work(Jurisdiction.objects.defer("boundary").get(pk=row.jurisdiction_id))
    else:
        part.work()
    return None


def _has_events_before(row: OutboxRow) -> bool:
    """Whether parts before it may still record events, or events that are recorded are still to be expanded."""
    of_city = Q(jurisdiction=row.jurisdiction_id) | Q(jurisdiction=None)
    if OutboxRow.objects.filter(PENDING, of_city, lane=CLOCK, kind__in=RECORDING, pk__lt=row.pk).exists():
        return True
    # Not what came later: in a busy city something is always due.
    recorded = OutboxRow.objects.filter(lane=CLOCK, kind__in=RECORDING, done_at__gte=row.created_at)
    until = recorded.aggregate(last=Max("done_at"))["last"] or row.created_at
    # Due, or tried without success. What waits until staff can't undo it belongs in the next digest.
    is_due = Q(due_at__lte=app_now()) | Q(attempts__gt=0)
    unexpanded = OutboxRow.objects.filter(PENDING, is_due, lane=OutboxRow.Lane.DATABASE, kind__in=EXPANDING)
    return unexpanded.filter(created_at__lte=until).exists()
