"""The folders of a stack, and the user its servers run as."""

import hashlib
import os
import pwd
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The path of a Unix socket may have 103 bytes (macOS), and names in the folder take up to 24.
FOLDER_LENGTH_MAX = 78


class StackError(Exception):
    """A problem and its solution, in a sentence or two for the person at the terminal."""


@dataclass(frozen=True)
class Owner:
    """The user that PostgreSQL and Redis run as: the current user, or another one for root, which PostgreSQL refuses."""

    uid: int
    gid: int
    changes: bool  # whether it differs from the current user

    @property
    def popen(self) -> dict[str, object]:
        """Arguments for subprocess to run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.changes else {}

    @property
    def setpriv(self) -> list[str]:
        """The same, as options of setpriv."""
        return [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"] if self.changes else []


def server_owner() -> Owner:
    """The user to run the servers as. Raises StackError if root finds no other user."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), changes=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, changes=True)
    raise StackError("PostgreSQL refuses to run as root. Add a user named postgres (useradd -r postgres).")


def can_use(owner: Owner, folder: Path) -> bool:
    """Whether the owner can actually enter and write to the folder."""
    command = ["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder)]
    finished = subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **owner.popen)  # type: ignore[call-overload]
    return bool(finished.returncode == 0)


@dataclass(frozen=True)
class Folders:
    """`var` is for people (log/, run/, mail/); `servers` belongs to PostgreSQL and Redis."""

    var: Path
    servers: Path
    owner: Owner

    @cached_property
    def log(self) -> Path:
        return self.made("log")

    @cached_property
    def run(self) -> Path:
        return self.made("run")

    @property
    def postgres_data(self) -> Path:
        return self.servers / "postgres"

    @property
    def redis_socket(self) -> Path:
        return self.servers / "redis.sock"

    def made(self, name: str) -> Path:
        folder = self.var / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def database_url(self, role: str, database: str = "lamplighter") -> str:
        return f"postgis://{role}@/{database}?host={self.servers}"

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{self.redis_socket}?db={number}"


def stack_folders(var: Path) -> Folders:
    """The folders of this checkout's stack: under var/, or in a short path elsewhere if the servers cannot use that."""
    owner = server_owner()
    name = f"lamplighter-{hashlib.sha256(str(var).encode()).hexdigest()[:10]}"
    # /var/lib for root; otherwise the home folder, or /var/tmp, which survives a reboot.
    elsewhere = [Path("/var/lib")] if owner.changes else [Path.home()]
    candidates = [var / "servers", *(folder / name for folder in elsewhere), Path("/var/tmp") / name]
    for servers in candidates:
        plain = re.fullmatch(r"[A-Za-z0-9._/-]+", str(servers))  # used in URLs and command lines
        if plain and len(str(servers)) <= FOLDER_LENGTH_MAX and is_made_for(owner, servers):
            return Folders(var=var, servers=servers, owner=owner)
    raise StackError(
        f"no usable folder for the database. Give user {owner.uid} access to one of {', '.join(map(str, candidates))}, "
        "or set LAMPLIGHTER_VAR to a folder it can use."
    )


def is_made_for(owner: Owner, folder: Path) -> bool:
    """Creates the folder if needed. Returns whether only the owner can access it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner.changes and folder.lstat().st_uid == 0 and not any(folder.iterdir()):
            os.chown(folder, owner.uid, owner.gid)
    except OSError:
        return False
    status = folder.lstat()
    # In a shared folder, another user may have created a folder or a link with this name.
    foreign = status.st_uid != owner.uid or not stat.S_ISDIR(status.st_mode) or stat.S_IMODE(status.st_mode) & 0o077
    return not foreign and can_use(owner, folder)


def temporary_folders(prefix: str) -> Folders:
    """Folders for a single run, in a short path that the caller removes."""
    owner = server_owner()
    # Not TMPDIR: a long or inaccessible path would break the sockets.
    home = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    home.chmod(0o711)
    servers = home / "s"
    servers.mkdir(mode=0o700)
    os.chown(servers, owner.uid, owner.gid)
    return Folders(var=home / "var", servers=servers, owner=owner)
