"""Choices on pages that list what has ended, too: only what is in use in this city can be chosen."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import (
    Article,
    ArticleTopic,
    Jurisdiction,
    Membership,
    OnCall,
    Service,
    Team,
    User,
)
from staff_app.setup.departments.forms import EndTeamForm, MoveForm, TeamForm
from staff_app.setup.on_call import OnCallForm, roster_name
from staff_app.setup.people.forms import staff_of
from staff_app.setup.texts.forms import ArticleForm
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
OF_ARTICLE = ("departments", "related", "topic")


def codes(rows: Iterable[Any]) -> list[str]:
    return sorted(row.code for row in rows)


def names(users: Iterable[User]) -> set[str]:
    return {user.name for user in users}


@pytest.fixture
def beside(town: Rivermark) -> None:
    """Closed, ended and left here, and the same in another city, where the administrator works, too."""
    there = factories.lakeside()
    factories.department(there.city, "LK", "Lake")
    for user in (town.ada, town.tom):
        role = factories.role(there.city, "administrator")
        Membership.objects.create(user=user, jurisdiction=there.city, role=role)
    factories.department(town.city, "OLD", "Old", active=False)
    for of, code, active in (
        (town.streets, "day", True),
        (town.streets, "gone", False),
        (town.parks, "trees", True),
        (there.streets, "lake", True),
    ):
        Team.objects.create(department=of, code=code, name={"en": code}, active=active)
    left = factories.staff("Left", "crew", town.city, town.streets)
    User.objects.filter(pk=left.pk).update(is_active=False)


def test_departments_teams_and_people_that_are_gone_are_not_offered(
    town: Rivermark, beside: None, signed_in: Callable[[User], Client]
) -> None:
    ada = signed_in(town.ada)
    here = set(User.objects.filter(memberships__jurisdiction=town.city, is_active=True).values_list("name", flat=True))
    in_use = codes(town.city.departments.filter(active=True))
    assert codes(MoveForm(department=town.streets).departments.values()) == sorted(set(in_use) - {town.streets.code})
    night = Team.objects.create(department=town.streets, code="night", name={"en": "Night"})
    assert codes(EndTeamForm(team=night).teams.values()) == ["day"]
    of_streets = set(
        User.objects.filter(memberships__department__in=[town.streets], is_active=True).values_list("name", flat=True)
    )
    of_city = set(
        User.objects.filter(
            memberships__department=None, memberships__jurisdiction=town.city, is_active=True
        ).values_list("name", flat=True)
    )
    assert names(TeamForm(team=night).staff.values()) == of_streets | of_city
    roster = OnCallForm(city=town.city)
    assert codes(roster.departments.values()) == in_use
    assert names(roster.staff.values()) == here
    teams = ada.get(reverse("staff_app:teams")).context
    assert codes(teams["departments"]) == in_use
    people = ada.get(reverse("staff_app:people")).content.decode()
    assert "Left" not in people
    # Anyone who has left, and who works in the other city alone.
    for name in ("Left", "Lou"):
        gone = User.objects.get(name=name)
        assert ada.get(reverse("staff_app:person", args=[gone.pk])).status_code == 404
    assert names(staff_of(town.city)) == here


def test_rosters_are_of_open_departments_and_say_who_has_left(
    town: Rivermark, beside: None, signed_in: Callable[[User], Client]
) -> None:
    ada = signed_in(town.ada)
    for user in (town.tom, User.objects.get(name="Left")):
        OnCall.objects.create(jurisdiction=town.city, department=town.streets, user=user)
    rosters = ada.get(reverse("staff_app:on_call")).context["rosters"]
    assert [roster["name"] for roster in rosters] == [
        roster_name(None),
        *(str(one) for one in town.city.departments.filter(active=True).order_by("code")),
    ]
    of_streets = next(roster["rows"] for roster in rosters if roster["name"] == str(town.streets))
    assert [(row["name"], row["has_left"]) for row in of_streets] == [("Tom", False), ("Left", True)]


def test_services_are_live_waiting_or_retired(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    waiting = factories.service(town.city, "waiting").service
    Service.objects.filter(pk=waiting.pk).update(active=False)
    ada = signed_in(town.ada)
    found = {
        state: {
            row["service"].service_code
            for row in ada.get(reverse("staff_app:go_live"), {"state": state}).context["list"].rows
        }
        for state in ("waiting", "live", "retired")
    }
    live = set(Service.objects.filter(jurisdiction=town.city, active=True).values_list("service_code", flat=True))
    assert found == {"waiting": {"waiting"}, "live": live, "retired": set()}


def test_an_article_is_for_departments_in_use_or_its_own_and_kept_by_people_here(town: Rivermark, beside: None) -> None:
    there = Jurisdiction.objects.get(name="Lakeside")
    for city, code in ((town.city, "mine"), (town.city, "other"), (there, "theirs")):
        factories.article(city, code, code)
        ArticleTopic.objects.create(jurisdiction=city, code=f"{code}-topic", name={"en": code})
    Article.objects.get(code="mine").departments.add(town.city.departments.get(code="OLD"))
    in_use = codes(town.city.departments.filter(active=True))
    here = set(User.objects.filter(memberships__jurisdiction=town.city, is_active=True).values_list("name", flat=True))
    for code, departments, related in (("", in_use, ["mine", "other"]), ("mine", [*in_use, "OLD"], ["other"])):
        fields = ArticleForm(city=town.city, code=code).fields
        offered = {name: sorted(value for value, _label in fields[name].choices if value) for name in OF_ARTICLE}  # type: ignore[attr-defined]
        assert offered == {
            "departments": sorted(departments),
            "related": related,
            "topic": ["mine-topic", "other-topic"],
        }
        assert names(fields["owner"].queryset) == here  # type: ignore[attr-defined]
