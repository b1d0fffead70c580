"""Residents on an earlier release, by its own code: 5 reports a second, and the pages where they look, until standard input ends.

Run in that release's folder, on the database that DATABASE_URL names. It prints what it saw as JSON.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import django

EVERY_S = 0.2
# On a machine that is slower than that, nobody new comes while so many wait.
WAITING_MAX = 8
PAGES = ("/", "/reports/", "/services/")


class Residents:
    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self.waiting = threading.BoundedSemaphore(WAITING_MAX)

    def report(self, version: int, number: int) -> None:
        from django.db import connection
        from django.test import Client

        from requests_app.models import ServiceVersion
        from tests import factories

        began = time.monotonic()
        try:
            text = f"A hole as big as a plate, number {number}."
            reference = factories.report(ServiceVersion.objects.get(pk=version), text).reference
            page = Client().get(f"/r/{reference}/" if number % 2 else PAGES[number % len(PAGES)], follow=True)
            if page.status_code not in (200, 404):
                self.errors.append(f"{page.status_code} at {page.request['PATH_INFO']}")
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")
        finally:
            self.waiting.release()
            self.seconds.append(time.monotonic() - began)
            connection.close()


def main() -> None:
    from requests_app.models import ServiceRequest, ServiceVersion

    # Of tests/planted.py, without questions.
    version = ServiceVersion.objects.filter(service__service_code="swings").latest("pk").pk
    residents, ended = Residents(), threading.Event()
    before = ServiceRequest.objects.count()
    print("ready", flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    number = 0
    with ThreadPoolExecutor(4) as pool:
        while not ended.wait(EVERY_S):
            if not residents.waiting.acquire(blocking=False):
                continue
            number += 1
            pool.submit(residents.report, version, number)
    added = ServiceRequest.objects.count() - before
    slowest = round(max(residents.seconds), 2)
    print(json.dumps({"sent": number, "added": added, "slowest_s": slowest, "errors": residents.errors}))


if __name__ == "__main__":
    # The release's own modules, not those next to this file.
    sys.path[0] = os.getcwd()
    django.setup()
    main()
