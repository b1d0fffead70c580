"""Requests and tasks as the member of staff sees them: the fields of serializers.py, and no others."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery

from requests_app import links
from requests_app.access import numbered
from requests_app.core.localized import localized
from requests_app.messages.request_shape import keyed_photo_urls, moment, photo_urls, promised
from requests_app.models import Department, Jurisdiction, RequestArea, ServiceRequest, Status, Task, Team, User
from requests_app.places import assets
from requests_app.rules.people import permissions
from requests_app.rules.promises import promises
from requests_app.rules.promises.promises import Promise
from requests_app.rules.publication import redaction
from requests_app.rules.shared.directory import Directory
from requests_app.rules.work import staff_actions
from requests_app.rules.work import tasks as task_rules
from staff_app.decorators import reads_for_department
from staff_app.queue import listing
from staff_app.request import answers, timeline
from staff_app.request.actions import ACTIONS

# Of each row, besides what the queue's page reads.
COLUMNS = ("point", "channel", "updated_at", "external_id", "external_source", "api_key_id", "bounces", "thanks_count")
WHOLE = numbered(
    area_ids=ArraySubquery(RequestArea.objects.filter(service_request=OuterRef("pk")).values("area")),
    version_event_id=Subquery(staff_actions.version_event()),
    has_tasks=Exists(Task.objects.filter(service_request=OuterRef("pk"))),
)


def rows(
    city: Jurisdiction,
    user: User,
    service_requests: Sequence[ServiceRequest],
    directory: Directory,
    fields: Iterable[str] | None,
) -> list[dict[str, Any]]:
    """As many queries for a page as for one. fields: None for all."""
    listing.fill(service_requests, city, directory)
    redaction.redact_for(user, service_requests)
    more = {
        values[0]: dict(zip(COLUMNS, values[1:], strict=True))
        for values in ServiceRequest.objects.filter(pk__in=[row.pk for row in service_requests]).values_list(
            "pk", *COLUMNS
        )
    }
    site = links.base_url(city)
    promise_by_id = promises.of_all(service_requests)
    listed = []
    for row in service_requests:
        row.jurisdiction = city
        for name, value in more.get(row.pk, {}).items():
            setattr(row, name, value)
        every = _row(row, promise_by_id[row.pk], user, directory, site)
        listed.append({name: every[name] for name in fields} if fields else every)
    return listed


def _row(row: ServiceRequest, promise: Promise, user: User, directory: Directory, site: str) -> dict[str, Any]:
    version, point, zone = row.service_version, row.point, row.jurisdiction.zone
    return {
        "reference": row.display_reference,
        "url": f"{site}/api/v1/staff/requests/{row.reference}/",
        "html_url": f"{site}/staff/r/{row.reference}/",
        "service": {"code": row.service.service_code, "name": localized(version.name)},
        "status": row.status,
        "is_open": row.is_open,
        "outcome": row.disposition or None,
        "priority": row.priority,
        "priority_reason": row.priority_reason,
        "flags": _flags(row),
        "public_state": row.public_state,
        "description": row.description,
        "language": row.language,
        "channel": row.channel,
        "department": _department(row.department),
        "team": _named(row.team),
        "assignee": _named(row.assignee),
        "address": row.address or None,
        "lat": round(point.y, 6) if point else None,
        "long": round(point.x, 6) if point else None,
        "areas": _areas(row, directory),
        "people_count": row.people_count,
        "affected_count": row.affected_count,
        "thanks_count": row.thanks_count,
        "submitted_at": moment(row.submitted_at, zone),
        "updated_at": moment(row.updated_at, zone),
        "acknowledge_due_at": moment(promise.review_by, zone),
        "acknowledged_at": moment(row.acknowledged_at, zone),
        "due_at": moment(row.due_at, zone),
        **promised(promise, zone),
        "resolved_at": moment(row.resolved_at, zone),
        "hold_reason": row.hold_reason or None,
        "hold_until": row.hold_until.isoformat() if row.hold_until else None,
        "outside_number": permissions.outside_number(user, row) or None,
    }


def _department(department: Department | None) -> dict[str, str] | None:
    return {"code": department.code, "name": localized(department.name)} if department else None


def _named(team_or_user: Team | User | None) -> dict[str, str] | None:
    return {"id": str(team_or_user.pk), "name": str(team_or_user)} if team_or_user else None


def _flags(row: ServiceRequest) -> list[str]:
    """Codes of the queue's flags."""
    raised = {
        "danger": row.priority_reason == "danger",
        "after_warning": row.after_warning,
        "threat": row.review_reason == "threat",
        "not_accepted": row.acknowledged_at is None and row.status in (Status.RECEIVED, Status.ROUTED),
        "new_reply": row.has_new_answer,
        "reopened": row.reopened_count > 0,
        "several_people": row.affected_count > 1,
        "bounced": row.bounces >= 2,
    }
    return [flag for flag, is_raised in raised.items() if is_raised]


