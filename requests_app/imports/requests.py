"""Import a city's earlier requests from a CSV file, in batches. Importing the file again updates instead of duplicating."""

import csv
import datetime as dt
import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection, transaction

from requests_app.clock import app_now
from requests_app.imports.bulk import BulkWriter, History, NewComment, NewEvent, analyze
from requests_app.imports.map_files import ImportProblemError, first_line
from requests_app.imports.progress import Progress
from requests_app.imports.request_mapping import OPEN_AS, RequestMapping, read_mapping
from requests_app.models import (
    CONFIDENTIAL,
    OPEN,
    Area,
    Calendar,
    Category,
    Channel,
    Comment,
    Department,
    Event,
    GazetteerEntry,
    Jurisdiction,
    PublicState,
    ReviewReason,
    Service,
    ServiceRequest,
    ServiceVersion,
    Status,
)
from requests_app.places.address_words import search_key
from requests_app.places.public_place import public_place
from requests_app.rules.publication import public_words, publication, review
from requests_app.rules.shared.intake import DESCRIPTION_MAX, clean_text

BATCH = 2_000
# For an address missing from the gazetteer, try up to this many house numbers on either side.
HOUSES_ALONG = 5
# Surrogates that stand for bytes not valid in the file's encoding.
_NO_TEXT = re.compile("[\udc80-\udcff]")
# In degrees: accept piers and bridges just beyond the boundary.
NEAR_THE_BOUNDARY = 0.002
# What was written about it.
TEXTS = ("description", "address", "place_note")
# Columns that a second import may update; the others (reference, later work of staff) stay.
COMPARED = (
    "service_id", "service_version_id", "description", "language", "channel", "point", "address", "place_note",
    "public_point", "public_address", "place_source", "place_confidence", "status", "disposition", "public_state",
    "review_reason", "priority", "department_id", "due_at", "submitted_at", "routed_at", "resolved_at", "closed_at",
)  # fmt: skip


@dataclass
class Imported:
    """The result of an import. rejects: the file with the rejected rows, if any; review: the one that lists the rows that aren't
    public until somebody has read them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    geocoded: int = 0
    without_place: int = 0
    held: int = 0
    rejects: Path | None = None
    review: Path | None = None

    @property
    def read(self) -> int:
        return self.new + self.changed + self.same + self.rejected


class BadRowError(Exception):
    """A row that cannot be imported: the column, and the reason in words for the file's author."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        self.column, self.reason, self.value = column, reason, value
        super().__init__(f"{column}: {reason}")


@dataclass
class Row:
    """One valid row: its line number, and the request with its history."""

    line: int
    external_id: str
    history: History
    geocode: str = ""
    duplicate_of: str = ""


@dataclass
class Listed:
    """A CSV file about some of the rows, created with the first."""

    path: Path
    header: list[str]
    file: TextIO | None = None
    count: int = 0

    def add(self, *values: object) -> None:
        if self.file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            csv.writer(self.file).writerow(self.header)
        csv.writer(self.file).writerow(values)
        self.count += 1

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def import_requests(
    jurisdiction: Jurisdiction,
    file: Path,
    mapping: Path,
    *,
    progress: Progress,
    rejects: Path | None = None,
    batch: int = BATCH,
) -> Imported:
    """Imports a CSV file (also gzipped). Known requests, by source and id, are updated.

    Invalid rows go to the rejects file and do not stop the import. Raises ImportProblemError, before anything is stored, if
    the file does not fit the mapping.
    """
    request_import = RequestImport(jurisdiction, file, read_mapping(mapping), progress)
    request_import.prepare()
    path = rejects or settings.VAR / "imports" / f"{file.name.split('.')[0]}.rejects.csv"
    request_import.held.path = path.with_name(f"{file.name.split('.')[0]}.review.csv")
    return request_import.run(path, batch)


@contextmanager
def opened(file: Path, encoding: str) -> Iterator[TextIO]:
    """Opens the file as text. Invalid bytes become surrogates, which _named() rejects."""
    kind: Any = gzip.open if file.suffix == ".gz" else open
    with kind(file, "rt", encoding=encoding, errors="surrogateescape", newline="") as text:
        yield text


