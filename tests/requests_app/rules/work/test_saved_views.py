"""Who sees a saved view, with whom it may be shared, and who may change it, with two teams, departments and cities."""

import pytest

from requests_app.models import Department, Jurisdiction, Membership, SavedView, Team, User
from requests_app.rules.work import saved_views
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def view(
    city: Jurisdiction, owner: User, audience: str = "me", team: Team | None = None, of: Department | None = None
) -> SavedView:
    name = f"{audience} {SavedView.objects.count()}"
    return SavedView.objects.create(
        jurisdiction=city, owner=owner, name=name, audience=audience, team=team, department=of
    )


def team(of: Department, code: str, *members: User, active: bool = True) -> Team:
    made = Team.objects.create(department=of, code=code, name={"en": code}, active=active)
    made.members.set(members)
    return made


def test_one_sees_ones_own_and_what_is_shared_with_ones_team_department_and_city(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    north, south = team(town.streets, "north", town.dev, town.tom), team(town.streets, "south")
    gone = team(town.streets, "gone", town.dev, active=False)
    seen = [
        view(town.city, town.dev),
        view(town.city, town.tom, "team", team=north),
        view(town.city, town.tom, "department", of=town.streets),
        view(town.city, town.pia, "city"),
    ]
    view(town.city, town.tom)
    view(town.city, town.tom, "team", team=south)
    view(town.city, town.tom, "team", team=gone)
    view(town.city, town.pia, "department", of=town.parks)
    view(lakeside.city, lakeside.sid, "city")
    view(lakeside.city, town.dev)
    assert set(saved_views.visible(town.dev, town.city)) == set(seen)
    assert not set(seen) & set(saved_views.visible(lakeside.lou, lakeside.city))


def test_who_works_in_two_cities_sees_a_departments_views_in_its_own_city_alone(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    Membership.objects.create(
        user=town.dev,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=factories.role(lakeside.city, "crew"),
    )
    ours = view(town.city, town.tom, "department", of=town.streets)
    theirs = view(lakeside.city, lakeside.sid, "department", of=lakeside.streets)
    assert list(saved_views.visible(town.dev, town.city)) == [ours]
    assert list(saved_views.visible(town.dev, lakeside.city)) == [theirs]


def codes(user: User, city: Jurisdiction) -> list[str]:
    return [one.code for one in saved_views.audiences(user, city)]


def test_a_view_is_shared_with_the_teams_and_departments_one_works_in(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    north = team(town.streets, "north", town.pia)
    team(town.streets, "old", town.dev, active=False)
    trees = team(town.parks, "trees")
    team(lakeside.streets, "lake", town.dev, town.pia)
    streets, parks = f"department-{town.streets.pk}", f"department-{town.parks.pk}"
    assert codes(town.dev, town.city) == ["me", f"team-{north.pk}", streets]
    assert codes(town.pia, town.city) == ["me", f"team-{north.pk}", f"team-{trees.pk}", parks]
    assert codes(town.ada, town.city) == ["me", "city"]
    # Who takes calls for the whole city leads nobody.
    assert codes(town.cal, town.city) == ["me"]
    contractor = factories.staff("Con", "contractor", town.city, town.streets)
    assert codes(contractor, town.city) == ["me"]
    assert codes(lakeside.sid, town.city) == ["me"]


def test_its_owner_and_who_supervises_those_it_is_shared_with_may_change_it(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    sue = factories.staff("Sue", "supervisor", town.city, town.streets)
    north = team(town.streets, "north", town.dev)
    own = view(town.city, town.dev)
    of_team, of_department, of_city = (
        view(town.city, town.dev, "team", team=north),
        view(town.city, town.dev, "department", of=town.streets),
        view(town.city, town.dev, "city"),
    )
    may = {
        user.name: [saved_views.may_change(user, one) for one in (own, of_team, of_department, of_city)]
        for user in (town.dev, sue, town.tom, town.pia, town.ada, lakeside.sid)
    }
    assert may == {
        "Dev": [True, True, True, True],
        "Sue": [False, True, True, False],
        # Of the department, and no supervisor.
        "Tom": [False, False, False, False],
        # A supervisor, of another department.
        "Pia": [False, False, False, False],
        "Ada": [False, True, True, True],
        "Sid": [False, False, False, False],
    }
