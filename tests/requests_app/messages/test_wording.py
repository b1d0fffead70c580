"""The public's words: dates and distances."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from requests_app.core import units
from requests_app.messages import wording


def test_a_date_carries_its_year_if_it_is_not_this_one() -> None:
    this_year = timezone.localdate().year
    assert wording.long_date(dt.date(this_year, 6, 3)).endswith("day, June 3")
    assert wording.long_date(dt.date(2025, 6, 3)) == "Tuesday, June 3, 2025"
    at = dt.datetime(2025, 6, 3, 20, 30, tzinfo=dt.UTC)
    assert wording.long_time(at, dt.UTC) == "Tuesday, June 3, 2025, 8:30 p.m."
    assert wording.long_time(at.replace(year=this_year), dt.UTC).endswith("day, June 3, 8:30 p.m.")
    with translation.override("es"):
        assert wording.long_date(dt.date(2025, 6, 3)) == "martes 3 de junio de 2025"
        assert wording.long_time(at, dt.UTC) == "martes 3 de junio de 2025, 8:30 p.m."
        assert wording.long_time(at.replace(month=5), dt.UTC) == "sábado 3 de mayo de 2025, 8:30 p.m."
        # A language may write the time with letters of its own.
        assert wording._formatted(at, "j/n/Y, H:i") == "3/6/2025, 20:30"


@pytest.mark.parametrize(
    ("meters", "words"),
    [
        (200, "660 feet (200 meters)"),
        (304, "1000 feet (304 meters)"),
        (500, "0.3 miles (500 meters)"),
        (1000, "0.6 miles (1000 meters)"),
    ],
)
def test_distances_are_in_feet_and_in_miles_from_1000_feet_on(meters: int, words: str) -> None:
    assert wording.distance_words(meters) == words


@pytest.mark.parametrize(("meters", "words"), [(999, "999 meters"), (1000, "1.0 kilometers"), (1500, "1.5 kilometers")])
def test_a_metric_city_reads_kilometers_from_1000_meters_on(meters: int, words: str) -> None:
    with units.override(units.METRIC):
        assert wording.distance_words(meters) == words


@pytest.mark.parametrize(
    ("meters", "words"),
    [
        (0, "At the same location"),
        (9, "30 feet (9 meters) away"),
        (304, "997 feet (304 meters) away"),
        (648, "0.4 miles away"),
    ],
)
def test_what_is_farther_away_is_in_miles(meters: int, words: str) -> None:
    assert wording.away(meters) == words
