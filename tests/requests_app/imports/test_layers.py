"""A city's own map files, through the command: what each becomes, and what happens to what is broken in them."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.gdal import SpatialReference
from django.core.management import CommandError, call_command

from requests_app.models import Area, BasemapFeature, Jurisdiction, Owner, OwnerArea
from tests import factories
from tests.real_data import real_data

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.4")]

Files = Callable[..., Path]


def feature(geometry: str, coordinates: Any, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": geometry, "coordinates": coordinates}}


def collection(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


SQUARE = [[[-69.01, 40.49], [-68.99, 40.49], [-68.99, 40.51], [-69.01, 40.51], [-69.01, 40.49]]]
ELM_ST = [[-69.0, 40.5], [-69.0, 40.501]]
ELM_ST_GOES_ON = [[-69.0, 40.501], [-69.0, 40.502]]
STREETS = "streets.geojson: {use: basemap, layer: streets, properties: {class: kind, name: street}}"


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes a mapping and files (text or bytes by name), and says where."""

    def write(mapping: str, **contents: str | bytes) -> Path:
        (tmp_path / "layers.yml").write_text(mapping)
        for name, content in contents.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write


def load(folder: Path, **options: Any) -> None:
    call_command("import_layers", str(folder), mapping=folder / "layers.yml", **options)


# --- What a file becomes ----------------------------------------------------------------------------------------------


def test_streets_are_drawn_by_class_and_joined_by_name(city: Jurisdiction, files: Files) -> None:
    blocks = [
        feature("LineString", ELM_ST, kind="street", street="Elm St"),
        feature("LineString", ELM_ST_GOES_ON, kind="street", street="Elm St"),
        feature("LineString", [[-69.1, 40.5], [-68.9, 40.5]], kind="motorway", street="SR 9"),
    ]
    load(files(STREETS, streets__geojson=collection(*blocks)))
    elm, highway = BasemapFeature.objects.order_by("-min_zoom")
    assert (elm.properties, elm.min_zoom) == ({"class": "street", "name": "Elm St"}, 12)
    # Two blocks are one line, or their name would not fit on either.
    assert (elm.shape.geom_type, elm.shape.num_coords, elm.shape.srid) == ("LineString", 3, 3857)
    assert (highway.properties["name"], highway.min_zoom) == ("SR 9", 8)


def test_their_classes_are_turned_into_ours(city: Jurisdiction, files: Files) -> None:
    mapping = (
        "s.geojson: {use: basemap, layer: streets, properties: {class: CFCC},"
        " values: {class: {A1: motorway, 40: street, '': other}}}\n"
        "w.geojson: {use: basemap, layer: water, set: {kind: water}}"
    )
    lines = [feature("LineString", [[-69, 40 + n], [-69, 40.5 + n]], CFCC=code) for n, code in enumerate(["A1", 40, 7])]
    folder = files(mapping, s__geojson=collection(*lines), w__geojson=collection(feature("Polygon", SQUARE)))
    load(folder)
    streets = BasemapFeature.objects.filter(layer="streets")
    assert {one.properties["class"] for one in streets} == {"motorway", "street", "other"}
    assert BasemapFeature.objects.get(layer="water").properties == {"kind": "water"}


def test_a_label_waits_for_its_zoom(city: Jurisdiction, files: Files) -> None:
    labels = [
        feature("Point", [-69, 40.5], name="Said", size=1) | {"tippecanoe": {"minzoom": 14}},
        feature("Point", [-69, 40.5], name="Large", size=600_000),
        feature("Point", [-69, 40.5], name="Small", size=900),
    ]
    mapping = "p.geojson: {use: basemap, layer: park_labels, properties: {name: name, area: size}}"
    load(files(mapping, p__geojson=collection(*labels)))
    zooms = {one.properties["name"]: one.min_zoom for one in BasemapFeature.objects.all()}
    assert zooms == {"Said": 14, "Large": 12, "Small": 15}
    assert "min_zoom" not in BasemapFeature.objects.first().properties  # type: ignore[union-attr]


