"""Edits and place corrections of a request as diffs, for the timeline."""

from collections.abc import Iterable

from requests_app.models import Event, PlaceRevision, QuestionVersion, ServiceRequest
from requests_app.rules.publication import public_texts, redaction
from requests_app.rules.publication.known_people import Known
from requests_app.rules.shared.text_diff import Piece, text_diff


def by_event(
    service_request: ServiceRequest,
    events: Iterable[Event],
    *,
    for_department: bool,
    reads_hidden: bool,
    reads_identity: bool,
) -> dict[int, tuple[Piece, ...]]:
    """Diffs by event id; no query for a request that was never edited.

    reads_hidden: whether the user may read text that staff have hidden since; reads_identity: and personal data.
    """
    revised = {
        int(event.data["revision_id"]): event
        for event in events
        if event.kind in ("edited", "edited_privately", "text_edited") and event.data.get("revision_id")
    }
    moved = {
        int(event.data["revision_id"]): event
        for event in events
        if event.kind == "place_corrected" and event.data.get("revision_id")
    }
    # Whose names are left out.
    names = None if reads_identity or not (revised or moved) else redaction.of_request(service_request.pk)
    return {
        **(_text_diffs(service_request, revised, for_department, reads_hidden, names) if revised else {}),
        **(_place_diffs(service_request, moved, names) if moved else {}),
    }


def _text_diffs(
    service_request: ServiceRequest,
    events: dict[int, Event],
    for_department: bool,
    reads_hidden: bool,
    names: Known | None,
) -> dict[int, tuple[Piece, ...]]:
    diffs = {}
    hidden = set() if reads_hidden else {key for key, *_ in public_texts.removed_texts(service_request)}
    revisions = service_request.text_revisions.select_related("answer__question_version").filter(pk__in=events)
    for revision in revisions:
        question = revision.answer.question_version if revision.answer else None
        if question and question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        # An older version may contain text that was hidden later.
        if public_texts.key_of_revision(revision) in hidden:
            continue
        before, after = revision.before, revision.after
        if names is not None:
            label = revision.answer.question_text if revision.answer else ""
            before, after = (redaction.redacted(text, label=label, people=names) for text in (before, after))
        diffs[events[revision.pk].pk] = tuple(text_diff(before, after))
    return diffs


def _place_diffs(
    service_request: ServiceRequest, events: dict[int, Event], names: Known | None
) -> dict[int, tuple[Piece, ...]]:
    """A revision holds the place before the change; the next revision, or the request, holds the place after it."""
    diffs: dict[int, tuple[Piece, ...]] = {}
    after = _place(service_request)
    for revision in service_request.place_revisions.order_by("-id"):
        if names is not None:
            redaction.redact_place(revision, names)
        before = _place(revision)
        if revision.pk in events:
            diffs[events[revision.pk].pk] = (Piece("out", before), Piece("in", after))
        after = before
    return diffs


def _place(place: ServiceRequest | PlaceRevision) -> str:
    """ "12 Elm St, by the gate (40.50000, -69.00000) "."""
    address = ", ".join(part for part in (place.address, place.place_note) if part)
    point = f"({place.point.y:.5f}, {place.point.x:.5f})" if place.point else ""
    return " ".join(part for part in (address, point) if part) + " "
