"""Ada's list of people: who works here with which role, and how their access ends."""

import datetime as dt
import html
import threading
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.urls import reverse

from requests_app import api_keys, links
from requests_app.actions.people import memberships
from requests_app.actions.work import assignment
from requests_app.messages.setup_differences import differences
from requests_app.models import (
    ApiKey,
    Event,
    Invitation,
    Membership,
    OnCall,
    OutboxRow,
    Role,
    SetupChange,
    StaffSession,
    Team,
    User,
)
from requests_app.models.alarm import Alarm, AlarmCall
from requests_app.rules.shared.names import Names
from requests_app.worker.tasks import HANDLERS
from tests import factories
from tests.factories import PASSWORD, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
SignIn = Callable[[User], Client]


def page_of(user: User) -> str:
    return f"/staff/setup/people/{user.pk}/"


def role(town: Rivermark, code: str) -> Role:
    return factories.role(town.city, code)


def sign_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/staff/").status_code == 200
    return client


def test_the_list_finds_people_by_name_role_and_department(town: Rivermark, ada: Client) -> None:
    def names(query: str) -> set[str]:
        rows = ada.get(f"/staff/setup/people/?{query}").context["list"].rows
        return {row["user"].name for row in rows}

    assert names("") == {"Ada", "Cal", "Dev", "Pia", "Tom"}
    assert names("q=pia") == {"Pia"}
    assert names(f"department={town.streets.pk}") == {"Tom", "Dev"}
    assert names(f"role={role(town, 'crew').pk}&department={town.streets.pk}") == {"Dev"}
    assert names(f"role={role(town, 'crew').pk}&department={town.parks.pk}") == set()


def test_a_role_is_added_and_taken_away(town: Rivermark, ada: Client) -> None:
    ada.post(page_of(town.dev), {"role": role(town, "triage").pk, "department": ""})
    assert {str(one.role) for one in town.dev.memberships.all()} == {"crew", "triage"}
    crew = town.dev.memberships.get(role__code="crew")
    ada.post(page_of(town.dev), {"remove": crew.pk})
    assert {str(one.role) for one in town.dev.memberships.all()} == {"triage"}
    last = SetupChange.objects.filter(kind="person", key=str(town.dev.pk)).latest("id")
    assert differences("person", last.before, last.after, Names(town.city)) == ["Roles: removed Crew (Streets)"]
    assert last.user == town.ada


def test_staff_of_another_city_are_not_there(town: Rivermark, ada: Client) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    type(there).objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    eve = factories.staff("Eve", "administrator", there)
    for path in (page_of(eve), page_of(eve) + "end/"):
        assert ada.get(path).status_code == 404
        assert ada.post(path, {"role": role(town, "crew").pk}).status_code == 404
    assert "Eve" not in ada.get("/staff/setup/people/").content.decode()
    # Nor can a role of that city be given here.
    theirs = Role.objects.get(jurisdiction=there)
    assert ada.post(page_of(town.dev), {"role": theirs.pk}).status_code == 422
    assert ada.get(f"/staff/setup/roles/{theirs.pk}/").status_code == 404


