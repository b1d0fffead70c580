"""Import a city's planned street works from GeoJSON, a Shapefile or CSV (docs/cities.md)."""

import csv
import datetime as dt
import gzip
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.gdal import GDALException, OGRGeometry
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from requests_app.imports.map_files import ImportProblemError, features, first_line
from requests_app.models import Jurisdiction, StreetWork
from requests_app.rules.shared.intake import clean_text

NEEDED = ("code", "kind", "place", "starts_on", "ends_on")
# Written once, in English, or in each language: `words_es`.
TEXTS = ("done_by", "words")
LONGEST = {"code": 60, "place": 200, "done_by": 200, "words": 300}
# Where it is, in a CSV file: WKT, or a point.
PLACES = ("wkt", "lon", "lat")
SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString")
KINDS = StreetWork.Kind.values
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(?:([01]\d|2[0-3]):[0-5]\d|24:00)")
FROM_TODAY = re.compile(r"today(?:([+-])(\d{1,3}))?")
# Mistakes that are listed; of the rest, there is the number.
TOLD = 20


def columns_known() -> set[str]:
    """What a file may call its columns, or what `columns` translates into."""
    return {
        *NEEDED,
        "hours",
        *TEXTS,
        *(f"{text}_{code}" for text in TEXTS for code, _name in settings.LANGUAGES),
        *PLACES,
    }


def import_street_works(
    jurisdiction: Jurisdiction, path: Path, *, columns: Mapping[str, str] | None = None, today: dt.date
) -> int:
    """Replaces the city's street works by those of the file and returns their number.

    columns: our name to the file's, for those that differ. today: from which a demo city's file counts its days.
    Raises ImportProblemError with all mistakes by line or feature; nothing is changed then.
    """
    columns = columns or {}
    if unknown := set(columns) - columns_known():
        raise ImportProblemError(f"columns: `{min(unknown)}` isn’t known. Known: {', '.join(sorted(columns_known()))}.")
    works: dict[str, StreetWork] = {}
    mistakes: list[str] = []
    for where, row, shape in _rows(path, columns):
        reader = _Row(jurisdiction, row, shape, today)
        work = reader.work()
        if work.code in works:
            reader.mistakes.append(f"code: `{work.code}` was there before.")
        mistakes += [f"{where}: {mistake}" for mistake in reader.mistakes]
        works[work.code] = work
    if mistakes:
        more = [f"… and {len(mistakes) - TOLD:,} more."] if len(mistakes) > TOLD else []
        raise ImportProblemError("\n".join([*mistakes[:TOLD], *more, "Nothing was changed."]))
    with transaction.atomic():
        StreetWork.objects.filter(jurisdiction=jurisdiction).delete()
        StreetWork.objects.bulk_create(works.values(), batch_size=500)
    return len(works)


