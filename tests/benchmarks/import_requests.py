"""How long a real city's 58,251 cases take to import, and how much memory: bin/test tests/benchmarks/import_requests.py -s.

The target is 60 s on two cores with flat memory. Run with nothing else on the machine.
"""

import os
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from requests_app.imports.city import load_city
from requests_app.imports.progress import Progress
from requests_app.imports.requests import import_requests
from requests_app.models import Event, Jurisdiction, RequestArea, ServiceRequest
from tests.real_data import real_data
from tests.requests_app.imports.boston import boston_folder

SECONDS = 60
CASES = 58_251


def megabytes() -> float:
    """What this process holds now, not at its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def database_seconds() -> float:
    """How long this connection's PostgreSQL process has worked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.django_db(transaction=True)
def test_a_real_city_is_imported_within_a_minute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = real_data("boston/boston_311_crm_2011h2.csv.gz")
    load_city(boston_folder(tmp_path, requests=False), progress=Progress())
    city = Jurisdiction.objects.get()
    held: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            held.append(megabytes())

    def timed(what: str, work: Callable[[], object]) -> float:
        began, busy, stored = time.monotonic(), time.process_time(), database_seconds()
        result = work()
        seconds = time.monotonic() - began
        busy, stored = time.process_time() - busy, database_seconds() - stored
        with capsys.disabled():
            print(
                f"\n{what}: {seconds:.1f} s (processor: {busy:.1f} s ours, {stored:.1f} s PostgreSQL)  {result or ''}"
            )
        return seconds

    threading.Thread(target=watch, daemon=True).start()
    seconds = timed(
        "import",
        lambda: import_requests(city, file, Path("boston"), progress=Progress(), rejects=tmp_path / "rejects.csv"),
    )
    over.set()
    early, late = max(held[len(held) // 4 : len(held) // 2]), max(held[len(held) * 3 // 4 :])
    again = timed(
        "import again",
        lambda: import_requests(city, file, Path("boston"), progress=Progress(), rejects=tmp_path / "r.csv"),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()
    with capsys.disabled():
        print(
            f"requests {ServiceRequest.objects.count():,}, events {Event.objects.count():,}, "
            f"areas {RequestArea.objects.count():,}, database {size[0] if size else '?'}"
        )
        print(
            f"memory: {early:.0f} MB in the second quarter, {late:.0f} MB in the last; "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        )
    assert ServiceRequest.objects.count() == CASES
    assert seconds < SECONDS
    assert again < SECONDS
    assert late < early * 1.15
