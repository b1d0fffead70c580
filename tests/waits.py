"""Measures for how long anybody waits for any table of a database."""

import threading
import time
from types import TracebackType
from typing import Self

import psycopg


class Waits:
    """As a context: takes the locks of a reader and of a writer on each table in turn, and keeps the longest wait."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.longest_s = 0.0
        self.table = ""
        self.errors: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_round, args=[mode]) for mode in ("ACCESS SHARE", "ROW EXCLUSIVE")
        ]

    def __enter__(self) -> Self:
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute(
                "SELECT tablename FROM pg_tables WHERE tablename LIKE 'requests_app_%' ORDER BY 1"
            ).fetchall()
        self.tables = [row[0] for row in rows]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go_round(self, mode: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self._stop.wait(0.1):
                for table in self.tables:
                    began = time.monotonic()
                    try:
                        connection.execute(f"BEGIN; LOCK TABLE {table} IN {mode} MODE; COMMIT")
                    except psycopg.Error as error:
                        self.errors.append(f"{table}: {error}")
                        connection.execute("ROLLBACK")
                    waited = time.monotonic() - began
                    if waited > self.longest_s:
                        self.longest_s, self.table = waited, table
