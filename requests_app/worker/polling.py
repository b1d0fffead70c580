"""Drains a worker's lanes every few seconds, by a clock of its own.

Celery's messages make this faster, but nothing depends on them: a message can be lost, and with Redis down neither the
worker nor beat gets or sends any. Each lane has a thread, so that slow email never keeps reports from being routed.
"""

import threading
from collections.abc import Iterable

import structlog
from django.db import close_old_connections

from requests_app.models import OutboxRow
from requests_app.worker import heartbeats
from requests_app.worker.tasks import drain

LANES = tuple(lane.value for lane in OutboxRow.Lane)
INTERVAL_S = 5.0
# A stopping worker finishes the row that it is handling.
STOP_WITHIN_S = 10.0

log = structlog.get_logger(__name__)

_stopping = threading.Event()
_threads: list[threading.Thread] = []


def start(lanes: Iterable[str]) -> None:
    """The first drain is at once, for what came due while no worker ran."""
    _stopping.clear()
    for lane in lanes:
        thread = threading.Thread(target=_poll, args=[lane], name=f"poll-{lane}", daemon=True)
        _threads.append(thread)
        thread.start()


def stop() -> None:
    _stopping.set()
    while _threads:
        _threads.pop().join(STOP_WITHIN_S)


def _poll(lane: str) -> None:
    while not _stopping.is_set():
        try:
            drain(lane)
            heartbeats.note(lane)
        except Exception as error:
            # Such as a database that is down. The next round tries again.
            log.warning("polling_failed", lane=lane, error=type(error).__name__)
        finally:
            close_old_connections()
        _stopping.wait(INTERVAL_S)
