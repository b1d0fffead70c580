"""What residents said after their reports ended, per service and month, in numbers that don't point to anyone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from requests_app.models import Jurisdiction, Service, SurveyAnswer
from requests_app.places.public_place import LISTED

# Below, a number is shown as "fewer than", 0 included, so that nobody learns what one neighbor said, or that all said the same.
SMALLEST = 5
QUESTIONS = [question.value for question in SurveyAnswer.Question]
VALUES = [value.value for value in SurveyAnswer.Value]
MEASURES = {f"{question}_{value}": (question, value) for question in QUESTIONS for value in VALUES}

# Counters of public requests alone. The first index of the table has exactly this order.
READ = """
SELECT day, service_id, measure, sum(n)::bigint FROM (
  SELECT day, service_id, measure, value AS n FROM requests_app_counter
  WHERE jurisdiction_id = %(city)s AND measure = ANY(%(measures)s) AND day >= %(since)s AND day < %(until)s
    AND public_state = 'public'
  UNION ALL
  SELECT day, service_id, measure, delta FROM requests_app_counterdelta
  WHERE jurisdiction_id = %(city)s AND measure = ANY(%(measures)s) AND day >= %(since)s AND day < %(until)s
    AND public_state = 'public'
) counted GROUP BY 1, 2, 3 HAVING sum(n) > 0
"""
EARLIER = """
SELECT EXISTS (SELECT FROM requests_app_counter
  WHERE jurisdiction_id = %(city)s AND measure = ANY(%(measures)s) AND day < %(since)s AND public_state = 'public')
"""


@dataclass(frozen=True)
class Tally:
    """The answers to one question. None: fewer than SMALLEST."""

    yes: int | None
    partly: int | None
    no: int | None

    @property
    def shown(self) -> list[int]:
        return [count for count in (self.yes, self.partly, self.no) if count is not None]

    @property
    def answered(self) -> int:
        """The sum of the numbers shown, and of these alone, so that no total gives a small number away."""
        return sum(self.shown)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out of `answered`."""
        return len(self.shown) == len(VALUES)


@dataclass(frozen=True)
class Row:
    """One service in one month. service: None for all services that have too few answers to be shown alone."""

    month: dt.date
    service: Service | None
    fixed: Tally
    treated_well: Tally

    @property
    def tallies(self) -> list[Tally]:
        return [self.fixed, self.treated_well]


@dataclass(frozen=True)
class Month:
    month: dt.date
    rows: list[Row]

    @cached_property
    def total(self) -> Row:
        """Adds up what the rows show."""
        fixed, treated_well = (_sum(row.tallies[number] for row in self.rows) for number in range(len(QUESTIONS)))
        return Row(self.month, None, fixed, treated_well)


def months(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> list[Month]:
    """The months from `since` to before `until` in which somebody answered, newest first."""
    services = {
        service.pk: service
        for service in Service.objects.filter(jurisdiction=jurisdiction, current__visibility__in=LISTED)
        .select_related("current")
        .order_by("service_code")
    }
    counts: dict[dt.date, dict[int, dict[tuple[str, str], int]]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(READ, _parameters(jurisdiction, since) | {"until": until})
        for day, service_id, measure, count in cursor.fetchall():
            if service_id in services:
                counts[day][service_id][MEASURES[measure]] = count
    return [Month(month, list(_rows(month, services, counts[month]))) for month in sorted(counts, reverse=True)]


def has_earlier(jurisdiction: Jurisdiction, since: dt.date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, _parameters(jurisdiction, since))
        return bool(cursor.fetchone()[0])


def _parameters(jurisdiction: Jurisdiction, since: dt.date) -> dict[str, Any]:
    return {"city": jurisdiction.pk, "measures": list(MEASURES), "since": since}


def _rows(
    month: dt.date, services: Mapping[int, Service], counts: Mapping[int, Mapping[tuple[str, str], int]]
) -> Iterator[Row]:
    """In the order of the services; those with only small numbers are added up, last."""
    small: dict[tuple[str, str], int] = defaultdict(int)
    for pk, service in services.items():
        given = counts.get(pk)
        if not given:
            continue
        row = _row(month, service, given)
        if any(tally.shown for tally in row.tallies):
            yield row
        else:
            for key, count in given.items():
                small[key] += count
    if small:
        yield _row(month, None, small)


def _row(month: dt.date, service: Service | None, counts: Mapping[tuple[str, str], int]) -> Row:
    fixed, treated_well = (
        Tally(*(_cell(counts.get((question, value), 0)) for value in VALUES)) for question in QUESTIONS
    )
    return Row(month, service, fixed, treated_well)


def _cell(count: int) -> int | None:
    return count if count >= SMALLEST else None


def _sum(tallies: Iterable[Tally]) -> Tally:
    every = list(tallies)

    def add(counts: list[int | None]) -> int | None:
        shown = [count for count in counts if count is not None]
        return sum(shown) if shown else None

    return Tally(
        add([tally.yes for tally in every]), add([tally.partly for tally in every]), add([tally.no for tally in every])
    )
