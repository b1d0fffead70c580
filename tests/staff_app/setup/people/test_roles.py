"""Roles: one table of plain sentences; copied, changed, and removed if nobody has them."""

import pytest
from django.test import Client
from django.utils.html import escape
from django.utils.translation import override

from requests_app.models import Role, SetupChange
from requests_app.rules.people import permissions
from staff_app.request.actions import ACTION_BY_VERB
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]

ROLES = "/staff/setup/roles/"
NAMES = {"name_en": "Night desk", "name_es": "Turno de noche"}


def test_every_permission_that_staff_use_has_one_sentence_in_the_table(town: Rivermark, ada: Client) -> None:
    used = {code for role in permissions.DEFAULT_ROLES.values() for code in role["permissions"]}
    assert used | permissions.CITY_PERMISSIONS | set(ACTION_BY_VERB) <= set(permissions.SENTENCES)
    assert set(permissions.SENTENCES) <= permissions.REQUEST_PERMISSIONS | permissions.CITY_PERMISSIONS
    assert len(set(map(str, permissions.SENTENCES.values()))) == len(permissions.SENTENCES)
    pages = [ada.get(path).content.decode() for path in (ROLES, f"{ROLES}{factories.role(town.city, 'crew').pk}/")]
    for code, sentence in permissions.SENTENCES.items():
        is_shown = [escape(str(sentence)) in page for page in pages]
        assert is_shown == [True] * 2, code


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "This takes a permission that you don’t have here:"),
        ("/es", "Para esto hace falta un permiso que usted no tiene aquí:"),
    ],
)
def test_a_403_names_what_may_not_be_done(town: Rivermark, language: str, words: str) -> None:
    cal = Client()
    cal.force_login(town.cal)
    service_request = factories.routed(town.pothole, answers={"where": "lane"})
    answer = cal.get(f"{language}/staff/r/{service_request.reference}/resolve/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert words in page
    with override(language.strip("/") or "en"):
        named = [
            code for code, sentence in permissions.SENTENCES.items() if f"<li>{escape(str(sentence))}</li>" in page
        ]
    assert named == ["resolve"]


def test_a_403_names_each_permission_of_which_one_is_enough(town: Rivermark) -> None:
    tom = Client()
    tom.force_login(town.tom)
    page = tom.get("/staff/audit/").content.decode()
    assert "one of these permissions" in page
    assert page.count("<li>Change everything in setup") == page.count("<li>Answer records requests") == 1


def test_a_copy_is_changed_and_used_without_touching_the_first(town: Rivermark, ada: Client) -> None:
    crew = factories.role(town.city, "crew")
    form = ada.get(f"{ROLES}add/?copy={crew.pk}").context["form"]
    ticked = [code for name, codes in form.initial.items() if name.startswith("group_") for code in codes]
    assert set(ticked) == set(crew.permissions)
    ada.post(f"{ROLES}add/", {**NAMES, "group_0": ["view", "note"], "requires_second_step": "on"})
    made = Role.objects.get(jurisdiction=town.city, code="night-desk")
    assert (made.permissions, made.requires_second_step) == (["note", "view"], True)
    assert made.name == {"en": "Night desk", "es": "Turno de noche"}
    crew.refresh_from_db()
    assert "resolve" in crew.permissions
    assert SetupChange.objects.get(kind="role", key="night-desk").action == "added"


def test_another_citys_role_is_not_copied(town: Rivermark, ada: Client) -> None:
    theirs = factories.role(factories.lakeside().city, "crew")
    own, other = (ada.get(f"{ROLES}add/?copy={one.pk}") for one in (factories.role(town.city, "crew"), theirs))
    ticked = [
        {name for name, codes in page.context["form"].initial.items() if name.startswith("group_") and codes}
        for page in (own, other)
    ]
    assert ticked[0]
    assert not ticked[1]


def test_a_change_counts_at_once(town: Rivermark, ada: Client) -> None:
    crew, tom = factories.role(town.city, "crew"), Client()
    tom.force_login(town.dev)
    service_request = factories.routed(town.pothole, answers={"where": "lane"})
    path = f"/staff/r/{service_request.reference}/resolve/"
    assert tom.get(path).status_code == 200
    ada.post(f"{ROLES}{crew.pk}/", {"name_en": "Crew", "name_es": "Cuadrilla", "group_0": ["view", "note"]})
    assert tom.get(path).status_code == 403


@pytest.mark.parametrize("granted", [{}, {"group_0": ["only_assigned"]}, {"group_0": ["resolve"]}])
def test_a_role_without_permissions_or_sight_is_refused(town: Rivermark, ada: Client, granted: dict[str, str]) -> None:
    answer = ada.post(f"{ROLES}add/", {**NAMES, **granted})
    assert answer.status_code == 422
    assert 'value="Night desk"' in answer.content.decode()
    assert not Role.objects.filter(code="night-desk").exists()


def test_a_name_twice_is_refused(town: Rivermark, ada: Client) -> None:
    for status in (302, 422):
        assert ada.post(f"{ROLES}add/", {**NAMES, "group_0": ["view"]}).status_code == status


def test_a_role_is_removed_only_if_nobody_has_it(town: Rivermark, ada: Client) -> None:
    crew = factories.role(town.city, "crew")
    page = ada.post(f"{ROLES}{crew.pk}/remove/", follow=True).content.decode()
    assert "is in use" in page
    unused = factories.role(town.city, "contractor")
    ada.post(f"{ROLES}{unused.pk}/remove/")
    assert set(Role.objects.filter(pk__in=[crew.pk, unused.pk])) == {crew}


def test_of_two_editors_the_second_sees_what_the_first_changed(town: Rivermark, ada: Client) -> None:
    crew = factories.role(town.city, "crew")
    names = {"name_en": "Crew", "name_es": "Cuadrilla", "seen": ada.get(f"{ROLES}{crew.pk}/").context["seen"]}
    ada.post(f"{ROLES}{crew.pk}/", {**names, "group_0": ["view", "note"]})
    answer = ada.post(f"{ROLES}{crew.pk}/", {**names, "group_0": ["view", "resolve"]})
    assert answer.status_code == 409
    assert 'name="keep-group_0"' in answer.content.decode()
    crew.refresh_from_db()
    assert crew.permissions == ["note", "view"]
