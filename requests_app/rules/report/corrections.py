"""What reporters may change about their report, and until when: one rule for pages, buttons and actions."""

import hashlib

from django.db.models import OuterRef, QuerySet

from requests_app.models import Event, Photo, QuestionVersion, ServiceRequest, ServiceVersion, Status
from requests_app.rules.shared import intake, question_kinds

# Photos added later, besides those sent with the report.
LATER_PHOTOS_MAX = 5
# Staff events that don't mean anyone reviewed the report: taken by phone, contact viewed, internal note.
_NOT_TRIAGE = ("submitted", "reporter_viewed", "note_added")

# What happens to the words that a program edits with the private link, before anyone starts working on the report.
VERSION_KINDS = ("edited", "text_hidden", "text_restored", "erased")


def version_events(service_request: ServiceRequest | OuterRef) -> QuerySet[Event]:
    """Those that make a new version of the words for If-Match, oldest first."""
    return Event.objects.filter(service_request=service_request, kind__in=VERSION_KINDS).order_by("id")


def too_late(service_request: ServiceRequest) -> str:
    """Why text and place can no longer be changed: ended, joined, shared, started; empty if they can.

    Once staff have accepted or triaged it, or others have joined it, it must not turn into a different report.
    """
    if service_request.duplicate_of_id is not None:
        return "joined"
    if not service_request.is_open:
        return "ended"
    if service_request.people_count > 1:
        return "shared"
    if service_request.status not in (Status.RECEIVED, Status.ROUTED) or service_request.acknowledged_at is not None:
        return "started"
    by_staff = Event.objects.filter(service_request=service_request, user__isnull=False).exclude(kind__in=_NOT_TRIAGE)
    return "started" if service_request.reopened_count or by_staff.exists() else ""


def takes_photos(service_request: ServiceRequest) -> bool:
    """As long as it is open: a current photo also helps a crew that is already on its way."""
    return service_request.is_open and service_request.service_version.photo_policy != ServiceVersion.PhotoPolicy.NONE


def later_photos(service_request: ServiceRequest) -> list[Photo]:
    """Photos the reporter added later, oldest first."""
    added = Event.objects.filter(service_request=service_request, kind="photo_added").values_list("data", flat=True)
    ids = [data.get("photo_id") for data in added]
    return list(service_request.photos.filter(pk__in=ids).order_by("id")) if ids else []


def text_questions(service_request: ServiceRequest, answers: dict[str, object]) -> list[QuestionVersion]:
    """Free-text questions that apply, given the other answers. Choices decide the work, so they can't be changed."""
    asset = service_request.asset
    questions = intake.questions_of(service_request.service_version, asset.kind if asset else "")
    return [
        question
        for question in questions
        if question.kind in question_kinds.FREE_TEXT and intake.is_asked(question, answers)
    ]


def fingerprint(service_request: ServiceRequest) -> str:
    """Changes whenever something that can be edited changes."""
    point = service_request.point
    answers = service_request.answers.order_by("question_version__order").values_list("question_version__code", "value")
    parts = [
        service_request.description,
        service_request.address,
        service_request.place_note,
        f"{point.y:.6f},{point.x:.6f}" if point else "",
        *(f"{code}={value}" for code, value in answers),
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