def test_the_end_of_access_ends_everything_at_once(town: Rivermark, ada: Client) -> None:
    dev = town.dev
    client = sign_in(dev)
    service_request = factories.routed(town.pothole, answers={"where": "lane"})
    assignment.assign(service_request.pk, assignee=dev, actor=town.tom)
    key, plain = api_keys.create(town.city, "Dev's program", created_by=dev)
    team = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    team.members.add(dev)
    OnCall.objects.create(jurisdiction=town.city, user=dev)
    invited = Invitation.objects.create(
        jurisdiction=town.city,
        email="friend@else.example",
        role=role(town, "crew"),
        invited_by=dev,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
    )
    alarm = Alarm.objects.create(
        jurisdiction=town.city,
        service_request=service_request,
        reason="words",
        started_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    call = AlarmCall.objects.create(
        alarm=alarm, step=0, round=0, level="desk", callee_key="x", user=dev, name="Dev", channel="email"
    )
    assert links.find_alarm_call(links.alarm_token(call), town.city) is not None
    asked = ada.get(page_of(dev) + "end/").content.decode()
    assert "1 open request goes back" in asked
    assert "Dev&#x27;s program" in asked

    answer = ada.post(page_of(dev) + "end/", {"keys": "revoke"}, follow=True)

    assert "Dev can’t sign in anymore" in answer.content.decode()
    dev.refresh_from_db()
    assert not dev.is_active
    assert client.get("/staff/").status_code == 302
    assert not StaffSession.objects.filter(user=dev).exists()
    assert not Session.objects.filter(session_key=client.cookies["session"].value).exists()
    service_request.refresh_from_db()
    assert (service_request.assignee, service_request.department) == (None, town.streets)
    event = Event.objects.filter(service_request=service_request, kind="assigned").latest("id")
    assert (event.data["assignee_id"], event.user_id) == (None, town.ada.pk)
    assert api_keys.find(plain) is None
    assert links.find_alarm_call(links.alarm_token(call), town.city) is None
    invited.refresh_from_db()
    assert invited.cancelled_at is not None
    assert not team.members.exists()
    assert not OnCall.objects.filter(user=dev).exists()
    assert ApiKey.objects.get(pk=key.pk).created_by == dev
    change = SetupChange.objects.filter(kind="person", key=str(dev.pk)).latest("id")
    assert (change.action, change.after) == ("removed", None)


def test_a_second_step_is_reset_by_another_administrator_alone_and_both_are_told(
    town: Rivermark, ada: Client, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    for user in (town.dev, town.pia, town.ada):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    Authenticator.objects.filter(user=town.dev).delete()
    session = sign_in(town.dev)
    Authenticator.objects.create(user=town.dev, type=Authenticator.Type.TOTP, data={})

    def reset(client: Client, user: User) -> str:
        return client.post(f"{page_of(user)}reset-second-step/", follow=True).content.decode()

    assert "Dev is signed out" in reset(ada, town.dev)
    assert [one.user.name for one in Authenticator.objects.order_by("pk")] == ["Pia", "Pia", "Ada", "Ada"]
    assert session.get("/staff/").status_code == 302
    change = SetupChange.objects.get(action="reset")
    assert (change.key, change.user) == (str(town.dev.pk), town.ada)
    assert "second step reset: Dev" in html.unescape(ada.get("/staff/audit/").content.decode())
    for row in OutboxRow.objects.filter(kind="mail_second_step_reset"):
        HANDLERS[row.kind](row)
    assert sorted((mail.to[0], str(mail.subject)) for mail in mailoutbox) == [
        (town.ada.email, "You reset the second step of Dev"),
        (town.dev.email, "Your second step at sign-in was reset"),
    ]
    # Nothing is left to reset, so there is no second email.
    reset(ada, town.dev)
    assert SetupChange.objects.filter(action="reset").count() == 1
    # Not their own, nor of another city's staff.
    assert ada.post(f"{page_of(town.ada)}reset-second-step/")["Location"] == reverse("mfa_index")
    lakeside = factories.lakeside()
    factories.staff("Pia", "crew", lakeside.city, lakeside.streets)
    Membership.objects.filter(user__name="Pia", jurisdiction=lakeside.city).update(user=town.pia)
    assert "works for another city too" in reset(ada, town.pia)
    assert ada.post(f"{page_of(lakeside.sid)}reset-second-step/").status_code == 404
    assert Authenticator.objects.count() == 4


def test_keys_may_stay_with_the_city(town: Rivermark, ada: Client) -> None:
    _key, plain = api_keys.create(town.city, "Streetlights", created_by=town.dev)
    ada.post(page_of(town.dev) + "end/", {"keys": "keep"})
    assert api_keys.find(plain) is not None


def test_who_works_for_two_cities_leaves_one(town: Rivermark, ada: Client) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    type(there).objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    Membership.objects.create(user=town.dev, jurisdiction=there, role=factories.role(there, "crew"))
    here = sign_in(town.dev)
    elsewhere = Client(HTTP_HOST="elsewhere.example")
    elsewhere.post("/accounts/login/", {"login": town.dev.email, "password": PASSWORD})
    ada.post(page_of(town.dev) + "end/")
    assert here.get("/staff/").status_code == 302
    assert elsewhere.get("/staff/").status_code == 200


def test_who_left_can_be_invited_again(town: Rivermark, ada: Client) -> None:
    ada.post(page_of(town.dev) + "end/")
    answer = ada.post("/staff/setup/people/invite/", {"email": town.dev.email, "role": role(town, "crew").pk})
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    path = links.invitation_url(invitation).split("://", 1)[1]
    path = path[path.index("/") :]
    typed = {"name": "Dev", "language": "en", "password": "four unrelated words here"}
    assert Client().post(path, typed).status_code == 302
    town.dev.refresh_from_db()
    assert town.dev.is_active


# --- The last administrator -----------------------------------------------------------------------------------------------


def test_the_last_administrator_can_neither_be_removed_nor_lock_themselves_out(town: Rivermark, ada: Client) -> None:
    assert ada.post(page_of(town.ada) + "end/").status_code == 409
    # With a second role, taking the first one away.
    ada.post(page_of(town.ada), {"role": role(town, "crew").pk, "department": ""})
    membership = town.ada.memberships.get(role__code="administrator")
    page = ada.post(page_of(town.ada), {"remove": membership.pk}, follow=True).content.decode()
    assert "last administrator" in page
    administrator = role(town, "administrator")
    typed = {
        "name_en": "Administrator",
        "name_es": "Administración",
        "group_0": ["view"],
        "group_2": ["read_outbox"],
    }
    answer = ada.post(f"/staff/setup/roles/{administrator.pk}/", typed)
    assert answer.status_code == 409
    assert "no one who can change setup" in answer.content.decode()
    administrator.refresh_from_db()
    assert "administer" in administrator.permissions
    assert ada.get("/staff/setup/people/").status_code == 200


def test_with_a_second_administrator_the_first_may_go(town: Rivermark, ada: Client) -> None:
    ada.post(page_of(town.pia), {"role": role(town, "administrator").pk, "department": ""})
    assert ada.post(page_of(town.ada) + "end/").status_code == 302
    town.ada.refresh_from_db()
    assert not town.ada.is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_at_once_leave_one(town: Rivermark) -> None:
    memberships.add_membership(town.pia, role(town, "administrator"), None)
    start, ended = threading.Barrier(2), []

    def end(user: User) -> None:
        start.wait()
        try:
            memberships.end_access(user, town.city, actor=None)
            ended.append(user)
        except memberships.LastAdministrator:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(user,)) for user in (town.ada, town.pia)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 1
    assert memberships.permissions.has_administrator(town.city)