def test_areas_have_codes_names_and_whatever_else_is_named(city: Jurisdiction, files: Files) -> None:
    mapping = (
        "wards.geojson.gz: {use: areas, layer: ward, properties: {code: WARD, name: label, members: n}}\n"
        "towns.geojson: {use: areas, layer: town, ours: false, properties: {name: label}}"
    )
    wards = collection(
        feature("Polygon", SQUARE, WARD=5.0, label="Ward 5", n=3),
        # The same code again: an island of the same ward.
        feature("Polygon", [[[-69.1, 40.4], [-69.09, 40.4], [-69.09, 40.41], [-69.1, 40.4]]], WARD=5, label="Ward 5"),
    )
    towns = collection(feature("Polygon", SQUARE, label="Upper Wending"))
    load(files(mapping, wards__geojson__gz=gzip.compress(wards.encode()), towns__geojson=towns))
    ward = Area.objects.get(layer="ward")
    assert (ward.code, ward.name, ward.attributes, ward.is_ours) == ("5", "Ward 5", {"members": 3}, True)
    assert len(ward.polygon) == 2
    town = Area.objects.get(layer="town")
    assert (town.code, town.is_ours) == ("upper-wending", False)


def test_ground_is_segments_and_lands_with_their_owners(city: Jurisdiction, files: Files) -> None:
    known = Owner.objects.create(jurisdiction=city, code="dot", name="State DOT", kind="state_road", phone="555-0170")
    mapping = (
        "segments.geojson: {use: owners, ours: City, properties: {owner: owner, name: street}}\n"
        "lands.geojson: {use: owners, properties: {owner: owner, kind: kind}}"
    )
    segments = collection(
        feature("LineString", ELM_ST, owner="City", street="Elm St"),
        feature("LineString", ELM_ST_GOES_ON, owner="State DOT", street="SR 9"),
    )
    lands = collection(feature("Polygon", SQUARE, owner="Old Railroad", kind="railroad"))
    load(files(mapping, segments__geojson=segments, lands__geojson=lands))
    ours, theirs = OwnerArea.objects.filter(is_segment=True).order_by("id")
    assert (ours.owner, ours.name, theirs.owner) == (None, "Elm St", known)
    land = OwnerArea.objects.get(is_segment=False)
    assert land.owner is not None
    assert (land.owner.name, land.owner.kind, land.owner.code) == ("Old Railroad", "railroad", "old-railroad")


def shapefile(folder: Path, srid: int) -> Path:
    """A zipped Shapefile of one street in that coordinate system."""
    import subprocess

    source = folder / "source.geojson"
    source.write_text(collection(feature("LineString", ELM_ST, KIND="street", STREET="Élm St")))
    made = folder / "shp"
    subprocess.run(["ogr2ogr", "-q", "-t_srs", f"EPSG:{srid}", "-lco", "ENCODING=UTF-8", made, source], check=True)
    zipped = folder / "streets.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for part in made.iterdir():
            archive.write(part, part.name)
    return zipped


def has_ogr2ogr() -> bool:
    import shutil

    return shutil.which("ogr2ogr") is not None


@pytest.mark.skipif(not has_ogr2ogr(), reason="ogr2ogr (gdal-bin) makes the Shapefile; it is not installed")
@pytest.mark.parametrize("srid", [2249, 4326])  # feet in Massachusetts; degrees
def test_a_shapefile_lands_where_its_geojson_does(city: Jurisdiction, files: Files, srid: int) -> None:
    folder = files("streets.zip: {use: basemap, layer: streets, properties: {class: KIND, name: STREET}}")
    shapefile(folder, srid)
    load(folder)
    (street,) = BasemapFeature.objects.all()
    street.shape.transform(4326)
    assert street.properties == {"class": "street", "name": "Élm St"}
    for (x, y), (east, north) in zip(street.shape.coords, ELM_ST, strict=True):
        assert (x, y) == pytest.approx((east, north), abs=1e-6)


