"""This machine: what can be reached from outside, disk, memory and time. As /proc and the kernel say, for any user."""

import ctypes
import ipaddress
import json
import os
import pwd
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction

GB = 1024**3
DAY_S = 86400
# Of a file system.
LITTLE_SPACE, VERY_LITTLE_SPACE = 0.15, 0.05
LEAST_FREE_BYTES = 1 * GB
# Until it's full.
FEW_DAYS, VERY_FEW_DAYS = 30, 7
# A trend is two weeks at most, and no shorter than two days: an upgrade or a backup isn't one.
TREND_S = 14 * DAY_S
LEAST_TREND_S = 2 * DAY_S
LITTLE_MEMORY, VERY_LITTLE_MEMORY = 0.10, 0.04
# Where `lampctl watch` keeps how much was free when.
SAMPLES = "disk.json"

LISTENING = "0A"
SERVERS = {5432: "PostgreSQL", 6379: "Redis"}
USERS = {"postgres": "PostgreSQL", "redis": "Redis"}
STA_UNSYNC = 0x0040
# Of systemd-timesyncd, once it has asked a server.
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")


# --- Ports ------------------------------------------------------------------------------------------------------------


def ports(city: Jurisdiction | None) -> Finding:
    """PostgreSQL and Redis, by their ports and by the user who listens, may be reached from this machine alone."""
    by_port = SERVERS | _own_ports()
    by_user = {}
    for user, server in USERS.items():
        with suppress(KeyError):
            by_user[pwd.getpwnam(user).pw_uid] = server
    for address, port, user_id in listening():
        exposed = by_port.get(port) or by_user.get(user_id)
        if exposed and not _is_loopback(address):
            return red(
                gettext_noop("%(server)s can be reached from outside: it listens on %(address)s, port %(port)s."),
                gettext_noop("Let it listen on 127.0.0.1 or a socket only, and restart it."),
                server=exposed,
                address=str(address),
                port=str(port),
            )
    return green(gettext_noop("PostgreSQL and Redis can’t be reached from outside."))


def listening() -> Iterator[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int, int]]:
    """(address, port, user id) of each TCP socket that waits for connections."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path("/proc/net", name).read_text().splitlines()[1:]:
                columns = line.split()
                host, port = columns[1].split(":")
                if columns[3] == LISTENING:
                    # Words of four bytes, each in the machine's order.
                    packed = b"".join(bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8))
                    yield ipaddress.ip_address(packed), int(port, 16), int(columns[7])


def _own_ports() -> dict[int, str]:
    """Where this installation's servers are, if they are on this machine."""
    own = {}
    database = settings.DATABASES["default"]
    if str(database.get("HOST") or "") in ("localhost", "127.0.0.1", "::1") and database.get("PORT"):
        own[int(database["PORT"])] = "PostgreSQL"
    with suppress(ValueError):
        redis = urlsplit(settings.REDIS_URL)
        if redis.hostname in ("localhost", "127.0.0.1", "::1") and redis.port:
            own[redis.port] = "Redis"
    return own


