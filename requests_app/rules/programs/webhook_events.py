"""The catalog of what webhooks tell: the types, and their words for developers."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from requests_app import event_kinds


@dataclass(frozen=True)
class EventType:
    """description: in English, as the API has them; pages translate them. event_kinds.py says which events it is sent for."""

    name: str
    description: str


TEST = "webhook.test"
REMOVED = "request.removed"

CATALOG = (
    EventType("request.submitted", _("A request was received or made public.")),
    EventType("request.routed", _("The request was assigned to a department, or to a different one.")),
    EventType("request.accepted", _("The department accepted the request.")),
    EventType("request.scheduled", _("Work was scheduled.")),
    EventType("request.visited", _("Someone visited the location.")),
    EventType("request.made_safe", _("The location was made safe. The repair is still to come.")),
    EventType("request.on_hold", _("Work was put on hold, or is waiting for the reporter’s answer.")),
    EventType("request.resumed", _("Work was resumed.")),
    EventType("request.commented", _("The city posted a public comment.")),
    EventType("request.resolved", _("The request was resolved with an outcome.")),
    EventType("request.handed_over", _("The request was handed over to another owner, who got an email.")),
    EventType("request.merged", _("The request was merged into an earlier one.")),
    EventType("request.unmerged", _("The request was unmerged.")),
    EventType("request.withdrawn", _("The reporter withdrew the request.")),
    EventType("request.reopened", _("The request was reopened.")),
    EventType("request.reopening_undone", _("The reopening was undone.")),
    EventType("request.closed", _("The request was closed and can no longer be reopened.")),
    EventType("request.joined", _("More people are affected.")),
    EventType("request.changed", _("The request’s text, location or service changed.")),
    EventType("request.photos_changed", _("A photo was added or removed.")),
    EventType(REMOVED, _("The request is no longer public. Delete your copy.")),
    EventType(TEST, _("A test event that you requested.")),
)
NAMES = tuple(one.name for one in CATALOG)
# What may be subscribed to; a test is sent in any case.
CHOICES = tuple(name for name in NAMES if name != TEST)
BY_KIND = {name: kind.webhook for name, kind in event_kinds.KINDS.items() if kind.webhook}
event_kinds.complete(
    {kind for kind, name in BY_KIND.items() if name in CHOICES},
    BY_KIND,
    "CATALOG of rules/programs/webhook_events.py",
)


def body(name: str, *, at: str, reference: str = "", url: str = "") -> dict[str, object]:
    """What is sent, before the request itself is added to a full one."""
    data = {"reference": reference, "url": url} if reference else {}
    return {"type": name, "timestamp": at, "data": data}
