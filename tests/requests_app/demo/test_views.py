"""The demo's bar, mailbox and 911 page: one click, no password, and never in production."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client

# Before any test says "demo": the addresses are chosen when they are first read.
import config.urls  # noqa: F401
from requests_app.demo import developers
from requests_app.demo.staff import PEOPLE, OnlyInTheDemo, load_staff
from requests_app.models import AccessLink, ApiKey, Draft, Membership, User
from requests_app.rules.people.permissions import DEFAULT_ROLES
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.requests_app.demo.demo_urls")]


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.MAIL_FOLDER = tmp_path / "mail"


def see_as(client: Client, role: str) -> Any:
    return client.post("/demo/see-as/", {"role": role, "next": "/"})


# --- Other eyes -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("6.6")
@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("call_taker", "Cal Okafor"),
        ("triage", "Tom Reyes"),
        ("supervisor", "Pia Lindqvist"),
        ("administrator", "Ada Whitfield"),
    ],
)
def test_one_press_signs_in_as_the_role(client: Client, role: str, name: str) -> None:
    city = factories.jurisdiction()
    factories.department(city)
    load_staff(city)
    answer = see_as(client, role)
    assert answer["Location"] == ("/staff/desk/" if role == "call_taker" else "/staff/")
    page = client.get("/staff/").content.decode()
    assert f"<summary>{name}</summary>" in page


def test_the_first_press_makes_the_demos_people_where_there_are_none(town: Rivermark, client: Client) -> None:
    assert see_as(client, "supervisor")["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_as_the_resident_one_is_signed_out_and_gets_private_links_that_open(town: Rivermark, client: Client) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    AccessLink.objects.all().delete()
    see_as(client, "triage")
    answer = client.post("/demo/see-as/", {"role": "resident"}, follow=True)
    page = answer.content.decode()
    assert one.display_reference in page
    link = re.search(r'href="[^"]*(/l/[^"]+)"', page)
    assert link
    opened = client.get(link.group(1), follow=True)
    assert opened.status_code == 200
    assert one.display_reference in opened.content.decode()
    assert client.get("/staff/").status_code == 302


def test_as_the_resident_one_finds_the_own_draft_again(town: Rivermark, client: Client) -> None:
    begun = client.post("/report/", {"problem": "A hole as big as a plate.", "text": "A hole as big as a plate."})
    assert begun.status_code == 302
    see_as(client, "triage")
    page = client.post("/demo/see-as/", {"role": "resident"}, follow=True).content.decode()
    draft = Draft.objects.get()
    assert f"/report/{draft.pk}/" in page
    assert f"/report/{draft.pk}/" not in Client().get("/demo/links/").content.decode(), "another browser’s is not told"


def test_the_developer_reads_what_everyone_does(town: Rivermark, client: Client) -> None:
    assert client.get("/demo/developer/")["Location"] == "/developers/"
    page = client.post("/demo/see-as/", {"role": "developer"}, follow=True).content.decode()
    assert "Two APIs" in page
    assert "create_api_key" in page
    # Signed in with the address of the demo's keys.
    developers.load(town.city)
    developers.load(town.city)
    page = client.get("/developers/account/").content.decode()
    for words in (developers.LIVE, developers.TEST, developers.ENDED, "Station screens"):
        assert page.count(f"{words}<") + page.count(f"{words}:") == 1, words
    key = ApiKey.objects.get(name=developers.TEST)
    page = client.get(f"/developers/account/{key.pk}/").content.decode()
    for words in ("hooks.transit-apps.example", "422", "place.lat must be a number."):
        assert words in page


@pytest.mark.parametrize("role", ["", "owner", "records_officer"])
def test_no_other_role_is_to_be_had(town: Rivermark, client: Client, role: str) -> None:
    assert see_as(client, role).status_code == 404
    assert "_auth_user_id" not in client.session


def test_it_takes_a_post_of_our_own_page(town: Rivermark) -> None:
    assert Client().get("/demo/see-as/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/demo/see-as/", {"role": "triage"}).status_code == 403


@pytest.mark.shows("6.7")
def test_the_bar_is_on_every_page_of_the_demo(town: Rivermark, client: Client) -> None:
    for path in ("/", "/accounts/login/", "/demo/911/"):
        page = client.get(path).content.decode()
        assert 'class="demo-bar"' in page
        for role in ("resident", "call_taker", "triage", "supervisor", "administrator", "developer"):
            assert f'name="role" value="{role}"' in page


@pytest.mark.urls("config.urls")
def test_without_the_demo_there_is_no_bar_and_no_address(town: Rivermark, client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert 'class="demo-bar"' not in client.get("/").content.decode()
    for path in ("/demo/see-as/", "/demo/mail/", "/demo/links/", "/demo/developer/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"role": "triage"}).status_code == 404


# --- The people -------------------------------------------------------------------------------------------------------


def test_loading_the_people_twice_changes_nothing(town: Rivermark) -> None:
    first = load_staff(town.city)
    numbers = (User.objects.count(), Membership.objects.count())
    assert [user.pk for user in load_staff(town.city)] == [user.pk for user in first]
    assert (User.objects.count(), Membership.objects.count()) == numbers


@pytest.mark.shows("6.1")
def test_there_is_one_for_each_role_in_its_own_department(town: Rivermark) -> None:
    load_staff(town.city)
    held = {
        (one.user.name.split()[0], one.role.code, one.department.code if one.department else None)
        for one in Membership.objects.filter(user__email__in=[person.email for person in PEOPLE])
    }
    assert {
        ("Tom", "triage", "PW"),
        ("Pia", "supervisor", "PK"),
        ("Cal", "call_taker", None),
        ("Ada", "administrator", None),
    } <= held
    assert {role for _, role, _ in held} == set(DEFAULT_ROLES)


@pytest.mark.parametrize("columns", [{"DEMO": False}, {"PRODUCTION": True}])
def test_people_with_a_known_password_are_never_made_outside_the_demo(
    town: Rivermark, settings: Any, columns: dict[str, bool]
) -> None:
    for name, value in columns.items():
        setattr(settings, name, value)
    with pytest.raises(OnlyInTheDemo):
        load_staff(town.city)
    assert not User.objects.filter(email="tom@rivermark.example", name="Tom Reyes").exists()


def test_a_city_without_our_departments_lends_its_own() -> None:
    city = factories.jurisdiction("Boston", jurisdiction_id="boston.example")
    factories.department(city, "BTDT", "Transportation")
    load_staff(city)
    assert set(Membership.objects.values_list("department__code", flat=True)) == {"BTDT", None}


# --- The mailbox ------------------------------------------------------------------------------------------------------


def write(settings: Any, subject: str, text: str, to: str = "ana@example.org") -> None:
    mail = EmailMultiAlternatives(subject, text, to=[to], headers={"X-Lamplighter-Event": "received"})
    mail.attach_alternative(f'<html><head></head><p style="color: red">{text}</p></html>', "text/html")
    EmailBackend(file_path=str(settings.MAIL_FOLDER)).send_messages([mail])


@pytest.mark.shows("2.19")
def test_signed_in_staff_read_what_the_demo_would_have_sent(town: Rivermark, client: Client, settings: Any) -> None:
    write(settings, "[7K3M-9QWT] Recibimos su reporte: Árbol", "Gracias. http://testserver/l/1-abc\n<b>no markup</b>")
    write(settings, "Another", "Other words", to="ben@example.org")
    see_as(client, "triage")
    page = client.get("/demo/mail/").content.decode()
    assert "[7K3M-9QWT] Recibimos su reporte: Árbol" in page
    assert "ben@example.org" in page
    found = client.get("/demo/mail/?q=7k3m").content.decode()
    assert "Another" not in found
    address = re.search(r'href="(/demo/mail/\d[^"]+)"', found)
    assert address
    letter = client.get(address.group(1)).content.decode()
    assert 'href="http://testserver/l/1-abc"' in letter
    assert "&lt;b&gt;no markup&lt;/b&gt;" in letter
    assert f'src="{address.group(1)}html/"' in letter
    part = client.get(f"{address.group(1)}html/")
    assert '<p style="color: red">' in part.content.decode()
    assert "sandbox allow-popups" in part["Content-Security-Policy"], "no script of an email may run"
    assert part["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.shows("2.19")
def test_strangers_read_no_mail(town: Rivermark, client: Client, settings: Any) -> None:
    write(settings, "Secret", "words")
    name = next(Path(settings.MAIL_FOLDER).iterdir()).name
    for path in ("/demo/mail/", f"/demo/mail/{name}/", f"/demo/mail/{name}/html/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_somebody_without_work_in_this_city_reads_no_mail(town: Rivermark, client: Client) -> None:
    client.force_login(
        User.objects.create_user("eve@example.org", "x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert client.get("/demo/mail/").status_code == 403


@pytest.mark.parametrize("name", ["..%2F..%2Fsettings.py", "passwd", "20260101-000000-1.log", "..", "%00.log"])
def test_no_other_file_is_opened(town: Rivermark, client: Client, settings: Any, name: str) -> None:
    Path(settings.MAIL_FOLDER).mkdir(parents=True)
    (Path(settings.MAIL_FOLDER) / "passwd").write_text("Subject: stolen\n\nwords")
    see_as(client, "triage")
    assert client.get(f"/demo/mail/{name}/").status_code == 404
    assert client.get(f"/demo/mail/{name}/html/").status_code == 404


def test_an_empty_mailbox_says_so(town: Rivermark, client: Client) -> None:
    see_as(client, "triage")
    assert "No email." in client.get("/demo/mail/").content.decode()


@pytest.mark.shows("6.7")
def test_the_911_button_does_not_dial_and_says_so(town: Rivermark, client: Client) -> None:
    home = client.get("/").content.decode()
    assert 'href="tel:911"' not in home
    assert 'href="/demo/911/"' in home
    page = client.get("/demo/911/").content.decode()
    assert "The demo doesn’t make calls" in page
    assert "Is this a real emergency? Call 911 on your phone now." in page
