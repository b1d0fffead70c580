"""The database's clock, moved for one test alone: the shift ends with the test's transaction."""

import datetime as dt

from django.db import connection


def it_is(then: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)", [then])


def it_is_in(city_zone: dt.tzinfo, day: dt.date, hour: int) -> None:
    """That hour of that day, by the city's wall clock."""
    it_is(dt.datetime.combine(day, dt.time(hour), city_zone))
