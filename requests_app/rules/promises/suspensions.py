"""Which suspensions stop a request's clocks, and from when to when."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from requests_app.models import OPEN, Area, Clock, ClockSuspension, RequestArea, Service, ServiceRequest

Span = tuple[dt.datetime, dt.datetime]
# A worker that was away for longer than this stops no clock for a suspension that has ended meanwhile.
LOOKS_BACK = dt.timedelta(days=7)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that neither overlap nor touch, earliest first."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def of_request(
    service_request: ServiceRequest, *, now: dt.datetime, areas: Iterable[int] | None = None
) -> list[ClockSuspension]:
    """Those that have begun, not too long ago, and apply to its service and place; and those that its clocks name.

    areas: the ids of those it lies in, for a request that is not stored yet.
    """
    services = ClockSuspension.services.through.objects.filter(clocksuspension=OuterRef("pk"))
    of_areas = ClockSuspension.areas.through.objects.filter(clocksuspension=OuterRef("pk"))
    lies_in: Any = service_request.request_areas.values("area") if areas is None else list(areas)
    applies = (~Exists(services) | Exists(services.filter(service=service_request.service_id))) & (
        ~Exists(of_areas) | Exists(of_areas.filter(area__in=lies_in))
    )
    wanted: Combinable | Q = Q(ends_at__gt=now - LOOKS_BACK) & applies
    if service_request.pk:
        named = Clock.objects.filter(service_request=service_request, met_at=None, suspension=OuterRef("pk"))
        wanted = Exists(named) | wanted
    found = ClockSuspension.objects.filter(jurisdiction=service_request.jurisdiction_id, starts_at__lte=now)
    return list(found.filter(wanted).order_by("starts_at", "id"))


def running_clocks(suspension: ClockSuspension) -> QuerySet[Clock]:
    """The clocks that it is to stop, by request."""
    requests = ServiceRequest.objects.filter(jurisdiction=suspension.jurisdiction_id, status__in=OPEN)
    services = list(Service.objects.filter(pk__in=suspension.services.values("pk")).values_list("pk", flat=True))
    areas = list(Area.objects.filter(pk__in=suspension.areas.values("pk")).values_list("pk", flat=True))
    if services:
        requests = requests.filter(service__in=services)
    if areas:
        requests = requests.filter(Exists(RequestArea.objects.filter(service_request=OuterRef("pk"), area__in=areas)))
    # From the clocks, whose index of open ones is in the order of requests, so that a batch reads only its part.
    return Clock.objects.filter(met_at=None).filter(Exists(requests.filter(pk=OuterRef("service_request"))))


def pausing(service_request: ServiceRequest) -> ClockSuspension | None:
    """The suspension that stops its target now; costs no query for a request with a due time."""
    if not service_request.is_open or service_request.due_at is not None:
        return None
    stopped = service_request.clocks.filter(kind="resolve", met_at=None, suspension__isnull=False)
    clock = stopped.select_related("suspension").first()
    return clock.suspension if clock else None
