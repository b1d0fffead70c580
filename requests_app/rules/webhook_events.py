"""The catalog of what webhooks tell: the types, the kinds of events behind each, and their words for developers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EventType:
    name: str
    kinds: tuple[str, ...]
    words: str


TEST = "webhook.test"
REMOVED = "request.removed"

CATALOGUE = (
    EventType("request.submitted", ("submitted", "published", "made_public"), "A request came in, or became public."),
    EventType("request.routed", ("routed", "transferred"), "It has a department, or another one."),
    EventType("request.accepted", ("accepted",), "Its department accepted it."),
    EventType("request.scheduled", ("scheduled",), "Work has a day."),
    EventType("request.visited", ("visited",), "Somebody looked at it on the spot."),
    EventType("request.made_safe", ("made_safe",), "The danger is over; the work isn’t."),
    EventType("request.on_hold", ("put_on_hold", "asked"), "Work waits: for something, or for the reporter’s answer."),
    EventType("request.resumed", ("resumed", "answered"), "Work goes on."),
    EventType("request.commented", ("commented",), "The city wrote a public comment."),
    EventType("request.resolved", ("resolved",), "Work ended, with an outcome."),
    EventType("request.handed_over", ("handed_over",), "It belongs to another owner, who got an email."),
    EventType("request.merged", ("merged",), "It was combined with an earlier request."),
    EventType("request.unmerged", ("unmerged",), "It is a request of its own again."),
    EventType("request.withdrawn", ("withdrawn",), "Its reporter withdrew it."),
    EventType("request.reopened", ("reopened",), "It is open again."),
    EventType("request.reopening_undone", ("reopening_undone",), "It isn’t open again after all."),
    EventType("request.closed", ("closed",), "Nothing will happen to it anymore."),
    EventType("request.joined", ("joined", "duplicate_merged"), "More people are affected."),
    EventType(
        "request.changed",
        ("edited", "place_corrected", "service_changed", "text_hidden", "text_restored"),
        "Its words, its place or its service changed.",
    ),
    EventType(
        "request.photos_changed",
        ("photo_added", "photo_removed", "photo_hidden", "photo_restored"),
        "A photo was added or removed.",
    ),
    EventType(REMOVED, ("hidden", "kept_private", "pending_review", "erased"), "It isn’t public anymore: delete it."),
    EventType(TEST, (), "Somebody tries the webhook out."),
)
NAMES = tuple(one.name for one in CATALOGUE)
# What may be subscribed to; a test is sent in any case.
CHOICES = tuple(name for name in NAMES if name != TEST)
BY_KIND = {kind: one.name for one in CATALOGUE for kind in one.kinds}


def body(name: str, *, at: str, reference: str = "", url: str = "") -> dict[str, object]:
    """What is sent, before the request itself is added to a full one."""
    data = {"reference": reference, "url": url} if reference else {}
    return {"type": name, "timestamp": at, "data": data}
