"""A private PostgreSQL on a Unix socket that only its owner can use, so it needs no passwords."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from config.stack.folders import Folders, StackError
from config.stack.machine import postgres_folder

EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
# For tests, whose data may be lost.
FAST_AND_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",
    # The best order for the joins of 14 small tables takes longer to find than any order takes to follow.
    "join_collapse_limit": "4",
}


def program(name: str) -> str:
    folder = postgres_folder()
    if folder is None:
        raise StackError("PostgreSQL 17 with PostGIS 3 is not installed. Run bin/demo once to install it.")
    return str(folder / name)


def initialise(folders: Folders) -> None:
    """Creates the cluster if there is none. An interrupted run never leaves a partial cluster in its place."""
    if folders.postgres_data.exists():
        return
    partial = folders.postgres_data.with_name("postgres.partial")
    as_owner(folders, ["rm", "-rf", str(partial)])
    # ICU sorts names the same way on every machine.
    locale = ["--locale=C", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=und"]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    as_owner(folders, [program("initdb"), "--no-sync", *locale, *access, "-D", str(partial)])
    as_owner(folders, ["mv", str(partial), str(folders.postgres_data)])


def as_owner(folders: Folders, command: Sequence[str]) -> None:
    finished = subprocess.run(
        command,
        cwd=folders.servers,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **folders.owner.popen,  # type: ignore[call-overload]
    )
    if finished.returncode:
        raise StackError(f"{Path(command[0]).name} failed: {finished.stdout.strip()}")


def command(folders: Folders, *, unsafe: bool = False) -> list[str]:
    """The server's command line."""
    settings = SETTINGS | {"unix_socket_directories": str(folders.servers)} | (FAST_AND_UNSAFE if unsafe else {})
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [program("postgres"), "-D", str(folders.postgres_data), *options]


def run_sql(folders: Folders, sql: str, *, database: str = "postgres") -> str:
    """Runs statements as the superuser. Raises StackError with the server's message."""
    where = ["-h", str(folders.servers), "-U", "postgres", "-d", database]
    finished = subprocess.run(
        [program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where],
        input=sql,
        capture_output=True,
        text=True,
        cwd="/",
    )
    if finished.returncode:
        raise StackError(f"PostgreSQL reported an error: {finished.stderr.strip()}")
    return finished.stdout.strip()


def wait_until_ready(folders: Folders, *, seconds: float = 60) -> None:
    """Raises StackError if the server does not answer in time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            run_sql(folders, "SELECT 1")
        except StackError as error:
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL did not start within {seconds:.0f} s: {error}") from error
            time.sleep(0.1)
        else:
            return


def create_owner(folders: Folders) -> None:
    """Creates the role that owns the tables and creates the other roles, and adds the extensions to template1."""
    if run_sql(folders, "SELECT 1 FROM pg_roles WHERE rolname = 'lamplighter_owner'"):
        return
    run_sql(folders, ";".join(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS), database="template1")
    run_sql(folders, "CREATE ROLE lamplighter_owner LOGIN CREATEDB CREATEROLE")


def create_database(folders: Folders, name: str) -> None:
    if not run_sql(folders, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        run_sql(folders, f"CREATE DATABASE {name} OWNER lamplighter_owner")
