"""The PostgreSQL of an installed city: a cluster of its own, reached on this machine alone, next to any that is there already."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.lampctl import settings, shell
from config.lampctl.place import Place

VERSION, NAME = "17", "lamplighter"
CONFIGURATION = Path(f"/etc/postgresql/{VERSION}/{NAME}/conf.d/10-lamplighter.conf")
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist")
START_S = 60


def prepare(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Makes the cluster, its roles and the database, or uses the one that was named. Returns what was changed."""
    if answers["DATABASE_URL"]:
        return _given(place, answers["DATABASE_URL"])
    changed = _make() + _configure() + start(systemd=answers["SYSTEMD"] == "yes")
    # Before the roles: a run that is killed in between uses the same passwords again.
    urls = settings.database_urls(place) or _new_urls()
    changed += [f"wrote {path}" for path in settings.write_database(place, urls)]
    return changed + _roles(urls) + _database()


def start(*, systemd: bool) -> list[str]:
    if _listed()["running"]:
        return []
    if systemd:
        shell.run(["systemctl", "enable", "--now", f"postgresql@{VERSION}-{NAME}.service"])
    else:
        shell.run(["pg_ctlcluster", "--skip-systemctl-redirect", VERSION, NAME, "start"])
    deadline = time.monotonic() + START_S
    while not _listed()["running"]:
        if time.monotonic() > deadline:
            raise shell.Refusal(f"PostgreSQL doesn't start. See /var/log/postgresql/postgresql-{VERSION}-{NAME}.log.")
        time.sleep(0.2)
    return ["started PostgreSQL"]


def stop(*, systemd: bool) -> None:
    if exists() and _listed()["running"]:
        if systemd:
            shell.run(["systemctl", "disable", "--now", f"postgresql@{VERSION}-{NAME}.service"])
        else:
            shell.run(["pg_ctlcluster", "--skip-systemctl-redirect", VERSION, NAME, "stop"])


def exists() -> bool:
    return Path(f"/etc/postgresql/{VERSION}/{NAME}/postgresql.conf").exists()


def port() -> int:
    return int(_listed()["port"])


def sql(statements: str, *, database: str = "postgres") -> str:
    """Runs them as PostgreSQL's superuser. Refuses with what the server says."""
    words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "--cluster", f"{VERSION}/{NAME}", "-d", database]
    return shell.run(words, user="postgres", text=statements, folder=Path("/")).strip()


def _listed() -> dict[str, Any]:
    """Debian's row of our cluster."""
    clusters: list[dict[str, Any]] = json.loads(shell.run(["pg_lsclusters", "--json"]))
    return next(row for row in clusters if (str(row["version"]), row["cluster"]) == (VERSION, NAME))


def _make() -> list[str]:
    data = Path(f"/var/lib/postgresql/{VERSION}/{NAME}")
    # Written last.
    if CONFIGURATION.exists():
        if not data.exists():
            raise shell.Refusal(f"{data} is missing: is its disk mounted? lampctl restore brings back a lost database.")
        return []
    if (data / "postmaster.opts").exists():
        raise shell.Refusal(f"There is another cluster named {VERSION}/{NAME} here. Rename it: pg_renamecluster.")
    # A run that was killed here left one that was never started.
    for leftover in (data, CONFIGURATION.parents[1]):
        shutil.rmtree(leftover, ignore_errors=True)
    # ICU sorts names the same way on every machine.
    sorting = ["--encoding=UTF8", "--locale=C", "--", "--locale-provider=icu", "--icu-locale=und", "--data-checksums"]
    shell.run(["pg_createcluster", VERSION, NAME, *sorting], env={"LC_ALL": "C.UTF-8"})
    return [f"made the PostgreSQL cluster {VERSION}/{NAME}"]


def _configure() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    text = (
        "# Written by bin/install. Your own settings belong in another file of this folder, with a later name.\n"
        "listen_addresses = '127.0.0.1'\n"
        "password_encryption = 'scram-sha-256'\n"
        "jit = off\n"
        "max_parallel_workers_per_gather = 0\n"
        # A fifth of the memory, as whole megabytes.
        f"shared_buffers = {max(128, memory // 5 // 2**20)}MB\n"
    )
    if CONFIGURATION.exists() and CONFIGURATION.read_text() == text:
        return []
    CONFIGURATION.parent.mkdir(exist_ok=True)
    fresh = CONFIGURATION.with_name(f".{CONFIGURATION.name}.new")
    fresh.write_text(text)
    fresh.replace(CONFIGURATION)
    return [f"wrote {CONFIGURATION}"]


def _new_urls() -> dict[str, str]:
    address = f"127.0.0.1:{port()}/lamplighter"
    return {role: f"postgis://lamplighter_{role}:{secrets.token_hex(24)}@{address}" for role in settings.ROLES}


def _roles(urls: Mapping[str, str]) -> list[str]:
    """The roles, with the passwords of the files. Made by the owner, so that `create_roles` may set their limits and rights."""
    existing = set(sql("SELECT rolname FROM pg_roles").split())
    made = [role for role in settings.ROLES if f"lamplighter_{role}" not in existing]
    statements = []
    for role in made:
        password = urls[role].partition(":")[2].partition(":")[2].partition("@")[0]
        rights = "LOGIN CREATEROLE" if role == "owner" else "LOGIN"
        maker = "RESET ROLE;" if role == "owner" else "SET ROLE lamplighter_owner;"
        statements.append(f"{maker} CREATE ROLE lamplighter_{role} {rights} PASSWORD '{password}';")
    if not made:
        return []
    # All of them or none, should this be the moment in which it is killed.
    sql("BEGIN;" + "".join(statements) + "COMMIT;")
    return [f"made the database roles {', '.join(made)}"]


def _database() -> list[str]:
    made = []
    if not sql("SELECT 1 FROM pg_database WHERE datname = 'lamplighter'"):
        sql("CREATE DATABASE lamplighter OWNER lamplighter_owner")
        made = ["made the database lamplighter"]
    existing = set(sql("SELECT extname FROM pg_extension", database="lamplighter").split())
    for name in EXTENSIONS:
        if name not in existing:
            sql(f"CREATE EXTENSION {name}", database="lamplighter")
    return made


def _given(place: Place, owner: str) -> list[str]:
    """Somebody else's server: the owner is named, and `create_roles` makes the others once the tables are there."""
    urls = settings.database_urls(place)
    if urls and urls["owner"] == owner:
        return []
    return [f"wrote {path}" for path in settings.write_database(place, {"owner": owner, "web": owner, "worker": owner})]
