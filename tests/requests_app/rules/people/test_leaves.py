"""Who is away: both days included, by the city's calendar, in this city alone; and the stand-ins."""

import datetime as dt

import pytest

from requests_app.models import Leave, User
from requests_app.rules.people import leaves
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2027, 3, 1), dt.date(2027, 3, 5)
DAY = dt.timedelta(days=1)


def away(town: Rivermark, user: User, stand_in: User | None = None, last: dt.date = LAST) -> None:
    Leave.objects.create(jurisdiction=town.city, user=user, starts_on=FIRST, ends_on=last, stand_in=stand_in)


@pytest.mark.parametrize(("day", "is_away"), [(FIRST - DAY, False), (FIRST, True), (LAST, True), (LAST + DAY, False)])
def test_both_days_belong_to_it_in_this_city(town: Rivermark, day: dt.date, is_away: bool) -> None:
    lakeside = factories.lakeside()
    away(town, town.tom)
    Leave.objects.create(jurisdiction=lakeside.city, user=town.dev, starts_on=FIRST, ends_on=LAST)
    assert leaves.away_ids(town.city, day) == ([town.tom.pk] if is_away else [])
    assert set(leaves.away(town.city, [town.tom, town.dev.pk], day)) == ({town.tom.pk} if is_away else set())


def test_today_is_the_citys_day(town: Rivermark) -> None:
    town.city.time_zone = "America/Chicago"
    away(town, town.tom)
    set_time(dt.datetime(2027, 3, 6, 5, tzinfo=dt.UTC))
    assert leaves.today(town.city) == LAST
    assert leaves.away_ids(town.city) == [town.tom.pk]
    set_time(dt.datetime(2027, 3, 6, 7, tzinfo=dt.UTC))
    assert leaves.away_ids(town.city) == []


def test_a_stand_in_who_is_away_hands_on_and_nobody_stands_in_for_a_ring(town: Rivermark) -> None:
    away(town, town.tom, town.dev)
    assert leaves.away(town.city, [town.tom], FIRST)[town.tom.pk] == leaves.Away(LAST, town.dev)
    away(town, town.dev, town.pia)
    assert leaves.away(town.city, [town.tom], FIRST)[town.tom.pk].stand_in == town.pia
    away(town, town.pia, town.tom)
    assert leaves.away(town.city, [town.tom], FIRST)[town.tom.pk].stand_in is None


def test_somebody_who_left_stands_in_for_nobody(town: Rivermark) -> None:
    away(town, town.tom, town.dev)
    User.objects.filter(pk=town.dev.pk).update(is_active=False)
    assert leaves.away(town.city, [town.tom], FIRST)[town.tom.pk].stand_in is None
    assert leaves.away(town.city, [town.dev], FIRST) == {}