class RequestImport:
    def __init__(self, jurisdiction: Jurisdiction, file: Path, mapping: RequestMapping, progress: Progress) -> None:
        self.jurisdiction, self.file, self.mapping, self.progress = jurisdiction, file, mapping, progress
        self.zone = jurisdiction.zone
        self.now = app_now()
        self.writer = BulkWriter(jurisdiction, source=Event.Source.IMPORT)
        self.language = mapping.language or jurisdiction.languages[0]
        self.services: dict[str, ServiceVersion] = {}
        self.departments: dict[str, Department] = {}
        self.areas: dict[tuple[str, str], int] = {}
        self.boundary: Any = None
        self.total = 0
        self.done = Imported()
        self.pairs: list[tuple[str, str]] = []
        # Rows that were new when the planner's statistics were read.
        self.analyzed = 0
        self.held = Listed(Path(), ["line", "id", "reason", "found"])
        self.at: dict[str, int] = {}

    # --- Before the first row -------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """First pass: checks the columns, counts the rows, and collects the types and departments."""
        self.progress.step(f"Checking {self.file.name}")
        types: dict[str, tuple[str, str]] = {}
        departments: dict[str, None] = {}
        try:
            with opened(self.file, self.mapping.csv.encoding) as text:
                reader = csv.reader(text, delimiter=self.mapping.csv.delimiter)
                header = next(reader, None) or []
                if absent := self.mapping.needed_columns - set(header):
                    raise ImportProblemError(f"{self.file.name} has no column `{min(absent)}`.")
                at = self._columns(header)
                for row in _rows(reader):
                    self.total += 1
                    if isinstance(row, csv.Error) or len(row) != len(header):
                        continue
                    department = row[at["department"]].strip() if "department" in at else ""
                    category = row[at["category"]].strip() if "category" in at else ""
                    types.setdefault(row[at["type"]].strip(), (category, department))
                    departments.setdefault(department)
        except (OSError, EOFError, csv.Error, LookupError) as error:
            raise ImportProblemError(f"{self.file.name} cannot be read: {first_line(error)}") from error
        with transaction.atomic():
            self._departments([code for code in departments if code and code.isprintable()])
            self._services({name: names for name, names in types.items() if name and name.isprintable()})
        self.areas = {
            (layer, code): pk
            for layer, code, pk in Area.objects.filter(
                jurisdiction=self.jurisdiction, layer__in=list(self.mapping.areas), is_ours=True
            ).values_list("layer", "code", "pk")
        }
        if self.jurisdiction.boundary is not None:
            self.boundary = self.jurisdiction.boundary.buffer(NEAR_THE_BOUNDARY).prepared

    def _columns(self, header: list[str]) -> dict[str, int]:
        """The position in a row of each of our names."""
        at = {ours: header.index(theirs) for ours, theirs in self.mapping.column_of.items()}
        at |= {f"area:{layer}": header.index(theirs) for layer, theirs in self.mapping.areas.items()}
        if self.mapping.place.default.column:
            at[":default"] = header.index(self.mapping.place.default.column)
        return at

    def _departments(self, codes: list[str]) -> None:
        known = {
            department.code: department for department in Department.objects.filter(jurisdiction=self.jurisdiction)
        }
        for code in codes:
            if code not in known and self.mapping.departments.create:
                name = self.mapping.departments.names.get(code, code)
                known[code] = Department.objects.create(
                    jurisdiction=self.jurisdiction, code=code[:40], name={"en": name}, calendar=self._calendar()
                )
        self.departments = known

    def _calendar(self) -> Calendar:
        return Calendar.objects.get_or_create(jurisdiction=self.jurisdiction, code="always", defaults={"always": True})[
            0
        ]

    def _services(self, types: dict[str, tuple[str, str]]) -> None:
        """The service for each type: the one in the mapping, else one with the type's code, else (if enabled) a new one."""
        by_code = {
            one.service_code: one.current
            for one in Service.objects.filter(jurisdiction=self.jurisdiction, current__isnull=False).select_related(
                "current"
            )
        }
        for name, (category, department) in types.items():
            code = self.mapping.services.map.get(name) or service_code(name)
            version = by_code.get(code)
            if version is None and name in self.mapping.services.map:
                raise ImportProblemError(
                    f"The mapping sends `{name}` to the service `{code}`, which the city does not have."
                )
            if version is None and self.mapping.services.create:
                version = by_code[code] = self._new_service(code, name, category, department)
            if version is not None:
                self.services[name] = version

    def _new_service(self, code: str, name: str, category: str, department: str) -> ServiceVersion:
        home = self.departments.get(department) or next(iter(self.departments.values()), None)
        if home is None:
            home = Department.objects.create(
                jurisdiction=self.jurisdiction, code="CITY", name={"en": "City"}, calendar=self._calendar()
            )
            self.departments[home.code] = home
        heading = " ".join((category or "Other").split())
        group, _ = Category.objects.get_or_create(
            jurisdiction=self.jurisdiction,
            code=service_code(heading)[:40].lower(),
            defaults={"name": {"en": heading}, "order": 99},
        )
        # Residents are offered it once somebody goes live with it (actions/setup/go_live.py).
        service = Service.objects.create(jurisdiction=self.jurisdiction, service_code=code, active=False)
        service.current = ServiceVersion.objects.create(
            service=service,
            number=1,
            name={"en": " ".join(name.split())},
            category=group,
            department=home,
            visibility=self.mapping.services.visibility,
        )
        service.save(update_fields=["current"])
        return service.current

    # --- Row by row -----------------------------------------------------------------------------------------------
    def run(self, rejects_path: Path, batch_size: int) -> Imported:
        self.progress.step("Requests", self.total)
        seen: set[int] = set()
        rejects: Listed | None = None
        try:
            with opened(self.file, self.mapping.csv.encoding) as text:
                reader = csv.reader(text, delimiter=self.mapping.csv.delimiter)
                header = next(reader)
                self.at = self._columns(header)
                rejects = Listed(rejects_path, ["line", "column", "reason", "value", *header])
                batch: list[Row] = []
                for raw in _rows(reader):
                    try:
                        batch.append(self._row(self._named(raw, header), reader.line_num, seen))
                    except BadRowError as error:
                        original = raw if isinstance(raw, list) else []
                        rejects.add(reader.line_num, error.column, error.reason, error.value[:200], *original)
                        self.progress.advance()
                    if len(batch) >= batch_size:
                        self._write(batch)
                        batch = []
                self._write(batch)
        except (OSError, EOFError) as error:
            raise ImportProblemError(
                f"{self.file.name} ends after {self.done.read:,} rows: {first_line(error)} The rows before that are stored."
            ) from error
        finally:
            self.held.close()
            if rejects is not None:
                rejects.close()
        if rejects.count:
            self.done.rejected, self.done.rejects = rejects.count, rejects.path
            self.progress.say(f"{rejects.count:,} rows were rejected: {rejects.path} lists them with the reasons.")
        if self.held.count:
            self.done.held, self.done.review = self.held.count, self.held.path
            self.progress.say(f"{self.held.count:,} rows wait for review before they are public: {self.held.path}.")
        if self.done.new > self.analyzed:
            analyze()
        self._link_duplicates()
        return self.done

    def _named(self, raw: list[str] | csv.Error, header: list[str]) -> dict[str, str]:
        """The row as a dict by our names, with values stripped."""
        if isinstance(raw, csv.Error):
            raise BadRowError("", f"this is not a valid CSV row: {raw}")
        if len(raw) != len(header):
            raise BadRowError("", f"the row has {len(raw)} values, but the header has {len(header)}")
        for column, value in zip(header, raw, strict=True):
            if not value.isascii() and _NO_TEXT.search(value):
                raise BadRowError(column, f"this is not valid {self.mapping.csv.encoding} text", value)
        return {ours: raw[index].replace("\x00", "").strip() for ours, index in self.at.items()}

    def _row(self, values: dict[str, str], line: int, seen: set[int]) -> Row:
        external_id = values["external_id"]
        if not external_id or len(external_id) > 80:
            raise BadRowError(
                self._theirs("external_id"), "every row needs an id of at most 80 characters", external_id
            )
        if hash(external_id) in seen:
            raise BadRowError(self._theirs("external_id"), "this id appeared earlier in the file", external_id)
        version = self.services.get(values["type"])
        if version is None:
            raise BadRowError(self._theirs("type"), "there is no service for this type", values["type"])
        opened_at = self._time("submitted_at", values)
        if opened_at is None:
            raise BadRowError(self._theirs("submitted_at"), "the opening time is missing")
        closed_at = self._closed_at(values, opened_at)
        status = self.mapping.status.get(values["status"])
        if status is None:
            raise BadRowError(self._theirs("status"), "the mapping does not define this status", values["status"])
        if status == "closed" and closed_at is None:
            raise BadRowError(self._theirs("closed_at"), "it is closed, but has no closing time")
        if max(opened_at, closed_at or opened_at) > self.now + dt.timedelta(days=1):
            raise BadRowError(self._theirs("submitted_at"), "this time is in the future", values["submitted_at"])
        department = self.departments.get(values.get("department", ""))
        if department is None and values.get("department"):
            raise BadRowError(self._theirs("department"), "the city has no such department", values["department"])
        row = Row(line, external_id, History({}))
        self._fill(row, values, version, department or version.department, opened_at, closed_at, status)
        seen.add(hash(external_id))
        return row

    def _fill(
        self,
        row: Row,
        values: dict[str, str],
        version: ServiceVersion,
        department: Department,
        opened_at: dt.datetime,
        closed_at: dt.datetime | None,
        status: str,
    ) -> None:
        closing = _clean(values.get("closing_words", ""))
        ended = status == "closed"
        ending = self.mapping.ending(closing) if ended else None
        point = self._point(row, values)
        address = self.mapping.address(values.get("address", ""))[:300]
        public_point, public_address = public_place(version.visibility, point, address)
        open_as = OPEN_AS.get(status) or Status.ROUTED
        row.history.row = {
            "service_id": version.service_id,
            "service_version_id": version.pk,
            "description": self._description(values),
            "language": values.get("language") or self.language,
            "channel": self.mapping.channels.get(values.get("channel", ""), Channel.IMPORT),
            "point": point,
            "address": address,
            "place_note": values.get("place_note", "")[:300],
            "place_source": "imported" if point or address else "",
            "place_confidence": None,
            "public_point": public_point,
            "public_address": public_address[:300],
            "status": Status.CLOSED if ended else open_as,
            "disposition": ending.disposition if ending else "",
            "priority": version.priority,
            "department_id": department.pk,
            "due_at": self._time("due_at", values),
            "submitted_at": opened_at,
            "routed_at": None if open_as == Status.RECEIVED else opened_at,
            "resolved_at": closed_at if ended else None,
            "closed_at": closed_at if ended else None,
            "updated_at": closed_at or opened_at,
            "last_public_message_at": closed_at if ended else None,
            "external_source": self.mapping.source,
            "external_id": row.external_id,
        }
        if point is None:
            named = {layer: values[f"area:{layer}"] for layer in self.mapping.areas}
            row.history.area_ids = [self.areas[pair] for pair in named.items() if pair in self.areas]
        events = row.history.events
        events.append(
            NewEvent(
                "submitted",
                opened_at,
                {"channel": row.history.row["channel"], "service_code": version.service.service_code},
            )
        )
        if row.history.row["routed_at"]:
            events.append(NewEvent("routed", opened_at, {"department_id": department.pk, "reason": "imported"}))
        events.append(NewEvent("imported", self.now, {"source_status": status}))
        if ending and closed_at:
            self._end(row, closing, closed_at, department)
        elif closing:
            note = NewComment(Comment.Kind.NOTE, closing, self.language, department_id=department.pk)
            events.append(NewEvent("note_added", max(opened_at, closed_at or opened_at), comment=note))

    def _end(self, row: Row, closing: str, closed_at: dt.datetime, department: Department) -> None:
        """The public sees the mapping's words for the outcome. Staff's own closing words may name people, so they become a note."""
        ending = self.mapping.ending(closing)
        words = ending.words.get(self.language) or ending.words.get("en", "")
        public = NewComment(Comment.Kind.OUTCOME, words, self.language, public=True, department_id=department.pk)
        if closing:
            note = NewComment(Comment.Kind.NOTE, closing, self.language, department_id=department.pk)
            row.history.events.append(NewEvent("note_added", closed_at, comment=note))
        row.history.events.append(
            NewEvent("resolved", closed_at, {"disposition": ending.disposition}, comment=public if words else None)
        )
        row.history.events.append(NewEvent("closed", closed_at))
        if ending.disposition == "duplicate" and self.mapping.duplicate_of.match is not None:
            found = self.mapping.duplicate_of.match.search(closing)
            row.duplicate_of = self.mapping.duplicate_of.id.format(found[1]) if found else ""

    def _theirs(self, ours: str) -> str:
        return self.mapping.column_of.get(ours, ours)

    def _time(self, ours: str, values: dict[str, str]) -> dt.datetime | None:
        text = values.get(ours, "")
        if not text:
            return None
        try:
            return self.mapping.time(text, self.zone)
        except (ValueError, OverflowError) as error:
            raise BadRowError(self._theirs(ours), "this is not a valid time", text) from error

    def _closed_at(self, values: dict[str, str], opened_at: dt.datetime) -> dt.datetime | None:
        text = values.get("closed_at", "")
        if not text:
            return None
        try:
            closed_at = self.mapping.closed_time(text, self.zone, opened_at)
        except (ValueError, OverflowError) as error:
            raise BadRowError(self._theirs("closed_at"), "this is not a valid time", text) from error
        if closed_at < opened_at:
            raise BadRowError(self._theirs("closed_at"), "it was closed before it was opened", text)
        return closed_at

    def _description(self, values: dict[str, str]) -> str:
        text = _clean(values.get("description", ""))[:DESCRIPTION_MAX]
        other = values.get(self.mapping.description.unless_same_as, "")
        return "" if other and _letters(text) == _letters(other) else text

    def _point(self, row: Row, values: dict[str, str]) -> Point | None:
        """The location, or None if it is missing, the placeholder for "unknown", or outside the city."""
        longitude, latitude = values.get("longitude", ""), values.get("latitude", "")
        unknown = self.mapping.place.default.column and values.get(":default") in self.mapping.place.default.values
        if not longitude or not latitude or unknown:
            row.geocode = self.mapping.address(values.get("address", "")) if self.mapping.place.geocode else ""
            return None
        try:
            x, y = float(longitude), float(latitude)
        except ValueError as error:
            raise BadRowError(
                self._theirs("longitude"), "these are not coordinates", f"{longitude} {latitude}"
            ) from error
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise BadRowError(self._theirs("longitude"), "these are not coordinates", f"{longitude} {latitude}")
        point = Point(x, y, srid=4326)
        if (x, y) == (0, 0) or (self.boundary is not None and not self.boundary.covers(point)):
            return None
        return point

    # --- Batch by batch -------------------------------------------------------------------------------------------
    def _write(self, batch: list[Row]) -> None:
        if not batch:
            return
        self._geocode([row for row in batch if row.geocode])
        known = self._stored([row.external_id for row in batch])
        self._judge(batch, known)
        new = [row for row in batch if row.external_id not in known]
        changes = []
        for row in batch:
            before = known.get(row.external_id)
            if before is None:
                continue
            if all(_same(before[name], row.history.row[name]) for name in COMPARED):
                self.done.same += 1
            else:
                changes.append((before, row.history))
        with transaction.atomic():
            if new:
                self.writer.write([row.history for row in new])
            if changes:
                self._drop_known_events(changes)
                self.writer.change(changes)
        self.done.new += len(new)
        if new and not self.analyzed:
            # The session keeps its plans of how foreign keys are checked. In tables that were last analyzed while they were empty,
            # these read the whole table for each row, and each batch takes longer than the one before.
            analyze()
            self.analyzed = self.done.new
        self.done.changed += len(changes)
        self.done.without_place += sum(1 for row in batch if row.history.row["point"] is None)
        self.pairs += [(row.external_id, row.duplicate_of) for row in batch if row.duplicate_of]
        self.progress.advance(len(batch))

    def _judge(self, batch: list[Row], stored: dict[str, dict[str, Any]]) -> None:
        """Decides what may be public, as for every report. A known request stays as staff left it, unless its words are new."""
        texts = {row.line: [str(row.history.row[name]) for name in TEXTS] for row in batch}
        lists = review.ModerationLists(self.jurisdiction, chain.from_iterable(texts.values()))
        for row in batch:
            columns, version, before = row.history.row, self._version(row), stored.get(row.external_id)
            reason = ""
            if before is None or any(before[name] != columns[name] for name in TEXTS):
                public = public_words.words_for_everyone(
                    version, text=columns["description"], point=columns["point"], address=columns["address"], answers=()
                )
                words = publication.Words("\n".join(filter(None, texts[row.line])), texts[row.line], public)
                reason = publication.judge(self.jurisdiction, words, lists=lists).reason
                if reason and not version.is_confidential:
                    kinds = publication.personal_data_in(words) if reason == ReviewReason.PERSONAL_DATA else []
                    self.held.add(row.line, row.external_id, reason, " ".join(kinds))
            state = review.public_state_of(version, is_test=False, review_reason=reason)
            if before is not None and state == PublicState.PUBLIC and before["public_state"] != PublicState.PUBLIC:
                state, reason = before["public_state"], before["review_reason"]
            if state in CONFIDENTIAL:
                columns["public_point"], columns["public_address"] = None, ""
            columns["public_state"], columns["review_reason"] = state, "" if version.is_confidential else reason

    def _geocode(self, rows: list[Row]) -> None:
        """Locates rows by address, or else by a nearby house number on the street."""
        spelled = {row.line: spellings(row.geocode) for row in rows}
        keys = {key for readings in spelled.values() for key, _ in readings}
        if not keys:
            return
        entries = GazetteerEntry.objects.filter(jurisdiction=self.jurisdiction, search_key__in=keys)
        points = dict(entries.order_by("-id").values_list("search_key", "point"))
        for row in rows:
            found = next(((points[key], sure) for key, sure in spelled[row.line] if key in points), None)
            if found is None:
                continue
            version = self._version(row)
            columns = row.history.row
            columns["point"], columns["place_confidence"] = found
            columns["public_point"], _ = public_place(version.visibility, found[0], columns["address"])
            row.history.area_ids = []
            self.done.geocoded += 1

    def _version(self, row: Row) -> ServiceVersion:
        pk = row.history.row["service_version_id"]
        return next(version for version in self.services.values() if version.pk == pk)

    def _stored(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        rows = ServiceRequest.objects.filter(
            jurisdiction=self.jurisdiction, external_source=self.mapping.source, external_id__in=ids
        ).exclude(external_id="")
        # The exclusion lets the planner use the partial index on external ids.
        rows = rows.values("id", "external_id", *COMPARED)
        return {row["external_id"]: row for row in rows}

    def _drop_known_events(self, changes: list[tuple[dict[str, Any], History]]) -> None:
        """Drops events that are already in the append-only log."""
        ids = [before["id"] for before, _ in changes]
        logged: dict[int, set[tuple[str, dt.datetime]]] = {}
        for pk, kind, at in Event.objects.filter(service_request__in=ids).values_list(
            "service_request_id", "kind", "at"
        ):
            logged.setdefault(pk, set()).add((kind, at))
        for before, history in changes:
            history.row["id"] = before["id"]
            known = logged.get(before["id"], set())
            history.events = [
                event for event in history.events if event.kind == "imported" or (event.kind, event.at) not in known
            ]
            if before["status"] not in OPEN and history.row["status"] in OPEN:
                history.events.append(NewEvent("reopened", self.now))

    def _link_duplicates(self) -> None:
        """Links duplicates to the request they name, if it was imported and is not a duplicate itself."""
        if not self.pairs:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE requests_app_servicerequest AS child SET duplicate_of_id = parent.id
                FROM unnest(%(children)s::text[], %(parents)s::text[]) AS pair (child_id, parent_id)
                JOIN requests_app_servicerequest AS parent
                  ON parent.jurisdiction_id = %(city)s AND parent.external_source = %(source)s
                 AND parent.external_id = pair.parent_id AND parent.external_id <> ''
                 AND parent.disposition <> 'duplicate'
                WHERE child.jurisdiction_id = %(city)s AND child.external_source = %(source)s
                  AND child.external_id = pair.child_id AND child.external_id <> '' AND child.id <> parent.id
                  AND child.duplicate_of_id IS DISTINCT FROM parent.id""",
                {
                    "children": [child for child, _ in self.pairs],
                    "parents": [parent for _, parent in self.pairs],
                    "city": self.jurisdiction.pk,
                    "source": self.mapping.source,
                },
            )


def _clean(text: str) -> str:
    """clean_text() with a fast path for plain ASCII."""
    return text.strip() if text.isascii() and text.isprintable() else clean_text(text)


def spellings(address: str) -> list[tuple[str, float]]:
    """Gazetteer keys to try, with a confidence each, best first: "12-14 Elm St" may be listed as 12 Elm St."""
    key = search_key(address)
    numbered = re.match(r"^(\d{1,5})\w?(?: \d{1,5}\w?)? (\D.*)$", key)
    if not key or not numbered:
        return [(key, 1.0)] if key else []
    number, street = int(numbered[1]), numbered[2]
    along = [number + step * side for step in range(1, HOUSES_ALONG + 1) for side in (2, -2)]
    if number == 0:
        # "0 Elm St" means that the number was unknown.
        along = []
    return [(key, 1.0), (f"{number} {street}", 0.9), *((f"{house} {street}", 0.6) for house in along if house > 0)]


def service_code(name: str) -> str:
    """A type's name as a code that is safe in URLs."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-")[:60] or "other"


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, GEOSGeometry) and isinstance(now, GEOSGeometry):
        return before.equals_exact(now, 1e-9)
    return bool(before == now)


def _rows(reader: Any) -> Iterator[list[str] | csv.Error]:
    """The file's non-empty rows; a row that csv cannot parse is yielded as its error."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error
        else:
            if row:
                yield row
