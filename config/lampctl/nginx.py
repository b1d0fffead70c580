"""nginx in front: one site of its own, next to any that it serves already."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from config.lampctl import shell
from config.lampctl.place import Place

SITE = Path("etc/nginx/conf.d/lamplighter.conf")
SNIPPETS = {
    Path("etc/nginx/snippets/lamplighter.conf"): "locations.conf",
    Path("etc/nginx/snippets/lamplighter-away.conf"): "away.conf",
    Path("etc/nginx/snippets/lamplighter-headers.conf"): "headers.conf",
}
EXAMPLE_HOST = "311.example.gov"


def text(sources: Path, answers: Mapping[str, str], *, ipv6: bool) -> str:
    """The site's file, from those in deploy/nginx. ipv6: whether this machine speaks it."""
    kind = "proxy" if answers["TLS"] == "proxy" else "tls"
    joined = (sources / "lamplighter.conf").read_text() + (sources / f"{kind}.conf").read_text()
    proxies = [proxy.strip() for proxy in answers["PROXIES"].split(",") if proxy.strip()]
    trusted = "\n    ".join(f"set_real_ip_from {proxy};" for proxy in proxies or ["127.0.0.1", "::1"])
    joined = joined.replace("# proxies", trusted).replace(EXAMPLE_HOST, answers["HOST"])
    lines = joined.splitlines(keepends=True)
    return "".join(line for line in lines if ipv6 or "listen [::]" not in line)


def configure(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Writes the site's files. Refuses, and puts the earlier ones back, if nginx doesn't accept them."""
    sources = place.current.resolve() / "deploy/nginx"
    wanted = {path: (sources / name).read_text() for path, name in SNIPPETS.items()}
    wanted[SITE] = text(sources, answers, ipv6=Path("/proc/net/if_inet6").exists())
    before = {path: _read(place.root / path) for path in wanted}
    changed = [path for path in wanted if before[path] != wanted[path]]
    for path in changed:
        _write(place.root / path, wanted[path])
    try:
        shell.run(["nginx", "-q", "-t"])
    except shell.Refusal:
        for path in changed:
            _write(place.root / path, before[path])
        raise
    return [f"wrote {place.root / path}" for path in changed]


def start(*, systemd: bool, changed: bool) -> list[str]:
    """Starts nginx, or lets the running one read its files again."""
    if is_running():
        if changed:
            reload(systemd=systemd)
        return []
    shell.run(["systemctl", "enable", "--now", "nginx.service"] if systemd else ["nginx"])
    return ["started nginx"]


def reload(*, systemd: bool) -> None:
    shell.run(["systemctl", "reload", "nginx.service"] if systemd else ["nginx", "-s", "reload"])


def is_running() -> bool:
    try:
        process = int(Path("/run/nginx.pid").read_text())
        os.kill(process, 0)
    except (OSError, ValueError):
        return False
    return True


def remove(place: Place, *, systemd: bool) -> None:
    for path in (SITE, *SNIPPETS):
        (place.root / path).unlink(missing_ok=True)
    if is_running() and subprocess.run(["nginx", "-q", "-t"], capture_output=True).returncode == 0:
        reload(systemd=systemd)


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _write(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
