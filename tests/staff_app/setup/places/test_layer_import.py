"""A map file is mapped, checked and seen before it counts; replacing a layer says what moves, and can be undone."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions.routing import versions
from requests_app.clock import app_now
from requests_app.imports import layer_import as imports
from requests_app.models import (
    Area,
    Asset,
    GazetteerEntry,
    Jurisdiction,
    LayerImport,
    LayerRow,
    OwnerArea,
    RequestArea,
    SetupChange,
    Target,
    User,
)
from tests import factories
from tests.factories import EAST, NORTH, SOUTH, WEST, Rivermark
from tests.staff_app.setup.places.map_files import (
    MIDDLE,
    box,
    converted,
    geojson,
    halves,
    has_ogr2ogr,
    polygon,
    table,
    zipped,
)

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.7")]
with_ogr2ogr = pytest.mark.skipif(not has_ogr2ogr(), reason="ogr2ogr (gdal-bin) makes the file; it is not installed")


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def upload(client: Client, kind: str, file: Any, **typed: str) -> Any:
    return client.post(f"/staff/setup/places/new/{kind}/", {"file": file, **typed})


def uploaded(client: Client, kind: str, file: Any, **typed: str) -> str:
    answer = upload(client, kind, file, **typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def press(client: Client, page: str, button: str, **typed: Any) -> Any:
    answer = client.post(page, {button: "1", **typed})
    factories.run_worker()
    return answer


def checked(client: Client, what: str, file: Any, *, srid: str = "", layer: str = "", **columns: str) -> str:
    page = uploaded(client, what, file, **({"layer": layer} if layer else {}))
    mapping = {f"column_{ours}": theirs for ours, theirs in columns.items()}
    answer = press(client, page, "check", srid=srid, **mapping)
    assert answer.status_code == 302, answer.context["form"].errors
    return page


def wards(client: Client, features: list[dict[str, Any]]) -> str:
    return checked(client, "areas", geojson(features), layer="ward", code="WARD", name="LABEL")


def areas_of(service_request: Any) -> list[str]:
    found = RequestArea.objects.filter(service_request=service_request, area__layer="ward")
    return list(found.order_by("area__code").values_list("area__code", flat=True))


def test_a_layer_is_replaced_with_a_report_of_what_moves_and_undone(town: Rivermark, ada: Client) -> None:
    before = factories.area(town.city, "ward", "5", factories.square(WEST, SOUTH, EAST, NORTH))
    moving = factories.report(town.tree, point=factories.at(MIDDLE - 0.01))
    Target.objects.create(service=town.tree.service, area=before, kind="resolve", value=1, unit="days")
    rules = [
        ("Old ward", {"areas": {"layer": "ward", "codes": ["5"]}}),
        ("Park 5", {"areas": {"layer": "park", "codes": ["5"]}}),
    ]
    factories.area(town.city, "park", "5")
    versions.publish(town.city, [{"name": name, "when": when, "department": None} for name, when in rules], actor=None)
    page = wards(ada, halves())
    answer = ada.get(page)
    html = answer.content.decode()
    assert "1 request changes areas." in html
    assert [(one.sentence.name, one.what) for one in answer.context["affected"]] == [
        ("Old ward", "Never true: its areas don’t exist anymore.")
    ]
    assert "<svg" in html
    shapes = ada.get(f"{page}shapes.json").json()
    assert {one["properties"]["role"] for one in shapes["features"]} == {"old", "new"}
    assert "wards.geojson" in ada.get("/staff/setup/places/?q=ward&sort=kind").content.decode()
    # Nothing counts yet.
    assert areas_of(moving) == ["5"]
    assert list(Area.objects.filter(is_ours=True, layer="ward").values_list("code", flat=True)) == ["5"]
    press(ada, page, "apply")
    assert areas_of(moving) == ["W"]
    # A promise refers to the old ward: it stays, but gets no more requests.
    assert list(Area.objects.filter(layer="ward").order_by("code").values_list("code", "is_ours")) == [
        ("5", False),
        ("E", True),
        ("W", True),
    ]
    press(ada, page, "undo")
    assert areas_of(moving) == ["5"]
    assert list(Area.objects.filter(is_ours=True, layer="ward")) == [before]
    changes = SetupChange.objects.filter(kind="layer").order_by("id")
    assert [(change.key, change.action, change.user) for change in changes] == [
        ("areas:ward", "changed", town.ada),
        ("areas:ward", "rolled_back", town.ada),
    ]


def test_only_requests_on_changed_land_move(town: Rivermark, ada: Client) -> None:
    press(ada, wards(ada, halves()), "apply")
    stays, moves = (factories.report(town.tree, point=factories.at(MIDDLE + east)) for east in (0.03, 0.005))
    assert (areas_of(stays), areas_of(moves)) == (["E"], ["E"])
    page = wards(ada, halves(MIDDLE + 0.01))
    report = LayerImport.objects.latest("id").report
    assert (report["moved"], report["moves"]) == (1, [[["East"], ["West"], 1]])
    press(ada, page, "apply")
    assert (areas_of(stays), areas_of(moves)) == (["E"], ["W"])


def test_two_files_are_undone_one_after_the_other(town: Rivermark, ada: Client) -> None:
    there = factories.lakeside()
    theirs = LayerImport.objects.create(
        jurisdiction=there.city, kind="areas", layer="ward", file_name="x", state="replaced", applied_at=app_now()
    )
    before = factories.area(town.city, "ward", "5", factories.square(WEST, SOUTH, EAST, NORTH))
    moving = factories.report(town.tree, point=factories.at(MIDDLE + 0.005))
    first = wards(ada, halves())
    press(ada, first, "apply")
    second = wards(ada, halves(MIDDLE + 0.01))
    press(ada, second, "apply")
    assert areas_of(moving) == ["W"]
    # Only the newest, whatever is sent.
    assert 'name="undo"' not in ada.get(first).content.decode()
    press(ada, first, "undo")
    assert [row.state for row in LayerImport.objects.order_by("id")] == ["replaced", "replaced", "applied"]
    assert "It can be undone until" in ada.get("/staff/setup/places/").content.decode()
    press(ada, second, "undo")
    press(ada, second, "undo")
    assert areas_of(moving) == ["E"]
    assert [row.state for row in LayerImport.objects.order_by("id")] == ["replaced", "applied", "undone"]
    press(ada, first, "undo")
    assert areas_of(moving) == ["5"]
    ward = Area.objects.get(is_ours=True, layer="ward", jurisdiction=town.city)
    assert (ward.code, ward.name, ward.polygon.equals(before.polygon)) == (before.code, before.name, True)
    assert [row.state for row in LayerImport.objects.order_by("id")] == ["replaced", "undone", "undone"]
    assert LayerImport.objects.get(pk=theirs.pk).state == "replaced"
    # A file that was undone isn't in use again after the next one.
    third = wards(ada, halves(MIDDLE + 0.02))
    press(ada, third, "apply")
    press(ada, third, "undo")
    assert {row.state for row in LayerImport.objects.filter(jurisdiction=town.city)} == {"undone"}


@pytest.mark.parametrize(("more", "may"), [(dt.timedelta(0), True), (dt.timedelta(seconds=1), False)])
def test_what_was_there_before_is_kept_for_thirty_days_of_use(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch, more: dt.timedelta, may: bool
) -> None:
    """Also of a file that was uploaded long before it was used."""
    page = wards(ada, halves())
    LayerImport.objects.update(created_at=app_now() - dt.timedelta(days=29))
    press(ada, page, "apply")
    used_at = LayerImport.objects.get().applied_at
    assert used_at is not None
    monkeypatch.setattr(imports, "app_now", lambda: used_at + imports.UNDO_FOR + more)
    imports.delete_expired()
    assert LayerRow.objects.filter(is_previous=False).exists() is may
    assert ('name="undo"' in ada.get(page).content.decode()) is may


def test_each_bad_row_is_named_with_its_reason(town: Rivermark, ada: Client) -> None:
    bow_tie = [[-69.04, 40.46], [-69.01, 40.5], [-69.01, 40.46], [-69.04, 40.5], [-69.04, 40.46]]
    page = wards(
        ada,
        [
            polygon(bow_tie, WARD="1", LABEL="Bow tie"),
            polygon(box(10, 50, 11, 51), WARD="2", LABEL="In Germany"),
            polygon(box(230_000, 900_000, 231_000, 901_000), WARD="3", LABEL="In meters"),
            {"type": "Feature", "properties": {"WARD": "4"}, "geometry": {"type": "Point", "coordinates": [-69, 40.5]}},
            {"type": "Feature", "properties": {"WARD": "5"}, "geometry": None},
            polygon(box(WEST, SOUTH, EAST, NORTH)),
        ],
    )
    found = [(one["row"], one["code"]) for one in LayerImport.objects.get().problems]
    assert found == [
        (1, "self_crossing"),
        (2, "outside"),
        (3, "not_degrees"),
        (4, "not_a_polygon"),
        (5, "no_shape"),
        (6, "no_name"),
    ]
    html = ada.get(page).content.decode()
    assert "1 row can be used." in html
    assert "5 rows are left out." in html
    assert (
        "Its outline crosses itself, and we repaired it. Look at it on the map. Self-intersection[-69.025 40.48]"
        in html
    )
    assert "Its coordinates (230000, 900000) aren’t degrees." in html


def test_two_areas_with_one_code_are_a_mistake_and_the_pieces_of_one_area_are_not(town: Rivermark, ada: Client) -> None:
    """WEST to EAST in thirds: two pieces of Ward 1, and Ward 2 with Ward 1's code."""
    third = (EAST - WEST) / 3
    shapes = [box(WEST + n * third, SOUTH, WEST + (n + 1) * third, NORTH) for n in range(3)]
    page = wards(
        ada,
        [
            polygon(shapes[0], WARD="1", LABEL="Ward 1"),
            polygon(shapes[1], WARD="1", LABEL="WARD 1"),
            polygon(shapes[2], WARD="1", LABEL="Ward 2"),
        ],
    )
    assert [(row["row"], row["code"]) for row in LayerImport.objects.get().problems] == [(3, "same_code")]
    assert "The code 1 was in an earlier row under another name." in ada.get(page).content.decode()


