"""The page of one request: its facts, actions, due time and timeline."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions import privacy
from requests_app.messages import wording
from requests_app.models import Answer, OutboxRow, Participation, QuestionVersion, ServiceRequest, User
from requests_app.places import assets
from requests_app.rules import duplicates, permissions, redaction
from staff_app import due
from staff_app.decorators import StaffRequest, may_read_reporter, reads_for_department, staff_page
from staff_app.moderation import public_view
from staff_app.queue import alarms, listing, rows
from staff_app.request import actions, timeline
from staff_app.request.forms import colleagues

# Answers with one of these effects concern danger or urgency, so they are shown first.
SAFETY_EFFECTS = {"priority", "resolve_target", "stop", "private_photos"}


@staff_page
def detail(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    return render(request, "staff_app/request/detail.html", _context(request, service_request))


@staff_page
@require_POST
def reporter(request: StaffRequest, reference: str) -> HttpResponse:
    """Shows the reporter's contact; the view is recorded in the timeline with its reason, without which nothing is shown."""
    service_request = get_request_or_404(request.user, reference, "view_reporter", jurisdiction=request.jurisdiction)
    if not may_read_reporter(request.user, service_request):
        raise permissions.Denied("view_reporter")
    reason = request.POST.get("reason", "")
    if reason not in privacy.VIEW_REASONS:
        context = {"service_request": service_request, "reasons": privacy.VIEW_REASONS, "is_missing": True}
        return render(request, "staff_app/request/reporter.html", context, status=422)
    privacy.view_reporter(service_request, reason=reason, actor=request.user)
    people = (
        service_request.participations.select_related("person")
        .prefetch_related("person__contact_points")
        .order_by("created_at", "id")
    )
    context = {"service_request": service_request, "people": [_person(one) for one in people]}
    return render(request, "staff_app/request/reporter.html", context)


def _person(participation: Participation) -> dict[str, Any]:
    return {
        "participation": participation,
        "role": role_words(participation.role),
        "language": rows.language_name(participation.person.language),
        "points": participation.person.contact_points.all(),
    }


def role_words(role: str) -> str:
    return {
        Participation.Role.REPORTER: _("Reporter"),
        Participation.Role.AFFECTED: _("Also affected"),
        Participation.Role.CALLER: _("Caller"),
        Participation.Role.FOLLOWER: _("Follower"),
    }[Participation.Role(role)]


@dataclass(frozen=True)
class Email:
    """state: sent, waiting, skipped or undeliverable; words: the state with its reason."""

    what: str
    state: str
    words: str
    at: Any


def _context(request: StaffRequest, service_request: ServiceRequest) -> dict[str, Any]:
    user, at = request.user, listing.Moment.of(request.jurisdiction)
    waits = due.hold_words(request.jurisdiction)
    for_department = reads_for_department(user, service_request)
    safety, other = _answers(service_request, for_department=for_department)
    clocks = list(service_request.clocks.select_related("target", "suspension").order_by("-id"))
    resolve = next((clock for clock in clocks if clock.kind == "resolve" and clock.met_at is None), None)
    buttons = actions.buttons(user, service_request)
    photos = list(service_request.photos.order_by("id"))
    if not permissions.reads_identity(user, service_request):
        redaction.redact_answers([*safety, *other])
        redaction.redact_photos(photos)
    verbs = {action.verb for action in actions.ACTIONS if action.is_possible(service_request)}
    return {
        "service_request": service_request,
        "due": due.of(service_request, at.now, waits),
        "promise": due.promise(resolve) if resolve else "",
        "stopped": due.stopped(clocks),
        "why": due.priority_reason(service_request),
        "status": wording.status_words(service_request, now=at.now),
        "next_step": wording.next_step(service_request, now=at.now),
        "flags": rows.flags(service_request, at.now, request.jurisdiction),
        "language": rows.language_name(service_request.language),
        "alarms": alarms.of_request(service_request),
        "can_mark_needless": permissions.can(user, "note", service_request),
        "safety": safety,
        "answers": other,
        "photos": photos,
        "view": public_view.public_view(service_request, user, photos),
        "asset_name": assets.name_of(request.jurisdiction, service_request.asset) if service_request.asset else "",
        "areas": [(area.layer, area.name) for area in service_request.areas.only("layer", "name").order_by("layer")],
        "reasons": privacy.VIEW_REASONS,
        "reporter": _reporter(service_request) if may_read_reporter(user, service_request) else None,
        "near": _related(service_request, user),
        "buttons": buttons,
        "can_assign_me": "assign" in verbs
        and permissions.can(user, "assign", service_request)
        and service_request.assignee_id != user.pk
        and colleagues(service_request, user).filter(pk=user.pk).exists(),
        "can_read_answer": service_request.has_new_answer and permissions.can(user, "accept", service_request),
        "can_finish": "resolve" in verbs and permissions.can(user, "resolve", service_request),
        "can_hold": "hold" in verbs and permissions.can(user, "hold", service_request),
        "lines": timeline.lines(
            service_request,
            waits,
            user,
            for_department=for_department,
            reads_hidden=permissions.can(user, "hide", service_request),
        ),
        "routing": timeline.routing(service_request),
        "emails": _emails(service_request),
    }


