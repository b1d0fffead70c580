"""The email to a department that works by email alone: the facts of a request, with links to accept, send back or resolve it."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import events, links
from requests_app.links import DepartmentLink
from requests_app.messages import email, email_parts, staff_email, wording
from requests_app.models import (
    CONFIDENTIAL,
    Comment,
    Department,
    Event,
    OutboxRow,
    Participation,
    PublicState,
    ServiceRequest,
)
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.publication.known_people import Known

OF_REPORTER = (Participation.Role.REPORTER, Participation.Role.CALLER)


def mail_department(row: OutboxRow) -> None:
    """Nothing if it went on to another department meanwhile."""
    _kind, _event_id, department_id = row.dedupe_key.split(":")
    service_request, event = row.service_request, row.event
    department = Department.objects.select_related("jurisdiction").filter(pk=int(department_id), active=True).first()
    if service_request is None or event is None or department is None:
        return
    if not department.works_by_email or not department.email or service_request.department_id != department.pk:
        return
    if service_request.public_state in permissions.INVISIBLE or not service_request.is_open:
        return
    city = service_request.jurisdiction
    with override(city.languages[0]), timezone.override(city.zone):
        mail = compose(service_request, event, department)
    mail.extra_headers["Message-ID"] = email.message_id(event.pk, department.pk, "department_work", city)
    mail.extra_headers["X-Lamplighter-Event"] = "department_work"
    email.send(mail, None)


def compose(service_request: ServiceRequest, event: Event, department: Department) -> EmailMultiAlternatives:
    """In the active language. Nothing about a confidential request but its number and service."""
    city = service_request.jurisdiction
    is_confidential = service_request.public_state in CONFIDENTIAL
    # This copy is for the email alone.
    people = redaction.of_request(service_request.pk)
    redaction.redact(service_request, people)
    context: dict[str, Any] = {
        "service_request": service_request,
        "city": city,
        "department": department,
        "kind": event.kind,
        "is_confidential": is_confidential,
        "due": staff_email.due_words(service_request),
        "status": wording.status_words(service_request, to_reporter=False),
        "facts": [] if is_confidential else _facts(service_request),
        "report_text": "" if is_confidential else _text(service_request, event, people),
        "reporter": [] if is_confidential else _reporter(service_request, department),
        "public_url": _public_url(service_request),
        "urls": {act: links.department_url(DepartmentLink(event, department, act)) for act in links.DEPARTMENT_ACTS},
        "can_accept": service_request.status == "routed",
        "demo": settings.DEMO,
    }
    if is_confidential:
        service_request.address = ""
    mail = email.about(service_request, "emails/department_work", context, to=department.email)
    mail.alternatives.clear()
    what = email_parts.about(service_request, service_request.address)
    html = render_to_string(
        "emails/department_work.html",
        {
            **context,
            "title": mail.subject,
            "status_line": email.status_now(service_request),
            "what": what,
            "pictures": email_parts.map_of(service_request, what=what),
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _facts(service_request: ServiceRequest) -> list[tuple[str, str]]:
    """Answers to the service's questions, without personal data."""
    answers = list(service_request.answers.select_related("question_version").order_by("question_version__order"))
    redaction.redact_answers(answers)
    return [(answer.question_text, answer.value_text) for answer in answers if answer.value_text]


def _text(service_request: ServiceRequest, event: Event, names: Known) -> str:
    """What the reporter wrote, without personal data: the reply that the email is about, or the description."""
    if event.kind == "answered":
        reply = Comment.objects.filter(pk=event.data.get("comment_id"), hidden_at=None).first()
        return redaction.redacted(reply.text, people=names) if reply is not None else ""
    return service_request.description


def _reporter(service_request: ServiceRequest, department: Department) -> list[str]:
    """Name, email and phone, if the city lets this department have them. That it got them is recorded."""
    if not department.email_names_reporter or service_request.service_version.visibility == "reporter_to_named_staff":
        return []
    first = (
        service_request.participations.filter(role__in=OF_REPORTER, person__erased_at=None)
        .select_related("person")
        .order_by("id")
        .first()
    )
    if first is None:
        return []
    points = first.person.contact_points.order_by("kind", "id").values_list("value", flat=True)
    found = [value for value in (first.person.name, *points) if value]
    if found:
        events.record(
            service_request,
            "reporter_viewed",
            actor=None,
            reason="department_email",
            by_department_id=department.pk,
        )
    return found


def _public_url(service_request: ServiceRequest) -> str:
    if service_request.public_state != PublicState.PUBLIC:
        return ""
    path = reverse("requests_app:track", args=[service_request.reference])
    return links.base_url(service_request.jurisdiction) + path
