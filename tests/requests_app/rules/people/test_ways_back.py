"""What can be brought back is of this city, of the last thirty days, and of people and places that are still there."""

import datetime as dt
from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Membership, SetupChange, Team, User
from requests_app.rules.people import ways_back
from requests_app.rules.people.ways_back import BACK_WITHIN
from tests import factories
from tests.factories import Lakeside, Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 3, 31, 9, tzinfo=dt.UTC)


@pytest.fixture
def lakeside(town: Rivermark) -> Lakeside:
    set_time(NOW)
    return factories.lakeside()


def change(city: Jurisdiction, kind: str, key: object, before: Any, after: Any, **columns: Any) -> SetupChange:
    defaults = {"action": "changed", "at": app_now()} | columns
    return SetupChange.objects.create(
        jurisdiction=city, kind=kind, key=str(key), before=before, after=after, **defaults
    )


def had(*roles: str, **more: Any) -> dict[str, Any]:
    return {"roles": list(roles), **more}


def test_the_newest_change_of_each_role_of_this_city(town: Rivermark, lakeside: Lakeside) -> None:
    change(town.city, "role", "crew", {"a": 1}, {"a": 2})
    newest = change(town.city, "role", "crew", {"a": 2}, {"a": 3})
    removed = change(town.city, "role", "plower", {"a": 1}, None)
    change(town.city, "role", "new", None, {"a": 1})
    change(town.city, "person", town.tom.pk, had("crew"), None)
    change(lakeside.city, "role", "skipper", {"a": 1}, None)
    assert ways_back.role_changes(town.city) == [removed, newest]


def test_those_who_lost_the_role_in_its_last_month_and_work_here_still(town: Rivermark, lakeside: Lakeside) -> None:
    """Not who lost it in another city, earlier or later, has left, or had it in a department that was closed."""
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    factories.department(lakeside.city, "HARBOR", "Harbor")
    gus, hal, ida = (factories.staff(name, "crew", town.city, town.streets) for name in ("Gus", "Hal", "Ida"))
    User.objects.filter(pk=gus.pk).update(is_active=False)
    Membership.objects.create(
        user=hal, jurisdiction=lakeside.city, department=None, role=factories.role(lakeside.city, "crew")
    )
    early, first = NOW - BACK_WITHIN, NOW - BACK_WITHIN + MOMENT
    for city, user, at, place in (
        (town.city, town.tom, first, " (PW)"),
        (town.city, town.dev, early, " (PW)"),
        (town.city, town.pia, first, ""),
        (town.city, gus, first, " (PW)"),
        (town.city, ida, first, f" ({closed.code})"),
        (town.city, ida, first, " (HARBOR)"),
        (lakeside.city, hal, first, " (PW)"),
        (town.city, lakeside.lou, first, " (PW)"),
    ):
        change(city, "person", user.pk, had(f"plower{place}"), had(), at=at)
    removed = change(town.city, "role", "plower", {"a": 1}, None)
    change(town.city, "person", town.cal.pk, had("plower"), had())
    # What only has the same words, and is no person.
    change(town.city, "team", hal.pk, had("plower"), had(), at=first)
    holders = {(one.user, one.department) for one in ways_back.holders(removed)}
    assert holders == {(town.tom, town.streets), (town.pia, None)}
    assert ways_back.holders(change(town.city, "role", "plower", {"a": 1}, {"a": 2})) == []


def end(city: Jurisdiction, user: User, by: User | None, **columns: Any) -> SetupChange:
    return change(city, "person", user.pk, had("crew (PW)"), None, user=by, action="removed", **columns)


def test_access_that_ended_within_thirty_days_here(town: Rivermark, lakeside: Lakeside) -> None:
    gus, hal, ida, joy, kim, ben = (
        factories.staff(name, "crew", town.city, town.streets) for name in ("Gus", "Hal", "Ida", "Joy", "Kim", "Ben")
    )
    Membership.objects.filter(user__in=[gus, hal, ida, joy, kim]).delete()
    # Joy has gone on to the other city.
    Membership.objects.create(
        user=joy, jurisdiction=lakeside.city, department=None, role=factories.role(lakeside.city, "crew")
    )
    end(town.city, gus, town.ada, at=NOW - BACK_WITHIN)
    hals = end(town.city, hal, town.ada, at=NOW - BACK_WITHIN + MOMENT)
    # By the city's single sign-on.
    end(town.city, ida, None)
    joys = end(town.city, joy, town.ada)
    end(lakeside.city, kim, lakeside.sid)
    end(town.city, ben, town.ada)
    listed = dict(ways_back.ends(town.city))
    assert listed == {hal: hals, joy: joys}
    for user, ending in ((gus, None), (hal, hals), (ida, None), (joy, joys), (kim, None), (ben, None)):
        assert ways_back.ended(user, town.city) == ending, user.name
    # What another city wrote of the same person since.
    change(lakeside.city, "person", hal.pk, had("crew"), had("triage"))
    change(town.city, "leave", hal.pk, None, {"days": 2})
    assert ways_back.ended(hal, town.city) == hals
    set_time(NOW + MOMENT)
    assert ways_back.ended(hal, town.city) is None
    assert [user for user, _ending in ways_back.ends(town.city)] == [joy]


def test_what_comes_back_is_of_this_city_and_open(town: Rivermark, lakeside: Lakeside) -> None:
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    factories.department(lakeside.city, "HARBOR", "Harbor")
    skipper = factories.role(lakeside.city, "contractor")
    north = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    for department, code, active in (
        (town.streets, "gone", False),
        (closed, "old", True),
        (lakeside.streets, "lake", True),
    ):
        Team.objects.create(department=department, code=code, name={"en": code}, active=active)
    crew = factories.role(town.city, "crew")
    before = had(
        *("crew (PW)", "crew", "crew (OLD)", "crew (HARBOR)", f"{skipper.code} (PW)", "triage (PW)"),
        teams=["PW/north", "PW/gone", "OLD/old", "PW/lake"],
        by_group=["triage (PW)"],
    )
    access = ways_back.access_of(town.dev, change(town.city, "person", town.dev.pk, before, None))
    assert access.roles == [(crew, town.streets), (crew, None)]
    assert access.teams == [north]
    assert access.lost == [
        *("crew (OLD)", "crew (HARBOR)", "contractor (PW)", "triage (PW)"),
        *("PW/gone", "OLD/old", "PW/lake"),
    ]
    assert not access.is_switched_on
    town.dev.is_active = False
    assert ways_back.access_of(town.dev, change(town.city, "person", town.dev.pk, had(), None)).is_switched_on
