"""The catalog of what webhooks tell: the types, and their words for developers."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from requests_app import event_kinds


@dataclass(frozen=True)
class EventType:
    """words: in English, as the API has them; pages translate them. event_kinds.py says which kinds of events it is sent for."""

    name: str
    words: str


TEST = "webhook.test"
REMOVED = "request.removed"

CATALOGUE = (
    EventType("request.submitted", _("A request came in, or became public.")),
    EventType("request.routed", _("It has a department, or another one.")),
    EventType("request.accepted", _("Its department accepted it.")),
    EventType("request.scheduled", _("Work has a day.")),
    EventType("request.visited", _("Somebody visited the place.")),
    EventType("request.made_safe", _("The danger is over; the work isn’t.")),
    EventType("request.on_hold", _("Work waits: for something, or for the reporter’s answer.")),
    EventType("request.resumed", _("Work goes on.")),
    EventType("request.commented", _("The city wrote a public comment.")),
    EventType("request.resolved", _("Work ended, with an outcome.")),
    EventType("request.handed_over", _("It belongs to another owner, who got an email.")),
    EventType("request.merged", _("It was combined with an earlier request.")),
    EventType("request.unmerged", _("It is a request of its own again.")),
    EventType("request.withdrawn", _("Its reporter withdrew it.")),
    EventType("request.reopened", _("It is open again.")),
    EventType("request.reopening_undone", _("It isn’t open again after all.")),
    EventType("request.closed", _("Nothing will happen to it anymore.")),
    EventType("request.joined", _("More people are affected.")),
    EventType("request.changed", _("Its words, its place or its service changed.")),
    EventType("request.photos_changed", _("A photo was added or removed.")),
    EventType(REMOVED, _("It isn’t public anymore: delete it.")),
    EventType(TEST, _("Somebody tries the webhook out.")),
)
NAMES = tuple(one.name for one in CATALOGUE)
# What may be subscribed to; a test is sent in any case.
CHOICES = tuple(name for name in NAMES if name != TEST)
BY_KIND = {name: kind.webhook for name, kind in event_kinds.KINDS.items() if kind.webhook}
event_kinds.complete(
    {kind for kind, name in BY_KIND.items() if name in CHOICES},
    BY_KIND,
    "CATALOGUE of rules/programs/webhook_events.py",
)


def body(name: str, *, at: str, reference: str = "", url: str = "") -> dict[str, object]:
    """What is sent, before the request itself is added to a full one."""
    data = {"reference": reference, "url": url} if reference else {}
    return {"type": name, "timestamp": at, "data": data}
