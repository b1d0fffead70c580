"""Snoozing a request for oneself. Nobody else sees it, and it changes nothing about the request."""

import datetime as dt

from django.db import transaction

from requests_app.clock import app_now
from requests_app.models import Event, ServiceRequest, Snooze, User
from requests_app.rules.work import snoozes


class TooMany(Exception):
    """The user has snoozed as many requests as one person may at a time."""


@transaction.atomic
def snooze(service_request: ServiceRequest, *, until: dt.datetime, actor: User) -> Snooze:
    """Again: until the new time. Raises TooMany."""
    Snooze.objects.filter(user=actor, until__lte=app_now()).delete()
    others = Snooze.objects.filter(user=actor).exclude(service_request=service_request)
    if others.count() >= snoozes.MAX:
        raise TooMany
    newest = Event.objects.filter(service_request=service_request).order_by("-id").values_list("id", flat=True).first()
    made, _created = Snooze.objects.update_or_create(
        user=actor, service_request=service_request, defaults={"until": until, "last_event_id": newest or 0}
    )
    return made


@transaction.atomic
def unsnooze(service_request: ServiceRequest, *, actor: User) -> None:
    Snooze.objects.filter(user=actor, service_request=service_request).delete()
