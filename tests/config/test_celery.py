"""Celery workers: what they do when they start, and without Redis. tests/faults kills Redis under real ones."""

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery.signals import celeryd_after_setup, worker_shutdown
from django.db import OperationalError

from config import celery
from requests_app.worker import polling


@pytest.fixture
def drained(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The lanes that were drained, in order."""
    lanes: list[str] = []
    monkeypatch.setattr(polling, "drain", lanes.append)
    monkeypatch.setattr(polling, "INTERVAL_S", 0.01)
    yield lanes
    polling.stop()


def start(*queues: str) -> None:
    consumed = dict.fromkeys(queues)
    worker = SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=consumed))))
    celeryd_after_setup.send(sender="worker", instance=worker, conf=celery.app.conf)


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen within 5 s")


def test_a_worker_drains_its_own_lane_again_and_again_without_any_message(drained: list[str]) -> None:
    start("outside")
    wait_until(lambda: len(drained) >= 3)
    assert set(drained) == {"outside"}


def test_a_worker_of_both_lanes_has_a_thread_for_each_so_that_slow_email_keeps_no_report_waiting(
    drained: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()

    def drain(lane: str) -> Any:
        drained.append(lane)
        return answer.wait(10) if lane == "outside" else None

    monkeypatch.setattr(polling, "drain", drain)
    start("database", "outside")
    wait_until(lambda: drained.count("database") >= 3)
    assert drained.count("outside") == 1
    answer.set()


def test_a_database_that_is_down_does_not_end_the_polling(drained: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def drain(lane: str) -> None:
        drained.append(lane)
        raise OperationalError

    monkeypatch.setattr(polling, "drain", drain)
    start("database")
    wait_until(lambda: len(drained) >= 3)


def test_a_worker_that_is_told_to_stop_stops_polling(drained: list[str]) -> None:
    start("database")
    wait_until(lambda: len(drained) >= 1)
    worker_shutdown.send(sender=None)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("poll-")]
