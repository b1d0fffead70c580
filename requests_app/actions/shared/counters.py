"""Counters: actions append deltas in their own transaction, the drain folds them in, and a nightly recount corrects them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction

from requests_app.models import CounterDelta, Jurisdiction, ServiceRequest, SurveyAnswer

log = structlog.get_logger(__name__)

# The day used for measures without one.
LEVEL = dt.date(1970, 1, 1)
FOLDED_AT_ONCE = 10_000


@dataclass(frozen=True)
class Change:
    service_request: ServiceRequest
    measure: str
    delta: int
    day: dt.date = LEVEL


def append(*changes: Change) -> None:
    """In one statement."""
    CounterDelta.objects.bulk_create(
        CounterDelta(
            jurisdiction_id=change.service_request.jurisdiction_id,
            measure=change.measure,
            day=change.day,
            service_id=change.service_request.service_id,
            public_state=change.service_request.public_state,
            delta=change.delta,
        )
        for change in changes
        if not change.service_request.is_test
    )


def local_day(service_request: ServiceRequest, at: dt.datetime) -> dt.date:
    return at.astimezone(service_request.jurisdiction.zone).date()


def submitted(service_request: ServiceRequest) -> None:
    day = local_day(service_request, service_request.submitted_at)
    append(Change(service_request, "submitted", 1, day), Change(service_request, "open", 1))


def ended(service_request: ServiceRequest) -> None:
    append(Change(service_request, "open", -1))


def reopened(service_request: ServiceRequest) -> None:
    append(Change(service_request, "open", 1))


def surveyed(service_request: ServiceRequest, answer: SurveyAnswer, delta: int, *, value: str = "") -> None:
    """Counts an answer to the survey in the month of its first version; `value` if it isn't the answer's own."""
    append(_surveyed(service_request, answer, delta, value))


def _surveyed(service_request: ServiceRequest, answer: SurveyAnswer, delta: int, value: str = "") -> Change:
    day = local_day(service_request, answer.answered_at).replace(day=1)
    return Change(service_request, f"{answer.question}_{value or answer.value}", delta, day)


def _moved(old: ServiceRequest, new: ServiceRequest) -> list[Change]:
    """Takes a request from where it was counted to where it belongs now."""
    day = local_day(new, new.submitted_at)
    return [
        change
        for counted, sign, is_open in ((old, -1, old.is_open), (new, 1, new.is_open))
        for change in (Change(counted, "submitted", sign, day), *([Change(counted, "open", sign)] if is_open else []))
    ]


def recategorized(
    service_request: ServiceRequest, *, service_id: int | None = None, public_state: str | None = None
) -> None:
    """Call after a change of service or public state: moves the request from where it was counted to where it belongs now."""
    old = ServiceRequest(
        jurisdiction_id=service_request.jurisdiction_id,
        service_id=service_id or service_request.service_id,
        public_state=public_state or service_request.public_state,
        is_test=service_request.is_test,
        status=service_request.status,
    )
    old.jurisdiction = service_request.jurisdiction
    answers = SurveyAnswer.objects.filter(service_request=service_request)
    append(
        *_moved(old, service_request),
        *(
            _surveyed(counted, answer, sign)
            for answer in answers
            for counted, sign in ((old, -1), (service_request, 1))
        ),
    )


def restored(service_request: ServiceRequest, before: ServiceRequest) -> None:
    """Moves the request from where it was counted `before` a staff action was undone to where it belongs now."""
    was, now = ((one.service_id, one.public_state, one.is_open) for one in (before, service_request))
    if was == now:
        return
    append(*_moved(before, service_request))


FOLD = """
WITH taken AS (
  DELETE FROM requests_app_counterdelta WHERE id IN (
    SELECT id FROM requests_app_counterdelta ORDER BY id FOR UPDATE SKIP LOCKED LIMIT %s)
  RETURNING jurisdiction_id, measure, day, service_id, public_state, delta)
