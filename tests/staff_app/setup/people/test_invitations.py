"""An invitation works once, for a week, and for its address alone."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from requests_app.actions.people import invitations
from requests_app.models import Invitation, Jurisdiction, Role, SetupChange, Team, User
from requests_app.worker import tasks
from tests import factories
from tests.factories import PASSWORD, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
SignIn = Callable[[User], Client]
NEW = "nia@rivermark.example"
CHOSEN = {"name": "Nia Park", "language": "es", "password": "four unrelated words here"}


def invite(client: Client, town: Rivermark, email: str = NEW, **more: Any) -> Any:
    role = Role.objects.get(jurisdiction=town.city, code="triage")
    typed = {"email": email, "role": role.pk, "department": town.streets.pk, **more}
    return client.post("/staff/setup/people/invite/", typed, follow=True)


def mailed_link() -> str:
    tasks.drain("outside")
    found = re.search(r"http://[^/\s]+(/staff/invitation/\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def expire() -> None:
    Invitation.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def test_the_invited_person_chooses_name_language_and_password_and_works(town: Rivermark, ada: Client) -> None:
    page = invite(ada, town, "Nia@Rivermark.example").content.decode()
    assert "We sent an invitation to nia@rivermark.example" in page
    link = mailed_link()
    assert mail.outbox[-1].to == [NEW]
    nia = Client()
    assert NEW in nia.get(link).content.decode()
    assert not User.objects.filter(email=NEW).exists(), "a mail scanner's look changes nothing"
    answer = nia.post(link, CHOSEN)
    assert answer["Location"] == "/staff/"
    assert nia.get("/staff/").status_code == 200
    user = User.objects.get(email=NEW)
    assert (user.name, user.language) == ("Nia Park", "es")
    membership = user.memberships.get()
    assert (membership.role.code, membership.department) == ("triage", town.streets)
    assert Client().post("/accounts/login/", {"login": NEW, "password": CHOSEN["password"]}).status_code == 302
    kinds = SetupChange.objects.filter(kind="person").order_by("id").values_list("action", flat=True)
    assert list(kinds) == ["invited", "joined"]


def test_a_weak_password_is_refused_and_the_name_is_kept(town: Rivermark, ada: Client) -> None:
    invite(ada, town)
    link = mailed_link()
    for weak in ("short", "nia@rivermark.example"):
        answer = Client().post(link, {**CHOSEN, "password": weak})
        assert answer.status_code == 422
        assert 'value="Nia Park"' in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_a_used_an_expired_a_canceled_and_a_replaced_link_say_what_to_do(town: Rivermark, ada: Client) -> None:
    invite(ada, town)
    first = mailed_link()
    invitation = Invitation.objects.get()
    ada.post(f"/staff/setup/people/invitations/{invitation.pk}/send-again/")
    second = mailed_link()
    expire()
    said = {"replaced": first, "expired": second}
    pages = {name: Client().get(link) for name, link in said.items()}
    assert "Use the link in the newest email" in pages["replaced"].content.decode()
    assert "Ask the person who invited you to send it again" in pages["expired"].content.decode()
    assert Client().post(second, CHOSEN).status_code == 410
    # Sent again, an expired one works.
    ada.post(f"/staff/setup/people/invitations/{invitation.pk}/send-again/")
    third = mailed_link()
    assert Client().post(third, CHOSEN).status_code == 302
    used = Client().post(third, CHOSEN)
    assert used.status_code == 410
    assert "used already" in used.content.decode()
    invite(ada, town, "other@rivermark.example")
    fourth = mailed_link()
    ada.post(f"/staff/setup/people/invitations/{Invitation.objects.latest('id').pk}/cancel/")
    assert "canceled" in Client().get(fourth).content.decode()
    assert Client().get(fourth[:-2] + "x/").status_code == 404


def test_it_is_for_its_address_alone(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    invite(ada, town)
    link = mailed_link()
    answer = signed_in(town.dev).post(link, CHOSEN)
    assert answer.status_code == 403
    assert "for someone else" in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()
    assert town.dev.memberships.count() == 1


def test_nobody_is_invited_twice_or_who_works_here(town: Rivermark, ada: Client) -> None:
    invite(ada, town)
    assert "has an open invitation" in invite(ada, town).content.decode()
    assert "Tom, who works here already" in invite(ada, town, town.tom.email).content.decode()
    assert Invitation.objects.count() == 1


def test_each_city_lists_whom_it_has_invited(town: Rivermark, ada: Client) -> None:
    there = factories.lakeside()
    crew = factories.role(there.city, "crew")
    invitations.invite(there.city, "lee@lakeside.example", role=crew, department=None, actor=there.sid)
    invite(ada, town)
    page = ada.get("/staff/setup/people/").content.decode()
    assert NEW in page
    assert "lee@lakeside.example" not in page


def test_an_account_of_another_city_joins_with_its_own_password(town: Rivermark, ada: Client) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    eve = factories.staff("Eve", "crew", there)
    page = invite(ada, town, eve.email).content.decode()
    # Nothing tells that the address is known elsewhere.
    assert f"We sent an invitation to {eve.email}" in page
    link = mailed_link()
    client = Client()
    answer = client.post(link, CHOSEN)
    assert answer["Location"].startswith("/accounts/login/")
    client.post("/accounts/login/", {"login": eve.email, "password": PASSWORD})
    assert "You’re signed in as" in client.get(link).content.decode()
    assert client.post(link)["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200
    eve.refresh_from_db()
    assert (eve.name, eve.check_password(PASSWORD)) == ("Eve", True)


@pytest.mark.parametrize("active", [True, False])
def test_a_team_that_ended_meanwhile_is_not_joined(town: Rivermark, active: bool) -> None:
    crew = Team.objects.create(department=town.streets, code="night", name={"en": "Night crew"})
    role = factories.role(town.city, "crew")
    invitations.invite(town.city, NEW, role=role, department=town.streets, team=crew, actor=town.ada)
    Team.objects.update(active=active)
    Client().post(mailed_link(), CHOSEN)
    assert User.objects.get(email=NEW).memberships.get().role == role
    assert crew.members.count() == (1 if active else 0)


def test_of_two_who_accept_at_once_one_does(town: Rivermark, ada: Client) -> None:
    invite(ada, town)
    invitation = Invitation.objects.get()
    invitations.accept(invitation, name="One", language="en", password="x")
    with pytest.raises(invitations.NotOpen):
        invitations.accept(invitation, name="Two", language="en", password="y")
    assert User.objects.get(email=NEW).name == "One"
