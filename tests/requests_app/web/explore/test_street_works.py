"""Street works on the pages of residents: the list, the map, a place, an address, My street, and reporting there."""

import datetime as dt
import html
import re

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from requests_app.models import Jurisdiction
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.34")]
FAR = Point(-69.03, 40.53, srid=4326)


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(" ".join(answer.content.decode().split()))


def day(city: Jurisdiction, days: int) -> dt.date:
    return timezone.localdate(timezone=city.zone) + dt.timedelta(days=days)


def test_the_list_has_what_is_under_way_and_planned_and_nothing_that_is_over(client: Client, cast: Rivermark) -> None:
    def on(days: int) -> str:
        return date_format(day(cast.city, days), "MONTH_DAY_FORMAT")

    assert "There’s no street work planned right now." in words(client, "/street-work/")
    factories.street_work(cast.city)
    factories.street_work(cast.city, "W2", days=(3, 4), kind="sewer", hours="", place="Oak St")
    factories.street_work(cast.city, "W3", days=(0, 0), kind="gas", place="Mill St")
    factories.street_work(cast.city, "W4", days=(-9, -1), place="Over St")
    page = words(client, "/street-work/")
    assert "Paving: <bdi>Elm St from 3rd St to 5th St</bdi>" in page
    assert f"Until {on(5)}, from 7 a.m. to 4 p.m. · Streets" in page
    assert f"{on(3)} to {on(4)} · Streets" in page
    # Today is its only day.
    assert f'<p class="soft">{on(0)}, from 7 a.m.' in page
    assert "Over St" not in page
    assert page.index("Mill St") < page.index("Oak St") < page.index("Elm St"), "what ends first"
    spanish = words(client, "/es/street-work/")
    assert "Pavimentación: <bdi>Elm St" in spanish
    assert "Asfalto nuevo." in spanish
    assert "Calles" in spanish
    assert re.search(r"Del \d+ de \w+ al \d+ de \w+", spanish)


def test_the_list_goes_on_on_the_next_page(client: Client, cast: Rivermark) -> None:
    for number in range(30):
        factories.street_work(cast.city, f"W{number}", place=f"Street no. {number};")
    first = client.get("/street-work/")
    assert first.content.decode().count("Street no. ") == 25
    second = words(client, f"/street-work/{first.context['pager']['next_url']}")
    assert second.count("Street no. ") == 5
    assert words(client, "/street-work/?cursor=%00junk").count("Street no. ") == 25


def test_another_citys_works_are_not_ours(client: Client, cast: Rivermark) -> None:
    factories.street_work(factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"]), place="Cliff Rd")
    for path in ("/street-work/", "/places/1-99-block-of-elm-st/", "/address/?q=12+Elm+St"):
        assert "Cliff Rd" not in words(client, path)
    assert client.get("/street-work/works.json").json()["features"] == []


def test_the_map_draws_them_by_their_geojson(client: Client, cast: Rivermark) -> None:
    assert "Street work" not in words(client, "/map/").partition("<main")[2]
    factories.street_work(cast.city)
    factories.street_work(cast.city, "W2", days=(-9, -1))
    page = words(client, "/map/")
    assert 'data-works="/street-work/works.json"' in page
    assert '<a href="/street-work/">Street work as a list</a>' in page
    assert 'data-works="/es/street-work/works.json"' in words(client, "/es/map/")
    answer = client.get("/es/street-work/works.json")
    assert answer["Content-Type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[-69, 40.499], [-69, 40.501]]}
    assert feature["properties"]["title"] == "Pavimentación: Elm St from 3rd St to 5th St"
    assert feature["properties"]["words"] == "Asfalto nuevo."


def test_a_block_and_an_address_name_the_works_within_their_distance(client: Client, cast: Rivermark) -> None:
    factories.street_work(cast.city)
    factories.street_work(cast.city, "W2", place="Far Rd", shape=FAR)
    # Its box has the block in it, but it goes around at 500 m.
    bend = LineString((-69.006, 40.494), (-69.006, 40.506), (-68.994, 40.506), srid=4326)
    factories.street_work(cast.city, "W4", place="Bend Rd", shape=bend)
    # 400 m to the east.
    factories.street_work(cast.city, "W3", place="Oak St", shape=Point(-68.9953, 40.5, srid=4326))
    for path in ("/places/1-99-block-of-elm-st/", "/address/?q=12+Elm+St"):
        page = words(client, path)
        assert "Paving: <bdi>Elm St" in page
        assert "Far Rd" not in page
        assert "Bend Rd" not in page
        assert "Oak St" not in page
    wide = words(client, "/places/1-99-block-of-elm-st/?around=500")
    assert "Oak St" in wide
    assert "Far Rd" not in wide


def test_my_street_lists_them_and_draws_them_on_its_map(client: Client, cast: Rivermark) -> None:
    factories.street_work(cast.city, words={"en": "</script><b>Loud</b>"})
    factories.street_work(cast.city, "W2", place="Far Rd", shape=FAR)
    client.post("/my-street/", {"q": "12 Elm St"})
    raw = client.get("/my-street/").content.decode()
    assert "</script><b>" not in raw
    page = html.unescape(raw)
    assert "Paving: <bdi>Elm St from 3rd St to 5th St</bdi>" in page
    assert "Far Rd" not in page
    assert 'id="street-works"' in page
    assert 'data-work="0"' in page


@pytest.mark.parametrize(("days", "is_said"), [((-2, 5), True), ((0, 0), True), ((1, 5), False), ((-9, -1), False)])
def test_who_reports_where_work_is_under_way_reads_it_and_can_send(
    client: Client, cast: Rivermark, days: tuple[int, int], is_said: bool
) -> None:
    factories.street_work(cast.city, days=days)
    walk = Walk(client).to_check()
    said = f"Paving: work is under way here until {day(cast.city, days[1]):%A}"
    assert (said in html.unescape(" ".join(walk.html.split()))) is is_said
    assert "We got it." in walk.send().html


def test_work_around_the_corner_is_not_named(client: Client, cast: Rivermark) -> None:
    factories.street_work(cast.city, shape=Point(-69.001, 40.5, srid=4326))
    assert "is under way here" not in Walk(client).to_check().html
    walk = Walk(Client()).begin(TEXT).on("service", service="pothole").on("location", lat="40.5", long="-69.0009")
    walk.on("details/1", text=TEXT, q_where="lane").on("contact", email="bob@example.org", language="en")
    assert "is under way here" in walk.html
