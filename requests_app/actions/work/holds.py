"""Putting work on hold with a reason and a day, and ending the hold: by staff, by an answer, by the day, by another request."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.actions.shared import clocks
from requests_app.actions.work import endings, progress
from requests_app.clock import app_now
from requests_app.models import Disposition, Event, Jurisdiction, ServiceRequest, Status, User
from requests_app.models.service_request import WAITS_FOR_REQUEST
from requests_app.rules.shared.lifecycle import IllegalTransition, after_hold, next_status
from requests_app.rules.work import status_history


class WaitsInRing(Exception):
    """The other request waits for this one, directly or through others. str() says so."""


@transaction.atomic
def hold(
    pk: int, *, reason: str, until: dt.date, actor: User | None, waits_for: ServiceRequest | None = None
) -> ServiceRequest:
    """Puts on hold, with a public reason and a day on which it resumes.

    waits_for: with the reason WAITS_FOR_REQUEST, an open request. Raises WaitsInRing.
    """
    service_request, fields = progress.transition(pk, "hold")
    other = waits_for
    while other is not None:
        if other.pk == pk:
            raise WaitsInRing(_("That request is already waiting for this one, so neither could continue."))
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


def end_hold(service_request: ServiceRequest, action: str) -> list[str]:
    """Ends the hold of a locked request, where "resume" or "answer" does. Returns the fields to save.

    It is in progress afterward only if somebody had begun to work on it.
    """
    before = service_request.status
    service_request.status = next_status(before, action)
    fields = ["status", *progress.leave_hold(service_request, before)]
    if before == Status.ON_HOLD:
        service_request.status = after_hold(
            begun=status_history.work_has_begun(service_request),
            has_department=service_request.department_id is not None,
        )
        if service_request.department_id is None and not service_request.in_triage:
            # It was put on hold before the worker routed it.
            service_request.in_triage = True
            fields.append("in_triage")
    return fields


def on_hold(city: Jurisdiction) -> QuerySet[ServiceRequest]:
    """What staff of this city put on hold, or asked about."""
    by_staff = Event.objects.filter(
        service_request=OuterRef("pk"), kind__in=status_history.WAITS, source__in=[Event.Source.LIVE, Event.Source.DEMO]
    )
    found = ServiceRequest.objects.filter(jurisdiction=city, status=Status.ON_HOLD)
    return found.filter(Q(external_id="") | Q(api_key__isnull=False) | Exists(by_staff)).order_by("hold_until", "pk")


def local_day(city: Jurisdiction) -> dt.date:
    return app_now().astimezone(city.zone).date()


def end_overdue_holds(city: Jurisdiction, *, at_most: int = 5000) -> int:
    """Ends the holds whose day has come, by the city's calendar: resumes the work, or closes what waited for the reporter.

    Holds that an import brought along are left as they are.
    """
    due = on_hold(city).filter(hold_until__lte=local_day(city)).values_list("pk", flat=True)[:at_most]
    return sum(progress.apply_unless_changed(_end_overdue_hold, pk) for pk in due)


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
    service_request, fields = progress.transition(pk, "resolve")
    endings.end(service_request, fields, disposition=Disposition.NO_REPLY)
    events.record(service_request, "resolved", actor=None, disposition=Disposition.NO_REPLY)
    return service_request


def end_waits(*, at_most: int = 5000) -> int:
    """Resumes what waited for a request that has ended since."""
    waiting = ServiceRequest.objects.filter(status=Status.ON_HOLD, hold_reason=WAITS_FOR_REQUEST)
    over = waiting.filter(waits_for__status__in=[Status.RESOLVED, Status.CLOSED]).order_by("pk")
    return sum(progress.apply_unless_changed(_end_wait, pk) for pk in over.values_list("pk", flat=True)[:at_most])


@transaction.atomic
def _end_wait(pk: int) -> ServiceRequest:
    """Raises IllegalTransition if it waits for something else by now."""
    service_request = ServiceRequest.objects.locked(pk)
    other = service_request.waits_for
    if service_request.hold_reason != WAITS_FOR_REQUEST or other is None or other.is_open:
        raise IllegalTransition(service_request.status, "resume")
    return resume(pk, actor=None)
