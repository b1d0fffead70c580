"""The page of one request: its facts, actions, due time and timeline."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404, numbered
from requests_app.actions.privacy import reporter_views
from requests_app.actions.programs import readings
from requests_app.core.prepared import Parameter, Prepared
from requests_app.messages import wording
from requests_app.models import (
    Alarm,
    Channel,
    Clock,
    Message,
    OutboxRow,
    Participation,
    RequestArea,
    SensorRequest,
    ServiceRequest,
    Status,
    Task,
    User,
)
from requests_app.places import assets
from requests_app.rules.contacts import letter_pages
from requests_app.rules.people import permissions
from requests_app.rules.promises import silence
from requests_app.rules.publication import redaction
from requests_app.rules.report import same_picture
from requests_app.rules.shared import directory as directories
from requests_app.rules.work import safety_notes
from staff_app import due
from staff_app.decorators import StaffRequest, reads_for_department, staff_page
from staff_app.queue import alarms, listing, rows
from staff_app.queue.updates import OpenPage
from staff_app.request import actions, answers, composer, folds, more_from, peek, similar
from staff_app.request import triage as service_choice

_REPORTER = (
    Participation.objects.filter(
        service_request=OuterRef("pk"), role__in=[Participation.Role.REPORTER, Participation.Role.CALLER]
    )
    .order_by("id")
    .values(
        row=JSONObject(
            language="person__language", may_be_called="person__may_be_called", contact_point="contact_point"
        )
    )
)
# Most requests have neither tasks nor others that belong to them.
_OF_PAGE = numbered(
    area_ids=ArraySubquery(RequestArea.objects.filter(service_request=OuterRef("pk")).values("area")),
    first_reporter=Subquery(_REPORTER[:1]),
    has_tasks=Exists(Task.objects.filter(service_request=OuterRef("pk"))),
    **similar.HAS_OTHERS,
    has_alarm=Exists(Alarm.objects.filter(service_request=OuterRef("pk"))),
    has_bounced=Exists(
        OutboxRow.objects.filter(service_request=OuterRef("pk"), lane=OutboxRow.Lane.OUTSIDE, done_at=None).exclude(
            dead_at=None
        )
    )
    | Exists(Message.objects.filter(service_request=OuterRef("pk")).exclude(contact_point__bounced_at=None)),
    is_silence_question_waiting=silence.is_waiting(),
    may_have_safety_note=safety_notes.may_have_some(),
    has_letter=letter_pages.has_some(),
)

_CLOCKS = Prepared(
    lambda: (
        Clock.objects.filter(service_request=Parameter("request"))
        .select_related("target", "suspension")
        .order_by("-id")
    )
)


@staff_page
def detail(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(
        request.user, reference, "view", jurisdiction=request.jurisdiction, statement=_OF_PAGE
    )
    if request.method == "GET":
        peek.opened(request.user, service_request)
    return render(request, "staff_app/request/detail.html", _context(request, service_request))


@staff_page
@require_POST
def reporter(request: StaffRequest, reference: str) -> HttpResponse:
    """Shows the reporter's contact; the view is recorded in the timeline with its reason, without which nothing is shown."""
    service_request = get_request_or_404(request.user, reference, "view_reporter", jurisdiction=request.jurisdiction)
    if not permissions.may_read_reporter(request.user, service_request):
        raise permissions.Denied("view_reporter")
    reason = request.POST.get("reason", "")
    if reason not in reporter_views.VIEW_REASONS:
        context = {"service_request": service_request, "reasons": reporter_views.VIEW_REASONS, "is_missing": True}
        return render(request, "staff_app/request/reporter.html", context, status=422)
    reporter_views.view_reporter(service_request, reason=reason, actor=request.user)
    people = (
        service_request.participations.select_related("person")
        .prefetch_related("person__contact_points")
        .order_by("created_at", "id")
    )
    context = {
        "service_request": service_request,
        "people": [_person(one) for one in people],
        "pages": letter_pages.of_request(service_request),
        "more": more_from.of_reporter(service_request, request.user),
    }
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


