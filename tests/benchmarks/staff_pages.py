"""What staff pages and actions cost: CPU milliseconds of the application and of the database, next to a trivial page.

    bin/test tests/benchmarks/staff_pages.py -s
    STAFF_REQUESTS=1000000 bin/test tests/benchmarks/staff_pages.py -s

A supervisor of the city and a dispatcher of one department open each page; the dispatcher does each action, every time on another
request. Medians, once what is asked is in memory; "cold" is with an empty cache.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import ServiceRequest, User
from tests.benchmarks import staff_city
from tests.factories import Rivermark

REQUESTS = int(os.environ.get("STAFF_REQUESTS", "10000"))
OPEN_EVERY = 20 if REQUESTS <= 100_000 else 100
ROUNDS = 25
LIGHT, HEAVY = (25, 12), (35, 16)
# Milliseconds and queries at most.
BARS = {
    "queue": (40, 8),
    "mine": (40, 8),
    "request": (40, 16),
    "request, cold": (40, 16),
    "compare": (20, 6),
    "more from here": (20, 6),
    "rare word": (50, None),
    **dict.fromkeys(("accept", "assign", "set_priority", "note", "comment"), LIGHT),
    **dict.fromkeys(("resolve", "reopen", "transfer", "merge"), HEAVY),
}
COLD = ("queue", "request", "more from here", "compare", "overview")
# What htmx asks for, as a piece of another page.
PIECES = ("more from here", "compare")


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def database_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def cost(asks: Iterator[Callable[[], Any]]) -> tuple[float, float]:
    """Medians in milliseconds: database, application."""
    pid, spent = backend(), []
    for ask in asks:
        database, application = database_ns(pid), time.process_time_ns()
        ask()
        application = time.process_time_ns() - application
        spent.append(((database_ns(pid) - database) / 1e6, application / 1e6))
    first, second = (statistics.median(part) for part in zip(*spent, strict=True))
    return first, second


def number_of_queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Table:
    """Prints a line for each thing measured, and remembers what costs more than its bar."""

    def __init__(self) -> None:
        self.too_much: list[str] = []

    def line(self, name: str, who: object, took: tuple[float, float], queries: int) -> None:
        database, application = took
        total = database + application
        print(f"{name:28} {who!s:24}{database:9.1f}{application:9.1f}{total:9.1f}{queries:9}")
        most, most_queries = BARS.get(name, (None, None))
        if (most is not None and total > most) or (most_queries is not None and queries > most_queries):
            self.too_much.append(f"{name}, {who}: {total:.0f} ms, {queries} queries")


def measure_pages(table: Table, cast: Rivermark, one: ServiceRequest, other: ServiceRequest) -> None:
    page = f"/staff/r/{one.reference}/"
    pages = {
        "trivial page": "/staff/profile/",
        "queue": "/staff/",
        "mine": "/staff/mine/",
        "late": "/staff/?tab=late",
        "by priority": "/staff/?sort=priority",
        "quiet": "/staff/?sort=quiet",
        "request": page,
        "more from here": f"{page}more/",
        "compare": f"{page}compare/{other.reference}/",
        "rare word": "/staff/?q=walrus",
        "address": "/staff/?q=4711+elm",
        "overview": "/staff/overview/",
    }
    for who in (cast.cal, cast.tom):
        client = signed_in(who)
        for name, path in pages.items():
            if name == "overview" and who != cast.cal:
                continue

            headers = {"HX-Request": "true"} if name in PIECES else {}

            def ask(path: str = path, client: Client = client, headers: dict[str, str] = headers) -> None:
                assert client.get(path, headers=headers).status_code == 200, path

            def ask_cold(ask: Callable[[], None] = ask) -> None:
                cache.clear()
                ask()

            ask()
            table.line(name, who, cost(ask for _ in range(ROUNDS)), number_of_queries(ask))
            if name in COLD:
                table.line(f"{name}, cold", who, cost(ask_cold for _ in range(5)), number_of_queries(ask_cold))


def measure_actions(table: Table, cast: Rivermark, requests: list[ServiceRequest]) -> None:
    """Each request goes the same way, so that each action finds the status it asks for."""
    client = signed_in(cast.tom)
    verbs: dict[str, Callable[[int], dict[str, Any]]] = {
        "accept": lambda _n: {},
        "assign": lambda _n: {"assignee": cast.tom.pk},
        "set_priority": lambda n: {"priority": 1 + requests[n].priority % 4 if requests[n].priority < 4 else 2},
        "note": lambda _n: {"text": "See it.", "audience": "everyone"},
        "comment": lambda _n: {"text": "We will come."},
        "resolve": lambda _n: {"disposition": "fixed", "words": "Done.", "visited": "yes"},
        "reopen": lambda _n: {"words": ""},
        "merge": lambda n: {"reference": requests[n + ROUNDS].reference},
    }
    for verb, data in verbs.items():
        count = {"queries": 0}

        def posts(verb: str = verb, data: Any = data, count: Any = count) -> Iterator[Callable[[], None]]:
            for number in range(ROUNDS):
                path = f"/staff/r/{requests[number].reference}/"
                newest = client.get(path).context["service_request"].last_event_id

                def post(path: str = path, number: int = number, newest: int = newest) -> None:
                    answer = client.post(f"{path}{verb}/", {"last_event": newest, **data(number)})
                    assert answer.status_code == 302, verb

                if number == 0:
                    with CaptureQueriesContext(connection) as queries:
                        post()
                    # Without those that begin and end the transaction.
                    count["queries"] = sum(query["sql"] not in ("BEGIN", "COMMIT") for query in queries)
                else:
                    yield post

        table.line(verb, cast.tom, cost(posts()), count["queries"])
    transferred = requests[2 * ROUNDS : 3 * ROUNDS]

    def transfers() -> Iterator[Callable[[], None]]:
        for one in transferred:
            path = f"/staff/r/{one.reference}/"
            newest = client.get(path).context["service_request"].last_event_id
            data = {"last_event": newest, "department": cast.tree.department_id, "reason": "Not ours."}
            yield lambda path=path, data=data: client.post(f"{path}transfer/", data)  # type: ignore[misc]

    table.line("transfer", cast.tom, cost(transfers()), 0)


def test_staff_pages_and_actions_keep_to_their_bars(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    cast, table = staff_city.build(REQUESTS, open_every=OPEN_EVERY), Table()
    own = ServiceRequest.objects.filter(status="routed", department=cast.pothole.department, assignee=None)
    requests = list(own.order_by("-id")[: 4 * ROUNDS])
    with capsys.disabled():
        print(f"\n{REQUESTS} requests, load {Path('/proc/loadavg').read_text().split()[0]}")
        print(f"{'CPU milliseconds':53}{'database':>9}{'app':>9}{'sum':>9}{'queries':>9}")
        measure_pages(table, cast, *requests[-2:])
        measure_actions(table, cast, requests)
    assert not table.too_much