def _related(service_request: ServiceRequest, user: User) -> list[tuple[ServiceRequest, str]]:
    """Possible duplicates of an open request, with their distance."""
    if not service_request.is_open:
        return []
    nearby = duplicates.beside(service_request, user)
    redaction.redact_for(user, [one.service_request for one in nearby])
    return [(one.service_request, wording.away(one.metres)) for one in nearby]


def _answers(service_request: ServiceRequest, *, for_department: bool) -> tuple[list[Answer], list[Answer]]:
    """Answers about danger or urgency, and the others; without department-only answers unless for_department."""
    safety: list[Answer] = []
    other: list[Answer] = []
    for answer in service_request.answers.select_related("question_version").order_by("question_version__order"):
        question = answer.question_version
        if question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        chosen = answer.value if isinstance(answer.value, list) else [answer.value]
        effects = [option.get("effects", {}) for option in question.options if option.get("value") in chosen]
        (safety if any(SAFETY_EFFECTS & set(effect) for effect in effects) else other).append(answer)
    return safety, other


def _reporter(service_request: ServiceRequest) -> dict[str, Any]:
    """What is shown before the contact is opened: no name, no address."""
    first = (
        service_request.participations.filter(role__in=[Participation.Role.REPORTER, Participation.Role.CALLER])
        .select_related("person")
        .order_by("id")
        .first()
    )
    return {
        "language": rows.language_name(first.person.language) if first else "",
        "may_be_called": first is not None and first.person.may_be_called,
        "reachable": first is not None and first.contact_point_id is not None,
    }


def _emails(service_request: ServiceRequest) -> list[Email]:
    """Emails sent, waiting or undeliverable, without the addresses."""
    emails = []
    outside = OutboxRow.objects.filter(service_request=service_request, lane=OutboxRow.Lane.OUTSIDE, done_at=None)
    for row in outside.order_by("-id")[:50]:
        what = timeline.outbox_words(row.kind)
        if row.dead_at is not None:
            words = _("Undeliverable (%(error)s)") % {"error": row.last_error}
            emails.append(Email(what, "undeliverable", words, row.dead_at))
        else:
            emails.append(Email(what, "waiting", _("Waiting to be sent"), row.created_at))
    for message in service_request.messages.select_related("contact_point").order_by("-id")[:50]:
        what = timeline.outbox_words(f"email_{message.kind}")
        if message.sent_at is None:
            emails.append(Email(what, "skipped", _("Not sent: too many emails to this address"), message.created_at))
        elif message.contact_point is not None and message.contact_point.bounced_at is not None:
            emails.append(
                Email(what, "undeliverable", _("Sent, but email to this address now bounces"), message.sent_at)
            )
        else:
            emails.append(Email(what, "sent", _("Sent"), message.sent_at))
    return emails
