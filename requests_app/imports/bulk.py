"""Bulk inserts of requests with their history, by COPY, for imports and demo data. Bypasses the actions.

Nothing follows from these writes: no email, no routing, no outbox row. Events have the source "import" or "demo".
"""

import datetime as dt
import json
import uuid
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db import connection, models, transaction

from requests_app import references
from requests_app.actions.shared.counters import LEVEL
from requests_app.actions.shared.search_index import index_requests
from requests_app.models import (
    OPEN,
    AccessLink,
    Answer,
    Clock,
    Comment,
    ContactPoint,
    CounterDelta,
    Event,
    Jurisdiction,
    Participation,
    Person,
    Photo,
    RequestArea,
    RoutingDecision,
    SearchDocument,
    ServiceRequest,
)

# In degrees, as in places/ownership.py: maps are rounded, and a point on the border belongs to the city.
BORDER = 0.00001
OPEN_CODES = [status.value for status in OPEN]
# Loop over areas outside and points inside: PostGIS then prepares each polygon once, not for each point.
AREAS = """
WITH batch AS MATERIALIZED (
    SELECT id, point, submitted_at, status = ANY(%(open)s) AS is_open, public_state
    FROM requests_app_servicerequest WHERE id = ANY(%(ids)s) AND point IS NOT NULL),
areas AS MATERIALIZED (
    SELECT id, layer, code, polygon FROM requests_app_area WHERE jurisdiction_id = %(city)s AND is_ours),
inside AS MATERIALIZED (
    SELECT areas.id AS area_id, areas.layer, held.id
    FROM areas CROSS JOIN LATERAL (
        SELECT id FROM batch WHERE ST_Contains(areas.polygon, batch.point) OFFSET 0) AS held),
missing AS MATERIALIZED (
    SELECT batch.id, layers.layer FROM batch CROSS JOIN (SELECT DISTINCT layer FROM areas) AS layers
    EXCEPT SELECT id, layer FROM inside),
touching AS (
    SELECT DISTINCT ON (missing.id, areas.layer) areas.id AS area_id, missing.id
    FROM missing JOIN batch USING (id) JOIN areas ON areas.layer = missing.layer
      AND areas.polygon && ST_Expand(batch.point, %(border)s) AND ST_DWithin(areas.polygon, batch.point, %(border)s)
    ORDER BY missing.id, areas.layer, areas.code)
INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
SELECT found.area_id, batch.id, batch.submitted_at, batch.is_open, batch.public_state
FROM (SELECT area_id, id FROM inside UNION ALL SELECT area_id, id FROM touching) AS found JOIN batch USING (id)
"""
NAMED_AREAS = """
INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
SELECT pair.area_id, r.id, r.submitted_at, r.status = ANY(%(open)s), r.public_state
FROM unnest(%(requests)s::bigint[], %(areas)s::bigint[]) AS pair (request_id, area_id)
JOIN requests_app_servicerequest r ON r.id = pair.request_id
ON CONFLICT DO NOTHING
"""


@dataclass(slots=True)
class NewComment:
    """A comment that an event refers to. person: an index into the history's people."""

    kind: str
    text: str
    language: str = "en"
    public: bool = False
    user_id: int | None = None
    person: int | None = None
    department_id: int | None = None


