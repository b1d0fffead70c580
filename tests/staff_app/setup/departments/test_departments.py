"""Departments are added, changed, emptied and closed in the browser."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import Department, OnCall, RoutingRule, Service, ServiceRequest, SetupChange, Team
from staff_app.setup.departments import forms
from tests import factories
from tests.factories import Rivermark
from tests.on_call import on_call

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
NEW = "/staff/setup/departments/new/"


def fields(town: Rivermark, **more: Any) -> dict[str, Any]:
    return {
        "name_en": "Water", "name_es": "Agua", "code": "WA", "email": "water@rivermark.example", "phone": "555-0121",
        "calendar": town.streets.calendar_id, **more,
    }  # fmt: skip


def close(client: Client, department: Department, **given: Any) -> Any:
    return client.post(reverse("staff_app:close_department", args=[department.pk]), given)


def test_a_department_is_added_in_every_language_and_recorded(town: Rivermark, ada: Client) -> None:
    assert ada.post(NEW, fields(town)).status_code == 302
    made = Department.objects.get(code="WA")
    assert (made.name, made.email) == ({"en": "Water", "es": "Agua"}, "water@rivermark.example")
    change = SetupChange.objects.get(kind="department")
    assert (change.action, change.key, change.name, change.user) == ("added", "WA", "Water", town.ada)
    assert "Water" in ada.get("/staff/setup/departments/?q=agua").content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name_es": ""}, "Enter the name in Spanish."),
        ({"code": "pw"}, "is taken"),
        ({"code": "a/b"}, "letters, digits"),
        ({"email": "water"}, "Enter an email address"),
        ({"calendar": "0"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    town: Rivermark, ada: Client, more: dict[str, str], words: str
) -> None:
    answer = ada.post(NEW, fields(town, **{"name_en": "<i>Water</i>", **more}))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert "&lt;i&gt;Water" in html
    assert "<i>Water" not in html


def test_two_who_take_one_code_at_once_make_one_row(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the other one had saved after the form's own check.
    monkeypatch.setattr(forms, "clean_code", lambda code, taken: code)
    calendar = {"code": "always", "always": "on", "days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
    for path, given in ((NEW, fields(town, code="PW")), ("/staff/setup/calendars/new/", calendar)):
        answer = ada.post(path, given)
        assert answer.status_code == 422
        assert "is taken" in answer.content.decode()


@pytest.mark.parametrize("path", [NEW, "/staff/setup/calendars/new/"])
def test_an_empty_form_is_refused(town: Rivermark, ada: Client, path: str) -> None:
    assert ada.post(path, {}).status_code == 422


def test_the_second_of_two_editors_sees_what_the_first_one_changed(town: Rivermark, ada: Client) -> None:
    path = reverse("staff_app:department", args=[town.parks.pk])
    seen = ada.get(path).context["seen"]
    assert ada.post(path, fields(town, phone="555-0001", seen=seen)).status_code == 302
    answer = ada.post(path, fields(town, phone="555-0002", seen=seen))
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Which “Phone” do you want to keep?" in html
    assert "555-0001" in html
    assert 'value="555-0002"' in html
    assert ada.post(path, fields(town, phone="555-0002", seen=answer.context["seen"])).status_code == 302
    town.parks.refresh_from_db()
    assert town.parks.phone == "555-0002"


def test_a_department_is_closed_only_once_nothing_points_to_it(town: Rivermark, ada: Client) -> None:
    RoutingRule.objects.create(jurisdiction=town.city, order=1, name="Roots", when={}, department=town.parks)
    on_call(town.city, town.parks, "Rangers")
    crew = Team.objects.create(department=town.parks, code="crew", name={"en": "Tree crew"})
    request = factories.routed(town.tree)
    answer = close(ada, town.parks, close="1")
    assert answer.status_code == 409
    html = answer.content.decode()
    for words in ("1 request.", "End Tree crew", "Tree to prune", "Roots", "Pia", "Rangers"):
        assert words in html
    town.parks.refresh_from_db()
    assert town.parks.active

    assert close(ada, town.parks, move="1", to="").status_code == 422
    assert close(ada, town.parks, move="1", to=town.streets.pk).status_code == 302
    tree = Service.objects.get(pk=town.tree.service_id)
    assert tree.current is not None
    assert (tree.current.department, tree.current.number) == (town.streets, 2)
    assert RoutingRule.objects.get().department == town.streets
    assert OnCall.objects.get().department == town.streets
    assert town.pia.memberships.get().department == town.streets
    assert set(SetupChange.objects.values_list("kind", flat=True)) == {"service", "routing", "person", "on_call"}

    # The old version of the service keeps its department, but it isn't the current one.
    ServiceRequest.objects.filter(pk=request.pk).update(department=town.streets)
    Team.objects.filter(pk=crew.pk).update(active=False)
    assert close(ada, town.parks, close="1").status_code == 302
    town.parks.refresh_from_db()
    assert not town.parks.active
    assert SetupChange.objects.latest("id").action == "closed"
    ada.post(reverse("staff_app:reopen_department", args=[town.parks.pk]))
    town.parks.refresh_from_db()
    assert town.parks.active


def test_ending_a_team_says_where_its_open_requests_go(town: Rivermark, ada: Client) -> None:
    path = reverse("staff_app:new_team", args=[town.streets.pk])
    given = {"name_en": "Night crew", "name_es": "Cuadrilla nocturna", "code": "night", "members": [town.dev.pk]}
    assert ada.post(path, given).status_code == 302
    # Pia works for Parks only.
    assert ada.post(path, {**given, "code": "other", "members": [town.pia.pk]}).status_code == 422
    night = Team.objects.get()
    assert list(night.members.all()) == [town.dev]
    day = Team.objects.create(department=town.streets, code="day", name={"en": "Day crew"})
    open_one, done = (factories.routed(town.pothole, words, answers={"where": "lane"}) for words in ("Deep.", "Wide."))
    ServiceRequest.objects.filter(pk__in=[open_one.pk, done.pk]).update(team=night)
    ServiceRequest.objects.filter(pk=done.pk).update(status="resolved", disposition="fixed")
    end = reverse("staff_app:end_team", args=[night.pk])
    assert "It has 1 open request." in ada.get(end).content.decode()
    assert ada.post(end, {"to": day.pk}).status_code == 302
    open_one.refresh_from_db()
    done.refresh_from_db()
    assert (open_one.team, done.team) == (day, night)
    ada.post(reverse("staff_app:end_team", args=[day.pk]), {"to": ""})
    open_one.refresh_from_db()
    assert (open_one.team, open_one.department) == (None, town.streets)
    assert not Team.objects.filter(active=True).exists()
    assert [one.action for one in SetupChange.objects.filter(kind="team").order_by("id")] == [
        "added",
        "closed",
        "closed",
    ]


def test_only_administrators_shape_departments(town: Rivermark, tom: Client) -> None:
    team = Team.objects.create(department=town.streets, code="day", name={"en": "Day crew"})
    for name, args in (
        ("departments", []), ("new_department", []), ("department", [town.streets.pk]),
        ("close_department", [town.streets.pk]), ("teams", []), ("new_team", [town.streets.pk]), ("team", [team.pk]),
        ("end_team", [team.pk]), ("calendars", []), ("calendar", [town.streets.calendar_id]),
    ):  # fmt: skip
        assert tom.get(reverse(f"staff_app:{name}", args=args)).status_code == 403
    assert close(tom, town.streets, close="1").status_code == 403
