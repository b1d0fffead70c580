"""The event log, and the table of what each kind of event triggers.

An event holds codes, ids, times and numbers from the allow-list of its kind, never text, names, addresses or coordinates.
Those are stored in rows that can be erased; the event refers to them by id.
"""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.models import Event, OutboxRow, Person, ServiceRequest, User
from requests_app.rules.programs import webhook_events
from requests_app.rules.work import staff_actions

# The keys that each kind's data may contain.
KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(keys.split())
    for kind, keys in {
        "submitted": "channel service_code after_warning people",
        "confirmed": "",
        "routed": "department_id reason rule_id version_id team_id",
        "triaged": "reason from_department_id by_department_id",
        "transferred": "department_id from_department_id comment_id",
        "service_changed": "service_code from_service_code",
        "priority_set": "priority from_priority",
        "assigned": "assignee_id",
        # by_department_id: by the link in an email to a department that works by email.
        "accepted": "by_department_id",
        "scheduled": "date",
        "visited": "at remote",
        "made_safe": "",
        "put_on_hold": "reason until",
        "resumed": "",
        "asked": "comment_id until checked_by_id",
        "reminded": "question_id until",
        "answered": "comment_id resumed",
        "commented": "comment_id checked_by_id",
        "note_added": "comment_id",
        "resolved": "disposition reason comment_id remote no_evidence bulk_job_id by_department_id checked_by_id",
        "handed_over": "owner_id owner_number comment_id checked_by_id",
        # known_twice: how many of its people were counted in the other one already.
        "merged": "parent_id comment_id known_twice",
        "duplicate_merged": "child_id",
        "unmerged": "parent_id",
        "related": "other_id",
        "unrelated": "other_id",
        "withdrawn": "",
        # What the request was before, so that it can be undone.
        "reopened": "count comment_id disposition reason ended_at acknowledged_at assignee_id checked_by_id",
        "reopening_undone": "count",
        "closed": "",
        "survey_answered": "question value reason",
        # clock_kind, step: which clock is late, and the step of rules/promises/escalation.py. Without them, it was reopened twice.
        "escalated": "assignee_id clock_kind step",
        # Most of the time of a clock has passed; clock_kind: which.
        "due_soon": "clock_kind",
        "clock_suspended": "suspension_id",
        "clock_resumed": "suspension_id",
        "silence_asked": "asked_id",
        "silence_answered": "reason",
        "joined": "role",
        "followed": "",
        "unsubscribed": "",
        "edited": "field revision_id",
        "edited_privately": "field revision_id",
        "photo_added": "photo_id",
        "photo_removed": "photo_id",
        "place_corrected": "revision_id",
        "pending_review": "reason",
        "hidden": "reason",
        "published": "",
        "made_public": "",
        "kept_private": "",
        "photo_hidden": "photo_id reason",
        "photo_restored": "photo_id",
        "text_hidden": "field reason revision_id",
        "text_restored": "field revision_id",
        # act: the action whose text was posted although personal data was marked in it; kinds: "name+phone".
        "personal_data_kept": "act kinds by_department_id",
        "text_withdrawn": "comment_id",
        "text_edited": "comment_id revision_id",
        "reporter_viewed": "reason by_department_id",
        "erased": "what",
        "imported": "source_status",
        # event_id, act: the event that was undone, and its kind.
        "undone": "event_id act",
        "alarm_raised": "alarm_id reason",
        "alarm_sent": "alarm_id call_id channel",
        "alarm_failed": "alarm_id call_id channel reason",
        "alarm_unanswerable": "alarm_id",
        "alarm_accepted": "alarm_id call_id",
        "alarm_needless": "alarm_id",
        "alarm_ended": "alarm_id",
        # A crew's result that came too late: what it said, and how many photos of it were kept, for staff only.
        "crew_result_kept": "outcome photos",
        "task_added": "task_id department_id",
        "task_team_set": "task_id department_id",
        "task_linked": "task_id department_id",
        "task_done": "task_id department_id",
        "task_dropped": "task_id department_id",
        "task_reopened": "task_id department_id",
    }.items()
}

