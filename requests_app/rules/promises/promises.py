"""What the city says about when a report is reviewed and fixed: its target, and what is usual where the target is usually missed.

Every page, email, API and feed asks here, so that no two of them say something else.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from requests_app.clock import app_now
from requests_app.models import Department, RequestArea, Service, ServiceRequest, ServiceVersion, Target, TypicalTime
from requests_app.rules.promises import expected, service_levels, typical_times


@dataclass(frozen=True)
class Promise:
    """Of an open report. review_by: by when somebody looks at it; None: somebody has, or the fix comes first.

    target: by when it should be fixed; None: no target, or its clock doesn't run. usual: how long such reports take; None: too few
    to say. probably_by: by when 8 in 10 like it were finished; None: nobody can say. is_usually_missed: most take longer than the
    target.
    """

    review_by: dt.datetime | None = None
    target: dt.datetime | None = None
    usual: TypicalTime | None = None
    probably_by: dt.datetime | None = None
    is_usually_missed: bool = False

    @property
    def history(self) -> TypicalTime | None:
        """What is usual, where it has to be said with the target."""
        return self.usual if self.is_usually_missed else None

    @property
    def expected_at(self) -> dt.datetime | None:
        """For programs that show one time: the target, unless it's usually missed; then by when 8 in 10 were finished."""
        return self.probably_by if self.is_usually_missed else self.target


NOTHING = Promise()


def of(service_request: ServiceRequest, *, now: dt.datetime | None = None) -> Promise:
    """now: app_now(), if the caller has it. For several reports, of_all() asks the database once."""
    return of_all([service_request], now=now)[service_request.pk]


def of_all(service_requests: Iterable[ServiceRequest], *, now: dt.datetime | None = None) -> dict[int, Promise]:
    """By the report's key. At most one statement for services whose typical times aren't cached, and one for areas."""
    rows = list(service_requests)
    still_open = [one for one in rows if one.is_open]
    usual = _usual(still_open)
    if now is None and any(usual.values()):
        now = app_now()
    return {one.pk: _of(one, usual[one.pk], now) if one.is_open else NOTHING for one in rows}


def _usual(rows: list[ServiceRequest]) -> dict[int, TypicalTime | None]:
    """Of the area with the fewest reports in which a public report lies, else of the city, by the report's key."""
    if not rows:
        return {}
    by_area = typical_times.by_area({one.service_id for one in rows})
    in_areas = [one.pk for one in rows if one.is_public and any(pk is not None for pk in by_area[one.service_id])]
    areas = defaultdict[int, list[int]](list)
    if in_areas:
        found = RequestArea.objects.filter(service_request__in=in_areas, area__is_ours=True)
        for pk, area_id in found.values_list("service_request_id", "area_id"):
            areas[pk].append(area_id)
    return {one.pk: typical_times.smallest(by_area[one.service_id], areas[one.pk]) for one in rows}


def _of(service_request: ServiceRequest, usual: TypicalTime | None, now: dt.datetime | None) -> Promise:
    """now: needed if it's known what is usual."""
    target, review_by = service_request.due_at, service_request.acknowledge_due_at
    is_missed = target is not None and usual is not None and _takes_longer(usual, target - service_request.submitted_at)
    probably_by = expected.finished_by(service_request, usual, now) if usual and now else None
    if service_request.acknowledged_at is not None:
        review_by = None
    if review_by is not None and any(at is not None and review_by > at for at in (target, probably_by)):
        review_by = None
    return Promise(review_by, target, usual, probably_by, is_missed)


def _takes_longer(usual: TypicalTime, length: dt.timedelta) -> bool:
    """Whether more than half take longer."""
    return usual.half is None or usual.half > length


@dataclass(frozen=True)
class ServicePromise:
    """What a service's page says. first_look: None also where it ends after the fix."""

    target: Target | None
    first_look: Target | None
    usual: TypicalTime | None
    is_usually_missed: bool


def of_service(service: Service, version: ServiceVersion, zone: ZoneInfo, *, now: dt.datetime) -> ServicePromise:
    """For a report without answers that change it, anywhere in the city."""
    target, first_look = (
        service_levels.target_for(service, kind, priority=version.priority, areas=[], at=now)
        for kind in (Target.Kind.RESOLVE, Target.Kind.ACKNOWLEDGE)
    )
    usual = typical_times.typical_time(service)
    if target is None:
        return ServicePromise(None, first_look, usual, is_usually_missed=False)
    length = mean_length(target, version.department, zone, usual.computed_at if usual else now)
    if first_look is not None and mean_length(first_look, version.department, zone, now) > length:
        first_look = None
    return ServicePromise(target, first_look, usual, usual is not None and _takes_longer(usual, length))


def mean_length(target: Target, department: Department, zone: ZoneInfo, at: dt.datetime) -> dt.timedelta:
    """Working time depends on the day of the week: the mean over the week before."""
    hours = service_levels.hours_for(target, department, zone, target.unit)
    starts = [at - dt.timedelta(days=days) for days in range(7)]
    lengths = [service_levels.due_at(start, target.value, target.unit, hours) - start for start in starts]
    return sum(lengths, dt.timedelta()) / len(lengths)
