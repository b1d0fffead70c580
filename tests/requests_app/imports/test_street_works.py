"""A city's planned street works, through the command and the city's folder: what becomes of a file, and of its mistakes."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.imports.street_works import import_street_works
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Jurisdiction, StreetWork
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.34")]
TODAY = dt.date(2026, 6, 1)
HEADER = "code,kind,place,starts_on,ends_on,hours,done_by,done_by_es,words,words_es,wkt,lon,lat"
PAVING = (
    'W1,Paving,Elm St from 3rd St to 5th St,2026-06-01,2026-06-12,07:00 – 16:00,Streets,Calles,"New asphalt, two layers.",'
    'Asfalto nuevo.,"LINESTRING (-69.0 40.5, -69.0 40.502)",,'
)
PIPE = "W2,water main,12 Elm St,2026-06-03,2026-06-03,,,,,,,-69.0,40.5"


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


def written(folder: Path, *rows: str, name: str = "works.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def load(path: Path, **options: Any) -> None:
    call_command("import_street_works", str(path), **options)


def test_a_csv_file_has_lines_and_points_and_replaces_what_was_there(
    city: Jurisdiction, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.street_work(city, "OLD")
    load(written(tmp_path, "\ufeff" + HEADER, PAVING, PIPE))
    assert "Street works: 2" in capsys.readouterr().out
    paving, pipe = StreetWork.objects.order_by("code")
    assert (paving.kind, paving.place, paving.hours) == ("paving", "Elm St from 3rd St to 5th St", "07:00-16:00")
    assert (paving.starts_on, paving.ends_on) == (TODAY, dt.date(2026, 6, 12))
    assert paving.done_by == {"en": "Streets", "es": "Calles"}
    assert paving.words == {"en": "New asphalt, two layers.", "es": "Asfalto nuevo."}
    assert paving.shape.coords == ((-69.0, 40.5), (-69.0, 40.502))
    assert (pipe.kind, pipe.hours, pipe.words, pipe.shape.coords) == ("water_main", "", {}, (-69.0, 40.5))


def test_geojson_may_name_its_columns_otherwise(city: Jurisdiction, tmp_path: Path) -> None:
    properties = {"ID": 7, "TYPE": "Gas", "WHERE": "Elm St", "FROM": "2026/06/01", "TO": "2026-06-12T00:00:00"}
    line = {"type": "MultiLineString", "coordinates": [[[-69.0, 40.5, 3.0], [-69.0, 40.502, 3.0]]]}
    text = json.dumps({"type": "FeatureCollection", "features": [{"properties": properties, "geometry": line}]})
    path = tmp_path / "works.geojson.gz"
    path.write_bytes(gzip.compress(text.encode()))
    load(path, column=["code=ID", "kind=TYPE", "place=WHERE", "starts_on=FROM", "ends_on=TO"])
    work = StreetWork.objects.get()
    assert (work.code, work.kind, work.place, work.ends_on) == ("7", "gas", "Elm St", dt.date(2026, 6, 12))
    assert not work.shape.hasz


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        (PIPE.replace("2026-06-03", "2026-06-31", 1), "line 3: starts_on: `2026-06-31` isn’t a date. Write it like 2026-06-12."),
        (PIPE.replace("2026-06-03", "2026-06-04", 1), "line 3: ends_on: 2026-06-03 is before the first day, 2026-06-04."),
        (PIPE.replace("2026-06-03", "today+3", 1), "line 3: starts_on: `today+3` isn’t a date"),
        (PIPE.replace("water main", "digging"), "line 3: kind: `digging` should be one of paving, water_main, sewer"),
        (PIPE.replace("W2", "W1"), "line 3: code: `W1` was there before."),
        (PIPE.replace("12 Elm St", ""), "line 3: place: is missing."),
        (PIPE.replace("12 Elm St", "x" * 201), "line 3: place: has 201 characters; 200 are the most."),
        (PIPE.replace("03,,,,,,,-", "03,8 to 5,,,,,,-"), "line 3: hours: `8 to 5` should be like 07:00-16:00."),
        (PIPE.replace("-69.0,40.5", "40.5,-69.0"), "line 3: it is outside Rivermark. Are longitude and latitude swapped?"),
        (PIPE.replace("-69.0,40.5", ","), "line 3: it has no place on the map."),
        (PIPE.replace("-69.0,40.5", "x,40.5"), "line 3: its place on the map can’t be read"),
        (PIPE.replace(",-69.0,40.5", '"POLYGON ((0 0, 1 0, 1 1, 0 0))",,'), "line 3: its place on the map must be a point or"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line_and_nothing_changes(
    city: Jurisdiction, tmp_path: Path, row: str, mistake: str
) -> None:
    factories.street_work(city, "OLD")
    with pytest.raises(CommandError) as error:
        load(written(tmp_path, HEADER, PAVING, row))
    assert f"works.csv, {mistake}" in str(error.value)
    assert str(error.value).endswith("Nothing was changed.")
    assert [work.code for work in StreetWork.objects.all()] == ["OLD"]


def test_all_mistakes_are_told_and_of_very_many_the_number(city: Jurisdiction, tmp_path: Path) -> None:
    rows = [f"W{number},x,Elm St,2026-06-01,2026-06-02,,,,,,,-69.0,40.5" for number in range(30)]
    with pytest.raises(CommandError) as error:
        load(written(tmp_path, HEADER, *rows))
    assert str(error.value).count("kind: ") == 20
    assert "… and 10 more." in str(error.value)


@pytest.mark.parametrize(
    ("rows", "columns", "mistake"),
    [
        ([HEADER.replace("starts_on", "start")], [], "line 1: there is no column `starts_on`"),
        ([HEADER.replace("wkt", "x").replace("lat", "y")], [], "line 1: there is no column `lat`"),
        ([HEADER], ["until=ends"], "columns: `until` isn’t known. Known: code, done_by"),
        ([HEADER], ["until"], "Write --column until like --column code=WORK_ID."),
    ],
)
def test_columns_that_there_are_not_are_named(
    city: Jurisdiction, tmp_path: Path, rows: list[str], columns: list[str], mistake: str
) -> None:
    with pytest.raises(CommandError, match=mistake.replace("(", r"\(")):
        load(written(tmp_path, *rows), column=columns)


def test_a_file_that_is_none_says_so(city: Jurisdiction, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        load(tmp_path / "none.csv")
    for name in ("works.csv.gz", "works.geojson", "works.zip"):
        path = tmp_path / name
        path.write_bytes(b"\x00\xff junk")
        with pytest.raises(CommandError, match=name.replace(".", r"\.")):
            load(path)


def test_the_citys_folder_names_the_file(tmp_path: Path) -> None:
    written(tmp_path, HEADER, PAVING)
    said = {"name": "Stonecliff", "jurisdiction_id": "stonecliff.example", "street_works": {"file": "works.csv"}}
    (tmp_path / "city.yaml").write_text(json.dumps(said))
    city = load_city(tmp_path, progress=Progress())
    assert city.street_works.get().code == "W1"
    (tmp_path / "works.csv").write_text(f"{HEADER}\n{PAVING.replace('Paving', 'Digging')}\n")
    with pytest.raises(ImportProblemError, match=r"works\.csv, line 2: kind: `Digging`"):
        load_city(tmp_path, progress=Progress())


def test_rivermarks_own_count_from_today(city: Jurisdiction) -> None:
    Jurisdiction.objects.filter(pk=city.pk).update(is_demo=True, boundary=None)
    city.refresh_from_db()
    number = import_street_works(city, RIVERMARK / "street_works.geojson", today=TODAY)
    works = StreetWork.objects.all()
    assert number == len(works) == 18
    under_way = [work for work in works if work.starts_on <= TODAY <= work.ends_on]
    assert 5 <= len(under_way) < 18
    assert all(set(work.words) == set(work.done_by) == {"en", "es"} for work in works)
    assert {work.kind for work in works} == set(StreetWork.Kind.values)
