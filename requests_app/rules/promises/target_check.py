"""Targets that don't fit what really happens: far longer than most reports take, or so short that most miss them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.db.models import Max

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Service, ServiceVersion, Target, TypicalTime
from requests_app.rules.promises import service_levels
from requests_app.rules.promises.promises import mean_length

# Target ÷ the time in which 8 of 10 are finished.
TOO_LONG, TOO_SHORT = 2.0, 0.7
# Older typical times say nothing about now.
STALE_DAYS = 7


@dataclass(frozen=True)
class Misfit:
    """took: the time in which 8 of 10 are finished; None: they never are, as far as one can see."""

    service: Service
    target: dt.timedelta
    took: dt.timedelta | None
    count: int

    @property
    def ratio(self) -> float:
        return self.target / self.took if self.took else 0.0

    @property
    def is_too_long(self) -> bool:
        return self.ratio > TOO_LONG


def misfits(jurisdiction: Jurisdiction, service_ids: Iterable[int]) -> list[Misfit]:
    """The worst first. By the typical times of last night, for the whole city."""
    now = app_now()
    services = Service.objects.filter(jurisdiction=jurisdiction, pk__in=list(service_ids), current__isnull=False)
    by_id = {service.pk: service for service in services.select_related("current__department__calendar")}
    since = now.astimezone(jurisdiction.zone).date() - dt.timedelta(days=STALE_DAYS)
    usual = TypicalTime.objects.filter(service__in=list(by_id), area=None, day__gte=since)
    newest = usual.aggregate(day=Max("day"))["day"]
    targets: dict[int, list[Target]] = {}
    for target in Target.objects.filter(service__in=list(by_id), kind=Target.Kind.RESOLVE, area=None).select_related(
        "calendar"
    ):
        targets.setdefault(target.service_id, []).append(target)
    found = []
    for row in usual.filter(day=newest):
        service = by_id[row.service_id]  # type: ignore[index]
        version = cast(ServiceVersion, service.current)
        chosen = service_levels.choose(targets.get(service.pk, ()), priority=version.priority, area_ids=set(), at=now)
        if chosen is None:
            continue
        misfit = Misfit(service, mean_length(chosen, version.department, jurisdiction.zone, now), row.most, row.count)
        if not TOO_SHORT <= misfit.ratio <= TOO_LONG:
            found.append(misfit)
    return sorted(found, key=lambda one: (one.is_too_long, abs(one.ratio - 1)), reverse=True)
