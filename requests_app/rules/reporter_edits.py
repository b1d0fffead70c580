"""What whoever reported it may still change about a report, and until when: the one rule for pages, buttons and actions."""

import hashlib

from requests_app.models import Event, Photo, QuestionVersion, ServiceRequest, ServiceVersion, Status
from requests_app.rules import intake

# Photos that come after the report, besides those that came with it.
LATER_PHOTOS_MAX = 5
# What staff do without anybody having looked into the report: taking it by phone, opening its contact, an internal note.
_NOT_TRIAGE = ("submitted", "reporter_viewed", "noted")


def too_late(service_request: ServiceRequest) -> str:
    """Why words and place cannot be changed any more: ended, joined, started; empty while they can.

    Once somebody has accepted or triaged it, or others have joined it, it must not become another report under their hands.
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
    """As long as it is open: a photo of how it looks today helps also whoever is on their way."""
    return service_request.is_open and service_request.service_version.photo_policy != ServiceVersion.PhotoPolicy.NONE


def later_photos(service_request: ServiceRequest) -> list[Photo]:
    """Those that the reporter added afterward, in their order."""
    told = Event.objects.filter(service_request=service_request, kind="photo_added").values_list("data", flat=True)
    ids = [data.get("photo_id") for data in told]
    return list(service_request.photos.filter(pk__in=ids).order_by("id")) if ids else []


def text_questions(service_request: ServiceRequest, given: dict[str, object]) -> list[QuestionVersion]:
    """The questions that are answered in free words, as the other answers ask them. Choices decide what is done, and stay."""
    questions = intake.questions_of(service_request.service_version)
    return [one for one in questions if one.kind == QuestionVersion.Kind.TEXT and intake.is_asked(one, given)]


def fingerprint(service_request: ServiceRequest) -> str:
    """Another one after each change of what can be changed."""
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
