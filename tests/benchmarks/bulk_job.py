"""A bulk job on 10,000 requests by a real worker, which is killed in the middle: bin/test tests/benchmarks/bulk_job.py -s.

Prints rows per second before the kill and after it. Each request must have been done exactly once.
"""

import os
import time
from pathlib import Path

import pytest
from django.db.models import Count

from requests_app.actions.work import bulk_jobs
from requests_app.models import BulkJob, BulkRow, Event, ServiceRequest
from tests.benchmarks import staff_city
from tests.live import Site, wait_for

ROWS = int(os.environ.get("BULK_ROWS", str(bulk_jobs.MOST)))
TOO_LONG_S = 3600


def done(job: BulkJob) -> int:
    return BulkRow.objects.filter(job=job).exclude(state=BulkRow.State.WAITING).count()


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_no_row(live_site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    live_site.kill("worker")
    cast = staff_city.build(ROWS, open_every=1)
    selected = ServiceRequest.objects.filter(status__in=("routed", "in_progress"), reference__lte=f"{ROWS:08}")
    written = [{"verb": "note", "text": "Seen together.", "audience": "department"}]
    job = bulk_jobs.start(cast.city, selected, written, actor=cast.tom)
    began = time.monotonic()
    live_site.start("worker")
    wait_for(lambda: done(job) >= ROWS / 2, seconds=TOO_LONG_S)
    live_site.kill("worker")
    half, half_s = done(job), time.monotonic() - began
    began = time.monotonic()
    live_site.start("worker")
    wait_for(lambda: BulkJob.objects.filter(pk=job.pk).exclude(finished_at=None).exists(), seconds=TOO_LONG_S)
    rest_s = time.monotonic() - began
    job.refresh_from_db()
    notes = Event.objects.filter(kind="note_added", service_request__in=selected.values("pk"))
    twice = notes.values("service_request").annotate(times=Count("pk")).exclude(times=1)
    with capsys.disabled():
        print(f"\nload {Path('/proc/loadavg').read_text().split()[0]}")
        print(f"before the kill: {half} rows in {half_s:.0f} s, {half / half_s:.0f} rows a second")
        print(
            f"after it:        {job.total - half} rows in {rest_s:.0f} s, {(job.total - half) / rest_s:.0f} rows a second"
        )
    assert (job.total, job.done, job.refused) == (ROWS, ROWS, 0)
    assert notes.count() == ROWS
    assert not twice.exists()