def test_addresses_come_from_a_table_in_utf_16_and_replace_the_old_ones(town: Rivermark, ada: Client) -> None:
    old = list(GazetteerEntry.objects.values_list("label", flat=True))
    assert old
    file = table(
        "FULL_ADDRESS\tLON\tLAT",
        "1 PEÑA ST\t-69.0\t40.5",
        "2 Elm St\t-69.001\t40.501",
        "3 Elm St\t0\t0",
        "4 Far St\t-71.0\t42.0",
        encoding="utf-16",
    )
    page = checked(ada, "addresses", file, label="FULL_ADDRESS", longitude="LON", latitude="LAT")
    assert [(one["row"], one["code"]) for one in LayerImport.objects.get().problems] == [
        (4, "no_shape"),
        (5, "outside"),
    ]
    press(ada, page, "apply")
    new = GazetteerEntry.objects.order_by("id").values_list("label", "house_number", "street", "search_key")
    assert list(new) == [("1 Peña St", "1", "Peña St", "1 pena st"), ("2 Elm St", "2", "Elm St", "2 elm st")]
    press(ada, page, "undo")
    assert sorted(GazetteerEntry.objects.values_list("label", flat=True)) == sorted(old)


def test_assets_keep_their_rows_and_only_their_kind_is_replaced(town: Rivermark, ada: Client) -> None:
    light = factories.asset(town.city, "L00417")
    gone = factories.asset(town.city, "L00418")
    hydrant = factories.asset(town.city, "H1", kind="hydrant")
    file = table("id,x,y", "l00417,-69.001,40.5", "L9,-69.002,40.5", "L9,-69.003,40.5", "H1,-69.004,40.5")
    page = checked(ada, "assets", file, layer="street_light", asset_id="id", longitude="x", latitude="y")
    assert [one["code"] for one in LayerImport.objects.get().problems] == ["repeated", "of_another_kind"]
    press(ada, page, "apply")
    assert set(Asset.objects.values_list("asset_id", flat=True)) == {"L00417", "L9", "H1"}
    light.refresh_from_db()
    hydrant.refresh_from_db()
    assert light.point.x == -69.001
    press(ada, page, "undo")
    assert set(Asset.objects.values_list("asset_id", flat=True)) == {"L00417", gone.asset_id, "H1"}


