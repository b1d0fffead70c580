"""Work on a request and its outcome: accept, schedule, visit, hold, resolve, hand over, reopen, close."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from requests_app import events, photos
from requests_app.actions import alarms, clocks, counters
from requests_app.clock import app_now
from requests_app.models import (
    Comment,
    Department,
    Disposition,
    Event,
    Jurisdiction,
    Owner,
    Participation,
    Person,
    Photo,
    RequestArea,
    ServiceRequest,
    Status,
    User,
)
from requests_app.models.service_request import WAITS_FOR_REQUEST
from requests_app.rules import permissions, reopening, status_history
from requests_app.rules.lifecycle import IllegalTransition, after_hold, next_status
from requests_app.rules.status_history import work_has_begun
from requests_app.transactions import atomic_action

AUTO_CLOSE_AFTER = dt.timedelta(days=30)
# From this reopening on, the request goes to a supervisor.
ESCALATE_AT_REOPENING = 2


class TooLate(Exception):
    """The resident can't do this any more: reopen (see rules/reopening.py), edit, or answer the survey."""


def _acknowledge(service_request: ServiceRequest) -> list[str]:
    """The first sign of work meets the acknowledgment target. Returns the fields to save."""
    if service_request.acknowledged_at is not None:
        return []
    service_request.acknowledged_at = app_now()
    clocks.stop(service_request, "acknowledge")
    return ["acknowledged_at", *clocks.DUE_FIELDS]


def _leave_hold(service_request: ServiceRequest, before: str) -> list[str]:
    """Resumes the clock when a hold ends. Returns the fields to save."""
    if before != Status.ON_HOLD or service_request.status == Status.ON_HOLD:
        return []
    service_request.hold_reason, service_request.hold_until = "", None
    clocks.resume(service_request)
    return ["hold_reason", "hold_until", *clocks.DUE_FIELDS]


def end_hold(service_request: ServiceRequest, action: str) -> list[str]:
    """Ends the hold of a locked request, where "resume" or "answer" does. Returns the fields to save.

    It is in progress afterward only if somebody had begun to work on it.
    """
    before = service_request.status
    service_request.status = next_status(before, action)
    fields = ["status", *_leave_hold(service_request, before)]
    if before == Status.ON_HOLD:
        service_request.status = after_hold(
            begun=work_has_begun(service_request), has_department=service_request.department_id is not None
        )
        if service_request.department_id is None and not service_request.in_triage:
            # It was put on hold before the worker routed it.
            service_request.in_triage = True
            fields.append("in_triage")
    return fields


def _transition(pk: int, action: str) -> tuple[ServiceRequest, list[str]]:
    service_request = ServiceRequest.objects.locked(pk)
    return service_request, move(service_request, action)


def move(service_request: ServiceRequest, action: str) -> list[str]:
    """Moves a locked request to its next status, which may end a hold. Returns the fields to save."""
    before = service_request.status
    service_request.status = next_status(before, action)
    service_request.updated_at = app_now()
    return ["status", "updated_at", *_leave_hold(service_request, before)]


@atomic_action
def accept(pk: int, *, actor: User | None, by_department: Department | None = None) -> ServiceRequest:
    """by_department: by the link in its email, without an actor."""
    service_request, fields = _transition(pk, "accept")
    service_request.save(update_fields=[*fields, *_acknowledge(service_request)])
    by: dict[str, Any] = {"by_department_id": by_department.pk} if by_department is not None else {}
    events.record(service_request, "accepted", actor=actor, **by)
    return service_request


@transaction.atomic
def schedule(pk: int, *, on: dt.date, actor: User) -> ServiceRequest:
    service_request, fields = _transition(pk, "schedule")
    service_request.scheduled_for = on
    service_request.save(update_fields=[*fields, "scheduled_for", *_acknowledge(service_request)])
    events.record(service_request, "scheduled", actor=actor, date=on)
    return service_request


@transaction.atomic
def visit(pk: int, *, actor: User, at: dt.datetime | None = None) -> ServiceRequest:
    """Records a visit, with its time for the public page."""
    service_request, fields = _transition(pk, "visit")
    service_request.visited_at = at or app_now()
    service_request.save(update_fields=[*fields, "visited_at", *_acknowledge(service_request)])
    events.record(service_request, "visited", actor=actor, at=service_request.visited_at)
    return service_request


