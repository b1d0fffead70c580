"""Two cities in one installation: the host decides, and neither shows anything of the other."""

import datetime as dt
import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import links
from requests_app.clock import app_now
from requests_app.models import (
    ContactPoint,
    EmergencyPhrase,
    Jurisdiction,
    Membership,
    OneTimeLink,
    ServiceRequest,
    User,
)
from requests_app.rules.alarms import screening
from requests_app.rules.shared.jurisdictions import find_jurisdiction
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass
class Town:
    city: Jurisdiction
    host: str
    made: ServiceRequest
    token: str
    tom: User


def found(name: str) -> Town:
    host = f"311.{name.lower()}.example"
    city = factories.jurisdiction(name, hosts=[host, f"www.{host}"])
    version = factories.service(
        city, f"{name.lower()}-pothole", name={"en": f"Pothole of {name}", "es": f"Bache de {name}"}
    )
    factories.area(city, "ward", f"{name}-ward")
    factories.article(city, f"{name.lower()}-article", f"Answers of {name}", "Words.", version)
    factories.address(city, f"12 {name} St")
    done = factories.submitted(version, f"A hole in {name}.", address=f"12 {name} St")
    factories.run_worker()
    assert done.link is not None
    tom = factories.staff(f"Tom-{name}", "triage", city, version.department)
    return Town(city, host, done.service_request, links.token(done.link), tom)


@pytest.fixture
def towns() -> tuple[Town, Town]:
    return found("Northtown"), found("Southtown")


@pytest.mark.shows("2.1")
@pytest.mark.parametrize("port", ["", ":8311"])
def test_the_host_chooses_the_city(client: Client, towns: tuple[Town, Town], port: str) -> None:
    for town in towns:
        for host in (town.host, f"WWW.{town.host.upper()}", f"{town.host}."):
            page = client.get("/privacy/", headers={"host": host + port})
            assert page.status_code == 200
            assert page.wsgi_request.jurisdiction == town.city


@pytest.mark.shows("2.1")
def test_a_host_that_no_city_names_is_404_and_one_city_alone_takes_every_allowed_one(client: Client) -> None:
    only = found("Northtown")
    assert client.get("/privacy/", headers={"host": "127.0.0.1:8311"}).wsgi_request.jurisdiction == only.city
    cache.clear()
    found("Southtown")
    answer = client.get("/privacy/", headers={"host": "127.0.0.1:8311"})
    assert answer.status_code == 404
    assert b"Northtown" not in answer.content


@pytest.mark.shows("2.1")
def test_a_second_city_does_not_take_the_first_one_offline(client: Client, tmp_path: Path) -> None:
    """Through the command line and HTTP: the first has no host names, as the demo's city."""
    first = factories.jurisdiction("Northtown", hosts=[])
    factories.service(first, "pothole")

    def load(name: str, **said: object) -> str:
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"name": name, "jurisdiction_id": f"{name.lower()}.example"} | said))
        out = StringIO()
        call_command("load_city", str(path), stdout=out)
        cache.clear()
        return out.getvalue()

    def city_at(host: str) -> str:
        page = client.get("/services/", headers={"host": host})
        assert page.status_code == 200
        return page.wsgi_request.jurisdiction.name

    with pytest.raises(CommandError, match=r"hosts: is missing\. This installation serves Northtown already"):
        load("Southtown")
    with pytest.raises(CommandError, match="hosts: is missing"):
        load("Southtown", hosts=[])
    assert [one.name for one in Jurisdiction.objects.all()] == ["Northtown"]
    assert city_at("127.0.0.1:8311") == "Northtown"

    said = load("Southtown", hosts=["311.southtown.example"])
    assert "All other allowed hosts lead to Northtown" in said
    assert city_at("127.0.0.1:8311") == city_at("311.northtown.example") == "Northtown"
    assert city_at("311.southtown.example") == "Southtown"
    # Again, without saying it again, and the first one too.
    load("Southtown")
    assert city_at("311.southtown.example") == "Southtown"
    with pytest.raises(CommandError, match="hosts: is missing"):
        load("Southtown", hosts=[])
    with pytest.raises(CommandError, match=r"311\.southtown\.example leads to Southtown already"):
        load("Westtown", hosts=["311.SOUTHTOWN.example"])
    assert city_at("127.0.0.1:8311") == "Northtown"


def test_the_first_city_may_be_loaded_again_without_hosts(tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump({"name": "Northtown", "jurisdiction_id": "northtown.example", "hosts": []}))
    call_command("load_city", str(path), stdout=StringIO())
    factories.jurisdiction("Southtown", hosts=["311.southtown.example"])
    call_command("load_city", str(path), stdout=StringIO())
    assert find_jurisdiction("anything.example") == Jurisdiction.objects.get(name="Northtown")


