"""What the request page costs: CPU milliseconds of application and database, and queries, next to a trivial page.

    python -m tests.benchmarks.staff_pages REFERENCE EMAIL [--times 20]

Run it with the settings of a stack that holds the requests to measure (bin/demo, or one filled by import_requests).
It only reads.
"""

import argparse
import os
import statistics
import time

import django
from django.db import connection


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference")
    parser.add_argument("email", help="of a member of staff who may open the request")
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from requests_app.models import User

    client = Client()
    user = User.objects.get(email=options.email)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/staff/r/{options.reference}/"
    paths = {
        "trivial": "/staff/profile/",
        "request": page,
        "more from here": f"{page}more/",
        "public view": f"{page}public/",
    }
    for name, path in paths.items():
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        spent = [_spent(client, path, pid) for _ in range(options.times)]
        application, database = (statistics.median(part) for part in zip(*spent, strict=True))
        print(f"{name:16} {application:6.1f} ms application {database:6.1f} ms database {len(captured):3} queries")


def _spent(client: object, path: str, pid: int) -> tuple[float, float]:
    before, database = time.process_time(), _cpu_of(pid)
    client.get(path)  # type: ignore[attr-defined]
    return 1000 * (time.process_time() - before), _cpu_of(pid) - database


def _cpu_of(pid: int) -> float:
    """Milliseconds of a process on this machine; 0 if it is on another one."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6
    except OSError:
        return 0.0


if __name__ == "__main__":
    main()