def _is_loopback(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


# --- Disk -------------------------------------------------------------------------------------------------------------


def folders() -> list[Path]:
    """One for each file system that fills up: the data, the photos, the database's if it's here, the rest and /boot."""
    photos = [] if settings.PHOTO_STORAGE["BACKEND"].startswith("storages.") else [Path(settings.MEDIA_ROOT)]
    wanted = [Path(settings.VAR), *photos, Path("/var/lib/postgresql"), Path("/"), Path("/boot")]
    by_device: dict[int, Path] = {}
    for folder in wanted:
        with suppress(OSError):
            by_device.setdefault(folder.stat().st_dev, folder)
    return list(by_device.values())


def disk(city: Jurisdiction | None) -> Finding:
    """Of the file system that is worst off, with the days until it's full as two weeks' trend has it."""
    samples = _samples()
    now = time.time()
    colors, free_by_path = [], {}
    for folder in folders():
        space = os.statvfs(folder)
        free, size = space.f_bavail * space.f_frsize, max(space.f_blocks * space.f_frsize, 1)
        free_by_path[str(folder)] = float(free)
        days = days_until_full([*samples.get(str(folder), []), (now, float(free))])
        little = free < min(LEAST_FREE_BYTES, size / 4)
        if free / size < VERY_LITTLE_SPACE or little or (days is not None and days <= VERY_FEW_DAYS):
            rank = 2
        else:
            rank = int(free / size < LITTLE_SPACE or (days is not None and days <= FEW_DAYS))
        colors.append((rank, -free / size, str(folder), free, days))
    rank, _share, path, free, days = max(colors)
    values: dict[str, Any] = {"folder": path, "free": _gigabytes(free)}
    if rank == 0:
        return green(gettext_noop("%(free)s GB are free at %(folder)s."), measures=free_by_path, **values)
    report = red if rank == 2 else yellow
    to_do = gettext_noop("Make the disk larger, or delete what isn’t needed: old logs, releases and downloads.")
    if days is None:
        return report(gettext_noop("Only %(free)s GB are free at %(folder)s."), to_do, measures=free_by_path, **values)
    return report(
        gettext_noop("%(free)s GB are free at %(folder)s: at this rate, full in %(days)s d."),
        to_do,
        measures=free_by_path,
        days=round(days),
        **values,
    )


def days_until_full(samples: list[tuple[float, float]]) -> float | None:
    """By a line through (time, bytes free); None: it isn't filling up, or too short a time is known."""
    latest = samples[-1][0]
    recent = [(at, free) for at, free in samples if latest - TREND_S <= at <= latest]
    if latest - recent[0][0] < LEAST_TREND_S:
        return None
    middle_at = sum(at for at, _free in recent) / len(recent)
    middle_free = sum(free for _at, free in recent) / len(recent)
    spread = sum((at - middle_at) ** 2 for at, _free in recent)
    slope = sum((at - middle_at) * (free - middle_free) for at, free in recent) / spread
    return samples[-1][1] / -slope / DAY_S if slope < 0 else None


def _samples() -> dict[str, list[tuple[float, float]]]:
    """Nothing, if the file isn't there or isn't ours."""
    try:
        kept = json.loads((Path(settings.VAR) / SAMPLES).read_text())
        return {str(path): [(float(at), float(free)) for at, free in rows] for path, rows in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _gigabytes(size: float) -> str:
    return f"{size / GB:.0f}" if size >= 10 * GB else f"{size / GB:.1f}"


# --- Memory and time --------------------------------------------------------------------------------------------------


def memory(city: Jurisdiction | None) -> Finding:
    lines = re.findall(r"(\w+): +(\d+) kB", Path("/proc/meminfo").read_text())
    sizes = {name: int(kilobytes) * 1024 for name, kilobytes in lines}
    available, total = sizes["MemAvailable"], sizes["MemTotal"]
    measures = {"available": float(available), "total": float(total)}
    values = {"available": _gigabytes(available), "total": _gigabytes(total)}
    if available / total < LITTLE_MEMORY:
        report = red if available / total < VERY_LITTLE_MEMORY else yellow
        return report(
            gettext_noop("Only %(available)s of %(total)s GB of memory is available."),
            gettext_noop("Find out what uses it (ps aux --sort=-rss | head), or give the server more."),
            measures=measures,
            **values,
        )
    return green(gettext_noop("%(available)s of %(total)s GB of memory is available."), measures=measures, **values)


def time_server(city: Jurisdiction | None) -> Finding | None:
    """Whether the kernel's clock is kept right by a time server: on one machine, no other clock would show it.

    None: the kernel doesn't say, since the unit that asks may not.
    """
    status = _clock_status()
    if status is None and not SYNCHRONIZED.exists():
        return None
    if status is not None and status & STA_UNSYNC:
        return yellow(
            gettext_noop("No time server keeps this server’s clock right."),
            gettext_noop("Run: apt install systemd-timesyncd, then timedatectl set-ntp true"),
        )
    return green(gettext_noop("A time server keeps this server’s clock right."))


def _clock_status() -> int | None:
    """The status of adjtimex(2); None where there is no such call."""
    # struct timex: an int, three longs, then the status, in a structure of 208 bytes; modes 0 only reads.
    buffer = (ctypes.c_long * 32)()
    try:
        answer = ctypes.CDLL(None).adjtimex(buffer)
    except (AttributeError, OSError):
        return None
    return ctypes.c_int.from_buffer(buffer, 5 * ctypes.sizeof(ctypes.c_long)).value if answer >= 0 else None
