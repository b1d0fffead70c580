"""What it costs to send a report: CPU milliseconds of the application and of the database, and queries.

    bin/test tests/benchmarks/reports.py -s
    STAFF_REQUESTS=1000000 bin/test tests/benchmarks/reports.py -s

By Open311, by API v1 and with the last page of the form, each in the usual ways. A query is a statement, with those that begin
and end transactions. Run it with nothing else on the machine.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import api_keys
from tests import factories
from tests.benchmarks import staff_city
from tests.benchmarks.staff_pages import BARS, OPEN_EVERY, REQUESTS, ROUNDS, Table, cost
from tests.factories import Rivermark
from tests.walk import Walk

WORDS = "A deep hole beside the curb, the size of {} plates."
PLACE: dict[str, Any] = {"lat": factories.ELM_ST[1], "long": factories.ELM_ST[0]}
OPEN311: dict[str, dict[str, Any]] = {
    "Open311": {"service_code": "pothole", **PLACE, "attribute[where]": "lane"},
    "Open311, with an email": {
        "service_code": "pothole",
        **PLACE,
        "attribute[where]": "lane",
        "email": "{}@example.org",
    },
    "Open311, an address": {"service_code": "pothole", "address_string": "12 Elm St", "attribute[where]": "lane"},
    "Open311, a private service": {"service_code": "outreach", **PLACE},
}
V1: dict[str, dict[str, Any]] = {
    "v1": {"service": "pothole", "place": PLACE, "answers": {"where": "lane"}},
    "v1, with an email": {
        "service": "pothole",
        "place": PLACE,
        "answers": {"where": "lane"},
        "contact": {"email": "{}@example.org"},
    },
    "v1, an address": {"service": "pothole", "place": {"address": "12 Elm St"}, "answers": {"where": "lane"}},
    "v1, a private service": {"service": "outreach", "place": PLACE},
}
# What a resident answers on the form's pages of place, details and contact.
FORM: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "form": ("pothole", PLACE, {"none": "1"}),
    "form, with an email": ("pothole", PLACE, {"email": "{}@example.org"}),
    "form, an address": ("pothole", {"address": "12 Elm St"}, {"none": "1"}),
    "form, a tree": ("tree", {"address": "12 Elm St"}, {"email": "{}@example.org"}),
    "form, a private service": ("outreach", PLACE, {"none": "1"}),
}
MOST = (40, 25)
BARS |= dict.fromkeys((*OPEN311, *V1, *FORM), MOST)


def numbered(data: Any, number: int) -> Any:
    return json.loads(json.dumps(data).replace("{}", str(number)))


def measure(table: Table, name: str, send: Callable[[int], None]) -> None:
    for number in range(3):
        send(number)
    with CaptureQueriesContext(connection) as captured:
        send(3)
    queries = len(captured)

    def sent() -> Iterator[Callable[[], None]]:
        for number in range(4, 4 + ROUNDS):
            yield lambda number=number: send(number)  # type: ignore[misc]

    table.line(name, "", cost(sent()), queries)


def by_open311(key: str, name: str, fields: dict[str, Any]) -> Callable[[int], None]:
    client = Client()

    def send(number: int) -> None:
        form = numbered({**fields, "description": f"{name} {WORDS}", "api_key": key}, number)
        assert client.post("/open311/v2/requests.json", form).status_code == 200

    return send


def by_v1(key: str, name: str, fields: dict[str, Any]) -> Callable[[int], None]:
    client, headers = Client(), {"Authorization": f"Bearer {key}"}

    def send(number: int) -> None:
        body = numbered({**fields, "description": f"{name} {WORDS}"}, number)
        answer = client.post("/api/v1/requests/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content

    return send


def by_form(service: str, place: dict[str, Any], contact: dict[str, str]) -> Callable[[int], None]:
    """Fills in the pages before the last one beforehand; an earlier report nearby is said to be another."""
    filled = []
    for number in range(ROUNDS + 4):
        walk = Walk(Client())
        walk.begin(WORDS.format(number)).on("service", service=service).on("location", **place)
        if walk.at == "duplicates":
            walk.on("duplicates", different="1")
        walk.on("details/1", text=WORDS.format(number), q_where="lane")
        walk.on("contact", language="en", **{name: words.format(number) for name, words in contact.items()})
        assert walk.at == "check", walk.at
        filled.append((walk.client, f"/report/{walk.draft.pk}/check/"))

    def send(number: int) -> None:
        client, address = filled[number]
        assert client.post(address)["Location"].endswith("/sent/")

    return send


def test_reports_keep_to_their_bars(transactional_db: None, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.RATE_LIMITS = False
    cast: Rivermark = staff_city.build(REQUESTS, open_every=OPEN_EVERY)
    table, key = Table(), api_keys.create(cast.city, "Benchmark")[1]
    with capsys.disabled():
        print(f"\n{REQUESTS} requests, load {Path('/proc/loadavg').read_text().split()[0]}")
        print(f"{'CPU milliseconds':53}{'database':>9}{'app':>9}{'sum':>9}{'queries':>9}")
        for name, fields in OPEN311.items():
            measure(table, name, by_open311(key, name, fields))
        for name, fields in V1.items():
            measure(table, name, by_v1(key, name, fields))
        for name, (service, place, contact) in FORM.items():
            measure(table, name, by_form(service, place, contact))
    assert not table.too_much
