"""The list of teams: this city's, with the departments that can get another one."""

from typing import Any

import pytest

from requests_app.models import Team
from staff_app.setup.departments.forms import TeamForm
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_only_teams_and_open_departments_of_this_city_are_listed(town: Rivermark, signed_in: Any) -> None:
    lakeside = factories.lakeside()
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    for department, name in ((town.streets, "North"), (closed, "Night"), (lakeside.streets, "Lake")):
        Team.objects.create(department=department, code=name.lower(), name={"en": name})
    page = signed_in(town.ada).get("/staff/setup/teams/")
    assert [row.code for row in page.context["list"].rows] == ["night", "north"]
    offered = list(page.context["departments"])
    assert {town.streets, town.parks} <= set(offered)
    assert not {closed, lakeside.streets} & set(offered)


def test_those_who_work_for_the_department_or_the_whole_city_can_be_members(town: Rivermark) -> None:
    offered = {str(one) for one in TeamForm(team=Team(department=town.streets)).staff.values()}
    assert {"Cal", "Dev", "Tom"} <= offered
    assert "Pia" not in offered
