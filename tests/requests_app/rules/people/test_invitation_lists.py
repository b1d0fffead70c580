"""Who a line of a pasted list is about, with another city of the same names, people who left and places that closed."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import Invitation, Jurisdiction, Role, Team, User
from requests_app.rules.people import invitation_lists
from requests_app.rules.people.invitation_lists import EMAIL_MAX, LINES_MAX, NAME_MAX, Line
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def line(city: Jurisdiction, text: str) -> Line:
    return invitation_lists.read(text, city).lines[0]


def invited(city: Jurisdiction, email: str) -> None:
    Invitation.objects.create(
        jurisdiction=city, email=email, role=factories.role(city, "crew"), expires_at=app_now() + dt.timedelta(days=7)
    )


def test_only_who_works_here_or_is_invited_here_is_no_one_to_invite(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    gone = factories.staff("Gus", "crew", town.city, town.streets)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    invited(town.city, "ours@x.example")
    invited(lakeside.city, "theirs@x.example")
    taken = {
        email: bool(line(town.city, f"{email}, crew").problem)
        for email in (town.tom.email, lakeside.lou.email, gone.email, "ours@x.example", "theirs@x.example")
    }
    assert taken == {
        town.tom.email: True,
        lakeside.lou.email: False,
        gone.email: False,
        "ours@x.example": True,
        "theirs@x.example": False,
    }


def test_roles_departments_and_teams_are_this_citys_and_open(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    for code in ("triage", "skipper"):
        Role.objects.create(jurisdiction=lakeside.city, code=code, name={"en": code}, permissions=["view"])
    factories.department(lakeside.city, "HARBOR", "Harbor")
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    # Under the name of an open one.
    factories.department(town.city, "PK2", "Parks", active=False)
    north = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    Team.objects.create(department=town.parks, code="north2", name={"en": "North"}, active=False)
    Team.objects.create(department=town.streets, code="gone", name={"en": "Gone"}, active=False)
    Team.objects.create(department=closed, code="olds", name={"en": "North"})
    Team.objects.create(department=lakeside.streets, code="lake", name={"en": "North"})
    placed = line(town.city, "Nia, nia@x.example, crew, North")
    assert (placed.problem, placed.team, placed.department) == ("", north, town.streets)
    assert line(town.city, "Nia, nia@x.example, crew, Streets").department == town.streets
    assert line(town.city, "Nia, nia@x.example, crew, Parks").department == town.parks
    assert "role “skipper”" in line(town.city, "Nia, nia@x.example, skipper").problem
    for place in ("Harbor", "Old works", "Gone", "olds", "lake"):
        assert f"team “{place}”" in line(town.city, f"Nia, nia@x.example, crew, {place}").problem


def test_two_places_of_one_name_need_their_code(town: Rivermark) -> None:
    Team.objects.create(department=town.streets, code="s1", name={"en": "Leaves"})
    trees = Team.objects.create(department=town.parks, code="p1", name={"en": "Leaves"})
    assert "fits more than one department or team" in line(town.city, "nia@x.example, crew, Leaves").problem
    assert line(town.city, "nia@x.example, crew, p1").team == trees


def test_a_role_that_has_a_colon_in_its_name_is_that_role(town: Rivermark) -> None:
    factories.role(town.city, "crew")
    night = Role.objects.create(jurisdiction=town.city, code="n", name={"en": "Crew: Streets"}, permissions=["view"])
    whole = line(town.city, "nia@x.example, crew: streets")
    assert (whole.role, whole.department) == (night, None)
    parts = line(town.city, "nia@x.example, crew: parks")
    assert (parts.role and parts.role.code, parts.department) == ("crew", town.parks)
    # Where the place has a cell of its own, the first is the role alone.
    assert "role “crew: parks”" in line(town.city, "Nia, nia@x.example, crew: parks, streets").problem
    assert "role “skipper”" in line(town.city, "nia@x.example, skipper").problem


def test_the_longest_name_address_and_list_are_taken_and_no_longer_one(town: Rivermark) -> None:
    factories.role(town.city, "crew")
    longest = f"{'b' * (EMAIL_MAX - len('@x.example'))}@x.example"
    for address, name, is_taken in (
        (longest, "N" * NAME_MAX, True),
        (longest, "N" * (NAME_MAX + 1), False),
        (f"b{longest}", "Nia", False),
    ):
        assert (line(town.city, f"{name}, {address}, crew").problem == "") is is_taken
    lines = [f"p{number}@x.example, crew" for number in range(LINES_MAX + 1)]
    assert len(invitation_lists.read("\n".join(lines[1:]), town.city).lines) == LINES_MAX
    with pytest.raises(invitation_lists.TooManyLines):
        invitation_lists.read("\n".join(lines), town.city)
