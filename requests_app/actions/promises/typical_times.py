"""Computing typical times, every night: a row for the city, and each service, area and service in an area with enough."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import structlog
from django.db import connection

from requests_app.clock import app_now
from requests_app.models import OPEN, Disposition, Jurisdiction, Service, TypicalTime
from requests_app.places.public_place import LISTED
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.promises import kaplan_meier
from requests_app.rules.promises.kaplan_meier import NO_PAST_ESTIMATES, PastEstimates, Sample

log = structlog.get_logger(__name__)

# An outcome that a resident waited for.
FINISHED = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
)
# The wait ended for another reason, so nobody knows how long the work would have taken: observed until then (censored).
LEFT = (Disposition.HANDED_OVER, Disposition.NO_REPLY, Disposition.WITHDRAWN)
# Never counted: the original of a duplicate counts, and what was removed was no report.
LEFT_OUT = (Disposition.DUPLICATE, Disposition.REMOVED)
# What remains, closed in bulk without work (NOT_WORKED), counts as unfinished to this day: nobody got what they waited for.

# The newest reports of a service, of at most a year. Bounds the work in a city with ten million requests.
NEWEST, LONGEST_DAYS = 30_000, 365
# For a service in an area. Below, the noise is greater than the differences between areas.
ENOUGH_IN_AREA = 50
STATEMENT_MS = 30_000
KEPT_DAYS = 400

# What was recorded when it was done already (by a crew, or in an import) kept nobody waiting.
REPORTS = """
SELECT id, extract(epoch FROM submitted_at)::float, extract(epoch FROM resolved_at)::float,
  disposition = ANY(%(finished)s), disposition = ANY(%(left)s)
FROM requests_app_servicerequest
WHERE service_id = %(service)s AND NOT is_test AND disposition <> ALL(%(left_out)s)
  AND submitted_at > %(since)s AND submitted_at <= %(now)s
  AND (resolved_at IS NULL OR status = ANY(%(open)s) OR resolved_at >= submitted_at + interval '1 minute')
"""
# Lets the query use the index of a service's public requests; without it, all requests of the service are read.
PUBLIC = " AND public_state = 'public'"
NOT_PUBLIC = " AND public_state NOT IN ('unconfirmed', 'test')"
NEWEST_FIRST = f" ORDER BY submitted_at DESC, id DESC LIMIT {NEWEST}"
AREAS = """
SELECT lies.area_id, lies.service_request_id FROM requests_app_requestarea lies
JOIN requests_app_area area ON area.id = lies.area_id AND area.is_ours
WHERE lies.service_request_id = ANY(%s)
"""


def record(jurisdiction: Jurisdiction) -> int:
    """Computes and stores the typical times of today, and returns their number. Running twice replaces them."""
    now = app_now()
    day = now.astimezone(jurisdiction.zone).date()
    rows: list[TypicalTime] = []

    def add(sample: Sample, past: PastEstimates, *, service: Service | None, area_id: int | None, enough: int) -> None:
        estimate = kaplan_meier.estimate(sample, now.timestamp(), past, enough=enough)
        if estimate is not None:
            rows.append(
                TypicalTime(
                    jurisdiction=jurisdiction,
                    service=service,
                    area_id=area_id,
                    day=day,
                    computed_at=now,
                    count=estimate.count,
                    days=estimate.days,
                    half=estimate.half,
                    most=estimate.most,
                    factor=estimate.factor,
                    order=kaplan_meier.order(sample, now.timestamp()),
                )
            )

    in_area: dict[int | None, list[Sample]] = defaultdict(list)
    for service in Service.objects.filter(jurisdiction=jurisdiction, current__isnull=False).select_related("current"):
        try:
            sample, by_area = _reports(service, now)
        except TimeUpError:
            log.warning("typical_times_took_too_long", service=service.service_code)
            continue
        past = _past_estimates(TypicalTime.objects.filter(service=service), day)
        add(sample, past.get(None, NO_PAST_ESTIMATES), service=service, area_id=None, enough=kaplan_meier.ENOUGH)
        for area_id, chosen in by_area.items():
            add(
                sample[chosen],
                past.get(area_id, NO_PAST_ESTIMATES),
                service=service,
                area_id=area_id,
                enough=ENOUGH_IN_AREA,
            )
            in_area[area_id].append(sample[chosen])
        if _is_public(service):
            in_area[None].append(sample)
    past = _past_estimates(TypicalTime.objects.filter(jurisdiction=jurisdiction, service=None), day)
    for place, samples in in_area.items():
        every = kaplan_meier.joined(samples)
        add(every, past.get(place, NO_PAST_ESTIMATES), service=None, area_id=place, enough=kaplan_meier.ENOUGH)
    TypicalTime.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["service", "day", "area"],
        update_fields=["computed_at", "count", "days", "half", "most", "factor", "order"],
    )
    TypicalTime.objects.filter(jurisdiction=jurisdiction, day__lt=day - dt.timedelta(days=KEPT_DAYS)).delete()
    return len(rows)


def _reports(service: Service, now: dt.datetime) -> tuple[Sample, dict[int, np.ndarray]]:
    """The newest reports of a service, and the positions in them of each area's. Raises TimeUpError."""
    is_public = _is_public(service)
    parameters: dict[str, Any] = {
        "service": service.pk,
        "finished": [str(one) for one in FINISHED],
        "left": [str(one) for one in LEFT],
        "left_out": [str(one) for one in LEFT_OUT],
        "open": [str(one) for one in OPEN],
        "since": now - dt.timedelta(days=LONGEST_DAYS),
        "now": now,
    }
    positions: dict[int, list[int]] = defaultdict(list)
    with at_most(STATEMENT_MS), connection.cursor() as cursor:
        cursor.execute(REPORTS + (PUBLIC if is_public else NOT_PUBLIC) + NEWEST_FIRST, parameters)
        reports = cursor.fetchall()
        if is_public:
            position_of = {report[0]: number for number, report in enumerate(reports)}
            cursor.execute(AREAS, [list(position_of)])
            for area_id, request_id in cursor.fetchall():
                positions[area_id].append(position_of[request_id])
    finished = np.array([one[3] for one in reports], bool)
    left = np.array(
        [at if at is not None and (is_done or is_left) else np.inf for _, _, at, is_done, is_left in reports], float
    )
    sample = Sample(np.array([one[1] for one in reports], float), left, finished)
    return sample, {area_id: np.array(found) for area_id, found in positions.items()}


def _is_public(service: Service) -> bool:
    """Whether everybody may read its reports."""
    return service.current is not None and service.current.visibility in LISTED


def _past_estimates(rows: Iterable[TypicalTime], day: dt.date) -> dict[int | None, PastEstimates]:
    """What pages said before this day, by area. A run of today doesn't correct itself."""
    by_area: dict[int | None, list[TypicalTime]] = defaultdict(list)
    for row in rows:
        if row.day < day:
            by_area[row.area_id].append(row)
    past = {}
    for area_id, days in by_area.items():
        days.sort(key=lambda row: row.computed_at)
        most = [row.most.total_seconds() if row.most is not None else np.nan for row in days]
        past[area_id] = PastEstimates(np.array([row.computed_at.timestamp() for row in days]), np.array(most, float))
    return past
