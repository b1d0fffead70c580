"""The map's tiles and style, requested over HTTP."""

import datetime as dt
import gzip
import json
import re
import time
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Polygon
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.publication import moderation
from requests_app.actions.routing import place_corrections
from requests_app.actions.shared.search_index import index_requests
from requests_app.actions.work import assignment
from requests_app.clock import app_now
from requests_app.core.cache import BreakerRedisCache, breaker
from requests_app.models import BasemapFeature, Jurisdiction, PublicState, RequestArea, ServiceRequest
from requests_app.places import tiles
from requests_app.places.public_filter import LATELY, RECENT_SINCE, PublicFilter
from requests_app.web.explore import tiles as tile_views
from tests import factories, vector_tile
from tests.pages import tile_at

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.5")]

# The tiles that hold 12 Elm St (40.5 N, 69.0 W).
AT_ELM_ST = {z: (int(111 / 360 * 2**z), y) for z, y in [(8, 96), (12, 1543), (13, 3086), (14, 6172), (15, 12345)]}


def tile_address(kind: str, z: int, **query: str) -> str:
    x, y = AT_ELM_ST[z]
    return f"/tiles/{kind}/{z}/{x}/{y}.mvt?" + "&".join(f"{name}={value}" for name, value in query.items())


def layers(client: Client, kind: str, z: int, **query: str) -> dict[str, list[dict[str, Any]]]:
    if kind == "requests":
        # As half a minute after the last one.
        cache.clear()
    answer = client.get(tile_address(kind, z, **query))
    assert answer.status_code == 200
    return vector_tile.read(answer.content)


def points(client: Client, z: int = 15, **query: str) -> list[dict[str, Any]]:
    cache.clear()
    answer = client.get(tile_address("requests", z, **query))
    assert answer.status_code == 200
    return vector_tile.named(answer.content)


def test_the_tiles_of_this_test_hold_elm_st() -> None:
    for z, (x, y) in AT_ELM_ST.items():
        west, south, east, north = tiles.Tile(z, x, y).degrees
        assert west <= -69.0 < east
        assert south <= 40.5 < north


# --- The basemap ------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(cast: factories.Rivermark) -> Jurisdiction:
    city = cast.city
    land = Polygon.from_bbox((-69.2, 40.3, -68.8, 40.7))
    for layer, least, properties, shape in [
        ("land", 8, {"kind": "city"}, land),
        ("streets", 12, {"class": "street", "name": "Elm St"}, LineString((-69.01, 40.5), (-68.99, 40.5))),
        ("house_numbers", 15, {"n": "12"}, factories.at()),
    ]:
        shape.srid = 4326
        shape.transform(3857)
        BasemapFeature.objects.create(
            jurisdiction=city, layer=layer, min_zoom=least, properties=properties, shape=shape
        )
    return city


def test_a_tile_has_each_layer_from_its_zoom_on(drawn: Jurisdiction, client: Client) -> None:
    assert set(layers(client, "basemap", 8)) == {"land"}
    assert set(layers(client, "basemap", 12)) == {"land", "streets"}
    near = layers(client, "basemap", 15)
    assert set(near) == {"land", "streets", "house_numbers"}
    assert near["streets"] == [{"class": "street", "name": "Elm St"}]


def test_a_tile_under_today_s_version_may_be_kept_for_good(drawn: Jurisdiction, client: Client) -> None:
    answer = client.get(tile_address("basemap", 12, v=str(drawn.basemap_version)))
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer["Cache-Control"]
    assert "max-age=31536000" in answer["Cache-Control"]
    other = client.get(tile_address("basemap", 12, v="999"))
    assert "immutable" not in other["Cache-Control"]
    assert "max-age=60" in other["Cache-Control"]


