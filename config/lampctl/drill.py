"""`lampctl drill`: restores the newest backup into a scratch cluster and checks that it's whole. A timer calls it every week."""

import argparse
import datetime as dt
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.lampctl import backup_place, locks, notes, pgbackrest, postgresql, restic, shell
from config.lampctl.place import Place
from config.lampctl.postgresql import Server
from config.lampctl.restic import Restic, Snapshot
from config.lampctl.restore import FREE_AFTER, GIB
from config.lampctl.shell import Refusal

# Of the stored files, whose bytes are compared with their checksums, too.
READ_SHARE = "5%"
DATABASE = "lamplighter"


@dataclass(frozen=True)
class StoredFiles:
    """The names of the files that the newest backup has, one a line. The database may go on for some minutes after it."""

    at: dt.datetime
    names: str


def options(parser: argparse.ArgumentParser) -> None:
    """None."""


def main(place: Place, options: argparse.Namespace) -> int:
    with locks.alone(place, busy="A backup, drill or restore is running. Try again when it has ended."):
        run(place)
    return 0


def note_path(place: Place) -> Path:
    return place.data / "drill.json"


def run(place: Place) -> None:
    """Notes how it went and how long it took. Refuses if the backup isn't whole."""
    began, now = time.monotonic(), dt.datetime.now(dt.UTC)
    try:
        done = _run(place)
    except Refusal as refusal:
        done = {"ok": False, "sentence": str(refusal).splitlines()[0]}
    minutes = (time.monotonic() - began) / 60
    noted = {**done, "at": now.isoformat(), "seconds": round(time.monotonic() - began, 1)}
    notes.write(note_path(place), {**notes.read(note_path(place)), **noted})
    if not done["ok"]:
        raise Refusal(done["sentence"])
    shell.say(f"{done['sentence']} That took {minutes:.0f} min.")


def _run(place: Place) -> dict[str, Any]:
    chosen = backup_place.read(place)
    files = Restic(place, chosen)
    stored = files.snapshots()
    snapshots = stored.get(restic.FILES)
    if not snapshots:
        raise Refusal("There's no backup to try.")
    stored_files = StoredFiles(snapshots[-1].at, "\n".join(Path(path).name for path in files.files(snapshots[-1])))
    files.run("check", f"--read-data-subset={READ_SHARE}")
    # A short path, since it has a socket in it.
    folder = place.root / "var/lib/postgresql/drill"
    if folder.exists():
        shutil.rmtree(folder)
    live = postgresql.server(place)
    postgresql.own_folder(folder, live.user)
    try:
        if postgresql.is_ours(place):
            answer = _of_cluster(place, live, folder, stored_files)
        else:
            answer = _of_dump(place, live, files, stored.get(restic.DATABASE, []), folder, stored_files)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = json.loads(answer.splitlines()[-1])
    if done["problems"]:
        raise Refusal(f"The backup isn't whole: {' '.join(done['problems'])}")
    noted = {"ok": True, "sentence": "The newest backup was restored and checked.", "files": done["photos"]}
    return {**noted, "requests": done["requests"]}


def _of_cluster(place: Place, live: Server, folder: Path, stored_files: StoredFiles) -> str:
    stored = pgbackrest.backups(place, live)
    if not stored:
        raise Refusal("There's no backup of the database to try.")
    free = shutil.disk_usage(folder).free
    if free < stored[-1].size + FREE_AFTER:
        raise Refusal(f"{folder} has {free / GIB:.1f} GB free, too little to restore the database there.")
    data = postgresql.own_folder(folder / "data", live.user)
    pgbackrest.restore(place, live, data, until=None, runs_in=data)
    with postgresql.scratch(data, folder) as scratch:
        return _checks(place, scratch, stored_files)


def _of_dump(
    place: Place, live: Server, files: Restic, dumps: list[Snapshot], folder: Path, stored_files: StoredFiles
) -> str:
    if not dumps:
        raise Refusal("There's no dump of the database to try.")
    data = postgresql.own_folder(folder / "data", live.user)
    words = ["--locale=C", "--encoding=UTF8", "--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    shell.run([postgresql.PROGRAMS / "initdb", "--no-sync", *words, "-D", data], user=live.user, folder=Path("/"))
    files.run("restore", dumps[-1].id, f"--target={folder}")
    dump = folder / "database.dump"
    if live.user:
        shutil.chown(dump, live.user)
    with postgresql.scratch(data, folder) as scratch:
        # The dump has neither owners nor rights: create_roles gives them on a server, so they are made here, too.
        scratch.psql("CREATE ROLE lamplighter_owner LOGIN SUPERUSER")
        scratch.psql(f"CREATE DATABASE {DATABASE} OWNER lamplighter_owner")
        where: list[str | Path] = ["-h", folder, "-U", "lamplighter_owner", "-d", DATABASE]
        shell.run([postgresql.PROGRAMS / "pg_restore", "--no-owner", "--exit-on-error", *where, dump], user=live.user)
        _manage(place, scratch, "create_roles", role="lamplighter_owner")
        return _checks(place, scratch, stored_files)


def _checks(place: Place, scratch: Server, stored_files: StoredFiles) -> str:
    words = ["drill_checks", f"--files-at={stored_files.at.isoformat()}"]
    return _manage(place, scratch, *words, text=stored_files.names)


def _manage(place: Place, scratch: Server, *words: str, role: str = postgresql.SUPERUSER, text: str = "") -> str:
    """A management command against the scratch copy, as the only user who reaches it."""
    release = place.current.resolve()
    url = f"postgis://{role}@/{DATABASE}?host={scratch.socket}"
    # As on the server, web has another address than the owner.
    of_web = url.replace(role, "lamplighter_web", 1)
    env = {**shell.environment(place, "owner"), "DATABASE_URL": of_web, "DATABASE_URL_OWNER": url}
    command: list[str | Path] = [release / ".venv/bin/python", release / "manage.py", *words]
    return shell.run(command, env=env, folder=release, user=scratch.user, text=text)
