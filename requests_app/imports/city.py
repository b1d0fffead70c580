"""A city from its folder: city.yaml names the city and the files of its map, addresses, assets, catalog, requests."""

import csv
import datetime as dt
import gzip
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils import timezone

from requests_app.actions.figures import daily_load
from requests_app.actions.promises import typical_times
from requests_app.actions.routing import versions
from requests_app.imports.catalog import check, save
from requests_app.imports.catalog_file import read_catalog
from requests_app.imports.catalog_go_live import missing_by_code, not_offered
from requests_app.imports.city_file import CityFile, OwnersFile, seal
from requests_app.imports.layers import import_layers
from requests_app.imports.map_files import ImportProblemError, features, first_line
from requests_app.imports.progress import Progress
from requests_app.imports.requests import import_requests
from requests_app.imports.street_works import import_street_works
from requests_app.imports.yaml_file import read_yaml
from requests_app.models import Area, Asset, BasemapFeature, Calendar, GazetteerEntry, Jurisdiction, Owner
from requests_app.places.address_words import search_key
from requests_app.rules.shared.jurisdictions import find_host_problem

# Of city.yaml, that are columns of the same name.
PLAIN_COLUMNS = (
    "hosts", "time_zone", "languages", "units", "alarm_minutes", "urgent_acknowledge_minutes", "urgent_resolve_minutes",
)  # fmt: skip
NUMBERS = {
    "emergency": "emergency_number",
    "text_to_911": "text_to_emergency",
    "non_emergency": "non_emergency_number",
    "desk": "desk_number",
    "desk_long": "desk_long_number",
    "all_night": "all_night_number",
    "desk_night": "desk_night_number",
}
TOLD = 5


def load_city(
    folder: Path,
    *,
    progress: Progress,
    before_requests: Callable[[Jurisdiction], object] | None = None,
    generate: Callable[[Jurisdiction, Path, Progress], object] | None = None,
) -> Jurisdiction:
    """Loads or updates the city of this folder. What city.yaml leaves out is left as it is.

    before_requests: what must be there when the earlier requests come, such as the demo's staff.
    generate: makes up earlier requests, where city.yaml says `requests: {generate: true}`.
    Raises ImportProblemError, in words for the person who wrote the folder; the city is then as it was before, except
    that earlier requests, which may be many, are loaded last and in their own batches.
    """
    city = City(folder, progress)
    with transaction.atomic():
        jurisdiction = city.jurisdiction()
        city.owners(jurisdiction)
        city.layers(jurisdiction)
        city.boundary(jurisdiction)
        city.area_attributes(jurisdiction)
        city.gazetteer(jurisdiction)
        city.assets(jurisdiction)
        city.street_works(jurisdiction)
        city.view(jurisdiction)
        city.catalog(jurisdiction)
        if before_requests:
            before_requests(jurisdiction)
    city.requests(jurisdiction, generate)
    typical_times.record(jurisdiction)
    daily_load.record(jurisdiction)
    versions.count_caught()
    progress.finish()
    return jurisdiction


