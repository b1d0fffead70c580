"""Due times in a few words, in the reader's language and the city's time zone."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from staff_app import due

# A Friday, 9 a.m.
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("after", "english", "spanish"),
    [
        (dt.timedelta(hours=7), "Today 4 p.m.", "Hoy 16:00"),
        (dt.timedelta(days=3, hours=2, minutes=29), "Mon 11:29 a.m.", "lun 11:29"),
        (dt.timedelta(days=21), "Dec 18", "18 dic"),
        (dt.timedelta(days=60), "Jan 26, 2027", "26 ene 2027"),
        # A request is feminine in Spanish.
        (-dt.timedelta(days=2), "Late 2 d", "Atrasada 2 d"),
    ],
)
def test_it_is_as_short_as_the_day_allows(after: dt.timedelta, english: str, spanish: str) -> None:
    with timezone.override(dt.UTC):
        with translation.override("en"):
            assert due.of_time(NOW + after, NOW).text == english
        with translation.override("es"):
            assert due.of_time(NOW + after, NOW).text == spanish
