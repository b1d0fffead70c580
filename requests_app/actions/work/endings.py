"""How a request ends: resolved, handed over, withdrawn, and closed for good 30 days later."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from requests_app import events, photos
from requests_app.actions.alarms import alarms
from requests_app.actions.shared import clocks, counters
from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import (
    Comment,
    Department,
    Disposition,
    Owner,
    Person,
    Photo,
    RequestArea,
    ServiceRequest,
    Status,
    User,
)
from requests_app.rules.shared.lifecycle import next_status

AUTO_CLOSE_AFTER = dt.timedelta(days=30)


def resolve(
    pk: int,
    *,
    disposition: str,
    text: str,
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
    no_evidence: the listed reason (code) for closing without the photo or visit that rules/work/evidence.py asks for.
    language: of the words, if not the writer's own. checked_by: who vouches for words in that language.
    bulk_job_id: of the bulk job that closes it, since what nobody looked at one by one counts differently.

    Raises PhotoRefused and IllegalTransition, without keeping any photo.
    """
    with work_photos(pk, uploads):
        return _resolve(
            pk,
            disposition=disposition,
            text=text,
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
    text: str,
    actor: User | None,
    reason: str,
    visited: bool | None,
    no_evidence: str,
    bulk_job_id: int | None,
    by_department: Department | None,
    language: str,
    checked_by: User | None,
) -> ServiceRequest:
    service_request, fields = progress.transition(pk, "resolve")
    if visited and service_request.visited_at is None:
        service_request.visited_at = app_now()
        fields.append("visited_at")
    if by_department is not None:
        language = service_request.jurisdiction.languages[0]
    comment = _post_outcome(service_request, text, actor, language)
    end(service_request, [*fields, *progress.acknowledge(service_request)], disposition=disposition, reason=reason)
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
        **vouched(checked_by),
    )
    return service_request


def vouched(checked_by: User | None) -> dict[str, Any]:
    """Of an event: who vouched for words in a language that their writer doesn't read."""
    return {"checked_by_id": checked_by.pk} if checked_by else {}


@transaction.atomic
def hand_over(
    pk: int,
    *,
    owner: Owner,
    text: str,
    actor: User | None,
    number: str = "",
    language: str = "",
    checked_by: User | None = None,
) -> ServiceRequest:
    """Hands over to another owner by email. The public page says to whom, and how to reach them."""
    service_request, fields = progress.transition(pk, "hand_over")
    service_request.owner, service_request.owner_reference = owner, number
    comment = _post_outcome(service_request, text, actor, language)
    end(
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
        **vouched(checked_by),
    )
    return service_request


@transaction.atomic
def withdraw(pk: int, *, actor: User | Person) -> ServiceRequest:
    service_request, fields = progress.transition(pk, "withdraw")
    end(service_request, fields, disposition=Disposition.WITHDRAWN)
    events.record(service_request, "withdrawn", actor=actor)
    return service_request


def end(
    service_request: ServiceRequest, fields: list[str], *, disposition: str, reason: str = "", ends_alarms: bool = True
) -> None:
    """What every ending of a locked request does: saves the outcome and these fields, stops the clocks, counts it."""
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
    service_request: ServiceRequest, text: str, actor: User | None, language: str | None = None
) -> Comment | None:
    """Posts the public message that goes with an outcome."""
    if not text:
        return None
    service_request.last_public_message_at = app_now()
    return Comment.objects.create(
        service_request=service_request,
        kind=Comment.Kind.OUTCOME,
        text=text,
        language=language or (actor.language if actor else "en"),
        public=True,
        user=actor,
        department=service_request.department,
    )


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
    return sum(progress.apply_unless_changed(close, pk) for pk in due)
