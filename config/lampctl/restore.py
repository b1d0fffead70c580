"""`lampctl restore`: gets the city back from its backups, on this machine or a new one, as it was at a moment. Web starts last.

Killed anywhere, it goes on when it's run again. Until its end the settings have another INSTALLATION_ID than the database, so that
nothing is sent even if the machine starts the processes by itself.
"""

import argparse
import datetime as dt
import grp
import json
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.lampctl import (
    backup,
    backup_place,
    locks,
    notes,
    pgbackrest,
    postgresql,
    restic,
    settings_files,
    shell,
    units,
    users,
)
from config.lampctl.backup_place import DAYS_KEPT
from config.lampctl.pgbackrest import Backup
from config.lampctl.place import USERS, Place
from config.lampctl.postgresql import Server
from config.lampctl.restic import Restic, Snapshot
from config.lampctl.shell import Refusal

# Of the machine of before: private links and sessions are signed with them.
KEYS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "LINK_KEYS")
# What the disk must still have free afterward.
FREE_AFTER = 512 * 1024**2
NOT_REACHED = "recovery ended before configured recovery target was reached"
GIB = 1024**3
# All tables and functions of the owner in a database that was given, also those that a newer release added.
EMPTY = """
DO $$ DECLARE names text[]; name text; BEGIN
  SELECT array_agg(own) INTO names FROM (
    SELECT format('TABLE IF EXISTS %s', oid::regclass) FROM pg_class t
    WHERE relkind IN ('r', 'p') AND relowner = current_user::regrole AND relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND deptype = 'e')
    UNION ALL
    SELECT format('ROUTINE IF EXISTS %s', oid::regprocedure) FROM pg_proc f
    WHERE proowner = current_user::regrole AND pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = f.oid AND deptype = 'e')) AS every(own);
  FOREACH name IN ARRAY coalesce(names, '{}') LOOP EXECUTE 'DROP ' || name || ' CASCADE'; END LOOP;
END $$"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", metavar="TIME", help='go back to this moment, such as "2026-11-30 14:05" by this machine’s clock'
    )
    parser.add_argument(
        "--as-copy", action="store_true", help="a copy to try things out: every address in it is replaced"
    )
    parser.add_argument(
        "--here", action="store_true", help="the database was brought here by other means: only settle it"
    )
    parser.add_argument("--yes", action="store_true", help="don’t ask before anything is overwritten")


@dataclass(frozen=True)
class Plan:
    """What will be restored. until: to which moment; None: to the end of what was archived. lost_until: when this began."""

    until: dt.datetime | None
    lost_until: dt.datetime
    database: Backup | Snapshot | None
    files: Snapshot | None
    # The newest one, which has the newest list of erasures.
    newest: Snapshot | None
    # shared.env, as it was backed up.
    settings: str
    # The newest piece of the log that is to be replayed.
    archived: str
    ours: bool


def main(place: Place, options: argparse.Namespace) -> int:
    with locks.alone(place, busy="A backup, drill or restore is running. Try again when it has ended."):
        run(place, to=options.to, as_copy=options.as_copy, here=options.here, yes=options.yes)
    return 0


def run(place: Place, *, to: str | None, as_copy: bool, here: bool, yes: bool) -> None:
    files = None if here else Restic(place, backup_place.read(place))
    if files is None:
        plan = Plan(None, dt.datetime.now(dt.UTC), None, None, None, "", "", postgresql.is_ours(place))
        shell.confirm("This makes the database that is here this installation's own. Go on?", yes=yes)
    else:
        plan = preflight(place, files, to)
        shell.confirm("Go on?", yes=yes)
    _note(place, plan)
    stop_site(place)
    _new_installation_id(place)
    if files is not None and plan.files is not None:
        if isinstance(plan.database, Backup):
            _restore_cluster(place, plan)
        elif plan.database is not None:
            _restore_dump(place, files, plan.database)
        _restore_files(place, files, plan, as_copy=as_copy)
    _passwords(place, plan)
    settle(place, plan, as_copy=as_copy)
    (place.data / "restoring.json").unlink(missing_ok=True)
    start_site(place)


# --- Before anything is changed ----------------------------------------------------------------------------------------


def preflight(place: Place, files: Restic, to: str | None) -> Plan:
    """Says what will be done and lost. Refuses with the first thing that can't be right."""
    now = dt.datetime.now(dt.UTC)
    chosen = files.backup_place
    begun = backup.restoring(place)
    until = _moment(to, now)
    if begun and to is None and begun["until"]:
        until = dt.datetime.fromisoformat(begun["until"])
    lost_until = dt.datetime.fromisoformat(begun["lost_until"]) if begun else now
    ours = postgresql.is_ours(place)
    server = postgresql.server(place)
    stored_files = files.snapshots()
    snapshots = stored_files.get(restic.FILES)
    if not snapshots:
        raise Refusal(f"{chosen.address} has no backup yet.")
    snapshot = next((one for one in snapshots if until is not None and one.at >= until), snapshots[-1])
    texts = files.read(snapshot, [backup.facts_path(place), place.settings / "shared.env"])
    _check_release(place, json.loads(texts.get(backup.facts_path(place), "{}")))
    archived = ""
    database: Backup | Snapshot
    if ours:
        pgbackrest.write_config(place, chosen, server)
        stored = pgbackrest.backups(place, server)
        if server.is_running() and not begun:
            # So that what was written in the last minute is in the archive, too.
            _archive_own(place, server)
        archived = begun.get("archived") or pgbackrest.archived_until(place, server)
        database = _choose(stored, [one.stopped_at for one in stored], until)
        _check_folder(server)
        _check_disk(server.data, database.size)
    else:
        dumps = stored_files.get(restic.DATABASE, [])
        database = _newest_before(dumps, [one.at for one in dumps], until)
    _say_plan(place, chosen, until, lost_until, database, snapshot)
    saved = texts.get(place.settings / "shared.env", "")
    return Plan(until, lost_until, database, snapshot, snapshots[-1], saved, archived, ours)


