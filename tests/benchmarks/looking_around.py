"""What list, map, feed and search cost on a million public requests of ten years: bin/test tests/benchmarks/looking_around.py -s.

For each filter, in milliseconds of CPU: the first page, one far on, whether there are older ones, the feed, and the fullest tile
of each zoom. The database's own time comes first, with its parallel workers, then Python's. A tenth lies in one ward; an asset was
reported thrice; one service comes in winter only; "street" is in half of all reports, and "walrus" in seven.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from requests_app.actions.figures import map_cells
from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.places import tiles
from requests_app.places.public_filter import PublicFilter
from requests_app.web.explore import feed, filters
from tests import factories
from tests.pages import tile_at

REQUESTS = 1_000_000
KINDS = 20
ROUNDS = 3
MOST_DATABASE_MS = 60
CENTER = factories.ELM_ST
ZOOMS = range(8, 18)
# "snow": nothing in the last 90 days, and two that are still open.
FILTERS = (
    *("", "category=streets", "service=kind-1", "service=snow", "status=open", "status=ended", "area=ward:1"),
    *(f"near={CENTER[1]},{CENTER[0]},200", f"near={CENTER[1]},{CENTER[0]},5000", "asset=L00417"),
    *("sort=changed", "sort=changed&service=snow", "older=1", "older=1&category=streets", "older=1&service=snow"),
    *(
        "older=1&status=open",
        "older=1&status=ended",
        "older=1&area=ward:1",
        f"older=1&near={CENTER[1]},{CENTER[0]},5000",
    ),
    *("older=1&sort=changed&area=ward:1", "older=1&area=ward:1&service=kind-1"),
    *("q=street", "q=walrus", "q=lantern", "q=street lantern", "q=street walrus", "q=street OR walrus"),
    *(
        "older=1&q=street",
        "older=1&q=walrus",
        "older=1&q=lantern",
        "older=1&q=street&area=ward:1",
        "older=1&q=snow street",
        "q=snow",
    ),
)
# Of each report: in half, in a fiftieth, in one of 200 ways, and in one of some thousand.
WORDS = """
concat_ws(' ', CASE WHEN mod(number, 2) = 0 THEN 'By the street,' ELSE 'At a corner,' END,
  CASE WHEN mod(number, 50) = 7 THEN 'a lantern' END, CASE WHEN mod(number, 150000) = 77 THEN 'a walrus' END,
  'wording' || mod(number * 7, 200), 'and' || md5(mod(number * 13, 5000)::text), 'and a few more words for its length')"""


@pytest.fixture
def city(transactional_db: None) -> Jurisdiction:
    cast = factories.rivermark()
    for n in range(10):
        # Where nothing lies: each request is put into its ward below.
        factories.area(cast.city, "ward", str(n), factories.square(10, 10, 11, 11))
    kinds = [factories.service(cast.city, f"kind-{n}") for n in range(KINDS - 1)]
    snow = factories.service(cast.city, "snow")
    first = factories.report(kinds[0])
    versions = [*kinds, snow]
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    is_open = (
        "(mod(number, 60) = 0 OR number < 9000 AND mod(number, 3) = 0) AND NOT winter OR number IN (699999, 700019)"
    )
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "service_id": "kind.service_id",
        "service_version_id": "kind.version_id",
        "description": WORDS,
        # About 7 km each way, as houses along streets are: many at the same place, and half of them in a quarter of the city.
        "public_point": "ST_SetSRID(ST_MakePoint("
        f"{CENTER[0]} + (mod(number * 79, 400) - 200) * CASE WHEN mod(number, 2) = 0 THEN 0.0002 ELSE 0.0001 END,"
        f"{CENTER[1]} + (mod(number * 101, 300) - 150) * CASE WHEN mod(number, 2) = 0 THEN 0.0002 ELSE 0.0001 END), 4326)",
        "submitted_at": "now() - number * interval '5.25 minutes'",
        "updated_at": "now() - number * interval '5.25 minutes' + mod(number, 40) * interval '6 hours'",
        "status": f"CASE WHEN {is_open} THEN 'routed' ELSE 'closed' END",
        "disposition": f"CASE WHEN {is_open} THEN '' ELSE 'fixed' END",
    }
    with connection.cursor() as cursor:
        # The oldest first, as they came.
        cursor.execute(
            f"""
            WITH kind AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS k(service_id, version_id, n))
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(%s, 1, -1) AS number
            CROSS JOIN LATERAL (SELECT mod(number, {KINDS}) = {KINDS - 1} AS winter) AS season
            JOIN kind ON kind.n = 1 + mod(number, {KINDS})
            CROSS JOIN requests_app_servicerequest AS first
            WHERE first.id = %s AND NOT (winter AND number < 34000)""",  # noqa: S608 (column names of our own)
            [[v.service_id for v in versions], [v.pk for v in versions], REQUESTS, first.pk],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
            SELECT area.id, one.id, one.submitted_at, one.disposition = '', 'public'
            FROM requests_app_servicerequest AS one
            JOIN requests_app_area AS area ON area.code = mod(one.id, 10)::text"""
        )
        cursor.execute(
            """
            INSERT INTO requests_app_searchdocument (jurisdiction_id, kind, object_id, language, title, text)
            SELECT jurisdiction_id, 'request', id, language, 'A service', description
            FROM requests_app_servicerequest ORDER BY id"""
        )
        light = factories.asset(cast.city, "L00417")
        cursor.execute(
            "UPDATE requests_app_servicerequest SET asset_id = %s WHERE reference IN ('00000100', '00001000', '00200001')",
            [light.pk],
        )
        map_cells.fold()
        index_catalog(cast.city)
        cursor.execute("VACUUM ANALYZE")
    return cast.city


