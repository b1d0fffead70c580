"""pgBackRest: the database's backups and its write-ahead log, encrypted, in the place for backups."""

import datetime as dt
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.lampctl import postgresql, shell
from config.lampctl.backup_place import DAYS_KEPT, FULL_EVERY_DAYS, BackupPlace
from config.lampctl.place import Place
from config.lampctl.postgresql import Server
from config.lampctl.shell import Refusal

STANZA = "lamplighter"
# At most so much of the log waits on this machine's disk while the place for backups can't be reached.
QUEUE_MAX = "4GiB"
# What PostgreSQL needs to know. A log file that isn't full goes to the archive after a minute.
ARCHIVE = {"archive_mode": "on", "archive_timeout": "60", "wal_level": "replica"}
# As SHOW writes it.
SHOWN = {**ARCHIVE, "archive_timeout": "1min"}


@dataclass(frozen=True)
class Backup:
    label: str
    kind: str
    stopped_at: dt.datetime
    # Bytes of the database's folder.
    size: int


def config_path(place: Place) -> Path:
    # PostgreSQL's user can't read /etc/lamplighter.
    return place.root / "etc/pgbackrest/lamplighter.conf"


def write_config(place: Place, backup_place: BackupPlace, server: Server) -> Path:
    """PostgreSQL's user reads it, and nobody else but root: it has the passphrase."""
    user = server.user
    spool = postgresql.own_folder(place.root / "var/spool/pgbackrest", user)
    # Not in /run: PostgreSQL archives from the machine's start, before anybody could make a folder there.
    locks = postgresql.own_folder(spool / "locks", user)
    logs = postgresql.own_folder(place.root / "var/log/pgbackrest", user, 0o750)
    options = {
        **backup_place.pgbackrest(),
        "repo1-cipher-type": "aes-256-cbc",
        "repo1-cipher-pass": backup_place.passphrase,
        "repo1-retention-full-type": "time",
        "repo1-retention-full": str(DAYS_KEPT - FULL_EVERY_DAYS),
        "repo1-bundle": "y",
        "compress-type": "zst",
        "process-max": "2",
        "start-fast": "y",
        "archive-async": "y",
        "archive-push-queue-max": QUEUE_MAX,
        "spool-path": str(spool),
        "lock-path": str(locks),
        "log-path": str(logs),
        "log-level-console": "warn",
    }
    of_stanza = {
        "pg1-path": str(server.data),
        "pg1-port": str(server.port),
        "pg1-socket-path": str(server.socket),
        "pg1-user": postgresql.SUPERUSER,
    }
    lines = ["[global]", *_lines(options), f"[{STANZA}]", *_lines(of_stanza)]
    path = config_path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(".lamplighter.conf.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(0o640)
    fresh.write_text("\n".join([*lines, ""]))
    if user:
        shutil.chown(fresh, "root", user)
    fresh.replace(path)
    return path


def _lines(options: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in options.items()]


def run(place: Place, server: Server, *words: str | Path) -> str:
    command = ["pgbackrest", f"--config={config_path(place)}", f"--stanza={STANZA}", *words]
    return shell.run(command, user=server.user, folder=Path("/"))


def prepare(place: Place, backup_place: BackupPlace, server: Server) -> None:
    """Lets the cluster archive its log there. Restarts it if it didn't yet. Does nothing the second time."""
    write_config(place, backup_place, server)
    push = f"pgbackrest --config={config_path(place)} --stanza={STANZA} archive-push %p"
    meant = {**ARCHIVE, "archive_command": push}
    if {name: server.psql(f"SHOW {name}") for name in ARCHIVE} != SHOWN or server.psql("SHOW archive_command") != push:
        server.psql(";\n".join(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in meant.items()) + ";")
        server.psql("SELECT pg_reload_conf()")
        if server.psql("SHOW archive_mode") != "on" or server.psql("SHOW wal_level") != "replica":
            shell.say("Restarting PostgreSQL once, so that it archives its log.")
            server.stop()
            server.start()
    identifier = server.psql("SELECT system_identifier FROM pg_control_system()")
    stored = stored_identifiers(place, server)
    if identifier not in stored:
        if stored:
            raise Refusal(
                "The place for backups has those of another database. To get that one back: lampctl restore. "
                "To begin with this one, set BACKUP_TO to an empty place."
            )
        run(place, server, "stanza-create")


def stored_identifiers(place: Place, server: Server) -> list[str]:
    """The identifiers of the databases that the repository has backups or logs of."""
    rows = _info(place, server)
    return [str(one["system-id"]) for row in rows for one in row.get("db", [])]


def _info(place: Place, server: Server) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(place, server, "--output=json", "--log-level-console=error", "info"))
    return rows


