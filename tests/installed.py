"""An installed city in a folder: a Place with a real cluster of its own, its settings, and a folder for backups."""

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command

from config.lampctl import postgresql, settings_files, shell
from config.lampctl.place import Place
from config.lampctl.postgresql import PROGRAMS, Server

ROOT = Path(__file__).resolve().parent.parent
PASSPHRASE = "correct horse battery staple"
# Waiting for the disk is no part of what is tested.
UNSAFE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = on\njit = off\nshared_buffers = 32MB\n"


@contextmanager
def place(backups: Path) -> Iterator[Place]:
    """An empty machine: a folder in a short path, since it has sockets in it. backups: the address of its backups."""
    root = Path(tempfile.mkdtemp(prefix="lampctl-", dir="/tmp"))
    root.chmod(0o755)
    here = Place(root)
    try:
        for folder in (here.settings, here.data, here.media, here.run, here.releases, root / "run/postgresql"):
            folder.mkdir(parents=True)
        here.current.symlink_to(ROOT)
        _settings(here, backups)
        server = postgresql.server(here)
        postgresql.own_folder(server.data.parent, server.user, 0o755)
        postgresql.own_folder(server.socket, server.user)
        yield here
    finally:
        postgresql.server(here).stop()
        shutil.rmtree(root)


def _settings(here: Place, backups: Path) -> None:
    socket = postgresql.server(here).socket
    shared = {
        "LAMPLIGHTER_ENV": "development",
        "LAMPLIGHTER_VAR": str(here.data),
        "MEDIA_ROOT": str(here.media),
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"),
        "SITE_URL": "https://311.rivermark.example",
        "LINK_KEYS": here.root.name * 4,
        "INSTALLATION_ID": here.root.name,
    }
    settings_files.write(here.settings / "shared.env", shared)
    for role in ("owner", "worker", "web"):
        url = f"postgis://lamplighter_{role}@/lamplighter?host={socket}"
        settings_files.write(here.settings / f"{role}.env", {"DATABASE_URL": url})
    settings_files.write(here.settings / "install.env", {"HOST": "311.rivermark.example", "DATABASE": "local"})
    settings_files.write(here.settings / "backup.env", {"BACKUP_TO": str(backups), "BACKUP_PASSPHRASE": PASSPHRASE})


def make_cluster(here: Place) -> Server:
    """An empty cluster with the roles' owner, as bin/install makes it."""
    server = postgresql.server(here)
    data = postgresql.own_folder(server.data, server.user)
    words = ["--no-sync", "--locale=C", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=und"]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    shell.run([PROGRAMS / "initdb", *words, *access, "-D", data], user=server.user, folder=Path("/"))
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"{UNSAFE}listen_addresses = ''\n")
    server.start()
    server.psql("CREATE ROLE lamplighter_owner LOGIN CREATEROLE")
    server.psql("CREATE DATABASE lamplighter OWNER lamplighter_owner")
    for name in ("postgis", "pg_trgm", "unaccent", "btree_gist"):
        server.psql(f"CREATE EXTENSION {name}", database="lamplighter")
    return server


def load(here: Place, dump: Path) -> None:
    """What the test has in its own database becomes what the installed city has."""
    call_command("dump_database", str(dump), verbosity=0)
    server = postgresql.server(here)
    where: list[str | Path] = ["-h", server.socket, "-U", "lamplighter_owner", "-d", "lamplighter"]
    # The extensions and their tables are there, and are the superuser's.
    lines = gzip.decompress(dump.read_bytes()).decode().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(("CREATE EXTENSION", "COMMENT ON EXTENSION")))
    words: list[str | Path] = [PROGRAMS / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *where]
    shell.run(words, user=server.user, folder=Path("/"), text=text)
