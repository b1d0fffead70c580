"""Where backups go: a folder, a server with SFTP, or a bucket, by one address, BACKUP_TO in backup.env; all of it encrypted.

`/srv/backup`, `sftp://user@host[:port]/folder`, `s3://endpoint/bucket[/folder]`.
In it, `database` is pgBackRest's and `files` restic's.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from config.lampctl import settings_files
from config.lampctl.answers import NONE
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

PASSPHRASE_MIN = 12
DAYS_KEPT = 35
# A full backup goes when a newer one is this old. With one a week, nothing is older than 35 days then.
FULL_EVERY_DAYS = 7
FORMS = "a folder (/srv/backup), sftp://user@host/folder or s3://endpoint/bucket/folder"


@dataclass(frozen=True)
class BackupPlace:
    address: str
    passphrase: str
    settings: dict[str, str]
    # Of the key for SFTP and the host's own, which PostgreSQL's user reads, too.
    folder: Path

    @property
    def parts(self) -> SplitResult:
        return urlsplit(self.address)

    @property
    def kind(self) -> str:
        """folder, sftp or s3."""
        return self.parts.scheme or "folder"

    @property
    def bucket(self) -> tuple[str, str]:
        """The bucket's name, and the folder in it."""
        bucket, _, folder = self.parts.path.strip("/").partition("/")
        return bucket, folder

    @property
    def sftp_key(self) -> str:
        return self.settings.get("BACKUP_SFTP_KEY") or str(self.folder / "lamplighter_key")

    @property
    def sftp_known_hosts(self) -> str:
        return self.settings.get("BACKUP_SFTP_KNOWN_HOSTS") or str(self.folder / "lamplighter_known_hosts")

    def pgbackrest(self) -> dict[str, str]:
        """The options of pgBackRest's configuration that say where its repository is."""
        if self.kind == "folder":
            return {"repo1-path": f"{self.address.rstrip('/')}/database"}
        if self.kind == "sftp":
            return {
                "repo1-type": "sftp",
                "repo1-path": f"{self.parts.path.rstrip('/')}/database",
                "repo1-sftp-host": str(self.parts.hostname),
                "repo1-sftp-host-port": str(self.parts.port or 22),
                "repo1-sftp-host-user": str(self.parts.username),
                "repo1-sftp-host-key-hash-type": "sha256",
                "repo1-sftp-private-key-file": self.sftp_key,
                "repo1-sftp-known-host": self.sftp_known_hosts,
            }
        bucket, folder = self.bucket
        return {
            "repo1-type": "s3",
            "repo1-path": f"/{folder}/database".replace("//", "/"),
            "repo1-s3-bucket": bucket,
            "repo1-s3-endpoint": self.parts.netloc,
            "repo1-s3-region": self.settings.get("BACKUP_S3_REGION", "us-east-1"),
            "repo1-s3-key": self.settings.get("BACKUP_S3_KEY", ""),
            "repo1-s3-key-secret": self.settings.get("BACKUP_S3_SECRET", ""),
            "repo1-s3-uri-style": "path",
        }

    def restic(self) -> tuple[dict[str, str], list[str]]:
        """restic's environment and options."""
        environment = {"RESTIC_PASSWORD": self.passphrase}
        if self.kind == "folder":
            return {**environment, "RESTIC_REPOSITORY": f"{self.address.rstrip('/')}/files"}, []
        if self.kind == "sftp":
            user, host, port = self.parts.username, self.parts.hostname, self.parts.port or 22
            ssh = f"ssh -i {self.sftp_key} -p {port} -o UserKnownHostsFile={self.sftp_known_hosts} -o BatchMode=yes"
            repository = f"sftp:{user}@{host}:{self.parts.path.rstrip('/')}/files"
            options = ["-o", f"sftp.command={ssh} {user}@{host} -s sftp"]
            return {**environment, "RESTIC_REPOSITORY": repository}, options
        bucket, folder = self.bucket
        path = "/".join(part for part in (bucket, folder, "files") if part)
        return {
            **environment,
            "RESTIC_REPOSITORY": f"s3:https://{self.parts.netloc}/{path}",
            "AWS_ACCESS_KEY_ID": self.settings.get("BACKUP_S3_KEY", ""),
            "AWS_SECRET_ACCESS_KEY": self.settings.get("BACKUP_S3_SECRET", ""),
            "AWS_DEFAULT_REGION": self.settings.get("BACKUP_S3_REGION", "us-east-1"),
        }, []


def read(place: Place) -> BackupPlace:
    """Raises Refusal if no place for backups is set, or its address or passphrase can't be right."""
    path = place.settings / "backup.env"
    settings = settings_files.read(path) if path.exists() else {}
    address, passphrase = settings.get("BACKUP_TO", ""), settings.get("BACKUP_PASSPHRASE", "")
    if address in ("", NONE):
        raise Refusal(f"No place for backups is set. Write BACKUP_TO and BACKUP_PASSPHRASE into {path}.")
    problem = address_problem(address)
    if problem:
        raise Refusal(f"BACKUP_TO in {path}: {problem}")
    if len(passphrase) < PASSPHRASE_MIN:
        raise Refusal(f"BACKUP_PASSPHRASE in {path} needs at least {PASSPHRASE_MIN} characters.")
    return BackupPlace(address, passphrase, settings, place.root / "etc/pgbackrest")


def address_problem(address: str) -> str:
    """What is wrong with it, or ""."""
    parts = urlsplit(address)
    if re.fullmatch(r"/[A-Za-z0-9._/-]+", address):
        return ""
    if parts.scheme == "sftp" and parts.username and parts.hostname and len(parts.path) > 1 and not parts.password:
        return ""
    if parts.scheme == "s3" and parts.hostname and parts.path.strip("/"):
        return ""
    return f"“{address}” is none of {FORMS}."


def make_folder(backup_place: BackupPlace, user: str | None) -> None:
    """Of a folder on this machine: makes it, so that only PostgreSQL's user and root read it."""
    if backup_place.kind != "folder":
        return
    for name in ("database", "files"):
        folder = Path(backup_place.address, name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if name == "database" and user and os.geteuid() == 0:
            shutil.chown(folder, user, user)
