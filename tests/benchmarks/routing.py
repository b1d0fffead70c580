"""How long a draft of routing rules takes on a real city's 58,251 cases: bin/test tests/benchmarks/routing.py -s.

The target is 60 s of processor time, ours and PostgreSQL's. The cases hold no residents' words; word rules are looked for in their
titles anyway, so that their cost is in the figure.
"""

import datetime as dt
import time
from pathlib import Path

import pytest
from django.db import connection

from requests_app.actions.routing import simulation as routing_simulation
from requests_app.actions.routing import versions
from requests_app.imports.city import load_city
from requests_app.imports.progress import Progress
from requests_app.imports.requests import import_requests
from requests_app.models import Area, Department, Jurisdiction, RoutingRule, Service, ServiceRequest
from tests import factories
from tests.benchmarks.import_requests import CASES, database_seconds
from tests.real_data import real_data
from tests.requests_app.imports.boston import boston_folder

SECONDS = 60


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_tried_on_a_real_city_within_a_minute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = real_data("boston/boston_311_crm_2011h2.csv.gz")
    load_city(boston_folder(tmp_path, requests=False), progress=Progress())
    city = Jurisdiction.objects.get()
    import_requests(city, file, Path("boston"), progress=Progress(), rejects=tmp_path / "rejects.csv")
    services = list(Service.objects.filter(jurisdiction=city).values_list("service_code", flat=True))
    departments = list(Department.objects.filter(jurisdiction=city).values_list("code", flat=True))
    wards = [area.code for area in Area.objects.filter(jurisdiction=city, layer="ward")]
    factories.calendar(city, "office", always=False, hours={day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed")})
    in_use = [
        {
            "name": f"Service {number}",
            "when": {"services": [code]},
            "department": departments[number % len(departments)],
        }
        for number, code in enumerate(services[:40])
    ]
    versions.publish(city, in_use, actor=None)
    draft = [
        {"name": "Words", "when": {"words": ["missed trash", "pothole"]}, "department": departments[0]},
        {"name": "Wards", "when": {"areas": {"layer": "ward", "codes": wards[:5]}, "priorities": [2, 3]},
         "department": departments[1]},
        {"name": "Nights", "when": {"hours": "18:00-07:00", "channels": ["phone"]}, "department": departments[2]},
        {"name": "Closed", "when": {"working_hours": {"calendar": "office", "open": False}, "services": services[:20]},
         "department": departments[-1]},
        *in_use,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    simulation = None
    busy, stored, began = time.process_time(), database_seconds(), time.monotonic()
    simulation = routing_simulation.start(city, draft, actor=None, since=dt.datetime(2011, 1, 1, tzinfo=dt.UTC))
    factories.run_worker()
    busy, stored, took = time.process_time() - busy, database_seconds() - stored, time.monotonic() - began
    simulation.refresh_from_db()
    with capsys.disabled():
        print(
            f"\nsimulation: {simulation.replayed:,} requests, {simulation.moved:,} elsewhere, {took:.1f} s "
            f"(processor: {busy:.1f} s ours, {stored:.1f} s PostgreSQL), {len(draft)} rules"
        )
    assert simulation.finished_at is not None
    assert simulation.replayed == ServiceRequest.objects.count() == CASES
    assert busy + stored < SECONDS
    assert RoutingRule.objects.filter(active=True).count() == len(in_use)
