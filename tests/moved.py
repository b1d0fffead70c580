"""The database's clock, moved for one test alone: the shift ends with the test's transaction."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def it_is(then: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [then])


def it_is_in(city_zone: dt.tzinfo, day: dt.date, hour: int) -> None:
    """That hour of that day, by the city's wall clock."""
    it_is(dt.datetime.combine(day, dt.time(hour), city_zone))


def dated(words: str, year: int) -> str:
    """A date of that year as pages write it: with the year, unless it's this one."""
    return words if year == timezone.localdate().year else f"{words}, {year}"
