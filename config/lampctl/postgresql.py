"""The city's own PostgreSQL cluster, `17/lamplighter`, and a scratch copy of it on a socket."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from config.lampctl import settings_files, shell
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

PROGRAMS = Path("/usr/lib/postgresql/17/bin")
CLUSTER = ("17", "lamplighter")
SUPERUSER = "postgres"
# Where systemd doesn't run.
_REDIRECT = [] if Path("/run/systemd/system").is_dir() else ["--skip-systemctl-redirect"]
# How long PostgreSQL may take until it has replayed what was archived. A day: one that takes longer is stopped by hand.
RECOVERY_MAX_S = 86_400
# A standby needs at least what the cluster had that wrote the log (pg_controldata's names).
SAME_AS_BEFORE = {
    "max_connections": "max_connections setting",
    "max_worker_processes": "max_worker_processes setting",
    "max_wal_senders": "max_wal_senders setting",
    "max_prepared_transactions": "max_prepared_xacts setting",
    "max_locks_per_transaction": "max_locks_per_xact setting",
}


@dataclass(frozen=True)
class Server:
    """data: its folder. socket: the folder of its socket. debians: whether pg_ctlcluster starts and stops it."""

    data: Path
    socket: Path
    port: int
    debians: bool = False
    options: tuple[str, ...] = ()

    @property
    def user(self) -> str | None:
        """Whom its programs run as. None: who we are."""
        return SUPERUSER if os.geteuid() == 0 else None

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        where: list[str | Path] = ["-h", self.socket, "-p", str(self.port), "-U", SUPERUSER, "-d", database]
        quiet = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return shell.run([PROGRAMS / "psql", *quiet, *where], user=self.user, text=sql, folder=Path("/")).strip()

    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists() and self._answers()

    def _answers(self) -> bool:
        try:
            self.psql("SELECT 1")
        except Refusal:
            return False
        return True

    def is_recovering(self) -> bool:
        return self.psql("SELECT pg_is_in_recovery()") == "t"

    def start(self) -> None:
        """Returns when it has replayed what was archived and takes changes. Refuses with the end of its log if it stops."""
        before = len(self.log())
        try:
            self._start()
        except Refusal as refusal:
            last = "\n".join(self.log()[before:].splitlines()[-shell.LAST_LINES :])
            raise Refusal(f"PostgreSQL didn't start:\n{last}") from refusal
        until = time.monotonic() + RECOVERY_MAX_S
        while self.is_recovering():
            if time.monotonic() > until:
                raise Refusal("PostgreSQL is still replaying its log after a day. See its log.")
            time.sleep(0.1)

    def _start(self) -> None:
        if self.debians:
            shell.run(["pg_ctlcluster", *_REDIRECT, *CLUSTER, "start", "--", "-t", str(RECOVERY_MAX_S)])
        else:
            given = " ".join([f"-c unix_socket_directories={self.socket}", f"-c port={self.port}", *self.options])
            self._pg_ctl("start", "-w", "-t", str(RECOVERY_MAX_S), "-l", self.data / "start.log", "-o", given)

    def stop(self) -> None:
        if not (self.data / "postmaster.pid").exists():
            return
        if self.debians:
            shell.run(["pg_ctlcluster", *_REDIRECT, *CLUSTER, "stop", "-m", "fast"])
        else:
            self._pg_ctl("stop", "-w", "-m", "fast")

    def log(self) -> str:
        path = Path("/var/log/postgresql/postgresql-17-lamplighter.log") if self.debians else self.data / "start.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def controls(self) -> dict[str, str]:
        """What pg_controldata says of its folder."""
        lines = shell.run([PROGRAMS / "pg_controldata", self.data], user=self.user, folder=Path("/")).splitlines()
        return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def _pg_ctl(self, *words: str | Path) -> None:
        shell.run([PROGRAMS / "pg_ctl", "-D", self.data, *words], user=self.user, folder=Path("/"))


def server(place: Place) -> Server:
    """The cluster of this installation. A folder for tests has the same paths as Debian."""
    version, name = CLUSTER
    config = place.root / "etc/postgresql" / version / name / "postgresql.conf"
    port = re.search(r"^port *= *(\d+)", config.read_text(), re.M) if config.exists() else None
    return Server(
        place.root / "var/lib/postgresql" / version / name,
        place.root / "run/postgresql",
        int(port[1]) if port else 5432,
        debians=place.root == Path("/"),
    )


def is_ours(place: Place) -> bool:
    """Whether the database is a cluster of this machine, and not one that was given (`--database-url`)."""
    path = place.settings / "install.env"
    return not path.exists() or settings_files.read(path).get("DATABASE", "local") != "given"


def owner_url(place: Place) -> str:
    """DATABASE_URL of the role that owns the tables."""
    values = shell.environment(place, "owner")
    return values.get("DATABASE_URL_OWNER") or values["DATABASE_URL"]


def programs_of(url: str) -> dict[str, str]:
    """The environment by which PostgreSQL's programs reach the database of a URL: everybody may read a command line."""
    parts = urlsplit(url)
    # Not .hostname, which is in small letters: the host may be the folder of a socket.
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    values = {
        "PGHOST": unquote(host) or parse_qs(parts.query).get("host", [""])[0],
        "PGPORT": port,
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    return {name: value for name, value in values.items() if value}


def own_folder(path: Path, user: str | None, mode: int = 0o700) -> Path:
    """Makes the folder, for PostgreSQL's user if we are root."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    if user:
        shutil.chown(path, user, user)
    return path


@contextmanager
def scratch(data: Path, socket: Path) -> Iterator[Server]:
    """Starts a restored folder on a socket of its own, which only PostgreSQL's user can reach. It archives nothing."""
    plain = Server(data, socket, 5432)
    config = socket / "scratch.conf"
    access = socket / "scratch_hba.conf"
    kept = plain.controls()
    values = {
        "listen_addresses": "",
        "hba_file": str(access),
        "unix_socket_permissions": "0700",
        "jit": "off",
        **{name: kept[theirs] for name, theirs in SAME_AS_BEFORE.items()},
    }
    config.write_text("".join(f"{name} = '{value}'\n" for name, value in values.items()))
    access.write_text("local all all trust\n")
    for path in (config, access):
        if plain.user:
            shutil.chown(path, plain.user, plain.user)
    started = Server(data, socket, 5432, options=(f"-c config_file={config}", "-c archive_mode=off"))
    try:
        started.start()
        yield started
    finally:
        started.stop()
