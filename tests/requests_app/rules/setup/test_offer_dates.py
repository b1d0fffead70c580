"""Whether a service is offered on a day: both ends included, each year or once, also over New Year."""

import datetime as dt

import pytest

from requests_app.models import ServiceVersion
from requests_app.rules.setup.offer_dates import is_offered, is_yearly, offered_today
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

FALL = {"from": "10-15", "to": "12-15"}
WINTER = {"from": "11-01", "to": "02-28"}
ONCE = {"from": "2027-03-01", "to": "2027-03-31"}


@pytest.mark.parametrize(
    ("offered", "day", "expected"),
    [
        ({}, "2027-01-01", True),
        (FALL, "2027-10-14", False),
        (FALL, "2027-10-15", True),
        (FALL, "2030-12-15", True),
        (FALL, "2027-12-16", False),
        (WINTER, "2027-10-31", False),
        (WINTER, "2027-11-01", True),
        (WINTER, "2028-01-10", True),
        (WINTER, "2028-02-28", True),
        (WINTER, "2028-02-29", False),
        (ONCE, "2027-02-28", False),
        (ONCE, "2027-03-01", True),
        (ONCE, "2027-03-31", True),
        (ONCE, "2027-04-01", False),
        (ONCE, "2028-03-15", False),
        # One day.
        ({"from": "07-04", "to": "07-04"}, "2027-07-04", True),
        ({"from": "07-04", "to": "07-04"}, "2027-07-05", False),
    ],
)
def test_both_ends_belong_to_it(offered: dict[str, str], day: str, expected: bool) -> None:
    assert is_offered(offered, dt.date.fromisoformat(day)) is expected


def test_yearly_days_have_no_year() -> None:
    assert (is_yearly(FALL), is_yearly(ONCE), is_yearly({})) == (True, False, False)


@pytest.mark.django_db
def test_today_is_the_citys_day(town: Rivermark) -> None:
    leaves = factories.service(town.city, "leaves", offered=FALL)
    zone = town.city.zone
    versions: list[ServiceVersion] = [leaves, town.pothole]
    for day, expected in ((dt.date(2027, 12, 15), versions), (dt.date(2027, 12, 16), [town.pothole])):
        set_time(dt.datetime.combine(day, dt.time(23, 59), zone))
        assert offered_today(versions, zone) == expected
    assert offered_today([town.pothole], zone) == [town.pothole]
