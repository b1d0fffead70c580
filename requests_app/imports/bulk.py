"""Writing many requests with their history at once, by COPY: beside the actions, for what happened before or elsewhere.

Nothing here reacts: no mail, no routing, no outbox row. Events say where they come from (source import or demo).
"""

import datetime as dt
import json
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db import connection, models, transaction

from requests_app import references
from requests_app.actions.counters import LEVEL
from requests_app.actions.search_index import index_requests
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
    RequestArea,
    RoutingDecision,
    SearchDocument,
    ServiceRequest,
)

# As places/ownership.py: maps are rounded, and a point on the border is the city's.
BORDER = 0.00001
OPEN_CODES = [status.value for status in OPEN]
# Areas outside, points inside: PostGIS then prepares each polygon once, instead of unpacking it for each point.
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
class Said:
    """Words, which an event points at. by: the index of a person of this history, or a member of staff, or neither."""

    kind: str
    text: str
    language: str = "en"
    public: bool = False
    user_id: int | None = None
    person: int | None = None
    department_id: int | None = None


@dataclass(slots=True)
class Happened:
    """One event. person: the index of one of the history's people."""

    kind: str
    at: dt.datetime
    data: dict[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    person: int | None = None
    said: Said | None = None


@dataclass(slots=True)
class Someone:
    """A resident of this request: their contacts as (kind, as typed, normalized), the first is where news goes."""

    role: str
    at: dt.datetime
    name: str = ""
    language: str = "en"
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    link: bool = False


@dataclass(slots=True)
class History:
    """One request as it stands (`row`: its columns, foreign keys as …_id), and how it came to that."""

    row: dict[str, Any]
    happened: list[Happened] = field(default_factory=list)
    people: list[Someone] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    # Areas that the file names where the request has no point: area ids.
    area_ids: list[int] = field(default_factory=list)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many ids of the model's own sequence, so that rows can point at each other before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def new_references(count: int) -> list[str]:
    """So many references that nobody has."""
    made: set[str] = set()
    while len(made) < count:
        fresh = {references.new_reference() for _ in range(count - len(made))} - made
        taken = ServiceRequest.objects.filter(reference__in=fresh).values_list("reference", flat=True)
        made |= fresh - set(taken)
    return list(made)


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What a column holds if nothing is said, as the model says; without columns that the database fills."""
    return {
        column.attname: column.get_default()
        for column in model._meta.concrete_fields
        if not (column.primary_key or getattr(column, "generated", False) or column.has_db_default())
    }


def copy_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Appends rows by COPY. All must say the same columns beyond those that have a default."""
    if not rows:
        return
    defaults = _defaults(model)
    said = {*defaults, *rows[0]}
    columns = [column for column in model._meta.concrete_fields if column.attname in said]
    names = [column.attname for column in columns]
    special = [(number, plain) for number, column in enumerate(columns) if (plain := _plain(column))]
    quote = connection.ops.quote_name
    listed = ", ".join(quote(str(column.column)) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN") as copy,
    ):
        for row in rows:
            whole = {**defaults, **row}
            values = [whole[name] for name in names]
            for number, plain in special:
                if values[number] is not None:
                    values[number] = plain(values[number])
            copy.write_row(values)


def _plain(column: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a value of this column is written, where that is not by itself."""
    if isinstance(column, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(column, GeometryField):
        return lambda shape: shape.hexewkb.decode()
    if column.choices:
        return lambda value: value.value if isinstance(value, models.Choices) else value
    return None


def analyze() -> None:
    """Tells the planner of so many new rows: it, and the first page that shows them, would go by an empty table."""
    with connection.cursor() as cursor:
        for model in (ServiceRequest, Event, Comment, RequestArea, Clock, Participation, SearchDocument):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


class BulkWriter:
    """Writes histories of one jurisdiction in batches, each whole or not at all."""

    def __init__(self, jurisdiction: Jurisdiction, *, source: str) -> None:
        self.jurisdiction = jurisdiction
        self.source = source
        self.zone = jurisdiction.zone

    @transaction.atomic
    def write(self, histories: Sequence[History]) -> list[int]:
        """Appends new requests; their ids, in order. A row that holds its `id` already keeps it (see next_ids)."""
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
            [{"service_request_id": one.row["id"], **row} for one in histories for row in one.decisions],
        )
        copy_rows(Answer, [{"service_request_id": one.row["id"], **row} for one in histories for row in one.answers])
        copy_rows(Clock, [{"service_request_id": one.row["id"], **row} for one in histories for row in one.clocks])
        ids = [history.row["id"] for history in histories]
        self._place(ids, {one.row["id"]: one.area_ids for one in histories if one.area_ids})
        index_requests(ids)
        self._count((one.row, 1) for one in histories)
        return ids

    @transaction.atomic
    def change(self, changes: Sequence[tuple[dict[str, Any], History]]) -> None:
        """Brings requests up to date: (the row as it was, the history as it is now); `happened` holds only what is new."""
        columns = [name for name in changes[0][1].row if name not in ("id", "jurisdiction_id", "reference")]
        requests = [ServiceRequest(**history.row) for _, history in changes]
        ServiceRequest.objects.bulk_update(requests, columns, batch_size=500)
        self._append([history for _, history in changes])
        ids = [history.row["id"] for _, history in changes]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM requests_app_requestarea WHERE service_request_id = ANY(%s)", [ids])
        self._place(ids, {one.row["id"]: one.area_ids for _, one in changes if one.area_ids})
        index_requests(ids)
        self._count([(before, -1) for before, _ in changes] + [(history.row, 1) for _, history in changes])

    # --- The tables around a request ------------------------------------------------------------------------------
    def _append(self, histories: Sequence[History]) -> None:
        """People, words and events, which are only ever added."""
        people = [(history, someone) for history in histories for someone in history.people]
        person_ids = dict(zip([id(someone) for _, someone in people], next_ids(Person, len(people)), strict=True))
        self._people(people, person_ids)

        def person_of(history: History, index: int | None) -> int | None:
            return None if index is None else person_ids[id(history.people[index])]

        happened = [(history, one) for history in histories for one in history.happened]
        # Order is by id: within a batch, what happened first comes first.
        happened.sort(key=lambda pair: pair[1].at)
        speaking = [(history, one, one.said) for history, one in happened if one.said]
        comment_ids = next_ids(Comment, len(speaking))
        copy_rows(
            Comment,
            [
                {
                    "id": pk,
                    "service_request_id": history.row["id"],
                    "kind": said.kind,
                    "text": said.text,
                    "language": said.language,
                    "public": said.public,
                    "user_id": said.user_id,
                    "person_id": person_of(history, said.person),
                    "department_id": said.department_id,
                    "created_at": one.at,
                }
                for pk, (history, one, said) in zip(comment_ids, speaking, strict=True)
            ],
        )
        comment_of = {id(one): pk for pk, (_, one, _) in zip(comment_ids, speaking, strict=True)}
        copy_rows(
            Event,
            [
                {
                    "jurisdiction_id": self.jurisdiction.pk,
                    "service_request_id": history.row["id"],
                    "kind": one.kind,
                    "at": one.at,
                    "user_id": one.user_id,
                    "person_id": person_of(history, one.person),
                    "data": one.data if one.said is None else {**one.data, "comment_id": comment_of[id(one)]},
                    "source": self.source,
                }
                for history, one in happened
            ],
        )

    def _people(self, people: Sequence[tuple[History, Someone]], person_ids: Mapping[int, int]) -> None:
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
        """The areas that each request lies in, as places/ownership.py says it: all that hold the point, else one at the border."""
        given: dict[str, Any] = {"ids": ids, "city": self.jurisdiction.pk, "open": OPEN_CODES, "border": BORDER}
        with connection.cursor() as cursor:
            cursor.execute(AREAS, given)
            if named:
                given["requests"] = [pk for pk, areas in named.items() for _ in areas]
                given["areas"] = [area for areas in named.values() for area in areas]
                cursor.execute(NAMED_AREAS, given)

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