def _moment(to: str | None, now: dt.datetime) -> dt.datetime | None:
    if to is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(to)
    except ValueError as error:
        raise Refusal(f'“{to}” is no time. Write it as "2026-11-30 14:05".') from error
    moment = moment.astimezone()
    if moment > now:
        raise Refusal(f"{to} is still to come.")
    return moment


def _check_release(place: Place, facts: dict[str, Any]) -> None:
    known = {path.stem for path in (place.current.resolve() / "requests_app/migrations").glob("0*.py")}
    if set(facts.get("migrations", [])) - known:
        raise Refusal(
            f"The backup was made by release {facts['release']}, which is newer than the one here. "
            f"Install {facts['release']} or a newer one first: lampctl upgrade."
        )


def _archive_own(place: Place, server: Server) -> None:
    """If the running database is the one whose backups these are."""
    identifier = server.psql("SELECT system_identifier FROM pg_control_system()")
    if identifier in pgbackrest.stored_identifiers(place, server) and not pgbackrest.archive_rest(server):
        shell.say("What was written in the last minutes couldn't be archived, and will be lost.")


def _choose(stored: list[Backup], times: list[dt.datetime], until: dt.datetime | None) -> Backup:
    if not stored:
        raise Refusal("There's no backup of a database yet.")
    usable = [one for one, at in zip(stored, times, strict=True) if until is None or at <= until]
    if not usable:
        raise Refusal(f"The oldest backup is of {_local(times[0])}. Backups are kept for {DAYS_KEPT} days.")
    return usable[-1]


def _newest_before(dumps: list[Snapshot], times: list[dt.datetime], until: dt.datetime | None) -> Snapshot:
    usable = [one for one, at in zip(dumps, times, strict=True) if until is None or at <= until]
    if not usable:
        raise Refusal("There's no dump of the database of before that moment.")
    return usable[-1]


def _check_folder(server: Server) -> None:
    data = server.data
    if data.exists() and any(data.iterdir()) and not (data / "PG_VERSION").exists():
        raise Refusal(f"{data} isn't empty, and it isn't a PostgreSQL database. Move what is in it away first.")


