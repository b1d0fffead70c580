"""The log of all that happened, and the one place that answers "what happens when…?"

An event holds codes, ids, times and numbers from its kind's allow-list, never words, names, addresses or coordinates: those
live in rows that can be erased, and the event points at them.
"""

import datetime as dt
import re
from typing import Any

from requests_app import outbox
from requests_app.models import Event, Person, ServiceRequest, User

# kind: the keys its data may hold.
KINDS: dict[str, frozenset[str]] = {
    kind: frozenset(keys.split())
    for kind, keys in {
        "submitted": "channel service_code after_warning people",
        "confirmed": "",
        "routed": "department_id reason rule_id",
        "triaged": "reason from_department_id",
        "transferred": "department_id from_department_id comment_id",
        "service_changed": "service_code from_service_code",
        "priority_set": "priority from_priority",
        "assigned": "assignee_id",
        "accepted": "",
        "scheduled": "date",
        "visited": "at remote",
        "made_safe": "",
        "put_on_hold": "reason until",
        "resumed": "",
        "asked": "comment_id",
        "answered": "comment_id",
        "commented": "comment_id",
        "noted": "comment_id",
        "resolved": "disposition reason comment_id remote",
        "handed_over": "owner_id owner_number comment_id",
        "merged": "parent_id comment_id",
        "absorbed": "child_id",
        "unmerged": "parent_id",
        "withdrawn": "",
        "reopened": "count comment_id",
        "closed": "",
        "surveyed": "question value reason",
        "escalated": "assignee_id",
        "joined": "role",
        "followed": "",
        "unsubscribed": "",
        "edited": "field revision_id",
        "edited_for_staff": "field revision_id",
        "photo_added": "photo_id",
        "photo_removed": "photo_id",
        "place_corrected": "revision_id",
        "pending_review": "reason",
        "hidden": "reason",
        "published": "",
        "photo_hidden": "photo_id reason",
        "photo_shown": "photo_id",
        "text_hidden": "field reason revision_id",
        "text_shown": "field revision_id",
        "reporter_viewed": "",
        "erased": "what",
        "imported": "source_status",
    }.items()
}

# What residents may read in a timeline.
PUBLIC_KINDS = {
    "submitted", "routed", "transferred", "accepted", "scheduled", "visited", "made_safe", "put_on_hold", "resumed", "asked",
    "answered", "commented", "resolved", "handed_over", "merged", "absorbed", "unmerged", "withdrawn", "reopened", "closed",
    "joined", "edited", "place_corrected", "photo_added",
}  # fmt: skip

# What happens when…? kind: the outbox rows that follow.
_NOTIFY = {
    "submitted", "routed", "transferred", "commented", "asked", "put_on_hold", "resolved", "handed_over", "merged", "reopened",
    "accepted", "scheduled", "visited", "made_safe", "resumed", "withdrawn", "unmerged", "place_corrected",
}  # fmt: skip
REACTIONS: dict[str, list[str]] = {
    **{kind: ["notify"] for kind in _NOTIFY},
    "submitted": ["route", "notify"],
    "handed_over": ["notify", "mail_owner"],
    "escalated": ["mail_supervisor"],
}
# Of these, whoever follows the area, service or place hears too: that it is there, and what is done and said about it.
FOR_SUBSCRIBERS = {
    "submitted", "published", "commented", "accepted", "scheduled", "visited", "made_safe", "put_on_hold", "resumed", "resolved",
    "handed_over", "merged", "withdrawn", "reopened",
}  # fmt: skip
for _kind in FOR_SUBSCRIBERS:
    REACTIONS[_kind] = [*REACTIONS.get(_kind, []), "match_subscriptions"]
# Sent to the world outside; all else shares the database's transaction. Each happens once for each event.
OUTSIDE = {"mail_owner", "mail_supervisor"}
# What waits only for its own kind: a notification must not wait for a routing that fails.
ORDER = {"notify": "notify"}
# Events after which a request is found by other words, or not at all.
_REINDEXED = {"submitted", "service_changed", "pending_review", "hidden", "published", "edited", "place_corrected"}

_CODE = re.compile(r"^[A-Za-z0-9_.:+-]{1,80}$")


def is_code(value: str) -> bool:
    return bool(_CODE.match(value))


class NotAllowed(Exception):
    """Somebody tried to write words, or an unknown key, into an event."""


def _clean(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind not in KINDS:
        raise NotAllowed(f"There is no event kind {kind}.")
    clean: dict[str, Any] = {}
    for key, value in data.items():
        if key not in KINDS[kind]:
            raise NotAllowed(f"An event {kind} may not hold {key}.")
        stored = value.isoformat() if isinstance(value, dt.datetime | dt.date) else value
        if isinstance(stored, str) and stored and not is_code(stored):
            raise NotAllowed(f"{key} of {kind} is no code.")
        if stored is not None and not isinstance(stored, str | int | float | bool):
            raise NotAllowed(f"{key} of {kind} is neither a code nor a number.")
        clean[key] = stored
    return clean


def record(
    service_request: ServiceRequest,
    kind: str,
    *,
    actor: User | Person | None,
    **data: Any,
) -> Event:
    """Appends to the log, in the caller's transaction, and puts into the outbox what follows (REACTIONS).

    `actor` is a member of staff, a resident, or None for the system.
    """
    event = Event.objects.create(
        jurisdiction_id=service_request.jurisdiction_id,
        service_request=service_request,
        kind=kind,
        user=actor if isinstance(actor, User) else None,
        person=actor if isinstance(actor, Person) else None,
        data=_clean(kind, data),
    )
    for reaction in REACTIONS.get(kind, []):
        outside = reaction in OUTSIDE
        outbox.enqueue(
            reaction,
            lane="outside" if outside else "database",
            service_request=service_request,
            event=event,
            dedupe_key=f"{reaction}:{event.pk}",
            ordering_key="" if outside else f"{ORDER.get(reaction, 'request')}:{service_request.pk}",
        )
    if kind in _REINDEXED:
        outbox.enqueue(
            "index",
            lane="database",
            service_request=service_request,
            event=event,
            dedupe_key=f"index:{event.pk}",
        )
    return event
