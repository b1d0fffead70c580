"""What the queue costs, in milliseconds of CPU of the application and of the database, next to a trivial page.

    bin/test tests/benchmarks/queue.py -s
    QUEUE_REQUESTS=1000000 bin/test tests/benchmarks/queue.py -s

One request in a hundred is open. A supervisor of the city and a dispatcher of one department load the queue, "Mine" and a search
for a rare word; twice with the counts of the tabs kept, and once counted again.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import ServiceRequest
from staff_app import tab_counts
from tests import factories
from tests.benchmarks.looking_around import database_ns
from tests.factories import Rivermark

REQUESTS = int(os.environ.get("QUEUE_REQUESTS", "10000"))
OPEN_EVERY = 20 if REQUESTS <= 100_000 else 100
ROUNDS = 20
QUEUE_MS, SEARCH_MS, QUERIES = 40, 50, 8
PAGES = (
    ("trivial page", "/staff/profile/"),
    ("queue", "/staff/"),
    ("mine", "/staff/mine/"),
    ("late", "/staff/?tab=late"),
    ("by priority", "/staff/?sort=priority"),
    ("reported", "/staff/?sort=reported"),
    ("quiet", "/staff/?sort=quiet"),
    ("rare word", "/staff/?q=walrus"),
    ("address", "/staff/?q=4711+elm"),
)


@pytest.fixture
def city(transactional_db: None) -> Rivermark:
    cast = factories.rivermark()
    for n in range(10):
        factories.area(cast.city, "ward", str(n), factories.square(10, 10, 11, 11))
    versions = [*(factories.service(cast.city, f"kind-{n}") for n in range(39)), cast.pothole]
    first = factories.report(versions[0])
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    is_open = f"mod(number, {OPEN_EVERY}) = 0"
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "service_id": "kind.service_id",
        "service_version_id": "kind.version_id",
        "department_id": "kind.department_id",
        "assignee_id": f"CASE WHEN mod(number, {OPEN_EVERY * 10}) = 0 THEN {cast.tom.pk} END",
        "description": "concat('Somebody left ', md5(number::text), CASE WHEN mod(number, 1429) = 0 THEN ' a walrus' END,"
        " ' at the corner, and a few more words for its length')",
        "address": "concat(mod(number, 9000), ' Elm St')",
        "priority": "1 + mod(number / 7, 4)",
        "submitted_at": "now() - number * interval '5 minutes'",
        "updated_at": "now() - number * interval '5 minutes'",
        "due_at": "now() - number * interval '5 minutes' + mod(number, 90) * interval '1 day'",
        "status": f"CASE WHEN {is_open} THEN 'in_progress' ELSE 'closed' END",
        "disposition": f"CASE WHEN {is_open} THEN '' ELSE 'fixed' END",
        "acknowledged_at": "now() - number * interval '4 minutes'",
        "resolved_at": f"CASE WHEN {is_open} THEN NULL ELSE now() END",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH kind AS (
              SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
                AS k(service_id, version_id, department_id, n))
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(%s, 1, -1) AS number
            JOIN kind ON kind.n = 1 + mod(number, 40)
            CROSS JOIN requests_app_servicerequest AS first WHERE first.id = %s""",  # noqa: S608 (column names of our own)
            [
                [v.service_id for v in versions],
                [v.pk for v in versions],
                [v.department_id for v in versions],
                REQUESTS,
                first.pk,
            ],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
            SELECT area.id, one.id, one.submitted_at, one.disposition = '', one.public_state
            FROM requests_app_servicerequest AS one
            JOIN requests_app_area AS area ON area.code = mod(one.id, 10)::text"""
        )
        cursor.execute(
            """
            INSERT INTO requests_app_searchdocument (jurisdiction_id, kind, object_id, language, title, text)
            SELECT jurisdiction_id, 'request', id, language, 'A service', description
            FROM requests_app_servicerequest WHERE public_state = 'public' ORDER BY id"""
        )
        cursor.execute("VACUUM ANALYZE")
    return cast


def cpu_ms(ask: Callable[[], Any]) -> tuple[float, float]:
    ask()
    database, python = database_ns(), time.process_time_ns()
    for _ in range(ROUNDS):
        ask()
    python = time.process_time_ns() - python
    return (database_ns() - database) / ROUNDS / 1e6, python / ROUNDS / 1e6


def test_the_queue_stays_within_its_bars(city: Rivermark, capsys: pytest.CaptureFixture[str]) -> None:
    too_slow = []
    with capsys.disabled():
        print(f"\n{REQUESTS} requests{'':16}{'database':>10}{'python':>10}{'sum':>8}{'queries':>9}{'counted':>9}")
        print(Path("/proc/loadavg").read_text().strip())
        for who in (city.cal, city.tom):
            client = Client()
            client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
            for name, url in PAGES:

                def ask(url: str = url, client: Client = client) -> None:
                    assert client.get(url).status_code == 200

                def ask_counted(url: str = url, client: Client = client, who: Any = who) -> None:
                    tab_counts.forget(who, city.city)
                    client.get(url)

                database, python = cpu_ms(ask)
                counted = sum(cpu_ms(ask_counted))
                with CaptureQueriesContext(connection) as queries:
                    ask()
                total = database + python
                print(f"{who} {name:24}{database:10.1f}{python:10.1f}{total:8.1f}{len(queries):9}{counted:9.1f}")
                most = SEARCH_MS if "q=" in url else QUEUE_MS
                if total > most or ("q=" not in url and len(queries) > QUERIES and name != "trivial page"):
                    too_slow.append(f"{who} {name}: {total:.0f} ms, {len(queries)} queries")
    assert not too_slow