def test_owners_and_the_boundary_come_from_files_too(town: Rivermark, ada: Client) -> None:
    line = {"type": "LineString", "coordinates": [[-69.0, 40.5], [-69.01, 40.5]]}
    road = {"type": "Feature", "properties": {"OWNER": "State Roads", "KIND": "state_road"}, "geometry": line}
    own = {"type": "Feature", "properties": {"OWNER": "RIVERMARK"}, "geometry": line}
    page = checked(ada, "owners", geojson([road, own]), owner="OWNER", kind="KIND")
    press(ada, page, "apply")
    owners = [area.owner and (area.owner.name, area.owner.kind) for area in OwnerArea.objects.order_by("id")]
    assert owners == [("State Roads", "state_road"), None]
    page = checked(ada, "boundary", geojson([polygon(box(WEST, SOUTH, MIDDLE, NORTH))]))
    press(ada, page, "apply")
    assert Jurisdiction.objects.get().boundary.extent == (WEST, SOUTH, MIDDLE, NORTH)  # type: ignore[union-attr]
    press(ada, page, "undo")
    assert Jurisdiction.objects.get().boundary.extent == (WEST, SOUTH, EAST, NORTH)  # type: ignore[union-attr]


@with_ogr2ogr
def test_a_shapefile_without_prj_asks_for_its_projection(town: Rivermark, ada: Client) -> None:
    files = converted(halves(), "shp", "-t_srs", "EPSG:26919")
    without = {name: content for name, content in files.items() if not name.endswith(".prj")}
    page = uploaded(ada, "areas", zipped({f"../../{name}": content for name, content in without.items()}), layer="ward")
    refused = ada.post(page, {"check": "1", "column_code": "WARD"})
    assert refused.status_code == 422
    assert "This Shapefile has no .prj file" in refused.content.decode()
    press(ada, page, "check", column_code="WARD", srid="26919")
    press(ada, page, "apply")
    west = Area.objects.get(code="W")
    assert west.polygon.extent == pytest.approx((WEST, SOUTH, MIDDLE, NORTH), abs=1e-5)


