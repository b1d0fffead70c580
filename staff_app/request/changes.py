"""What a reporter or staff changed of a report, as the timeline shows it: what stood there before, and what came."""

from collections.abc import Iterable

from requests_app.models import Event, PlaceRevision, QuestionVersion, ServiceRequest
from requests_app.rules import public_texts
from requests_app.rules.text_diff import Piece, text_diff


def by_event(
    service_request: ServiceRequest, events: Iterable[Event], *, for_department: bool, reads_hidden: bool
) -> dict[int, tuple[Piece, ...]]:
    """By the event's id; nothing is read for a request that nobody changed.

    reads_hidden: for whoever also reads what staff took out since.
    """
    revised = {
        int(event.data["revision_id"]): event
        for event in events
        if event.kind in ("edited", "edited_for_staff") and event.data.get("revision_id")
    }
    moved = {
        int(event.data["revision_id"]): event
        for event in events
        if event.kind == "place_corrected" and event.data.get("revision_id")
    }
    return {
        **(_words(service_request, revised, for_department, reads_hidden) if revised else {}),
        **(_places(service_request, moved) if moved else {}),
    }


def _words(
    service_request: ServiceRequest, events: dict[int, Event], for_department: bool, reads_hidden: bool
) -> dict[int, tuple[Piece, ...]]:
    found = {}
    hidden = set() if reads_hidden else {key for key, *_ in public_texts.removed_texts(service_request)}
    revisions = service_request.text_revisions.select_related("answer__question_version").filter(pk__in=events)
    for one in revisions:
        question = one.answer.question_version if one.answer else None
        if question and question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        # What was taken out later may stand in what was there before.
        if public_texts.key_of_revision(one) in hidden:
            continue
        found[events[one.pk].pk] = tuple(text_diff(one.before, one.after))
    return found


def _places(service_request: ServiceRequest, events: dict[int, Event]) -> dict[int, tuple[Piece, ...]]:
    """A revision is what stood before; what came instead stands in the next one, or in the request."""
    found: dict[int, tuple[Piece, ...]] = {}
    after = _place(service_request)
    for one in service_request.place_revisions.order_by("-id"):
        before = _place(one)
        if one.pk in events:
            found[events[one.pk].pk] = (Piece("out", before), Piece("in", after))
        after = before
    return found


def _place(one: ServiceRequest | PlaceRevision) -> str:
    """ "12 Elm St, by the door (40.50000, -69.00000) "."""
    said = ", ".join(part for part in (one.address, one.place_note) if part)
    point = f"({one.point.y:.5f}, {one.point.x:.5f})" if one.point else ""
    return " ".join(part for part in (said, point) if part) + " "