def test_who_has_the_tile_already_gets_no_body(drawn: Jurisdiction, client: Client) -> None:
    first = client.get(tile_address("basemap", 12))
    again = client.get(tile_address("basemap", 12), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_travels_packed_to_those_who_can_unpack(drawn: Jurisdiction, client: Client) -> None:
    plain = client.get(tile_address("basemap", 12))
    packed = client.get(tile_address("basemap", 12), headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_a_tile_is_made_once_and_anew_after_an_import(drawn: Jurisdiction, client: Client) -> None:
    with_street = layers(client, "basemap", 12)
    BasemapFeature.objects.filter(layer="streets").delete()
    assert layers(client, "basemap", 12) == with_street
    Jurisdiction.objects.update(basemap_version=7)
    cache.delete("jurisdiction:testserver")
    assert set(layers(client, "basemap", 12)) == {"land"}


def test_no_city_s_map_is_drawn_under_another_s_host(drawn: Jurisdiction, client: Client) -> None:
    factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    Jurisdiction.objects.filter(pk=drawn.pk).update(hosts=["testserver"])
    answer = client.get(tile_address("basemap", 15), headers={"Host": "stonecliff.example"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert layers(client, "basemap", 15)


@pytest.mark.parametrize(
    "path",
    ["7/39/48", "18/80824/98712", "12/4096/1543", "12/1262/4096", "99/1/1", f"12/{10**30}/1", "12/-1/1", "12/a/1"],
)
@pytest.mark.parametrize("kind", ["basemap", "requests"])
def test_what_is_no_tile_is_not_found(cast: factories.Rivermark, client: Client, kind: str, path: str) -> None:
    assert client.get(f"/tiles/{kind}/{path}.mvt").status_code == 404


# --- Requests ---------------------------------------------------------------------------------------------------------


def pothole(cast: factories.Rivermark, **options: Any) -> ServiceRequest:
    return factories.report(cast.pothole, answers={"where": "lane"}, **options)


def test_from_near_each_request_is_a_point(cast: factories.Rivermark, client: Client) -> None:
    made = pothole(cast)
    (point,) = points(client)
    point.pop("at")
    day = made.submitted_at.astimezone(cast.city.zone).date().isoformat()
    expected = {"reference": made.reference, "service": "Pothole", "code": "received", "state": "open", "day": day}
    assert point == expected
    # Late in the evening, when it is the next day in UTC.
    evening = (app_now() - dt.timedelta(days=3)).replace(hour=3, minute=30)
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=evening)
    (point,) = points(client)
    assert point["day"] == (evening.date() - dt.timedelta(days=1)).isoformat()
    (in_spanish,) = points(client, language="es")
    assert in_spanish["service"] == "Bache"
    (in_klingon,) = points(client, language="tlh")
    assert in_klingon["service"] == "Pothole"


@pytest.mark.shows("5.23")
@pytest.mark.parametrize("z", [15, 16, 17])
def test_those_at_one_spot_are_one_circle_with_a_number_and_all_are_named(
    cast: factories.Rivermark, client: Client, z: int
) -> None:
    """A block's reports all share its midpoint, where separate dots would hide each other."""
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    made = [factories.report(coarse, point=factories.at(-69.0002, 40.5002 + n * 0.0001)) for n in range(3)]
    ServiceRequest.objects.filter(pk=made[0].pk).update(status="closed", disposition="fixed")
    assert len({one.public_point.coords for one in made if one.public_point}) == 1
    x, y = tile_at(z, *made[0].public_point.coords)  # type: ignore[union-attr]
    answer = client.get(f"/tiles/requests/{z}/{x}/{y}.mvt")
    spots, names = vector_tile.read(answer.content)["requests"], vector_tile.named(answer.content)
    assert [(spot["n"], spot["open"]) for spot in spots] == [(3, 2)]
    # The newest first.
    assert [one["reference"] for one in names] == [one.reference for one in reversed(made)]


def test_of_many_at_one_spot_the_newest_are_named_and_all_counted(cast: factories.Rivermark, client: Client) -> None:
    made = [pothole(cast) for _ in range(tiles.MOST_NAMED + 2)]
    (spot,) = layers(client, "requests", 15)["requests"]
    assert spot["n"] == len(made)
    newest = [one.reference for one in reversed(made)][: tiles.MOST_NAMED]
    assert [one["reference"] for one in points(client)] == newest


def test_neighbors_come_apart_from_near(cast: factories.Rivermark, client: Client) -> None:
    places = [(-69.0, 40.5), (-69.0, 40.50011)]
    for place in places:
        pothole(cast, point=factories.at(*place))
    seen = {z: client.get("/tiles/requests/{}/{}/{}.mvt".format(z, *tile_at(z, *places[0]))).content for z in (14, 17)}
    assert [cell["n"] for cell in vector_tile.read(seen[14])["cells"]] == [2]
    assert [spot["n"] for spot in vector_tile.read(seen[17])["requests"]] == [1, 1]


@pytest.mark.parametrize("z", [8, 12, 13, 14])
def test_from_afar_they_are_counted_and_nothing_else_is_said(cast: factories.Rivermark, client: Client, z: int) -> None:
    pothole(cast)
    pothole(cast, point=factories.at(-69.0 + 0.00002, 40.5))
    found = layers(client, "requests", z)
    (cell,) = found.pop("cells")
    assert found == {}
    assert {name: value for name, value in cell.items() if name != "at"} == {"n": 2, "open": 2}


@pytest.mark.parametrize("query", ["", "?sort=changed"])
def test_each_request_is_counted_in_exactly_one_tile(cast: factories.Rivermark, client: Client, query: str) -> None:
    """Also one that lies on the edge between two."""
    edge = tiles.Tile(12, 1263, 1543).degrees[0]
    for east in (-0.001, 0, 0.001):
        pothole(cast, point=factories.at(edge + east, 40.5))
    counted = 0
    for x in (1262, 1263):
        answer = client.get(f"/tiles/requests/12/{x}/1543.mvt{query}")
        counted += sum(cell["n"] for cell in vector_tile.read(answer.content).get("cells", []))
    assert counted == 3


@pytest.mark.parametrize("state", [state for state in PublicState if state != PublicState.PUBLIC])
@pytest.mark.parametrize("z", [8, 14, 15])
def test_what_is_not_public_is_on_no_tile(
    cast: factories.Rivermark, client: Client, state: PublicState, z: int
) -> None:
    made = pothole(cast)
    ServiceRequest.objects.filter(pk=made.pk).update(public_state=state)
    assert layers(client, "requests", z) == {}


def test_a_private_service_is_on_no_tile(cast: factories.Rivermark, client: Client) -> None:
    factories.report(cast.outreach, "Somebody sleeps here.")
    assert layers(client, "requests", 15) == {}


def test_a_coarse_request_stands_at_its_block_and_nowhere_else(cast: factories.Rivermark, client: Client) -> None:
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    home = factories.at(-69.00042, 40.49958)
    made = factories.report(coarse, point=home)
    assert made.public_point is not None
    assert made.public_point.coords != home.coords
    west, south, east, north = tiles.Tile(15, *AT_ELM_ST[15]).degrees
    (point,) = layers(client, "requests", 15)["requests"]
    shown = west + point["at"][0] / 4096 * (east - west), north - point["at"][1] / 4096 * (north - south)
    assert shown == pytest.approx(made.public_point.coords, abs=0.00001)


@pytest.mark.shows("5.43")
def test_what_is_about_a_home_is_counted_from_afar_and_no_point_from_near(
    cast: factories.Rivermark, client: Client
) -> None:
    enforcement = factories.service(cast.city, "blight", visibility="reporter_to_named_staff", listed_by_place=False)
    factories.report(enforcement, "A roof that falls in.")
    assert layers(client, "requests", 15) == {}
    (alone,) = layers(client, "requests", 14)["cells"]
    middles = {(2 * n + 1) * 4096 / (2 * tiles.CELLS) for n in range(tiles.CELLS)}
    assert alone["n"] == 1
    for at in alone["at"]:
        assert min(abs(at - middle) for middle in middles) <= 1, "where in its cell it lies is not told"
    hole = pothole(cast)
    assert [one["reference"] for one in points(client)] == [hole.reference]
    (together,) = layers(client, "requests", 14)["cells"]
    west, south, east, north = tiles.Tile(14, *AT_ELM_ST[14]).degrees
    at = west + together["at"][0] / 4096 * (east - west), north - together["at"][1] / 4096 * (north - south)
    assert together["n"] == 2
    assert at == pytest.approx(factories.ELM_ST, abs=0.00001)


@pytest.mark.shows("5.43")
@pytest.mark.parametrize("query", [{}, {"sort": "changed"}])
def test_what_the_city_no_longer_lists_by_place_says_nothing_of_its_place_in_the_cell(
    cast: factories.Rivermark, client: Client, query: dict[str, str]
) -> None:
    """The counts were made while it was listed."""
    version = factories.service(cast.city, "blight", visibility="reporter_to_named_staff")
    factories.report(version, "A roof that falls in.")
    version.pk, version.number, version.listed_by_place = None, 2, False
    version.save()
    version.service.current = version
    version.service.save(update_fields=["current"])
    (cell,) = layers(client, "requests", 14, **query)["cells"]
    middles = {(2 * n + 1) * 4096 / (2 * tiles.CELLS) for n in range(tiles.CELLS)}
    assert cell["n"] == 1
    assert all(min(abs(at - middle) for middle in middles) <= 1 for at in cell["at"])


@pytest.mark.parametrize("z", [14, 15])
def test_what_is_hidden_leaves_tiles_that_are_kept(cast: factories.Rivermark, client: Client, z: int) -> None:
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    assert vector_tile.read(client.get(tile_address("requests", z)).content)
    moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    assert client.get(tile_address("requests", z)).content == b""
    moderation.publish(made.pk, actor=cast.pia)
    assert vector_tile.read(client.get(tile_address("requests", z)).content)
    assignment.change_service(made.pk, version=cast.outreach, actor=cast.tom)
    assert client.get(tile_address("requests", z)).content == b""


def test_what_was_moved_leaves_tiles_that_are_kept(cast: factories.Rivermark, client: Client) -> None:
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    assert vector_tile.read(client.get(tile_address("requests", 15)).content)
    place_corrections.correct_place(made.pk, point=factories.at(-68.9, 40.6), address="", note="", actor=cast.tom)
    assert client.get(tile_address("requests", 15)).content == b""


def test_a_request_without_a_public_place_is_in_the_list_only(cast: factories.Rivermark, client: Client) -> None:
    made = pothole(cast)
    ServiceRequest.objects.filter(pk=made.pk).update(public_point=None)
    assert layers(client, "requests", 15) == {}


def test_no_request_of_another_city_is_shown(cast: factories.Rivermark, client: Client) -> None:
    pothole(cast)
    factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    Jurisdiction.objects.filter(pk=cast.city.pk).update(hosts=["testserver"])
    answer = client.get(tile_address("requests", 15), headers={"Host": "stonecliff.example"})
    assert answer.content == b""
    assert layers(client, "requests", 15)


FILTERS = [
    ({"service": "tree"}, {"Tree to prune"}),
    ({"category": "streets"}, {"Pothole"}),
    ({"status": "open"}, {"Pothole"}),
    ({"status": "ended"}, {"Tree to prune"}),
    ({"area": "ward:5"}, {"Tree to prune"}),
    ({"service": "tree", "status": "open"}, set()),
    ({"service": "nothing"}, set()),
    ({"status": "late"}, set()),
    ({"area": "ward:99"}, set()),
    ({"area": "%00"}, set()),
    ({"category": ""}, {"Pothole", "Tree to prune"}),
]


@pytest.mark.parametrize(("query", "shown"), FILTERS)
def test_filters_are_those_of_the_list(
    cast: factories.Rivermark, client: Client, query: dict[str, str], shown: set[str]
) -> None:
    pothole(cast)
    ward = factories.area(cast.city, polygon=factories.square(-69.01, 40.49, -68.999, 40.51))
    tree = factories.report(cast.tree, "A branch hangs.", point=factories.at(-69.0001, 40.5))
    RequestArea.objects.exclude(service_request=tree).delete()
    assert tree.areas.get() == ward
    ServiceRequest.objects.filter(pk=tree.pk).update(status="closed", disposition="fixed")
    assert {point["service"] for point in points(client, **query)} == shown


def test_old_and_closed_ones_are_shown_by_choice(cast: factories.Rivermark, client: Client) -> None:
    made = pothole(cast)
    old = {"submitted_at": "2011-08-28T12:00Z", "status": "closed", "disposition": "fixed"}
    ServiceRequest.objects.filter(pk=made.pk).update(**old)
    assert layers(client, "requests", 15) == {}
    assert [point["state"] for point in points(client, older="1")] == ["ended"]


def many(cast: factories.Rivermark, count: int, **options: Any) -> list[ServiceRequest]:
    """Copies of one request, each a second older than the one before."""
    first = pothole(cast, **options)
    (row,) = ServiceRequest.objects.filter(pk=first.pk).values()
    copies = []
    for number in range(1, count):
        copy = ServiceRequest.from_db(None, [*row], row.values())
        copy.pk, copy.reference = None, f"{number:08d}"
        copy.submitted_at -= dt.timedelta(seconds=number)
        copies.append(copy)
    return [first, *ServiceRequest.objects.bulk_create(copies)]


def test_a_tile_that_takes_too_long_is_empty_and_no_error(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A map client asks again at once after an error, and would keep the database busy."""
    many(cast, 3000)
    monkeypatch.setattr(tiles, "TILE_MS", 1)
    answer = client.get(tile_address("requests", 15))
    assert (answer.status_code, answer.content) == (200, b"")
    assert "max-age=5" in answer["Cache-Control"]


@pytest.mark.parametrize("query", [{"area": "ward:5"}, {"near": "40.5,-69.0,500"}, {"q": "hole"}])
@pytest.mark.parametrize("z", [8, 14, 15])
def test_without_counts_for_a_filter_a_tile_has_the_newest(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch, z: int, query: dict[str, str]
) -> None:
    monkeypatch.setattr(tiles, "MOST_POINTS", 3)
    factories.area(cast.city, polygon=factories.square(-69.01, 40.49, -68.99, 40.51))
    made = [pothole(cast) for _ in range(5)]
    index_requests([one.pk for one in made])
    found = layers(client, "requests", z, **query)
    assert [spot["n"] for spot in found["cells" if z < 15 else "requests"]] == [3]
    if z == 15:
        newest = [one.reference for one in reversed(made)][:3]
        assert [one["reference"] for one in points(client, **query)] == newest


@pytest.mark.parametrize(
    "query", [{}, {"older": "1"}, {"service": "pothole"}, {"category": "streets", "status": "open"}]
)
def test_counted_cells_know_all_of_them(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    monkeypatch.setattr(tiles, "MOST_POINTS", 3)
    many(cast, 5)
    assert [cell["n"] for cell in layers(client, "requests", 12, **query)["cells"]] == [5]


def test_up_close_at_most_two_thousand_are_read(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tiles.MOST_POINTS == 2000
    monkeypatch.setattr(tiles, "MOST_POINTS", 20)
    many(cast, 25)
    (spot,) = layers(client, "requests", 15)["requests"]
    assert spot["n"] == 20


def test_the_recent_ones_begin_with_the_same_month_in_list_and_cells(cast: factories.Rivermark, client: Client) -> None:
    """Cells know the month only; so the list begins with one, too."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RECENT_SINCE}")
        since = cursor.fetchone()[0]
    assert app_now() - LATELY - dt.timedelta(days=31) < since <= app_now() - LATELY
    before, after = pothole(cast), pothole(cast)
    for made, at in ((before, since - dt.timedelta(seconds=1)), (after, since)):
        ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=at, status="closed", disposition="fixed")
    assert [cell["n"] for cell in layers(client, "requests", 14)["cells"]] == [1]
    assert [one["reference"] for one in points(client)] == [after.reference]
    assert list(PublicFilter(cast.city, {}).requests()) == [after]


def test_the_same_tile_is_made_once_in_half_a_minute(cast: factories.Rivermark, client: Client) -> None:
    pothole(cast)
    first = client.get(tile_address("requests", 15, q="hole"))
    with CaptureQueriesContext(connection) as asked:
        again = client.get(tile_address("requests", 15, q="hole", page="2"))
        assert again.content == first.content
        client.get(tile_address("requests", 15, q="hole", language="tlh"))
    assert not [query for query in asked if "servicerequest" in query["sql"]]
    assert client.get(tile_address("requests", 15, q="hole", language="es")).content != first.content
    seconds = int(again["Cache-Control"].split("max-age=")[1].split(",")[0])
    assert seconds < 30, "kept here and on the way for half a minute together"


def test_who_finds_a_tile_being_made_waits_for_it(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"tile"

    def other_process_finishes(_seconds: float) -> None:
        cache.set("tile:x", (b"from there", time.time() + 30))

    cache.add("tile:x:making", 1)
    monkeypatch.setattr(tile_views.time, "sleep", other_process_finishes)
    assert tile_views._made_once("tile:x", make)[0] == b"from there"
    assert made == []


def test_who_waits_in_vain_makes_the_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process leaves its mark behind."""
    cache.add("tile:x:making", 1)
    monkeypatch.setattr(tile_views, "MAKING_S", 0)
    assert gzip.decompress(tile_views._made_once("tile:x", lambda: b"tile")[0]) == b"tile"


def test_without_redis_each_makes_its_own_tile(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pothole(cast)
    monkeypatch.setattr(breaker, "open_until", 0.0)
    monkeypatch.setattr(tile_views, "cache", BreakerRedisCache("unix:///nowhere/redis.sock?db=0", {}))
    for _ in range(2):
        answer = client.get(tile_address("requests", 15))
        assert answer.status_code == 200
        assert vector_tile.read(answer.content)["requests"]
    monkeypatch.setattr(breaker, "open_until", 0.0)


def test_a_tile_asks_little_of_the_database(
    cast: factories.Rivermark, client: Client, django_assert_max_num_queries: Any
) -> None:
    pothole(cast)
    client.get("/map/style.json")
    # A savepoint, the time limit set and set back, and the tile itself.
    for kind in ("requests", "basemap"):
        with django_assert_max_num_queries(8):
            client.get(tile_address(kind, 15))


# --- The style --------------------------------------------------------------------------------------------------------


def style(client: Client) -> dict[str, Any]:
    answer = client.get("/map/style.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_style_names_the_city_and_whole_addresses_of_our_own(cast: factories.Rivermark, client: Client) -> None:
    found = style(client)
    assert found["name"] == "Rivermark"
    source = found["sources"]["basemap"]
    assert source["tiles"] == ["http://testserver/tiles/basemap/{z}/{x}/{y}.mvt?v=0"]
    assert (source["minzoom"], source["maxzoom"]) == (8, 15)
    assert "//" not in json.dumps(found).replace("http://testserver", "")


def test_the_dark_map_has_the_dark_colors_of_the_pictures(
    cast: factories.Rivermark, client: Client, settings: Any
) -> None:
    from requests_app.places.style import LAND, OUTSIDE, layers

    dark = client.get("/map/style.json?dark=1").json()
    assert dark["layers"] == layers(dark=True)
    assert style(client)["layers"] == layers()
    assert {LAND, OUTSIDE} & set(re.findall(r"#[0-9a-f]{6}", json.dumps(dark["layers"]))) == set()
    # A raster can only be dimmed.
    settings.BASEMAP_RASTER_URL = "https://tiles.example.com/{z}/{x}/{y}.png"
    _ground, raster = client.get("/map/style.json?dark=1").json()["layers"]
    assert raster["paint"]["raster-brightness-max"] < 1
    assert style(client)["layers"][1]["paint"] == {}


def test_every_layer_of_the_style_is_one_that_an_import_can_fill(cast: factories.Rivermark, client: Client) -> None:
    from requests_app.places.basemap import LAYERS

    named = {layer["source-layer"] for layer in style(client)["layers"] if "source-layer" in layer}
    assert named == set(LAYERS)


def test_the_letters_of_the_style_are_those_of_the_pages(cast: factories.Rivermark, client: Client) -> None:
    from pathlib import Path

    root = Path(__file__).resolve().parents[4]
    found = style(client)
    used = {font for layer in found["layers"] for font in layer.get("layout", {}).get("text-font", [])}
    assert used == set(found["font-faces"])
    for font, faces in found["font-faces"].items():
        for face, letters in zip(faces, ("aZ9ñ’–", "ąễŁ"), strict=True):
            path = face["url"].removeprefix("http://testserver/")
            assert (root / path).exists()
            assert font.rpartition(" ")[2] in path
            ranges = [one.removeprefix("U+").split("-") for one in face["unicode-range"]]
            for letter in letters:
                assert any(int(first, 16) <= ord(letter) <= int((last or [first])[0], 16) for first, *last in ranges)


def test_a_raster_address_or_a_file_can_take_the_layers_place(
    cast: factories.Rivermark, client: Client, settings: Any
) -> None:
    settings.BASEMAP_PMTILES_URL = "https://maps.example/city.pmtiles"
    settings.BASEMAP_ATTRIBUTION = "Maps of Example"
    source = style(client)["sources"]["basemap"]
    assert source["url"] == "pmtiles://https://maps.example/city.pmtiles"
    assert source["attribution"] == "Maps of Example"
    settings.BASEMAP_PMTILES_URL = "/static/city.pmtiles"
    assert style(client)["sources"]["basemap"]["url"] == "pmtiles://http://testserver/static/city.pmtiles"

    settings.BASEMAP_RASTER_URL = "https://tiles.example/{z}/{x}/{y}.png"
    found = style(client)
    assert found["sources"]["basemap"]["tiles"] == ["https://tiles.example/{z}/{x}/{y}.png"]
    assert {layer["type"] for layer in found["layers"]} == {"background", "raster"}


@pytest.mark.parametrize(
    ("variable", "value", "origin"),
    [
        ("BASEMAP_RASTER_URL", "https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("BASEMAP_PMTILES_URL", "https://maps.example:8443/city.pmtiles", "https://maps.example:8443"),
        ("BASEMAP_PMTILES_URL", "/static/city.pmtiles", ""),
    ],
)
def test_only_the_host_that_the_settings_name_may_be_fetched_from(variable: str, value: str, origin: str) -> None:
    import os
    import subprocess
    import sys

    say = "from config import settings; import json; print(json.dumps(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']))"
    told = {**os.environ, variable: value}
    done = subprocess.run([sys.executable, "-c", say], env=told, capture_output=True, text=True, check=True)
    policy = json.loads(done.stdout)
    others = [origin] if origin else []
    assert policy["connect-src"] == ["'self'", *others]
    assert policy["img-src"] == ["'self'", "data:", *others]
    assert policy["script-src"] == ["'self'"]
