"""Calls that a 911 center passes on, by its program or by the form, each once by the center's own number.

They wait for the desk until somebody writes what everyone may read, or keeps them for staff.
"""

from django.db import connection

from requests_app.actions.alarms import hand_overs
from requests_app.actions.report import submission
from requests_app.actions.report.submission import Idempotency, IdempotencyConflict, NewReport, SubmissionResult
from requests_app.clock import app_now
from requests_app.models import (
    CallBack,
    EmergencyHandOver,
    IdempotencyKey,
    Jurisdiction,
    PublicState,
    ReviewReason,
    ServiceRequest,
    User,
)
from requests_app.rules.contacts import call_backs as rules

Kind, Outcome = CallBack.Kind, CallBack.Outcome
ROWS_AT_ONCE = 1000


class NumberTaken(Exception):
    """The center's number came before with another body, or the other way in. service_request: what it became."""

    def __init__(self, service_request: ServiceRequest) -> None:
        self.service_request = service_request
        super().__init__(service_request.reference)


def receive(
    report: NewReport, *, body_hash: str, actor: User, reason: str = "", is_warm: bool | None = None
) -> SubmissionResult:
    """Makes the request of a call, or returns the one that the same call made before.

    report: with is_transfer, and the center's number as its outside_number. body_hash: of all that was sent. Raises NumberTaken
    and submission.Refused; then nothing is stored.
    """
    return submission.in_transaction(
        lambda: _receive(report, body_hash=body_hash, actor=actor, reason=reason, is_warm=is_warm)
    )


def _receive(report: NewReport, *, body_hash: str, actor: User, reason: str, is_warm: bool | None) -> SubmissionResult:
    city, key, number = report.jurisdiction, report.api_key, report.outside_number
    _lock_number(city, number)
    # A program's key must not tell what another program sent, but the form and a program are the same center.
    other_way = EmergencyHandOver.objects.filter(
        jurisdiction=city,
        direction=EmergencyHandOver.Direction.IN,
        event_number=number,
        api_key__isnull=key is not None,
    ).select_related("service_request")
    other = other_way.first()
    if other is not None and other.service_request is not None:
        raise NumberTaken(other.service_request)
    scope = f"{IdempotencyKey.FOR_GOOD}transfer:{key.pk if key is not None else f'form:{city.pk}'}"
    again = Idempotency(scope, submission.body_hash(number), body_hash)
    same_number = ServiceRequest.objects.in_jurisdiction(city).filter(
        external_source=submission.outside_source(key), external_id=number
    )
    try:
        is_repeated = submission.earlier(again) is not None
    except IdempotencyConflict:
        raise NumberTaken(same_number.get()) from None
    # Erasing a report forgets what was sent, and not its number.
    if not is_repeated and (before := same_number.first()) is not None:
        raise NumberTaken(before)
    submitted = submission.submit_here(report, actor=actor, idempotency=again)
    if not submitted.repeated:
        hand_overs.record_from_911(
            submitted.service_request, event_number=number, reason=reason, is_warm=is_warm, actor=actor, api_key=key
        )
        put_on_list(submitted.service_request)
    return submitted


def _lock_number(city: Jurisdiction, number: str) -> None:
    """The two ways in wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 311))", [f"number of 911|{city.pk}|{number}"])


def put_on_list(service_request: ServiceRequest) -> None:
    """Once, unless it needs nobody: another rule decides who reads it, or the service is confidential anyway."""
    waits = service_request.review_reason == ReviewReason.TRANSFER
    if not waits or service_request.public_state != PublicState.PRIVATE:
        return
    CallBack.objects.get_or_create(
        jurisdiction=service_request.jurisdiction,
        kind=Kind.TRANSFER_911,
        service_request=service_request,
        defaults={
            "language": service_request.language,
            "created_at": service_request.submitted_at,
            "due_at": service_request.submitted_at + rules.UNPROMISED_WITHIN,
        },
    )


def add_missing(jurisdiction: Jurisdiction) -> None:
    """By the clock: those that came before there was a list, and those whose row was lost to an interruption."""
    missing = ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(
        review_reason=ReviewReason.TRANSFER, public_state=PublicState.PRIVATE, call_backs=None
    )
    for service_request in missing.select_related("jurisdiction")[:ROWS_AT_ONCE]:
        put_on_list(service_request)


def close_reviewed(jurisdiction: Jurisdiction) -> None:
    """By the clock: closes those that wait no more. The list doesn't show them meanwhile."""
    reviewed = list(rules.reviewed(jurisdiction).values_list("pk", flat=True)[:ROWS_AT_ONCE])
    CallBack.objects.filter(pk__in=reviewed).update(closed_at=app_now(), outcome=Outcome.REVIEWED)
