"""A role as it was, with its people, and somebody's ended access: what comes back, what doesn't, who may, and until when."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from requests_app.actions.people import invitations, memberships
from requests_app.clock import app_now
from requests_app.models import ApiKey, Invitation, Membership, Role, SetupChange, Team, User
from requests_app.rules.people import ways_back
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PEOPLE, ROLES = "/staff/setup/people/", "/staff/setup/roles/"


def newest(kind: str, **more: Any) -> SetupChange:
    return SetupChange.objects.filter(kind=kind, **more).latest("pk")


def undo(client: Client, change: SetupChange, *given: str) -> Any:
    return client.post(f"{ROLES}changes/{change.pk}/undo/", {"given": given}, follow=True)


def messages_of(answer: Any) -> str:
    return " ".join(str(one) for one in answer.context["messages"])


def has_role(user: User, code: str) -> list[str]:
    rows = Membership.objects.filter(user=user, role__code=code).select_related("department")
    return [row.department.code if row.department else "" for row in rows]


# --- Roles ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def plower(town: Rivermark) -> Role:
    role = Role(jurisdiction=town.city, code="plower")
    names = {"en": "Plower", "es": "Quitanieves"}
    return memberships.save_role(role, granted=["view", "accept"], name=names, requires_second_step=True, actor=None)


def test_a_removed_role_comes_back_with_its_permissions_and_people(town: Rivermark, ada: Client, plower: Role) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    eve = factories.staff("Eve", "crew", there)
    for user, place in ((town.tom, town.streets), (town.dev, None), (town.pia, town.parks), (town.ada, None)):
        row = memberships.add_membership(user, plower, place)
        memberships.remove_membership(row, actor=town.ada)
    # Pia has left, and isn't offered.
    memberships.end_access(town.pia, town.city, actor=town.ada)
    ada.post(f"{ROLES}{plower.pk}/remove/")
    assert not Role.objects.filter(code="plower").exists()
    change = newest("role")
    assert f"changes/{change.pk}/undo/" in ada.get(ROLES).content.decode()
    page = ada.get(f"{ROLES}changes/{change.pk}/undo/").content.decode()
    assert re.findall(r'name="given" value="([^"]*)"', page) == [f"{town.tom.pk}:{town.streets.pk}", f"{town.dev.pk}:"]
    assert "You had it, too. Another administrator can give it to you." in page
    given = (f"{town.tom.pk}:{town.streets.pk}", f"{eve.pk}:")
    assert "Plower is as it was before." in messages_of(undo(ada, change, *given))
    role = Role.objects.get(jurisdiction=town.city, code="plower")
    assert (role.permissions, role.requires_second_step, role.name["es"]) == (["accept", "view"], True, "Quitanieves")
    assert has_role(town.tom, "plower") == ["PW"]
    assert has_role(town.dev, "plower") == has_role(eve, "plower") == []
    assert (newest("role").action, newest("role").user) == ("undone", town.ada)
    # The second click.
    assert "changed again since" in messages_of(undo(ada, change, *given))
    assert Role.objects.filter(code="plower").count() == 1


def test_a_change_is_undone_unless_it_was_changed_again(town: Rivermark, ada: Client, plower: Role) -> None:
    memberships.save_role(plower, granted=["view"], name=plower.name, requires_second_step=False, actor=town.ada)
    first = newest("role")
    memberships.save_role(plower, granted=["view", "note"], name=plower.name, requires_second_step=False, actor=None)
    assert "changed again since" in messages_of(undo(ada, first))
    undo(ada, newest("role"))
    undo(ada, newest("role", action="changed", pk=first.pk))
    plower.refresh_from_db()
    assert (plower.permissions, plower.requires_second_step) == (["accept", "view"], True)


def test_nobody_raises_their_own_access(town: Rivermark, ada: Client, signed_in: SignIn, plower: Role) -> None:
    """Ada has the role; Una administers, too."""
    una = factories.staff("Una", "administrator", town.city)
    memberships.add_membership(town.ada, plower, None)
    Role.objects.filter(pk=plower.pk).update(requires_second_step=False)
    memberships.save_role(plower, granted=["view"], name=plower.name, requires_second_step=False, actor=una)
    change = newest("role")
    assert "This would give you more than you have." in messages_of(undo(ada, change))
    plower.refresh_from_db()
    assert plower.permissions == ["view"]
    undo(signed_in(una), change)
    plower.refresh_from_db()
    assert plower.permissions == ["accept", "view"]
    # Nor by naming herself in the form.
    memberships.remove_membership(Membership.objects.get(user=town.ada, role=plower), actor=una)
    ada.post(f"{ROLES}{plower.pk}/remove/")
    assert "This would give you more" in messages_of(undo(ada, newest("role"), f"{town.ada.pk}:"))
    assert not Role.objects.filter(code="plower").exists()


def test_undoing_leaves_the_city_an_administrator(town: Rivermark, ada: Client) -> None:
    boss = Role(jurisdiction=town.city, code="boss")
    boss = memberships.save_role(boss, granted=["view"], name={"en": "Boss"}, requires_second_step=False, actor=None)
    memberships.save_role(boss, granted=["administer", "view"], name=boss.name, requires_second_step=False, actor=None)
    change = newest("role")
    memberships.add_membership(town.cal, boss, None)
    Membership.objects.filter(user=town.ada).exclude(role=boss).update(role=boss)
    assert "the city’s last administrator" in messages_of(undo(ada, change))
    boss.refresh_from_db()
    assert boss.permissions == ["administer", "view"]


# --- People ---------------------------------------------------------------------------------------------------------------


def end(user: User, town: Rivermark) -> None:
    memberships.end_access(user, town.city, actor=town.ada)


def bring_back(client: Client, user: User) -> Any:
    return client.post(f"{PEOPLE}{user.pk}/bring-back/", follow=True)


def test_ended_access_comes_back_with_roles_and_teams_and_what_ended_for_good_is_named(
    town: Rivermark, ada: Client, signed_in: SignIn
) -> None:
    dev, crew = (
        signed_in(town.dev),
        Team.objects.create(department=town.streets, code="leaves", name={"en": "Leaf crew"}),
    )
    crew.members.add(town.dev)
    memberships.add_membership(town.dev, factories.role(town.city, "triage"), town.parks)
    gone = Role.objects.create(jurisdiction=town.city, code="odd", name={"en": "Odd"}, permissions=["view"])
    memberships.add_membership(town.dev, gone, None)
    key = ApiKey.objects.create(jurisdiction=town.city, name="Theirs", created_by=town.dev)
    Authenticator.objects.create(user=town.dev, type="totp", data={})
    end(town.dev, town)
    memberships.remove_role(gone, actor=town.ada)
    invitations.invite(
        town.city, town.dev.email, role=factories.role(town.city, "crew"), department=None, actor=town.ada
    )
    assert f"{PEOPLE}{town.dev.pk}/bring-back/" in ada.get(PEOPLE).content.decode()
    page = ada.get(f"{PEOPLE}{town.dev.pk}/bring-back/").content.decode()
    for text in (
        "Crew: Streets",
        "Triage: Parks",
        "Member of Leaf crew",
        "odd: it’s gone",
        "API keys that were revoked",
    ):
        assert text in page, text
    assert "Dev works here again." in messages_of(bring_back(ada, town.dev))
    assert (has_role(town.dev, "crew"), has_role(town.dev, "triage")) == (["PW"], ["PK"])
    assert list(crew.members.all()) == [town.dev]
    change = newest("person")
    assert (change.action, change.user) == ("brought_back", town.ada)
    # What has ended stays ended.
    town.dev.refresh_from_db()
    key.refresh_from_db()
    assert (town.dev.is_active, town.dev.has_usable_password()) == (True, False)
    assert key.revoked_at is not None
    assert not Authenticator.objects.exists()
    assert dev.get("/staff/").status_code == 302
    assert not Invitation.objects.filter(Invitation.OPEN).exists()
    # The second click changes nothing.
    assert "Dev works here already." in messages_of(bring_back(ada, town.dev))
    assert SetupChange.objects.filter(action="brought_back").count() == 1
    assert f"{PEOPLE}{town.dev.pk}/bring-back/" not in ada.get(PEOPLE).content.decode()


def test_the_email_leads_to_a_new_password(town: Rivermark, ada: Client) -> None:
    end(town.dev, town)
    bring_back(ada, town.dev)
    tasks.drain("outside")
    letter = mail.outbox[-1]
    assert letter.to == [town.dev.email]
    assert "Ada brought your staff account for Rivermark 311 back." in letter.body
    link = re.search(r"http://[^/\s]+(/accounts/password/reset/)", str(letter.body))
    assert link
    visitor = Client()
    visitor.post(link[1], {"email": town.dev.email})
    tasks.drain("outside")
    reset = re.search(r"http://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert reset, "somebody without a password gets a link to choose one"
    form = visitor.get(reset[1], follow=True)
    path = form.redirect_chain[-1][0]
    chosen = "four unrelated words here"
    visitor.post(path, {"password1": chosen, "password2": chosen})
    signed = Client().post("/accounts/login/", {"login": town.dev.email, "password": chosen})
    assert signed.status_code == 302


@pytest.mark.parametrize(("ago", "status"), [(dt.timedelta(0), 200), (dt.timedelta(seconds=1), 404)])
def test_for_thirty_days_and_only_what_an_administrator_ended(
    town: Rivermark, ada: Client, ago: dt.timedelta, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(town.dev, town)
    # Ended by single sign-on.
    memberships.end_access(town.tom, town.city, actor=None, check_last=False)
    last = newest("person", key=str(town.dev.pk)).at + ways_back.BACK_WITHIN - dt.timedelta(microseconds=1)
    monkeypatch.setattr(ways_back, "app_now", lambda: last + ago)
    assert ada.get(f"{PEOPLE}{town.dev.pk}/bring-back/").status_code == status
    assert bring_back(ada, town.tom).status_code == 404
    page = ada.get(PEOPLE).content.decode()
    assert ("Access ended in the last 30 days" in page) is (status == 200)
    assert f"{PEOPLE}{town.tom.pk}/bring-back/" not in page


def test_each_city_brings_back_its_own(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    """Dev works next door, too, and keeps the password and what they have there."""
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    memberships.add_membership(town.dev, factories.role(there, "triage"), None)
    eve = factories.staff("Eve", "crew", there)
    factories.staff("Olaf", "administrator", there)
    memberships.end_access(eve, there, actor=town.ada)
    assert bring_back(ada, eve).status_code == 404
    assert "Eve" not in ada.get(PEOPLE).content.decode()
    end(town.dev, town)
    assert signed_in(town.pia).post(f"{PEOPLE}{town.dev.pk}/bring-back/").status_code == 403
    bring_back(ada, town.dev)
    town.dev.refresh_from_db()
    assert town.dev.has_usable_password()
    assert has_role(town.dev, "crew") == ["PW"]
    assert Membership.objects.get(user=town.dev, jurisdiction=town.city).role.jurisdiction == town.city
    assert Membership.objects.get(user=town.dev, jurisdiction=there).role.code == "triage"
    tasks.drain("outside")
    assert "/accounts/login/" in mail.outbox[-1].body
    assert app_now() - newest("person").at < dt.timedelta(minutes=5)
