"""Import a city's map layers (GeoJSON, Shapefiles) as its basemap, its areas, and land owned by others."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.contrib.gis.gdal import GDALException, OGRGeometry
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.text import slugify

from requests_app.imports.map_files import ImportProblemError, features, first_line
from requests_app.imports.progress import Progress
from requests_app.models import Area, BasemapFeature, Jurisdiction, Owner, OwnerArea, RequestArea, Target
from requests_app.places import basemap

USES = ("basemap", "areas", "owners", "skip")
KEYS = {"use", "layer", "properties", "values", "set", "ours", "srid", "encoding"}
# Report at most this many bad features of a file, then only their number.
REPORTED_MAX = 5


@dataclass
class Entry:
    """One entry of the mapping: what a file is used for."""

    file: str
    use: str
    layer: str = ""
    # Our name to the file's name.
    properties: dict[str, str] = field(default_factory=dict)
    # {"class": {"1": "motorway", "": "street"}}: the file's value to ours, "" for any other.
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    # Properties set on every feature: {"class": "street"}.
    set: dict[str, Any] = field(default_factory=dict)
    # For areas: False for land outside the city. For owners: the owner's name that means the city itself.
    ours: Any = True
    srid: int | None = None
    encoding: str = "utf-8"


@dataclass
class Report:
    """The result of an import: row counts by use and layer, and a sentence per skipped feature."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    problems: list[str] = field(default_factory=list)


def import_layers(jurisdiction: Jurisdiction, folder: Path, mapping: Path, *, progress: Progress) -> Report:
    """Replaces each layer in the mapping, in one transaction. Bad features are skipped and reported.

    Raises ImportProblemError if the mapping or a file cannot be read.
    """
    entries = read_mapping(mapping)
    for entry in entries:
        if entry.use != "skip" and not (folder / entry.file).exists():
            raise ImportProblemError(f"{mapping.name} names {entry.file}, but there is no such file in {folder}.")
    report = Report()
    with transaction.atomic():
        _delete_replaced(jurisdiction, entries)
        loaded_codes: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            if entry.use == "skip":
                continue
            progress.step(f"{entry.file} → {entry.layer or entry.use}")
            with _Staged(entry, folder, report, progress) as staged:
                if entry.use == "basemap":
                    staged.into_basemap(jurisdiction)
                elif entry.use == "areas":
                    loaded_codes[entry.layer] |= staged.into_areas(jurisdiction)
                else:
                    staged.into_owner_areas(jurisdiction)
            report.counts[f"{entry.use} {entry.layer}".strip()] += staged.count
        kept = _delete_missing_areas(jurisdiction, loaded_codes)
        for line in kept:
            progress.say(line)
        report.problems += kept
        # Tiles are cached indefinitely by version, so a new map needs a new version.
        Jurisdiction.objects.filter(pk=jurisdiction.pk).update(basemap_version=F("basemap_version") + 1)
    progress.finish()
    return report