def test_allowed_hosts_is_the_outer_gate(client: Client, towns: tuple[Town, Town], settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [towns[0].host]
    assert client.get("/privacy/", headers={"host": towns[0].host}).status_code == 200
    assert client.get("/privacy/", headers={"host": towns[1].host}).status_code == 400


def test_an_ipv6_host_is_read_whole(client: Client) -> None:
    city = factories.jurisdiction("Northtown", hosts=["[::1]"])
    factories.jurisdiction("Southtown", hosts=["311.southtown.example"])
    for host in ("[::1]", "[::1]:8311"):
        assert find_jurisdiction(host) == city


def test_its_own_host_makes_its_links(towns: tuple[Town, Town], settings: Settings) -> None:
    settings.SITE_URL = "https://county.example"
    assert [links.base_url(town.city) for town in towns] == [f"https://{town.host}" for town in towns]


def paths(town: Town) -> list[str]:
    """Every page about an object of one city."""
    reference, photo = town.made.reference, "a" * 32
    name = town.city.name.lower()
    return [
        f"/r/{reference}/",
        f"/l/{town.token}/",
        f"/articles/{name}-article/",
        f"/photos/{photo}.jpg",
        f"/open311/v2/requests/{town.made.display_reference}.json",
        f"/open311/v2/services/{name}-pothole.json",
    ]


LISTS = [
    "/",
    "/requests/",
    "/map/",
    "/services/",
    "/places/search.json?q=12+{other}",
    "/open311/v2/services.json",
    "/open311/v2/requests.json",
    "/open311/v2/discovery.json",
]


def test_what_belongs_to_one_is_404_at_the_other(client: Client, towns: tuple[Town, Town]) -> None:
    """And 200 at its own host, so that the 404 means something."""
    for town, other in (towns, towns[::-1]):
        for path in paths(town):
            mine = client.get(path, headers={"host": town.host}).status_code
            assert mine in (200, 302) or path.startswith("/photos/"), path
            assert client.get(path, headers={"host": other.host}).status_code == 404, path


@pytest.mark.shows("2.1")
def test_no_list_search_or_map_of_one_holds_anything_of_the_other(client: Client, towns: tuple[Town, Town]) -> None:
    for town, other in (towns, towns[::-1]):
        for path in LISTS:
            address = path.format(other=other.city.name)
            answer = client.get(address, headers={"host": town.host})
            assert answer.status_code == 200, address
            held = re.sub(r'value="[^"]*"', "", answer.content.decode())
            assert other.city.name not in held, address
            assert other.made.display_reference not in held, address


@pytest.mark.parametrize("of_the_whole_city", [False, True])
def test_staff_of_one_are_nobody_at_the_other(
    client: Client, towns: tuple[Town, Town], *, of_the_whole_city: bool
) -> None:
    north, south = towns
    client.force_login(factories.staff("Sue", "supervisor", north.city) if of_the_whole_city else north.tom)
    reference = south.made.reference
    assert client.get(f"/staff/r/{north.made.reference}/", headers={"host": north.host}).status_code == 200
    for host, path in [
        (north.host, f"/staff/r/{reference}/"),
        (south.host, f"/staff/r/{reference}/"),
        (south.host, "/staff/"),
    ]:
        assert client.get(path, headers={"host": host}).status_code in (403, 404), (host, path)
    for host in (north.host, south.host):
        for act in ("reporter", "accept", "comment"):
            answer = client.post(f"/staff/r/{reference}/{act}/", {"text": "Hello."}, headers={"host": host})
            assert answer.status_code in (403, 404), (host, act)
    queue = client.get("/staff/", headers={"host": north.host}).content.decode()
    assert north.made.display_reference in queue or "Pothole of Northtown" in queue
    assert "Southtown" not in queue


def test_a_role_counts_in_its_own_city(client: Client, towns: tuple[Town, Town]) -> None:
    north, south = towns
    ada = factories.staff("Ada", "administrator", north.city)
    Membership.objects.create(user=ada, jurisdiction=south.city, role=factories.role(south.city, "triage"))
    client.force_login(ada)
    for town, status in ((north, 200), (south, 403)):
        assert client.get("/staff/", headers={"host": town.host}).status_code == 200
        assert client.get("/staff/api-keys/", headers={"host": town.host}).status_code == status


def test_a_one_time_link_opens_in_its_own_city(client: Client, towns: tuple[Town, Town]) -> None:
    north, south = towns
    link = OneTimeLink.objects.create(
        jurisdiction=north.city,
        purpose=OneTimeLink.Purpose.SIGN_IN,
        contact_point=ContactPoint.objects.get(person__jurisdiction=north.city, kind="email"),
        expires_at=app_now() + dt.timedelta(days=1),
    )
    path = urlsplit(links.one_time_url(link)).path
    assert client.get(path, headers={"host": south.host}).status_code == 404
    assert client.get(path, headers={"host": north.host}).status_code == 200


def test_a_phrase_of_one_is_heard_in_no_report_of_the_other(towns: tuple[Town, Town]) -> None:
    north, south = towns
    own = EmergencyPhrase.objects.create(jurisdiction=south.city, language="en", phrase="purple fog")
    assert screening.red_flags(south.city, "There is purple fog on Main St") == [own]
    assert screening.red_flags(north.city, "There is purple fog on Main St") == []
