"""`lampctl backup`: what is due of the database, then photos, suggestions, settings and the list of erasures. A timer calls it
every 5 minutes. The database comes first, so that every row of a photo has its file in the same backup or a later one.
"""

import argparse
import datetime as dt
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.lampctl import backup_place, locks, notes, pgbackrest, postgresql, restic, settings_files, shell
from config.lampctl.backup_place import DAYS_KEPT
from config.lampctl.place import Place
from config.lampctl.restic import Restic
from config.lampctl.shell import Refusal

SHEET = """\
LAMPLIGHTER: HOW TO GET THE CITY'S 311 DESK BACK                                    printed {printed}
Keep this page in the safe. Anyone who has it can read every report.

Host name      {host}
Backups        {address}
Passphrase     {passphrase}
{more}
On a new machine with Debian 13, as root, in a copy of the same release or a newer one:

  1.  bin/install            answer with the host name, the address of the backups and the passphrase above
  2.  lampctl restore        says first what it will do, and what would be lost
  3.  lampctl doctor         says whether all is well

To go back to a moment of the last {days} days: lampctl restore --to "2026-11-30 14:05" (this machine's time).
"""
# Of a database without access to its log.
DUMP_EVERY = dt.timedelta(minutes=55)
PRUNED_EVERY = dt.timedelta(hours=23)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--now", choices=["full", "diff"], help="back up the database now, as a whole or what is new")
    parser.add_argument("--sheet", action="store_true", help="print the page for the safe")


def main(place: Place, options: argparse.Namespace) -> int:
    if options.sheet:
        print(sheet(place))
        return 0
    with locks.alone(place, busy="A backup, drill or restore is running. Try again when it has ended."):
        if restoring(place):
            raise Refusal("A restore was interrupted. Run lampctl restore again; it goes on.")
        run(place, kind=options.now)
    return 0


def note_path(place: Place) -> Path:
    return place.data / "backup.json"


def erasures_path(place: Place) -> Path:
    """The list of who was erased: ids and times, one JSON object a line."""
    return place.data / "erasures.jsonl"


def facts_path(place: Place) -> Path:
    """What a restore needs to know before it reads the database."""
    return place.data / "backup-facts.json"


def restoring(place: Place) -> dict[str, Any]:
    """What an interrupted restore noted; {} if there is none."""
    return notes.read(place.data / "restoring.json")


def run(place: Place, *, kind: str | None = None) -> None:
    """Backs up what is due, and notes how it went. kind: full or diff, at once."""
    began = time.monotonic()
    now = dt.datetime.now(dt.UTC)
    before = notes.read(note_path(place))
    try:
        done = _run(place, kind, now, before)
    except Refusal as refusal:
        failed = {"at": now.isoformat(), "ok": False, "sentence": str(refusal).splitlines()[0]}
        notes.write(note_path(place), {**before, **failed, "seconds": round(time.monotonic() - began, 1)})
        raise
    notes.write(
        note_path(place),
        {**before, **done, "at": now.isoformat(), "ok": True, "seconds": round(time.monotonic() - began, 1)},
    )
    shell.say(done["sentence"])


def _run(place: Place, kind: str | None, now: dt.datetime, before: dict[str, Any]) -> dict[str, Any]:
    chosen = backup_place.read(place)
    files = Restic(place, chosen)
    ours = postgresql.is_ours(place)
    server = postgresql.server(place)
    backup_place.make_folder(chosen, server.user if ours else None)
    facts = json.loads(shell.manage(place, "backup_facts").splitlines()[-1])
    if facts["is_copy"]:
        raise Refusal(
            "This is a copy of another installation, which isn't backed up. lampctl doctor names the two ways out."
        )
    add_erasures(place, facts.pop("erasures"))
    noted: dict[str, Any] = {"sentence": "Photos and settings are backed up.", "loses": "5 minutes"}
    if ours:
        pgbackrest.prepare(place, chosen, server)
        due = kind or pgbackrest.due(pgbackrest.backups(place, server), now)
        if due:
            pgbackrest.back_up(place, server, due)
            noted["sentence"] = f"The database ({due}), photos and settings are backed up."
            noted["database_at"] = now.isoformat()
        noted["archive"] = _archive(server)
    else:
        noted["loses"] = "an hour"
        if kind or not _newer(before.get("database_at"), DUMP_EVERY, now):
            dump(place, files)
            noted["sentence"] = "The database (a dump), photos and settings are backed up."
            noted["database_at"] = now.isoformat()
    notes.write(facts_path(place), {**facts, "ours": ours, "at": now.isoformat()})
    inside = [facts_path(place), erasures_path(place), place.settings, place.suggestions, place.media]
    files.back_up(restic.FILES, inside)
    pruned_at = before.get("pruned_at", now.isoformat())
    if not _newer(pruned_at, PRUNED_EVERY, now):
        files.forget()
        pruned_at = now.isoformat()
    noted["pruned_at"] = pruned_at
    noted["files"] = facts["photos"]
    return noted


def _newer(moment: str | None, than: dt.timedelta, now: dt.datetime) -> bool:
    return moment is not None and now - dt.datetime.fromisoformat(moment) < than


def _archive(server: postgresql.Server) -> dict[str, str]:
    """When the log was last archived, and when that last failed, as PostgreSQL says; empty texts: never."""
    last = server.psql(
        "SELECT coalesce(last_archived_time::text, ''), coalesce(last_failed_time::text, '') FROM pg_stat_archiver"
    )
    archived_at, _, failed_at = last.partition("|")
    return {"archived_at": archived_at, "failed_at": failed_at}


def add_erasures(place: Place, lines: list[dict[str, Any]]) -> None:
    """Adds what isn't in the list yet, and drops what is older than every backup. Without a change, the file stays as it is."""
    path = erasures_path(place)
    before = path.read_text() if path.exists() else ""
    oldest = (dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS_KEPT + 7)).isoformat()
    rows = {line: json.loads(line) for line in [*before.splitlines(), *(json.dumps(one) for one in lines)]}
    after = "".join(f"{line}\n" for line, row in rows.items() if row["at"] > oldest)
    if after == before and path.exists():
        return
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(after)
    fresh.chmod(0o600)
    fresh.replace(path)


def dump(place: Place, files: Restic) -> None:
    """A dump of a database that was given, straight into the repository."""
    pg_dump = [str(postgresql.PROGRAMS / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    pg_dump.append("--exclude-table-data=spatial_ref_sys")
    files.back_up_output(restic.DATABASE, pg_dump, "database.dump", postgresql.programs_of(postgresql.owner_url(place)))


def sheet(place: Place) -> str:
    """The page for the safe: all that a person needs who has a bare machine and this page."""
    chosen = backup_place.read(place)
    installed = place.settings / "install.env"
    host = settings_files.read(installed).get("HOST", "") if installed.exists() else ""
    host = host or str(urlsplit(shell.environment(place, "owner").get("SITE_URL", "")).hostname or "")
    more = ""
    if chosen.kind == "s3":
        more = "Keys           BACKUP_S3_KEY and BACKUP_S3_SECRET, from the company that runs the bucket\n"
    if chosen.kind == "sftp":
        more = f"Key            a copy of {chosen.sftp_key}, kept with this page\n"
    return SHEET.format(
        host=host,
        address=chosen.address,
        passphrase=chosen.passphrase,
        more=more,
        days=DAYS_KEPT,
        printed=dt.datetime.now(dt.UTC).date().isoformat(),
    )