def _areas(row: ServiceRequest, directory: Directory) -> list[dict[str, str]]:
    ids: list[int] = row.area_ids  # type: ignore[attr-defined]
    found = [directory.areas[pk] for pk in ids if pk in directory.areas]
    return [
        {"layer": area.layer, "code": area.code, "name": area.label}
        for area in sorted(found, key=lambda area: (area.layer, area.code))
    ]


# --- One --------------------------------------------------------------------------------------------------------------


def whole(city: Jurisdiction, user: User, service_request: ServiceRequest, directory: Directory) -> dict[str, Any]:
    """A request that was read by the statement WHOLE."""
    site, zone = links.base_url(city), city.zone
    for_department = reads_for_department(user, service_request)
    shown_answers = [
        answer for part in answers.split(service_request, for_department=for_department) for answer in part
    ]
    if not permissions.reads_identity(user, service_request):
        redaction.redact_answers(shown_answers)
    activity = timeline.page(
        service_request,
        user,
        for_department=for_department,
        reads_hidden=permissions.can(user, "hide", service_request),
    )
    owner, parent = service_request.owner, service_request.duplicate_of
    tasks = (
        list(service_request.tasks.select_related("department", "team").order_by("id"))
        if service_request.has_tasks
        else []
    )
    redaction.redact_tasks(user, tasks, city)
    return {
        **_row(service_request, promises.of(service_request), user, directory, site),
        "place_note": service_request.place_note or None,
        "asset": {"code": service_request.asset.asset_id, "name": assets.name_of(city, service_request.asset)}
        if service_request.asset
        else None,
        "answers": [
            {"code": answer.question_version.code, "question": answer.question_text, "answer": answer.value_text}
            for answer in sorted(shown_answers, key=lambda answer: answer.question_version.order)
        ],
        "photos": _photos(service_request, user, site),
        "sent_by": service_request.api_key.name if service_request.api_key else None,
        "owner": {"code": owner.code, "name": owner.name} if owner else None,
        "owner_number": service_request.owner_reference or None,
        "combined_with": parent.display_reference if parent else None,
        "scheduled_for": service_request.scheduled_for.isoformat() if service_request.scheduled_for else None,
        "reopened_count": service_request.reopened_count,
        "tasks": [task(row, city, service_request) for row in tasks],
        "timeline": [
            {
                "at": moment(line.at, zone),
                "text": line.what,
                "by": line.who,
                "comment": line.comment.text if line.comment else None,
                "is_internal": line.internal,
                "is_undone": line.undone,
            }
            for line in activity.lines
        ],
        "actions": possible(user, service_request),
    }


def _photos(service_request: ServiceRequest, user: User, site: str) -> list[dict[str, Any]]:
    """As on the request's page. Those that aren't public open with the key."""
    rows = list(service_request.photos.order_by("id"))
    if not permissions.reads_identity(user, service_request):
        redaction.redact_photos(rows)
    listed = []
    for row in rows:
        is_public = service_request.is_public and not row.is_private and row.hidden_at is None
        urls = (
            photo_urls(site, row.name)
            if is_public
            else keyed_photo_urls(site, "staff", service_request.reference, row.name)
        )
        listed.append(
            {
                "id": row.name,
                **urls,
                "width": row.width,
                "height": row.height,
                "alt": row.alt,
                "kind": row.kind,
                "is_public": is_public,
                "is_hidden": row.hidden_at is not None,
            }
        )
    return listed


def possible(user: User, service_request: ServiceRequest) -> list[str]:
    """The verbs that both the status and the permissions allow."""
    return [
        action.verb
        for action in ACTIONS
        if action.is_possible(service_request) and permissions.can(user, action.verb, service_request)
    ]


# --- Tasks ------------------------------------------------------------------------------------------------------------


def task(row: Task, city: Jurisdiction, about: ServiceRequest) -> dict[str, Any]:
    order = {"number": row.outside_number, "url": row.outside_url or None, "status": row.outside_status or None}
    return {
        "id": str(row.pk),
        "url": f"{links.base_url(city)}/api/v1/staff/tasks/{row.pk}/",
        "request": about.display_reference,
        "department": _department(row.department),
        "team": _named(row.team),
        "what": row.what,
        "state": row.state,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "after": str(row.after_id) if row.after_id else None,
        "work_order": order if row.outside_number else None,
        "created_at": moment(row.created_at, city.zone),
        "ended_at": moment(row.ended_at, city.zone),
    }


def whole_task(row: Task, city: Jurisdiction, user: User) -> dict[str, Any]:
    """As on the page of the task, whose department may not open the request."""
    about = row.service_request
    redaction.redact_for(user, [about])
    redaction.redact_tasks(user, [row], city)
    point = about.point
    return {
        **task(row, city, about),
        "service": {"code": about.service.service_code, "name": localized(about.service_version.name)},
        "address": about.address or None,
        "lat": round(point.y, 6) if point else None,
        "long": round(point.x, 6) if point else None,
        "description": about.description if task_rules.reads_words(user, about) else None,
    }