# Events shown to residents in a timeline.
PUBLIC_KINDS = {
    "submitted", "routed", "transferred", "accepted", "scheduled", "visited", "made_safe", "put_on_hold", "resumed", "asked",
    "answered", "commented", "resolved", "handed_over", "merged", "duplicate_merged", "unmerged", "withdrawn", "reopened",
    "reopening_undone", "closed", "joined", "edited", "place_corrected", "photo_added",
}  # fmt: skip

# The outbox rows that each kind creates.
_NOTIFY = {
    "submitted", "routed", "transferred", "commented", "asked", "reminded", "put_on_hold", "resolved", "handed_over", "merged",
    "reopened", "accepted", "scheduled", "visited", "made_safe", "resumed", "withdrawn", "unmerged", "place_corrected",
    "reopening_undone", "made_public",
}  # fmt: skip
REACTIONS: dict[str, list[str]] = {
    **{kind: ["notify"] for kind in _NOTIFY},
    "submitted": ["route", "notify"],
    "handed_over": ["notify", "mail_owner"],
    "alarm_raised": ["alert_next"],
}
# Staff are notified of these; rules/people/staff_notices.py says who.
STAFF_KINDS = {
    "answered", "assigned", "due_soon", "escalated", "note_added", "reopened", "routed", "transferred",
}  # fmt: skip
for _kind in sorted(STAFF_KINDS):
    REACTIONS[_kind] = [*REACTIONS.get(_kind, []), "notify_staff"]
# What a department that works by email alone is sent, with private links that sign the event.
TO_DEPARTMENT = {"answered", "reopened", "routed", "transferred"}
# Followers of an area, service or place are also notified of these: that a request exists, and progress on it.
SUBSCRIBER_KINDS = {
    "submitted", "published", "made_public", "commented", "accepted", "scheduled", "visited", "made_safe", "put_on_hold",
    "resumed", "resolved", "handed_over", "merged", "withdrawn", "reopened", "reopening_undone",
}  # fmt: skip
for _kind in SUBSCRIBER_KINDS:
    REACTIONS[_kind] = [*REACTIONS.get(_kind, []), "match_subscriptions"]
# Webhooks are sent for these (rules/programs/webhook_events.py).
for _kind in webhook_events.BY_KIND:
    REACTIONS[_kind] = [*REACTIONS.get(_kind, []), "match_webhooks"]
# Delivered outside the database (the rest shares the event's transaction), once for each event.
OUTSIDE_REACTIONS = {"mail_owner"}
# These wait only for rows of their own kind: a failing routing must not delay notifications or alarms, and a staff action that can
# still be undone must not delay routing.
ORDERING_KEYS = {
    "notify": "notify",
    "match_subscriptions": "match",
    "alert_next": "alarm",
    "notify_staff": "staff",
    "match_webhooks": "webhooks",
}
# If a member of staff did it, these wait until it can't be undone anymore (rules/work/staff_actions.py). All else never waits.
WAITING_REACTIONS = {"notify", "match_subscriptions", "mail_owner", "notify_staff", "match_webhooks"}
# Notices to colleagues need no order with email to residents.
RELEASING_REACTIONS = WAITING_REACTIONS - {"notify_staff"}
# After these events the search index must be updated.
_REINDEXED = {
    "submitted", "service_changed", "pending_review", "hidden", "published", "made_public", "edited", "place_corrected",
    "undone",
}  # fmt: skip

_CODE = re.compile(r"^[A-Za-z0-9_.:+-]{1,80}$")


def is_code(value: str) -> bool:
    return bool(_CODE.match(value))


class InvalidEventData(Exception):
    """The kind is unknown, or its data contains free text or an unknown key."""


