"""Debian's packages that an installed city needs."""

import os
import subprocess
from collections.abc import Mapping

from config.lampctl import shell
from config.stack import machine

BASE = (
    "postgresql-17",
    "postgresql-17-postgis-3",
    "redis-server",
    "nginx",
    "libnginx-mod-http-brotli-filter",
    "gdal-bin",
    "gettext",
    "openssl",
    "curl",
    "pgbackrest",
    "restic",
    "postgresql-client-17",
    "python3-venv",
)


def needed(answers: Mapping[str, str]) -> list[str]:
    every = [*BASE, *(["certbot"] if answers["TLS"] == "acme" else [])]
    if answers["DATABASE_URL"]:
        # The server is elsewhere; PostGIS here only brings GDAL, which has a package of its own.
        every = [name for name in every if not name.startswith("postgresql-17")]
    return every


def missing(names: list[str]) -> list[str]:
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
    )
    installed = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def install(answers: Mapping[str, str]) -> list[str]:
    """What was installed. No service of these packages starts by itself, and one that runs already goes on."""
    names = missing(needed(answers))
    if not names:
        return []
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"]
    with machine.no_service_starts([]):
        # An earlier run may have been interrupted.
        shell.run(["dpkg", "--configure", "-a"])
        shell.run(["apt-get", "-qq", "update"])
        shell.run(["apt-get", "install", *options, *names], env=quiet)
    if "redis-server" in names:
        # Ours has a unit and a socket of its own.
        shell.run(["update-rc.d", "redis-server", "disable"])
        if os.path.isdir("/run/systemd/system"):
            shell.run(["systemctl", "disable", "--quiet", "redis-server.service"])
    return [f"installed {', '.join(names)}"]


def run(arguments: list[str]) -> None:
    """Prints the packages for a kind of TLS, so that they can be downloaded before."""
    (kind,) = arguments
    print("\n".join(needed({"TLS": kind, "DATABASE_URL": ""})))
