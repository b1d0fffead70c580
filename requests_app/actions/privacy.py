"""Who looked at whom: opening a reporter's contact leaves a trace."""

from django.db import transaction

from requests_app import events
from requests_app.models import ServiceRequest, User


@transaction.atomic
def view_reporter(service_request: ServiceRequest, *, actor: User) -> None:
    events.record(service_request, "reporter_viewed", actor=actor)