class _Row:
    """Reads one row, and collects its mistakes in words for the person who wrote the file."""

    def __init__(
        self, jurisdiction: Jurisdiction, row: Mapping[str, str], shape: OGRGeometry | Exception | None, today: dt.date
    ) -> None:
        self.jurisdiction, self.row, self.shape, self.today = jurisdiction, row, shape, today
        self.mistakes: list[str] = []

    def work(self) -> StreetWork:
        """Not to be saved if there are mistakes."""
        for name in NEEDED:
            if not self.row.get(name):
                self.mistakes.append(f"{name}: is missing.")
        starts_on, ends_on = self._day("starts_on"), self._day("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.mistakes.append(f"ends_on: {ends_on} is before the first day, {starts_on}.")
        columns: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "shape": self._geometry()}
        return StreetWork(
            jurisdiction=self.jurisdiction,
            code=self._text("code", LONGEST["code"]),
            kind=self._kind(),
            place=self._text("place", LONGEST["place"]),
            done_by=self._texts("done_by"),
            words=self._texts("words"),
            hours=self._hours(),
            **columns,
        )

    def _text(self, column: str, longest: int) -> str:
        text = self.row.get(column, "")
        if len(text) > longest:
            self.mistakes.append(f"{column}: has {len(text)} characters; {longest} are the most.")
        return text

    def _texts(self, name: str) -> dict[str, str]:
        columns = {
            "en": name,
            **{code: f"{name}_{code}" for code, _name in settings.LANGUAGES if self.row.get(f"{name}_{code}")},
        }
        found = {code: self._text(column, LONGEST[name]) for code, column in columns.items()}
        return {code: text for code, text in found.items() if text}

    def _kind(self) -> str:
        written = self.row.get("kind", "")
        kind = re.sub(r"[\s-]+", "_", written.casefold())
        if written and kind not in KINDS:
            self.mistakes.append(f"kind: `{written[:60]}` should be one of {', '.join(KINDS)}.")
        return kind

    def _day(self, name: str) -> dt.date | None:
        written = self.row.get(name, "")
        if not written:
            return None
        if self.jurisdiction.is_demo and (counted := FROM_TODAY.fullmatch(written)):
            days = int(counted[2] or 0)
            return self.today + dt.timedelta(days=-days if counted[1] == "-" else days)
        try:
            # GeoJSON and Shapefiles may have a time, too.
            return dt.date.fromisoformat(re.sub(r"[T ]\d\d:.*", "", written).replace("/", "-"))
        except ValueError:
            self.mistakes.append(f"{name}: `{written[:60]}` isn’t a date. Write it like 2026-06-12.")
            return None

    def _hours(self) -> str:
        written = re.sub(r"\s*[-–]\s*", "-", self.row.get("hours", ""))
        if written and not HOURS.fullmatch(written):
            self.mistakes.append(f"hours: `{written[:60]}` should be like 07:00-16:00.")
        return written

    def _geometry(self) -> GEOSGeometry | None:
        shape = self.shape
        if shape is None:
            self.mistakes.append("it has no place on the map.")
            return None
        if isinstance(shape, Exception):
            self.mistakes.append(f"its place on the map can’t be read ({first_line(shape)}).")
            return None
        if shape.geom_type.name.removesuffix("25D") not in SHAPES or shape.empty:
            self.mistakes.append(f"its place on the map must be a point or a line, not a {shape.geom_type.name}.")
            return None
        west, south, east, north = shape.extent
        # Also refuses NaN.
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            self.mistakes.append("its coordinates are not in degrees.")
            return None
        shape.set_3d(False)
        shape.set_measured(False)
        found = GEOSGeometry(memoryview(bytes(shape.wkb)), srid=4326)
        if self.jurisdiction.boundary is not None and not self.jurisdiction.boundary.intersects(found):
            self.mistakes.append(f"it is outside {self.jurisdiction.name}. Are longitude and latitude swapped?")
        return found


def _rows(
    path: Path, columns: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str], OGRGeometry | Exception | None]]:
    """Where each row is, its values by our names, and its shape."""
    if not path.is_file():
        raise ImportProblemError(f"There is no file {path}.")
    if re.search(r"\.csv(\.gz)?$", path.name, re.IGNORECASE):
        yield from _csv_rows(path, columns)
        return
    for number, properties, shape in features(path):
        yield f"{path.name}, feature {number}", _ours(properties, columns), shape


def _csv_rows(
    path: Path, columns: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str], OGRGeometry | Exception | None]]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig", newline="") as file
        ):
            reader = csv.DictReader(file)
            named = set(reader.fieldnames or [])
            needed = [columns.get(name, name) for name in NEEDED]
            place = [columns.get(name, name) for name in PLACES]
            if place[0] not in named:
                needed += place[1:]
            if absent := [name for name in needed if name not in named]:
                raise ImportProblemError(f"{path.name}, line 1: there is no column `{absent[0]}`.")
            for theirs in reader:
                row = _ours(theirs, columns)
                yield f"{path.name}, line {reader.line_num}", row, _csv_shape(row)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error


def _csv_shape(row: Mapping[str, str]) -> OGRGeometry | Exception | None:
    if not row.get("wkt") and not (row.get("lon") and row.get("lat")):
        return None
    try:
        return OGRGeometry(row.get("wkt") or f"POINT ({float(row['lon'])} {float(row['lat'])})")
    except (GDALException, ValueError) as error:
        return error


def _ours(theirs: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in columns_known():
        value = theirs.get(columns.get(name, name))
        found[name] = " ".join(clean_text(str(value)).split()) if value is not None else ""
    return found
