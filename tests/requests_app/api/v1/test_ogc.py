"""OGC API Features part 1 (OGC 17-069r4): each test shows the requirements of a conformance class that it names."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from drf_spectacular.validation import validate_schema

from requests_app.api.v1.ogc_openapi import MEDIA_TYPE
from requests_app.models import Area, ServiceRequest
from tests import factories
from tests.live import Site
from tests.requests_app.api.v1.conftest import V1

pytestmark = pytest.mark.shows("15.3")

LONGITUDE, LATITUDE = factories.ELM_ST
AROUND = f"{LONGITUDE - 0.001},{LATITUDE - 0.001},{LONGITUDE + 0.001},{LATITUDE + 0.001}"
ITEMS = "ogc/collections/requests/items"


def links(answer: Any) -> dict[str, str]:
    assert all(link["href"].startswith("http://testserver/api/v1/ogc/") for link in answer["links"])
    return {link["rel"]: link["href"] for link in answer["links"]}


def ids(answer: Any) -> list[str]:
    assert answer["numberReturned"] == len(answer["features"])
    assert "numberMatched" not in answer
    return [feature["id"] for feature in answer["features"]]


def test_core_root_conformance_and_collections_lead_to_every_feature(anyone: V1, cast: factories.Rivermark) -> None:
    """root, conformance, fc-md, sfc-md, fc-md-items-links, fc-md-extent."""
    factories.area(cast.city)
    asset = factories.asset(cast.city, "L00417")
    report = factories.report(cast.tree)
    landing = anyone.get("ogc/")
    assert landing["title"] == "Rivermark"
    to = links(landing)
    assert to.keys() == {"self", "service-desc", "conformance", "data"}
    classes = anyone.get(to["conformance"])["conformsTo"]
    assert {name.rpartition("/")[2] for name in classes} == {"core", "oas30", "geojson"}
    listed = anyone.get(to["data"], lang="es")
    assert [one["title"] for one in listed["collections"]][::2] == ["Solicitudes", "Equipamiento"]
    listed = anyone.get(to["data"])
    found = {}
    for one in listed["collections"]:
        assert anyone.get(links(one)["self"]) == one
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        assert (west < LONGITUDE < east, south < LATITUDE < north) == (True, True)
        page = anyone.get(links(one)["items"])
        found[one["id"]] = ids(page)
        (feature,) = page["features"]
        alone = anyone.get(f"{links(one)['items']}/{feature['id']}")
        assert links(alone)["collection"] == links(one)["self"]
        assert {name: value for name, value in alone.items() if name != "links"} == feature
        assert anyone.last["Content-Type"] == "application/geo+json"
    assert found == {"requests": [report.display_reference], "areas-ward": ["5"], "assets": [asset.asset_id]}
    for missing in ("other", "areas-zip/items", "areas-%00/items", "other/items", "requests/items/00000000"):
        anyone.get(f"ogc/collections/{missing}", 404)


def test_core_limit_and_next_give_each_feature_once(anyone: V1, cast: factories.Rivermark) -> None:
    """fc-limit-definition, fc-limit-response-1, fc-links, fc-numberReturned; pages by cursor."""
    sent = [factories.report(cast.tree).display_reference for _ in range(5)][::-1]
    first = anyone.get(ITEMS, limit=2, status="open")
    # What comes in meanwhile shifts nothing.
    factories.report(cast.tree)
    second = anyone.get(links(first)["next"])
    third = anyone.get(links(second)["next"])
    assert [*ids(first), *ids(second), *ids(third)] == sent
    assert "next" not in links(third)
    assert "prev" not in links(first)
    assert ids(anyone.get(links(second)["prev"])) == sent[:2]
    again = anyone.get(links(first)["next"])
    assert f'<{links(again)["next"]}>; rel="next"' in anyone.last["Link"]
    assert len(ids(anyone.get(ITEMS, limit=99999))) == 6
    anyone.get(ITEMS, 400, cursor="x")


def test_core_bbox_takes_what_lies_in_it(anyone: V1, cast: factories.Rivermark) -> None:
    """fc-bbox-definition, fc-bbox-response: four numbers or six, over the 180th meridian, too."""
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    tree = factories.report(cast.tree)
    for path in (ITEMS, "ogc/collections/areas-ward/items", "ogc/collections/assets/items"):
        low, high = AROUND.split(",")[:2], AROUND.split(",")[2:]
        six = ",".join([*low, "-10", *high, "10"])
        for box in (AROUND, six, "-180,-90,180,90", f"170,-90,{LONGITUDE + 1},90"):
            assert len(ids(anyone.get(path, bbox=box))) == 1, (path, box)
        for box in ("0,0,1,1", f"{LONGITUDE + 1},-90,170,90", f"170,-90,{LONGITUDE - 5},90"):
            assert ids(anyone.get(path, bbox=box)) == [], (path, box)
    # What is about somebody's home is found by no place.
    home = factories.report(factories.service(cast.city, "blight", listed_by_place=False, duplicate_policy="never"))
    assert ids(anyone.get(ITEMS, bbox=AROUND)) == [tree.display_reference]
    assert set(ids(anyone.get(ITEMS))) == {tree.display_reference, home.display_reference}


def test_core_datetime_takes_what_was_sent_then(anyone: V1, cast: factories.Rivermark) -> None:
    """fc-time-definition, fc-time-response."""
    tree = factories.report(cast.tree)
    ServiceRequest.objects.filter(pk=tree.pk).update(
        submitted_at="2020-03-01T10:00:00.7Z", status="closed", disposition="fixed"
    )
    assert ids(anyone.get(ITEMS)) == []
    for fits in (
        "2020-03-01T10:00:00Z",
        "2020-03-01T05:00:00-05:00",
        "2020-03-01",
        "2020-03-01T10:00:00Z/..",
        "/2020-03-01T10:00:00Z",
        "2020-02-01T00:00:00Z/2020-03-01T10:00:00Z",
    ):
        assert ids(anyone.get(ITEMS, datetime=fits)) == [tree.display_reference], fits
    for other in ("2020-03-01T10:00:01Z", "../2020-03-01T09:59:59Z", "2020-03-02/.."):
        assert ids(anyone.get(ITEMS, datetime=other)) == [], other
    # What has no time fits each.
    factories.asset(cast.city, "L00417")
    assert ids(anyone.get("ogc/collections/assets/items", datetime="1990-01-01T00:00:00Z")) == ["L00417"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"sort": "changed"}, "sort", "unknown"),
        ({"limit": "0"}, "limit", "invalid"),
        ({"limit": "-1"}, "limit", "invalid"),
        ({"limit": "1e30"}, "limit", "invalid"),
        ({"area": "ward:99"}, "area", "unknown-value"),
        *[
            ({"bbox": box}, "bbox", "invalid")
            for box in ("1,2,3", "1,2,3,4,5", "NaN,0,1,1", "0,1,1,0", "0,0,181,1", "0,0,1,91", "1e99,0,1,1", "a,b,c,d")
        ],
        *[
            ({"datetime": time}, "datetime", "invalid")
            for time in (
                *("now", "../..", "..", "/", "2020-13-01", "2020-01-01T00:00:00", "0000-01-01", "9999-12-31T23:59:59Z"),
                *(
                    "9999-12-31",
                    "0001-01-01T00:00:00+14:00",
                    "2021-01-01/2020-01-01",
                    "2020-01-01/2021-01-01/2022-01-01",
                ),
            )
        ],
    ],
)
def test_core_query_param_invalid_and_unknown_are_400(anyone: V1, query: dict[str, Any], field: str, code: str) -> None:
    problem = anyone.get(ITEMS, 400, **query)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


def test_geojson_features_are_flat_and_hold_what_everyone_may_know(anyone: V1, cast: factories.Rivermark) -> None:
    """geojson/definition, geojson/content, core/crs84; what is not public is on no map."""
    tree = factories.routed(cast.tree, "The branch hangs low.")
    private = factories.report(cast.outreach)
    held = factories.report(cast.tree, "Secret words")
    ServiceRequest.objects.filter(pk=held.pk).update(public_state="pending_review")
    (feature,) = anyone.get(ITEMS)["features"]
    etag = anyone.last["ETag"]
    anyone.get(ITEMS, 304, headers={"If-None-Match": etag})
    assert feature["id"] == tree.display_reference
    assert feature["geometry"]["coordinates"] == pytest.approx([tree.public_point.x, tree.public_point.y], abs=1e-6)
    columns = feature["properties"]
    assert (columns["service"], columns["service_name"]) == ("tree", cast.tree.name["en"])
    assert (columns["status_code"], columns["description"]) == ("routed", "The branch hangs low.")
    assert not [value for value in columns.values() if isinstance(value, dict | list)]
    for hidden in (private, held):
        anyone.get(f"{ITEMS}/{hidden.reference}", 404)
    assert ids(anyone.get(ITEMS, service="pothole")) == []


def test_oas30_definition_is_openapi_3_0_and_says_what_it_takes(anyone: V1) -> None:
    """oas30/oas-definition-1 and -2, oas-impl, core/api-definition."""
    document = anyone.get(links(anyone.get("ogc/"))["service-desc"])
    assert anyone.last["Content-Type"] == MEDIA_TYPE
    validate_schema(document)
    assert document["openapi"].startswith("3.0.")
    assert {"/", "/conformance", "/collections", "/collections/{collection}"} <= document["paths"].keys()
    taken = {one["name"]: one for one in document["paths"]["/collections/requests/items"]["get"]["parameters"]}
    assert {"bbox", "datetime", "limit", "q", "category", "service", "status", "area", "near"} <= taken.keys()
    assert taken["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}
    assert (taken["bbox"]["schema"]["type"], taken["bbox"]["explode"]) == ("array", False)
    text = json.dumps(document)
    for newer in ('"null"', '"const"', '"prefixItems"', '"anyOf"'):
        assert newer not in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's ogrinfo is not installed (Debian: gdal-bin)")
def test_gdal_opens_every_layer(live_site: Site) -> None:
    """GDAL's own driver, unchanged: layers, all features over several pages, a box, a column that is a filter."""
    cast = factories.rivermark()
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    sent = {factories.report(cast.tree).display_reference for _ in range(5)}
    sent.add(factories.report(cast.pothole, answers={"where": "lane"}).display_reference)

    def ogrinfo(*arguments: str, layers: tuple[str, ...] = ()) -> Any:
        source = f"OAPIF:{live_site.url}/api/v1/ogc/"
        command = ["ogrinfo", "-ro", "-json", "-features", "-oo", "PAGE_SIZE=2", *arguments, source, *layers]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert "ERROR" not in done.stderr
        return {layer["name"]: layer for layer in json.loads(done.stdout)["layers"]}

    layers = ogrinfo()
    assert layers.keys() == {"requests", "areas-ward", "assets"}
    assert Area.objects.get().code in json.dumps(layers["areas-ward"]["features"])
    found = [feature["properties"]["reference"] for feature in layers["requests"]["features"]]
    assert (len(found), set(found)) == (6, sent)
    box = AROUND.split(",")
    assert len(ogrinfo("-spat", *box)["requests"]["features"]) == 6
    assert ogrinfo("-spat", "0", "0", "1", "1")["requests"]["features"] == []
    assert len(ogrinfo("-where", "service = 'tree'", layers=("requests",))["requests"]["features"]) == 5