def backups(place: Place, server: Server) -> list[Backup]:
    """Oldest first. Raises Refusal if the repository can't be read, such as with another passphrase."""
    rows = _info(place, server)
    broken = [row["status"]["message"] for row in rows if row["status"]["code"] not in (0, 1, 2)]
    if broken:
        raise Refusal(f"The database's backups can't be read: {broken[0]}. Is BACKUP_PASSPHRASE right?")
    return [
        Backup(
            one["label"], one["type"], dt.datetime.fromtimestamp(one["timestamp"]["stop"], dt.UTC), one["info"]["size"]
        )
        for row in rows
        for one in row.get("backup", [])
    ]


def archived_until(place: Place, server: Server) -> str:
    """The newest piece of the log in the archive, 24 hexadecimal digits; the first 8 are its timeline. "" if there is none."""
    pieces = [str(one["max"]) for row in _info(place, server) for one in row.get("archive", []) if one.get("max")]
    return max(pieces, default="")


def due(stored: list[Backup], now: dt.datetime) -> str | None:
    """Which kind is due: full once a week, diff once a day."""
    full = [one.stopped_at for one in stored if one.kind == "full"]
    if not full or now - full[-1] >= dt.timedelta(days=FULL_EVERY_DAYS):
        return "full"
    return "diff" if now - stored[-1].stopped_at >= dt.timedelta(hours=23) else None


def back_up(place: Place, server: Server, kind: str) -> None:
    run(place, server, f"--type={kind}", "backup")


def archive_rest(server: Server) -> bool:
    """Has what was written until now archived. Returns whether that was done within a minute."""
    last = server.psql("SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + 60
    while server.psql("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver") < last:
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def restore(
    place: Place, server: Server, folder: Path, *, until: dt.datetime | None, runs_in: Path, archived: str = ""
) -> None:
    """Writes the newest backup before that time into an empty folder, and what PostgreSQL needs to replay the log up to it.

    runs_in: where the folder will be when PostgreSQL starts in it. archived: the newest piece of the log that counts, as
    archived_until() says; a restore that was interrupted may have begun another timeline since. "": the newest there is.
    """
    # While the city's own cluster runs, a scratch one asks for each piece of the log by itself.
    alone = "" if runs_in == server.data else " --no-archive-async"
    fetch = (
        f'pgbackrest --config={config_path(place)} --stanza={STANZA} --pg1-path={runs_in}{alone} archive-get %f "%p"'
    )
    words: list[str | Path] = [f"--pg1-path={folder}", f"--recovery-option=restore_command={fetch}"]
    if until is not None:
        words += ["--type=time", f"--target={until:%Y-%m-%d %H:%M:%S.%f%z}", "--target-action=promote"]
    if archived:
        words.append(f"--target-timeline={int(archived[:8], 16)}")
    run(place, server, *words, "restore")


def forget_target(folder: Path) -> None:
    """Takes the moment to stop at out of a restored folder: nothing was written after it, so that the whole log is wanted."""
    path = folder / "postgresql.auto.conf"
    path.write_text(
        "".join(line for line in path.read_text().splitlines(keepends=True) if "recovery_target" not in line)
    )
