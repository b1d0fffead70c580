"""What something costs on a machine that has nothing else to do, measured on one that may.

A machine whose host is busy elsewhere takes twice the CPU time for the same work. A loop that always does the same, before and
after what is measured, tells how quick the machine was just then. Milliseconds are those of a core on which it takes LOOP_MS.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

# Of a hundred thousand steps; a quiet core of the machine on which docs/operating.md was measured.
LOOP_MS = 1.5
# What was measured at worse moments doesn't count.
SLOWEST = 2 * LOOP_MS


@dataclass(frozen=True)
class Sample:
    """Milliseconds of CPU on a quiet core. loop: what the two loops took on average."""

    loop: float
    database: float
    application: float


def sample(ask: Callable[[], Any]) -> Sample:
    pid, before = _backend(), _loop_ms()
    database, application = _database_ns(pid), time.process_time_ns()
    ask()
    application = time.process_time_ns() - application
    database = _database_ns(pid) - database
    loop = (before + _loop_ms()) / 2
    quick = LOOP_MS / loop / 1e6
    return Sample(loop, database * quick, application * quick)


def median(samples: Sequence[Sample]) -> tuple[float, float, int]:
    """Milliseconds of the database and of the application, and how many samples counted: if none, the quickest one."""
    right = [one for one in samples if one.loop <= SLOWEST] or [min(samples, key=lambda one: one.loop)]
    return (
        statistics.median(one.database for one in right),
        statistics.median(one.application for one in right),
        len(right),
    )


def _loop_ms() -> float:
    began = time.thread_time_ns()
    for _ in range(100_000):
        pass
    return (time.thread_time_ns() - began) / 1e6


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def _database_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
