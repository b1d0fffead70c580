"""A pasted list of people: what will be sent is shown first, each problem has its line, and nobody is invited twice."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from requests_app.actions.people import invitations
from requests_app.clock import app_now
from requests_app.models import Invitation, Role, SetupChange, Team, User
from requests_app.rules.people.invitation_lists import LINES_MAX
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ADDRESS = "/staff/setup/people/invite-list/"


def check(client: Client, people: str) -> Any:
    return client.post(ADDRESS, {"people": people})


def seen_in(answer: Any) -> str:
    match = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    return match[1] if match else ""


def send(client: Client, people: str) -> Any:
    return client.post(ADDRESS, {"people": people, "seen": seen_in(check(client, people)), "send": "1"})


def placed() -> list[tuple[str, str, str, str]]:
    rows = Invitation.objects.select_related("role", "department").order_by("id")
    return [
        (one.name, one.email, one.role.code, one.department.code if one.department else "")
        for one in rows.order_by("id")
    ]


def test_a_list_is_shown_then_sent_and_each_person_joins(town: Rivermark, ada: Client) -> None:
    crew = Team.objects.create(department=town.parks, code="leaves", name={"en": "Leaf crew"})
    people = "Nia Park, NIA@rivermark.example, triage, Streets\n\nOto Ruiz, oto@rivermark.example, Crew, Leaf crew\n"
    shown = check(ada, people).content.decode()
    assert "2 invitations will be sent" in shown
    assert "nia@rivermark.example" in shown
    assert not Invitation.objects.exists(), "looking sends nothing"
    answer = send(ada, people)
    assert answer["Location"] == "/staff/setup/people/"
    assert placed() == [
        ("Nia Park", "nia@rivermark.example", "triage", "PW"),
        ("Oto Ruiz", "oto@rivermark.example", "crew", "PK"),
    ]
    assert list(SetupChange.objects.filter(action="invited").values_list("user", flat=True)) == [town.ada.pk] * 2
    tasks.drain("outside")
    assert [one.to for one in mail.outbox] == [["nia@rivermark.example"], ["oto@rivermark.example"]]
    link = re.search(r"http://[^/\s]+(/staff/invitation/\S+)", str(mail.outbox[1].body))
    assert link
    page = Client()
    assert 'value="Oto Ruiz"' in page.get(link[1]).content.decode()
    page.post(link[1], {"name": "Oto", "language": "en", "password": "four unrelated words here"})
    assert [one.name for one in crew.members.all()] == ["Oto"]


@pytest.mark.parametrize(
    "people",
    [
        "Role\tTeam\tNombre\tE-mail\ncrew\tstreets\tNia\tnia@x.example",
        "Correo;Rol;Departamento;Nombre\nnia@x.example;Cuadrilla;streets;Nia",
        '"Nia","nia@x.example","CREW","streets"',
        "Nia <nia@x.example>, crew: streets",
        "Nia\tnia@x.example\tCrew / Streets",
    ],
)
def test_lists_are_read_as_spreadsheets_and_mail_programs_have_them(town: Rivermark, ada: Client, people: str) -> None:
    Role.objects.filter(jurisdiction=town.city, code="crew").update(name={"en": "Crew", "es": "Cuadrilla"})
    assert send(ada, people).status_code == 302
    (name, email, role, department) = placed()[0]
    assert (email, role, department) == ("nia@x.example", "crew", "PW")
    assert name == "Nia"


def test_each_problem_is_named_by_its_line_and_its_line_stays(town: Rivermark, ada: Client) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Role.objects.create(jurisdiction=there, code="plower", name={"en": "Plower"}, permissions=["view"])
    eve = factories.staff("Eve", "crew", there)
    Role.objects.create(jurisdiction=town.city, code="crew2", name={"en": "Crew"}, permissions=["view"])
    Role.objects.filter(jurisdiction=town.city, code="crew").update(name={"en": "Crew"})
    people = "\n".join(
        [
            "name,email,role,where",
            f"Eve, {eve.email}, triage, streets",
            "No address, , triage",
            "Bad, nia@, triage",
            f"Tom, {town.tom.email.upper()}, triage",
            "Nia, nia@x.example, triage",
            "Nia again, NIA@x.example, triage",
            "Oto, oto@x.example",
            "Pam, pam@x.example, Crew",
            "Quin, quin@x.example, plower",
            "Ray, ray@x.example, triage, Sewers",
        ]
    )
    shown = check(ada, people).content.decode()
    lines = dict(re.findall(r"<strong>Line (\d+):</strong> (.*)", shown))
    assert lines == {
        "3": "There’s no email address.",
        "4": "“nia@” isn’t an email address.",
        "5": "This is Tom, who works here already.",
        "7": "This address is on line 6, too.",
        "8": "There’s no role.",
        "9": "“Crew” fits more than one role. Use its code.",
        "10": "There’s no role “plower”.",
        "11": "There’s no department or team “Sewers”.",
    }
    rest = send(ada, people)
    assert rest.status_code == 200
    assert [one[1] for one in placed()] == [eve.email, "nia@x.example"]
    page = rest.content.decode()
    assert "We sent 2 invitations." in page
    # What wasn't sent is in the form, under the same header.
    typed = page.split("<textarea", 1)[1].split("</textarea>", 1)[0]
    assert "name,email,role,where" in typed
    assert "quin@x.example" in typed
    assert eve.email not in typed


def test_a_second_click_and_a_changed_list_send_nothing(town: Rivermark, ada: Client) -> None:
    people = "Nia, nia@x.example, triage"
    seen = seen_in(check(ada, people))
    data = {"people": people, "seen": seen, "send": "1"}
    assert ada.post(ADDRESS, data).status_code == 302
    again = ada.post(ADDRESS, data)
    assert again.status_code == 409
    assert "This address has an open invitation" in again.content.decode()
    changed = ada.post(ADDRESS, {**data, "people": "Oto, oto@x.example, administrator"})
    assert changed.status_code == 409
    assert "oto@x.example" in changed.content.decode()
    assert Invitation.objects.count() == 1


def test_two_hundred_lines_at_a_time_and_five_hundred_invitations_a_day(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"P{number}, p{number}@x.example, triage" for number in range(LINES_MAX + 1)]
    many = check(ada, "\n".join(lines))
    assert many.status_code == 422
    assert "That’s 201 lines. Send at most 200 at a time." in many.content.decode()
    assert lines[-1] in many.content.decode(), "nothing typed is lost"
    assert f"{LINES_MAX} invitations will be sent" in check(ada, "\n".join(lines[1:])).content.decode()
    monkeypatch.setattr(invitations, "A_DAY_MAX", 3)
    assert send(ada, "\n".join(lines[:4])).status_code == 422
    assert not Invitation.objects.exists()
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    for number in range(3):
        role = factories.role(there, "triage")
        expires_at = app_now() + dt.timedelta(days=7)
        Invitation.objects.create(jurisdiction=there, email=f"e{number}@x.example", role=role, expires_at=expires_at)
    assert send(ada, "\n".join(lines[:3])).status_code == 302
    # One at a time counts, too, until a day is over.
    role = Role.objects.get(jurisdiction=town.city, code="triage")
    alone = {"email": "late@x.example", "role": role.pk}
    assert ada.post("/staff/setup/people/invite/", alone).status_code == 422
    Invitation.objects.filter(email="p0@x.example").update(created_at=app_now() - invitations.DAY)
    assert ada.post("/staff/setup/people/invite/", alone).status_code == 302


def test_only_administrators_of_the_city_paste_lists(town: Rivermark, signed_in: SignIn) -> None:
    assert signed_in(town.pia).post(ADDRESS, {"people": "Nia, nia@x.example, triage"}).status_code == 403
    assert not Invitation.objects.exists()