@with_ogr2ogr
def test_a_geopackage_and_a_whole_shapefile_need_no_questions(town: Rivermark, ada: Client) -> None:
    package = converted(halves(), "gpkg")["wards.gpkg"]
    shapefile = converted(halves(), "shp", "-t_srs", "EPSG:26919")
    for file in (SimpleUploadedFile("wards.gpkg", package), zipped(shapefile)):
        checked(ada, "areas", file, layer="ward", code="WARD", name="LABEL")
        assert LayerImport.objects.latest("id").report["good"] == 2


def bomb() -> SimpleUploadedFile:
    return zipped({"wards.geojson": b'{"type":' + b" " * 40_000_000})


def two_layers() -> SimpleUploadedFile:
    return zipped({"a.csv": b"x,y\n1,2", "b.csv": b"x,y\n1,2"})


def nested() -> SimpleUploadedFile:
    return zipped({"wards.csv": zipped({"wards.csv": b"x,y\n1,2"}).read()})


def lying() -> SimpleUploadedFile:
    """The size that the directory states is small; what comes out is counted anyway."""
    content = bomb().read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        real = archive.infolist()[0].file_size
    lied = content.replace(real.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    return SimpleUploadedFile("wards.zip", lied)


VRT = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


REFUSED = [
    (bomb, "unpacks to far more than a map needs"),
    (nested, "unpacks to far more than a map needs"),
    (two_layers, "several layers in this file: a.csv, b.csv"),
    (lambda: zipped({"wards.shp": b"\x00\x00\x27\x0a"}), "The ZIP is missing: .shx, .dbf"),
    (lambda: zipped({"[Content_Types].xml": b"<x/>"}), "This is a spreadsheet."),
    (lambda: zipped({"readme.md": b"x"}), "no map layer in this ZIP"),
    (lambda: SimpleUploadedFile("wards.zip", b"PK\x03\x04 nothing"), "damaged"),
    # Drivers that would open other files and addresses never see it.
    (lambda: SimpleUploadedFile("wards.shp", VRT), "We can’t tell what this file is."),
    (lambda: SimpleUploadedFile("wards.gpkg", b"SQLite format 3\x00" + b"x" * 200), "damaged"),
    (lambda: SimpleUploadedFile("wards.geojson", b'{"type": "FeatureCollection"}'), "damaged"),
    (lambda: geojson([]), "no rows"),
    (lambda: table("a,a,b", "1,2,3"), "Two columns are called “a”."),
    (lambda: SimpleUploadedFile("empty.csv", b""), "This file is empty."),
    (lying, "damaged"),
]


def test_a_file_that_is_no_map_is_refused_with_what_to_do(town: Rivermark, ada: Client) -> None:
    for make, words in REFUSED:
        answer = upload(ada, "areas", make(), layer="ward")
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert not LayerImport.objects.exists()


@pytest.mark.parametrize(
    ("places", "fix"),
    [
        ([(40.5, -69.0), (40.51, -69.01), (40.52, -68.99)], {"swapped": True}),
        # MIDDLE in web Mercator, and in the state plane of Massachusetts in feet.
        ([(-7681044.9, 4938869.2), (-7681044.9, 4938969.2), (0.0, 1.0)], {"srid": 3857}),
        ([(1351617.2, 2288598.8), (1352617.2, 2287598.8)], {"srid": 2249}),
    ],
)
@pytest.mark.sampled(3)
def test_swapped_axes_and_another_projection_are_proposed_with_a_picture(
    ada: Client, places: list[tuple[float, float]], fix: dict[str, Any]
) -> None:
    features = [
        {"type": "Feature", "properties": {"no": f"L{number}"}, "geometry": {"type": "Point", "coordinates": place}}
        for number, place in enumerate(places)
    ]
    page = checked(ada, "assets", geojson(features), layer="street_light", asset_id="no")
    assert not LayerImport.objects.get().report["good"]
    html = ada.get(page).content.decode()
    assert "Check the file again this way" in html
    assert 'class="layer-picture"' in html
    assert press(ada, page, "fix").status_code == 302
    row = LayerImport.objects.get()
    assert {name: row.mapping.get(name) for name in fix} == fix
    assert row.report["good"] > len(places) / 2
    assert "Check the file again this way" not in ada.get(page).content.decode()
    assert press(ada, page, "fix").status_code == 302
    assert LayerImport.objects.get().mapping == row.mapping


def test_nothing_is_proposed_for_a_file_of_another_place(ada: Client) -> None:
    """Nor for one that is in the city already."""
    elsewhere = table("no,lon,lat", "L1,-100.0,30.0", "L2,-100.1,30.1")
    here = table("no,lon,lat", "L1,-69.0,40.5", "L2,-69.01,40.51", "L3,40.5,-69.0")
    for file in (elsewhere, here):
        page = checked(ada, "assets", file, layer="street_light", asset_id="no", longitude="lon", latitude="lat")
        assert "Check the file again this way" not in ada.get(page).content.decode()
