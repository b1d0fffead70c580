"""Runs a release's migrations on a copy of the newest backup, and says how long each takes and whom it keeps waiting."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.lampctl import locks, pgbackrest, postgresql, shell
from config.lampctl.place import Place
from config.lampctl.postgresql import Server

DATABASE = "lamplighter"


@dataclass(frozen=True)
class Step:
    """blocked_s: for how long it kept readers or writers out of each table."""

    migration: str
    seconds: float
    locked_s: dict[str, float]

    @property
    def blocked_s(self) -> float:
        return max(self.locked_s.values(), default=0)

    def __str__(self) -> str:
        tables = ", ".join(
            f"{table.removeprefix('requests_app_')} for {kept:.1f} s" for table, kept in self.locked_s.items()
        )
        return f"{self.migration}: {self.seconds:.1f} s, blocks {tables or 'nothing'}"


def run(place: Place, new: Path) -> list[Step] | None:
    """None if there's no copy to try it on. Refuses if a migration fails."""
    if not postgresql.is_ours(place):
        return None
    with (
        locks.alone(place, busy="A backup, drill or restore is running. Try again when it has ended."),
        _copy(place) as copy,
    ):
        url = f"postgis://{postgresql.SUPERUSER}@/{DATABASE}?host={copy.socket}"
        env = {**shell.environment(place, "owner"), "DATABASE_URL": url, "DATABASE_URL_OWNER": url}
        command: list[str | Path] = [new / ".venv/bin/python", new / "manage.py", "migrate", "--noinput", "--json"]
        printed = shell.run(command, env=env, folder=new, user=copy.user)
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [Step(line["migration"].removeprefix("requests_app."), line["seconds"], line["locked_s"]) for line in lines]


@contextmanager
def _copy(place: Place) -> Iterator[Server]:
    live = postgresql.server(place)
    # A short path, since it has a socket in it.
    folder = place.root / "var/lib/postgresql/rehearsal"
    shutil.rmtree(folder, ignore_errors=True)
    postgresql.own_folder(folder, live.user)
    try:
        data = postgresql.own_folder(folder / "data", live.user)
        pgbackrest.restore(place, live, data, until=None, runs_in=data)
        with postgresql.scratch(data, folder) as scratch:
            yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)
