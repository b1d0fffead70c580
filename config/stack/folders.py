"""Where a stack keeps its things, and which user its servers run as."""

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
# A unix socket's whole path must fit in 103 bytes (macOS), and the names in the folder take up to 24 of them.
FOLDER_LENGTH_MAX = 78


class StackError(Exception):
    """What went wrong and the way out, in one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Owner:
    """The user that PostgreSQL and Redis run as: oneself, or for root somebody else, since PostgreSQL refuses root."""

    uid: int
    gid: int
    changes: bool  # whether starting a server means changing the user

    @property
    def popen(self) -> dict[str, object]:
        """Arguments that make subprocess run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.changes else {}

    @property
    def setpriv(self) -> list[str]:
        """The same for a command line that setpriv starts."""
        return [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"] if self.changes else []


def server_owner() -> Owner:
    """Who runs the servers. Raises StackError when root has nobody to hand them to."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), changes=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, changes=True)
    raise StackError("PostgreSQL refuses to run as root: add a user named postgres (useradd -r postgres).")


def can_use(owner: Owner, folder: Path) -> bool:
    """Whether the owner can enter and write in the folder, as the kernel sees it."""
    command = ["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder)]
    finished = subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **owner.popen)  # type: ignore[call-overload]
    return bool(finished.returncode == 0)


@dataclass(frozen=True)
class Folders:
    """`var` is what people look into (log/, run/, mail/); `servers` belongs to PostgreSQL and Redis."""

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
    """The stack of this checkout: under var/, or in a short folder elsewhere when the servers cannot use that one."""
    owner = server_owner()
    name = f"lamplighter-{hashlib.sha256(str(var).encode()).hexdigest()[:10]}"
    # What root keeps belongs in /var/lib; others keep it in their home, or where files outlive a restart.
    elsewhere = [Path("/var/lib")] if owner.changes else [Path.home()]
    candidates = [var / "servers", *(folder / name for folder in elsewhere), Path("/var/tmp") / name]
    for servers in candidates:
        plain = re.fullmatch(r"[A-Za-z0-9._/-]+", str(servers))  # it stands in addresses and command lines
        if plain and len(str(servers)) <= FOLDER_LENGTH_MAX and is_made_for(owner, servers):
            return Folders(var=var, servers=servers, owner=owner)
    raise StackError(
        f"Found no folder for the database: give user {owner.uid} one of {', '.join(map(str, candidates))}, "
        "or set LAMPLIGHTER_VAR to a folder that it can use."
    )


def is_made_for(owner: Owner, folder: Path) -> bool:
    """Make the folder if need be; whether it is the owner's alone and can be used by it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner.changes and folder.lstat().st_uid == 0 and not any(folder.iterdir()):
            os.chown(folder, owner.uid, owner.gid)
    except OSError:
        return False
    found = folder.lstat()
    # Somebody else may have put a folder or a link of that name into a shared one.
    theirs = found.st_uid != owner.uid or not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077
    return not theirs and can_use(owner, folder)


def temporary_folders(prefix: str) -> Folders:
    """A stack of its own for one run, in a short folder that the caller removes."""
    owner = server_owner()
    # Not TMPDIR: it may be long or closed to the other user, and both break the sockets.
    home = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    home.chmod(0o711)
    servers = home / "s"
    servers.mkdir(mode=0o700)
    os.chown(servers, owner.uid, owner.gid)
    return Folders(var=home / "var", servers=servers, owner=owner)
