"""Rivermark loaded from its folder: who owns the land at a place, which areas contain it, and who gets its reports."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from django.db import transaction

from requests_app.imports.city import load_city
from requests_app.imports.progress import Silent
from requests_app.models import Area, Asset, GazetteerEntry, Jurisdiction, Service, ServiceVersion
from requests_app.places import addresses, ownership
from tests import factories

FOLDER = Path(__file__).resolve().parents[3] / "requests_app/demo/rivermark"

COMMON = (-69.010073, 40.490515)
GULL_POINT = (-69.016391, 40.474468)
# On Boiler St, under the tall power lines.
BOILER_ST = (-68.976093, 40.4961)
# Under the tall power lines, away from streets.
POWER_LINES = (-68.972913, 40.508221)
RAMP = (-69.025942, 40.497265)
TRACKS = (-69.016362, 40.497820)
MARLBURY = (-69.0658, 40.494)


# A service, a place, and who answers for it instead of the city.
WHOSE: list[tuple[str, tuple[float, float], str | None]] = [
    ("pothole", BOILER_ST, None),
    ("treehazard", BOILER_ST, "clp"),
    ("treehazard", POWER_LINES, "clp"),
    ("pothole", RAMP, "state-dot"),
    ("sharps", RAMP, None),
    ("graffiti", TRACKS, "rwrr"),
    ("parkmaint", GULL_POINT, "state-parks"),
    ("parkmaint", COMMON, None),
    ("graffiti", COMMON, None),
    ("missedtrash", GULL_POINT, None),
]
# A service, a place, what was answered, and the department that gets it; none: triage.
WHO: list[tuple[str, tuple[float, float], dict[str, object], str | None]] = [
    ("graffiti", COMMON, {"surface_owner": "public", "hateful": "no"}, "PK"),
    ("graffiti", COMMON, {"surface_owner": "public", "hateful": "yes"}, "PW"),
    ("graffiti", BOILER_ST, {"surface_owner": "public", "hateful": "no"}, "PW"),
    ("dumping", BOILER_ST, {"what": ["chemicals"], "public_land": "yes"}, "PH"),
    ("stray", BOILER_ST, {"condition": "dead"}, "SW"),
    ("stray", BOILER_ST, {"condition": "alive", "aggressive": "no"}, "AN"),
    ("snowice", BOILER_ST, {"where": "sidewalk"}, "CE"),
    ("snowice", COMMON, {"where": "sidewalk"}, "PK"),
    ("stopsign", BOILER_ST, {"problem": "hidden"}, "PK"),
    ("pothole", BOILER_ST, {"where": "bike_lane", "size": "plate"}, "PW"),
    ("unknown", BOILER_ST, {}, None),
]

pytestmark = [pytest.mark.django_db, pytest.mark.shows("8.1")]


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[Jurisdiction]:
    """Loaded once for this file, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield loaded_city()
        transaction.set_rollback(True)


def loaded_city() -> Jurisdiction:
    """The city without its 20,000 requests."""
    said = yaml.safe_load((FOLDER / "city.yaml").read_text())
    del said["requests"]
    for part in ("boundary", "area_attributes", "owners", "population"):
        said[part] = str(FOLDER / said[part])
    said["catalog"] = [str(FOLDER / path) for path in said["catalog"]]
    for part, keys in (
        ("layers", ["folder", "mapping"]),
        ("gazetteer", ["file"]),
        ("assets", ["file"]),
        ("street_works", ["file"]),
    ):
        said[part] |= {key: str(FOLDER / said[part][key]) for key in keys}
    said["branding"]["seal"] = str(FOLDER / said["branding"]["seal"])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "city.yaml"
        file.write_text(yaml.safe_dump(said))
        return load_city(file, progress=Silent())


def version(city: Jurisdiction, code: str) -> ServiceVersion:
    current = Service.objects.get(jurisdiction=city, service_code=code).current
    assert current is not None
    return current


def test_the_folder_is_a_city_with_its_own_ground_and_that_of_others(city: Jurisdiction) -> None:
    assert GazetteerEntry.objects.filter(jurisdiction=city).count() == 28_043
    assert Asset.objects.filter(jurisdiction=city).count() == 22_446
    layers = Area.objects.filter(jurisdiction=city).values_list("layer", flat=True)
    counted = {layer: list(layers).count(layer) for layer in layers}
    assert counted == {
        "ward": 8, "works_district": 5, "police_district": 4, "neighborhood": 18, "park": 38, "town": 3,
    }  # fmt: skip
    assert city.boundary is not None
    # An alias of city.yaml.
    assert addresses.search(city, "the common")[0].label == "Rivermark Common"

    for code, place, owner in WHOSE:
        found = ownership.owner_at(city, factories.at(*place), version(city, code))
        assert (found.code if found else None) == owner, (code, place)

    neighbor = ownership.neighbor_at(city, factories.at(*MARLBURY))
    assert neighbor is not None
    assert (neighbor.code, neighbor.phone) == ("marlbury", "555-0174")
    assert ownership.neighbor_at(city, factories.at(*COMMON)) is None

    areas = {area.layer: area for area in ownership.areas_at(city, factories.at(*COMMON))}
    assert areas["park"].code == "rivermark-common"
    assert areas["ward"].attributes["collection_day"]["es"] in ("lunes", "martes", "miércoles", "jueves", "viernes")
    assert areas["works_district"].attributes["yard_phone"].startswith("555-015")


def test_a_report_goes_to_whom_the_city_s_rules_say(city: Jurisdiction) -> None:
    for code, place, answers, department in WHO:
        made = factories.report(
            version(city, code), "Something is wrong here.", answers=answers, point=factories.at(*place)
        )
        factories.run_worker()
        made.refresh_from_db()
        assert (made.department.code if made.department else None) == department, (code, answers)
        assert made.in_triage == (department is None)
