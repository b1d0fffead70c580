"""What the 311 desk costs next to the profile page, in a city with as many contacts and contact points as requests.

    bin/test tests/benchmarks/desk.py -s
    STAFF_REQUESTS=1000000 bin/test tests/benchmarks/desk.py -s

A call taker opens the profile page, the page of a call whose number nobody has, and of one whose caller is known and checked.
They type a service, an address and a number into the box, which suggests what each may be. They log an answer. Pages take turns.
Milliseconds are of a quiet core (quiet.py) and above the profile page, the caller's above the call of nobody known; statements
without those that begin and end a transaction, while typing above the profile page. Then questions in a row, 7,500 an hour.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from requests_app.actions.contacts import contacts
from requests_app.models import Article, Contact
from tests import factories
from tests.benchmarks import staff_city
from tests.benchmarks.quiet import Sample, median, sample
from tests.benchmarks.staff_pages import number_of_queries, signed_in
from tests.factories import Rivermark

REQUESTS = int(os.environ.get("STAFF_REQUESTS", "10000"))
ROUNDS = 30
TRIVIAL = "profile page"
# Milliseconds above the profile page, and statements. The caller's are above those of a call that nobody is known for.
BARS = {"desk": (25, 12), "caller": (8, 8), "answer logged": (8, 10)}
# What is typed: by itself, the box suggests what it may be. Their statements are above the profile page's.
TYPED = {"typing words": "holid", "typing an address": "12 elm", "typing a number": "c-0000"}
BARS |= dict.fromkeys(TYPED, (15, 9))
CALLS, P95_MS = 200, 300


def fill(cast: Rivermark) -> None:
    """For each request a reporter with a phone number of their own and a contact about it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_app_person (jurisdiction_id, name, postal_address, language, may_be_called)
            SELECT %s, concat('Resident ', number), '', 'en', true FROM generate_series(1, %s) AS number""",
            [cast.city.pk, REQUESTS],
        )
        cursor.execute(
            """
            INSERT INTO requests_app_contactpoint (person_id, kind, value, normalized, nonce)
            SELECT id, 'phone', number, number, gen_random_uuid()
            FROM (SELECT id, '+1617' || lpad((row_number() OVER (ORDER BY id))::text, 7, '0') AS number
                  FROM requests_app_person WHERE name LIKE 'Resident %%') AS person"""
        )
        cursor.execute(
            """
            INSERT INTO requests_app_participation (person_id, service_request_id, role, contact_point_id, cadence)
            SELECT point.person_id, one.id, 'affected', point.id, 'never'
            FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM requests_app_contactpoint WHERE kind = 'phone') AS point
            JOIN (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM requests_app_servicerequest) AS one USING (n)
            ON CONFLICT DO NOTHING"""
        )
        columns = [str(field.column) for field in Contact._meta.concrete_fields if not field.primary_key]
        first = contacts.start(cast.city, taker=cast.cal)
        contacts.close(first, Contact.Outcome.ANSWERED)
        own = {
            "number": "'C' || lpad(n::text, 8, '0')",
            "caller_number": "'(617) ' || lpad(n::text, 7, '0')",
            "caller_phone": "'+1617' || lpad(n::text, 7, '0')",
            "started_at": "now() - n * interval '5 minutes'",
            "answered_at": "now() - n * interval '5 minutes'",
            "closed_at": "now() - n * interval '4 minutes'",
        }
        cursor.execute(
            f"""
            INSERT INTO requests_app_contact ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %s) AS n CROSS JOIN requests_app_contact AS first WHERE first.id = %s""",  # noqa: S608 (our own names)
            [REQUESTS, first.pk],
        )
        cursor.execute("VACUUM ANALYZE")


def begun(cast: Rivermark, phone: str, **columns: Any) -> Contact:
    contact = contacts.start(cast.city, taker=cast.cal, line="311", caller_number=phone)
    if columns:
        contacts.change(contact, **columns)
    return contact


def measured(cast: Rivermark) -> dict[str, tuple[list[Sample], int]]:
    client, article = signed_in(cast.cal), Article.objects.order_by("id").first()
    assert article is not None
    unknown = begun(cast, "617-999-9999")
    known = begun(cast, "617-000-0007", checked=Contact.Checked.NAME_AND_STREET)

    def get(path: str) -> None:
        assert client.get(path).status_code == 200, path

    def log() -> Callable[[], None]:
        contact = begun(cast, "617-999-9998")
        path = f"/staff/desk/{contact.number}/close/"

        def post() -> None:
            assert client.post(path, {"article": article.code}).status_code == 302

        return post

    asks: dict[str, Callable[[], Callable[[], Any]]] = {
        TRIVIAL: lambda: partial(get, "/staff/profile/"),
        "desk": lambda: partial(get, f"/staff/desk/{unknown.number}/"),
        "caller": lambda: partial(get, f"/staff/desk/{known.number}/"),
        "answer logged": log,
        **{
            name: lambda q=q: partial(get, f"/staff/desk/suggest.json?{urlencode({'q': q})}")
            for name, q in TYPED.items()
        },
    }
    for make in asks.values():
        make()()
    samples: dict[str, list[Sample]] = {name: [] for name in asks}
    for _round in range(ROUNDS):
        for name, make in asks.items():
            samples[name].append(sample(make()))
    return {name: (samples[name], number_of_queries(make())) for name, make in asks.items()}


def test_the_desk_keeps_to_its_bars(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    cast = staff_city.build(REQUESTS, open_every=20 if REQUESTS <= 100_000 else 100)
    for number in range(40):
        factories.article(cast.city, f"a{number}", f"Article {number} about holidays")
    fill(cast)
    with capsys.disabled():
        print(
            f"\n{REQUESTS} requests, contacts and contact points, load {Path('/proc/loadavg').read_text().split()[0]}"
        )
        too_much = show(measured(cast))
        an_hour, p95 = calls_in_a_row(cast)
        print(f"{an_hour:.0f} calls an hour by one process, p95 of a page {p95:.0f} ms")
    assert not too_much
    assert (an_hour >= 7500, p95 < P95_MS) == (True, True)


def show(table: dict[str, tuple[list[Sample], int]]) -> list[str]:
    """Prints a line for each, and answers what costs more than its bar."""
    sums, too_much = dict[str, tuple[float, int]](), list[str]()
    loops = sorted(one.loop for samples, _statements in table.values() for one in samples)
    print(f"A loop took {loops[0]:.2f} to {loops[-1]:.2f} ms, half of them at most {loops[len(loops) // 2]:.2f} ms.")
    for name, (samples, statements) in table.items():
        database, application, counted = median(samples)
        sums[name] = (database + application, statements)
        beside, said = sums["desk"] if name == "caller" else (sums[TRIVIAL][0], 0)
        if name in TYPED:
            said = sums[TRIVIAL][1]
        above, more = sums[name][0] - beside, statements - said
        print(
            f"{name:16}{database:8.1f} database{application:8.1f} app{above:+8.1f} above{more:5} statements{counted:5}"
        )
        most, most_statements = BARS.get(name, (None, None))
        if most is not None and most_statements is not None and (above > most or more > most_statements):
            too_much.append(f"{name}: {above:.1f} ms above, {more} statements")
    """Questions, each begun, searched and logged: how many an hour, and the milliseconds of a page, without the slowest 5 %."""


def calls_in_a_row(cast: Rivermark) -> tuple[float, float]:
    """Questions, each begun, searched and logged: how many an hour, and the milliseconds of a page, without the slowest 5 %."""
    client, times = signed_in(cast.cal), list[float]()
    began = time.perf_counter()
    for number in range(CALLS):
        times += one_call(client, number)
    return 3600 * CALLS / (time.perf_counter() - began), statistics.quantiles(times, n=20)[-1]


def one_call(client: Client, number: int) -> Iterator[float]:
    page = ""

    def ask(path: str, data: dict[str, str] | None = None) -> float:
        nonlocal page
        started = time.perf_counter()
        answer = client.post(path, data) if data is not None else client.get(path)
        assert answer.status_code == (302 if data is not None else 200), path
        page = page or answer["Location"]
        return (time.perf_counter() - started) * 1000

    yield ask("/staff/desk/", {"channel": "phone", "caller_number": f"617{number:07}"})
    yield ask(page)
    yield ask(f"{page}box/", {"box": "holidays"})
    yield ask(page)
    yield ask(f"{page}close/", {"article": "a1"})
