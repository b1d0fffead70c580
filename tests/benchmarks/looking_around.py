"""How long list, map and feed take on 300,000 public requests of ten years: bin/test tests/benchmarks/looking_around.py -s.

What each choice asks the database for, in milliseconds: the first page, one far on, whether there are older ones, the feed, and
the fullest tile from near and from afar. A tenth lies in one ward; a thing was reported thrice; one kind comes in winter only.
Run with nothing else on the machine.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.places import tiles
from requests_app.places.public_filter import PublicFilter
from requests_app.web.explore import feed, filters
from tests import factories
from tests.pages import tile_at

REQUESTS = 300_000
KINDS = 20
MOST_MS = 250
CENTER = factories.ELM_ST
# "snow": nothing in the last 90 days, and two that are still open.
FILTERS = (
    *("", "category=streets", "service=kind-1", "service=snow", "status=open", "status=ended", "area=ward:1"),
    *(f"near={CENTER[1]},{CENTER[0]},200", f"near={CENTER[1]},{CENTER[0]},5000", "asset=L00417"),
    *(
        "older=1",
        "older=1&service=snow",
        "sort=changed",
        "sort=changed&service=snow",
        "older=1&sort=changed&area=ward:1",
    ),
)


@pytest.fixture
def city(db: None) -> Jurisdiction:
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
        "(mod(number, 60) = 0 OR number < 3000 AND mod(number, 3) = 0) AND NOT winter OR number IN (199999, 200019)"
    )
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "service_id": "kind.service_id",
        "service_version_id": "kind.version_id",
        # About 7 km each way, as houses along streets are: many at the same place.
        "public_point": f"ST_SetSRID(ST_MakePoint({CENTER[0]} + (mod(number * 79, 400) - 200) * 0.0002,"
        f" {CENTER[1]} + (mod(number * 101, 300) - 150) * 0.0002), 4326)",
        "submitted_at": "now() - number * interval '17.5 minutes'",
        "updated_at": "now() - number * interval '17.5 minutes' + mod(number, 40) * interval '6 hours'",
        "status": f"CASE WHEN {is_open} THEN 'routed' ELSE 'closed' END",
        "disposition": f"CASE WHEN {is_open} THEN '' ELSE 'fixed' END",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH kind AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS k(service_id, version_id, n))
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %s) AS number
            CROSS JOIN LATERAL (SELECT mod(number, {KINDS}) = {KINDS - 1} AS winter) AS season
            JOIN kind ON kind.n = 1 + mod(number, {KINDS})
            CROSS JOIN requests_app_servicerequest AS first
            WHERE first.id = %s AND NOT (winter AND number < 10000)""",  # noqa: S608 (column names of our own)
            [[v.service_id for v in versions], [v.pk for v in versions], REQUESTS, first.pk],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
            SELECT area.id, one.id, one.submitted_at, one.disposition = '', 'public'
            FROM requests_app_servicerequest AS one
            JOIN requests_app_area AS area ON area.code = mod(one.id, 10)::text"""
        )
        light = factories.asset(cast.city, "L00417")
        cursor.execute(
            "UPDATE requests_app_servicerequest SET asset_id = %s WHERE reference IN ('00000100', '00001000', '00200001')",
            [light.pk],
        )
        cursor.execute("ANALYZE")
    return cast.city


def milliseconds(ask: Callable[[], Any]) -> float:
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def test_every_choice_is_quick(city: Jurisdiction, capsys: pytest.CaptureFixture[str]) -> None:
    lines, slowest = [], 0.0
    near, far = tiles.Tile(15, *tile_at(15, *CENTER)), tiles.Tile(12, *tile_at(12, *CENTER))
    for query in FILTERS:
        asked = dict(part.split("=") for part in query.split("&") if part)
        chosen = PublicFilter(city, asked)
        cursor = None
        for _ in range(8):
            cursor = filters.page(chosen, cursor, 25).next_cursor or cursor
        took = [
            milliseconds(lambda: filters.page(chosen, None, 25)),  # noqa: B023 (asked at once)
            milliseconds(lambda: filters.page(chosen, cursor, 25)),  # noqa: B023
            milliseconds(chosen.has_older),
            milliseconds(lambda: list(feed.changes(chosen))),  # noqa: B023
            milliseconds(lambda: tiles.request_tile(chosen.requests(), near, "en", "UTC")),  # noqa: B023
            milliseconds(lambda: tiles.request_tile(chosen.requests(), far, "en", "UTC")),  # noqa: B023
        ]
        lines.append(f"{query or 'no filter':42}" + "".join(f"{one:9.1f}" for one in took))
        slowest = max(slowest, *took)
    with capsys.disabled():
        print(f"\n{'':42}" + "".join(f"{name:>9}" for name in ("first", "ninth", "older", "feed", "z 15", "z 12")))
        print("\n".join(lines))
    assert slowest < MOST_MS