@dataclass(slots=True)
class NewEvent:
    """One event. person: an index into the history's people."""

    kind: str
    at: dt.datetime
    data: dict[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    person: int | None = None
    comment: NewComment | None = None


@dataclass(slots=True)
class NewPerson:
    """A resident on this request. contacts: (kind, as typed, normalized); updates go to the first."""

    role: str
    at: dt.datetime
    name: str = ""
    language: str = "en"
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    link: bool = False


@dataclass(slots=True)
class History:
    """One request and its history. row: its columns, foreign keys as …_id."""

    row: dict[str, Any]
    events: list[NewEvent] = field(default_factory=list)
    people: list[NewPerson] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    # Their files are stored already.
    photos: list[dict[str, Any]] = field(default_factory=list)
    # Ids of areas named in the file, for a request without a point.
    area_ids: list[int] = field(default_factory=list)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids from the model's sequence, so that rows can refer to each other before they are inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def new_references(count: int) -> list[str]:
    """Unused reference numbers."""
    unused: set[str] = set()
    while len(unused) < count:
        fresh = {references.new_reference() for _ in range(count - len(unused))} - unused
        taken = ServiceRequest.objects.filter(reference__in=fresh).values_list("reference", flat=True)
        unused |= fresh - set(taken)
    return list(unused)


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """The model's default for each column, except columns that the database fills."""
    return {
        column.attname: column.get_default()
        for column in model._meta.concrete_fields
        if not (column.primary_key or getattr(column, "generated", False) or column.has_db_default())
    }


@cache
def _random(model: type[models.Model]) -> list[str]:
    """Columns of which each row needs a value of its own."""
    return [column.attname for column in model._meta.concrete_fields if column.default is uuid.uuid4]


def copy_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows by COPY. All rows must have the same columns, apart from those with a default."""
    if not rows:
        return
    defaults, random = _defaults(model), _random(model)
    written = {*defaults, *rows[0]}
    columns = [column for column in model._meta.concrete_fields if column.attname in written]
    names = [column.attname for column in columns]
    converters = [(number, convert) for number, column in enumerate(columns) if (convert := _converter(column))]
    quote = connection.ops.quote_name
    listed = ", ".join(quote(str(column.column)) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN") as copy,
    ):
        for row in rows:
            whole = {**defaults, **{name: uuid.uuid4() for name in random}, **row}
            values = [whole[name] for name in names]
            for number, convert in converters:
                if values[number] is not None:
                    values[number] = convert(values[number])
            copy.write_row(values)


def _converter(column: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """Converts a value of this column for COPY; None if psycopg can write it as is."""
    if isinstance(column, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(column, GeometryField):
        return lambda shape: shape.hexewkb.decode()
    if column.choices:
        return lambda value: value.value if isinstance(value, models.Choices) else value
    return None


def analyze() -> None:
    """Updates the planner's statistics; otherwise the first queries would be planned for empty tables."""
    with connection.cursor() as cursor:
        for model in (ServiceRequest, Event, Comment, RequestArea, Clock, Participation, SearchDocument):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


class BulkWriter:
    """Writes histories of one jurisdiction, each batch in one transaction."""

    def __init__(self, jurisdiction: Jurisdiction, *, source: str) -> None:
        self.jurisdiction = jurisdiction
        self.source = source
        self.zone = jurisdiction.zone

    @transaction.atomic
    def write(self, histories: Sequence[History]) -> list[int]:
        """Inserts new requests and returns their ids, in order. A row may bring its own `id` (see next_ids)."""
        missing = [history for history in histories if "id" not in history.row]
        for history, pk in zip(missing, next_ids(ServiceRequest, len(missing)), strict=True):
            history.row["id"] = pk
        for history, reference in zip(histories, new_references(len(histories)), strict=True):
            history.row.setdefault("reference", reference)
            history.row["jurisdiction_id"] = self.jurisdiction.pk
        copy_rows(ServiceRequest, [history.row for history in histories])
        self._append(histories)
        copy_rows(
            RoutingDecision,
            [{"service_request_id": history.row["id"], **row} for history in histories for row in history.decisions],
        )
        copy_rows(
            Answer,
            [{"service_request_id": history.row["id"], **row} for history in histories for row in history.answers],
        )
        copy_rows(
            Clock,
            [{"service_request_id": history.row["id"], **row} for history in histories for row in history.clocks],
        )
        copy_rows(
            Photo,
            [
                {"service_request_id": history.row["id"], "jurisdiction_id": self.jurisdiction.pk, **row}
                for history in histories
                for row in history.photos
            ],
        )
        ids = [history.row["id"] for history in histories]
        self._place(ids, {history.row["id"]: history.area_ids for history in histories if history.area_ids})
        index_requests(ids)
        self._count((history.row, 1) for history in histories)
        return ids

    @transaction.atomic
    def change(self, changes: Sequence[tuple[dict[str, Any], History]]) -> None:
        """Updates requests, given as (old row, new history); `events` holds only new events."""
        columns = [name for name in changes[0][1].row if name not in ("id", "jurisdiction_id", "reference")]
        requests = [ServiceRequest(**history.row) for _, history in changes]
        ServiceRequest.objects.bulk_update(requests, columns, batch_size=500)
        self._append([history for _, history in changes])
        ids = [history.row["id"] for _, history in changes]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM requests_app_requestarea WHERE service_request_id = ANY(%s)", [ids])
        self._place(ids, {history.row["id"]: history.area_ids for _, history in changes if history.area_ids})
        index_requests(ids)
        self._count([(before, -1) for before, _ in changes] + [(history.row, 1) for _, history in changes])

    # --- The tables around a request ------------------------------------------------------------------------------
    def _append(self, histories: Sequence[History]) -> None:
        """Inserts people, comments and events."""
        people = [(history, someone) for history in histories for someone in history.people]
        person_ids = dict(zip([id(someone) for _, someone in people], next_ids(Person, len(people)), strict=True))
        self._people(people, person_ids)

        def person_of(history: History, index: int | None) -> int | None:
            return None if index is None else person_ids[id(history.people[index])]

        events = [(history, event) for history in histories for event in history.events]
        # Events are ordered by id, so insert them by time.
        events.sort(key=lambda pair: pair[1].at)
        with_comment = [(history, event, event.comment) for history, event in events if event.comment]
        comment_ids = next_ids(Comment, len(with_comment))
        copy_rows(
            Comment,
            [
                {
                    "id": pk,
                    "service_request_id": history.row["id"],
                    "kind": comment.kind,
                    "text": comment.text,
                    "language": comment.language,
                    "public": comment.public,
                    "user_id": comment.user_id,
                    "person_id": person_of(history, comment.person),
                    "department_id": comment.department_id,
                    "created_at": event.at,
                }
                for pk, (history, event, comment) in zip(comment_ids, with_comment, strict=True)
            ],
        )
        comment_of = {id(event): pk for pk, (_, event, _) in zip(comment_ids, with_comment, strict=True)}
        copy_rows(
            Event,
            [
                {
                    "jurisdiction_id": self.jurisdiction.pk,
                    "service_request_id": history.row["id"],
                    "kind": event.kind,
                    "at": event.at,
                    "user_id": event.user_id,
                    "person_id": person_of(history, event.person),
                    "data": event.data
                    if event.comment is None
                    else {**event.data, "comment_id": comment_of[id(event)]},
                    "source": self.source,
                }
                for history, event in events
            ],
        )

    def _people(self, people: Sequence[tuple[History, NewPerson]], person_ids: Mapping[int, int]) -> None:
        copy_rows(
            Person,
            [
                {
                    "id": person_ids[id(someone)],
                    "jurisdiction_id": self.jurisdiction.pk,
                    "name": someone.name,
                    "language": someone.language,
                    "may_be_called": any(kind == "phone" for kind, _, _ in someone.contacts),
                    "created_at": someone.at,
                }
                for _, someone in people
            ],
        )
        contacts = [(someone, contact) for _, someone in people for contact in someone.contacts]
        first: dict[int, int] = {}
        rows = []
        for (someone, (kind, value, normalized)), pk in zip(
            contacts, next_ids(ContactPoint, len(contacts)), strict=True
        ):
            person_id = person_ids[id(someone)]
            first.setdefault(person_id, pk)
            rows.append(
                {
                    "id": pk,
                    "person_id": person_id,
                    "kind": kind,
                    "value": value,
                    "normalized": normalized,
                    "created_at": someone.at,
                }
            )
        copy_rows(ContactPoint, rows)
        copy_rows(
            Participation,
            [
                {
                    "person_id": person_ids[id(someone)],
                    "service_request_id": history.row["id"],
                    "role": someone.role,
                    "contact_point_id": first.get(person_ids[id(someone)]),
                    "created_at": someone.at,
                }
                for history, someone in people
            ],
        )
        copy_rows(
            AccessLink,
            [
                {
                    "person_id": person_ids[id(someone)],
                    "service_request_id": history.row["id"],
                    "created_at": someone.at,
                }
                for history, someone in people
                if someone.link
            ],
        )

    def _place(self, ids: list[int], named: Mapping[int, list[int]]) -> None:
        """Links requests to areas, as places/ownership.py does: all that contain the point, else one at the border."""
        parameters: dict[str, Any] = {"ids": ids, "city": self.jurisdiction.pk, "open": OPEN_CODES, "border": BORDER}
        with connection.cursor() as cursor:
            cursor.execute(AREAS, parameters)
            if named:
                parameters["requests"] = [pk for pk, areas in named.items() for _ in areas]
                parameters["areas"] = [area for areas in named.values() for area in areas]
                cursor.execute(NAMED_AREAS, parameters)

    def _count(self, rows: Iterable[tuple[Mapping[str, Any], int]]) -> None:
        tally: Tally[tuple[str, dt.date, int, str]] = Tally()
        for row, sign in rows:
            day = row["submitted_at"].astimezone(self.zone).date()
            tally["submitted", day, row["service_id"], row["public_state"]] += sign
            if row["status"] in OPEN:
                tally["open", LEVEL, row["service_id"], row["public_state"]] += sign
        copy_rows(
            CounterDelta,
            [
                {
                    "jurisdiction_id": self.jurisdiction.pk,
                    "measure": measure,
                    "day": day,
                    "service_id": service_id,
                    "public_state": public_state,
                    "delta": delta,
                }
                for (measure, day, service_id, public_state), delta in tally.items()
                if delta
            ],
        )