def _context(request: StaffRequest, service_request: ServiceRequest) -> dict[str, Any]:
    user, at = request.user, listing.Moment.of(request.jurisdiction, service_request.loaded_at)
    waits = due.hold_words(request.jurisdiction) if service_request.status == Status.ON_HOLD else {}
    for_department = reads_for_department(user, service_request)
    safety, other = answers.split(service_request, for_department=for_department)
    clocks = _CLOCKS.rows(request=service_request.pk)
    stopped = due.stopped(clocks)
    resolve = next((clock for clock in clocks if clock.kind == "resolve" and clock.met_at is None), None)
    buttons = actions.buttons(user, service_request)
    similar_requests = similar.of(service_request, user)
    photos = similar.photos_of(service_request, similar_requests.joined, user)
    if not permissions.reads_identity(user, service_request):
        redaction.redact_answers([*safety, *other])
        redaction.redact_photos(photos)
    same_picture.note_earlier_uses(photos, user)
    alarm_rows = alarms.of_request(service_request) if service_request.has_alarm else []
    verbs = {action.verb for action in actions.ACTIONS if action.is_possible(service_request)}
    return {
        "service_request": service_request,
        "due": due.of(service_request, at.now, waits, is_stopped=bool(stopped)),
        "promise": due.promise(resolve) if resolve else "",
        "stopped": stopped,
        "asks_why": silence.is_asked(service_request, now=at.now),
        "why": due.priority_reason(service_request),
        "status": wording.status_words(service_request, to_reporter=False, now=at.now),
        "next_step": wording.next_step(service_request, now=at.now),
        "flags": rows.flags(service_request, at.now, request.jurisdiction),
        "language": rows.language_name(service_request.language),
        "alarms": alarm_rows,
        "is_ringing": any(row.alarm.state == "ringing" for row in alarm_rows),
        "readings": _readings(service_request),
        "outside_number": permissions.outside_number(user, service_request),
        "may_manage_keys": permissions.can_in_city(user, "manage_api_keys", service_request.jurisdiction),
        "can_mark_needless": permissions.can(user, "note", service_request),
        "safety": safety,
        "answers": other,
        "safety_notes": len(safety_notes.for_reader(service_request, user))
        if service_request.may_have_safety_note
        else 0,
        "photos": photos,
        "hidden_from_public": "" if service_request.is_public else rows.public_state_words(service_request),
        "asset_name": assets.name_of(request.jurisdiction, service_request.asset) if service_request.asset else "",
        "areas": _areas(service_request),
        "reasons": reporter_views.VIEW_REASONS,
        "reporter": _reporter(service_request) if permissions.may_read_reporter(user, service_request) else None,
        "similar": similar_requests,
        "buttons": buttons,
        "composer": composer.of(service_request, user) if permissions.can(user, "note", service_request) else None,
        "can_choose_service": service_choice.may_choose(user, service_request),
        "can_assign_me": "assign" in verbs
        and permissions.can(user, "assign", service_request)
        and service_request.assignee_id != user.pk,
        "can_read_answer": service_request.has_new_answer and permissions.can(user, "accept", service_request),
        "can_finish": "resolve" in verbs and permissions.can(user, "resolve", service_request),
        "can_hold": (can_hold := "hold" in verbs and permissions.can(user, "hold", service_request)),
        # A contractor doesn't stop the city's clock, but tells the department.
        "can_say_why_not": not can_hold
        and "resolve" in verbs
        and not permissions.reads_identity(user, service_request)
        and permissions.can(user, "note", service_request),
        "can_change_team": "assign" in verbs and permissions.can(user, "assign", service_request),
        "activity": folds.activity(request, service_request),
        "has_bounced": service_request.has_bounced,
        "tasks": _tasks(service_request, user),
        "can_add_task": service_request.is_open and permissions.can(user, "assign", service_request),
        "open_page": OpenPage([], on=service_request.pk).token(user),
    }


def _readings(service_request: ServiceRequest) -> dict[str, Any] | None:
    """Of the sensor that opened it."""
    if service_request.channel != Channel.SENSOR:
        return None
    added = SensorRequest.objects.filter(service_request=service_request).select_related("sensor").first()
    if added is None:
        # The sensor was removed.
        return None
    lowest, highest = (readings.amount(value, added.sensor.unit) for value in (added.lowest, added.highest))
    between = _("%(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}
    return {"row": added, "range": lowest if lowest == highest else between}


def _areas(service_request: ServiceRequest) -> list[tuple[str, str]]:
    known = directories.of(service_request.jurisdiction).areas
    ids: list[int] = service_request.area_ids  # type: ignore[attr-defined]
    found = [known[pk] for pk in ids if pk in known]
    if len(found) < len(ids):
        # An area that has been retired.
        found = list(service_request.areas.only("layer", "name"))
    return sorted((area.layer, area.name) for area in found)


def _tasks(service_request: ServiceRequest, user: User) -> list[Task]:
    if not service_request.has_tasks:
        return []
    found = list(service_request.tasks.select_related("department", "team").order_by("id"))
    redaction.redact_tasks(user, found, service_request.jurisdiction)
    return found


def _reporter(service_request: ServiceRequest) -> dict[str, Any]:
    """What is shown before the contact is opened: no name, no address."""
    first = service_request.first_reporter or {}
    return {
        "language": rows.language_name(first["language"]) if first else "",
        "may_be_called": bool(first.get("may_be_called")),
        "reachable": first.get("contact_point") is not None,
        "has_letter": service_request.has_letter,  # type: ignore[attr-defined]
    }
