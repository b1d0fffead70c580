"""The event log, and what each kind of event triggers (event_kinds.py has the table of kinds).

An event holds codes, ids, times and numbers from the allow-list of its kind, never text, names, addresses or coordinates.
Those are stored in rows that can be erased; the event refers to them by id.
"""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from requests_app import event_kinds, outbox
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.event_kinds import EventKind
from requests_app.models import Event, OutboxRow, Person, ServiceRequest, User
from requests_app.rules.people import staff_notices
from requests_app.rules.work import staff_actions

# Events shown to residents in a timeline.
PUBLIC_KINDS = event_kinds.where(residents="read") | event_kinds.where(residents="counted")
# Staff are notified of these; rules/people/staff_notices.py says who.
STAFF_KINDS = event_kinds.where(told="staff")
# What a department that works by email alone is sent, with private links that sign the event.
TO_DEPARTMENT = event_kinds.where(told="department")
# Followers of an area, service or place are also notified of these: that a request exists, and progress on it.
SUBSCRIBER_KINDS = event_kinds.where(told="followers")
# After these events the search index must be updated.
_REINDEXED = event_kinds.where(then="index")


def _reactions_to(kind: EventKind) -> list[str]:
    """The outbox rows that it creates, without the search index's."""
    return [
        *(reaction for reaction in kind.then.split() if reaction != "index"),
        *(["notify"] if kind.email else []),
        *(["notify_staff"] if kind.name in STAFF_KINDS else []),
        *(["match_subscriptions"] if kind.name in SUBSCRIBER_KINDS else []),
        *(["match_webhooks"] if kind.webhook else []),
    ]


# What happens when…? Only kinds that something follows from.
REACTIONS = {name: reactions for name, kind in event_kinds.KINDS.items() if (reactions := _reactions_to(kind))}
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
_CODE = re.compile(r"^[A-Za-z0-9_.:+-]{1,80}$")


def is_code(value: str) -> bool:
    return bool(_CODE.match(value))


class InvalidEventData(Exception):
    """The kind is unknown, or its data contains free text or an unknown key."""


def _clean(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind not in event_kinds.KINDS:
        raise InvalidEventData(f"Unknown event kind {kind}.")
    keys = event_kinds.KINDS[kind].data.split()
    clean: dict[str, Any] = {}
    for key, value in data.items():
        if key not in keys:
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
        data=_clean(kind, {**data, **_call(kind, actor)}),
        nonce=uuid.uuid4() if kind in TO_DEPARTMENT else None,
    )


def _call(kind: str, actor: User | Person | None) -> dict[str, int]:
    """The contact in which a call taker did it for them."""
    on_call = actor.on_call if isinstance(actor, Person) else None
    return {"contact_id": on_call} if on_call and "contact_id" in event_kinds.KINDS[kind].data.split() else {}


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
        if reaction == "notify_staff" and not staff_notices.may_notify_of(kind, service_request):
            continue
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
