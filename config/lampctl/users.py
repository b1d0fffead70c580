"""The Unix users of the processes, and the folders that each may write to."""

import grp
import os
import pwd
import shutil
from pathlib import Path

from config.lampctl import shell
from config.lampctl.place import USERS, Place

# Everything that more than one of them writes to belongs to this group.
GROUP = "lamplighter"
# Debian's package made it.
REDIS_USER = "redis"


def make(place: Place) -> list[str]:
    """What was made: the group, and users without a shell or a home."""
    made = []
    if not _has(grp.getgrnam, GROUP):
        shell.run(["groupadd", "--system", GROUP])
        made.append(f"the group {GROUP}")
    for user in USERS.values():
        if not _has(pwd.getpwnam, user):
            options = ["--system", "--user-group", "--no-create-home", "--home-dir=/nonexistent"]
            shell.run(["useradd", *options, "--shell=/usr/sbin/nologin", f"--groups={GROUP}", user])
            made.append(f"the user {user}")
    return [f"made {', '.join(made)}"] if made else []


def folders(place: Place) -> list[str]:
    """Their folders, each with its owner, group and mode. 2 in front: what is made in it belongs to the same group."""
    changed = [
        str(path)
        for path, user, group, mode in (
            (place.settings, "root", GROUP, 0o750),
            (place.releases, "root", "root", 0o755),
            # Passable for nginx, which reads static files and the page for an outage.
            (place.data, "root", GROUP, 0o2775),
            (place.media, "root", GROUP, 0o2770),
            (place.suggestions, "root", GROUP, 0o2770),
            (place.data / "static", USERS["owner"], GROUP, 0o2755),
            (place.data / "away", USERS["worker"], GROUP, 0o2775),
            (place.log, "root", GROUP, 0o750),
            (place.run, "root", GROUP, 0o1775),
            (place.run / "metrics", "root", GROUP, 0o2770),
        )
        if _folder(path, user, group, mode)
    ]
    return [f"made {', '.join(changed)}"] if changed else []


def _folder(path: Path, user: str, group: str, mode: int) -> bool:
    path.mkdir(parents=True, exist_ok=True)
    before = path.stat()
    uid, gid = pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
    if (before.st_uid, before.st_gid, before.st_mode & 0o7777) == (uid, gid, mode):
        return False
    shutil.chown(path, uid, gid)
    os.chmod(path, mode)
    return True


def _has(look_up: object, name: str) -> bool:
    try:
        look_up(name)  # type: ignore[operator]
    except KeyError:
        return False
    return True
