"""The catalog of what webhooks tell: the types, the kinds of events behind each, and their words for developers."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class EventType:
    """words: in English, as the API has them; pages translate them."""

    name: str
    kinds: tuple[str, ...]
    words: str


TEST = "webhook.test"
REMOVED = "request.removed"

CATALOGUE = (
    EventType(
        "request.submitted", ("submitted", "published", "made_public"), _("A request came in, or became public.")
    ),
    EventType("request.routed", ("routed", "transferred"), _("It has a department, or another one.")),
    EventType("request.accepted", ("accepted",), _("Its department accepted it.")),
    EventType("request.scheduled", ("scheduled",), _("Work has a day.")),
    EventType("request.visited", ("visited",), _("Somebody visited the place.")),
    EventType("request.made_safe", ("made_safe",), _("The danger is over; the work isn’t.")),
    EventType(
        "request.on_hold", ("put_on_hold", "asked"), _("Work waits: for something, or for the reporter’s answer.")
    ),
    EventType("request.resumed", ("resumed", "answered"), _("Work goes on.")),
    EventType("request.commented", ("commented",), _("The city wrote a public comment.")),
    EventType("request.resolved", ("resolved",), _("Work ended, with an outcome.")),
    EventType("request.handed_over", ("handed_over",), _("It belongs to another owner, who got an email.")),
    EventType("request.merged", ("merged",), _("It was combined with an earlier request.")),
    EventType("request.unmerged", ("unmerged",), _("It is a request of its own again.")),
    EventType("request.withdrawn", ("withdrawn",), _("Its reporter withdrew it.")),
    EventType("request.reopened", ("reopened",), _("It is open again.")),
    EventType("request.reopening_undone", ("reopening_undone",), _("It isn’t open again after all.")),
    EventType("request.closed", ("closed",), _("Nothing will happen to it anymore.")),
    EventType("request.joined", ("joined", "duplicate_merged"), _("More people are affected.")),
    EventType(
        "request.changed",
        ("edited", "place_corrected", "service_changed", "text_hidden", "text_restored"),
        _("Its words, its place or its service changed."),
    ),
    EventType(
        "request.photos_changed",
        ("photo_added", "photo_removed", "photo_hidden", "photo_restored"),
        _("A photo was added or removed."),
    ),
    EventType(
        REMOVED, ("hidden", "kept_private", "pending_review", "erased"), _("It isn’t public anymore: delete it.")
    ),
    EventType(TEST, (), _("Somebody tries the webhook out.")),
)
NAMES = tuple(one.name for one in CATALOGUE)
# What may be subscribed to; a test is sent in any case.
CHOICES = tuple(name for name in NAMES if name != TEST)
BY_KIND = {kind: one.name for one in CATALOGUE for kind in one.kinds}


def body(name: str, *, at: str, reference: str = "", url: str = "") -> dict[str, object]:
    """What is sent, before the request itself is added to a full one."""
    data = {"reference": reference, "url": url} if reference else {}
    return {"type": name, "timestamp": at, "data": data}
