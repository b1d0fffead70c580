"""What it costs a taker's page to ask whether their telephone rings, which it does every 1.5 seconds.

    bin/test tests/benchmarks/ring.py -s

A city with a day of calls, of which some ring, and with twenty takers who are signed in. The page's address is asked through
Django's own WSGI handler, as gunicorn does, since a test client costs as much again. It prints the milliseconds of CPU here, which
are to be at most two, and those of the core that quiet.py compares with.
"""

import datetime as dt
import statistics
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from requests_app.actions.contacts import calls
from requests_app.clock import app_now
from requests_app.models import PhoneCall
from tests import factories
from tests.benchmarks.quiet import LOOP_MS, median, sample
from tests.telephone import Seat

TAKERS, CALLS, RINGING, ROUNDS = 20, 5_000, 10, 200
BAR_MS = 2.0


def asking(address: str) -> Callable[[], bytes]:
    handler, factory = WSGIHandler(), RequestFactory()
    statuses: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> Any:
        statuses.append(status)

    def ask() -> bytes:
        answer = handler(factory._base_environ(PATH_INFO=address), start)
        body = b"".join(answer)
        answer.close()
        assert statuses.pop() == "200 OK"
        return body

    return ask


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """As a pool does, which the site has: no poll begins a connection of its own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
def test_a_poll_keeps_to_its_bar(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    cast = factories.rivermark()
    seats = [Seat(factories.staff(f"Taker {number}", "call_taker", cast.city), cast.city) for number in range(TAKERS)]
    seat = Seat(cast.cal, cast.city)
    over = app_now() - dt.timedelta(hours=1)
    PhoneCall.objects.bulk_create(
        PhoneCall(jurisdiction=cast.city, call_id=f"over-{number}", rung_at=over, ended_at=over, rings_at=[cast.cal.pk])
        for number in range(CALLS)
    )
    assert len(seats) == TAKERS
    poll = asking(seat.address)
    assert poll() == b'{"calls": []}'
    samples = {"nothing rings": [sample(poll) for _round in range(ROUNDS)]}
    for number in range(RINGING):
        takers = [cast.cal] if number == 0 else []
        calls.ring(cast.city, f"rings-{number}", caller="16175550142", line="311", takers=takers)
    assert b"rings-0" in poll()
    samples["one rings"] = [sample(poll) for _round in range(ROUNDS)]
    loops = sorted(one.loop for of_poll in samples.values() for one in of_poll)
    spent = {}
    with capsys.disabled():
        print(
            f"\nA loop took {loops[0]:.2f} to {loops[-1]:.2f} ms, half of them at most {loops[len(loops) // 2]:.2f} ms."
        )
        for name, of_poll in samples.items():
            database, application, counted = median(of_poll)
            spent[name] = statistics.median((one.database + one.application) * one.loop / LOOP_MS for one in of_poll)
            print(
                f"{name:16}{spent[name]:8.2f} ms here; on the core of quiet.py{database:8.2f} database"
                f"{application:8.2f} app, {counted} samples"
            )
    assert {name: of_poll for name, of_poll in spent.items() if of_poll > BAR_MS} == {}
