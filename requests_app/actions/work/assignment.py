"""Assigning requests to people and departments, returning them to triage, and changing their service and priority."""

from typing import Any

from django.db import transaction
from django.db.models import F

from requests_app import events
from requests_app.actions.alarms import alarms
from requests_app.actions.shared import clocks, counters
from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import (
    CONFIDENTIAL,
    PRIVATE_REASONS,
    Alarm,
    Comment,
    Department,
    PrivacyChoice,
    PublicState,
    RequestArea,
    ReviewReason,
    RoutingDecision,
    ServiceRequest,
    ServiceVersion,
    Team,
    User,
)
from requests_app.places.public_place import public_place
from requests_app.places.tile_cache import forget_tiles
from requests_app.rules.alarms import screening
from requests_app.rules.publication import review
from requests_app.rules.publication.publication import told_by_residents
from requests_app.rules.shared.lifecycle import TRANSITIONS, next_status


@atomic_action
def assign(pk: int, *, assignee: User | Team | None, actor: User, accepts: bool = False) -> ServiceRequest:
    """Assigns to a member of staff, or to a team of the department without naming anyone; None unassigns.

    accepts: also accepts it, if nobody has yet.
    """
    service_request = ServiceRequest.objects.locked(pk)
    changes: list[tuple[ServiceRequest, str, dict[str, Any]]] = []
    fields = ["status", "assignee"]
    if accepts and assignee is not None and (service_request.status, "accept") in TRANSITIONS:
        fields += [*progress.move(service_request, "accept"), *progress.acknowledge(service_request)]
        changes.append((service_request, "accepted", {}))
    service_request.status = next_status(service_request.status, "assign")
    if isinstance(assignee, Team):
        service_request.team, service_request.assignee = assignee, None
        fields.append("team")
        changes.append((service_request, "assigned", {"assignee_id": None, "team_id": assignee.pk}))
    else:
        service_request.assignee = assignee
        changes.append((service_request, "assigned", {"assignee_id": assignee.pk if assignee else None}))
    service_request.save(update_fields=fields)
    events.record_together(changes, actor=actor)
    return service_request