@transaction.atomic
def make_safe(pk: int, *, actor: User) -> ServiceRequest:
    """Made safe for now, with the repair still to come. The clock keeps running."""
    service_request, fields = _transition(pk, "make_safe")
    service_request.made_safe_at = app_now()
    service_request.save(update_fields=[*fields, "made_safe_at", *_acknowledge(service_request)])
    events.record(service_request, "made_safe", actor=actor)
    return service_request


class WaitsInRing(Exception):
    """The other request waits for this one, directly or through others. str() says so."""


@transaction.atomic
def hold(
    pk: int, *, reason: str, until: dt.date, actor: User, waits_for: ServiceRequest | None = None
) -> ServiceRequest:
    """Puts on hold, with a public reason and a day on which it resumes.

    waits_for: with the reason WAITS_FOR_REQUEST, an open request. Raises WaitsInRing.
    """
    service_request, fields = _transition(pk, "hold")
    other = waits_for
    while other is not None:
        if other.pk == pk:
            raise WaitsInRing(_("That request waits for this one, so neither would ever go on."))
        is_waiting = other.status == Status.ON_HOLD and other.hold_reason == WAITS_FOR_REQUEST
        other = other.waits_for if is_waiting else None
    service_request.hold_reason, service_request.hold_until = reason, until
    service_request.waits_for = waits_for
    clocks.pause(service_request)
    service_request.save(update_fields=[*fields, "hold_reason", "hold_until", "waits_for", *clocks.DUE_FIELDS])
    events.record(service_request, "put_on_hold", actor=actor, reason=reason, until=until)
    return service_request


@transaction.atomic
def resume(pk: int, *, actor: User | None) -> ServiceRequest:
    service_request = ServiceRequest.objects.locked(pk)
    fields = end_hold(service_request, "resume")
    service_request.updated_at = app_now()
    service_request.save(update_fields=[*fields, "updated_at"])
    events.record(service_request, "resumed", actor=actor)
    return service_request


