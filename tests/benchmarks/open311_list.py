"""How much CPU a list of 1,000 requests costs by Open311: bin/test tests/benchmarks/open311_list.py -s.

In milliseconds of this process (not the database's), for each format, without and with extensions; and for a short answer, which
shows what the API costs by itself. Run with nothing else on the machine.
"""

import statistics
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from requests_app.models import ServiceRequest
from tests import factories

REQUESTS = 1000
ROUNDS = 15
PATHS = (
    "requests.json",
    "requests.xml",
    "requests.json?extensions=true",
    "requests.xml?extensions=true",
    "requests.json?page_size=1",
    "services.json",
)
MOST_MS = 1500


@pytest.fixture
def city(db: None) -> None:
    cast = factories.rivermark()
    first = factories.routed(cast.pothole, answers={"where": "lane"})
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "description": "'Number ' || number || ': a hole as big as a plate, by the “old” bus stop & the café.'",
        "submitted_at": "first.submitted_at - number * interval '1 minute'",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %s) AS number CROSS JOIN requests_app_servicerequest AS first WHERE first.id = %s""",  # noqa: S608 (column names of our own)
            [REQUESTS, first.pk],
        )
        cursor.execute("ANALYZE")


def cpu_milliseconds(path: str) -> float:
    """Without Django's test client, which would keep each answer's data in memory."""
    handler, address, taken = WSGIHandler(), f"/open311/v2/{path}", []
    for _ in range(ROUNDS):
        request = RequestFactory().get(address)
        began = time.process_time()
        assert handler.get_response(request).status_code == 200
        taken.append((time.process_time() - began) * 1000)
        del request
    return statistics.median(taken)


def test_a_list_of_a_thousand_costs_little(city: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(Client().get("/open311/v2/requests.json").json()) == REQUESTS
    took = {path: cpu_milliseconds(path) for path in PATHS}
    with capsys.disabled():
        print("\n" + "\n".join(f"{path:34}{took[path]:9.1f} ms CPU" for path in PATHS))
    assert max(took.values()) < MOST_MS
