"""What something costs on a machine that has nothing else to do, measured on one that may.

A machine whose host is busy elsewhere takes twice the CPU time for the same work. A loop that always does the same, before and
after what is measured, tells how quick the machine was just then; what was measured at slow moments doesn't count.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Sample:
    """Milliseconds of CPU. loop: of the slower one of the two loops."""

    loop: float
    database: float
    application: float


def sample(ask: Callable[[], Any]) -> Sample:
    pid, before = _backend(), _loop_ms()
    database, application = _database_ns(pid), time.process_time_ns()
    ask()
    application = time.process_time_ns() - application
    database = _database_ns(pid) - database
    return Sample(max(before, _loop_ms()), database / 1e6, application / 1e6)


def quick_loop(samples: Sequence[Sample]) -> float:
    """The milliseconds that a loop takes at most while the machine is quick."""
    loops = sorted(one.loop for one in samples)
    return loops[len(loops) // 10] * 1.15


def counted(samples: Sequence[Sample], quick: float) -> list[Sample]:
    """Those of quick moments; if there was none, the one of the quickest."""
    return [one for one in samples if one.loop <= quick] or [min(samples, key=lambda one: one.loop)]


def median(samples: Sequence[Sample]) -> tuple[float, float]:
    """Milliseconds: database, application."""
    return statistics.median(one.database for one in samples), statistics.median(one.application for one in samples)


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
