"""The last backup, and the last drill, which is a backup that was restored: as `lampctl backup` and `drill` wrote them down."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from requests_app.doctor.findings import Finding, green, red
from requests_app.models import Jurisdiction

# Daily, with some hours for one that takes long.
BACKUP_WITHIN = dt.timedelta(hours=26)
# Weekly.
DRILL_WITHIN = dt.timedelta(days=8)


def backup(city: Jurisdiction | None) -> Finding:
    last = _last("backup.json")
    if last is None and settings.DEMO:
        return green(gettext_noop("A demo needs no backup: everything in it is invented."))
    if last is None:
        return red(
            gettext_noop("There is no backup."),
            gettext_noop("Run: lampctl backup"),
        )
    at, row = last
    measures = _measures(at, row)
    if not row.get("ok"):
        return red(
            gettext_noop("The last backup failed, on %(at)s."),
            gettext_noop("Run: lampctl backup. It says what is wrong."),
            measures=measures,
            at=at,
        )
    # Photos and the list of who was erased are backed up every few minutes, the database daily.
    database_at = _time(row.get("database_at")) or at
    if _age(database_at) > BACKUP_WITHIN:
        return red(
            gettext_noop("The last backup is from %(at)s."),
            gettext_noop("Run: lampctl backup, and check its timer: systemctl list-timers"),
            measures=measures,
            at=database_at,
        )
    archive = row.get("archive") or {}
    archived_at, failed_at = _time(archive.get("archived_at")), _time(archive.get("failed_at"))
    if failed_at is not None and (archived_at is None or archived_at < failed_at):
        return red(
            gettext_noop("Changes in the database haven’t been backed up since %(at)s."),
            gettext_noop("Check the disk or server where backups go, and run: lampctl backup"),
            measures=measures,
            at=archived_at or database_at,
        )
    if row.get("loses") == "an hour":
        return green(
            gettext_noop("The last backup is from %(at)s. Up to an hour may be lost."),
            measures=measures,
            at=database_at,
        )
    return green(gettext_noop("The last backup is from %(at)s."), measures=measures, at=database_at)


def drill(city: Jurisdiction | None) -> Finding:
    last = _last("drill.json")
    to_do = gettext_noop("Run: lampctl drill")
    if last is None and settings.DEMO:
        return green(gettext_noop("A demo has no backup to restore."))
    if last is None:
        return red(gettext_noop("No backup was ever restored, so it isn’t certain that one can be."), to_do)
    at, row = last
    measures = _measures(at, row)
    if not row.get("ok"):
        return red(
            gettext_noop("The last drill, on %(at)s, couldn’t restore the backup."), to_do, measures=measures, at=at
        )
    if _age(at) > DRILL_WITHIN:
        return red(gettext_noop("A backup was last restored on %(at)s."), to_do, measures=measures, at=at)
    seconds = measures["seconds"]
    if seconds:
        return green(
            gettext_noop("A backup was last restored on %(at)s, in %(minutes)s min."),
            measures=measures,
            at=at,
            minutes=max(round(seconds / 60), 1),
        )
    return green(gettext_noop("A backup was last restored on %(at)s."), measures=measures, at=at)


def _last(name: str) -> tuple[dt.datetime, dict[str, Any]] | None:
    """None: there was none, or the file can't be read."""
    try:
        row = json.loads((Path(settings.VAR) / name).read_text())
        at = _time(row["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (at, row) if at is not None else None


def _time(text: object) -> dt.datetime | None:
    """Of a text as Python or PostgreSQL writes it; None for anything else."""
    try:
        at = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _age(at: dt.datetime) -> dt.timedelta:
    return dt.datetime.now(dt.UTC) - at


def _measures(at: dt.datetime, row: dict[str, Any]) -> dict[str, float]:
    try:
        seconds = float(row.get("seconds") or 0)
    except (TypeError, ValueError):
        seconds = 0.0
    return {"age_s": round(_age(at).total_seconds()), "ok": float(bool(row.get("ok"))), "seconds": seconds}