def test_geojson_may_name_another_coordinate_system(city: Jurisdiction, files: Files) -> None:
    assert SpatialReference(3857).srid == 3857
    web = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    line = feature("LineString", [[-7681045, 4939000], [-7681045, 4939100]], kind="street", street="Elm St")
    load(files(STREETS, streets__geojson=collection(line, crs=web)))
    (street,) = BasemapFeature.objects.all()
    assert street.shape.coords[0] == pytest.approx((-7681045, 4939000), abs=0.5)


# --- Again, and broken ------------------------------------------------------------------------------------------------


def test_a_second_import_replaces_the_layer_and_gives_the_map_a_new_version(city: Jurisdiction, files: Files) -> None:
    mapping = f"{STREETS}\nwards.geojson: {{use: areas, layer: ward, properties: {{code: WARD}}}}"
    street = feature("LineString", ELM_ST, kind="street", street="Elm St")
    wards = [feature("Polygon", SQUARE, WARD="1"), feature("Polygon", SQUARE, WARD="2")]
    load(files(mapping, streets__geojson=collection(street), wards__geojson=collection(*wards)))
    kept = Area.objects.get(code="1").pk
    city.refresh_from_db()
    first = city.basemap_version

    longer = feature("LineString", ELM_ST_GOES_ON, kind="street", street="Elm Street")
    load(files(mapping, streets__geojson=collection(longer), wards__geojson=collection(wards[0])))
    assert [one.properties["name"] for one in BasemapFeature.objects.all()] == ["Elm Street"]
    # Requests point at areas: the one that stayed is still the same row.
    assert list(Area.objects.values_list("pk", "code")) == [(kept, "1")]
    city.refresh_from_db()
    assert city.basemap_version > first