def read_mapping(path: Path) -> list[Entry]:
    """The mapping's entries, in order. Raises ImportProblemError with the file name and the problem."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error
    if not isinstance(read, dict):
        raise ImportProblemError(
            f"{path.name} must list files, such as streets.geojson: {{use: basemap, layer: streets}}"
        )
    entries = []
    for file, uses in read.items():
        for use in uses if isinstance(uses, list) else [uses]:
            entries.append(_entry(path.name, str(file), use))
    return entries


def _entry(mapping: str, file: str, value: Any) -> Entry:
    where = f"{mapping}, {file}"
    if not isinstance(value, dict) or value.get("use") not in USES:
        raise ImportProblemError(f"{where}: `use` must be one of {', '.join(USES)}.")
    if unknown := set(value) - KEYS:
        raise ImportProblemError(f"{where}: unknown key `{min(unknown)}`. Known keys: {', '.join(sorted(KEYS))}.")
    entry = Entry(file=file, **value)
    if entry.use == "basemap" and entry.layer not in basemap.LAYERS:
        raise ImportProblemError(f"{where}: `layer` must be one of the map's layers: {', '.join(basemap.LAYERS)}.")
    if entry.use == "areas" and not re.fullmatch(r"[\w-]{1,40}", entry.layer):
        raise ImportProblemError(f"{where}: areas need a `layer`, a short code such as ward.")
    named = {"areas": {"code", "name"}, "owners": {"owner"}}.get(entry.use)
    if named and not named & {*entry.properties, *entry.set}:
        raise ImportProblemError(
            f"{where}: `properties` must name the file's property for {' or '.join(sorted(named))}."
        )
    return entry


class _Staged:
    """A file's valid features in a temporary table, from which PostGIS projects and repairs them in one statement."""

    def __init__(self, entry: Entry, folder: Path, report: Report, progress: Progress) -> None:
        self.entry, self.folder, self.report, self.progress = entry, folder, report, progress
        self.count = 0
        self.bad: list[str] = []

    def __enter__(self) -> "_Staged":
        path = self.folder / self.entry.file
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE staged (n int, min_zoom int, properties jsonb, shape geometry) ON COMMIT DROP"
            )
            with cursor.copy("COPY staged FROM STDIN") as copy:
                for number, theirs, shape in features(path, srid=self.entry.srid, encoding=self.entry.encoding):
                    properties = self._renamed(theirs)
                    if problem := self._problem(properties, shape):
                        self.bad.append(f"{self.entry.file}, feature {number}: {problem}")
                        continue
                    zoom = basemap.min_zoom(self.entry.layer, properties) if self.entry.use == "basemap" else None
                    properties.pop("min_zoom", None)
                    copy.write_row((number, zoom, json.dumps(properties), bytes(shape.wkb).hex()))  # type: ignore[union-attr]
                    self.count += 1
                    self.progress.advance()
        return self

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS staged")
        for line in self.bad[:REPORTED_MAX]:
            self.progress.say(line)
        if len(self.bad) > REPORTED_MAX:
            self.progress.say(f"{self.entry.file}: {len(self.bad) - REPORTED_MAX} more features were skipped.")
        self.report.problems += self.bad

    def _renamed(self, theirs: dict[str, Any]) -> dict[str, Any]:
        ours = {}
        for name, their_name in ({"min_zoom": "min_zoom"} | self.entry.properties).items():
            value = theirs.get(their_name)
            if isinstance(value, str):
                value = value.replace("\x00", "").strip()
            elif value is not None and not isinstance(value, int | float | bool):
                value = str(value)
            if table := self.entry.values.get(name):
                table = {str(key): ours_value for key, ours_value in table.items()}
                value = table.get(str(value if value is not None else ""), table.get("", value))
            if value not in (None, ""):
                ours[name] = value
        return ours | self.entry.set

    def _problem(self, properties: dict[str, Any], shape: OGRGeometry | GDALException | None) -> str:
        if shape is None:
            return "it has no geometry."
        if isinstance(shape, GDALException):
            return f"its geometry cannot be read ({shape})."
        if shape.empty:
            return "its geometry is empty."
        west, south, east, north = shape.extent
        # Also rejects NaN.
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            return "its coordinates are not in degrees. Set their system with `srid:` in the mapping."
        if self.entry.use == "areas":
            if "Polygon" not in shape.geom_type.name:
                return f"an area must be a polygon, but this is a {shape.geom_type.name}."
            if not area_code(properties):
                return "it has neither a code nor a name."
        if self.entry.use == "basemap" and max(abs(south), abs(north)) > 85:
            return "it is beyond the edge of the map (85 degrees)."
        return ""

    def into_basemap(self, jurisdiction: Jurisdiction) -> None:
        with connection.cursor() as cursor:
            if self.entry.layer in basemap.LINES:
                # Cities store streets by block; labels need the whole street.
                cursor.execute(
                    """
                    WITH blocks AS (DELETE FROM staged RETURNING *)
                    INSERT INTO staged
                    SELECT min(n), min_zoom, properties, (ST_Dump(ST_LineMerge(ST_Collect(ST_Force2D(shape))))).geom
                    FROM blocks WHERE ST_Dimension(shape) = 1 GROUP BY min_zoom, properties"""
                )
            cursor.execute(
                """
                INSERT INTO requests_app_basemapfeature (jurisdiction_id, layer, min_zoom, properties, shape)
                SELECT %s, %s, min_zoom, properties,
                       ST_Transform(ST_SetSRID(ST_MakeValid(ST_Force2D(shape)), 4326), 3857)
                FROM staged ORDER BY n""",
                [jurisdiction.pk, self.entry.layer],
            )

    def into_areas(self, jurisdiction: Jurisdiction) -> set[str]:
        """Upserts areas, since requests and targets refer to their rows. Returns the codes in the file."""
        rows: dict[str, dict[str, Any]] = {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, properties::text FROM staged ORDER BY n")
            for n, properties in cursor.fetchall():
                theirs = json.loads(properties)
                # The same code again: one area in several pieces.
                rows.setdefault(area_code(theirs), {"properties": theirs, "pieces": []})["pieces"].append(n)
            for code, row in rows.items():
                rest = {name: value for name, value in row["properties"].items() if name not in ("code", "name")}
                cursor.execute(
                    """
                    INSERT INTO requests_app_area (jurisdiction_id, layer, code, name, attributes, is_ours, polygon)
                    SELECT %s, %s, %s, %s, %s, %s, ST_Multi(ST_CollectionExtract(ST_SetSRID(ST_UnaryUnion(ST_Collect(
                        ST_MakeValid(ST_Force2D(shape)))), 4326), 3))
                    FROM staged WHERE n = ANY(%s)
                    ON CONFLICT (jurisdiction_id, layer, code) DO UPDATE SET name = EXCLUDED.name,
                        attributes = requests_app_area.attributes || EXCLUDED.attributes,
                        is_ours = EXCLUDED.is_ours, polygon = EXCLUDED.polygon""",
                    [
                        jurisdiction.pk,
                        self.entry.layer,
                        code,
                        str(row["properties"].get("name") or code)[:200],
                        json.dumps(rest),
                        self.entry.ours is not False,
                        row["pieces"],
                    ],
                )
        return set(rows)

    def into_owner_areas(self, jurisdiction: Jurisdiction) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT properties ->> 'owner', min(properties ->> 'kind') FROM staged GROUP BY 1")
            named = cursor.fetchall()
        owners = {
            name: owner_named(jurisdiction, name, kind) for name, kind in named if name and name != self.entry.ours
        }
        ids = {name: owner.pk for name, owner in owners.items()}
        with connection.cursor() as cursor:
            # Lines are street segments. Keep the city's own too, since the nearest segment decides.
            cursor.execute(
                """
                INSERT INTO requests_app_ownerarea (jurisdiction_id, owner_id, is_segment, name, shape)
                SELECT %s, (%s::jsonb ->> (properties ->> 'owner'))::bigint, ST_Dimension(shape) = 1,
                       left(coalesce(properties ->> 'name', ''), 200),
                       ST_SetSRID(ST_Force2D(ST_MakeValid(shape)), 4326)
                FROM staged
                WHERE ST_Dimension(shape) = 1 OR (%s::jsonb ->> (properties ->> 'owner')) IS NOT NULL
                ORDER BY n""",
                [jurisdiction.pk, json.dumps(ids), json.dumps(ids)],
            )


def area_code(properties: dict[str, Any]) -> str:
    """The area's code, or else the slug of its name ("Old Market" is old-market)."""
    code = properties.get("code")
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    return str(code if code is not None else slugify(str(properties.get("name", ""))))[:80]


def owner_named(jurisdiction: Jurisdiction, name: str, kind: str | None) -> Owner:
    owner = Owner.objects.filter(jurisdiction=jurisdiction, name=name).first()
    if owner is None:
        code = slugify(name)[:60] or "owner"
        owner, _ = Owner.objects.get_or_create(
            jurisdiction=jurisdiction, code=code, defaults={"name": name[:200], "kind": slugify(kind or "other")[:40]}
        )
    return owner


def _delete_replaced(jurisdiction: Jurisdiction, entries: list[Entry]) -> None:
    layers = {entry.layer for entry in entries if entry.use == "basemap"}
    BasemapFeature.objects.filter(jurisdiction=jurisdiction, layer__in=layers)._raw_delete("default")
    if any(entry.use == "owners" for entry in entries):
        # Land has no key to update by, so each import replaces all of it.
        OwnerArea.objects.filter(jurisdiction=jurisdiction)._raw_delete("default")


def _delete_missing_areas(jurisdiction: Jurisdiction, loaded_codes: dict[str, set[str]]) -> list[str]:
    """Deletes areas that are no longer in the file, unless requests or targets use them. Returns a sentence per area kept."""
    kept: list[str] = []
    for layer, codes in loaded_codes.items():
        lost = Area.objects.filter(jurisdiction=jurisdiction, layer=layer).exclude(code__in=codes)
        used = lost.filter(
            Exists(RequestArea.objects.filter(area=OuterRef("pk"))) | Exists(Target.objects.filter(area=OuterRef("pk")))
        ).values_list("pk", "code")
        kept += [
            f"{layer} {code}: no longer in the file, but kept because requests or targets use it." for _, code in used
        ]
        lost.exclude(pk__in=[pk for pk, _ in used]).delete()
    return kept