@atomic_action
def transfer(pk: int, *, department: Department, reason: str, actor: User | None) -> ServiceRequest:
    """Transfers to another department, with the reason as a note. Counts as a bounce unless no department had it."""
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "transfer")
    before = service_request.department_id
    note = Comment.objects.create(
        service_request=service_request, kind=Comment.Kind.NOTE, text=reason, user=actor, department_id=before
    )
    service_request.department = department
    service_request.team = service_request.assignee = None
    service_request.in_triage = False
    service_request.hold_reason, service_request.hold_until = "", None
    if before is not None and before != department.pk:
        service_request.bounces += 1
    service_request.routed_at = service_request.updated_at = app_now()
    clocks.hand_to(service_request, department)
    service_request.save(
        update_fields=[
            "status", "department", "team", "assignee", "in_triage", "hold_reason", "hold_until", "bounces", "routed_at",
            "updated_at", *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RoutingDecision.objects.create(service_request=service_request, department=department, reason="by_hand")
    events.record(
        service_request,
        "transferred",
        actor=actor,
        department_id=department.pk,
        from_department_id=before,
        comment_id=note.pk,
    )
    return service_request


@transaction.atomic
def return_to_triage(
    pk: int, *, reason: str, actor: User | None, by_department: Department | None = None
) -> ServiceRequest:
    """Returns the request to the triage queue, with the reason as a note. by_department: by the link in its email."""
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "triage")
    before = service_request.department_id
    Comment.objects.create(
        service_request=service_request, kind=Comment.Kind.NOTE, text=reason, user=actor, department_id=before
    )
    service_request.department = service_request.team = None
    service_request.assignee = None
    service_request.in_triage = True
    service_request.bounces += 1
    service_request.hold_reason, service_request.hold_until = "", None
    service_request.updated_at = app_now()
    clocks.resume(service_request)
    service_request.save(
        update_fields=[
            "status", "department", "team", "assignee", "in_triage", "bounces", "hold_reason", "hold_until", "updated_at",
            *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    by: dict[str, Any] = {"by_department_id": by_department.pk} if by_department is not None else {}
    events.record(service_request, "triaged", actor=actor, reason="by_hand", from_department_id=before, **by)
    return service_request


@transaction.atomic
def change_service(pk: int, *, version: ServiceVersion, actor: User, names_nobody: bool = False) -> ServiceRequest:
    """Corrects the service and recomputes what is public by the new service's rule. A hidden or private request stays so.

    names_nobody: staff read an “I don’t know” report and may make it public, if its service now is.
    """
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "change_service")
    makes_public = names_nobody and review.may_publish_unknown(service_request, version)
    if makes_public and screening.distress_in(service_request.jurisdiction, told_by_residents(service_request)):
        # It joins those that are private until somebody who may read confidential requests has decided.
        makes_public, service_request.review_reason = False, ReviewReason.DISTRESS
    elif version.is_confidential and service_request.review_reason in PRIVATE_REASONS:
        service_request.review_reason = ""
    before, before_state = service_request.service, service_request.public_state
    is_same = version.service_id == before.pk
    service_request.service = version.service
    service_request.service_version = version
    service_request.priority = min(service_request.priority, version.priority)
    new_state = review.public_state_of(version, is_test=service_request.is_test)
    # A hidden request becomes confidential too: all of City Hall can read hidden requests.
    if before_state == "public" or (
        new_state in CONFIDENTIAL and before_state in ("hidden", "pending_review", *CONFIDENTIAL)
    ):
        service_request.public_state = new_state
    if makes_public:
        service_request.public_state = PublicState.PUBLIC
        service_request.privacy_choice, service_request.review_reason = PrivacyChoice.OFFERED, ""
    service_request.public_point, service_request.public_address = public_place(
        version.visibility, service_request.point, service_request.address
    )
    if service_request.public_state in CONFIDENTIAL:
        service_request.public_point, service_request.public_address = None, ""
    service_request.updated_at = app_now()
    service_request.save(
        update_fields=[
            "status", "service", "service_version", "priority", "public_state", "public_point", "public_address",
            "privacy_choice", "review_reason", "updated_at",
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(public_state=service_request.public_state)
    if not is_same:
        _restart_clocks(service_request, version)
        events.record(
            service_request,
            "service_changed",
            actor=actor,
            service_code=version.service.service_code,
            from_service_code=before.service_code,
        )
    if makes_public:
        events.record(service_request, "made_public", actor=actor)
    counters.recategorized(service_request, service_id=before.pk, public_state=before_state)
    forget_tiles(service_request.jurisdiction_id)
    return service_request


def _restart_clocks(service_request: ServiceRequest, version: ServiceVersion) -> None:
    # The new service's targets, counted from the old clock's start (the submission or the last reopening), without its holds.
    earlier = list(service_request.clocks.filter(met_at=None))
    service_request.clocks.filter(met_at=None).update(met_at=F("started_at"), step_at=None, suspension=None)
    clocks.start(
        service_request,
        department=service_request.department or version.department,
        at=min((clock.started_at for clock in earlier), default=service_request.submitted_at),
        kinds=("resolve",) if service_request.acknowledged_at else clocks.KINDS,
        shorter=service_request.reopened_count > 0,
        instead_of=earlier,
    )
    if service_request.status == "on_hold":
        clocks.pause(service_request, since=min((one.paused_at for one in earlier if one.paused_at), default=None))
    service_request.save(update_fields=clocks.DUE_FIELDS)


@atomic_action
def set_priority(pk: int, *, priority: int, actor: User) -> ServiceRequest:
    """Dates the clocks by the targets of the new priority. Priority 1 raises an alarm."""
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "set_priority")
    before = service_request.priority
    service_request.priority = priority
    service_request.priority_reason = "staff"
    if priority != before:
        clocks.retarget(service_request, service_request.department or service_request.service_version.department)
    service_request.save(update_fields=["priority", "priority_reason", *clocks.DUE_FIELDS])
    events.record(service_request, "priority_set", actor=actor, priority=priority, from_priority=before)
    if priority == 1 and before != 1:
        alarms.raise_alarm(service_request, reason=Alarm.Reason.STAFF, actor=actor)
    return service_request
