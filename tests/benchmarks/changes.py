"""What the change feed and the filters of the list cost: bin/test tests/benchmarks/changes.py -s.

In milliseconds of a quiet core (quiet.py), the application's and the database's, for a hundred rows. The city has CHANGES_REQUESTS
public requests (100,000), all of which changed within the 90 days that the feed keeps. And a report by API, with and without the
triggers that feed it.
"""

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from requests_app import api_keys
from requests_app.actions.publication import public_changes
from requests_app.api.framework import throttling
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.models.api_key import Scope
from tests import factories
from tests.benchmarks import quiet

REQUESTS = int(os.environ.get("CHANGES_REQUESTS", "100000"))
ROUNDS = 15
# Of application and database together, for a hundred changes.
MOST_MS = 30
TRIGGERS = "public_requests_added", "public_request_changed"
LISTS = (
    "requests/?limit=100",
    "requests/?limit=100&sort=ended",
    "requests/?limit=100&sort=oldest&older=1",
    "requests/?limit=100&submitted_after=2026-01-01&submitted_before=2026-02-01",
    "requests/?limit=100&updated_after=2026-01-01&updated_before=2026-01-02",
    "requests/?limit=100&ended_after=2026-01-01&ended_before=2026-01-02",
    "requests/?limit=100&service=pothole,tree&status=in_progress,closed&older=1",
    "requests/?limit=100&bbox=-69.00001,40.4,-68.9,40.50001&older=1",
    "requests/?limit=100&area=ward:5,ward:6&older=1",
)


@pytest.fixture
def city(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Jurisdiction:
    cast = factories.rivermark()
    factories.area(cast.city), factories.area(cast.city, code="6")
    first = factories.routed(cast.pothole, answers={"where": "lane"})
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    ended = "number %% 5 > 0"
    at = "'2026-11-30'::timestamptz - interval '87600 hours' * (number::float / %(count)s)"
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "description": "'Number ' || number || ': a hole as big as a plate, by the “old” bus stop & the café.'",
        "submitted_at": at,
        "updated_at": f"{at} + interval '3 days'",
        "resolved_at": f"CASE WHEN {ended} THEN {at} + interval '3 days' END",
        "status": f"CASE WHEN {ended} THEN 'closed' ELSE 'in_progress' END",
        "disposition": f"CASE WHEN {ended} THEN 'fixed' ELSE '' END",
        "public_point": "ST_Translate(first.public_point, random() / 10, random() / 10)",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %(count)s) AS number CROSS JOIN requests_app_servicerequest AS first
            WHERE first.id = %(first)s""",  # noqa: S608 (column names of our own)
            {"count": REQUESTS, "first": first.pk},
        )
        cursor.execute(
            """
            INSERT INTO requests_app_requestarea (area_id, service_request_id, submitted_at, is_open, public_state)
            SELECT area.id, request.id, request.submitted_at, request.resolved_at IS NULL, 'public'
            FROM requests_app_servicerequest request JOIN requests_app_area area ON request.id % 10 = area.code::int
            """
        )
        # Committed, so that the database forgets the rows as they were before they had a number.
        public_changes.number_all()
        cursor.execute("VACUUM ANALYZE")
    monkeypatch.setattr(throttling, "WITHOUT_KEY_A_MINUTE", 1_000_000)
    return cast.city


def report(name: str, ask: Callable[[], Any]) -> float:
    ask()
    samples = [quiet.sample(ask) for _ in range(ROUNDS)]
    database, application, counted = quiet.median(samples)
    loop = min(one.loop for one in samples)
    print(f"{name:<75} {application:6.1f} + {database:6.1f} ms  (loop {loop:.2f} ms, {counted} of {ROUNDS} counted)")
    return application + database


def get(path: str) -> Any:
    response = WSGIHandler().get_response(RequestFactory().get(f"/api/v1/{path}"))
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def test_a_hundred_changes(city: Jurisdiction) -> None:
    print(f"\n{REQUESTS:,} requests: application + database")
    since = f"{app_now() - dt.timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    cursor = get("changes/?limit=1")["cursor"]
    costs = [
        report("100 changes", lambda: get(f"changes/?cursor={cursor}")),
        report("100 changes, references only", lambda: get(f"changes/?cursor={cursor}&fields=reference")),
        report("100 changes since a moment", lambda: get(f"changes/?since={since}")),
        report("nothing new", lambda: get("changes/?since=now")),
    ]

    def change_and_read() -> None:
        after = get("changes/?since=now")["cursor"]
        with connection.cursor() as database:
            database.execute(
                "UPDATE requests_app_servicerequest SET people_count = people_count + 1 WHERE id IN "
                "(SELECT id FROM requests_app_servicerequest ORDER BY id DESC LIMIT 100)"
            )
        # As the worker does, seconds later.
        public_changes.number(city)
        assert len(get(f"changes/?cursor={after}")["results"]) == 100

    report("100 requests are changed, numbered and read", change_and_read)
    for path in LISTS:
        report(path, lambda path=path: get(path))  # type: ignore[misc]
    assert max(costs) <= MOST_MS
    measure_a_report(city)


def measure_a_report(city: Jurisdiction) -> None:
    """The triggers' share is less than what two measurements differ by."""
    key = api_keys.create(city, "App", scopes=[Scope.REPORT])[1]
    body = {"service": "tree", "description": "A fallen branch.", "place": {"lat": 40.5, "long": -69.0}}
    numbers = iter(range(100_000))

    def send() -> None:
        request = RequestFactory().post(
            "/api/v1/requests/",
            json.dumps({**body, "description": f"A fallen branch, {next(numbers)}."}),
            "application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert WSGIHandler().get_response(request).status_code == 201

    for verb in ("DISABLE", "ENABLE", "DISABLE", "ENABLE"):
        with connection.cursor() as cursor:
            for trigger in TRIGGERS:
                cursor.execute(f"ALTER TABLE requests_app_servicerequest {verb} TRIGGER {trigger}")
        report(f"a report, its triggers {verb.lower()}d", send)