class City:
    """A city folder being read: each method loads one part, if city.yaml has it."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.file = folder if folder.suffix in (".yaml", ".yml") else folder / "city.yaml"
        self.folder, self.progress = self.file.parent.resolve(), progress
        self.read = read_yaml(self.file)
        self.read.check(CityFile)
        self.content: dict[str, Any] = self.read.data

    def path(self, value: Any) -> Path:
        """A path as city.yaml writes it, absolute or from its own folder."""
        path = self.folder / str(value)
        if not path.exists():
            raise ImportProblemError(f"{self.file.name} names {value}, but there is no such file.")
        return path

    def jurisdiction(self) -> Jurisdiction:
        content = self.content
        columns: dict[str, Any] = {"name": content["name"], "is_demo": bool(content.get("demo", False))}
        columns |= {name: content[name] for name in PLAIN_COLUMNS if name in content}
        for name, value in content.get("numbers", {}).items():
            columns[NUMBERS[name]] = value if isinstance(value, bool) else str(value)
        if "branding" in content:
            columns["branding"] = self._branding(content["branding"])
        if "address_card" in content:
            columns["address_card"] = content["address_card"]
        if "aliases" in content.get("gazetteer", {}):
            columns["place_aliases"] = content["gazetteer"]["aliases"]
        self._check_hosts(columns.get("hosts"))
        jurisdiction, _ = Jurisdiction.objects.update_or_create(
            jurisdiction_id=content["jurisdiction_id"],
            defaults=columns,
            create_defaults={"languages": [settings.LANGUAGE_CODE]} | columns,
        )
        return jurisdiction

    def _check_hosts(self, hosts: list[str] | None) -> None:
        """Refuses what would take a city offline: a second one without hosts, or a host that leads to another one already."""
        own_id = self.content["jurisdiction_id"]
        problem = find_host_problem(own_id, hosts)
        if problem is None:
            return
        names = ", ".join(problem.cities)
        if problem.taken:
            raise ImportProblemError(
                f"{self.file.name}: hosts: {problem.taken} leads to {names} already. Nothing was changed."
            )
        example = own_id if "." in own_id else f"{own_id}.example"
        raise ImportProblemError(
            f"{self.file.name}: hosts: is missing. This installation serves {names} already, so the host must say which city "
            f"a visitor means. Name the hosts at which {self.content['name']} will be reached, such as `hosts: [311.{example}]`, "
            "and allow them in ALLOWED_HOSTS. Nothing was changed."
        )

    def _branding(self, section: dict[str, Any]) -> dict[str, Any]:
        return section | {"seal_url": seal(self.path(section["seal"]))} if "seal" in section else section

    def owners(self, jurisdiction: Jurisdiction) -> None:
        if "owners" not in self.content:
            return
        read = read_yaml(self.path(self.content["owners"]))
        read.check(OwnersFile)
        for entry in read.data.get("owners", []):
            columns = {
                name: entry[name]
                for name in ("name", "kind", "phone", "email", "url", "takes", "words")
                if name in entry
            }
            Owner.objects.update_or_create(jurisdiction=jurisdiction, code=entry["code"], defaults=columns)

    def layers(self, jurisdiction: Jurisdiction) -> None:
        section = self.content.get("layers")
        if section is None:
            return
        import_layers(jurisdiction, self.path(section["folder"]), self.path(section["mapping"]), progress=self.progress)

    def boundary(self, jurisdiction: Jurisdiction) -> None:
        """From a file of polygons, or, where a city has only its parts, from the union of a layer of areas."""
        section = self.content.get("boundary")
        if section is None:
            return
        if isinstance(section, dict) and "layer" in section:
            with connection.cursor() as cursor:
                cursor.execute(
                    """
                    UPDATE requests_app_jurisdiction SET boundary = (
                        SELECT ST_Multi(ST_CollectionExtract(ST_UnaryUnion(ST_Collect(polygon)), 3))
                        FROM requests_app_area WHERE jurisdiction_id = %s AND layer = %s)
                    WHERE id = %s""",
                    [jurisdiction.pk, section["layer"], jurisdiction.pk],
                )
        else:
            polygons: list[GEOSGeometry] = []
            for number, _, shape in features(self.path(section)):
                if shape is None or isinstance(shape, Exception) or "Polygon" not in shape.geom_type.name:
                    raise ImportProblemError(f"{section}, feature {number}: the boundary must be a polygon.")
                geos = shape.geos
                polygons += list(geos) if isinstance(geos, MultiPolygon) else [geos]
            whole = MultiPolygon(*polygons, srid=4326).unary_union
            jurisdiction.boundary = whole if isinstance(whole, MultiPolygon) else MultiPolygon(whole, srid=4326)
            jurisdiction.save(update_fields=["boundary"])
        jurisdiction.refresh_from_db()
        if jurisdiction.boundary is None:
            raise ImportProblemError(
                f"{self.file.name}: boundary: there are no areas in the layer `{section['layer']}`."
            )

    def area_attributes(self, jurisdiction: Jurisdiction) -> None:
        """What an address card says about an area (collection day, council member), merged into the area."""
        if "area_attributes" not in self.content:
            return
        path = self.path(self.content["area_attributes"])
        for layer, by_code in read_yaml(path).data.get("areas", {}).items():
            for code, attributes in by_code.items():
                area = (
                    Area.objects.filter(jurisdiction=jurisdiction, layer=layer, code=str(code)).defer("polygon").first()
                )
                if area is None:
                    raise ImportProblemError(f"{path.name}: there is no area `{code}` in the layer `{layer}`.")
                # YAML reads a date as one, but a row keeps text.
                area.attributes |= {
                    key: value.isoformat() if isinstance(value, dt.date) else value for key, value in attributes.items()
                }
                area.save(update_fields=["attributes"])

    def gazetteer(self, jurisdiction: Jurisdiction) -> None:
        section = self.content.get("gazetteer")
        if section is None:
            return
        # Nothing points at an entry: the new file replaces the old one.
        GazetteerEntry.objects.filter(jurisdiction=jurisdiction)._raw_delete("default")

        def entry(row: dict[str, str], point: str) -> list[Any] | None:
            label = row["label"]
            if section.get("tidy"):
                label = tidy(label)
            first = re.match(r"(\d[\w/-]*)\s+(.+)", label)
            kind = row.get("kind") or ("address" if first else "landmark")
            number = row.get("house_number") or (first[1] if first and kind == "address" else "")
            street = row.get("street") or (first[2] if first and kind == "address" else "")
            return [
                jurisdiction.pk, label[:200], kind[:40], number[:20], street[:120],
                row.get("cross_street", "")[:120], row.get("zip", "")[:12], search_key(label)[:200], point,
            ]  # fmt: skip

        with connection.cursor() as cursor:
            into = (
                "COPY requests_app_gazetteerentry (jurisdiction_id, label, kind, house_number, street, cross_street,"
                " zip_code, search_key, point) FROM STDIN"
            )
            with cursor.copy(into) as copy:
                for values in self._rows("Addresses", section, {"label", "lon", "lat"}, entry):
                    copy.write_row(values)

    def assets(self, jurisdiction: Jurisdiction) -> None:
        section = self.content.get("assets")
        if section is None:
            return
        seen: set[str] = set()

        def asset(row: dict[str, str], point: str) -> list[Any] | None:
            code = row["asset_id"].upper()
            if code in seen:
                return None
            seen.add(code)
            return [row["asset_id"][:60], row.get("kind", "")[:40], row.get("label", row["asset_id"])[:200], point]

        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE new_asset (asset_id text, kind text, label text, point geometry) ON COMMIT DROP"
            )
            with cursor.copy("COPY new_asset FROM STDIN") as copy:
                for values in self._rows("Assets", section, {"asset_id", "lon", "lat"}, asset):
                    copy.write_row(values)
            # Requests point at assets: an asset that was there before keeps its row.
            cursor.execute(
                """
                INSERT INTO requests_app_asset (jurisdiction_id, asset_id, kind, label, point)
                SELECT %s, asset_id, kind, label, point FROM new_asset
                ON CONFLICT (upper(asset_id), jurisdiction_id) DO UPDATE
                SET kind = EXCLUDED.kind, label = EXCLUDED.label, point = EXCLUDED.point""",
                [jurisdiction.pk],
            )
            cursor.execute(
                """
                SELECT id FROM requests_app_asset AS old WHERE jurisdiction_id = %s
                AND NOT EXISTS (SELECT 1 FROM new_asset AS new WHERE upper(new.asset_id) = upper(old.asset_id))""",
                [jurisdiction.pk],
            )
            lost = [pk for (pk,) in cursor.fetchall()]
            cursor.execute("DROP TABLE new_asset")
        Asset.objects.filter(pk__in=lost).delete()

    def street_works(self, jurisdiction: Jurisdiction) -> None:
        section = self.content.get("street_works")
        if section is None:
            return
        self.progress.step("Street works")
        today = timezone.localdate(timezone=jurisdiction.zone)
        import_street_works(jurisdiction, self.path(section["file"]), columns=section.get("columns"), today=today)

    def view(self, jurisdiction: Jurisdiction) -> None:
        """Where the map opens: as city.yaml says; what it leaves out, from the boundary, else from the streets."""
        section = dict(self.content.get("view") or {})
        if "attribution" in (self.content.get("layers") or {}):
            section["attribution"] = self.content["layers"]["attribution"]
        if "bounds" not in section:
            extent = jurisdiction.boundary.extent if jurisdiction.boundary else None
            if extent is None:
                streets = BasemapFeature.objects.filter(jurisdiction=jurisdiction, layer="streets")
                extent = streets.aggregate(extent=Extent(Transform("shape", 4326)))["extent"]
            if extent:
                section["bounds"] = [round(degrees, 5) for degrees in extent]
        if "center" not in section and "bounds" in section:
            west, south, east, north = section["bounds"]
            section["center"] = [round((west + east) / 2, 5), round((south + north) / 2, 5)]
        jurisdiction.map_view = section
        jurisdiction.save(update_fields=["map_view"])

    def catalog(self, jurisdiction: Jurisdiction) -> None:
        if "catalog" not in self.content:
            return
        self.progress.step("Catalog")
        section = self.content["catalog"]
        catalog = read_catalog([self.path(path) for path in (section if isinstance(section, list) else [section])])
        check(jurisdiction, catalog)
        save(jurisdiction, catalog)
        for code, missing in missing_by_code(jurisdiction, catalog).items():
            self.progress.say(not_offered(code, missing))
        self._check_calendars(jurisdiction)

    def _check_calendars(self, jurisdiction: Jurisdiction) -> None:
        """Refuses an address card with a calendar that there isn't: its holidays would move nothing, without a word."""
        known = set(Calendar.objects.filter(jurisdiction=jurisdiction).values_list("code", flat=True))
        for number, part in enumerate(self.content.get("address_card", [])):
            for place, field in enumerate(part.get("fields", [])):
                if field.get("calendar") not in known | {None}:
                    loc = ("address_card", number, "fields", place, "calendar")
                    raise ImportProblemError(
                        f"{self.read.place(loc)}: there is no calendar `{field['calendar']}` in the catalog."
                    )

    def requests(
        self, jurisdiction: Jurisdiction, generate: Callable[[Jurisdiction, Path, Progress], object] | None
    ) -> None:
        section = self.content.get("requests") or {}
        if section.get("generate"):
            if generate is not None:
                generate(jurisdiction, self.folder, self.progress)
        elif "file" in section:
            # A mapping of the city's own, or the name of one that ships.
            own = self.folder / str(section["mapping"])
            mapping = own if own.is_file() else Path(section["mapping"])
            import_requests(jurisdiction, self.path(section["file"]), mapping, progress=self.progress)

    def _rows(
        self,
        what: str,
        section: dict[str, Any],
        needed: set[str],
        make: Callable[[dict[str, str], str], list[Any] | None],
    ) -> Iterator[list[Any]]:
        """Yields the valid rows of a CSV file, with our column names. Logs and skips rows without a place."""
        path = self.path(section["file"])
        columns: dict[str, str] = section["columns"]
        self.progress.step(what)
        bad = 0
        try:
            with (
                gzip.open(path, "rt", encoding="utf-8", newline="")
                if path.suffix == ".gz"
                else path.open(encoding="utf-8", newline="") as file
            ):
                reader = csv.DictReader(file)
                if absent := set(columns.values()) - set(reader.fieldnames or []):
                    raise ImportProblemError(f"{path.name} has no column `{min(absent)}`.")
                for theirs in reader:
                    row = {ours: (theirs[name] or "").replace("\x00", "").strip() for ours, name in columns.items()}
                    point = ewkb_point(row.pop("lon"), row.pop("lat"))
                    values = make(row, point) if point and all(row[name] for name in needed & set(row)) else None
                    if values is None:
                        bad += 1
                        if bad <= TOLD:
                            reason = "no place" if not point else "no name, or a repeated ID"
                            self.progress.say(f"{path.name}, line {reader.line_num}: {reason}; left out.")
                        continue
                    yield values
                    self.progress.advance()
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error
        if bad > TOLD:
            self.progress.say(f"{path.name}: {bad - TOLD:,} more rows were left out.")


def tidy(label: str) -> str:
    """ "INTERSECTION A ST AND B ST" is "A St & B St": names that a mainframe shouted."""
    words = re.sub(r"^INTERSECTION\s+", "", label, flags=re.IGNORECASE)
    words = re.sub(r"\s+AND\s+", " & ", words, flags=re.IGNORECASE)
    words = re.sub(r"\b\d+(?:ST|ND|RD|TH)\b", lambda ordinal: ordinal[0].lower(), words)
    return re.sub(r"\b[^\W\d_]+(?:['’][^\W\d_]+)?", lambda word: word[0].capitalize(), words)


def ewkb_point(longitude: str, latitude: str) -> str | None:
    """The point as COPY takes it (hex EWKB, SRID 4326); None where there is none."""
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None
    # Also false for NaN. Nobody lives at 0, 0: it is how a file says "unknown".
    if not (-180 <= x <= 180 and -90 <= y <= 90) or (x, y) == (0, 0):
        return None
    return struct.pack("<BIIdd", 1, 0x20000001, 4326, x, y).hex()
