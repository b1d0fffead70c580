"""Settings and secrets in /etc/lamplighter: what was asked, what each process needs, and secrets made once."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from config.lampctl import settings_files
from config.lampctl.answers import NONE
from config.lampctl.place import USERS, Place
from config.lampctl.users import GROUP

# Of a database of our own. `owner` migrates; web and worker are its roles with fewer rights.
ROLES = ("owner", "web", "worker")
# Secrets that aren't for the processes of the city.
NOT_IN_INSTALL = ("BACKUP_PASSPHRASE", "DATABASE_URL", "EMAIL_URL")


def answered(place: Place) -> dict[str, str]:
    """The answers of an earlier run."""
    given = {**_read(place.settings / "install.env"), **_read(place.settings / "backup.env")}
    shared = _read(place.settings / "shared.env")
    if "SITE_URL" in shared:
        given["EMAIL_URL"] = shared.get("EMAIL_URL") or NONE
    if given.get("DATABASE") == "given":
        given["DATABASE_URL"] = _read(place.settings / "owner.env").get("DATABASE_URL_OWNER", "")
    return given


def write(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Which files have changed. A setting that was added by hand stays."""
    folder = place.settings
    shared = _read(folder / "shared.env")
    new = {
        "LAMPLIGHTER_ENV": "production",
        "SECRET_KEY": shared.get("SECRET_KEY") or secrets.token_urlsafe(48),
        "LINK_KEYS": shared.get("LINK_KEYS") or secrets.token_urlsafe(48),
        "INSTALLATION_ID": shared.get("INSTALLATION_ID") or secrets.token_hex(16),
        "SITE_URL": f"https://{answers['HOST']}",
        "ALLOWED_HOSTS": _with(shared.get("ALLOWED_HOSTS", ""), answers["HOST"]),
        # nginx connects by a socket, which has no address; this also trusts what it says.
        "TRUSTED_PROXIES": shared.get("TRUSTED_PROXIES") or "127.0.0.1",
        "REDIS_URL": f"unix://{place.run}/redis.sock?db=0",
        "EMAIL_URL": "" if answers["EMAIL_URL"] == NONE else answers["EMAIL_URL"],
        "DEFAULT_FROM_EMAIL": answers["FROM_EMAIL"],
        "OPERATOR_EMAIL": shared.get("OPERATOR_EMAIL") or answers["ADMIN_EMAIL"],
        "LAMPLIGHTER_VAR": str(place.data),
        "MEDIA_ROOT": str(place.media),
        "SUGGESTIONS_ROOT": str(place.suggestions),
        "PROMETHEUS_MULTIPROC_DIR": str(place.run / "metrics"),
    }
    install = {name: value for name, value in answers.items() if name not in NOT_IN_INSTALL}
    install["DATABASE"] = "given" if answers["DATABASE_URL"] else "local"
    backup = {"BACKUP_TO": answers["BACKUP_TO"], "BACKUP_PASSPHRASE": answers["BACKUP_PASSPHRASE"]}
    files: list[tuple[str, dict[str, str], str | None]] = [
        ("shared.env", shared | new, GROUP),
        ("backup.env", {**_read(folder / "backup.env"), **backup}, None),
        ("install.env", {**_read(folder / "install.env"), **install}, None),
    ]
    return [
        str(folder / name) for name, values, group in files if settings_files.write(folder / name, values, group=group)
    ]


def database_urls(place: Place) -> dict[str, str]:
    """The address that each role uses; empty before `write_database`."""
    owner, web, worker = (_read(place.settings / f"{role}.env") for role in ROLES)
    urls = {
        "owner": owner.get("DATABASE_URL_OWNER", ""),
        "web": web.get("DATABASE_URL", ""),
        "worker": worker.get("DATABASE_URL", ""),
    }
    return urls if all(urls.values()) else {}


def write_database(place: Place, urls: Mapping[str, str]) -> list[str]:
    """One file for each role, with its own password alone; the owner's has the web's address besides."""
    values = {
        "web": {"DATABASE_URL": urls["web"]},
        "worker": {"DATABASE_URL": urls["worker"]},
        "owner": {"DATABASE_URL": urls["web"], "DATABASE_URL_OWNER": urls["owner"]},
    }
    return [
        str(path)
        for role, own in values.items()
        if settings_files.write(path := place.settings / f"{role}.env", {**_read(path), **own}, group=USERS[role])
    ]


def _read(path: Path) -> dict[str, str]:
    return settings_files.read(path) if path.exists() else {}


def _with(hosts: str, host: str) -> str:
    names = [name for name in hosts.split(",") if name]
    return ",".join(names if host in names else [*names, host])