def database_ns() -> int:
    """CPU time of our connection and of all processes that PostgreSQL started and ended, such as parallel workers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    status = Path(f"/proc/{backend}/status").read_text()
    server = next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:"))
    ended = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[13:15]
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) + sum(map(int, ended)) * 10_000_000


def cpu_ms(ask: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of the database and of Python, on average, once what is asked is in memory."""
    ask()
    database, python = database_ns(), time.process_time_ns()
    for _ in range(ROUNDS):
        ask()
    python = time.process_time_ns() - python
    return (database_ns() - database) / ROUNDS / 1e6, python / ROUNDS / 1e6


def asked(city: Jurisdiction, query: str) -> Callable[[], PublicFilter]:
    """A new filter for each round, since a filter remembers what it found."""
    parameters = dict(part.split("=") for part in query.split("&") if part)
    return lambda: PublicFilter(city, parameters)


def costs(chosen: Callable[[], PublicFilter]) -> Iterator[tuple[float, float]]:
    cursor = None
    for _ in range(8):
        cursor = filters.page(chosen(), cursor, 25).next_cursor or cursor
    yield cpu_ms(lambda: filters.page(chosen(), None, 25))
    yield cpu_ms(lambda: filters.page(chosen(), cursor, 25))
    yield cpu_ms(lambda: chosen().has_older())
    yield cpu_ms(lambda: list(feed.changes(chosen())))
    for zoom in ZOOMS:
        tile = tiles.Tile(zoom, *tile_at(zoom, *CENTER))
        yield cpu_ms(lambda: tiles.request_tile(chosen(), tile, "en", "UTC"))  # noqa: B023 (asked at once)


def test_every_choice_is_quick(city: Jurisdiction, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("first", "ninth", "older", "feed", *(f"z {zoom}" for zoom in ZOOMS))
    with capsys.disabled():
        print(f"\n{'':42}" + "".join(f"{name:>9}" for name in names))
        too_slow = []
        for query in FILTERS:
            took = list(costs(asked(city, query)))
            print(
                f"{query or 'no filter':42}" + "".join(f"{database:5.0f}+{python:<3.0f}" for database, python in took)
            )
            slow = [
                f"{query} {name}"
                for name, (database, _) in zip(names, took, strict=True)
                if database > MOST_DATABASE_MS
            ]
            too_slow += slow
    assert not too_slow