def test_an_area_that_a_request_lies_in_outlives_its_file(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    cast = factories.rivermark()
    old = factories.area(cast.city, "ward", "9")
    factories.report(cast.tree)
    load(
        files(
            "wards.geojson: {use: areas, layer: ward, properties: {code: WARD}}",
            wards__geojson=collection(feature("Polygon", SQUARE, WARD="1")),
        )
    )
    assert Area.objects.filter(pk=old.pk).exists()
    assert "ward 9" in capsys.readouterr().err


BROKEN = [
    ({"type": "Feature", "properties": {}, "geometry": None}, "it has no geometry"),
    (feature("LineString", [[-69.0]]), "its geometry cannot be read"),
    (feature("Rhombus", []), "its geometry cannot be read"),
    (feature("LineString", []), "its geometry is empty"),
    (feature("LineString", [[233000, 900000], [233100, 900000]]), "its coordinates are not in degrees"),
    (feature("LineString", [[-69, 89], [-69, 89.5]]), "beyond the edge of the map"),
    ("a word", "it is not a feature"),
    (None, "it is not a feature"),
]


@pytest.mark.parametrize(("broken", "why"), BROKEN)
def test_a_broken_feature_is_told_by_file_and_number_and_the_rest_is_loaded(
    city: Jurisdiction, files: Files, capsys: pytest.CaptureFixture[str], broken: Any, why: str
) -> None:
    good = feature("LineString", ELM_ST, kind="street", street="Elm\x00 St")
    load(files(STREETS, streets__geojson=collection(good, broken)))
    said = capsys.readouterr().err
    assert "streets.geojson, feature 2: " in said
    assert why in said
    assert [one.properties["name"] for one in BasemapFeature.objects.all()] == ["Elm St"]


def test_an_area_must_be_a_polygon_with_a_code_or_a_name(
    city: Jurisdiction, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    wards = [feature("Point", [-69, 40.5], WARD="1"), feature("Polygon", SQUARE), feature("Polygon", SQUARE, WARD="2")]
    load(files("w.geojson: {use: areas, layer: ward, properties: {code: WARD}}", w__geojson=collection(*wards)))
    said = capsys.readouterr().err
    assert "w.geojson, feature 1: an area must be a polygon" in said
    assert "w.geojson, feature 2: it has neither a code nor a name" in said
    assert Area.objects.get().code == "2"


def test_a_self_crossing_polygon_is_mended(city: Jurisdiction, files: Files) -> None:
    bow_tie = [[[-69.01, 40.49], [-68.99, 40.51], [-68.99, 40.49], [-69.01, 40.51], [-69.01, 40.49]]]
    mapping = "w.geojson: {use: areas, layer: ward, properties: {code: WARD}}"
    load(files(mapping, w__geojson=collection(feature("Polygon", bow_tie, WARD="1"))))
    assert Area.objects.get().polygon.valid


REFUSED = [
    ("streets.geojson: {use: basemap, layer: motorways}", "`layer` must be one of the map"),
    ("streets.geojson: {use: draw}", "`use` must be one of"),
    ("streets.geojson: {use: basemap, layer: streets, colour: red}", "unknown key `colour`"),
    ("streets.geojson: {use: areas, layer: ward}", "`properties` must name"),
    ("streets.geojson: {use: areas, layer: 'a ward', properties: {code: c}}", "areas need a `layer`"),
    ("other.geojson: {use: basemap, layer: streets}", "there is no such file"),
    ("- a list", "must list files"),
    ("a: [", "cannot be read"),
    ("streets.geojson: {use: basemap, layer: streets, srid: 999999}", "coordinate system"),
]


@pytest.mark.parametrize(("mapping", "why"), REFUSED)
def test_a_wrong_mapping_changes_nothing_and_says_why(city: Jurisdiction, files: Files, mapping: str, why: str) -> None:
    streets = collection(feature("LineString", ELM_ST, kind="street", street="Elm St"))
    load(files(STREETS, streets__geojson=streets))
    with pytest.raises(CommandError, match=why):
        load(files(mapping, streets__geojson=streets))
    assert BasemapFeature.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("streets.geojson", b"{"),
        ("streets.geojson", b"\xff\xfe nonsense"),
        ("streets.geojson", b"[]"),
        ("streets.geojson", b'{"type": "FeatureCollection"}'),
        ("streets.geojson.gz", b"not gzip"),
        ("streets.geojson.gz", gzip.compress(b"{}")[:-4]),
        ("streets.shp", b"not a shape"),
        ("streets.zip", b"not a zip"),
    ],
    ids=["cut", "no text", "a list", "no features", "no gzip", "half a gzip", "no Shapefile", "no zip"],
)
def test_a_broken_file_changes_nothing_and_is_named(
    city: Jurisdiction, files: Files, name: str, content: bytes
) -> None:
    load(files(STREETS, streets__geojson=collection(feature("LineString", ELM_ST, kind="street", street="Elm St"))))
    folder = files(f"{name}: {{use: basemap, layer: streets}}", **{name.replace(".", "__"): content})
    with pytest.raises(CommandError, match=name):
        load(folder)
    assert BasemapFeature.objects.count() == 1


def test_with_several_cities_one_must_be_named(city: Jurisdiction, files: Files) -> None:
    other = factories.jurisdiction("Stonecliff")
    folder = files(STREETS, streets__geojson=collection(feature("LineString", ELM_ST, kind="street", street="Elm St")))
    with pytest.raises(CommandError, match=r"rivermark\.example, stonecliff\.example"):
        load(folder)
    load(folder, jurisdiction="stonecliff.example")
    assert set(BasemapFeature.objects.values_list("jurisdiction", flat=True)) == {other.pk}


# --- Real cities' files -----------------------------------------------------------------------------------------------

CITIES = [
    ("boston_wards", "ward", 22),
    ("boston_precincts", "precinct", 255),
    ("hartford_neighborhoods", "name", 17),
    ("minneapolis_neighborhoods", "name", 85),
    ("nyc_community_districts", "BoroCD", 71),
    ("chicago_community_areas", "area_numbe", 77),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("file", "code", "count"), CITIES)
def test_the_areas_of_real_cities_load_whole(
    city: Jurisdiction, files: Files, capsys: pytest.CaptureFixture[str], file: str, code: str, count: int
) -> None:
    path = real_data(f"boundaries/{file}.geojson")
    load(files(f"{path}: {{use: areas, layer: area, properties: {{code: {code}}}}}"))
    assert Area.objects.filter(jurisdiction=city).count() == count
    assert all(area.polygon.valid for area in Area.objects.all())
    assert "feature" not in capsys.readouterr().err
