"""Reports by area: the city's areas shaded by the map's cells, by month, with a table of the same and without a script."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.clock import app_now
from requests_app.models import Area, ServiceRequest
from tests import factories
from tests.requests_app.places.test_map_months import in_month
from tests.saved import step

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.50")]

WEST, EAST = (-69.02, 40.5), (-68.98, 40.5)


@pytest.fixture
def areas(cast: factories.Rivermark) -> None:
    """Two wards of one size; three public reports of this month in one, one of last month in the other, one of them private."""

    def build() -> None:
        factories.area(cast.city, "ward", "1", factories.square(-69.05, 40.45, -69.0, 40.55))
        factories.area(cast.city, "ward", "2", factories.square(-69.0, 40.45, -68.95, 40.55))
        for place, ago in ((WEST, 0), (WEST, 0), (WEST, 0), (EAST, 1)):
            in_month(cast, ago, place)
        ServiceRequest.objects.filter(pk=in_month(cast, 0, EAST).pk).update(public_state="private")

    step("areas of the map", build)


def rows(client: Client, query: str = "") -> dict[str, list[str]]:
    """By area: the numbers next to it."""
    cache.clear()
    answer = client.get(f"/map/areas/?{query}")
    assert answer.status_code == 200
    table = answer.content.decode().partition("<tbody>")[2]
    cells = re.findall(r'">([^<]+)</a></th><td>([^<]*)</td>\s*<td>([^<]*)</td>', table)
    return {name: numbers for name, *numbers in cells}


def test_areas_have_their_reports_of_a_year_or_a_month_for_each_square_mile(areas: None, client: Client) -> None:
    this_month = f"{app_now():%Y-%m}"
    found = rows(client)
    assert list(found) == ["Ward 1", "Ward 2"], "the most for each square mile comes first"
    assert (found["Ward 1"][0], found["Ward 2"][0]) == ("3", "1")
    assert {name: numbers[0] for name, numbers in rows(client, f"month={this_month}").items()} == {
        "Ward 1": "3",
        "Ward 2": "0",
    }
    html = client.get("/map/areas/").content.decode()
    assert "Reports per square mile" in html
    # Five shades, from the highest number down, and both numbers on the picture.
    assert 'heat__area heat__area--5"' in html
    assert 'heat__area heat__area--2"' in html
    assert html.count('class="heat__number"') == 2
    assert '<option value="ward" selected>' in html


def test_for_each_resident_where_the_city_says_how_many_there_are(areas: None, client: Client) -> None:
    for code, residents in (("1", 6000), ("2", 500)):
        Area.objects.filter(code=code).update(attributes={"population": residents})
    found = rows(client)
    assert list(found.items()) == [("Ward 2", ["1", "2"]), ("Ward 1", ["3", "0.5"])]
    assert "Reports per 1,000 residents" in client.get("/map/areas/").content.decode()


def test_kind_and_status_count_and_what_no_cell_knows_is_left_out(areas: None, client: Client) -> None:
    assert {numbers[0] for numbers in rows(client, "service=tree").values()} == {"0"}
    assert rows(client, "status=open&q=nothing")["Ward 1"][0] == "3"
    answer = client.get("/map/areas/?kind=service:tree&layer=ward&month=2026-01&junk=1")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/map/areas/?service=tree&layer=ward")


@pytest.mark.parametrize("query", ["layer=nothing", "month=2026-13", "month=1999-01", "layer=%00&month=%00"])
def test_what_does_not_exist_shows_the_usual(areas: None, client: Client, query: str) -> None:
    assert rows(client, query)["Ward 1"][0] == "3"


def test_no_report_is_read(areas: None, client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        rows(client)
    assert not [query for query in captured.captured_queries if "requests_app_servicerequest" in query["sql"]]


def test_a_city_without_areas_says_so(cast: factories.Rivermark, client: Client) -> None:
    assert "has no layer of wards" in client.get("/map/areas/").content.decode()
