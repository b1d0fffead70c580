"""What staff do to a request: for how long it can be undone, and which changes make a form outdated.

While an action can be undone, its email waits. A form carries the number (id) of the last event that its page showed; if an event
in CHANGES_FOR the form was recorded after it, the person must first see what changed.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from requests_app import event_kinds
from requests_app.models import Event, ServiceRequest

UNDO_FOR = dt.timedelta(seconds=30)

# The events of actions that can be undone. If a member of staff did it, its email waits for UNDO_FOR.
UNDOABLE = event_kinds.where(undo="by_staff")
# Events that follow from one of these in the same transaction, and are undone with it.
FOLLOWING = event_kinds.where(undo="with_another")

# Changes of the work: who does it, by when, what it is, where it is, what the reporter said, and that someone is in danger.
WORK = event_kinds.where(outdates="work")
# Changes of what the public can read. Work goes on whether the public sees it or not.
PUBLICATION = event_kinds.where(outdates="publication")
# What a program's If-Match protects, whatever it is about to do.
VERSION = "version"
# Forms are named by their verb. The forms not listed here are outdated by changes of the work. No form is outdated by people who
# join, follow or unsubscribe, by survey answers, new photos, internal notes, or a look at the reporter's contact information.
CHANGES_FOR: Mapping[str, frozenset[str]] = {
    # A note overwrites nothing and tells the public nothing.
    "note": frozenset(),
    # A reply that arrived after the page was loaded has not been read.
    "read": frozenset({"answered"}),
    # The new service decides what is public.
    "change_service": WORK | PUBLICATION,
    VERSION: WORK | PUBLICATION,
    **dict.fromkeys(("hide", "publish", "moderate", "restore", "hide_photo", "show_photo", "review"), PUBLICATION),
    # A crew did the work it was sent to do, unless somebody ended it, took it elsewhere, or it became another one meanwhile.
    "crew_result": event_kinds.where(outdates="crew"),
    # Anything except what nobody would miss, since undoing restores everything as it was. An alarm goes on anyway.
    "undo": (WORK | PUBLICATION) - {"alarm_raised"},
}


def waits(event: Event) -> bool:
    """Whether email about this event waits until it can't be undone anymore. Never for what residents or the system do."""
    return event.kind in UNDOABLE and event.user_id is not None


def changes_since(service_request: ServiceRequest, last_event_id: int, form: str) -> list[Event]:
    """Events after this one that make the form outdated, oldest first. Lock the request first, or it may change meanwhile."""
    kinds = CHANGES_FOR.get(form, WORK)
    if not kinds:
        return []
    later = Event.objects.filter(service_request=service_request, id__gt=last_event_id, kind__in=kinds)
    if form == VERSION:
        later = later.filter(_COUNTS)
    return list(later.select_related("user", "person", "api_key").order_by("id"))


# What routing does by itself, seconds after the report, outdates no program that read it before.
_BY_ROUTING = Q(kind__in=("routed", "triaged", "assigned", "priority_set"), user=None)
_COUNTS = ~_BY_ROUTING | Q(data__reason="by_hand")


def version_event() -> QuerySet[Event, Any]:
    """The id of a request's last event that makes a new VERSION of it, as a subquery of a statement that reads the request."""
    events = Event.objects.filter(service_request=OuterRef("pk"), kind__in=CHANGES_FOR[VERSION])
    return events.filter(_COUNTS).order_by("-id").values("id")[:1]
