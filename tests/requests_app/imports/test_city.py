"""A city from its folder: what city.yaml names is loaded, what it leaves out is left out, and again is an update."""

import csv
import gzip
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command

from requests_app.imports.city import load_city, tidy
from requests_app.imports.progress import Progress, Silent
from requests_app.models import Area, Asset, BasemapFeature, GazetteerEntry, Jurisdiction, Owner
from requests_app.places import addresses, ownership
from tests import factories, vector_tile
from tests.real_data import real_data

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.8")]

ADDRESSES = "label,lon,lat\n12 Elm St,-69.0,40.5\nCity Hall,-69.001,40.501\n"
COLUMNS = {"label": "label", "lon": "lon", "lat": "lat"}
LEAST = {"name": "Stonecliff", "jurisdiction_id": "stonecliff.example"}

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Writes city.yaml from what it says, and files by name."""

    def write(said: dict[str, Any], **files: str) -> Path:
        (tmp_path / "city.yaml").write_text(yaml.safe_dump(LEAST | said))
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content)
        return tmp_path

    return write


def load(path: Path) -> Jurisdiction:
    return load_city(path, progress=Silent())


def square(**properties: Any) -> dict[str, Any]:
    ring = [[-69.1, 40.4], [-68.9, 40.4], [-68.9, 40.6], [-69.1, 40.6], [-69.1, 40.4]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_name_and_an_id_are_enough(folder: Folder) -> None:
    city = load(folder({}))
    assert (city.name, city.languages, city.emergency_number, city.is_demo) == ("Stonecliff", ["en"], "911", False)
    # Without a boundary every place is taken, and without a gazetteer none is found.
    assert ownership.inside(city, factories.at())
    assert addresses.search(city, "12 Elm St") == []


def test_what_the_city_says_of_itself_is_kept(folder: Folder) -> None:
    said = {
        "hosts": ["311.stonecliff.example"],
        "time_zone": "America/Chicago",
        "languages": ["en", "es"],
        "demo": True,
        "numbers": {"emergency": "911", "text_to_911": True, "desk_long": 5550100},
        "view": {"center": [-69, 40.5], "zoom": 13},
        "branding": {"seal": "seal.svg", "colors": {"primary": "#14476b"}},
    }
    city = load(folder(said, seal__svg="<svg/>"))
    assert (city.hosts, city.time_zone, city.is_demo) == (["311.stonecliff.example"], "America/Chicago", True)
    assert (city.text_to_emergency, city.desk_long_number) == (True, "5550100")
    assert city.map_view == {"center": [-69, 40.5], "zoom": 13}
    assert city.branding["seal_url"] == "data:image/svg+xml;base64,PHN2Zy8+"


def test_loaded_again_it_is_the_same_city_changed(folder: Folder) -> None:
    assets = "id,lon,lat\nL1,-69.0,40.5\nL2,-69.0,40.5\n"
    said: dict[str, Any] = {
        "gazetteer": {"file": "a.csv", "columns": COLUMNS},
        "assets": {"file": "assets.csv", "columns": {"asset_id": "id", "lon": "lon", "lat": "lat"}},
        "numbers": {"desk": "311"},
    }
    first = load(folder(said, a__csv=ADDRESSES, assets__csv=assets))
    kept = Asset.objects.get(asset_id="L1").pk

    again = load(
        folder({"name": "City of Stonecliff"} | said, a__csv=ADDRESSES, assets__csv="id,lon,lat\nl1,-69.1,40.5\n")
    )
    assert (again.pk, again.name) == (first.pk, "City of Stonecliff")
    assert GazetteerEntry.objects.count() == 2
    # Requests point at assets: L1 is still the same row, moved.
    assert [(one.pk, one.point.x) for one in Asset.objects.all()] == [(kept, -69.1)]

    # What is left out now is left as it was.
    load(folder({}))
    assert GazetteerEntry.objects.count() == 2


def test_the_boundary_is_a_file_or_the_union_of_a_layer(folder: Folder) -> None:
    layers = {"layers": {"folder": ".", "mapping": "layers.yml"}}
    mapping = "wards.geojson: {use: areas, layer: ward, properties: {code: ward}}"
    files = {"layers__yml": mapping, "wards__geojson": collection(square(ward=1), square(ward=2))}
    city = load(folder(layers | {"boundary": {"layer": "ward", "union": True}}, **files))
    assert ownership.inside(city, factories.at())
    assert not ownership.inside(city, factories.at(-69.2, 40.5))
    # The map opens on the boundary where no view is given.
    assert city.map_view["bounds"] == [-69.1, 40.4, -68.9, 40.6]
    assert city.map_view["center"] == [-69.0, 40.5]

    city = load(folder({"boundary": "city.geojson"}, city__geojson=collection(square())))
    assert city.boundary is not None
    assert city.boundary.extent == pytest.approx((-69.1, 40.4, -68.9, 40.6))


def test_owners_and_area_attributes_join_the_layers_by_name_and_code(folder: Folder) -> None:
    said = {
        "layers": {"folder": ".", "mapping": "layers.yml"},
        "owners": "owners.yaml",
        "area_attributes": "attributes.yaml",
    }
    mapping = {
        "wards.geojson": {"use": "areas", "layer": "ward", "properties": {"code": "ward"}},
        "state.geojson": {"use": "owners", "properties": {"owner": "owner"}},
    }
    owners = {
        "owners": [{"code": "dot", "name": "State DOT", "kind": "state_road", "phone": "555-0170", "takes": ["x"]}]
    }
    path = folder(
        said,
        layers__yml=yaml.safe_dump(mapping),
        wards__geojson=collection(square(ward=5)),
        state__geojson=collection(square(owner="State DOT")),
        owners__yaml=yaml.safe_dump(owners),
        attributes__yaml=yaml.safe_dump({"areas": {"ward": {"5": {"collection_day": {"en": "Monday"}}}}}),
    )
    for _ in range(2):
        city = load(path)
        owner = Owner.objects.get(jurisdiction=city)
        assert (owner.code, owner.phone, owner.owner_areas.count()) == ("dot", "555-0170", 1)
        assert Area.objects.get(jurisdiction=city).attributes == {"collection_day": {"en": "Monday"}}


def test_colors_on_which_letters_can_be_read_and_the_address_card_are_stored(folder: Folder) -> None:
    card = [{"layer": "ward", "name": {"en": "Ward"}, "fields": [{"key": "day", "label": "Day", "kind": "weekday"}]}]
    colors = {"primary": "#14476b", "header": "#000", "accent": "#f2b84b"}
    city = load(folder({"branding": {"colors": colors}, "address_card": card}))
    assert (city.colors, city.address_card) == (colors, card)


def test_rows_without_a_place_are_told_by_line_and_left_out(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        ADDRESSES
        + "14 Elm St,,\n16 Elm St,0,0\n18 Elm St,-690,40.5\n,-69,40.5\n20 Elm St,nan,nan\n22 Elm St,-69,40.5\n"
    )
    path = folder({"gazetteer": {"file": "a.csv", "columns": COLUMNS}}, a__csv=rows)
    call_command("load_city", str(path))
    assert sorted(GazetteerEntry.objects.values_list("label", flat=True)) == ["12 Elm St", "22 Elm St", "City Hall"]
    said = capsys.readouterr().err
    for line in (4, 5, 6, 7, 8):
        assert f"a.csv, line {line}: " in said


def test_addresses_say_number_and_street_where_the_file_has_only_labels(folder: Folder) -> None:
    load(folder({"gazetteer": {"file": "a.csv", "columns": COLUMNS}}, a__csv=ADDRESSES))
    elm, hall = GazetteerEntry.objects.order_by("label")
    assert (elm.kind, elm.house_number, elm.street, elm.search_key) == ("address", "12", "Elm St", "12 elm st")
    assert (hall.kind, hall.house_number, hall.street) == ("landmark", "", "")


def test_shouted_labels_can_be_tidied() -> None:
    assert tidy("INTERSECTION A ST AND ST MARY'S RD ROXBURY") == "A St & St Mary's Rd Roxbury"
    assert tidy("12 5TH AVE") == "12 5th Ave"


def card(**field: str) -> dict[str, Any]:
    fields = [{"key": "day", "label": "Day", **field}]
    return {"address_card": [{"layer": "ward", "name": "Ward", "fields": fields}]}


WRONG = [
    ({"color": "red"}, "unknown key `color`"),
    ({"format": 2}, "newer than this program"),
    ({"time_zone": "America/Rivermark"}, "no time zone"),
    ({"languages": ["en", "tlh"]}, "languages: `tlh` should be one of"),
    ({"numbers": {"pizza": "555"}}, "numbers: unknown key `pizza`. Known: all_night, desk"),
    ({"boundary": "nowhere.geojson"}, "no such file"),
    ({"boundary": {"layer": "ward", "union": True}}, "no areas in the layer `ward`"),
    ({"gazetteer": {"file": "city.yaml", "columns": {"label": "label"}}}, "must name lat, lon"),
    ({"gazetteer": {"file": "city.yaml", "columns": COLUMNS}}, "has no column"),
    ({"branding": {"seal": "city.yaml"}}, "the seal must be"),
    (
        {"branding": {"colors": {"primary": "#73b3e7"}}},
        "primary: #73b3e7 against white #ffffff has a contrast of 2.25 to 1",
    ),
    ({"branding": {"colors": {"header": "#f2b84b"}}}, "white letters on the bar at the top"),
    ({"branding": {"colors": {"primary": "navy"}}}, 'must be written as "#14476b"'),
    (
        {"branding": {"colors": {"background": "#000000"}}},
        "colors: unknown key `background`. Known: accent, header, primary",
    ),
    ({"address_card": ["ward"]}, "address_card: it should be a table"),
    (
        {"address_card": [{"layer": "ward", "name": "Ward", "fields": [{"key": "day"}]}]},
        "fields, day: `label` is missing",
    ),
    (
        {"address_card": [{"layer": "ward", "name": "W", "fields": [{"key": "d", "label": "D", "kind": "date"}]}]},
        "fields, d, kind: `date` should be one of text, phone, email, weekday",
    ),
    (
        card(kind="weekday", calendar="c", holiday_rule="next day"),
        "holiday_rule: `next day` should be one of next_day, only",
    ),
    (card(kind="weekday", holiday_rule="next_day"), r"fields, day: `holiday_rule` needs a `calendar`"),
    (
        card(kind="weekday", weeks="weekly"),
        r"city\.yaml, line \d+, column \d+: .*weeks: it should be even, odd, or a date",
    ),
    (card(kind="weekday", weeks="2026-02-30"), "weeks: it should be even, odd, or a date"),
    (card(kind="weekday", months="4-13"), "months: it should be the first and last month"),
    (card(weeks="odd"), "`weeks` goes with `kind: weekday` only"),
    ({"name": None}, "`name` is missing"),
    ({"hosts": "311.stonecliff.example"}, r"city\.yaml, line \d+, column \d+: hosts: it should be a list"),
    ({"layers": "layers"}, "layers: it should be a table"),
    ({"layers": {"folder": "."}}, "layers: `mapping` is missing"),
]


@pytest.mark.parametrize(("said", "why"), WRONG)
def test_a_mistake_is_told_in_a_sentence_and_nothing_is_stored(folder: Folder, said: dict[str, Any], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("load_city", str(folder(said)))
    assert not Jurisdiction.objects.exists()


def test_a_calendar_that_the_catalog_lacks_is_told_with_its_place(folder: Folder) -> None:
    said = card(kind="weekday", calendar="trash", holiday_rule="next_day") | {"catalog": "catalog.yaml"}
    with pytest.raises(
        CommandError, match=r"city\.yaml, line \d+, column \d+: there is no calendar `trash` in the catalog"
    ):
        call_command("load_city", str(folder(said, catalog__yaml="format: 1\n")))
    load(folder(said, catalog__yaml="format: 1\ncalendars: {trash: {always: true}}\n"))


def test_no_city_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"city\.yaml cannot be read"):
        call_command("load_city", str(tmp_path / "nowhere"))


def test_progress_is_plain_lines_where_nobody_watches(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    load_city(folder({"gazetteer": {"file": "a.csv", "columns": COLUMNS}}, a__csv=ADDRESSES), progress=Progress())
    said = capsys.readouterr().err
    assert "Addresses" in said
    assert "\r" not in said
    assert "\x1b" not in said


# --- A real city ------------------------------------------------------------------------------------------------------

BOSTON_LAYERS = {
    "land": ["kind"], "outside": ["kind"], "water": ["kind"], "parks": ["kind", "name", "area"],
    "streets": ["class", "rank", "name", "ref"], "context_streets": ["class", "name", "ref"], "city_outline": ["name"],
    "neighborhoods": ["name"], "neighborhood_labels": ["name", "rank", "area"], "park_labels": ["name", "kind", "area"],
    "town_labels": ["name"], "water_labels": ["name", "kind"], "places": ["name", "kind"],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.real_data
def test_boston_loads_from_its_open_data(folder: Folder) -> None:
    gazetteer = real_data("boston/boston_gazetteer.csv.gz")
    wards = real_data("boundaries/boston_wards.geojson")
    mapping: dict[str, Any] = {
        f"{layer}.geojson.gz": {"use": "basemap", "layer": layer, "properties": {name: name for name in names}}
        for layer, names in BOSTON_LAYERS.items()
    }
    mapping[str(wards)] = {"use": "areas", "layer": "ward", "properties": {"code": "ward"}}
    columns = {"label": "address", "kind": "kind", "house_number": "house_number", "zip": "zipcode"}
    said = {
        "name": "Boston",
        "jurisdiction_id": "boston.example",
        "layers": {
            "folder": str(real_data("basemap/boston_layers")),
            "mapping": "layers.yml",
            "attribution": "Map: City of Boston",
        },
        # The outline is lines: the wards together are the city.
        "boundary": {"layer": "ward", "union": True},
        "gazetteer": {
            "file": str(gazetteer),
            "columns": columns | {"lon": "longitude", "lat": "latitude"},
            "tidy": True,
        },
    }
    began = time.monotonic()
    city = load(folder(said, layers__yml=yaml.safe_dump(mapping)))
    assert time.monotonic() - began < 60

    assert set(BasemapFeature.objects.values_list("layer", flat=True)) == set(BOSTON_LAYERS)
    assert Area.objects.filter(jurisdiction=city, layer="ward").count() == 22
    assert GazetteerEntry.objects.count() == 78_084
    assert addresses.search(city, "26 Goff Street, Hyde Park")[0].label == "26 Goff St Hyde Park"
    assert addresses.search(city, "Athens and A St")[0].label.startswith("A St & Athens St")
    # Nearly every address lies in the union of the wards, and City Hall lies in ward 3.
    with gzip.open(gazetteer, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::400]
    points = [Point(float(row["longitude"]), float(row["latitude"]), srid=4326) for row in rows]
    assert sum(ownership.inside(city, point) for point in points) > 0.98 * len(points)
    assert [area.code for area in ownership.areas_at(city, Point(-71.058, 42.3604, srid=4326))] == ["3"]

    from requests_app.places import tiles

    downtown = vector_tile.read(tiles.basemap_tile(city, tiles.Tile(13, 2478, 3030)))
    assert {"land", "water", "streets", "parks", "neighborhood_labels"} <= set(downtown)
    names = {street.get("name") for street in downtown["streets"]}
    assert {"Tremont St", "Washington St"} <= names


# --- The manual -------------------------------------------------------------------------------------------------------


def test_the_manual_names_every_key_and_its_examples_can_be_read(folder: Folder) -> None:
    from requests_app.imports.city_file import CityFile, Numbers
    from requests_app.imports.layers import KEYS as MAPPING_KEYS
    from requests_app.imports.layers import read_mapping
    from requests_app.places.basemap import LAYERS

    manual = (Path(__file__).resolve().parents[3] / "docs/cities.md").read_text()
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)]
    whole = next(block for block in blocks if "format" in block)
    assert set(whole) == set(CityFile.model_fields)
    assert set(whole["numbers"]) == set(Numbers.model_fields)
    mapping = next(block for block in blocks if "streets.shp" in block)
    entries = read_mapping(folder({}, layers__yml=yaml.safe_dump(mapping)) / "layers.yml")
    assert len(entries) == 8
    for word in {*MAPPING_KEYS, *LAYERS}:
        assert word in manual
