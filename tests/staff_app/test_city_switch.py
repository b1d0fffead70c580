"""Who works for two cities goes from one to the other by a link that works once, for a minute."""

import datetime as dt
import re

import pytest
from django.test import Client

from requests_app.models import CitySwitch, Jurisdiction, Membership
from tests import factories
from tests.factories import PASSWORD, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
THERE = "elsewhere.example"


@pytest.fixture
def elsewhere(town: Rivermark) -> Jurisdiction:
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    there = factories.jurisdiction("Elsewhere", hosts=[THERE])
    Membership.objects.create(user=town.dev, jurisdiction=there, role=factories.role(there, "crew"))
    factories.staff("Eve", "crew", there)
    return there


@pytest.fixture
def dev(town: Rivermark, elsewhere: Jurisdiction) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": town.dev.email, "password": PASSWORD})
    return client


def link(client: Client, there: Jurisdiction) -> str:
    page = client.post(f"/staff/switch/{there.pk}/")
    found = re.search(r"https?://elsewhere\.example(?::\d+)?(/staff/arrive/[^\"]+)", page.content.decode())
    assert found
    assert found.group(1) in page["Refresh"]
    return found.group(1)


def test_the_menu_leads_over_and_each_host_has_its_own_session(dev: Client, elsewhere: Jurisdiction) -> None:
    assert "Go to Elsewhere" in dev.get("/staff/").content.decode()
    there = Client(HTTP_HOST=THERE)
    path = link(dev, elsewhere)
    assert "Continue as Dev" in there.get(path).content.decode()
    assert there.get("/staff/").status_code == 302, "looking is not enough"
    assert there.post(path)["Location"] == "/staff/"
    assert there.get("/staff/").status_code == 200
    # One session does not open the other host.
    stolen = Client(HTTP_HOST=THERE)
    stolen.cookies["session"] = dev.cookies["session"].value
    assert stolen.get("/staff/").status_code == 302


def test_it_works_once_for_a_minute_and_at_its_own_host(dev: Client, elsewhere: Jurisdiction) -> None:
    path = link(dev, elsewhere)
    mistyped = path[:-2] + ("y/" if path[-2] == "x" else "x/")
    assert Client().post(path).status_code == 404
    assert Client(HTTP_HOST=THERE).post(mistyped).status_code == 404
    assert Client(HTTP_HOST=THERE).post(path).status_code == 302
    again = Client(HTTP_HOST=THERE).post(path)
    assert again.status_code == 410
    assert "works once, for one minute" in again.content.decode()
    old = link(dev, elsewhere)
    CitySwitch.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert Client(HTTP_HOST=THERE).post(old).status_code == 410


def test_who_left_there_meanwhile_does_not_get_in(dev: Client, town: Rivermark, elsewhere: Jurisdiction) -> None:
    path = link(dev, elsewhere)
    Membership.objects.filter(user=town.dev, jurisdiction=elsewhere).delete()
    assert Client(HTTP_HOST=THERE).post(path).status_code == 410


def test_others_neither_see_nor_reach_the_other_city(town: Rivermark, elsewhere: Jurisdiction) -> None:
    tom = Client()
    tom.post("/accounts/login/", {"login": town.tom.email, "password": PASSWORD})
    assert "Elsewhere" not in tom.get("/staff/").content.decode()
    assert tom.post(f"/staff/switch/{elsewhere.pk}/").status_code == 404