INSERT INTO requests_app_counter AS counter (jurisdiction_id, measure, day, service_id, public_state, value)
SELECT jurisdiction_id, measure, day, service_id, public_state, sum(delta) FROM taken
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (jurisdiction_id, measure, day, service_id, public_state)
DO UPDATE SET value = counter.value + excluded.value
"""


def fold() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FOLD, [FOLDED_AT_ONCE])


# A single statement sees one snapshot: with two, a fold in between would be counted twice or not at all.
READ = """
SELECT coalesce(sum(n), 0)::bigint FROM (
  SELECT day, public_state, value AS n FROM requests_app_counter WHERE jurisdiction_id = %(city)s AND measure = %(measure)s
  UNION ALL
  SELECT day, public_state, delta FROM requests_app_counterdelta WHERE jurisdiction_id = %(city)s AND measure = %(measure)s
) counted
WHERE (%(since)s::date IS NULL OR day >= %(since)s) AND (public_state = 'public' OR NOT %(public_only)s)
"""


def read(jurisdiction: Jurisdiction, measure: str, *, since: dt.date | None = None, public_only: bool = True) -> int:
    """Folded plus pending deltas, so that a count is correct as soon as a change is committed."""
    parameters: dict[str, Any] = {
        "city": jurisdiction.pk,
        "measure": measure,
        "since": since,
        "public_only": public_only,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


# By month, service and public state: fixed_yes, treated_well_partly …
SURVEYED = """
  SELECT r.jurisdiction_id, s.question || '_' || s.value AS measure,
         date_trunc('month', s.answered_at AT TIME ZONE j.time_zone)::date AS day, r.service_id, r.public_state, count(*) AS n
  FROM requests_app_surveyanswer s JOIN requests_app_servicerequest r ON r.id = s.service_request_id
  JOIN requests_app_jurisdiction j ON j.id = r.jurisdiction_id
  WHERE NOT r.is_test GROUP BY 1, 2, 3, 4, 5
"""
COUNT_SURVEYED = f"""
INSERT INTO requests_app_counterdelta (jurisdiction_id, measure, day, service_id, public_state, delta)
SELECT jurisdiction_id, measure, day, service_id, public_state, n FROM ({SURVEYED}) surveyed WHERE jurisdiction_id = %s
"""


def count_survey_answers(jurisdiction: Jurisdiction) -> None:
    """Counts all answers of a city, after they were written in bulk; none may be counted yet."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SURVEYED, [jurisdiction.pk])


# Unconfirmed reports do not count yet.
TRUTH = f"""
SELECT jurisdiction_id, measure, day, service_id, public_state, sum(n) AS n FROM (
  SELECT r.jurisdiction_id, 'submitted' AS measure, (r.submitted_at AT TIME ZONE j.time_zone)::date AS day,
         r.service_id, r.public_state, count(*) AS n
  FROM requests_app_servicerequest r JOIN requests_app_jurisdiction j ON j.id = r.jurisdiction_id
  WHERE r.public_state <> 'unconfirmed' AND NOT r.is_test GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  SELECT jurisdiction_id, 'open', date '1970-01-01', service_id, public_state, count(*)
  FROM requests_app_servicerequest
  WHERE status IN ('received', 'routed', 'in_progress', 'on_hold') AND public_state <> 'unconfirmed'
    AND NOT is_test GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  {SURVEYED}
) counted GROUP BY 1, 2, 3, 4, 5
"""


# One statement sees one snapshot, in which a change and its delta are both visible or both not, so writers need not be
# blocked. Differences are corrected by a delta.
RECOUNT = f"""
INSERT INTO requests_app_counterdelta (jurisdiction_id, measure, day, service_id, public_state, delta)
SELECT jurisdiction_id, measure, day, service_id, public_state, coalesce(truth.n, 0) - coalesce(kept.n, 0)
FROM ({TRUTH}) truth
FULL JOIN (
  SELECT jurisdiction_id, measure, day, service_id, public_state, sum(n) AS n FROM (
    SELECT jurisdiction_id, measure, day, service_id, public_state, value AS n FROM requests_app_counter
    UNION ALL
    SELECT jurisdiction_id, measure, day, service_id, public_state, delta FROM requests_app_counterdelta
  ) rows GROUP BY 1, 2, 3, 4, 5
) kept USING (jurisdiction_id, measure, day, service_id, public_state)
WHERE coalesce(truth.n, 0) <> coalesce(kept.n, 0)
"""


def recount() -> int:
    """Recounts everything, corrects the counters and logs how many were wrong (which should be none)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        wrong = int(cursor.rowcount)
    if wrong:
        log.error("counters_differed", counters=wrong)
    return wrong