def _check_disk(data: Path, needed: int) -> None:
    """The database of now stays, next to the restored one."""
    folder = next(one for one in (data, *data.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    if free < needed + FREE_AFTER:
        raise Refusal(
            f"{folder} has {free / GIB:.1f} GB free, and the restored database needs {(needed + FREE_AFTER) / GIB:.1f} GB. "
            "Make room, then run this again. Nothing was changed."
        )


def _say_plan(
    place: Place,
    chosen: backup_place.BackupPlace,
    until: dt.datetime | None,
    lost_until: dt.datetime,
    database: Backup | Snapshot,
    files: Snapshot,
) -> None:
    at = database.stopped_at if isinstance(database, Backup) else database.at
    shell.say(
        f"From {chosen.address}: the database (backup of {_local(at)}), photos and settings (of {_local(files.at)})."
    )
    if isinstance(database, Snapshot):
        shell.say(f"Lost: whatever was written from {_local(at)} to {_local(lost_until)}.")
    elif until is None:
        shell.say("The database goes on to the last minute that was archived.")
    else:
        shell.say(f"Lost: whatever was written from {_local(until)} to {_local(lost_until)}.")
    shell.say(
        "The site stops, and starts again at the end. Email that may have been sent already waits for your decision."
    )


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _note(place: Place, plan: Plan) -> None:
    noted = {"until": plan.until.isoformat() if plan.until else "", "lost_until": plan.lost_until.isoformat()}
    notes.write(place.data / "restoring.json", {**noted, "archived": plan.archived})


# --- What is restored --------------------------------------------------------------------------------------------------


def _restore_cluster(place: Place, plan: Plan) -> None:
    """Into a folder next to the one of now, which then stays as `….before-TIME` until somebody deletes it."""
    server = postgresql.server(place)
    fresh = server.data.with_name(f"{server.data.name}.restoring")
    if fresh.exists():
        shutil.rmtree(fresh)
    postgresql.own_folder(fresh, server.user)
    shell.say("Restoring the database.")
    pgbackrest.restore(place, server, fresh, until=plan.until, runs_in=server.data, archived=plan.archived)
    server.stop()
    if server.data.exists() and any(server.data.iterdir()):
        aside = server.data.with_name(f"{server.data.name}.before-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}")
        server.data.rename(aside)
        shell.say(f"The database of before is in {aside}. Delete it when all is well.")
    elif server.data.exists():
        server.data.rmdir()
    fresh.rename(server.data)
    try:
        server.start()
    except Refusal as refusal:
        if NOT_REACHED not in str(refusal):
            raise
        # Nothing was written after that moment: all there is, is what is wanted.
        pgbackrest.forget_target(server.data)
        server.start()
    else:
        if plan.until is not None:
            return
    replayed = server.psql("SELECT substr(pg_walfile_name(pg_last_wal_replay_lsn()), 9)")
    if replayed < plan.archived[8:]:
        raise Refusal(
            f"The archive has a gap: the log was replayed to {_local(_last_written(place, plan))}, and what is after the gap can't "
            f'be. To take what there is, run lampctl restore --to "{_local(_last_written(place, plan))}".'
        )


def _restore_dump(place: Place, files: Restic, dump: Snapshot) -> None:
    """Into the database that was given, whose tables are replaced."""
    shell.say("Restoring the database.")
    folder = place.data / "restoring-dump"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        files.run("restore", dump.id, f"--target={folder}")
        reached = postgresql.programs_of(postgresql.owner_url(place))
        shell.run([postgresql.PROGRAMS / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], env=reached, text=EMPTY)
        # Extensions stay: they may be the provider's own.
        options = ["--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error"]
        shell.run(
            [
                postgresql.PROGRAMS / "pg_restore",
                *options,
                f"--dbname={reached['PGDATABASE']}",
                folder / "database.dump",
            ],
            env=reached,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _restore_files(place: Place, files: Restic, plan: Plan, *, as_copy: bool) -> None:
    """Photos and suggestions are added to what is here. Of the settings, only keys are taken."""
    if plan.files is None or plan.newest is None:
        return
    shell.say("Restoring photos and suggestions.")
    files.restore(plan.files, place.data, [place.media.name, place.suggestions.name])
    _own_again(place)
    path = backup.erasures_path(place)
    listed = files.read(plan.newest, [path]).get(path, "")
    backup.add_erasures(place, [json.loads(line) for line in listed.splitlines()])
    if not as_copy:
        _take_keys(place, plan.settings)


def _own_again(place: Place) -> None:
    """restic restores numbers of users, which are others on another machine."""
    if place.root != Path("/"):
        return
    for folder, user in ((place.media, USERS["web"]), (place.suggestions, USERS["worker"])):
        shell.run(["chown", "--recursive", "--no-dereference", f"{user}:{users.GROUP}", folder])
    users.folders(place)


def _take_keys(place: Place, text: str) -> None:
    """Links and sessions of before go on to work. What else differs is said, and stays as it is here."""
    path = place.settings / "shared.env"
    with tempfile.NamedTemporaryFile("w", suffix=".env") as copy:
        copy.write(text)
        copy.flush()
        saved = settings_files.read(Path(copy.name))
    own = settings_files.read(path)
    taken = {name: saved[name] for name in KEYS if name in saved and saved[name] != own.get(name)}
    if taken:
        _rewrite(path, {**own, **taken})
        shell.say(f"Taken from the backup's settings: {', '.join(taken)}.")
    others = sorted(name for name in saved if name not in (*KEYS, "INSTALLATION_ID") and saved[name] != own.get(name))
    if others:
        shell.say(f"Different in the backup's settings, and left as they are here: {', '.join(others)}.")


def _new_installation_id(place: Place) -> None:
    path = place.settings / "shared.env"
    _rewrite(path, {**settings_files.read(path), "INSTALLATION_ID": secrets.token_hex(16)})


def _rewrite(path: Path, values: dict[str, str]) -> None:
    """Replaces the settings, for the same readers."""
    before = path.stat()
    group = grp.getgrgid(before.st_gid).gr_name if before.st_mode & stat.S_IRGRP else None
    settings_files.write(path, values, group=group)


def _passwords(place: Place, plan: Plan) -> None:
    """The roles came with the database; their passwords are those of the settings that are here."""
    if not plan.ours:
        return
    server = postgresql.server(place)
    for path in sorted(place.settings.glob("*.env")):
        for name, url in settings_files.read(path).items():
            if not name.startswith("DATABASE_URL"):
                continue
            reached = postgresql.programs_of(url)
            if reached.get("PGPASSWORD"):
                role, password = reached["PGUSER"].replace('"', '""'), reached["PGPASSWORD"].replace("'", "''")
                server.psql(f"ALTER ROLE \"{role}\" PASSWORD '{password}'")


def settle(place: Place, plan: Plan, *, as_copy: bool) -> None:
    """Newer migrations, then what must be done before anything answers or is sent."""
    shell.say("Bringing the database to this release.")
    shell.manage(place, "prepare_restored")
    path = backup.erasures_path(place)
    restored_to = plan.until or _last_written(place, plan)
    words = (
        ["--as-copy"]
        if as_copy
        else [f"--restored-to={restored_to.isoformat()}", f"--lost-until={plan.lost_until.isoformat()}"]
    )
    answer = shell.manage(
        place, "settle_restored", *words, role="worker", text=path.read_text() if path.exists() else ""
    )
    done = json.loads(answer.splitlines()[-1])
    for warning in done["warnings"]:
        shell.say(f"Look at this: {warning}")
    if done["erased"]:
        shell.say(f"Erased again, as they had asked: {done['erased']}.")
    if done["paused"]:
        shell.say(
            f"Waiting for your decision on the page Outbox: {done['paused']} messages that may have been sent already."
        )
    if as_copy:
        shell.say("This is a copy: every address in it was replaced. Staff sign in with user-ID@copy.invalid.")


def _last_written(place: Place, plan: Plan) -> dt.datetime:
    """The moment to which it went back: of a dump its own, else of the last transaction that was replayed."""
    if isinstance(plan.database, Snapshot):
        return plan.database.at
    if plan.database is None or not plan.ours:
        return plan.lost_until
    last = postgresql.server(place).psql("SELECT coalesce(pg_last_xact_replay_timestamp(), now())::text")
    return dt.datetime.fromisoformat(last) if last else plan.lost_until


# --- The site ----------------------------------------------------------------------------------------------------------


def stop_site(place: Place) -> None:
    shell.say("Stopping the site.")
    _site(place, "stop")


def start_site(place: Place) -> None:
    _site(place, "start")
    shell.say("The site is back. lampctl doctor says whether all is well.")


def _site(place: Place, verb: str) -> None:
    """Its processes. A folder for tests has none."""
    if place.root != Path("/"):
        return
    installed = settings_files.read(place.settings / "install.env")
    systemd = installed.get("SYSTEMD", "yes") == "yes"
    if verb == "stop":
        units.stop(place, systemd=systemd)
    else:
        units.start(place, systemd=systemd)