def _clean(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind not in KINDS:
        raise InvalidEventData(f"Unknown event kind {kind}.")
    clean: dict[str, Any] = {}
    for key, value in data.items():
        if key not in KINDS[kind]:
            raise InvalidEventData(f"Events of kind {kind} may not contain {key}.")
        stored = value.isoformat() if isinstance(value, dt.datetime | dt.date) else value
        if isinstance(stored, str) and stored and not is_code(stored):
            raise InvalidEventData(f"{key} of {kind} is not a code.")
        if stored is not None and not isinstance(stored, str | int | float | bool):
            raise InvalidEventData(f"{key} of {kind} is neither a code nor a number.")
        clean[key] = stored
    return clean


def record(
    service_request: ServiceRequest,
    kind: str,
    *,
    actor: User | Person | None,
    follows: Event | None = None,
    quiet: bool = False,
    **data: Any,
) -> Event:
    """Appends an event in the caller's transaction and enqueues its REACTIONS.

    `actor` is a member of staff, a resident, or None for the system. follows: the event that led to this one in the same
    transaction; email about both waits equally long. quiet: another event of the same action is what people are emailed about.
    Raises InvalidEventData.
    """
    event = _new(service_request, kind, actor, data)
    event.save(force_insert=True)
    _follow_up([event], follows=follows, quiet=quiet)
    return event


def record_together(
    changes: Iterable[tuple[ServiceRequest, str, dict[str, Any]]], *, actor: User | Person | None
) -> list[Event]:
    """As record() for each (service request, kind, data), in this order, with fewer statements."""
    recorded = Event.objects.bulk_create(
        _new(service_request, kind, actor, data) for service_request, kind, data in changes
    )
    _follow_up(recorded)
    return recorded


def _new(service_request: ServiceRequest, kind: str, actor: User | Person | None, data: dict[str, Any]) -> Event:
    return Event(
        jurisdiction_id=service_request.jurisdiction_id,
        service_request=service_request,
        kind=kind,
        user=actor if isinstance(actor, User) else None,
        person=actor if isinstance(actor, Person) else None,
        api_key=actor.through if isinstance(actor, User) else None,
        data=_clean(kind, data),
        nonce=uuid.uuid4() if kind in TO_DEPARTMENT else None,
    )


def _follow_up(recorded: Collection[Event], *, follows: Event | None = None, quiet: bool = False) -> None:
    if (scope := transactions.current()) is not None:
        scope.recorded += recorded
    first = next(iter(recorded))
    rows = []
    for event in recorded:
        after = first if event.kind in staff_actions.FOLLOWING else None
        rows += _reactions(event, follows=follows or after, quiet=quiet)
    for lane in sorted({row.lane for row in rows}):
        of_lane = [row for row in rows if row.lane == lane]
        # If all wait until staff can't undo it anymore, a worker would find nothing to do.
        wakes = not all(isinstance(row.due_at, dt.datetime) for row in of_lane)
        outbox.enqueue_rows(of_lane, lane=lane, wakes=wakes)


def _reactions(event: Event, *, follows: Event | None, quiet: bool) -> list[OutboxRow]:
    service_request, kind = event.service_request, event.kind
    reactions = [reaction for reaction in REACTIONS.get(kind, []) if not (quiet and reaction == "notify")]
    due_at = app_now() + staff_actions.UNDO_FOR if staff_actions.waits(follows or event) else None
    if (
        due_at is None
        and kind in staff_actions.CHANGES_FOR["undo"]
        and service_request is not None
        and RELEASING_REACTIONS.intersection(reactions)
    ):
        # What staff did just before can't be undone after this, and email goes out in the order of the events.
        outbox.release(service_request, WAITING_REACTIONS)
    rows = []
    for reaction in reactions:
        outside = reaction in OUTSIDE_REACTIONS
        rows.append(
            outbox.new_row(
                reaction,
                lane="outside" if outside else "database",
                service_request=service_request,
                event=event,
                dedupe_key=f"{reaction}:{event.pk}",
                ordering_key="" if outside else f"{ORDERING_KEYS.get(reaction, 'request')}:{event.service_request_id}",
                due_at=due_at if reaction in WAITING_REACTIONS else None,
            )
        )
    if kind in _REINDEXED:
        rows.append(
            outbox.new_row(
                "index",
                lane="database",
                service_request=service_request,
                event=event,
                dedupe_key=f"index:{event.pk}",
            )
        )
    return rows


def without_undone(events: Iterable[Event]) -> list[Event]:
    """The events that the public may see: neither what staff have undone, nor that they did."""
    found = list(events)
    undone = {event.data.get("event_id") for event in found if event.kind == "undone"}
    return [event for event in found if event.kind != "undone" and event.pk not in undone]
