"""Triage in one step: the right service, its department and its dates, with one email to the reporter."""

from django.db import transaction

from requests_app.actions.routing import routing
from requests_app.actions.work import assignment
from requests_app.models import ServiceRequest, ServiceVersion, User


@transaction.atomic
def choose_service(pk: int, *, version: ServiceVersion, actor: User) -> ServiceRequest:
    """Changes the service and routes by it. The request stays in triage if the rules send it nowhere.

    Only the routing is announced, so the reporter gets one email at most.
    """
    assignment.change_service(pk, version=version, actor=actor)
    return routing.reroute(pk, actor=actor)
