"""Shifts the database's clock for one test. The shift ends with the test's transaction."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def set_time(then: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [then])


def set_local_time(city_zone: dt.tzinfo, day: dt.date, hour: int) -> None:
    """Sets the time to this hour of this day in the city's time zone."""
    set_time(dt.datetime.combine(day, dt.time(hour), city_zone))


def dated(words: str, year: int) -> str:
    """A date of that year as pages write it: with the year, unless it's this one."""
    return words if year == timezone.localdate().year else f"{words}, {year}"
