"""What must be right before an upgrade begins, so that it doesn't end halfway."""

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.lampctl import doctor, notes, postgresql, shell
from config.lampctl.place import Place

GIB = 1 << 30
# A release with its Python packages, measured as 0.7 GB.
FOR_A_RELEASE = 2 * GIB
# A rewritten table is there twice for a while, with its indexes, and the log has both.
REWRITES = 2
DRILLED_WITHIN = dt.timedelta(days=8)
LARGEST = "SELECT coalesce(max(pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r'"
DEAD = "SELECT count(*) FROM requests_app_outboxrow WHERE dead_at IS NOT NULL"


@dataclass(frozen=True)
class Problem:
    """name: for --accept."""

    name: str
    sentence: str


def problems(place: Place) -> Iterator[Problem]:
    yield from _disk(place)
    yield from _backup(place)
    dead = int(_ask(place, DEAD))
    if dead:
        yield Problem(
            "outbox", f"{dead} tasks were given up and wait for you at /staff/outbox/: send or discard them first."
        )
    red = [row for row in doctor.examine(place)["findings"] if row["color"] == "red"]
    if red:
        yield Problem("doctor", f"lampctl doctor is red already: {red[0]['text']} {red[0]['advice']}")


def _disk(place: Place) -> Iterator[Problem]:
    free = shutil.disk_usage(_existing(place.releases)).free
    if free < FOR_A_RELEASE:
        yield Problem(
            "disk", f"{place.releases} has {free / GIB:.1f} GB free. A release needs {FOR_A_RELEASE // GIB} GB."
        )
    if postgresql.is_ours(place):
        folder = _existing(postgresql.server(place).data)
        needed, free = REWRITES * int(_ask(place, LARGEST)) + GIB, shutil.disk_usage(folder).free
        if free < needed:
            yield Problem(
                "disk",
                f"{folder} has {free / GIB:.1f} GB free. Rewriting the largest table needs up to {needed / GIB:.1f} GB.",
            )


def _backup(place: Place) -> Iterator[Problem]:
    drilled = notes.read(place.data / "drill.json")
    if not drilled:
        yield Problem("backup", "No backup was ever restored for a try. Run lampctl backup and lampctl drill first.")
    elif not drilled["ok"]:
        yield Problem("backup", f"The last drill failed: {drilled['sentence']} Run lampctl drill again.")
    elif dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(drilled["at"]) > DRILLED_WITHIN:
        yield Problem("backup", "The last drill is older than 8 days. Run lampctl drill first.")


def _ask(place: Place, sql: str) -> str:
    environment = postgresql.programs_of(postgresql.owner_url(place))
    command: list[str | Path] = [postgresql.PROGRAMS / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    return shell.run(command, env={**os.environ, **environment}, text=sql, folder=Path("/")).strip()


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
