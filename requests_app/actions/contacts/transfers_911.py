"""Calls that a 911 center passed on wait for the desk until somebody writes what everyone may read, or keeps them for staff."""

from requests_app.clock import app_now
from requests_app.models import CallBack, Jurisdiction, PublicState, ReviewReason, ServiceRequest
from requests_app.rules.contacts import call_backs as rules

Kind, Outcome = CallBack.Kind, CallBack.Outcome
ROWS_AT_ONCE = 1000


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
