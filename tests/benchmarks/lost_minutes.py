"""Backup and restore, as docs/operating.md says: how long they take, and what is lost with the disk of the database.

A row of tests/benchmarks/operations.py. The machine is a folder with a cluster of its own (tests/installed.py).
"""

import datetime as dt
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from config.lampctl import backup, drill, postgresql, restore, shell
from config.lampctl.place import Place
from tests import installed

A_SECOND = 5
# More than two of archive_timeout.
WRITES_FOR_S = 150


def rpo() -> str:
    """5 rows a second; then kill -9 of all of PostgreSQL, and its folder is gone."""
    backups = Path(tempfile.mkdtemp(prefix="lampctl-backups-", dir="/tmp"))
    backups.chmod(0o755)
    try:
        with installed.place(backups) as place:
            began = _prepare(place)
            backed_up_s = _seconds(lambda: backup.run(place))
            drilled_s = _seconds(lambda: drill.run(place))
            last = _write(place)
            _lose(place)
            with installed.place(backups) as bare:
                restored_s = _seconds(lambda: restore.run(bare, to=None, as_copy=False, here=False, yes=True))
                kept = postgresql.server(bare).psql("SELECT max(at) FROM clock_probe", database="lamplighter")
            lost = (last - dt.datetime.fromisoformat(kept)).total_seconds()
            return (
                f"lost: the last {lost:.0f} s; full backup {backed_up_s:.0f} s, drill {drilled_s:.0f} s, "
                f"restore on another machine {restored_s:.0f} s (a database of {began} MB)"
            )
    finally:
        shutil.rmtree(backups)


def _prepare(place: Place) -> int:
    """An empty city. Returns its megabytes."""
    server = installed.make_cluster(place)
    shell.manage(place, "migrate", "--verbosity=0")
    shell.manage(place, "create_roles", "--verbosity=0")
    server.psql("CREATE TABLE clock_probe (at timestamptz)", database="lamplighter")
    return int(server.psql("SELECT pg_database_size('lamplighter') / 1000000"))


def _seconds(act: object) -> float:
    began = time.monotonic()
    act()  # type: ignore[operator]
    return time.monotonic() - began


def _write(place: Place) -> dt.datetime:
    """Returns the time of the last row."""
    server = postgresql.server(place)
    until = time.monotonic() + WRITES_FOR_S
    last = ""
    while time.monotonic() < until:
        last = server.psql("INSERT INTO clock_probe VALUES (clock_timestamp()) RETURNING at", database="lamplighter")
        time.sleep(1 / A_SECOND)
    return dt.datetime.fromisoformat(last)


def _lose(place: Place) -> None:
    data = postgresql.server(place).data
    leader = int((data / "postmaster.pid").read_text().splitlines()[0])
    children = [int(pid) for pid in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]
    for pid in (leader, *children):
        os.kill(pid, signal.SIGKILL)
    time.sleep(1)
    shutil.rmtree(data)