def _end(
    service_request: ServiceRequest, fields: list[str], *, disposition: str, reason: str = "", ends_alarms: bool = True
) -> None:
    service_request.disposition, service_request.disposition_reason = disposition, reason
    service_request.resolved_at = app_now()
    service_request.has_new_answer = False
    clocks.stop(service_request, "acknowledge", "resolve")
    service_request.save(
        update_fields=[
            *fields, "disposition", "disposition_reason", "resolved_at", "has_new_answer", "last_public_message_at",
            *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(is_open=False)
    counters.ended(service_request)
    if ends_alarms:
        alarms.end_alarms(service_request)


def _post_outcome(
    service_request: ServiceRequest, words: str, actor: User | None, language: str | None = None
) -> Comment | None:
    """Posts the public message that goes with an outcome."""
    if not words:
        return None
    service_request.last_public_message_at = app_now()
    return Comment.objects.create(
        service_request=service_request,
        kind=Comment.Kind.OUTCOME,
        text=words,
        language=language or (actor.language if actor else "en"),
        public=True,
        user=actor,
        department=service_request.department,
    )


def resolve(
    pk: int,
    *,
    disposition: str,
    words: str,
    actor: User | None,
    reason: str = "",
    visited: bool | None = None,
    uploads: Iterable[photos.WorkPhoto] = (),
    no_evidence: str = "",
    language: str = "",
    checked_by: User | None = None,
    bulk_job_id: int | None = None,
    by_department: Department | None = None,
) -> ServiceRequest:
    """Resolves with an outcome, a public message and photos of the work. visited: whether someone went there; None if not stated.

    by_department: by the link in its email, without an actor.
    no_evidence: the listed reason (code) for closing without the photo or visit that rules/evidence.py asks for.
    language: of the words, if not the writer's own. checked_by: who vouches for words in that language.
    bulk_job_id: of the bulk job that closes it, since what nobody looked at one by one counts differently.

    Raises PhotoRefused and IllegalTransition, without keeping any photo.
    """
    with work_photos(pk, uploads):
        return _resolve(
            pk,
            disposition=disposition,
            words=words,
            actor=actor,
            reason=reason,
            visited=visited,
            no_evidence=no_evidence,
            language=language,
            checked_by=checked_by,
            bulk_job_id=bulk_job_id,
            by_department=by_department,
        )


@contextmanager
def work_photos(pk: int, uploads: Iterable[photos.WorkPhoto]) -> Iterator[list[Photo]]:
    """Stores photos of the work, and deletes them again if the action inside fails. Raises PhotoRefused.

    Not inside a transaction: decoding may take seconds, and no lock should wait for it.
    """
    taken: list[Photo] = []
    given = list(uploads)
    if not given:
        yield taken
        return
    service_request = ServiceRequest.objects.select_related("jurisdiction").get(pk=pk)
    try:
        for upload, stage in given:
            taken.append(
                photos.store_upload(
                    upload,
                    size=upload.size or 0,
                    jurisdiction=service_request.jurisdiction,
                    service_request=service_request,
                    kind=Photo.Kind.WORK,
                    stage=stage,
                )
            )
        yield taken
    except Exception:
        for photo in taken:
            photos.delete(photo)
        raise


@atomic_action
def _resolve(
    pk: int,
    *,
    disposition: str,
    words: str,
    actor: User | None,
    reason: str,
    visited: bool | None,
    no_evidence: str,
    bulk_job_id: int | None,
    by_department: Department | None,
    language: str,
    checked_by: User | None,
) -> ServiceRequest:
    service_request, fields = _transition(pk, "resolve")
    if visited and service_request.visited_at is None:
        service_request.visited_at = app_now()
        fields.append("visited_at")
    if by_department is not None:
        language = service_request.jurisdiction.languages[0]
    comment = _post_outcome(service_request, words, actor, language)
    _end(service_request, [*fields, *_acknowledge(service_request)], disposition=disposition, reason=reason)
    more: dict[str, Any] = {"bulk_job_id": bulk_job_id} if bulk_job_id else {}
    if by_department is not None:
        more["by_department_id"] = by_department.pk
    events.record(
        service_request,
        "resolved",
        actor=actor,
        disposition=disposition,
        reason=reason or None,
        comment_id=comment.pk if comment else None,
        remote=None if visited is None else not visited,
        no_evidence=no_evidence or None,
        **more,
        **_vouched(checked_by),
    )
    return service_request


def _vouched(checked_by: User | None) -> dict[str, Any]:
    return {"checked_by_id": checked_by.pk} if checked_by else {}


@transaction.atomic
def hand_over(
    pk: int,
    *,
    owner: Owner,
    words: str,
    actor: User | None,
    number: str = "",
    language: str = "",
    checked_by: User | None = None,
) -> ServiceRequest:
    """Hands over to another owner by email. The public page says to whom, and how to reach them."""
    service_request, fields = _transition(pk, "hand_over")
    service_request.owner, service_request.owner_reference = owner, number
    comment = _post_outcome(service_request, words, actor, language)
    _end(
        service_request,
        [*fields, "owner", "owner_reference"],
        disposition=Disposition.HANDED_OVER,
        # An email to another owner, sent by a worker at night, is no person who has heard of it.
        ends_alarms=actor is not None,
    )
    events.record(
        service_request,
        "handed_over",
        actor=actor,
        owner_id=owner.pk,
        owner_number=number if events.is_code(number) else None,
        comment_id=comment.pk if comment else None,
        **_vouched(checked_by),
    )
    return service_request


@transaction.atomic
def withdraw(pk: int, *, actor: User | Person) -> ServiceRequest:
    service_request, fields = _transition(pk, "withdraw")
    _end(service_request, fields, disposition=Disposition.WITHDRAWN)
    events.record(service_request, "withdrawn", actor=actor)
    return service_request


def _leave_parent(service_request: ServiceRequest, parent: ServiceRequest, actor: User | Person) -> None:
    """Separates a reopened request from the one it was merged into. Its people get updates on this one only."""
    people = list(service_request.participations.values_list("person_id", flat=True))
    above: ServiceRequest | None = parent
    while above is not None:
        # The parent may have been merged into a third request meanwhile, and its people with it.
        above.participations.filter(person_id__in=people, role=Participation.Role.AFFECTED).delete()
        ServiceRequest.objects.filter(pk=above.pk).update(
            people_count=Greatest(1, F("people_count") - service_request.people_count)
        )
        above = above.duplicate_of
    service_request.duplicate_of = None
    # Its people are emailed that it was reopened.
    events.record(service_request, "unmerged", actor=actor, quiet=True, parent_id=parent.pk)


@atomic_action
def reopen(
    pk: int, *, words: str, actor: User | Person, language: str = "", checked_by: User | None = None
) -> ServiceRequest:
    """Reopens with a shorter clock. Raises TooLate for a resident after the time in rules/reopening.py."""
    service_request, fields = _transition(pk, "reopen")
    ended_at = service_request.resolved_at
    if isinstance(actor, Person) and not reopening.is_in_time(service_request):
        raise TooLate
    if service_request.duplicate_of is not None:
        _leave_parent(service_request, service_request.duplicate_of, actor)
        fields.append("duplicate_of")
    comment = None
    if words:
        comment = Comment.objects.create(
            service_request=service_request,
            kind=Comment.Kind.COMMENT,
            text=words,
            language=language or (service_request.language if isinstance(actor, Person) else actor.language),
            public=not isinstance(actor, Person),
            person=actor if isinstance(actor, Person) else None,
            user=actor if isinstance(actor, User) else None,
        )
    before: dict[str, Any] = {
        "disposition": service_request.disposition,
        "reason": service_request.disposition_reason or None,
        "ended_at": ended_at,
        "acknowledged_at": service_request.acknowledged_at,
        "assignee_id": service_request.assignee_id,
    }
    service_request.disposition = service_request.disposition_reason = ""
    service_request.resolved_at = service_request.closed_at = service_request.acknowledged_at = None
    # Plans of the time before.
    service_request.scheduled_for = service_request.made_safe_at = None
    service_request.reopened_count += 1
    service_request.has_new_answer = service_request.has_new_answer or isinstance(actor, Person)
    service_request.in_triage = service_request.department_id is None
    if service_request.in_triage:
        # It was closed before a department had it (handed over, for example), so it goes to triage.
        service_request.status = Status.RECEIVED
    clocks.start(
        service_request,
        department=service_request.department or service_request.service_version.department,
        at=app_now(),
        shorter=True,
    )
    service_request.save(
        update_fields=[
            *fields, "disposition", "disposition_reason", "resolved_at", "closed_at", "acknowledged_at", "scheduled_for",
            "made_safe_at", "reopened_count", "has_new_answer", "in_triage", *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(is_open=True)
    counters.reopened(service_request)
    reopened = events.record(
        service_request,
        "reopened",
        actor=actor,
        count=service_request.reopened_count,
        comment_id=comment.pk if comment else None,
        **_vouched(checked_by),
        **before,
    )
    if comment is not None and isinstance(actor, Person):
        alarms.raise_for_words(service_request, [words], comment=comment)
    if service_request.reopened_count >= ESCALATE_AT_REOPENING:
        _give_to_supervisor(service_request, reopened)
    return service_request


@transaction.atomic
def undo_reopening(pk: int, *, actor: Person) -> ServiceRequest:
    """Undoes this person's reopening: it is resolved as before. Raises TooLate if anyone acted on it since."""
    # Lock first: staff may accept it in the same second.
    service_request = ServiceRequest.objects.locked(pk)
    event = reopening.reopening_to_undo(service_request, actor)
    if event is None:
        raise TooLate
    acknowledged_at = event.data.get("acknowledged_at")
    service_request.status = next_status(service_request.status, "undo_reopening")
    service_request.disposition = event.data["disposition"]
    service_request.disposition_reason = event.data.get("reason") or ""
    service_request.resolved_at = dt.datetime.fromisoformat(event.data["ended_at"])
    service_request.acknowledged_at = dt.datetime.fromisoformat(acknowledged_at) if acknowledged_at else None
    service_request.assignee_id = event.data.get("assignee_id")
    service_request.reopened_count -= 1
    service_request.has_new_answer = service_request.in_triage = False
    service_request.updated_at = app_now()
    # The clocks of the reopening never counted.
    service_request.clocks.filter(met_at=None).update(
        met_at=F("started_at"), paused_at=None, suspension=None, step_at=None
    )
    clocks.update_due_fields(service_request)
    service_request.save(
        update_fields=[
            "status", "disposition", "disposition_reason", "resolved_at", "acknowledged_at", "assignee", "reopened_count",
            "has_new_answer", "in_triage", "updated_at", *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(is_open=False)
    counters.ended(service_request)
    events.record(service_request, "reopening_undone", actor=actor, count=service_request.reopened_count)
    return service_request


def _give_to_supervisor(service_request: ServiceRequest, reopened: Event) -> None:
    """Assigns to a supervisor, since resolving it did not work twice."""
    department = service_request.department
    supervisor = permissions.find_supervisor(department) if department else None
    if supervisor is None:
        return
    service_request.assignee = supervisor
    service_request.save(update_fields=["assignee"])
    events.record(service_request, "escalated", actor=None, follows=reopened, assignee_id=supervisor.pk)


@transaction.atomic
def close(pk: int) -> ServiceRequest:
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "close")
    service_request.closed_at = app_now()
    service_request.save(update_fields=["status", "closed_at"])
    events.record(service_request, "closed", actor=None)
    return service_request


def close_resolved(*, at_most: int = 5000) -> int:
    """Closes requests resolved more than 30 days ago. Imported requests are left alone."""
    due = (
        ServiceRequest.objects.filter(status=Status.RESOLVED, resolved_at__lt=app_now() - AUTO_CLOSE_AFTER)
        .made_here()
        .values_list("pk", flat=True)[:at_most]
    )
    return sum(_apply_unless_changed(close, pk) for pk in due)


def end_overdue_holds(*, at_most: int = 5000) -> int:
    """Ends the holds whose day has come, by the city's calendar: resumes the work, or closes what waited for the reporter.

    Holds that an import brought along are left as they are.
    """
    count = 0
    for city in Jurisdiction.objects.all():
        due = on_hold(city).filter(hold_until__lte=local_day(city)).values_list("pk", flat=True)[:at_most]
        count += sum(_apply_unless_changed(_end_overdue_hold, pk) for pk in due)
    return count


def end_waits(*, at_most: int = 5000) -> int:
    """Resumes what waited for a request that has ended since."""
    waiting = ServiceRequest.objects.filter(status=Status.ON_HOLD, hold_reason=WAITS_FOR_REQUEST)
    over = waiting.filter(waits_for__status__in=[Status.RESOLVED, Status.CLOSED]).order_by("pk")
    return sum(_apply_unless_changed(_end_wait, pk) for pk in over.values_list("pk", flat=True)[:at_most])


@transaction.atomic
def _end_wait(pk: int) -> ServiceRequest:
    """Raises IllegalTransition if it waits for something else by now."""
    service_request = ServiceRequest.objects.locked(pk)
    other = service_request.waits_for
    if service_request.hold_reason != WAITS_FOR_REQUEST or other is None or other.is_open:
        raise IllegalTransition(service_request.status, "resume")
    return resume(pk, actor=None)


def on_hold(city: Jurisdiction) -> QuerySet[ServiceRequest]:
    """What staff of this city put on hold, or asked about."""
    by_staff = Event.objects.filter(
        service_request=OuterRef("pk"), kind__in=status_history.WAITS, source__in=[Event.Source.LIVE, Event.Source.DEMO]
    )
    found = ServiceRequest.objects.filter(jurisdiction=city, status=Status.ON_HOLD)
    return found.filter(Q(external_id="") | Q(api_key__isnull=False) | Exists(by_staff)).order_by("hold_until", "pk")


def local_day(city: Jurisdiction) -> dt.date:
    return app_now().astimezone(city.zone).date()


@transaction.atomic
def _end_overdue_hold(pk: int) -> ServiceRequest:
    """Raises IllegalTransition if it is no longer on hold, or its day has not come."""
    # Lock first: an answer, or another hold, may have come in the same second.
    service_request = ServiceRequest.objects.locked(pk)
    until = service_request.hold_until
    if until is None or until > local_day(service_request.jurisdiction):
        raise IllegalTransition(service_request.status, "resume")
    if not service_request.waits_for_reporter:
        return resume(pk, actor=None)
    service_request, fields = _transition(pk, "resolve")
    _end(service_request, fields, disposition=Disposition.NO_REPLY)
    events.record(service_request, "resolved", actor=None, disposition=Disposition.NO_REPLY)
    return service_request


def _apply_unless_changed(action: Callable[[int], ServiceRequest], pk: int) -> bool:
    """Skips a request that changed since it was listed, so that it does not stop the batch."""
    try:
        action(pk)
    except IllegalTransition:
        return False
    return True
