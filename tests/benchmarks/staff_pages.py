"""What staff pages and actions cost: CPU milliseconds of the application and of the database, next to a trivial page.

    bin/test tests/benchmarks/staff_pages.py -s
    STAFF_REQUESTS=1000000 bin/test tests/benchmarks/staff_pages.py -s

A supervisor of the city and a dispatcher of one department open each page; the dispatcher does each action, every time on another
request. Medians of a quiet core (quiet.py), once what is asked is in memory; "cold" is with an empty cache. Pages and actions take
turns.
"""

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import ServiceRequest, User
from tests.benchmarks import staff_city
from tests.benchmarks.quiet import Sample, median, sample
from tests.factories import Rivermark
from tests.staff_app.queue.test_changed_row import Row

REQUESTS = int(os.environ.get("STAFF_REQUESTS", "10000"))
OPEN_EVERY = 20 if REQUESTS <= 100_000 else 100
ROUNDS, COLD_ROUNDS = 25, 6
LIGHT, HEAVY, IN_PLACE = (25, 12), (35, 16), (20, 12)
NEW = "/staff/?tab=new&sort=reported"
# Milliseconds and queries at most. With an empty cache, a page also reads the city's setup, once a minute in each process.
BARS: dict[str, tuple[int | None, int | None]] = {
    "queue": (40, 8),
    "mine": (40, 8),
    "request": (40, 16),
    "request, cold": (None, 16),
    "compare": (20, 6),
    "more from here": (20, 6),
    "rare word": (50, None),
    **dict.fromkeys(("peek", "accept in the row", "assign in the row"), IN_PLACE),
    **dict.fromkeys(("accept", "assign", "set_priority", "note", "comment"), LIGHT),
    **dict.fromkeys(("resolve", "reopen", "transfer", "merge"), HEAVY),
}
COLD = ("queue", "request", "more from here", "compare", "overview")
# What htmx asks for, as a piece of another page.
PIECES = ("more from here", "compare", "peek")


def number_of_queries(ask: Callable[[], Any]) -> int:
    """Without those that begin and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in captured)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Table:
    """What was measured, by what was asked and by whom."""

    def __init__(self) -> None:
        self.samples: dict[tuple[str, str], list[Sample]] = {}
        self.queries: dict[tuple[str, str], int] = {}

    def add(self, name: str, who: User, ask: Callable[[], Any]) -> None:
        """The first one counts the queries, the others the time."""
        key = (name, str(who))
        if key in self.queries:
            self.samples.setdefault(key, []).append(sample(ask))
        else:
            self.queries[key] = number_of_queries(ask)

    def show(self) -> list[str]:
        """Prints a line for each, and answers what costs more than its bar."""
        loops = sorted(one.loop for samples in self.samples.values() for one in samples)
        print(
            f"A loop took {loops[0]:.1f} to {loops[-1]:.1f} ms, half of them at most {loops[len(loops) // 2]:.1f} ms."
        )
        print(f"{'CPU milliseconds':53}{'database':>9}{'app':>9}{'sum':>9}{'queries':>9}{'counted':>9}")
        too_much = []
        for (name, who), samples in self.samples.items():
            database, application, counted = median(samples)
            total, queries = database + application, self.queries[name, who]
            print(f"{name:28} {who:24}{database:9.1f}{application:9.1f}{total:9.1f}{queries:9}{counted:9}")
            most, most_queries = BARS.get(name, (None, None))
            if (most is not None and total > most) or (most_queries is not None and queries > most_queries):
                too_much.append(f"{name}, {who}: {total:.0f} ms, {queries} queries")
        return too_much


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
        "peek": f"{page}peek/",
        "rare word": "/staff/?q=walrus",
        "address": "/staff/?q=4711+elm",
        "overview": "/staff/overview/",
    }
    clients = {who: signed_in(who) for who in (cast.cal, cast.tom)}

    def ask(who: User, name: str) -> None:
        headers = {"HX-Request": "true"} if name in PIECES else {}
        assert clients[who].get(pages[name], headers=headers).status_code == 200, name

    asked = [(who, name) for who in clients for name in pages if name != "overview" or who == cast.cal]
    # The first round fills the caches.
    for who, name in asked:
        ask(who, name)
    for _ in range(ROUNDS):
        for who, name in asked:
            table.add(name, who, partial(ask, who, name))
    for _ in range(COLD_ROUNDS):
        for who, name in asked:
            if name in COLD:
                cache.clear()
                table.add(f"{name}, cold", who, partial(ask, who, name))


def measure_actions(table: Table, cast: Rivermark, requests: list[ServiceRequest]) -> None:
    """Each request goes the same way, so that each action finds the status it asks for."""
    client = signed_in(cast.tom)

    def press(service_request: ServiceRequest, verb: str, **data: Any) -> None:
        path = f"/staff/r/{service_request.reference}/"
        newest = client.get(path).context["service_request"].last_event_id

        def post() -> None:
            assert client.post(f"{path}{verb}/", {"last_event": newest, **data}).status_code == 302, verb

        table.add(verb, cast.tom, post)

    for number in range(ROUNDS):
        one, other, third = (requests[number + ROUNDS * turn] for turn in range(3))
        press(one, "accept")
        press(one, "assign", assignee=cast.tom.pk)
        press(one, "set_priority", priority=one.priority + 1 if one.priority < 4 else 2)
        press(one, "note", text="See it.", audience="everyone")
        press(one, "comment", text="We will come.")
        press(one, "resolve", disposition="fixed", words="Done.", visited="yes")
        press(one, "reopen", words="")
        press(one, "merge", reference=other.reference)
        press(third, "transfer", department=cast.tree.department_id, reason="Not ours.")


def measure_rows(table: Table, cast: Rivermark) -> None:
    """Each time on another row of those that nobody has accepted."""
    client = signed_in(cast.tom)

    def act(row: Row, verb: str, **data: Any) -> None:
        assert row.send(verb, **data).status_code == 200, verb

    rows = [int(pk) for pk in re.findall(r'<tr role="row" data-request="(\d+)"', client.get(NEW).content.decode())]
    for one, other in list(zip(rows[::2], rows[1::2], strict=False))[:ROUNDS]:
        table.add("accept in the row", cast.tom, partial(act, Row(client, one, NEW), "accept"))
        assign = partial(act, Row(client, other, NEW), "assign", assignee=cast.dev.pk)
        table.add("assign in the row", cast.tom, assign)


def test_staff_pages_and_actions_keep_to_their_bars(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    cast, table = staff_city.build(REQUESTS, open_every=OPEN_EVERY), Table()
    own = ServiceRequest.objects.filter(status="routed", department=cast.pothole.department, assignee=None)
    requests = list(own.order_by("-id")[: 4 * ROUNDS])
    with capsys.disabled():
        print(f"\n{REQUESTS} requests, load {Path('/proc/loadavg').read_text().split()[0]}")
        measure_pages(table, cast, *requests[-2:])
        measure_actions(table, cast, requests)
        measure_rows(table, cast)
        too_much = table.show()
    assert not too_much
